"""Qualifications as tests of their rules begin them."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from contracts.qualifications import Purpose
from partner_registry.qualifications.items import Item, Verdict, asked
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.schemas import Condition, ItemAnswer
from partner_registry.sites.model import Activity

ZONE = "Europe/Vienna"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
COVERED = ["CERT-2026-00001"]


def assessed(
    activity: Activity = Activity.drug_product, unmet: Collection[str] = (), purpose: Purpose = Purpose.commercial
) -> Qualification:
    """In assessment with every item met, unless another verdict is given, an audit, and the second function's yes."""
    scope = {"site_id": uuid4(), "activity": activity, "dosage_form": "tablet", "product_ids": [], "purpose": purpose}
    made, _ = Qualification.plan(number="QUAL-2026-00001", partner_id=uuid4(), by="pia", now=NOW, **scope)
    made.start("quinn", ZONE, NOW)
    made.answer(
        [
            ItemAnswer(item=item, verdict=Verdict.not_met if item in unmet else Verdict.met, reason="x")
            for item in asked(activity, purpose)
        ],
        "ana",
        NOW,
    )
    made.record_audit(date(2026, 2, 1), "acceptable", "0" * 64, None, "ana", ZONE, NOW)
    made.endorse("max")
    return made


def condition(item: str = "insurance", days: int = 100) -> Condition:
    """Of an item that is not met, due so many days from now."""
    return Condition(
        item=Item(item), text="x", owner="x", side="partner", due_on=TODAY + timedelta(days), not_allowed="no hormone"
    )


def conditional(*conditions: Condition) -> Qualification:
    """One that is approved under conditions."""
    made = assessed(unmet=[each.item for each in conditions])
    made.approve_with_conditions(conditions, COVERED, [], "low", ZONE, NOW)
    return made
