"""Which results belong together: what is found invalid with what it amends, and what is the original of one test."""

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


class Entered(Protocol):
    """A result by its method, as far as that was named, and those that the limits name."""

    method: str | None
    methods: list[str] | None


def may_be_by_one_method(one: Entered, other: Entered) -> bool:
    """Whether both may be by one method, however it is written: where none is named, by that of the limits. Of one of
    which nobody knows by which it is, nobody can say that it is another."""
    own, others = ({code.casefold() for code in _methods(each)} for each in (one, other))
    return not own or not others or bool(own & others)


def _methods(result: Entered) -> Iterable[str]:
    return [result.method] if result.method else result.methods or []


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
