"""What other services told of lots, each fact kept once and as it was told, whether or not a transfer names its lot.

What holds of a lot is worked out from all of them when it is asked: so it is the same in whatever order they came, and
however often.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy import inspect as mapper_of
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, select

from contracts import Fact, Recorded
from contracts.batches import BatchesLinked, BatchTerminated, LinkKind
from contracts.dispositions import BatchRecalled, BatchRejected, BatchReleased, BatchReleasedForProcessing, BatchStopped
from contracts.entitlements import ResultNotReportable
from contracts.partner_feeds import TestStage
from contracts.quality_events import (
    BatchManufactured,
    BatchStarted,
    CapaPlanned,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosLinked,
    OosOpened,
    OosReopened,
)
from contracts.sample_tracking import ResultApproved, ResultsReported
from runtime import bulk
from runtime.work import Work
from tech_transfer.metadata import INSTANT, Table
from tech_transfer.transfer_batches.known import Told, known_of

_WHOLE_DEVIATION: Final = {"number", "classification", "closed_at", "cancelled"}
_RESULT: Final = {
    *("result_id", "test", "read_as", "value", "text", "qualifier", "below_quantitation", "unit", "determinations"),
    *("evaluation", "reportable", "supersedes", "superseded_by", "voided"),
}


class LotFact(Table, table=True):
    """What one fact says of lots, of a deviation or of a CAPA."""

    __tablename__ = "lot_fact"

    id: UUID = Field(primary_key=True)
    """The event's."""
    kind: str
    about: list[UUID] = Field(sa_type=ARRAY(Uuid))
    """The lots, and the record that later facts about them name alone."""
    key: str
    sequence: int
    recorded_at: datetime = Field(sa_type=INSTANT)
    said: dict[str, Any] = Field(sa_type=JSONB)

    @property
    def told(self) -> Told:
        """The fact as the rules read it."""
        return Told(self.kind, self.key, self.sequence, self.recorded_at, str(self.id), self.said)


_Kept = tuple[Callable[[Any], Collection[UUID]], Callable[[Any], dict[str, Any]]]


def _of_its_lot(*names: str) -> _Kept:
    def said(fact: Any) -> dict[str, Any]:
        return {**fact.model_dump(mode="json", include=set(names)), "lot": str(fact.lot.id)}

    return (lambda fact: [fact.lot.id], said)


def _deviation(fact: Any) -> dict[str, Any]:
    return {**fact.model_dump(mode="json", include=_WHOLE_DEVIATION), "lots": [str(lot.id) for lot in fact.lots]}


def _of_results(fact: ResultsReported) -> dict[str, Any]:
    found = [each.model_dump(mode="json", include=_RESULT) for each in fact.results]
    lot = {"number": fact.lot.number, "product_id": str(fact.lot.product_id), "site_id": str(fact.lot.site_id)}
    return {"stage": fact.stage, "results": found, "lot": str(fact.lot.id)} | lot


_WITH_LOTS: Final[_Kept] = (lambda fact: [fact.deviation_id, *(lot.id for lot in fact.lots)], _deviation)
_OF_A_DEVIATION: Final[_Kept] = (
    lambda fact: [fact.deviation_id],
    lambda fact: fact.model_dump(mode="json", include={"number", "classification"}),
)
_DECIDED: Final = _of_its_lot("market", "decision")
_OOS: Final = _of_its_lot("number", "result_id", "test", "conclusion")
KEPT: Final[Mapping[type[Fact], _Kept]] = {
    BatchStarted: _of_its_lot("occurred_at"),
    BatchManufactured: _of_its_lot("occurred_at"),
    BatchTerminated: _of_its_lot("occurred_at"),
    **dict.fromkeys((BatchReleased, BatchReleasedForProcessing, BatchRejected, BatchStopped, BatchRecalled), _DECIDED),
    **dict.fromkeys((DeviationRaised, DeviationAmended, DeviationLinked), _WITH_LOTS),
    **dict.fromkeys((DeviationClassified, DeviationClosed, DeviationCancelled), _OF_A_DEVIATION),
    **dict.fromkeys((OosOpened, OosLinked, OosConcluded, OosReopened), _OOS),
    ResultsReported: (lambda fact: [fact.lot.id], _of_results),
    ResultApproved: _of_its_lot("result_id"),
    ResultNotReportable: _of_its_lot("result_id"),
    BatchesLinked: (
        lambda fact: [fact.parent_lot.id, fact.child_lot.id],
        lambda fact: {"parent": str(fact.parent_lot.id), "child": str(fact.child_lot.id)},
    ),
    CapaPlanned: (
        lambda fact: [fact.capa_id],
        lambda fact: fact.model_dump(mode="json", include={"number", "source_type", "source_id"}),
    ),
}
"""By which each is found, and what of it is kept."""
_SPLIT: Final = BatchesLinked.__name__
_DEVIATIONS: Final = tuple(fact.__name__ for fact, kept in KEPT.items() if kept is _WITH_LOTS)
_JUDGED_STAGES: Final = (TestStage.release, TestStage.intermediate)
_LOCK: Final = "SELECT pg_advisory_xact_lock{}(hashtextextended('tech-transfer.lot-facts', 0))"


