"""What is found invalid with a result that it amends: pure rules, the same in whatever order facts came."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.sample_tracking import Evaluation


class InLine(Protocol):
    """A result, of a lot of which all are given."""

    id: UUID
    superseded_by: UUID | None
    invalidated_at: datetime | None
    evaluation: Evaluation
    created_at: datetime


def found_invalid(results: Iterable[InLine]) -> Mapping[UUID, UUID]:
    """The results that count no more, each with the one that an investigation found invalid: itself, or what it amends.

    An amendment that was recorded after that belongs to what it amends, and no laboratory brings its result back by it.
    One that stood by then is what the investigation left standing, such as a number that was typed wrong. One that is
    out of specification itself has an investigation of its own, which says of it.
    """
    by_id = {one.id: one for one in results}
    found = {one.id: (one.invalidated_at, one.id) for one in by_id.values() if one.invalidated_at}
    pending = [*found]
    while pending:
        older = by_id[pending.pop()]
        since, of = found[older.id]
        newer = by_id.get(older.superseded_by) if older.superseded_by else None
        if newer and _goes_with(newer, since) and (newer.id not in found or (since, of) < found[newer.id]):
            found[newer.id] = (since, of)
            pending.append(newer.id)
    return {id: of for id, (_, of) in found.items()}


def _goes_with(amendment: InLine, since: datetime) -> bool:
    judged_itself = amendment.invalidated_at is not None or amendment.evaluation == Evaluation.out_of_specification
    return not judged_itself and amendment.created_at > since
