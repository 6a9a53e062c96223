"""Reads of readiness."""

from collections.abc import Sequence
from uuid import UUID

from quality_events.batches.model import Batch
from quality_events.readiness.conditions import blocking, judge, readable
from quality_events.readiness.dossier import dossier_of, local_day
from quality_events.readiness.model import ReadinessStatement
from quality_events.readiness.schemas import DispositionRef, MarketReadiness, Readiness, ReadinessCondition, as_signed
from quality_events.readiness.terms import Dossier
from quality_events.regimes import regime_of
from runtime.problems import NotFound
from runtime.work import Work
from serving.canonical import sha256
from serving.listing import days, equal

FILTERS = equal(ReadinessStatement, "number", "state", "batch_id", "market", "condition", "stated_by") | days(
    ReadinessStatement.created_at, "stated"
)


async def readiness(work: Work, batch: Batch, markets: Sequence[str]) -> Readiness:
    """Whether a batch is ready, in some markets or else in all for which it is meant.

    Raises NotFound for a partner that asks of another market: where a product is registered is not its to find out.
    """
    dossier = await dossier_of(work, batch.id)
    known = {*dossier.batch["markets"], *(each["market"] for each in dossier.dispositions)}
    if work.principal.partner_id and (others := [each for each in markets if each not in known]):
        raise NotFound("intended market", others[0])
    asked = list(dict.fromkeys(markets)) or dossier.batch["markets"]
    nobody = None if asked else "nobody said for which markets it is meant: state that first (intent)"
    shown = [of_market(work, dossier, market) for market in asked]
    return Readiness(batch_id=batch.id, lot=batch.number, material=batch.material, unknown=nobody, markets=shown)


def of_market(work: Work, dossier: Dossier, market: str) -> MarketReadiness:
    """The readiness in one market, as who asks may see it: a partner without what is the sponsor's alone."""
    reader, batch_id = work.principal.partner_id, UUID(dossier.batch["id"])
    conditions = readable(judge(dossier, market, local_day(dossier, work.now)), reader)
    shown = [ReadinessCondition.of(each, reader, dossier.batch["zone"]) for each in conditions]
    decided = next((each for each in dossier.dispositions if each["market"] == market), None)
    return MarketReadiness(
        market=market,
        regime=regime_of(market),
        intended=market in dossier.batch["markets"],
        ready=not blocking(conditions),
        blocking=blocking(conditions),
        disposition=DispositionRef.model_validate(decided) if decided else None,
        conditions=shown,
        digest=sha256(as_signed(batch_id, market, shown)) if reader is None else None,
    )
