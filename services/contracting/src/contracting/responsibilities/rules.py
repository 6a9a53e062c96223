"""What the cells of a responsibility matrix say: who each side holds to be responsible, and what is still open.

Sources of the rules: FDA, Contract Manufacturing Arrangements for Drugs: Quality Agreements (2016), IV.B; EU GMP
chapter 7; 21 CFR 211.22(a) for what cannot be agreed away.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracting.responsibilities.clauses import MatrixClause, MatrixScope, Owner
from runtime.problems import RuleViolated

LABORATORY = frozenset({"testing", "stability"})
"""Services of a laboratory."""
MANUFACTURE = frozenset({"manufacture", "packaging", "labelling", "storage", "distribution"})
"""Services for which the clauses of manufacture are mandatory: what is packed, stored or sent is a product."""


class Coverage(StrEnum):
    """How far the two sides are with a clause."""

    covered = "covered"
    """Both name the same owner."""
    open = "open"
    """A side has not said who is responsible."""
    differing = "differing"
    """They name different owners."""
    not_applicable = "not_applicable"
    """Both say, each with a reason, that it does not concern what is agreed."""


@dataclass(frozen=True, slots=True)
class View:
    """Whom one side holds to be responsible."""

    owner: Owner
    does: Owner | None = None
    """Of what both are responsible for, who does it."""
    approves: Owner | None = None
    """And who approves it."""
    remark: str | None = None
    """More of it in words: of a release say who the qualified person is."""
    reason: str | None = None
    """Why it is not applicable."""

    def agrees_with(self, other: "View") -> bool:
        """Whether both say the same of who does what; remarks and reasons are each side's own."""
        return (self.owner, self.does, self.approves) == (other.owner, other.does, other.approves)


@dataclass(frozen=True, slots=True)
class Cell:
    """A clause as both sides see it; None: that side has not said anything."""

    sponsor: View | None = None
    partner: View | None = None

    @property
    def coverage(self) -> Coverage:
        """How far they are."""
        if self.sponsor is None or self.partner is None:
            return Coverage.open
        if not self.sponsor.agrees_with(self.partner):
            return Coverage.differing
        return Coverage.not_applicable if self.sponsor.owner is Owner.not_applicable else Coverage.covered


UNSAID = Cell()


def check(clause: MatrixClause, view: View) -> None:
    """Raise RuleViolated for what no side can say of this clause."""
    if view.owner is Owner.not_applicable and not view.reason:
        _refuse(clause, "reason", "say why it is not applicable")
    if view.owner is not Owner.not_applicable and view.reason:
        _refuse(clause, "reason", "a reason is given where it is not applicable")
    both = view.owner is Owner.both
    if both and (not view.does or not view.approves or view.does is view.approves):
        _refuse(clause, "does", "of what both are responsible for, one does it and the other approves it: say who")
    if not both and (view.does or view.approves):
        _refuse(clause, "does", f"it is owned by {view.owner}: who does and who approves is said where both own it")
    fixed = clause.fixed_owner
    if fixed and view.owner is not fixed and not (both and view.approves is fixed):
        decides = f"the {fixed} owns it, or both with the {fixed} approving"
        _refuse(clause, "owner", f"{decides}: that cannot be agreed away (21 CFR 211.22(a))")


def scopes(services: Collection[str]) -> frozenset[MatrixScope]:
    """Which clauses an agreement about these services must have.

    Of none, and of one that is not known here, nobody can say what it leaves out: all of them.
    """
    named = {each.strip().lower() for each in services}
    found = {MatrixScope.all}
    if not named or named & MANUFACTURE or named - MANUFACTURE - LABORATORY:
        found.add(MatrixScope.manufacture)
    if not named or named & LABORATORY or named - MANUFACTURE - LABORATORY:
        found.add(MatrixScope.laboratory)
    return frozenset(found)


def is_mandatory(clause: MatrixClause, services: Collection[str]) -> bool:
    """Whether an agreement about these services must say who is responsible."""
    return clause.mandatory in scopes(services)


def open_mandatory(
    clauses: Iterable[MatrixClause], cells: Mapping[str, Cell], services: Collection[str]
) -> Sequence[str]:
    """The codes of mandatory clauses on which the sides do not agree yet, in the order of the list."""
    needed, settled = scopes(services), {Coverage.covered, Coverage.not_applicable}
    return [
        clause.code
        for clause in clauses
        if clause.mandatory in needed and cells.get(clause.code, UNSAID).coverage not in settled
    ]


def _refuse(clause: MatrixClause, field: str, why: str) -> None:
    raise RuleViolated(f"{clause.code}: {field}: {why}", fields=[field], code=clause.code)
