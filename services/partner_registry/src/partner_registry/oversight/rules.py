"""What a site's oversight is: rules, each with when it matches and what it sets; per value the strictest wins.

The rules are the sponsor's own. The same situation gives the same plan, whatever order its facts came in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.oversight import RiskBand as Band
from contracts.oversight import RiskTrajectory, Segment
from gxp.clocks import ONE_DAY, Unit, due_at, first_instant
from partner_registry.risk.scoring import FORMAL

Value = int | str | bool
Values = Mapping[str, Value]

AUDIT_MONTHS: Final = {Band.critical: 6, Band.high: 12, Band.medium: 18, Band.low: 24}
STEPS: Final = sorted(AUDIT_MONTHS.values())
SCALES: Final[Mapping[str, Sequence[Value]]] = {
    "audit_months": [*range(24, 0, -1)],
    "audit_on_site": [True],
    "audit_for_cause_within_days": [30],
    "batch_records": ["full"],
    "body": ["working_group", "operational_team", "steering_committee"],
    "business": ["yearly", "half_yearly", "quarterly", "monthly"],
    "continuity_plan_test": ["yearly"],
    "invalidated_oos_review": ["quarterly"],
    "operational": ["quarterly", "monthly", "weekly"],
    "raw_data_in_audit": [True],
    "scorecard": ["quarterly", "monthly"],
    "strategic": ["yearly"],
    "survey": ["yearly"],
    "turnaround": ["monthly"],
}
"""What each value may be, from the loosest to the strictest. One that is not set is looser than all."""
BY_HAND: Final = "by_hand"
LATE_DAYS: Final = 90
LATE_DAYS_CRITICAL: Final = 30
"""Within which an audit is held whose date has passed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a site. A flag that nobody knows is None: it matches no rule, and is named as unknown."""

    band: Band | None = None
    """In force, floors included; None where nothing is known."""
    trajectory: RiskTrajectory | None = None
    data_integrity_band: Band | None = None
    scale_version: str | None = None
    segment: Segment | None = None
    """None where the partner is not segmented."""
    sterile_fill: bool | None = None
    laboratory: bool | None = None
    for_cause: bool | None = None
    """An OAI, a statement of non-compliance, a recall of class I or II, a critical finding of data integrity."""
    sole_source_of_critical: bool | None = None
    """Of a product with market criticality of 8 or more."""
    escalation_open: bool | None = None
    """At the steering committee."""

    @property
    def unknown(self) -> list[str]:
        """What decides about the plan, and nobody knows."""
        decides = ("band", "sterile_fill", "laboratory", "for_cause", "sole_source_of_critical", "escalation_open")
        return [name for name in decides if getattr(self, name) is None]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is set where it matches."""

    name: str
    when: Callable[[Situation], Any]
    sets: Values


def _band(*bands: Band) -> Callable[[Situation], bool]:
    return lambda on: on.band in bands


def _segment(*segments: Segment | None) -> Callable[[Situation], bool]:
    return lambda on: on.segment in segments


def _rising(band: Band, months: int) -> Rule:
    """One step shorter."""
    shorter = STEPS[STEPS.index(months) - 1]
    return Rule("T1", lambda on: on.band == band and on.trajectory == RiskTrajectory.rising, {"audit_months": shorter})


