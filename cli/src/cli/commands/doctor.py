"""``entente doctor``: what this machine has, and how the installation is."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli.commands.token import Data
from cli.data_folder import DataFolder
from cli.installation import AsJson, GivenToken, Url
from cli.output import print_json, print_line, waiting

Operations = Annotated[
    str | None,
    typer.Option(
        "--operations", envvar="ENTENTE_OPERATIONS_URL", help="Its operations port; default: that of the demo here."
    ),
]


def doctor(
    data: Data = None, url: Url = None, token: GivenToken = None, operations: Operations = None, as_json: AsJson = False
) -> None:
    """Look at this machine and at the installation; say what is wrong and what to do. Exit status 1: something is."""
    from cli.checks import installation, machine  # looking at Kafka needs its client, which no other command does

    folder = DataFolder(data)
    with waiting("looking"):
        checks = [*machine.all_of(folder), *installation.all_of(folder, url, token, operations)]
    well = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": well, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            sign = "✓" if check.ok else "✗"
            print_line(f"{sign} {check.name:<14} {check.why}")
            if not check.ok:
                print_line(f"  {'':<14} {check.what_to_do}")
    if not well:
        raise typer.Exit(1)
