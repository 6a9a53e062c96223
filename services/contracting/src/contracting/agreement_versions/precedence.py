"""Which of two agreements goes before the other where they say different things of one clause: pure rules.

For matters of GMP the quality agreement is over all others; else supply over joint service, and that over the master
agreement (EU GMP 7.1, 7.14; FDA, Quality Agreements, 2016, IV.A).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from contracting.agreement_versions.terms import AgreementTerms
from contracting.clauses.terms import Clause
from contracts.contracting import AgreementKind

_KINDS: Final = (
    AgreementKind.supply,
    AgreementKind.joint_service,
    AgreementKind.msa,
    AgreementKind.quality,
    AgreementKind.nda,
)
_SAYS: Final = ("kind", "owes", "amounts", "unit", "calendar", "start", "end", "classes")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What another agreement with the same partner says, as it is signed."""

    number: str
    kind: AgreementKind
    terms: AgreementTerms


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A clause of which an agreement that goes before this one says something else."""

    clause: str
    agreement_number: str
    agreement_kind: AgreementKind
    differs_in: tuple[str, ...]


def goes_before(one: AgreementKind, other: AgreementKind, *, gmp: bool) -> bool:
    """Whether an agreement of one kind goes before one of another, on a matter of GMP or on another one."""
    return _rank(one, gmp) < _rank(other, gmp)


def contradictions(kind: AgreementKind, terms: AgreementTerms, others: Iterable[Agreed]) -> list[Contradiction]:
    """Every clause of a version of which a higher agreement says something else for the same site and product."""
    found = []
    for other in others:
        theirs = {each.code: each for each in other.terms.clauses}
        for own in terms.clauses:
            higher = theirs.get(own.code)
            if higher is None or not goes_before(other.kind, kind, gmp=own.gmp or higher.gmp):
                continue
            differs = tuple(name for name in _SAYS if getattr(own, name) != getattr(higher, name))
            if differs and _meet(terms, own, other.terms, higher):
                found.append(Contradiction(own.code, other.number, other.kind, differs))
    return sorted(found, key=lambda each: (each.clause, each.agreement_number))


def _rank(kind: AgreementKind, gmp: bool) -> int:
    return -1 if gmp and kind == AgreementKind.quality else _KINDS.index(kind)


def _meet(ours: AgreementTerms, own: Clause, theirs: AgreementTerms, other: Clause) -> bool:
    """Whether both clauses hold of some site and product."""
    sites = _both(own.site_ids or ours.site_ids, other.site_ids or theirs.site_ids)
    return sites and _both(own.product_ids or ours.product_ids, other.product_ids or theirs.product_ids)


def _both(one: Sequence[object], other: Sequence[object]) -> bool:
    """Whether two scopes have something in common; an empty one is everything."""
    return not one or not other or bool(set(one) & set(other))
