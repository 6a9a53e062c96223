"""``entente ledger``: what services told, held against what Kafka and the others know; and Kafka filled from it."""

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.backup import instant
from cli.failures import Failure
from cli.installation import AsJson, Reason
from cli.output import print_json, print_line, print_table, waiting
from cli.services import WITH_A_LEDGER, with_a_ledger

if TYPE_CHECKING:
    from cli.ledgers.comparing import Compared

commands = typer.Typer(no_args_is_help=True, help="What services told, beside what Kafka and the others know.")
OneService = Annotated[
    str | None, typer.Option("--service", help=f"Whose facts: one of {', '.join(WITH_A_LEDGER)}; default: all.")
]
_SHOWN = 20
"""Of a kind; all of them are in --save and in --json."""


@commands.command()
def compare(
    service: OneService = None,
    since: Annotated[str | None, typer.Option("--since", metavar="TIME", help="From when on; default: all.")] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="A new file for what differs, facts with their content.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which facts a service does not know that Kafka or others do, and which Kafka lost. Exit status 1: some."""
    from cli.databases import packages
    from cli.installing import Installing
    from cli.ledgers import comparing

    if save and save.exists():
        raise Failure(f"{save} is there already", "Name a new file: nothing is written over.")
    settings, found = Installing.told(), list["Compared"]()
    for name in [with_a_ledger(service)] if service else WITH_A_LEDGER:
        with waiting(f"reading the topics of {name}"):
            found.append(asyncio.run(comparing.compare(settings, name.replace("-", "_"), packages(), instant(since))))
    document = {"services": [_as_json(each) for each in found], "agrees": all(each.agrees for each in found)}
    if save:
        # Of all partners: for nobody but who asked.
        with os.fdopen(os.open(save, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(json.dumps(document, default=str, indent=1) + "\n")
    if as_json:
        print_json(document)
    else:
        for each in found:
            _show(each)
    if not document["agrees"]:
        raise typer.Exit(1)


@commands.command()
def refill(service: OneService = None, reason: Reason = "", as_json: AsJson = False) -> None:
    """Send ledgers again and read all of it anew, after topics were lost. Nothing that is known is done twice."""
    from cli.databases import packages
    from cli.installing import Installing
    from cli.ledgers import refilling

    owners = [with_a_ledger(service).replace("-", "_")] if service else packages()
    refilled = asyncio.run(refilling.refill(Installing.told(), packages(), owners, reason))
    if as_json:
        print_json({"services": refilled})
        return
    for name, done in refilled.items():
        print_line(f"{name}: {done['facts']} facts are sent again, {done['partitions']} partitions are read anew")


def _as_json(each: "Compared") -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__slots__}


def _show(each: "Compared") -> None:
    print_line(
        f"{each.service}: {each.facts} facts in the ledger, {each.records} records on Kafka, {each.waiting} wait"
    )
    if each.strange:
        print_line(f"  {each.strange} records are no facts: somebody else wrote to these topics")
    if each.missing:
        print_line(f"  {len(each.missing)} facts are not on Kafka any more: entente replay --service {each.service}")
        _list(each.missing, ("time", "type", "key", "sequence"))
    if each.unknown:
        print_line(f"  {len(each.unknown)} facts were told, and {each.service} does not know them:")
        _list(each.unknown, ("time", "type", "key", "sequence", "owner_is_at", "received_by"))


def _list(facts: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    print_table(columns, [[fact[name] for name in columns] for fact in facts[:_SHOWN]])
    if len(facts) > _SHOWN:
        print_line(f"  and {len(facts) - _SHOWN} more: --save FILE holds all, with what they say")
