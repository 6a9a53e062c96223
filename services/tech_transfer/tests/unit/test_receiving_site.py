"""Whether the receiving site may do the work: by purpose, product and kind, on its own day, in any order of facts."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import ProductRegistered
from services.tech_transfer.tests.designing import changed, in_envelope, planned
from services.tech_transfer.tests.unit.test_lifecycles import transfer
from tech_transfer.copies.known import KEPT, KnownFact, Told
from tech_transfer.gates.dossier import Dossier
from tech_transfer.qualifications.required import receiving_site

OF = transfer()
DAY = date(2026, 3, 1)
PLAN = planned(OF.receiving_site_id, OF.receiving_partner_id, uuid4())
HELD: dict[str, Any] = {"valid_from": "2026-02-01", "valid_to": "2027-01-31"}
APPROVED = changed(PLAN, "approved", **HELD)
SUSPENDED = changed(PLAN, "suspended", **HELD | {"effective_on": "2026-02-20"})
FORM = ProductRegistered(
    product_id=OF.product_id, code="x", name="x", dosage_form="tablet", occurred_at=DAY.isoformat()
)


def kept(fact: Any, sequence: int = 1) -> KnownFact:
    """A fact as it is kept."""
    recorded = in_envelope(fact, sequence, minute=sequence)
    about, said = KEPT[type(fact)]
    named: dict[str, Any] = {"kind": type(fact).__name__, "about": str(about(fact)), "sequence": sequence}
    return KnownFact(id=recorded.id, recorded_at=recorded.time, said=said(fact), **named)


def open_(*facts: KnownFact, day: date = DAY, **more: Any) -> bool:
    """Whether the gate asks for it still."""
    of = transfer(product_id=OF.product_id, **more)
    return bool(receiving_site(Dossier(transfer=of, today=day, told=Told("Europe/Vienna", facts))))


def test_without_anything_told_it_is_not_met_and_an_assessment_is_enough() -> None:
    assert open_()
    assert not open_(kept(PLAN))
    assert not open_(kept(PLAN), kept(changed(PLAN, "in_assessment"), 2))
    assert open_(kept(PLAN), kept(changed(PLAN, "rejected"), 2))


def test_it_holds_on_its_days() -> None:
    told = kept(PLAN), kept(APPROVED, 2)
    assert not open_(*told, day=date(2027, 1, 31))
    assert open_(*told, day=date(2027, 2, 1))
    assert open_(*told, day=date(2026, 1, 31))
    assert not open_(*told, kept(SUSPENDED, 3), day=date(2026, 2, 19))
    assert open_(*told, kept(SUSPENDED, 3), day=date(2026, 2, 20))
    assert not open_(*told, kept(SUSPENDED, 3), kept(changed(PLAN, "in_assessment"), 4))


@pytest.mark.parametrize(
    ("of_it", "of_transfer", "met"),
    [
        ({"purpose": "development"}, {"purpose": "commercial"}, False),
        ({"purpose": "commercial"}, {"purpose": "development"}, True),
        ({"purpose": "development"}, {"purpose": "development"}, True),
        ({"product_ids": (uuid4(),)}, {}, False),
        ({"product_ids": (OF.product_id, uuid4())}, {}, True),
        ({"activity": "packaging"}, {}, False),
        ({"activity": "packaging"}, {"kind": "packaging"}, True),
        ({"activity": "testing"}, {"kind": "analytical"}, True),
        ({}, {"kind": "analytical"}, False),
        ({}, {"kind": "process_and_analytical"}, True),
        ({"dosage_form": "Tablet"}, {}, True),
        ({"dosage_form": "capsule"}, {}, False),
    ],
)
def test_it_is_for_this_work(of_it: dict[str, Any], of_transfer: dict[str, Any], met: bool) -> None:
    plan = planned(OF.receiving_site_id, OF.receiving_partner_id, uuid4(), **of_it)
    for facts in ([kept(plan)], [kept(plan), kept(changed(plan, "approved", **HELD), 2)]):
        assert open_(*facts, kept(FORM), **of_transfer) is not met


def test_of_a_form_that_is_not_known_one_for_a_form_is_none() -> None:
    plan = planned(OF.receiving_site_id, OF.receiving_partner_id, uuid4(), dosage_form="tablet")
    assert open_(kept(plan))


@given(
    st.permutations([kept(PLAN), kept(APPROVED, 2), kept(SUSPENDED, 3), kept(FORM)]), st.dates(DAY, date(2027, 3, 1))
)
def test_in_any_order_the_same(facts: list[KnownFact], day: date) -> None:
    in_order = sorted(facts, key=lambda each: each.sequence)
    told = [receiving_site(Dossier(transfer=OF, today=day, told=Told("UTC", each))) for each in (facts, in_order)]
    assert told[0] == told[1]
    assert told[0][0].since == max(OF.created_at, datetime(2026, 2, 2, 9, 3, tzinfo=UTC))


def test_why_names_no_qualification() -> None:
    said = receiving_site(Dossier(transfer=OF, today=DAY, told=Told("UTC", [kept(APPROVED, 2), kept(SUSPENDED, 3)])))
    assert [(each.why, each.record) for each in said] == [
        ("the receiving site is not qualified for commercial work of this kind, and no assessment is planned", None)
    ]
