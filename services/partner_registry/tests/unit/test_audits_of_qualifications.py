"""On which audit a qualification rests, in whatever order audits are told and typed."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from contracts.qualifications import Purpose
from partner_registry.qualifications.model import Qualification
from partner_registry.sites.model import Activity
from runtime.problems import RuleViolated

ZONE = "Europe/Vienna"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AUDITS = st.fixed_dictionaries(
    {
        "audited_on": st.dates(date(2025, 1, 1), date(2025, 1, 4)).map(date.isoformat),
        "outcome": st.sampled_from(["acceptable", "unacceptable"]),
        "report": st.just("0"),
    }
)


def in_assessment() -> Qualification:
    scope: dict[str, Any] = {"site_id": uuid4(), "activity": Activity.drug_product, "dosage_form": "tablet"}
    scope |= {"product_ids": [], "purpose": Purpose.commercial}
    made, _ = Qualification.plan(number="QUAL-2026-00001", partner_id=uuid4(), by="pia", now=NOW, **scope)
    made.start("quinn", ZONE, NOW)
    return made


def weight(audit: Any) -> tuple[str, bool]:
    return audit["audited_on"], audit["outcome"] == "unacceptable"


@given(st.permutations(range(3)), st.lists(AUDITS, min_size=3, max_size=3))
def test_it_rests_on_the_last_audit_in_whatever_order_they_are_told(order: list[int], audits: list[Any]) -> None:
    made = in_assessment()
    for at in order:
        made.take_audit(audits[at])
    assert weight(made.audit) == max(map(weight, audits))


@given(AUDITS, st.none() | AUDITS, st.none() | AUDITS)
def test_no_audit_by_hand_hides_one_that_was_told_or_a_bad_one(given_: Any, held: Any, told: Any) -> None:
    made = in_assessment()
    made.audit = held
    try:
        made.record_audit(date.fromisoformat(given_["audited_on"]), given_["outcome"], "1", told, "ana", ZONE, NOW)
    except RuleViolated:
        assert made.audit == held
        return
    assert weight(made.audit) == weight(given_)
    stays = [known for known in (told, held if held and held["outcome"] == "unacceptable" else None) if known]
    assert all(weight(given_) >= weight(known) for known in stays)
