"""``entente kpi``: the numbers, worked out anew."""

from typing import Annotated, Any

import typer

from cli import installation
from cli.installation import AsJson, GivenToken, Reason, Url
from cli.output import print_json, print_line, print_table, waiting

commands = typer.Typer(help="Key performance indicators.", no_args_is_help=True)
_PATIENCE = 3600.0


@commands.callback()
def kpi() -> None:
    """Key performance indicators."""


@commands.command()
def rebuild(
    compare: Annotated[bool, typer.Option("--compare", help="Change nothing; say what would differ.")] = False,
    reason: Reason = "",
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Work out all aggregates from the facts again. With --compare, exit status 1 means that they differ."""
    with installation.find(url, token) as platform, waiting("rebuilding"):
        outcome: dict[str, Any] = platform.request(
            "POST", "/api/kpi/v1/rebuilds", json={"compare": compare, "reason": reason}, timeout=_PATIENCE
        )
    if as_json:
        print_json(outcome)
    else:
        _tell(outcome)
    if compare and outcome["different"]:
        raise typer.Exit(1)


def _tell(outcome: dict[str, Any]) -> None:
    what = "made anew" if outcome["changed"] else "compared"
    print_line(f"{outcome['buckets']} sums {what}; {outcome['different']} of them differed from what was kept")
    rows = [
        (each["measure"], each["month"], each["partner_id"], each["kept"]["total"], each["rebuilt"]["total"])
        for each in outcome["differences"]
    ]
    if rows:
        print_table(("measure", "month", "partner", "kept", "from the facts"), rows)
