"""What is known of a lot by all that was told of it: pure, and the same in whatever order it was told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from tech_transfer.transfer_batches.begun import span


class Told(NamedTuple):
    """A fact as it was kept."""

    kind: str
    key: str
    sequence: int
    recorded_at: datetime
    id: str
    said: Mapping[str, Any]

    @property
    def order(self) -> tuple[int, datetime, str]:
        """Of two facts with one key the higher one was told later."""
        return self.sequence, self.recorded_at, self.id


@dataclass(frozen=True, slots=True)
class Deviation:
    """A departure that concerns the lot."""

    id: str
    number: str
    classification: str | None
    """None where nobody classified it, whatever its maker proposed."""
    ended: bool


@dataclass(frozen=True, slots=True)
class Oos:
    """The investigation of a result; without a conclusion it is open."""

    id: str
    number: str
    result_id: str
    test: str
    conclusion: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """A result that no other stands in the place of."""

    id: str
    test: str
    value: Decimal | None
    text: str | None
    qualifier: str | None
    unit: str
    determinations: Sequence[Decimal]
    out_of_specification: bool
    approved: bool
    reportable: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a lot. ``bulk`` is the first lot that it was split from, or itself."""

    bulk: UUID
    started_at: str | None = None
    terminated: bool = False
    decisions: Sequence[tuple[str, str]] = ()
    """Each market with the last decision of the lot itself, or that its bulk was rejected."""
    deviations: Sequence[Deviation] = ()
    investigations: Sequence[Oos] = ()
    results: Sequence[Result] = ()
    on_stability: bool = False
    """Whether a result of a stability study of it was reported."""
    results_told_at: datetime | None = None
    """When the first result or decision was told, of it or of its bulk; of stability none counts."""

    @property
    def matters(self) -> set[str]:
        """The ids of its deviations and of the investigations of its results."""
        return {each.id for each in self.deviations} | {each.id for each in self.investigations}


_BEGUN: Final = ("BatchStarted", "BatchManufactured")
_DECISIONS: Final = (
    *("BatchReleased", "BatchReleasedForProcessing", "BatchRejected", "BatchStopped", "BatchRecalled"),
)
_NAMING: Final = ("DeviationRaised", "DeviationAmended", "DeviationLinked")
_DEVIATIONS: Final = (*_NAMING, "DeviationClassified", "DeviationClosed", "DeviationCancelled")
_OOS: Final = ("OosOpened", "OosLinked", "OosConcluded", "OosReopened")


def known_of(lot_id: UUID, told: Iterable[Told]) -> Known:
    """What follows for a lot from what was told of it, of the lots that it was split from, and of their deviations."""
    facts = sorted({each.id: each for each in told}.values(), key=lambda each: each.order)
    lots = _with_bulk(lot_id, [each for each in facts if each.kind == "BatchesLinked"])
    decisions = {each.key: each.said for each in facts if each.kind in _DECISIONS}
    own = {key: said for key, said in decisions.items() if said["lot"] == lots[0] or said["decision"] == "rejected"}
    stored = [each for each in facts if _of_stability(each)]
    found = [each for each in facts if each.kind == "ResultsReported" and not _of_stability(each)]
    shown = [each.recorded_at for each in facts if each.kind in _DECISIONS] + [each.recorded_at for each in found]
    return Known(
        bulk=UUID(lots[-1]),
        started_at=_started_at(facts),
        terminated=any(each.kind == "BatchTerminated" for each in facts),
        decisions=tuple(sorted((said["market"], said["decision"]) for said in own.values())),
        deviations=_deviations(facts, lots),
        investigations=_investigations(facts, _ids(stored) - _ids(found)),
        results=_results(facts),
        on_stability=bool(stored),
        results_told_at=min(shown, default=None),
    )


