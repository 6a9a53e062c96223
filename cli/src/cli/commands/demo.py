"""``entente demo``: the whole platform on this machine, behind one port."""

from enum import StrEnum
from typing import Annotated

import typer

from cli.commands.token import Data
from cli.data_folder import DataFolder


class WantedBroker(StrEnum):
    """Which broker the demo takes."""

    auto = "auto"
    kafka = "kafka"
    embedded = "embedded"


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page and all APIs; 0 takes any free one.")] = 8000,
    operations_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of readiness with its reasons and metrics; 0 takes any free one.")
    ] = 0,
    data: Data = None,
    broker: Annotated[
        WantedBroker, typer.Option(help="Apache Kafka, or librdkafka's in-memory broker; auto takes what is possible.")
    ] = WantedBroker.auto,
    simulator: Annotated[
        bool, typer.Option("--simulator/--no-simulator", help="Keep partners busy, so that there is something to see.")
    ] = True,
    seed: Annotated[int, typer.Option(help="Of the simulator's chance: the same number, the same story.")] = 1,
) -> None:
    """Start PostgreSQL, Kafka and all services, with two manufacturers and a laboratory; Ctrl-C stops it.

    Data stay in the folder that --data or ENTENTE_DATA names, else in .entente/demo of the checkout that this
    command was installed from. Started again, the demo goes on with what it finds there.
    """
    from cli.demo.run import Options, run  # the platform is loaded only by the command that runs it

    run(
        Options(port=port, operations_port=operations_port, broker=broker, simulator=simulator, seed=seed),
        DataFolder(data),
    )
