"""The mappings of the guide read the files of the guide."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from contracts import Classification
from contracts.partner_feeds import Qualifier
from partner_feeds.language import BatchRecordMapping, load, load_any, shipped
from partner_feeds.records.answers import Accepted, LeftOut
from partner_feeds.records.model import Deviation, LotCode, ProcessData, Record, TestResult
from partner_feeds.translation.files import translate

GUIDE = Path(__file__).parents[4] / "docs/guides/write-a-mapping.md"


def examples() -> list[list[Record]]:
    """What each mapping of the guide makes of its file."""
    text = GUIDE.read_text("utf-8")
    documents, files = (re.findall(rf"```{form}\n(.*?)```", text, re.DOTALL) for form in ("yaml", "csv"))
    documents = [document for document in documents if not re.search("^format: (json|b2mml)$", document, re.M)]
    made: list[list[Record]] = []
    for document, file in zip(documents, files, strict=True):
        answers = list(translate(load(document), [file.encode()], now=datetime(2026, 11, 27, tzinfo=UTC)))
        assert [type(answer) for answer in answers] == [Accepted, Accepted]
        made.append([record for answer in answers if isinstance(answer, Accepted) for record in answer.records])
    return made


def test_the_guides_example() -> None:
    records = examples()[0]
    results = [record for record in records if isinstance(record, TestResult)]
    assert [(each.record_id, each.value) for each in results] == [
        ("VEL-100/24-0117/Gehalt", Decimal("99.1")),
        ("VEL-100/24-0118/Gehalt", Decimal("98.4")),
    ]
    shifts = [record.values[0] for record in records if isinstance(record, ProcessData)]
    assert [(value.name, value.value) for value in shifts] == [("shift", "early"), ("shift", "late")]


def test_the_guides_deviations() -> None:
    first, second = examples()[1]
    assert isinstance(first, Deviation)
    assert isinstance(second, Deviation)
    assert [(each.record_id, each.revision) for each in (first, second)] == [("A-24-031", 1), ("A-24-031", 2)]
    assert second.partner_aware_at == datetime(2024, 1, 30, 13, 5, tzinfo=UTC)
    assert second.lots == (LotCode("VEL-100", "24-0117"),)
    assert (first.proposed_classification, second.proposed_classification) == (
        Classification.minor,
        Classification.major,
    )


def test_the_guides_logger() -> None:
    readings = [record for record in examples()[2] if isinstance(record, ProcessData)]
    assert [each.occurred_at for each in readings] == [
        datetime(2026, 10, 25, 0, 40, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
    ]


def test_the_guides_samples() -> None:
    text = GUIDE.read_text("utf-8")
    (document,) = re.findall(r"```yaml\n([^`]*format: json\n.*?)```", text, re.DOTALL)
    (file,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    answers = list(translate(load(document), [file.encode()], now=datetime(2026, 11, 27, tzinfo=UTC)))
    assert [(type(answer), answer.row) for answer in answers] == [(Accepted, 1), (Accepted, 2), (Accepted, 3)]
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    assert [(each.lot.number, each.test, str(each.value)) for each in records if isinstance(each, TestResult)] == [
        ("24-0117", "assay", "99.1"),
        ("24-0117", "water", "0.40"),
        ("24-0118", "assay", "98.4"),
    ]


def test_the_certificate_of_the_guide_to_connect_a_lims() -> None:
    text = (GUIDE.parent / "connect-a-lims.md").read_text("utf-8")
    (document,), (file,) = (re.findall(rf"```{form}\n(.*?)```", text, re.DOTALL) for form in ("yaml", "csv"))
    answers = list(translate(load(document), [file.encode()], now=datetime(2026, 11, 27, tzinfo=UTC), time_zone=UTC))
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    found = [(each.test, each.value, each.text, each.qualifier) for each in records if isinstance(each, TestResult)]
    assert found == [
        ("assay", Decimal("99.1"), None, None),
        ("impurities_total", Decimal("0.05"), None, Qualifier.below_quantitation),
        ("appearance", None, "complies", None),
    ]
    assert sum(isinstance(answer, LeftOut) for answer in answers) == 3, "two lines above the table, one below"


def test_the_example_file_of_the_readme() -> None:
    file = (GUIDE.parents[1] / "examples/laboratory.csv").read_bytes()
    answers = list(translate(shipped()["tablets-laboratory"], [file], now=datetime(2026, 3, 14, tzinfo=UTC)))
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    found = [each.value for each in records if isinstance(each, TestResult) and each.test == "dissolution_min"]
    assert (len(answers), found) == (3, [Decimal(90), Decimal(76), Decimal(93)])


def test_the_guides_mapping_of_batch_records_has_every_word() -> None:
    (document,) = re.findall(r"```yaml\n(format: b2mml.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    mapping = load_any(document)
    assert isinstance(mapping, BatchRecordMapping)
    assert set(BatchRecordMapping.model_fields) - mapping.model_fields_set == {"title", "expiry"}
