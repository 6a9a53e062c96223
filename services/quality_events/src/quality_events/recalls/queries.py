"""Reads of recalls."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, text
from sqlmodel import col, select

from contracts import Role
from directory.names import names_of
from quality_events.batches.model import Batch
from quality_events.batches.names import refs_of
from quality_events.genealogy.queries import DOWN, UP
from quality_events.recalls.model import OPEN, RUNNING, Recall, RecallLine, RecallPart
from quality_events.recalls.schemas import MockRecallDue, RecallDetail, RecallLineRead, RecallPartRead, RecallRead
from quality_events.regimes import concerns
from runtime.access import READERS, SPONSORS
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from serving.listing import Filter, days, equal, whether
from serving.shown import Ref

OURS: frozenset[Role] = READERS & SPONSORS
_PRODUCT: Final = {"product": "product_id"}
_PARTNER: Final = {"partner": "partner_id"}


def _with_batch(_: Work, ids: Sequence[UUID]) -> Any:
    named: Any = Recall.batch_ids
    line = (col(RecallLine.recall_id) == Recall.id) & col(RecallLine.batch_id).in_(ids)
    return named.overlap([*ids]) | exists(select(RecallLine.id).where(line))


FILTERS = (
    equal(Recall, *("number", "state", "product_id", "mock", "classification", "depth"))
    | {
        "batch_id": Filter(UUID, _with_batch, "a batch that is in it"),
        "open": whether(lambda _: col(Recall.state).in_(OPEN), "it is neither closed nor declined"),
    }
    | days(Recall.created_at, "proposed")
)
PART_FILTERS = (
    equal(RecallPart, *("number", "recall_id", "partner_id", "mock", "classification"))
    | {"open": whether(lambda _: col(RecallPart.closed_at).is_(None), "it is not closed")}
    | days(RecallPart.started_at, "started")
)
_MISSING = f"""
{DOWN}
SELECT id FROM down WHERE NOT EXISTS (SELECT FROM recall_line WHERE recall_id = $2 AND batch_id = down.id)
"""  # noqa: S608
# One that is proposed has no lines yet: it is of what it names, and of all that this went into.
_OVER: Final = f"""
{UP}
SELECT id, number, state, created_at AS since, markets::text FROM recall
WHERE NOT mock AND state = ANY ($2) AND (batch_ids && ARRAY(SELECT id FROM up)
    OR EXISTS (SELECT FROM recall_line AS line WHERE line.recall_id = recall.id AND line.batch_id = $1))
ORDER BY number
"""  # noqa: S608
# A recall has all children that were known; a further one is the child of a batch that is in it.
_LATE = """
EXISTS (SELECT FROM recall_line AS line, LATERAL (
            SELECT child_id FROM batch_edge WHERE parent_id = line.batch_id OFFSET 0) AS edge
        WHERE line.recall_id = recall.id AND NOT EXISTS (
            SELECT FROM recall_line AS known WHERE known.recall_id = recall.id AND known.batch_id = edge.child_id))
"""
_BRINGS_BACK = f"{DOWN} SELECT EXISTS (SELECT FROM down WHERE id = $2)"  # noqa: S608
_MOCK_DUE = """
SELECT product.id, product.code AS number, product.name, mock.last_on,
       (coalesce(mock.last_on, made.first_on) + interval '1 year')::date AS due_on
FROM known_product AS product
JOIN LATERAL (
    -- A source may give no day of the completion; the day of its start is never later.
    SELECT min(coalesce(completed_on, started_on, (created_at AT TIME ZONE 'UTC')::date)) AS first_on FROM batch
    WHERE product_id = product.id AND completion_source IS NOT NULL
) AS made ON made.first_on IS NOT NULL
LEFT JOIN LATERAL (
    SELECT max((started_at AT TIME ZONE 'UTC')::date) AS last_on FROM recall
    WHERE product_id = product.id AND mock AND state = 'closed'
) AS mock ON true
ORDER BY due_on, product.code
"""


def has_late_children() -> Any:
    """The condition of recalls that run, and lack a child of a batch that is in them."""
    return col(Recall.state).in_(RUNNING) & text(_LATE)


async def missing(work: Work, recall: Recall) -> set[UUID]:
    """The batches that were named and all that they went into, without those that are in the recall."""
    await work.session.flush()
    return {row["id"] for row in await work.connection.fetch(_MISSING, recall.batch_ids, recall.id)}


async def recalls_over(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """The recalls, and no exercises, that are proposed or run over a batch, with their markets. The sponsor's alone."""
    rows = await work.connection.fetch(_OVER, batch_id, [str(state) for state in OPEN])
    return [dict(row) | {"markets": [each["market"] for each in json.loads(row["markets"])]} for row in rows]