_CLOSE: Final[dict[str, Value]] = {"batch_records": "full", "audit_on_site": True}
RULES: Final = (
    *(Rule(f"B{nth}", _band(band), {"audit_months": each}) for nth, (band, each) in enumerate(AUDIT_MONTHS.items(), 1)),
    *(_rising(band, months) for band, months in AUDIT_MONTHS.items() if months != STEPS[0]),
    Rule("Q1", lambda on: on.sterile_fill or on.data_integrity_band in FORMAL, {
        "audit_months": 12, "audit_on_site": True,
    }),
    Rule("S1", _segment(Segment.strategic), {
        "operational": "monthly", "business": "quarterly", "strategic": "yearly", "body": "steering_committee",
        "survey": "yearly", "scorecard": "monthly",
    }),
    Rule("S2", _segment(Segment.preferred, None), {
        "operational": "monthly", "business": "half_yearly", "strategic": "yearly", "body": "operational_team",
        "scorecard": "quarterly",
    }),
    Rule("S3", _segment(Segment.transactional), {
        "operational": "quarterly", "business": "yearly", "body": "working_group", "scorecard": "quarterly",
    }),
    Rule("S4", _segment(Segment.developing), {
        "operational": "monthly", "business": "quarterly", "body": "operational_team", "scorecard": "monthly",
    }),
    Rule("R1", _band(Band.high), _CLOSE | {"business": "quarterly", "body": "operational_team"}),
    Rule("R2", _band(Band.critical), _CLOSE | {
        "operational": "weekly", "business": "monthly", "body": "steering_committee",
    }),
    Rule("C1", lambda on: on.sole_source_of_critical, {"continuity_plan_test": "yearly", "survey": "yearly"}),
    Rule("F1", lambda on: on.for_cause, {"audit_for_cause_within_days": 30}),
    Rule("E1", lambda on: on.escalation_open, {"business": "monthly"}),
    Rule("L1", lambda on: on.laboratory, {
        "invalidated_oos_review": "quarterly", "raw_data_in_audit": True, "turnaround": "monthly",
    }),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Set:
    """A value of a plan, and the rules it comes from."""

    value: Value
    rules: tuple[str, ...]
    refused_by_hand: Value | None = None
    """What was asked for by hand, and is looser."""


Plan = Mapping[str, Set]


def strictness(name: str, value: Value | None) -> int:
    """How strict a value is beside another of the same name. Raises ValueError for one that it cannot have."""
    if value is None:
        return -1
    if type(value) is not type(SCALES[name][0]):  # True is 1 to Python
        raise ValueError(f"{name} is not {value}")
    return SCALES[name].index(value)


def derive(on: Situation, rules: Sequence[Rule] = RULES) -> Plan:
    """The plan of a situation."""
    given: dict[str, list[tuple[Value, str]]] = {}
    for rule in rules:
        if rule.when(on):
            for name, value in rule.sets.items():
                given.setdefault(name, []).append((value, rule.name))
    plan = {}
    for name, values in sorted(given.items()):
        strictest = max((value for value, _ in values), key=lambda value: strictness(name, value))
        plan[name] = Set(strictest, tuple(sorted({rule for value, rule in values if value == strictest})))
    return plan


def tightened(plan: Plan, by_hand: Values) -> Plan:
    """The plan with what was tightened by hand. What would be looser than derived is named, and does not hold."""
    found = dict(plan)
    for name, value in by_hand.items():
        derived = plan.get(name)
        if derived is None or strictness(name, value) > strictness(name, derived.value):
            found[name] = Set(value, (BY_HAND,))
        elif value != derived.value:
            found[name] = Set(derived.value, derived.rules, refused_by_hand=value)
    return dict(sorted(found.items()))


def looser(before: Plan, after: Plan) -> list[str]:
    """The values that are looser after than before."""
    return [
        name
        for name, each in before.items()
        if strictness(name, after[name].value if name in after else None) < strictness(name, each.value)
    ]


def next_audit(
    last_audit: date | None, months: int | None, band: Band | None, as_of: date, dated: date | None = None
) -> date | None:
    """By when the next audit is: the interval after the last one's end, or soon where that has passed.

    ``dated`` is the day that was set since that audit: one that is late is not put off by being looked at again.
    None where there was none, which is due before the first commercial batch, or no interval is known.
    """
    if last_audit is None or months is None:
        return None
    utc = ZoneInfo("UTC")
    due = due_at(first_instant(last_audit, utc), months, Unit.months, zone=utc).date() - ONE_DAY
    if due >= as_of:
        return due
    soon = as_of + timedelta(LATE_DAYS_CRITICAL if band == Band.critical else LATE_DAYS)
    return min(soon, dated or soon)
