"""Memory stays flat, however large the file and however endless its lines."""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, repeat

import pytest

from partner_feeds.language import Mapping
from partner_feeds.readers.lines import split_lines
from partner_feeds.records.answers import Refused
from partner_feeds.translation.files import translate

HEADER = "lot;product;made;shift;assay;mass;viscosity;viscosity unit;remark"
GOOD = "L1;P1;3.2.2026;zgodnja;99.1;250;;;fine"
NOW = datetime(2026, 3, 14, tzinfo=UTC)

MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@dataclass
class Filled:
    """A header, and rows until so much has been sent."""

    row: bytes
    size: int

    def __iter__(self) -> Iterator[bytes]:
        yield HEADER.encode() + b"\n"
        chunk = self.row * (CHUNK // len(self.row))
        yield from islice(repeat(chunk), self.size // len(chunk))


def test_a_file_of_many_rows(mapping: Mapping, peak: Callable[[], int]) -> None:
    rows = sum(1 for _ in translate(mapping, Filled(GOOD.encode() + b"\n", MEGABYTE // 2), now=NOW))
    assert rows > 10_000
    assert peak() < 2 * MEGABYTE


def test_200_megabytes_of_lines(peak: Callable[[], int]) -> None:
    lines = sum(1 for _ in split_lines(Filled(b"x" * 20_000 + b"\n", 200 * MEGABYTE), longest=1_000_000))
    assert lines > 10_000
    assert peak() < 4 * MEGABYTE


@pytest.mark.parametrize("content", [b"x", b'"'], ids=["one endless line", "one endless quote"])
def test_200_megabytes_without_a_line_break(mapping: Mapping, peak: Callable[[], int], content: bytes) -> None:
    (answer,) = translate(mapping, Filled(content, 200 * MEGABYTE), now=NOW)
    assert isinstance(answer, Refused)
    assert answer.errors[0].row == 2
    assert peak() < 8 * MEGABYTE


def test_a_quote_that_is_never_closed(mapping: Mapping, peak: Callable[[], int]) -> None:
    found = list(translate(mapping, Filled(b'"' + b"x" * 100_000 + b"\n", 5 * MEGABYTE), now=NOW))
    assert all(isinstance(answer, Refused) for answer in found)
    assert peak() < 16 * MEGABYTE
