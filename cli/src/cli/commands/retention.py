"""``entente retention``: how long each table is kept, how large it is, and whether what is to go goes."""

import asyncio
from typing import TYPE_CHECKING

import typer

from cli.installation import AsJson
from cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from cli.installing import Installing
    from cli.retention.kept import Table

_MEGABYTE = 2**20


def retention(as_json: AsJson = False) -> None:
    """Show how long each table is kept, its size, and the oldest row of what is bounded. Exit status 1: overdue."""
    from cli.installing import Installing

    tables = asyncio.run(_all(Installing.told()))
    overdue = [table for table in tables if table.overdue]
    if as_json:
        print_json({"tables": [table.as_json() for table in tables], "overdue": len(overdue)})
    else:
        shown = sorted(tables, key=lambda table: (table.service, table.kept, -table.bytes))
        rows = [
            (each.service, each.kept, each.name, each.about_rows, f"{each.bytes / _MEGABYTE:.1f}", each.oldest or "")
            for each in shown
        ]
        print_table(("service", "kept", "table", "about rows", "MB", "oldest"), rows)
        for table in overdue:
            print_line(f"overdue: {table.service} {table.name} holds rows of {table.oldest}; does its worker run?")
    if overdue:
        raise typer.Exit(1)


async def _all(settings: "Installing") -> list["Table"]:
    from cli.databases import packages
    from cli.ledgers.databases import database
    from cli.retention.kept import look

    found = list["Table"]()
    for package in packages():
        async with database(settings, package) as connection:
            found += await look(connection, package)
    return found
