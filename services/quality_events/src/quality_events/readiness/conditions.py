"""All conditions of release in one market, with what quality states where no fact tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from quality_events.readiness import events, limits, making, market, numbers, places, reading, testing
from quality_events.readiness.grounds import grounds
from quality_events.readiness.terms import OURS, Condition, ConditionName, Dossier, Finding, ReadinessVerdict

Judge = Callable[[Dossier, str, date], Condition]
JUDGES: Final[tuple[Judge, ...]] = (
    *(making.record_reviewed, limits.yield_explained, testing.tests_approved, testing.specification_met),
    *(testing.oos_concluded, events.deviations_settled, making.inputs_released, places.site_qualified),
    *(places.registered, making.agreement_effective, making.changes_evaluated, making.excursions_decided),
    *(limits.within_times, testing.import_tested, events.confirmations, making.samples_retained, events.not_held),
    *(reading.facts_read, market.impacts_assessed, market.not_recalled),
    numbers.numbers_joined,
)


def judge(dossier: Dossier, market: str, today: date) -> Sequence[Condition]:
    """Each condition in a market on a local day of the batch's site."""
    return [_dated(_stated(found(one, dossier, market, today), dossier, market), dossier) for one in JUDGES]


def found(one: Judge, dossier: Dossier, market: str, today: date) -> Condition:
    """A condition by facts alone, and what a statement of it would be of."""
    condition = one(dossier, market, today)
    unknown = condition.verdict == ReadinessVerdict.unknown
    return replace(condition, grounds=grounds(condition.name, dossier)) if unknown else condition


def readable(conditions: Sequence[Condition], reader: UUID | None) -> Sequence[Condition]:
    """The conditions as a partner, or with None the sponsor, may know of them at all."""
    return conditions if reader is None else [each for each in conditions if each.name not in OURS]


def blocking(conditions: Sequence[Condition]) -> list[ConditionName]:
    """What a release waits for."""
    return [each.name for each in conditions if each.blocks]


def _stated(condition: Condition, dossier: Dossier, market: str) -> Condition:
    """What is unknown, and quality stated of these very findings. It never goes before a fact."""
    if not condition.stateable:
        return condition
    own = [each for each in dossier.statements if (each["market"], each["condition"]) == (market, condition.name)]
    for said in own:
        if said["stated_of"] == condition.stated_of:
            text = f"met, stated by {said['stated_by']}: {said['statement']}"
            proof = Finding(text, "readiness_statement", UUID(said["id"]), said["number"])
            return replace(condition, verdict=ReadinessVerdict.met, owner=None, findings=[proof])
    others = [_of_something_else(said, condition) for said in own]
    return replace(condition, findings=[*condition.findings, *others])


def _dated(condition: Condition, dossier: Dossier) -> Condition:
    """What blocks, and began with no fact of its own, has blocked since there was something to release."""
    if not condition.blocks or condition.since or dossier.waits_since is None:
        return condition
    return replace(condition, since=dossier.waits_since.isoformat())


def _of_something_else(said: Mapping[str, Any], condition: Condition) -> Finding:
    of = said["stated_of"] or ["it was not kept of what"]
    same = set(condition.texts) <= set(of)
    why = "stages, sites or results are other ones now" if same else "; ".join(of)
    text = f"{said['number']} was stated of something else: {why}"
    return Finding(text, "readiness_statement", UUID(said["id"]), said["number"])
