"""Reads of dispositions, and the lock under which they are decided."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, false
from sqlmodel import col, select

from directory.names import names_of
from quality_events.batches.aliases import alias_lots
from quality_events.batches.locking import batches_locked, decide_alone
from quality_events.batches.model import Batch
from quality_events.batches.names import of_batch, refs_of
from quality_events.copies.known import KnownFact
from quality_events.dispositions.model import Disposition, DispositionDecision
from quality_events.dispositions.schemas import DecisionRead, Decisions, DispositionRead
from quality_events.genealogy.queries import UP
from runtime.problems import NotFound
from runtime.work import Work
from serving.listing import Filter, days, equal

_REFERENCES: Final[Mapping[str, str]] = {"site": "site_id", "partner": "partner_id"}


def _entered(work: Work, legal_entities: Sequence[str]) -> Any:
    """The register is the sponsor's: a partner finds nothing by it."""
    if work.principal.partner_id:
        return false()
    of_it = col(DispositionDecision.disposition_id) == Disposition.id
    return exists(
        select(DispositionDecision.id).where(of_it, col(DispositionDecision.legal_entity).in_(legal_entities))
    )


FILTERS = (
    equal(Disposition, *("number", "state", "batch_id", "lot_id", "site_id", "partner_id", "market", "regime"))
    | of_batch(Disposition, "product_id")
    | {"legal_entity": Filter(str, _entered, "in whose register a decision of it stands")}
    | days(Disposition.created_at, "opened")
    | days(Disposition.decided_at, "decided last", "decided_")
)

_WITH_ITS_INPUTS: Final = f"{UP} SELECT id FROM up UNION SELECT id FROM batch WHERE lot_id = ANY ($2::uuid[])"  # noqa: S608


async def locked(work: Work, key: str) -> Disposition:
    """A disposition by its id, in a command with its batch's row held before any other: so none waits for another.

    A hold, a deviation or a second decision waits for this one, or this one has seen it. The sponsor's decides: it
    holds the register before the batch, as whatever is told of sites and partners does.
    """
    try:
        id = UUID(key)
    except ValueError:
        raise NotFound("disposition", key) from None
    if not work.context.read_only:
        if work.principal.partner_id is None:
            await decide_alone(work)
        batch_id = await work.session.scalar(select(Disposition.batch_id).where(Disposition.id == id))
        if batch_id:
            # With what it came of, and what stands under its aliases: what is told of these waits too. That a partner
            # does not read, nor lock.
            beside = [] if work.principal.partner_id else await _beside(work, batch_id)
            await batches_locked(work, {batch_id, *beside})
    return await work.get(Disposition, id)


async def _beside(work: Work, batch_id: UUID) -> list[UUID]:
    batch = await work.session.get_one(Batch, batch_id)
    others = alias_lots(batch.site_id, batch.material, batch.aliases)
    return [row["id"] for row in await work.connection.fetch(_WITH_ITS_INPUTS, batch_id, others)]


async def show(work: Work, dispositions: Sequence[Disposition]) -> list[DispositionRead]:
    """The dispositions with their batches and names."""
    names = await names_of(work, dispositions, _REFERENCES)
    batches = await refs_of(work, {each.batch_id for each in dispositions})
    return [
        DispositionRead.model_validate(
            dict(each) | names.of(each, references=_REFERENCES) | {"batch": batches[each.batch_id]}
        )
        for each in dispositions
    ]


async def decisions(work: Work, disposition: Disposition) -> Decisions:
    """The decisions of a disposition, the oldest first."""
    of_it = select(DispositionDecision).where(DispositionDecision.disposition_id == disposition.id)
    rows = await work.session.scalars(of_it.order_by(col(DispositionDecision.id)))
    return Decisions(items=[DecisionRead.model_validate(dict(each)) for each in rows])


async def last_decision(work: Work, disposition: Disposition) -> DispositionDecision | None:
    """The newest entry that a register has of a disposition."""
    of_it = select(DispositionDecision).where(DispositionDecision.disposition_id == disposition.id)
    found: DispositionDecision | None = await work.session.scalar(
        of_it.order_by(col(DispositionDecision.id).desc()).limit(1)
    )
    return found


async def capacities(work: Work) -> list[dict[str, Any]]:
    """By which authorisations the person who asks is named, as it was told last of each."""
    query = select(KnownFact.key, KnownFact.said).where(
        KnownFact.kind == "QpCapacityChanged", KnownFact.about == work.principal.subject
    )
    rows = await work.session.execute(query.order_by(KnownFact.key, col(KnownFact.sequence)))
    return list({key: said for key, said in rows}.values())
