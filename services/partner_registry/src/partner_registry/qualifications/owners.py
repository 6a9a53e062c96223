"""What becomes of a qualification with another owner of its site: a buyer has its own, under a condition; who succeeds
the owner by law has the same one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from contracts import qualifications as facts
from contracts.qualifications import QualificationState as State
from gxp.clocks import first_instant
from partner_registry.days import Spell, local_day
from partner_registry.qualifications import conditions, periods
from partner_registry.qualifications.items import Item, begun
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import IN_FORCE
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
Steps: TypeAlias = list[tuple[State, date]]
_WHY: Final[Mapping[State, str]] = {
    State.conditional: "carried on under the new owner of the site",
    State.suspended: "suspended after the site was sold, and before that was recorded",
}


def steps(found: Qualification, on: date, now: datetime, inactive: Sequence[Spell] = ()) -> Steps:
    """What the buyer carries on of the former owner's periods from the day of the sale: its states and their days.

    Each begins when the former owner's did, and none before the sale: a sale that is told late makes nobody qualified
    for a day, and takes none back. What is not in force afterwards is suspended, and so is what counted of an owner on
    the days on which it was not active itself, ``inactive``: a sale lifts no suspension, and what was lifted before it
    is told counts again from that day on. Empty where nothing was in force.
    """
    begun_on = {on, *(date.fromisoformat(each["on"]) for each in found.periods)}
    begun_on |= {day for spell in inactive for day in spell if day}
    told: Steps = []
    for day in sorted({max(on, each) for each in begun_on}):
        counts = not any(spell.has(day) for spell in inactive)
        in_force = counts and periods.state_on(found.periods, day, now) in IN_FORCE
        state = State.conditional if in_force else State.suspended
        if state != (told[-1][0] if told else State.suspended):
            told.append((state, day))
    ended = found.valid_to is not None and bool(told) and found.valid_to < told[0][1]
    return [] if ended else told


def carried_on(
    found: Qualification, site: Site, number: str, told: Steps, now: datetime
) -> tuple[Qualification, list[facts.SiteQualificationChanged]]:
    """The buyer's own record of what is in force on a day since the sale, for the same scope and until the same day.

    Conditions that are open hold for the buyer too. What was found of the former owner stays with the former record.
    """
    scope = {name: getattr(found, name) for name in ("activity", "dosage_form", "product_ids", "purpose")}
    ends = {name: getattr(found, name) for name in ("valid_to", "ends_at", "prolonged", "waiver", "prepared_by")}
    due = Condition(**_CONDITION, due_on=local_day(now, site.time_zone) + WITHIN)
    still = [each for each in found.conditions if not each["fulfilled_at"]]
    made = Qualification(
        **scope, **ends, number=number, site_id=site.id, partner_id=site.partner_id, parties=[site.partner_id],
        planned_by=found.planned_by, items=begun(found.activity, found.purpose),
        conditions=[*still, *conditions.begun([due])], state=told[-1][0], valid_from=told[0][1],
        reason=_WHY[told[-1][0]], periods=[periods.begun(state, day, now, _WHY[state]) for state, day in told],
    )  # fmt: skip
    made.condition_due_at = conditions.next_due(made.conditions, site.time_zone)
    before = [State.planned, *(state for state, _ in told)]
    return made, [_changed(made, was, *each, now, site.time_zone) for was, each in zip(before, told, strict=False)]


def succeeded(found: Qualification, reason: str, on: date, now: datetime) -> list[facts.SiteQualificationChanged]:
    """What is told of one that goes on with who took its owner's place on a day: that it is the new owner's, and
    nothing of a day is different. None of one that is not decided."""
    if found.state in periods.OPEN:
        return []
    since = max(on, date.fromisoformat(found.periods[-1]["on"]))
    still = tuple(each["not_allowed"] for each in found.conditions if not each["fulfilled_at"])
    return [
        facts.SiteQualificationChanged.of(
            found, now, before=found.state, after=found.state, reason=reason, effective_on=since,
            conditions=still, waived=bool(found.waiver),
        )
    ]  # fmt: skip


def _changed(
    made: Qualification, before: State, after: State, on: date, now: datetime, zone: str
) -> facts.SiteQualificationChanged:
    """One of its steps. What is in force says its day itself; a suspension happened as its day began."""
    at = now if after in IN_FORCE else first_instant(on, ZoneInfo(zone))
    fact = facts.SiteQualificationChanged.of(
        made, at, before=before, after=after, reason=_WHY[after],
        conditions=tuple(each["not_allowed"] for each in made.conditions), waived=bool(made.waiver),
    )  # fmt: skip
    return fact.model_copy(update={"valid_from": on}) if after in IN_FORCE else fact