async def that_took_back(work: Work, batch_id: UUID, market: str) -> list[str]:
    """The numbers of the recalls that were started over a batch in a market, exercises apart. The sponsor's alone."""
    query = select(Recall.number, RecallLine.market).join(RecallLine, col(RecallLine.recall_id) == Recall.id)
    started = (RecallLine.batch_id == batch_id, col(Recall.started_at).is_not(None), col(Recall.mock).is_(False))
    rows = (await work.session.execute(query.where(*started).order_by(col(Recall.number)))).all()
    return [number for number, of in rows if concerns(of, market)]


async def lines_of(work: Work, recall: Recall) -> Sequence[RecallLine]:
    """The batches of a recall in its markets."""
    query = select(RecallLine).where(RecallLine.recall_id == recall.id).order_by(col(RecallLine.id))
    return (await work.session.scalars(query)).all()


async def parts_of(work: Work, recall: Recall) -> Sequence[RecallPart]:
    """The makers' parts of a recall, which only its commands change."""
    query = select(RecallPart).where(RecallPart.recall_id == recall.id).order_by(col(RecallPart.id))
    return (await work.session.scalars(query.with_for_update())).all()


async def recall_refs(work: Work, ids: Collection[UUID]) -> dict[UUID, Ref]:
    """Recalls by their ids; a name is the class."""
    rows = await work.session.execute(
        select(Recall.id, Recall.number, Recall.classification).where(col(Recall.id).in_(ids))
    )
    return {id: Ref(id=id, number=number, name=f"class {name}") for id, number, name in rows}


async def bringing_back(work: Work, id: UUID, batch_id: UUID, market: str) -> Recall:
    """A recall that brings a batch back from a market. Raises NotFound for an unknown one, RuleViolated for another."""
    recall = await work.session.get(Recall, id)
    if recall is None:
        raise NotFound("recall", id)
    named = {each["market"] for each in recall.markets}
    of_it = await work.connection.fetchval(_BRINGS_BACK, recall.batch_ids, batch_id)
    if not of_it or not any(concerns(each, market) for each in named):
        why = f"{recall.number} does not bring this batch back from {market}: name the recall that does, or propose one"
        raise RuleViolated(f"recall_id: {why}", fields=["recall_id"])
    return recall


async def show(work: Work, recalls: Sequence[Recall]) -> list[RecallRead]:
    """The recalls with their products and batches."""
    names = await names_of(work, recalls, _PRODUCT)
    batches = await refs_of(work, {id for one in recalls for id in one.batch_ids})
    return [
        RecallRead.model_validate(
            dict(one)
            | names.of(one, references=_PRODUCT)
            | {"batches": [batches[id] for id in one.batch_ids], "traced_in_time": one.traced_in_time(work.now)}
        )
        for one in recalls
    ]


async def detail(work: Work, recall: Recall) -> RecallDetail:
    """A recall with its lines."""
    (shown,) = await show(work, [recall])
    query = select(RecallLine, Batch).join(Batch, col(Batch.id) == RecallLine.batch_id)
    query = query.where(RecallLine.recall_id == recall.id).order_by(Batch.number, RecallLine.market)
    lines = [
        RecallLineRead.model_validate(
            dict(line)
            | {name: getattr(batch, name) for name in ("number", "material", "partner_id")}
            | {"distributed": line.distributed, "recovered": line.recovered}
        )
        for line, batch in await work.session.execute(query)
    ]
    return RecallDetail.model_validate(dict(shown) | {"lines": lines})


async def show_parts(work: Work, parts: Sequence[RecallPart]) -> list[RecallPartRead]:
    """The makers' parts with their names."""
    names = await names_of(work, parts, _PARTNER)
    return [RecallPartRead.model_validate(dict(one) | names.of(one, references=_PARTNER)) for one in parts]


async def mock_due(work: Work) -> list[MockRecallDue]:
    """Products of which something was made, by the day on which their next exercise is due."""
    return [
        MockRecallDue(
            product=Ref(id=row["id"], number=row["number"], name=row["name"]),
            last_mock_on=row["last_on"],
            due_on=row["due_on"],
            overdue=row["due_on"] < work.now.date(),
        )
        for row in await work.connection.fetch(_MOCK_DUE)
    ]
