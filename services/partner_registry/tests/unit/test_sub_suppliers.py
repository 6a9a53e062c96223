"""Sub-suppliers: what a use tells, what it means for the risk, and on whom several partners rest. No I/O."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.sites import Criticality, SubSupplierAuditor, SubSupplierUsed
from partner_registry.risk.floors import raised_by, sites_of
from partner_registry.sub_suppliers.model import SubSupplierUse, points_of_failure
from partner_registry.sub_suppliers.schemas import UseState
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
ZONE = "Europe/Vienna"
ALPINE, BERGER = uuid4(), uuid4()


def use(partner: UUID = ALPINE, supplier: str = "Steril GmbH", **more: Any) -> tuple[SubSupplierUse, SubSupplierUsed]:
    said: dict[str, Any] = {"number": f"SUB-{uuid4()}", "site_id": uuid4(), "purpose": "sterilisation"}
    said |= {"supplier_country": "DE", "criticality": Criticality.critical, "used_since": date(2026, 2, 1)}
    said |= {"audited_by": SubSupplierAuditor.partner, "last_audit_on": date(2025, 11, 4), "product_code": None}
    return SubSupplierUse.begin(partner_id=partner, supplier=supplier, zone=ZONE, now=NOW, **said | more)


def test_a_use_without_a_consent_on_record_holds_the_regulatory_risk_up() -> None:
    one, fact = use()
    ((site_id, record),) = sites_of(fact)
    (floor,) = raised_by(fact, record)
    assert (site_id, floor.floor.dimension, floor.floor.band) == (one.site_id, "regulatory", "medium")
    assert floor.cause == f"{one.number} uses Steril GmbH for sterilisation, and no consent is on record"
    again = one.judge(Criticality.minor, SubSupplierAuditor.nobody, None, ZONE, NOW)
    assert raised_by(again, record) == [floor], "what is told anew raises nothing anew"
    ended = one.end(date(2026, 5, 1), "brought home", ZONE, NOW)
    assert raised_by(ended, record) == []
    assert (one.state, ended.ended_on) == (UseState.ended, date(2026, 5, 1))
    with pytest.raises(NotAllowedNow):
        one.end(date(2026, 5, 1), "again", ZONE, NOW)


@pytest.mark.parametrize(
    ("audited_by", "on", "why"),
    [
        (SubSupplierAuditor.partner, date(2026, 6, 2), "has not come"),
        (SubSupplierAuditor.nobody, date(2026, 1, 2), "say in audited_by whose it was"),
    ],
)
def test_an_audit_is_somebodys_and_was_held(audited_by: SubSupplierAuditor, on: date, why: str) -> None:
    with pytest.raises(RuleViolated, match=why):
        use(audited_by=audited_by, last_audit_on=on)
    with pytest.raises(RuleViolated, match=why):
        use()[0].judge(Criticality.major, audited_by, on, ZONE, NOW)


def test_a_use_ends_on_a_day_that_has_come_and_not_before_it_began() -> None:
    for day, why in ((date(2026, 6, 2), "has not come"), (date(2026, 1, 31), "is used since 2026-02-01")):
        with pytest.raises(RuleViolated, match=why):
            use()[0].end(day, "x", ZONE, NOW)


def test_the_same_company_at_two_partners_is_one_point_of_failure_however_it_is_spelled() -> None:
    uses = [
        use()[0],
        use(BERGER, "STERIL G.m.b.H.")[0],
        use(BERGER, "Steril GmbH", supplier_country="AT")[0],
        use(ALPINE, "Box AG")[0],
        use(ALPINE, "Box AG")[0],
    ]
    for order in permutations(uses):
        (found,) = points_of_failure(order)
        assert {each.id for each in found} == {uses[0].id, uses[1].id}
