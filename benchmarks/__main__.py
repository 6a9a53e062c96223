"""``make bench``: every measurement and its page, or those named: ``make bench ARGS="command relay --short"``."""

import argparse
import asyncio
import sys
from contextlib import aclosing

import psutil

from benchmarks import page
from benchmarks.declared import BENCHMARKS
from benchmarks.installation import installation
from benchmarks.rows import BUSY, ROUNDS, Benchmark, Result

_SECONDS, _SHORT = 16.0, 2.0


async def _measure(benchmark: Benchmark, seconds: float) -> list[Result]:
    """A benchmark's rows, on an installation of its own. Its first round warms up and does not count."""
    busy = [await _elsewhere()]
    async with installation() as installed, aclosing(benchmark.rounds(installed, seconds)) as rounds:
        await anext(rounds)
        measured = [await anext(rounds) for _ in range(ROUNDS)]
    busy.append(await _elsewhere())
    return [Result(row, each, max(busy)) for row, each in zip(benchmark.ROWS, zip(*measured, strict=True), strict=True)]


async def _elsewhere() -> float:
    """The share of the processors that is taken while nothing of ours runs, over two seconds."""
    return await asyncio.to_thread(psutil.cpu_percent, 2.0) / 100


async def main(names: list[str], seconds: float, write: bool) -> bool:
    """Measure, show, and write the page. Whether no row is worse than its limit."""
    results: list[Result] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        measured = await _measure(BENCHMARKS[name], seconds)
        print(*page.tables(measured), "", sep="\n", flush=True)  # at once: the next one may fail
        results += measured
    if write:
        page.PAGE.write_text(page.whole(results))
    busy = [result.busy for result in results if result.busy > BUSY]
    if busy:
        print(f"others kept the machine busy, up to {max(busy):.0%}: {len(busy)} rows have no verdict and no limit")
    regressed = [result for result in results if result.regressed]
    for each in regressed:
        print(f"slower than it was: {each.row.name}, {each.judged:.4g}, where the limit is {each.row.limit:g}")
    if not regressed and not busy:
        print("no row is worse than its limit, which lies well below its aim")
    return not regressed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--short", action="store_true", help="a quick look: a few seconds for each round")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md; takes all of them, in full")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if given.write and (given.names or given.short):
        parser.error("the page is written from a full run of all benchmarks")
    seconds = _SHORT if given.short else _SECONDS
    sys.exit(not asyncio.run(main(given.names or [*BENCHMARKS], seconds, given.write)))
