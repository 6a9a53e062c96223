"""Loading and keeping what is known of names, and of what was said under them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from kpi.facts.commands import load_counting
from kpi.facts.ledger import Dimensions, Measured, Source
from kpi.once.model import LastSaid, Once, OtherName, Said, rows
from runtime import bulk
from runtime.work import Work

_NAMES = """
WITH RECURSIVE joined AS (
    SELECT name, stands FROM other_name WHERE name = ANY ($1::uuid[]) OR stands = ANY ($1::uuid[])
    UNION
    SELECT other_name.name, other_name.stands FROM joined JOIN other_name
    ON other_name.name = ANY (ARRAY[joined.name, joined.stands])
        OR other_name.stands = ANY (ARRAY[joined.name, joined.stands])
)
SELECT name, stands FROM joined
"""
_SAID = """
SELECT subject_id, name, measure, value, occurred_at, month, partner_id, site_id, product_id,
       event_id, type, topic, key, recorded_at
FROM last_said WHERE measure = ANY ($1::text[]) AND name = ANY ($2::uuid[]) ORDER BY subject_id, measure
"""
_NAMES_OF = "SELECT DISTINCT name FROM last_said WHERE measure = ANY ($1::text[]) AND subject_id = ANY ($2::uuid[])"
_FORGET = "DELETE FROM last_said WHERE measure = ANY ($1::text[]) AND subject_id = ANY ($2::uuid[])"
_PART = """
DELETE FROM other_name USING unnest($1::uuid[], $2::uuid[]) AS gone (name, stands)
WHERE other_name.name = gone.name AND other_name.stands = gone.stands
"""
Loaded: TypeAlias = tuple[Mapping[UUID, Said], frozenset[tuple[UUID, UUID]]]


async def load(work: Work, once: Sequence[Once], names: Iterable[UUID], subjects: Iterable[UUID]) -> list[Loaded]:
    """Load what is known of things with these names, and of these subjects: all share their names."""
    asked, of = {*names}, [*subjects]
    measures = [measure for each in once for measure in each.measures]
    asked |= {row["name"] for row in await work.connection.fetch(_NAMES_OF, measures, of)}
    joined = await work.connection.fetch(_NAMES, [*asked])
    for row in joined:
        once[0].names[row["name"]].add(row["stands"])
    for each in once[1:]:
        each.names = once[0].names
    said = _read(await work.connection.fetch(_SAID, measures, [*asked, *(id for row in joined for id in row)]))
    counting = await load_counting(work.connection, measures, {*of, *(each.subject_id for each in said)})
    for each in once:
        each.said |= {one.subject_id: one for one in said if one.measured[0].measure in each.measures}
        each.counted |= {thing: entry.measured for thing, entry in counting.items() if thing[0] in each.measures}
    return [(dict(each.said), _pairs(each)) for each in once]


async def keep(work: Work, once: Sequence[Once], loaded: Sequence[Loaded]) -> None:
    """Keep what became known since it was loaded."""
    before, after = loaded[0][1], _pairs(once[0])
    if gone := before - after:
        await work.connection.execute(_PART, *zip(*gone, strict=True))
    new = ({"name": name, "stands": stands} for name, stands in after - before)
    await bulk.insert(work, OtherName, new, "ON CONFLICT DO NOTHING")
    for each, (said, _) in zip(once, loaded, strict=True):
        changed = [id for id in {*said, *each.said} if said.get(id) != each.said.get(id)]
        if changed:
            await work.connection.execute(_FORGET, list(each.measures), changed)
        now = (row for id in changed if id in each.said for row in rows(each.said[id]))
        await bulk.insert(work, LastSaid, now)


def _pairs(once: Once) -> frozenset[tuple[UUID, UUID]]:
    return frozenset((name, each) for name, standing in once.names.items() for each in standing)


def _read(found: Iterable[Any]) -> list[Said]:
    said: dict[tuple[UUID, UUID], list[Measured]] = {}
    for subject_id, name, *given in found:
        (measure, value, occurred_at, month), dimensions, source = given[:4], given[4:7], given[7:]
        said.setdefault((subject_id, name), []).append(
            Measured(measure, value, occurred_at, month, Dimensions(*dimensions), Source(*source))
        )
    return [Said(subject_id, name, tuple(measured)) for (subject_id, name), measured in said.items()]
