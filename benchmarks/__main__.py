"""``make bench``: every measurement, or those named: ``make bench ARGS="command relay --short"``."""

import argparse
import asyncio

from benchmarks import command, fairness, feed_to_kpi, intake, relay, report
from benchmarks.installation import installation
from benchmarks.report import Latencies, Measurement

NAMES = ("command", "relay", "intake", "feed_to_kpi", "fairness")


async def main(names: list[str], seconds: float) -> None:
    """Measure, each on an installation of its own, and show."""
    rates: list[Measurement] = []
    latencies: list[Latencies] = []
    for name in names:
        async with installation() as installed:
            match name:
                case "command":
                    rates += await command.measure(installed, seconds)
                case "relay":
                    rates += await relay.measure(installed, seconds)
                case "intake":
                    rates += await intake.measure(installed, seconds)
                case "fairness":
                    latencies += await fairness.measure(installed, seconds)
                case _:
                    latencies += await feed_to_kpi.measure(installed, seconds)
    report.show(rates, latencies)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--short", action="store_true", help="a quick look: a few seconds for each")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    asyncio.run(main(given.names or [*NAMES], 5.0 if given.short else 16.0))
