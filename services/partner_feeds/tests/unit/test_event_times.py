"""Every field of time of every event: with its offset, and within the bounds, or refused by its path."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from partner_feeds.records.answers import Accepted, Answer, Refused

LOT = {"material": "25", "number": "L1"}
VALUE = {"name": "force", "value": 12, "unit": "kN"}
AT = {"occurred_at": "2026-03-01T08:00:00+01:00"}
RECORDS: dict[str, dict[str, Any]] = {
    "BatchStart": {"lot": LOT} | AT,
    "BatchCompletion": {"lot": LOT, "completed_at": "2026-03-01"} | AT,
    "ProcessData": {"lot": LOT, "step": "compression", "values": [VALUE]} | AT,
    "TestResult": {"lot": LOT, "test": "assay", "stage": "release", "value": 99, "unit": "%"} | AT,
    "Deviation": {"title": "t", "category": "c", "partner_aware_at": AT["occurred_at"]} | AT,
}
FIELDS = [(type_, "occurred_at") for type_ in RECORDS]
FIELDS += [("BatchCompletion", "completed_at"), ("Deviation", "discovered_at"), ("Deviation", "partner_aware_at")]
READINGS_ARE_UNKNOWN = ["2026-10-25T02:30:00", "2026-03-29T02:30", "2026-03-01 08:00:00"]
OUT_OF_BOUNDS = [
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1900-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
    "1999-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "2026-03-14T09:36:00Z", "2026-03-01T23:59:60Z",
    "2026-03-01T24:00:01Z", "-infinity",
]  # fmt: skip
WITHIN = ["2000-01-01T00:00:00Z", "2000-01-01T12:00:00-12:00", "2026-03-14T09:30:00Z"]
Events = Callable[..., list[Answer]]


def answer_to(events: Events, type_: str, **changes: Any) -> Answer:
    data = RECORDS[type_] | {"record_id": "1"} | changes
    envelope = {"specversion": "1.0", "id": "1", "source": "lims", "type": f"io.entente.feed.{type_}.v1"}
    (answer,) = events(json.dumps(envelope | {"data": data}))
    return answer


@pytest.mark.parametrize(("type_", "field"), FIELDS)
def test_a_time_that_cannot_be_is_refused_by_its_path(events: Events, type_: str, field: str) -> None:
    for given in READINGS_ARE_UNKNOWN + OUT_OF_BOUNDS:
        answer = answer_to(events, type_, **{field: given})
        assert isinstance(answer, Refused), given
        assert answer.errors[0].field == f"data.{field}", given
        if given in READINGS_ARE_UNKNOWN:
            assert f"the offset from UTC is missing: write {given}+02:00" in answer.errors[0].reason
    for given in WITHIN:
        assert isinstance(answer_to(events, type_, **{field: given}), Accepted), given


@pytest.mark.parametrize("field", ["discovered_at", "partner_aware_at"])
def test_a_clock_starts_at_an_instant(events: Events, field: str) -> None:
    for given in ("2026-03-01", "2026-03"):
        answer = answer_to(events, "Deviation", **{field: given})
        assert isinstance(answer, Refused)
        assert "write 2019-05-17T10:30:00+02:00" in answer.errors[0].reason
