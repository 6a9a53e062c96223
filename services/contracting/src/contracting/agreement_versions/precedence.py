"""Which of several clauses with one code holds where they say different things: pure rules, to read and to judge by.

For matters of GMP the quality agreement is over all others; else supply over joint service, and that over the master
agreement (EU GMP 7.1, 7.14; FDA, Quality Agreements, 2016, IV.A). It is one if any of them says so. Of one kind that
which names products goes before one for all, and then that which names sites.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

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


class ClauseStanding(StrEnum):
    """How another agreement's clause stands to one's own."""

    higher = "higher"
    """It goes before it."""
    equal = "equal"
    """Neither goes before the other: it cannot be said which of them holds."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What another agreement with the same partner says, as it is signed."""

    number: str
    kind: AgreementKind
    terms: AgreementTerms


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A clause of which another agreement says something else, that goes before this one or is its equal."""

    clause: str
    agreement_number: str
    agreement_kind: AgreementKind
    differs_in: tuple[str, ...]
    standing: ClauseStanding = ClauseStanding.higher


def place(
    kind: AgreementKind, *, gmp: bool, product_ids: Collection[object], site_ids: Collection[object]
) -> tuple[int, bool, bool]:
    """Where a clause stands among those of one code that hold of a site and product; the lowest place goes first.

    The products and sites are those of the clause, or where it names none those of its version.
    """
    return -1 if gmp and kind == AgreementKind.quality else _KINDS.index(kind), not product_ids, not site_ids


def difference(one: Any, other: Any) -> tuple[str, ...]:
    """In what two clauses say different things."""
    return tuple(name for name in _SAYS if _said(one, name) != _said(other, name))


def contradictions(kind: AgreementKind, terms: AgreementTerms, others: Iterable[Agreed]) -> list[Contradiction]:
    """Every clause of a version of which another agreement says something else for the same site and product, and that
    does not go before it.
    """
    found, others = [], tuple(others)
    for own in terms.clauses:
        met = [
            (other, each) for other in others for each in other.terms.clauses if _meet(terms, own, other.terms, each)
        ]
        gmp = own.gmp or any(each.gmp for _, each in met)
        ours = _place(kind, terms, own, gmp)
        for other, each in met:
            theirs, differs = _place(other.kind, other.terms, each, gmp), difference(own, each)
            if differs and theirs <= ours:
                standing = ClauseStanding.higher if theirs < ours else ClauseStanding.equal
                found.append(Contradiction(own.code, other.number, other.kind, differs, standing))
    return sorted(found, key=lambda each: (each.clause, each.agreement_number))


def _place(kind: AgreementKind, terms: AgreementTerms, clause: Clause, gmp: bool) -> tuple[int, bool, bool]:
    products, sites = clause.product_ids or terms.product_ids, clause.site_ids or terms.site_ids
    return place(kind, gmp=gmp, product_ids=products, site_ids=sites)


def _said(clause: Any, name: str) -> object:
    said = getattr(clause, name)
    return frozenset(said) if name == "classes" else said


def _meet(ours: AgreementTerms, own: Clause, theirs: AgreementTerms, other: Clause) -> bool:
    """Whether both clauses have one code and hold of some site and product."""
    sites = _both(own.site_ids or ours.site_ids, other.site_ids or theirs.site_ids)
    products = _both(own.product_ids or ours.product_ids, other.product_ids or theirs.product_ids)
    return own.code == other.code and sites and products


def _both(one: Sequence[object], other: Sequence[object]) -> bool:
    """Whether two scopes have something in common; an empty one is everything."""
    return not one or not other or bool(set(one) & set(other))
