"""``make bench``: every measurement, or those named: ``make bench ARGS="command relay --short"``."""

import argparse
import asyncio

from benchmarks import command, relay, report
from benchmarks.installation import installation

RATES = {"command": command.measure, "relay": relay.measure}


async def main(names: list[str], seconds: float) -> None:
    """Measure and show."""
    rates: list[report.Measurement] = []
    async with installation() as installed:
        for name in names:
            rates += await RATES[name](installed, seconds)
    report.show(rates, [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*RATES, []], default=[])
    parser.add_argument("--short", action="store_true", help="a quick look: a few seconds for each")
    given = parser.parse_args()
    asyncio.run(main(given.names or [*RATES], 4.0 if given.short else 16.0))