def is_kept(fact: Fact) -> bool:
    """Whether a batch is judged by it: of links only a split, and no results of raw materials."""
    if isinstance(fact, BatchesLinked):
        return fact.kind is LinkKind.split
    return not isinstance(fact, ResultsReported) or fact.stage in (*_JUDGED_STAGES, TestStage.stability)


async def keep(work: Work, facts: Sequence[Recorded[Any]]) -> set[UUID]:
    """Keep facts, and give the lots that they are about, as far as that is known.

    Whoever names a lot meanwhile, or is told of its bulk, has seen them, or is seen by them: see ``alone``.
    """
    await alone(work)
    kept = [recorded for recorded in facts if is_kept(recorded.fact)]
    await bulk.insert(work, LotFact, map(row_of, kept), "ON CONFLICT (id) DO NOTHING")
    concerned = {id for recorded in kept for id in KEPT[type(recorded.fact)][0](recorded.fact)}
    concerned |= {id for fact in await _about(work, concerned) if fact.kind in _DEVIATIONS for id in fact.about}
    asked = set[UUID]()
    while left := concerned - asked:
        asked |= left
        concerned |= {id for fact in await _about(work, left) if fact.kind == _SPLIT for id in fact.about}
    return concerned


async def together(work: Work) -> None:
    """Before what was reported of a process is judged: nobody names a lot until that is done."""
    await work.connection.execute(_LOCK.format("_shared"))


async def alone(work: Work) -> None:
    """Before a lot is named, or what is told of lots is kept: of two such that concern one lot, one sees the other."""
    await work.connection.execute(_LOCK.format(""))


def row_of(recorded: Recorded[Any]) -> dict[str, Any]:
    """What is kept of a fact."""
    about, said = KEPT[type(recorded.fact)]
    return {
        "id": recorded.id,
        "kind": type(recorded.fact).__name__,
        "about": [str(id) for id in about(recorded.fact)],
        "key": recorded.key,
        "sequence": recorded.sequence,
        "recorded_at": recorded.time,
        "said": said(recorded.fact),
    }


async def told_of(work: Work, lot_id: UUID) -> tuple[Told, ...]:
    """All that was told of a lot, of the bulk that it was split from, and of their deviations."""
    found, lots, asked = dict[UUID, LotFact](), {lot_id}, set[UUID]()
    while left := lots - asked:
        asked |= left
        for fact in await _about(work, left):
            found[fact.id] = fact
            lots |= {UUID(fact.said["parent"])} if fact.kind == _SPLIT and UUID(fact.said["child"]) in lots else set()
    deviations = {fact.about[0] for fact in found.values() if fact.kind in _DEVIATIONS}
    found |= {fact.id: fact for fact in await _about(work, deviations)}
    return tuple(fact.told for fact in found.values())


async def lots_made(work: Work, product_id: UUID, site_id: UUID) -> list[tuple[UUID, str]]:
    """The lots of a product made at a site of which results were reported, each with its number."""
    said = mapper_of(LotFact).columns["said"]
    names = [said[name].astext for name in ("lot", "number")]
    of_it = select(*names).where(
        LotFact.kind == ResultsReported.__name__,
        said["product_id"].astext == str(product_id),
        said["site_id"].astext == str(site_id),
    )
    return [(UUID(lot), number) for lot, number in (await work.session.execute(of_it.distinct())).all()]


async def why_not_of(work: Work, capa_id: UUID, lot_ids: Iterable[UUID]) -> str | None:
    """Why a CAPA is none against what befell some lots, as far as that was told; None where it is one.

    Quality approved its plan, and it was opened for a deviation or an investigation of one of them.
    """
    planned = [fact for fact in await _about(work, [capa_id]) if fact.kind == CapaPlanned.__name__]
    if not planned:
        return "no approved plan of it is known here: open one at quality-events, and have its plan approved"
    of_it = planned[0].said
    for lot_id in lot_ids:
        if of_it["source_id"] in known_of(lot_id, await told_of(work, lot_id)).matters:
            return None
    source = f"a record ({of_it['source_type']}) that is not known to be of a batch of this transfer"
    return f"{of_it['number']} was opened for {source}: name one against a deviation or an OOS of such a batch"


async def _about(work: Work, ids: Collection[UUID]) -> Sequence[LotFact]:
    if not ids:
        return ()
    about = mapper_of(LotFact).columns["about"].overlap(list(ids))
    return (await work.session.scalars(select(LotFact).where(about))).all()
