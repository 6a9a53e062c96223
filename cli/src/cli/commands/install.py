"""``entente install``: what an installation that is no demo needs once, and again with each release."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from cli.output import print_line

if TYPE_CHECKING:
    from cli.installing import Installing

commands = typer.Typer(no_args_is_help=True, help="Databases, topics and rights of an installation that is no demo.")


@commands.command()
def databases() -> None:
    """Make the services' databases and logins where they are missing, and run the migrations."""
    from cli.installing import databases

    _told(databases, "up to date: database {}")


@commands.command()
def kafka() -> None:
    """Make the topics that are missing, and let each service do in Kafka what it must, and nothing else."""
    from cli.installing import kafka

    _told(kafka, "{}")


def _told(work: Callable[["Installing"], Awaitable[list[str]]], form: str) -> None:
    from cli.installing import Installing

    async def done() -> list[str]:
        return await work(Installing())

    for line in asyncio.run(done()):
        print_line(form.format(line))
