"""What becomes of a qualification when its site is sold: it goes on under a condition, as the buyer's own record."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from contracts import qualifications as facts
from contracts.qualifications import QualificationState as State
from partner_registry.qualifications import conditions, periods
from partner_registry.qualifications.grounds import local_day
from partner_registry.qualifications.items import Item, begun
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.schemas import Condition
from partner_registry.sites.model import Site

WITHIN: Final = timedelta(90)
"""How long a new owner has to show that what was found of the former one holds of it."""
SOLD: Final = "the site belongs to another partner"
_CONDITION: Final[Mapping[str, Any]] = {
    "item": Item.quality_system,
    "text": "quality system, people and agreement under the new owner",
    "owner": "quality",
    "side": "partner",
    "not_allowed": "work beyond what was agreed with the former owner",
}


def carried_on(
    found: Qualification, site: Site, number: str, on: date, now: datetime
) -> tuple[Qualification, facts.SiteQualificationChanged]:
    """The buyer's own record of what is in force, for the same scope and until the same day.

    Conditions that are open hold for the buyer too. What was found of the former owner stays with the former record.
    """
    scope = {name: getattr(found, name) for name in ("activity", "dosage_form", "product_ids", "purpose")}
    ends = {name: getattr(found, name) for name in ("valid_to", "ends_at", "prolonged", "waiver", "prepared_by")}
    reason = "carried on under the new owner of the site"
    due = Condition(**_CONDITION, due_on=local_day(now, site.time_zone) + WITHIN)
    still = [each for each in found.conditions if not each["fulfilled_at"]]
    made = Qualification(
        **scope, **ends, number=number, site_id=site.id, partner_id=site.partner_id, parties=[site.partner_id],
        planned_by=found.planned_by, items=begun(found.activity, found.purpose),
        conditions=[*still, *conditions.begun([due])], state=State.conditional, valid_from=on, reason=reason,
        periods=[periods.begun(State.conditional, on, now, reason)],
    )  # fmt: skip
    made.condition_due_at = conditions.next_due(made.conditions, site.time_zone)
    return made, facts.SiteQualificationChanged.of(
        made, now, before=State.planned, after=State.conditional, reason=reason,
        conditions=tuple(each["not_allowed"] for each in made.conditions), waived=bool(made.waiver),
    )  # fmt: skip
