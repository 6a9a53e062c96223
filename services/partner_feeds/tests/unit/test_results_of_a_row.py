"""What a laboratory's row may say of its results: replicates, withdrawals, corrections by time, limits of its own."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_feeds.language import Mapping, MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.records.model import LAST_REVISION, Bounds, Measurement, StudyPull, TestResult
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
COLUMNS = """
  lot: {holds: text, required: true}
  made: {holds: date, format: YYYY-MM-DD, required: true}
"""


def mapping(columns: str, rule: str, stage: str = "release") -> Mapping:
    """A mapping of results under an id of lot and test."""
    return load(
        f"code: x\nversion: 1\ncolumns:{COLUMNS}{columns}"
        'lots:\n  batch: {material: P1, number: "{lot}"}\n'
        'records:\n  - {record: TestResult, id: "{lot}/{test}", occurred_at: made, lot: batch, '
        f"stage: {stage}, {rule}}}\n"
    )


def answers(of: Mapping, *lines: str) -> list[Answer]:
    return list(translate(of, ["\n".join(lines).encode()], now=NOW))


def results(of: Mapping, *lines: str) -> list[TestResult]:
    found: list[Any] = []
    for answer in answers(of, *lines):
        assert isinstance(answer, Accepted), answer
        found += answer.records
    return found


SIX = "".join(f"  D{n}: {{holds: number, unit: '%'}}\n" for n in range(1, 7))
HEADER = "lot,made,D1,D2,D3,D4,D5,D6"


def dissolution(value: str) -> Mapping:
    return mapping(SIX, f"replicates: {{dissolution: {{columns: [D1, D2, D3, D4, D5, D6], value: {value}}}}}")


@pytest.mark.parametrize(("value", "expected"), [("min", "79"), ("max", "91.5"), ("mean", "87.25")])
def test_replicates_are_one_result_with_all_its_determinations(value: str, expected: str) -> None:
    (result,) = results(dissolution(value), HEADER, "L1,2026-03-03,88,91.5,79,88,88,89")
    assert (result.record_id, result.test, result.value) == ("L1/dissolution", "dissolution", Decimal(expected))
    assert [str(each) for each in result.determinations] == ["88", "91.5", "79", "88", "88", "89"]


def test_a_determination_that_is_missing_refuses_its_row_and_none_is_no_result() -> None:
    missing, blank = answers(dissolution("min"), HEADER, "L1,2026-03-03,88,91,,88,88,89", "L2,2026-03-03,,,,,,")
    assert isinstance(missing, Refused)
    (error,) = missing.errors
    assert (error.field, "of 6 determinations" in error.reason) == ("D3", True)
    assert blank == Accepted(3, ())


@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=6, max_size=6))
def test_a_mean_is_exact_to_far_beyond_what_is_rounded_later(found: list[Decimal]) -> None:
    (result,) = results(dissolution("mean"), HEADER, "L1,2026-03-03," + ",".join(map(str, found)))
    assert result.value is not None
    assert abs(result.value * 6 - sum(found)) < Decimal("1e-20")


def test_determinations_in_different_units_do_not_load() -> None:
    columns = SIX.replace("D2: {holds: number, unit: '%'}", "D2: {holds: number, unit: mg}")
    with pytest.raises(MappingInvalid, match="the determinations of d are in different units"):
        mapping(columns, "replicates: {d: {columns: [D1, D2, D3, D4, D5, D6], value: min}}")


ASSAY = "  assay: {holds: number, unit: '%'}\n"
STATUS = ASSAY + "  status: {holds: text}\n"


@pytest.mark.parametrize("cell", ["94.0", ""])
def test_a_withdrawn_row_voids_what_was_reported_under_its_id(cell: str) -> None:
    withdrawing = mapping(STATUS, "tests: [assay], void: {status: [Withdrawn]}")
    header, first = "lot,made,assay,status", "L1,2026-03-03,94.0,Approved"
    reported, voided = results(withdrawing, header, first, f"L1,2026-03-03,{cell},Withdrawn")
    assert (reported.voided, reported.revision, reported.value) == (False, 1, Decimal("94.0"))
    assert (voided.voided, voided.revision, voided.value, voided.text) == (True, LAST_REVISION, None, None)
    assert voided.record_id == reported.record_id


def test_a_word_in_place_of_the_value_withdraws_it() -> None:
    columns = "  assay: {holds: number, unit: '%', words: {'***': void}}\n"
    reported, voided = results(
        mapping(columns, "tests: [assay]"), "lot,made,assay", "L1,2026-03-03,94", "L1,2026-03-03,***"
    )
    assert (reported.value, voided.voided, voided.revision) == (Decimal(94), True, LAST_REVISION)
    assert voided.record_id == reported.record_id


def test_a_withdrawal_with_a_revision_of_its_own_has_that() -> None:
    columns = STATUS + "  rev: {holds: number}\n"
    counted = mapping(columns, "tests: [assay], void: {status: [Withdrawn]}, revision: rev")
    (voided,) = results(counted, "lot,made,assay,status,rev", "L1,2026-03-03,94.0,Withdrawn,3")
    assert (voided.voided, voided.revision) == (True, 3)


def test_what_changed_later_is_a_higher_revision() -> None:
    columns = ASSAY + "  changed: {holds: date, format: 'YYYY-MM-DD hh:mm:ssZ'}\n"
    by_time = mapping(columns, "tests: [assay], revision: changed")
    header = "lot,made,assay,changed"
    rows = [f"L1,2026-03-03,9{n}.0,2026-03-0{n} 10:00:00+01:00" for n in (4, 5)]
    first, second = results(by_time, header, *rows)
    assert second.revision - first.revision == 24 * 3600


def test_a_result_of_a_study_says_which_pull_it_is_of() -> None:
    columns = ASSAY + "  Kind: {holds: text, codes: {R: release, S: stability}}\n  Month: {holds: number}\n"
    columns += "  Store: {holds: text}\n"
    rule = "tests: [assay], stability: {months: Month, condition: '{Store}'}"
    pulled = mapping(columns, rule, stage="'{Kind}'")
    header = "lot,made,assay,Kind,Month,Store"
    rows = ["94,S,12,25C/60RH", "94,S,18,", "94,S,,25C/60RH", "94,R,0,25C/60RH"]
    found = results(pulled, header, *(f"L1,2026-03-03,{row}" for row in rows))
    assert [one.stability for one in found] == [StudyPull(12, "25C/60RH"), StudyPull(18), None, None]
    (refused,) = answers(pulled, header, "L1,2026-03-03,94,S,12.5,")
    assert isinstance(refused, Refused)
    (error,) = refused.errors
    assert (error.field, "whole months" in error.reason) == ("Month", True)


def test_a_laboratorys_own_limits_go_with_the_result() -> None:
    columns = ASSAY + "  Min: {holds: number}\n  Max: {holds: number}\n"
    limited = mapping(columns, "tests: [assay], limits: {lower: Min, upper: Max}")
    one, none = results(limited, "lot,made,assay,Min,Max", "L1,2026-03-03,94,90.0,110.0", "L2,2026-03-03,94,,")
    assert (one.laboratory_limits, none.laboratory_limits) == (Bounds(Decimal("90.0"), Decimal("110.0")), None)


def test_a_result_says_how_it_came_about() -> None:
    columns = ASSAY + "  Who: {holds: text}\n  Sum: {holds: text}\n  Due: {holds: text}\n"
    columns += "  Typed: {holds: date, format: 'YYYY-MM-DD hh:mm:ssZ'}\n"
    rule = "tests: [assay], provenance: {analyst: '{Who}', raw_data_digest: '{Sum}', calibration_due: '{Due}', "
    traced = mapping(columns, rule + "entered_at: Typed}")
    header, digest = "lot,made,assay,Who,Sum,Due,Typed", "AB" * 32
    rows = [f"94,ana,{digest},2026-06-30,2026-03-03 10:00:00+01:00", "94,,,,"]
    found = results(traced, header, *(f"L1,2026-03-03,{row}" for row in rows))
    typed_at = datetime(2026, 3, 3, 9, tzinfo=UTC)
    whole = Measurement("ana", None, date(2026, 6, 30), digest.lower(), None, typed_at)
    assert [one.provenance for one in found] == [whole, None]
    for row in ("94,ana,1234,,", "94,ana,,30.6.2026,"):
        (refused,) = answers(traced, header, f"L1,2026-03-03,{row}")
        assert isinstance(refused, Refused)
