"""Results of a lot as its laboratory told them, each with all that it amends, in whatever order that came."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self
from uuid import UUID

from contracts import Moment
from contracts.partner_feeds import ResultRole
from contracts.sample_tracking import Evaluation
from gxp.lineages import invalid_with
from quality_events import moments

Pull = tuple[int, str | None]
"""Its months, and the storage condition where that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One result of a lineage."""

    id: UUID
    recorded_at: datetime
    """When it was recorded first."""
    amends: bool
    """Whether it stands in the place of another one."""
    voids: bool
    """Whether it only says that its laboratory withdraws what stood before."""
    said: Mapping[str, Any]
    """What it gave, as it was told last, and by whom and why it amends."""


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
    pulls: frozenset[Pull | None]
    """Of which pull of a stability study it was, each time; None where nobody said."""
    tested_at: Moment
    reported_at: datetime
    """When the first of its lineage was recorded: whoever corrects a result does not make it a later one."""
    voided_at: datetime | None
    """When it was recorded that its laboratory withdrew it; what it was before that stays to be seen."""
    revisions: Sequence[Revision]
    """All that was told of its lineage, the oldest first."""

    def recorded_at(self, id: UUID) -> datetime:
        """When one of its lineage was recorded; where that was not told, the first that was."""
        return next((each.recorded_at for each in self.revisions if each.id == id), self.reported_at)

    def amended_since(self, instant: datetime) -> datetime | None:
        """When it was last amended or withdrawn after an instant; None where it was not."""
        when = [each.recorded_at for each in self.revisions if each.amends]
        return max((at for at in (*when, self.voided_at) if at and at > instant), default=None)

    def is_of_another_pull(self, other: Self) -> bool:
        """Whether a stability study pulled them at different ages, or stored them differently: each is a series of its
        own. Whoever says so of one of them, or only later, does not say it."""
        pairs = [(one, that) for one in self.pulls for that in other.pulls]
        return bool(pairs) and all(one and that and _differ(one, that) for one, that in pairs)

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
    pulls: set[Pull | None] = field(default_factory=set)
    amends: set[UUID] = field(default_factory=set)
    because: dict[str, str] = field(default_factory=dict)
    """By whom and why it amends: who tells it once more need not say so again."""


def reported(rows: Iterable[Mapping[str, Any]]) -> list[Reported]:
    """Those that no other amends, in the order in which their lineages began to be reported."""
    known = _known(rows)
    amended = {id for each in known.values() for id in each.amends}
    heads = (id for id, each in known.items() if id not in amended and not each.said.get("superseded_by"))
    return sorted((_reported(id, known) for id in heads), key=lambda each: (each.reported_at, each.id))


@dataclass(frozen=True, slots=True)
class Moments:
    """When results were first recorded, and when it was concluded of them that they are invalid, by the result's id."""

    recorded: Mapping[str, datetime]
    concluded: Mapping[str, datetime]


NOTHING_KNOWN: Final = Moments({}, {})
_BEFORE: Final = datetime.min.replace(tzinfo=UTC)


def found_invalid(
    results: Collection[Mapping[str, Any]], invalidated: Collection[str], moments: Moments = NOTHING_KNOWN
) -> Collection[str]:
    """Those that an investigation found invalid, and what amended them since (``gxp.lineages``)."""
    amended = defaultdict[str, set[str]](set)
    failed = {each["result_id"] for each in results if each["evaluation"] == Evaluation.out_of_specification}
    for each in results:
        if before := each.get("supersedes"):
            amended[before].add(each["result_id"])
        if newer := each.get("superseded_by"):
            amended[each["result_id"]].add(newer)
    invalid = {id: moments.concluded.get(id, _BEFORE) for id in invalidated}
    return invalid_with(invalid, amended, moments.recorded, {*invalid, *failed})


def _pull_of(said: Mapping[str, Any]) -> Pull | None:
    point = said.get("stability")
    return (point["months"], point.get("condition")) if point else None


def _differ(one: Pull, other: Pull) -> bool:
    stored = {each[1].casefold() for each in (one, other) if each[1]}
    return one[0] != other[0] or len(stored) > 1


def _known(rows: Iterable[Mapping[str, Any]]) -> Mapping[UUID, _Told]:
    known: dict[UUID, _Told] = {}
    for row in sorted(rows, key=lambda row: (row["sequence"], row["recorded_at"])):
        said, at = row["said"], row["recorded_at"]
        each = known.setdefault(UUID(said["result_id"]), _Told(said, row["occurred_at"], at))
        each.said, each.occurred_at, each.recorded_at = said, row["occurred_at"], min(at, each.recorded_at)
        each.tests |= {said["test"], said.get("reported_as", said["test"])}
        each.because |= {name: said[name] for name in ("amended_by", "amendment_reason") if said.get(name)}
        if said.get("voided"):
            each.voided_at = min(at, each.voided_at or at)
        else:  # who withdraws a result need not say what it was
            each.roles.add(said.get("role", ResultRole.original.value))
            each.pulls.add(_pull_of(said))
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
        pulls=frozenset().union(*(each.pulls for each in told)),
        tested_at=moments.read(was.occurred_at),
        reported_at=min(each.recorded_at for each in told),
        voided_at=head.voided_at if head.said.get("voided") else None,
        revisions=[
            Revision(
                id=each,
                recorded_at=(one := known[each]).recorded_at,
                amends=bool(one.amends),
                voids=bool(one.said.get("voided")),
                said={**one.said, **one.because},
            )
            for each in reversed(lineage)
            if each in known
        ],
    )


def _lineage(id: UUID, known: Mapping[UUID, _Told]) -> Sequence[UUID]:
    """The result and all that it amends, the newest first."""
    found = [id]
    for one in found:  # it grows as it is read
        before = known[one].amends if one in known else ()
        found += sorted(each for each in before if each not in found)
    return found
