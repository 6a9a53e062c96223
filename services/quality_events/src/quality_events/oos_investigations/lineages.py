"""Results of a lot as its laboratory told them, each with all that it amends, in whatever order that came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts import Moment
from contracts.partner_feeds import ResultRole
from quality_events import moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A result that none amends, with its lineage: what it amends, what that amended, and so on."""

    id: UUID
    ids: frozenset[UUID]
    """Of its whole lineage."""
    role: ResultRole
    """As it was told last."""
    roles: frozenset[str]
    """Each that any of its lineage had: who calls a retest something else makes it no less one."""
    tests: frozenset[str]
    """What its test was called, each time that it was reported."""
    tested_at: Moment
    reported_at: datetime
    """When the first of its lineage was recorded: whoever corrects a result does not make it a later one."""
    voided_at: datetime | None
    """When it was recorded that its laboratory withdrew it; what it was before that stays to be seen."""
    said: Mapping[str, Any]
    """What it gave, as it was told last before that."""

    def stood_at(self, instant: datetime) -> bool:
        """Whether nobody had withdrawn it then."""
        return self.voided_at is None or self.voided_at > instant


@dataclass(slots=True)
class _Told:
    """One result, by all that was told under its id."""

    said: Mapping[str, Any]
    """The last."""
    occurred_at: str
    recorded_at: datetime
    """When it was recorded first."""
    voided_at: datetime | None = None
    roles: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)
    amends: set[UUID] = field(default_factory=set)


def reported(rows: Iterable[Mapping[str, Any]]) -> list[Reported]:
    """Those that no other amends, in the order in which their lineages began to be reported."""
    known = _known(rows)
    amended = {id for each in known.values() for id in each.amends}
    heads = (id for id, each in known.items() if id not in amended and not each.said.get("superseded_by"))
    return sorted((_reported(id, known) for id in heads), key=lambda each: (each.reported_at, each.id))


def _known(rows: Iterable[Mapping[str, Any]]) -> Mapping[UUID, _Told]:
    known: dict[UUID, _Told] = {}
    for row in sorted(rows, key=lambda row: (row["sequence"], row["recorded_at"])):
        said, at = row["said"], row["recorded_at"]
        each = known.setdefault(UUID(said["result_id"]), _Told(said, row["occurred_at"], at))
        each.said, each.occurred_at, each.recorded_at = said, row["occurred_at"], min(at, each.recorded_at)
        each.tests.add(said["test"])
        if said.get("voided"):
            each.voided_at = min(at, each.voided_at or at)
        else:  # who withdraws a result need not say what it was
            each.roles.add(said.get("role", ResultRole.original.value))
        if before := said.get("supersedes"):
            each.amends.add(UUID(before))
    for id, each in known.items():  # an older revision that came last names the newer one
        if (newer := each.said.get("superseded_by")) and (by := known.get(UUID(newer))):
            by.amends.add(id)
    return known


def _reported(id: UUID, known: Mapping[UUID, _Told]) -> Reported:
    lineage = _lineage(id, known)
    told = [known[each] for each in lineage if each in known]
    (head, *_), was = told, next((each for each in told if not each.said.get("voided")), told[0])
    return Reported(
        id=id,
        ids=frozenset(lineage),
        role=ResultRole(was.said.get("role", ResultRole.original)),
        roles=frozenset().union(*(each.roles for each in told)),
        tests=frozenset().union(*(each.tests for each in told)),
        tested_at=moments.read(was.occurred_at),
        reported_at=min(each.recorded_at for each in told),
        voided_at=head.voided_at if head.said.get("voided") else None,
        said=was.said,
    )


def _lineage(id: UUID, known: Mapping[UUID, _Told]) -> Sequence[UUID]:
    """The result and all that it amends, the newest first."""
    found = [id]
    for one in found:  # it grows as it is read
        before = known[one].amends if one in known else ()
        found += sorted(each for each in before if each not in found)
    return found
