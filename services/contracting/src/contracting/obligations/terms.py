"""What judging needs of a clause: as a version of an agreement has it, and when that version is in force."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from contracting.agreement_versions.precedence import difference, place
from contracts.contracting import AgreementKind, ClauseKind, Owes
from gxp.clocks import Unit

ANY_CLASS: Final = ""
"""The key of the amount that holds whatever the class."""
_OF_MATERIALS: Final = frozenset(AgreementKind) - {AgreementKind.nda}
"""The kinds of which any covers what is no matter of GMP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One clause of one version of an agreement, with the days on which the version is in force."""

    agreement_id: UUID
    agreement: str
    """Its number."""
    agreement_kind: AgreementKind
    version: int
    effective_from: date
    effective_to: date | None = None
    """The last day; None while nothing ends it."""
    code: str
    kind: ClauseKind
    owes: Owes = Owes.partner
    amounts: Mapping[str, int]
    """By class, or under ``ANY_CLASS``. A class that is not named is not asked anything."""
    unit: Unit
    calendar: str | None = None
    """Whose public holidays are off, where working days are counted."""
    start: str
    end: str
    classes: Collection[str] = ()
    """Empty: all that ``amounts`` names."""
    site_ids: Collection[UUID] = ()
    """The clause's own, as its products; empty: all of the version's."""
    product_ids: Collection[UUID] = ()
    version_site_ids: Collection[UUID] = ()
    """Empty: all of the partner's sites."""
    version_product_ids: Collection[UUID] = ()
    """Empty: every product."""
    statutory: bool = False
    gmp: bool = True

    def in_force(self, day: date) -> bool:
        """Whether its version is in force on a local day of the site."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def covers(self, site_id: UUID, product_id: UUID | None) -> bool:
        """Whether it holds at a site for a product. What is of no one product, such as a failure of the site's water,
        every agreement covers that covers the site, and a clause for named products does not.
        """
        own = _is_of(self.site_ids, site_id) and _is_of(self.product_ids, product_id)
        of_version = _is_of(self.version_site_ids, site_id) and _may_be_of(self.version_product_ids, product_id)
        return own and of_version

    def amount(self, class_: str | None) -> int | None:
        """How much time there is for a class; None where the clause asks nothing of it."""
        if self.classes and class_ not in self.classes:
            return None
        return self.amounts.get(class_ or ANY_CLASS, self.amounts.get(ANY_CLASS))

    @property
    def asks_by_class(self) -> bool:
        """Whether the class decides anything."""
        return bool(self.classes) or self.amounts.keys() != {ANY_CLASS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A version of an agreement: on which days it is in force, and for what."""

    agreement_id: UUID
    agreement: str
    agreement_kind: AgreementKind
    version: int
    effective_from: date
    effective_to: date | None = None
    site_ids: Collection[UUID] = ()
    """Empty: all of the partner's."""
    product_ids: Collection[UUID] = ()
    """Empty: every product."""

    def holds(self, day: date, site_id: UUID, product_id: UUID | None, *, gmp: bool) -> bool:
        """Whether it covers a site and product on a local day; what GMP asks only a quality agreement covers."""
        of_kind = self.agreement_kind is AgreementKind.quality if gmp else self.agreement_kind in _OF_MATERIALS
        of_it = _is_of(self.site_ids, site_id) and _may_be_of(self.product_ids, product_id)
        on_it = self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)
        return of_kind and of_it and on_it


def _is_of(named: Collection[UUID], id: UUID | None) -> bool:
    return not named or id in named


def _may_be_of(covered: Collection[UUID], product_id: UUID | None) -> bool:
    return product_id is None or _is_of(covered, product_id)


def first_of(holding: Sequence[Terms]) -> list[Terms]:
    """By which of several clauses with one code is judged, as the precedence of agreements has it.

    Several only where they are equals and say different things: by none of them can be judged then.
    """
    gmp = any(each.gmp for each in holding)
    places = [_place(each, gmp) for each in holding]
    first = [each for each, of_it in zip(holding, places, strict=True) if of_it == min(places)]
    first.sort(key=lambda each: (each.agreement, -each.version))
    return first if any(difference(first[0], each) for each in first[1:]) else first[:1]


def _place(terms: Terms, gmp: bool) -> tuple[int, bool, bool]:
    products = terms.product_ids or terms.version_product_ids
    sites = terms.site_ids or terms.version_site_ids
    return place(terms.agreement_kind, gmp=gmp, product_ids=products, site_ids=sites)
