"""``entente backup``: base backups, the write-ahead log, and whether both could be restored."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import Failure
from cli.installation import AsJson
from cli.output import print_json, print_line, waiting

if TYPE_CHECKING:
    from cli.backups.store import Store

commands = typer.Typer(no_args_is_help=True, help="Base backups of PostgreSQL and its write-ahead log.")
Folder = Annotated[
    Path, typer.Option("--folder", envvar="ENTENTE_BACKUPS", help="Where backups lie; not on the server's own disk.")
]
Database = Annotated[
    str, typer.Option("--database", envvar="ENTENTE_ADMIN_DATABASE_URL", help="A superuser's URL of the server.")
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="A moment with its offset, for example 2026-03-01T09:59:00Z.")
]


def instant(text: str | None) -> datetime | None:
    """A moment with its offset: a restore must not depend on the zone of a desk. Raises Failure."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failure(f"{text!r} is no instant", "Write it so: 2026-03-01T09:59:00Z") from error
    if moment.tzinfo is None:
        raise Failure(f"{text!r} does not say its offset", "Write it so: 2026-03-01T09:59:00Z")
    return moment


def store_in(folder: Path, *, is_there: bool = True) -> "Store":
    """The store in a folder. Raises Failure where the folder is to be there and is not."""
    from cli.backups.store import Store

    if is_there and not folder.is_dir():
        raise Failure(f"there is no folder {folder}", "Name the one that `entente backup base` was given: --folder.")
    return Store(folder.absolute())


@commands.command()
def base(folder: Folder, database: Database = "", as_json: AsJson = False) -> None:
    """Take a base backup, read it whole and hold it against its manifest; only then it counts."""
    from cli.backups import taking

    with waiting("copying"):
        taken = taking.base(store_in(folder, is_there=False), database)
    if as_json:
        print_json(taken.as_json())
    else:
        print_line(f"{taken.name}: verified; its manifest's SHA-256 is {taken.manifest_sha256}")


@commands.command()
def wal(folder: Folder, database: Database = "") -> None:
    """Receive the write-ahead log as it is made, until told to stop: what a restore to any moment needs."""
    from cli.backups import taking

    taking.receive(store_in(folder, is_there=False), database)


@commands.command()
def check(folder: Folder, database: Database = "", as_json: AsJson = False) -> None:
    """Verify the last base backup and the log behind it. Exit status 1: it could not be restored, or is too old."""
    from cli.backups import checking

    with waiting("reading the last base backup"):
        checked = asyncio.run(checking.check(store_in(folder), database))
    if as_json:
        print_json({name: getattr(checked, name) for name in checked.__slots__})
    else:
        print_line(f"last base backup: {checked.base['name'] if checked.base else 'none'}")
        print_line(f"received up to: {checked.reaches_to or 'nothing'}")
        print_line(f"last rehearsal: {checked.rehearsed_at or 'none'}")
        for sentence in checked.wrong:
            print_line(f"wrong: {sentence}")
    if checked.wrong:
        raise typer.Exit(1)


@commands.command()
def rehearse(
    folder: Folder,
    database: Database = "",
    at: At = None,
    within: Annotated[
        Path | None, typer.Option("--within", help="A folder with room for it; default: the temporary.")
    ] = None,
    patience: Annotated[float, typer.Option("--patience", help="Seconds that recovery may take.")] = 3600,
    as_json: AsJson = False,
) -> None:
    """Restore the last backup beside everything, read every row, note that it worked, and remove it again."""
    from cli.backups import rehearsing

    with waiting("restoring, and reading every row"):
        done = asyncio.run(rehearsing.rehearse(store_in(folder), database, instant(at), within, patience))
    if as_json:
        print_json(done)
        return
    for name, read in done["databases"].items():
        print_line(f"{name}: {read['rows']} rows of {read['tables']} tables, the newest fact {read.get('newest_fact')}")
    print_line(f"{done['backup']} restored to {done['to']} in {done['restored_in_seconds']} s, and read")


@commands.command()
def prune(
    folder: Folder,
    keep: Annotated[int, typer.Option("--keep", help="How many base backups stay, with all of the log behind them.")],
    as_json: AsJson = False,
) -> None:
    """Remove older base backups and the log that only they need, once those that stay were verified."""
    from cli.backups import pruning

    with waiting("verifying those that stay"):
        pruned = pruning.prune(store_in(folder), keep)
    if as_json:
        print_json({name: getattr(pruned, name) for name in pruned.__slots__})
    else:
        print_line(f"removed: {', '.join(pruned.bases) or 'no base backup'}, and {pruned.segments} segments of the log")
