"""Moments are bounded, in every field of time of every fact, and whoever writes another is told what would be right."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts import Contract, Day, DueAt, HappenedAt, Moment, clock, contracts, read
from contracts.schemas import schema_of

EXAMPLES = Path(__file__).parents[1] / "examples"
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
MOMENT, HAPPENED, DUE = TypeAdapter(Moment), TypeAdapter(HappenedAt), TypeAdapter(DueAt)
DAY = TypeAdapter(Day)

# The earlier and the later end, on either side, also where a zone's offset decides.
TOO_EARLY = [
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00", "1899-12-31T23:59:59Z",
    "1900-01-01T00:00:00+00:01", "1900-01-01T13:59:59+14:00",
]  # fmt: skip
EARLY = ["1900-01-01T00:00:00Z", "1900-01-01T14:00:00+14:00", "1899-12-31T12:00:00-12:00"]
COMING = ["2026-03-14T12:00:00Z", "2026-03-15T23:59:59.999999Z", "2026-03-16T13:59:59+14:00", "2026-03-15T11:59-12:00"]
AHEAD = ["2026-03-16T00:00:00Z", "2026-03-16T14:00:00+14:00", "2026-03-15T12:00:00-12:00"]
DUE_LATER = ["2026-03-16T00:00:00Z", "2126-03-16T23:59:59Z"]
NEVER = ["2126-03-17T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00", "9999-12-31T00:00+14:00"]
NO_INSTANTS = [
    "2026-03-14T23:59:60Z", "2026-03-14T24:00:00Z", "2026-03-14T12:00:00", "2026-03-14", "2026-03", "-infinity",
    "infinity", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "201811", "now", "", 1_700_000_000, 0.5, True,
    "2026-02-30T00:00:00Z", "1700000000", "2026-03-14T12:00:00+24:00",
]  # fmt: skip


def refusal(adapter: TypeAdapter[Any], given: Any) -> str:
    """Why it is refused, or nothing."""
    with clock.standing_at(NOON):
        try:
            adapter.validate_json(json.dumps(given))
        except ValidationError as error:
            return "; ".join(each["msg"] for each in error.errors())
    return ""


@pytest.mark.parametrize("given", TOO_EARLY)
@pytest.mark.parametrize("adapter", [MOMENT, HAPPENED, DUE])
def test_nothing_is_older_than_1900(adapter: TypeAdapter[Any], given: str) -> None:
    assert "lies before 1900-01-01: write the year that is meant, from 1900 on" in refusal(adapter, given)


@pytest.mark.parametrize("given", AHEAD + DUE_LATER + NEVER)
@pytest.mark.parametrize("adapter", [MOMENT, HAPPENED])
def test_what_happened_is_not_ahead(adapter: TypeAdapter[Any], given: str) -> None:
    assert "is in the future: write when it happened (today is 2026-03-14)" in refusal(adapter, given)


@pytest.mark.parametrize("given", NEVER)
def test_what_is_due_is_due_within_a_century(given: str) -> None:
    assert "is more than a century ahead: write the year that is meant (today is 2026-03-14)" in refusal(DUE, given)


@pytest.mark.parametrize("given", EARLY + COMING)
@pytest.mark.parametrize("adapter", [MOMENT, HAPPENED, DUE])
def test_instants_within_the_bounds_are_taken(adapter: TypeAdapter[Any], given: str) -> None:
    assert refusal(adapter, given) == ""


@pytest.mark.parametrize("given", AHEAD + DUE_LATER)
def test_what_is_due_may_be_ahead(given: str) -> None:
    assert refusal(DUE, given) == ""


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0001-01", False), ("1899-12", False), ("1900-01", True), ("2026-03", True), ("2026-04", False),
     ("9999-12", False), ("2026-00", False), ("0001-01-01", False), ("1899-12-31", False), ("1900-01-01", True),
     ("2026-03-15", True), ("2026-03-16", False), ("9999-12-31", False), ("2026-02-29", False)],
)  # fmt: skip
def test_days_and_months_are_bounded_too(given: str, taken: bool) -> None:
    assert (refusal(MOMENT, given) == "") is taken


def test_tomorrows_month_may_be_the_next() -> None:
    with clock.standing_at(datetime(2026, 3, 31, 0, 30, tzinfo=UTC)):
        assert MOMENT.validate_python("2026-04") == "2026-04"
        assert MOMENT.validate_python("2026-04-01") == date(2026, 4, 1)


@pytest.mark.parametrize("given", NO_INSTANTS)
def test_what_is_no_instant_is_no_instant(given: Any) -> None:
    assert refusal(HAPPENED, given)
    assert refusal(DUE, given)


@pytest.mark.parametrize("given", ["2026-03-14", 1, "1700000000", "2026-03-14T12:00:00"])
def test_who_writes_no_instant_is_told_how_one_is_written(given: Any) -> None:
    assert "write an instant with its offset from UTC, such as 2018-11-05T10:00:00Z" in refusal(HAPPENED, given)


@pytest.mark.parametrize(
    ("given", "taken"),
    [("1899-12-31", False), ("1900-01-01", True), ("2026-12-31", True), ("2126-03-16", True), ("2126-03-17", False),
     ("0001-01-01", False), ("9999-12-31", False), ("2026-03", False), ("1700000000", False), (86400, False),
     ("2026-03-14T00:00:00Z", False)],
)  # fmt: skip
def test_a_day_may_lie_ahead_within_a_century(given: Any, taken: bool) -> None:
    assert (refusal(DAY, given) == "") is taken


@given(st.datetimes(timezones=st.timezones()) | st.dates() | st.dates().map("{:%Y-%m}".format))
def test_no_moment_at_all_makes_the_bounds_fail(moment: Any) -> None:
    for adapter in (MOMENT, HAPPENED, DUE, DAY):
        text = moment if isinstance(moment, str) else moment.isoformat()
        refusal(adapter, text)


LATER = datetime(2026, 12, 31, tzinfo=UTC)
"""The examples have happened by then."""


def fields_of_time(contract: Contract) -> Iterator[tuple[str, bool]]:
    """The fields of a fact that hold instants, and whether a day or a month may stand there too."""
    for name, field in schema_of(contract)["properties"].items():
        options = field.get("anyOf", [field])
        if any(option.get("format") == "date-time" for option in options):
            yield name, any(option.get("format") == "date" for option in options)


EVERY_FIELD = [
    pytest.param(contract, name, precise, id=f"{contract.model.__name__}.{name}")
    for contract in contracts()
    if contract.model.__module__.startswith("contracts.")
    for name, precise in fields_of_time(contract)
]


@pytest.mark.parametrize(("contract", "name", "any_precision"), EVERY_FIELD)
def test_every_field_of_time_of_every_fact_is_bounded(contract: Contract, name: str, any_precision: bool) -> None:
    data = json.loads((EXAMPLES / f"{contract.type}.json").read_text("utf-8"))["data"]
    outside = [*TOO_EARLY, *NEVER[1:], "2026-03-14T24:00:00Z", 1_700_000_000]
    outside += ["0001-01", "9999-12", "1899-12-31"] if any_precision else ["2026-03-14"]
    for moment in outside:
        with clock.standing_at(LATER), pytest.raises(ValidationError, match=rf"\n{name}\b"):
            contract.model.model_validate_json(json.dumps(data | {name: moment}))
    for moment in EARLY + (["1900-01", "1900-01-01"] if any_precision else []):
        contract.model.model_validate_json(json.dumps(data | {name: moment}))


def test_all_facts_have_been_looked_at() -> None:
    assert len(EVERY_FIELD) > 40
    assert {"occurred_at", "partner_aware_at", "due_at", "opened_at"} <= {str(each.values[1]) for each in EVERY_FIELD}


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "1899-12-31T00:00:00Z", "9999-12-31T00:00:00Z"])
def test_an_envelope_is_recorded_at_a_time_that_can_be(time: str) -> None:
    event = json.loads((EXAMPLES / "io.entente.DeviationClosed.v1.json").read_text("utf-8"))
    headers = [(f"ce_{name}", str(event[name]).encode()) for name in ("specversion", "id", "source", "type")]
    value = json.dumps(event["data"]).encode()
    assert read(b"k", value, [*headers, ("ce_time", (NOON - timedelta(days=1)).isoformat().encode())])
    with pytest.raises(ValueError, match="ce_time"):
        read(b"k", value, [*headers, ("ce_time", time.encode())])
