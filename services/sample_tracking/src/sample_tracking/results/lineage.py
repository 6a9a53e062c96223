"""Which results belong together: what is found invalid with what it amends, and what is the original of one test."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.sample_tracking import Evaluation
from gxp.lineages import invalid_with


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
    """The results that count no more, each with the one that an investigation found invalid (``gxp.lineages``)."""
    by_id = {one.id: one for one in results}
    invalid = {one.id: one.invalidated_at for one in by_id.values() if one.invalidated_at}
    amended_by = {one.id: [one.superseded_by] for one in by_id.values() if one.superseded_by in by_id}
    failed = (one.id for one in by_id.values() if one.evaluation == Evaluation.out_of_specification)
    return invalid_with(invalid, amended_by, {one.id: one.created_at for one in by_id.values()}, {*invalid, *failed})
