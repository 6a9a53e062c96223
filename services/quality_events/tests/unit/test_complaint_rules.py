"""The rules of complaints: what is due when, who is given it, and what can be answered."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from contracts import Classification, Lot, Side
from contracts.complaints import ComplaintCategory as Category
from gxp.calendars import named
from quality_events.batches.model import Batch
from quality_events.clocks import Sponsor
from quality_events.complaints.model import Complaint
from quality_events.complaints.schemas import ComplaintState, ReceiveComplaint
from quality_events.settings import SponsorSettings
from runtime.lifecycle import allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2025, 12, 30, 9, tzinfo=UTC)
VIENNA = Sponsor(ZoneInfo("Europe/Vienna"), named("AT"))
LOT = Lot(id=uuid4(), number="24A117", material="VEL-100", product_id=uuid4(), site_id=uuid4(), partner_id=uuid4())
EVE = datetime(2025, 12, 23, 23, 30, tzinfo=UTC)
"""In Vienna Christmas Eve has begun, which is a working day; the 25th and the 26th are not."""


def received(batch: Batch | None = None, **more: Any) -> Complaint:
    """A complaint that was received on Christmas Eve."""
    given: dict[str, Any] = {"number": "CPL-2026-10001", "description": "brown", "market": "DE"}
    given |= {"category": Category.quality, "received_at": EVE, "first_aware_at": None}
    return Complaint.receive(VIENNA, batch, NOW, **given | more)[0]


def triaged(batch: Batch | None = None, category: Category = Category.quality, **more: Any) -> Complaint:
    """The same one, triaged as major."""
    complaint = received(batch, **more)
    complaint.triage(category, Classification.major, VIENNA, NOW)
    return complaint


def test_fifteen_days_are_the_sponsors_local_days() -> None:
    assert received().due_at == datetime(2026, 1, 8, 23, tzinfo=UTC)
    elsewhere = Sponsor(ZoneInfo("America/New_York"), named("US"))
    assert elsewhere.days_after(EVE, 15) == datetime(2026, 1, 8, 5, tzinfo=UTC)


def test_the_answer_is_measured_by_the_due_instant_itself() -> None:
    complaint = triaged()
    at = complaint.due_at
    assert [complaint.was_in_time(at), complaint.was_in_time(at + timedelta(seconds=1))] == [None, False]
    complaint.give_answer(None, "the heater was replaced", at)
    assert (complaint.was_in_time(at + timedelta(9)), complaint.is_overdue(at + timedelta(9))) == (True, False)


def test_safety_has_one_working_day_since_the_first_of_us_knew() -> None:
    complaint = received(category=Category.adverse_event)
    assert complaint.safety_due_at == datetime(2025, 12, 29, 23, tzinfo=UTC), "over Christmas and a weekend"
    aware_at = datetime(2025, 12, 19, 9, tzinfo=UTC)
    earlier = received(category=Category.adverse_event, first_aware_at=aware_at)
    assert earlier.safety_due_at == datetime(2025, 12, 22, 23, tzinfo=UTC)
    assert received(first_aware_at=NOW).first_aware_at == EVE, "nobody is the first after the sponsor"


def test_a_suspicion_once_stated_is_passed_on_before_the_answer() -> None:
    complaint = received(category=Category.adverse_event)
    complaint.triage(Category.lack_of_effect, Classification.minor, VIENNA, NOW)
    assert complaint.is_late_for_safety(NOW)
    with pytest.raises(RuleViolated, match="pass it to drug safety"):
        complaint.give_answer(None, "x", NOW)
    complaint.pass_to_safety(NOW)
    complaint.give_answer(None, "x", NOW)
    with pytest.raises(RuleViolated, match="no suspected adverse event"):
        triaged().pass_to_safety(NOW)


def test_triage_that_suspects_an_adverse_event_starts_the_clock() -> None:
    complaint = triaged(category=Category.adverse_event)
    assert complaint.safety_due_at == datetime(2025, 12, 29, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("category", "severity", "concerns"),
    [
        (Category.counterfeit, Classification.minor, True),
        (Category.lack_of_effect, Classification.critical, True),
        (Category.quality, Classification.major, False),
    ],
)
def test_counterfeits_and_class_one_concern_authorities(category: Category, severity: Any, concerns: bool) -> None:
    complaint = received()
    complaint.triage(category, severity, VIENNA, NOW)
    assert complaint.concerns_authorities is concerns


def test_the_maker_is_a_party_from_the_step_that_shares_it() -> None:
    complaint = triaged(Batch.announce(LOT))
    assert (complaint.parties, complaint.turn()) == ([], {Side.sponsor})
    assert "investigate" not in allowed_now(complaint)
    with pytest.raises(RuleViolated, match="not shared"):
        complaint.investigate("x", "y", "0" * 64, "ana", NOW)
    told = complaint.share(NOW)
    assert (complaint.parties, complaint.turn()) == ([LOT.partner_id], {Side.maker})
    assert (told.lot, told.severity) == (LOT, Classification.major)
    with pytest.raises(RuleViolated, match="is shared"):
        complaint.share(NOW)


def test_what_has_no_batch_is_joined_before_it_is_shared() -> None:
    complaint = triaged()
    with pytest.raises(RuleViolated, match="join that first"):
        complaint.share(NOW)
    assert complaint.join(Batch.announce(LOT), None, NOW).lot == LOT
    with pytest.raises(RuleViolated, match="another product"):
        received(Batch.announce(LOT), product_id=uuid4())


def test_another_batch_is_joined_with_a_reason_and_until_its_maker_sees_it() -> None:
    complaint = triaged(lot_as_printed="24A111")
    with pytest.raises(RuleViolated, match="the pack says 24A111, and the lot is 24A117"):
        complaint.join(Batch.announce(LOT), None, NOW)
    complaint.join(Batch.announce(LOT), "the print is worn", NOW)
    other = LOT.model_copy(update={"id": uuid4(), "number": "24A111", "product_id": uuid4(), "partner_id": uuid4()})
    with pytest.raises(RuleViolated, match="was joined to the lot 24A117"):
        complaint.join(Batch.announce(other), None, NOW)
    told = complaint.join(Batch.announce(other), "it was read again", NOW)
    assert (told.lot, complaint.product_id) == (other, other.product_id)
    complaint.share(NOW)
    assert complaint.parties == [other.partner_id]
    with pytest.raises(RuleViolated, match="is shared with the maker of 24A111"):
        complaint.join(Batch.announce(LOT), "it was read again", NOW)


def test_only_what_was_investigated_is_substantiated_or_not() -> None:
    complaint = triaged(Batch.announce(LOT))
    with pytest.raises(RuleViolated, match="nobody investigated"):
        complaint.give_answer(True, "x", NOW)
    complaint.share(NOW)
    complaint.investigate("a seal", "whole", "0" * 64, "ana", NOW)
    assert complaint.give_answer(False, "none of the retained is brown", NOW).substantiated is False
    assert complaint.state == ComplaintState.answered


def test_what_lies_ahead_was_not_received() -> None:
    with pytest.raises(RuleViolated, match="lies ahead"):
        received(received_at=NOW + timedelta(seconds=1))


def test_nobody_is_named() -> None:
    body = {"market": "DE", "category": "quality", "received_at": "2026-03-01T08:00:00Z", "description": "brown"}
    ReceiveComplaint.model_validate(body)
    for change in ({"reporter": "Ana"}, {"description": "from ana@example.org"}):
        with pytest.raises(ValidationError, match=r"reporter|never who complained"):
            ReceiveComplaint.model_validate(body | change)


def test_the_sponsor_without_settings_has_no_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SponsorSettings(time_zone="UTC", country="")
    days = [datetime(2026, 12, day, tzinfo=UTC).date() for day in (25, 26)]
    assert [settings.calendar(day) for day in days] == [True, False]
    monkeypatch.setenv("ENTENTE_SPONSOR_COUNTRY", "AT")
    assert not SponsorSettings().calendar(days[0])
    for wrong in ({"country": "XX"}, {"time_zone": "Vienna"}):
        with pytest.raises(ValidationError):
            SponsorSettings.model_validate(wrong)


def test_a_shared_adverse_event_waits_for_the_safety_report_too() -> None:
    complaint = triaged(Batch.announce(LOT), category=Category.adverse_event)
    complaint.share(NOW)
    assert complaint.turn() == {Side.maker, Side.sponsor}
    complaint.pass_to_safety(NOW)
    assert complaint.turn() == {Side.maker}
