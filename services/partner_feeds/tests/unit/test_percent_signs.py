"""Percentages of which some have their sign: what may be a share beside them is in doubt."""

import json
from datetime import UTC, datetime

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.translation.files import translate
from tests.workbook_files import HEADER, read, refusals, workbook

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MAPPING = """
code: laboratory
version: 1
format: {format}
{form}
columns:
  Lot: {{holds: text, required: true{lot}}}
  Made: {{holds: date, format: YYYY-MM-DD, required: true{made}}}
  Assay: {{holds: number, unit: "%", words: {{n.d.: not_detected}}{assay}}}
lots: {{batch: {{material: P, number: "{{Lot}}"}}}}
records: [{{record: TestResult, id: "{{Lot}}/{{test}}", occurred_at: Made, lot: batch, stage: release, tests: [Assay]}}]
"""


def of_a_table(*cells: str) -> list[Answer]:
    mapping = load(MAPPING.format(format="csv", form='delimiter: ";"\ndecimal: comma', lot="", made="", assay=""))
    lines = "".join(f"L-{at};2026-02-03;{cell}\n" for at, cell in enumerate(cells))
    return list(translate(mapping, [f"Lot;Made;Assay\n{lines}".encode()], now=NOW))


@pytest.mark.parametrize(
    "cells",
    [("98,2 %", "0,981"), ("0,981", "98,2%"), ("0,981", "98,2\u00a0%"), ("<98,2 %", "<0,5"), ("98,2\uff05", "1,02")],
)
def test_a_plain_share_beside_a_sign_doubts_the_file(cells: tuple[str, ...]) -> None:
    (refused,) = of_a_table("", *cells, "99,0 %")
    assert isinstance(refused, Refused)
    (error,) = refused.errors
    assert (error.field, error.value) == ("Assay", min(cells, key=len))
    assert "write all of the column with the sign, or all without" in error.reason


@pytest.mark.parametrize(
    "cells",
    [("98,2 %", "99,1"), ("0,05 %", "0,03"), ("0,981", "0,98"), ("98,2 %", "0", "n.d.", ""), ("98,2 %", "none")],
)
def test_what_is_in_no_doubt_is_taken(cells: tuple[str, ...]) -> None:
    answers = of_a_table(*cells)
    assert sum(isinstance(answer, Accepted) for answer in answers) == len([cell for cell in cells if cell != "none"])


def test_a_text_beside_a_stored_number() -> None:
    """JSON has a number where a laboratory writes no sign; a workbook likewise."""
    rows = [{"lot": f"L-{at}", "made": "2026-02-03", "assay": assay} for at, assay in enumerate(["98.2 %", 0.982])]
    paths = {name: f", path: $.{name.lower()}" for name in ("Lot", "Made", "Assay")}
    given = {name.lower(): path for name, path in paths.items()}
    mapping = load(MAPPING.format(format="json", form="", **given))
    (refused,) = translate(mapping, [json.dumps(rows).encode()], now=NOW)
    assert isinstance(refused, Refused)
    assert refused.errors[0].value == "0.982"
    content = workbook(HEADER, ["L-1", datetime(2026, 2, 3), "98.2 %"], ["L-2", datetime(2026, 2, 3), 0.982])
    ((_, field, _),) = refusals(read(content))
    assert field == "Purity"
