"""``entente restore``: a folder to start PostgreSQL on, and what has to follow."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.backup import At, Folder, instant, store_in
from cli.installation import AsJson, Reason
from cli.output import print_json, print_line, waiting
from cli.services import with_a_ledger

commands = typer.Typer(no_args_is_help=True, help="From backups to a server that runs; and what has to follow.")


@commands.command()
def prepare(
    folder: Folder,
    to: Annotated[Path, typer.Option("--to", help="A folder that is not there yet; it gets `data` and `wal`.")],
    at: At = None,
    backup: Annotated[
        str | None, typer.Option("--backup", help="Which base backup; default: the last that fits.")
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Recover to where the log is spoilt, and lose what it holds behind.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Prepare a folder on which PostgreSQL recovers to a moment, or to the end. What runs is not touched."""
    from cli.backups import restoring

    with waiting("copying and verifying"):
        prepared = restoring.prepare(store_in(folder), to, instant(at), backup, accept_loss=accept_loss)
    if as_json:
        print_json({"data": prepared.data, "backup": prepared.base.name, "at": at, "reaches_to": prepared.reaches_to})
        return
    print_line(f"{prepared.data}: {prepared.base.name}, with the log up to {prepared.reaches_to}")
    print_line(f"PostgreSQL recovers to {at or 'the end of that'} when it is started on it, before any service is.")
    print_line(
        "What follows: entente ledger compare --save ...; entente restore settle --reason ...; entente backup wal"
    )


@commands.command()
def recover(
    to: Annotated[Path, typer.Option("--to", help="The folder that was prepared.")],
    patience: Annotated[float, typer.Option("--patience", help="Seconds that recovery may take.")] = 3600,
) -> None:
    """Recover what was prepared here and now: afterwards its `data` starts where neither log nor backups are."""
    from cli.backups import restoring

    with waiting("recovering"):
        restoring.recover(to.absolute(), patience)
    print_line(f"{to.absolute() / 'data'} is recovered, and starts wherever it is put")


@commands.command()
def settle(
    at: At = None,
    service: Annotated[str | None, typer.Option("--service", help="The one that went back; default: all did.")] = None,
    skip: Annotated[int, typer.Option("--skip", help="Numbers that are left out in each sequence.")] = 1000,
    entries: Annotated[
        int, typer.Option("--skip-entries", help="Numbers that are left out in each register of decisions.")
    ] = 100,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """After a restore, before services start: give no number twice, and note it in the audit."""
    from cli.databases import packages
    from cli.installing import Installing
    from cli.ledgers import settling

    services = [with_a_ledger(service).replace("-", "_")] if service else packages()
    settled = asyncio.run(settling.settle(Installing.told(), services, instant(at), skip, reason, entries))
    if as_json:
        print_json({"services": settled})
        return
    for name, sequences in settled.items():
        print_line(f"{name}: {sequences} sequences of numbers go on {skip} later; noted in the audit")
