"""The mapping of the guide reads the file of the guide."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from partner_feeds.answers import Accepted
from partner_feeds.mappings import load, shipped, translate
from partner_feeds.records import ProcessData, TestResult

GUIDE = Path(__file__).parents[4] / "docs/guides/write-a-mapping.md"


def test_the_guides_example() -> None:
    text = GUIDE.read_text("utf-8")
    (document,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (file,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    answers = list(translate(load(document), [file.encode()], now=datetime(2026, 3, 14, tzinfo=UTC)))
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    assert len(answers) == 2
    results = [record for record in records if isinstance(record, TestResult)]
    assert [(each.record_id, each.value) for each in results] == [
        ("T-40/24-0117/assay", Decimal("99.1")),
        ("T-40/24-0118/assay", Decimal("98.4")),
    ]
    shifts = [record.values[0] for record in records if isinstance(record, ProcessData)]
    assert [(value.name, value.value) for value in shifts] == [("shift", "early"), ("shift", "late")]


def test_the_example_file_of_the_readme() -> None:
    file = (GUIDE.parents[1] / "examples/laboratory.csv").read_bytes()
    answers = list(translate(shipped()["tablets-laboratory"], [file], now=datetime(2026, 3, 14, tzinfo=UTC)))
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    found = [each.value for each in records if isinstance(each, TestResult) and each.test == "dissolution_min"]
    assert (len(answers), found) == (3, [Decimal(90), Decimal(76), Decimal(93)])
