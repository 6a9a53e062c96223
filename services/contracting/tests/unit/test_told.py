"""What facts of each kind of record say, held against the clauses of the catalogue."""

from typing import Any
from uuid import UUID

import pytest

from contracting.clauses.catalogue import defaults
from contracting.obligations.assessing import Agreed, assess
from contracting.obligations.subjects import subject_of
from contracting.obligations.told import FIRST_COUNTS, MOMENTS, PLANNED, TOLD, SubjectType
from contracts import Lot
from contracts.audits import AuditPostponed, AuditScheduled, FindingRaised, FindingResponded
from contracts.batches import BatchRecordReceived, BatchRecordRevised, BatchTerminated
from contracts.partner_registry import RegulatoryInspectionAnnounced, RegulatoryInspectionRecorded
from contracts.quality_events import BatchManufactured, OosNotified, OosOpened
from gxp.clocks import Unit
from services.contracting.tests.obligation_world import (
    LATER,
    PARTNER,
    PLACES,
    PRODUCT,
    SITE,
    SUBJECT,
    at,
    coverage,
    kept,
    terms,
    told,
)

LOT = Lot(id=UUID(int=6), number="B-1", material="P", product_id=PRODUCT, site_id=SITE, partner_id=PARTNER)
AT_SITE = {"number": "X-1", "site_id": SITE, "partner_id": PARTNER}
AUDIT = AT_SITE | {"audit_id": SUBJECT, "kind": "surveillance", "mode": "on_site", "planned_on": "2026-12-01"}
AUDIT |= {"first_planned_on": "2026-12-01"}
FINDING = AT_SITE | {"finding_id": SUBJECT, "audit_id": UUID(int=9), "classification": "major", "area": "production"}
FINDING |= {"first_due_at": LATER, "due_at": LATER}
INSPECTION = AT_SITE | {"inspection_id": SUBJECT, "authority": "JAZMP", "kind": "routine"}
RECORD = {"batch_id": SUBJECT, "lot": LOT, "record_version": "1", "record_digest": "0" * 64}
OOS = {"investigation_id": SUBJECT, "number": "OOS-1", "result_id": UUID(int=7), "batch_id": None, "lot": LOT}
OOS |= {"test": "assay", "laboratory_site_id": SITE, "laboratory_partner_id": PARTNER}
OOS |= {"opened_at": at("2026-11-02T08:00+01:00")}


def standings(*facts: Any, as_of: Any = LATER) -> dict[str, str]:
    """By clause how its duty stands, where the agreement has all of the catalogue."""
    said = {"kind", "owes", "amounts", "unit", "start", "end", "code"}
    agreed = [
        terms(
            **each.model_dump(include=said)
            | {"unit": Unit(each.unit or "hours"), "calendar": "SI" if each.unit == Unit.working_days else None}
        )
        for each in defaults()
        if each.executed
    ]
    subject = subject_of(TOLD[type(facts[0])][0], SUBJECT, kept(*facts))
    assert subject
    found = assess(subject, Agreed(agreed, [coverage()]), PLACES, as_of)
    return {each.code: str(each.verdict.standing) for each in found}


def made(model: type[Any], happened: str, of: dict[str, Any], **more: Any) -> Any:
    """A fact that was told at an instant."""
    return told(model, **of | {"occurred_at": at(happened) if "T" in happened else happened} | more)


@pytest.mark.parametrize(
    ("received", "standing"), [("2026-12-01T22:59Z", "met"), ("2026-12-01T23:01Z", "breached"), (None, "breached")]
)
def test_a_batch_record_counts_once_it_is_complete(received: str | None, standing: str) -> None:
    # Ten of Slovenia's working days after Tuesday, 17 November, end with 1 December.
    facts = [
        made(BatchManufactured, "2026-11-17", {"batch_id": SUBJECT, "lot": LOT}),
        made(BatchRecordReceived, "2026-11-20T10:00Z", RECORD, record_complete=False),
    ]
    facts += [made(BatchRecordRevised, received, RECORD, record_complete=True)] if received else []
    assert standings(*facts) == {"deliver_batch_record": standing}


def test_a_record_of_a_batch_whose_completion_nobody_told_is_unknown() -> None:
    record = made(BatchRecordReceived, "2026-11-20T10:00Z", RECORD, record_complete=True)
    assert standings(record) == {"deliver_batch_record": "unknown"}


def test_a_batch_that_was_given_up_owes_no_record() -> None:
    assert standings(
        made(BatchManufactured, "2026-11-17", {"batch_id": SUBJECT, "lot": LOT}),
        made(BatchTerminated, "2026-11-18T10:00Z", {"batch_id": SUBJECT, "lot": LOT}, reason="spilt"),
    ) == {"deliver_batch_record": "void"}


def test_the_first_answer_to_a_finding_counts() -> None:
    raised = made(FindingRaised, "2026-10-01T10:00Z", FINDING, round=1)
    first = made(FindingResponded, "2026-10-20T10:00Z", FINDING, round=1)
    second = made(FindingResponded, "2026-12-20T10:00Z", FINDING, round=2)
    assert standings(raised) == {"answer_findings": "breached"}
    assert standings(raised, first) == standings(raised, first, second) == {"answer_findings": "met"}


def test_an_audit_is_permitted_when_its_day_is_confirmed() -> None:
    asked = made(AuditScheduled, "2026-10-01T10:00Z", AUDIT, confirmed=False)
    again = made(AuditPostponed, "2026-10-10T10:00Z", AUDIT, before="2026-12-01", reason="strike")
    confirmed = made(AuditScheduled, "2026-10-12T10:00Z", AUDIT, confirmed=True)
    assert standings(asked, as_of=at("2026-10-02T10:00Z")) == {"permit_audit": "pending"}
    assert standings(asked, again, confirmed) == {"permit_audit": "met"}
    assert standings(asked, again) == {"permit_audit": "breached"}


def test_an_inspection_is_told_within_a_working_day() -> None:
    days = {"announced_at": at("2026-10-09T15:00+02:00"), "told_sponsor_at": at("2026-10-12T23:59+02:00")}
    announced = made(RegulatoryInspectionAnnounced, "2026-10-12T22:00Z", INSPECTION, **days, starts_on="2026-11-02")
    assert standings(announced) == {"report_inspection": "met"}
    ended = {"ended_on": "2026-11-05", "observations": (), "announced_at": at("2026-10-08T15:00+02:00")}
    recorded = made(RegulatoryInspectionRecorded, "2026-11-05T22:00Z", INSPECTION, **days | ended)
    assert standings(announced, recorded) == {"report_inspection": "breached"}


def test_an_oos_is_told_by_its_laboratory() -> None:
    opened = made(OosOpened, "2026-11-02T08:00+01:00", OOS, due_at=LATER)
    notified = made(OosNotified, "2026-11-03T09:00+01:00", OOS, notified_at=at("2026-11-03T09:00+01:00"))
    assert standings(opened, notified) == {"notify_oos": "breached", "conclude_oos": "breached"}


def test_every_moment_is_one_of_a_kind_of_record() -> None:
    names = {*MOMENTS, *FIRST_COUNTS, *PLANNED, *PLANNED.values()}
    assert {each.partition(".")[0] for each in names} == set(SubjectType)
    assert FIRST_COUNTS | PLANNED.keys() <= MOMENTS
