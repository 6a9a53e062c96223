"""Days on which no certificate carried a qualification, and one that came late: judged again, or assessed again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.qualifications import Purpose
from contracts.qualifications import QualificationState as State
from partner_registry.qualifications.items import Verdict, asked
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.schemas import ItemAnswer
from partner_registry.sites.model import Activity
from runtime.problems import RuleViolated

ZONE = "Europe/Vienna"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
COVERED = ["CERT-2026-00001"]
SCOPE = {"activity": Activity.drug_product, "dosage_form": "tablet", "product_ids": [], "purpose": Purpose.commercial}


def approved() -> Qualification:
    made, _ = Qualification.plan(number="QUAL-1", partner_id=uuid4(), by="pia", now=NOW, site_id=uuid4(), **SCOPE)
    made.start("quinn", ZONE, NOW)
    items = asked(Activity.drug_product, Purpose.commercial)
    made.answer([ItemAnswer(item=item, verdict=Verdict.met) for item in items], "ana", NOW)
    made.record_audit(date(2026, 2, 1), "acceptable", "0" * 64, None, "ana", ZONE, NOW)
    made.endorse("max")
    made.approve(COVERED, [], "low", ZONE, NOW)
    return made


def suspended_for_want_of_a_certificate() -> Qualification:
    made = approved()
    made.lose_ground("CERT-1 has expired", date(2026, 3, 20), ZONE, NOW + timedelta(19), "certificate")
    return made


def test_days_that_a_late_certificate_covers_are_judged_again_and_what_was_known_stays() -> None:
    made, later = suspended_for_want_of_a_certificate(), NOW + timedelta(60)
    fact: Any = made.reinstate("renewed", None, [], None, COVERED, [], "low", ZONE, later)
    assert (made.state, fact.before, fact.after, fact.valid_from) == (
        State.approved, State.suspended, State.approved, date(2026, 3, 20),
    )  # fmt: skip
    assert made.state_on(date(2026, 3, 25), later) == State.approved
    assert made.state_on(date(2026, 3, 25), later - timedelta(1)) == State.suspended, "the gap stays a fact"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"uncovered": date(2026, 4, 2)}, "no confirmed certificate covers its scope on 2026-04-02"),
        ({"adverse": ["INSP-1"]}, "INSP-1 was decided against the site"),
        ({"last_audit": {"audited_on": "2026-04-01", "outcome": "unacceptable"}}, "the audit was unacceptable"),
        ({"findings": ["FIND-1"]}, "the critical finding FIND-1 is open"),
        ({"certificates": []}, "no confirmed certificate covers drug_product of tablet today"),
    ],
)
def test_what_stands_against_the_days_between_has_it_assessed_again(given: dict[str, Any], why: str) -> None:
    made = suspended_for_want_of_a_certificate()
    known: dict[str, Any] = {"uncovered": None, "adverse": [], "last_audit": None, "certificates": COVERED}
    known |= {"findings": [], "band": "low", "zone": ZONE, "now": NOW + timedelta(60)}
    with pytest.raises(RuleViolated) as refused:
        made.reinstate("renewed", **known | given)
    assert refused.value.extensions["missing"] == [why]
    assert made.state == State.suspended


def test_what_was_suspended_for_something_else_is_assessed_again() -> None:
    made = approved()
    made.lose_ground("the audit was unacceptable", TODAY, ZONE, NOW)
    with pytest.raises(RuleViolated, match="not suspended for want of a certificate"):
        made.reinstate("renewed", None, [], None, COVERED, [], "low", ZONE, NOW)
