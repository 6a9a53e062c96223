"""``entente install``: what an installation that is no demo needs once, and again with each release."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import print_line

if TYPE_CHECKING:
    from cli.installing import Installing

commands = typer.Typer(no_args_is_help=True, help="Databases, topics and rights of an installation that is no demo.")


@commands.command()
def databases() -> None:
    """Make the services' databases and logins where they are missing, and run the migrations."""
    from cli.installing import databases

    _told(databases)


@commands.command()
def kafka() -> None:
    """Make the topics that are missing, and let each service do in Kafka what it must, and nothing else."""
    from cli.installing import kafka

    _told(kafka)


@commands.command()
def wait(
    service: Annotated[str, typer.Argument(help="A service that keeps a database, such as quality_events.")],
) -> None:
    """Wait until a service's database is one of this release: before its processes, where nothing else orders them."""
    from cli.databases import lacking, packages
    from cli.failures import Failure
    from runtime.settings import Settings

    package = service.replace("-", "_")
    if package not in packages():
        raise Failure(f"there is no service {service!r} that keeps a database", "Services: " + ", ".join(packages()))

    async def waited() -> None:
        async for reason in lacking(Settings(), package):
            print_line(f"waiting: database {package}: {reason}")

    asyncio.run(waited())
    print_line(f"up to date: database {package}")


def _told(work: Callable[["Installing"], Awaitable[list[str]]]) -> None:
    from cli.installing import Installing

    async def done() -> list[str]:
        return await work(Installing.told())

    for line in asyncio.run(done()):
        print_line(line)
