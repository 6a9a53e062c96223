"""``entente feed``: partners' files go in."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli import installation
from cli.failures import Failure
from cli.feeds import upload
from cli.feeds.outcome import Outcome
from cli.installation import AsJson, GivenToken, Url
from cli.output import notes, print_json, print_line, print_table

commands = typer.Typer(help="What partners' systems send.", no_args_is_help=True)

SHOWN = 50
"""Errors that a person is shown; --json has all that the answer has."""
Values = Annotated[
    int, typer.Option("--values", min=0, max=100, help="Show so many rows value by value, each beside where it stands.")
]


@commands.callback()
def feed() -> None:
    """What partners' systems send."""


@commands.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="A file as the partner's system writes it."),
    ],
    feed: Annotated[str | None, typer.Option("--feed", help="The feed's code, for example tablets-laboratory.")] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="With --dry-run: a mapping that is not approved yet."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and keep nothing.")] = False,
    values: Values = 0,
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Send a file into a feed and say, by row and field, what somebody must look at. Exit status 1: something is."""
    if mapping is not None and not dry_run:
        advice = "Add --dry-run. A mapping is used for real once quality has approved it: POST /v1/mappings."
        raise Failure("--mapping checks a mapping that is not live", advice)
    if values and not dry_run:
        raise Failure("--values shows what would become of rows", "Add --dry-run, or use entente feed check.")
    if feed is None and mapping is None:
        advice = "Say which feed the file goes into, for example --feed tablets-laboratory"
        if dry_run:
            advice += ", or --mapping FILE to try a mapping alone"
        raise Failure("--feed is missing", advice)
    if mapping is not None:
        from cli.feeds import local_check  # translating needs half of partner_feeds, which takes a second to load

        outcome = local_check.check(file, mapping, _time_zone(feed, url, token), values)
    else:
        with installation.find(url, token) as platform:
            outcome = upload.send(
                platform, file, str(feed), dry_run=dry_run, values=values, own_token=token is not None
            )
    _tell(outcome, as_json=as_json, dry_run=dry_run)
    if outcome.open or outcome.errors:
        raise typer.Exit(1)


@commands.command()
def check(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A file as it would be sent.")
    ],
    feed: Annotated[str | None, typer.Option("--feed", help="Against the feed's mapping, products and limits.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Against a mapping that is not approved yet.")
    ] = None,
    values: Values = 0,
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Try a file before it is sent, and say what would become of each row. Exit status 1: something is open."""
    import_(file, feed, mapping, dry_run=True, values=values, url=url, token=token, as_json=as_json)


@commands.command()
def sketch(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A table, or records of JSON.")
    ],
) -> None:
    """Propose a mapping for a file, with the reason of each guess. Correct it before anybody approves it."""
    from cli.feeds.sketch import propose

    print_line(propose(file))


def _time_zone(feed: str | None, url: str | None, token: str | None) -> str | None:
    """In which times without an offset are read: that of the feed, where one is named."""
    if feed is None:
        return None
    with installation.find(url, token) as platform:
        zone = upload.find_feed(platform, feed).get("time_zone")
    return str(zone) if zone else None


def _tell(outcome: Outcome, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json(outcome.as_json())
        return
    _show_values(outcome)
    if outcome.errors:
        rows = [(e.get("row"), e.get("field"), e.get("value"), e.get("reason")) for e in outcome.errors[:SHOWN]]
        print_table(("row", "field", "value", "reason"), rows)
        if len(outcome.errors) > SHOWN:
            notes.print(f"and more: --json shows {len(outcome.errors)}")
    for notice in outcome.notices:
        notes.print(notice, markup=False)
    print_line(("would be " if dry_run else "") + outcome.counted())
    if outcome.message_id:
        print_line(f"message {outcome.message_id}")


def _show_values(outcome: Outcome) -> None:
    for row in outcome.values:
        cells = [(cell["source"], cell["written"], cell["read"] or "see below") for cell in row["cells"]]
        print_table((f"row {row['row']}", "written", "read as"), cells)
        for record in row["records"]:
            said = json.dumps({name: value for name, value in record.items() if name != "record"}, ensure_ascii=False)
            print_line(f"row {row['row']} becomes {record['record']} {said}")
