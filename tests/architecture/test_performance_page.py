"""docs/performance.md is what the benchmarks declare, measured; and how a row is judged."""

import re

import pytest

from benchmarks.declared import ROWS
from benchmarks.page import PAGE, TEMPLATE, declared, tables
from benchmarks.rows import Delays, Rates, Result, Row

RATE = Row("a rate", aim=0.7, limit=0.4, floor="a floor", unit="facts/s")
DELAY = Row("a time", aim=150, limit=600)


def _rates(*ratios: float, busy: float = 0.0) -> Result:
    return Result(RATE, [Rates(100 * ratio, 100) for ratio in ratios], busy)


def _delays(*p99: float) -> Result:
    return Result(DELAY, [Delays(10, 20, each) for each in p99])


def test_the_page_has_the_prose_and_the_rows_of_the_benchmarks() -> None:
    """Neither is edited there: `make bench` writes the page anew."""
    prose = re.sub(r"\\\$(\w+)", r"(?P<\1>.*)", re.escape(TEMPLATE.template))
    found = re.fullmatch(prose, PAGE.read_text(), re.DOTALL)
    assert found, "the page's prose is not that of benchmarks/performance.md"
    lines = [*found["rates"].splitlines()[2:], *found["delays"].splitlines()[2:]]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    expected = [declared(row) for row in sorted(ROWS, key=lambda row: not row.floor)]
    assert [line[: len(row)] for line, row in zip(cells, expected, strict=True)] == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_meets_its_limit_long_before_its_aim(row: Row) -> None:
    assert row.reaches(row.aim, row.limit)
    assert not row.reaches(row.limit, row.aim)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (_rates(0.72, 0.9, 1.2), "met"),  # however far they differ: all are there
        (_rates(0.69, 0.71, 0.72), "met"),  # by the median, for they hardly differ
        (_rates(0.68, 0.69, 0.71), "missed"),
        (_rates(0.5, 0.71, 0.75), "unjudged"),
        (_rates(0.1, 0.2, 0.6), "missed"),
        (_rates(0.8, 0.8, 0.8, busy=0.3), "unjudged"),
        (_delays(80, 100, 150), "met"),
        (_delays(151, 200, 900), "missed"),
        (_delays(100, 120, 400), "unjudged"),
    ],
)
def test_a_verdict_follows_from_the_rounds(result: Result, verdict: str) -> None:
    assert result.verdict == verdict


def test_only_what_is_worse_than_its_limit_has_become_slower() -> None:
    assert _rates(0.3, 0.39, 0.8).regressed
    assert not _rates(0.3, 0.4, 0.8).regressed
    assert not _rates(0.1, 0.1, 0.1, busy=0.3).regressed, "on a busy machine nothing is judged"
    assert _delays(100, 601, 700).regressed
    assert not _delays(100, 600, 700).regressed


def test_the_round_with_the_median_is_shown() -> None:
    """Its own rates, which belong to the ratio."""
    rates, delays = tables([_rates(0.9, 0.8, 0.72), _delays(70, 99, 80)])
    assert rates.splitlines()[-1] == ("| a rate | a floor | 0.7 | 80 facts/s | 100 facts/s | 0.8 | 0.72 to 0.9 | met |")
    assert delays.splitlines()[-1] == "| a time | 150 ms | 10 ms | 20 ms | 80 ms | 70 to 99 | met |"
