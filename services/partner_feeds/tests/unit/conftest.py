"""A small mapping and a way to translate a few hand-made rows with it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from partner_feeds.language import Mapping, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.translation.events import read_events
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)

MAPPING = """
code: small-laboratory
version: 3
delimiter: ";"
missing: [n/a]
columns:
  lot: {holds: text, required: true}
  product: {holds: text, required: true}
  made: {holds: date, format: D.M.YYYY, required: true}
  shift: {holds: text, codes: {zgodnja: early, pozna: late}}
  assay: {holds: number, unit: "%"}
  mass: {holds: number, unit: mg}
  viscosity: {holds: number, unit_column: viscosity unit}
  viscosity unit: {holds: text}
ignored:
  remark: Free text for the laboratory's own people.
lots:
  batch: {material: "{product}", number: "{lot}"}
records:
  - record: TestResult
    id: "{product}/{lot}/{test}"
    occurred_at: made
    lot: batch
    stage: release
    tests: [assay, mass, viscosity]
  - record: ProcessData
    id: "{product}/{lot}/shift"
    occurred_at: made
    lot: batch
    step: compression
    values: [shift]
"""

HEADER = "lot;product;made;shift;assay;mass;viscosity;viscosity unit;remark"
GOOD = "L1;P1;3.2.2026;zgodnja;99.1;250;;;fine"

Translate = Callable[..., list[Answer]]


@pytest.fixture(scope="session")
def mapping() -> Mapping:
    return load(MAPPING)


@pytest.fixture(scope="session")
def answers(mapping: Mapping) -> Translate:
    """Translate text or bytes, whole or in chunks."""

    def run(content: str | bytes | Iterable[bytes], **changes: Any) -> list[Answer]:
        if isinstance(content, str):
            content = content.encode()
        chunks = [content] if isinstance(content, bytes) else content
        return list(translate(mapping.model_copy(update=changes), chunks, now=NOW))

    return run


@pytest.fixture(scope="session")
def rows(answers: Translate) -> Translate:
    """Translate rows under the header, a good row after them."""

    def run(*lines: str, **changes: Any) -> list[Answer]:
        found = answers("\n".join([HEADER, *lines, GOOD]) + "\n", **changes)
        last = found.pop()
        assert isinstance(last, Accepted), "the good row beside a bad one must be taken"
        assert len(last.records) == 3
        return found

    return run


@pytest.fixture(scope="session")
def refusal(rows: Translate) -> Callable[..., tuple[int, str, str, str]]:
    """The one error of one bad row: row, field, value, reason."""

    def run(line: str, **changes: Any) -> tuple[int, str, str, str]:
        (answer,) = rows(line, **changes)
        assert isinstance(answer, Refused), answer
        (error,) = answer.errors
        return error.row, error.field, error.value, error.reason

    return run


@pytest.fixture(scope="session")
def events() -> Translate:
    """Read a message of CloudEvents."""

    def run(body: str | bytes, *, batched: bool = False, **options: Any) -> list[Answer]:
        content = body.encode() if isinstance(body, str) else body
        return list(read_events(content, batched=batched, now=NOW, **options))

    return run