def _started_at(facts: Sequence[Told]) -> str | None:
    """When its making began, or that of its bulk: as its maker told last, or else when it was made."""
    for kind in _BEGUN:
        if told := {each.key: str(each.said["occurred_at"]) for each in facts if each.kind == kind}:
            return min(told.values(), key=lambda moment: (*span(moment), moment))
    return None


def _of_stability(fact: Told) -> bool:
    return fact.kind == "ResultsReported" and fact.said["stage"] == "stability"


def _ids(sets: Iterable[Told]) -> set[str]:
    """Of the results of some sets."""
    return {result["result_id"] for each in sets for result in each.said["results"]}


def _with_bulk(lot_id: UUID, links: Sequence[Told]) -> list[str]:
    """The lot, and what it was split from, up to the first."""
    parents, lots = {each.said["child"]: each.said["parent"] for each in links}, [str(lot_id)]
    while (parent := parents.get(lots[-1])) and parent not in lots:
        lots.append(parent)
    return lots


def _deviations(facts: Sequence[Told], lots: Sequence[str]) -> tuple[Deviation, ...]:
    """Those that concern one of the lots, as the last of their facts has it."""
    by_key = dict[str, list[Told]]()
    for each in facts:
        if each.kind in _DEVIATIONS:
            by_key.setdefault(each.key, []).append(each)
    found = []
    for _, history in sorted(by_key.items()):
        naming = [each.said["lots"] for each in history if each.kind in _NAMING]
        if naming and set(naming[-1]) & set(lots):
            found.append(_deviation(history))
    return tuple(found)


def _deviation(history: Sequence[Told]) -> Deviation:
    words = [each.said.get("classification") for each in history]
    ended = any(
        each.kind in ("DeviationClosed", "DeviationCancelled")
        or each.said.get("closed_at")
        or each.said.get("cancelled")
        for each in history
    )
    classification = next(filter(None, reversed(words)), None)
    return Deviation(history[-1].key, history[-1].said["number"], classification, ended)


def _investigations(facts: Sequence[Told], stability: Collection[str]) -> tuple[Oos, ...]:
    """None of results that are known to be of a stability study alone: these say nothing of how it was made."""
    last = {each.key: each for each in facts if each.kind in _OOS and each.said["result_id"] not in stability}
    return tuple(
        Oos(key, each.said["number"], each.said["result_id"], each.said["test"], each.said.get("conclusion"))
        for key, each in sorted(last.items())
    )


def _results(facts: Sequence[Told]) -> tuple[Result, ...]:
    """Results that count: not of stability, not withdrawn, and none that another one stands in the place of."""
    in_time = sorted(facts, key=lambda each: (each.recorded_at, *each.order))
    approved = {each.said["result_id"] for each in facts if each.kind == "ResultApproved"}
    told, reportable = dict[str, Mapping[str, Any]](), dict[str, bool]()
    for each in in_time:
        if each.kind == "ResultNotReportable":
            reportable[each.said["result_id"]] = False
        elif each.kind == "ResultsReported" and not _of_stability(each):
            told |= {result["result_id"]: result for result in each.said["results"]}
            reportable |= {result["result_id"]: result["reportable"] is True for result in each.said["results"]}
    amended = {result["supersedes"] for result in told.values()}
    counting = {
        id: one for id, one in told.items() if id not in amended and not one["superseded_by"] and not one["voided"]
    }
    return tuple(_result(one, id in approved, reportable[id]) for id, one in sorted(counting.items()))


def _result(said: Mapping[str, Any], approved: bool, reportable: bool) -> Result:
    return Result(
        id=said["result_id"],
        test=said["read_as"] or said["test"],
        value=None if said["value"] is None else Decimal(said["value"]),
        text=said["text"],
        qualifier=said["qualifier"] or ("below_quantitation" if said["below_quantitation"] else None),
        unit=said["unit"],
        determinations=tuple(map(Decimal, said["determinations"] or ())),
        out_of_specification=said["evaluation"] == "oos",
        approved=approved,
        reportable=reportable,
    )
