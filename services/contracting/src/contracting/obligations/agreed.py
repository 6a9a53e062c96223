"""What was ever in force with partners, read for judging."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from contracting.agreement_versions.model import AgreementVersion
from contracting.clauses.model import AgreementClause
from contracting.obligations.assessing import Agreed
from contracting.obligations.terms import Coverage, Terms
from contracts.contracting import AgreementKind, ClauseKind, Owes
from gxp.clocks import Unit
from runtime.work import Work

_SAME: Final = "code", "amounts", "calendar", "classes", "site_ids", "product_ids", "statutory", "gmp"
"""What the judging of a clause has as the clause has it."""


async def with_partners(work: Work, partner_ids: Collection[UUID]) -> Mapping[UUID, Agreed]:
    """By partner the versions that took effect, and their clauses. A draft is nobody's duty, and is in none."""
    took_effect = select(AgreementVersion).where(
        col(AgreementVersion.partner_id).in_(partner_ids), col(AgreementVersion.took_effect_at).is_not(None)
    )
    versions = {each.id: each for each in await work.session.scalars(took_effect)}
    of_them = select(AgreementClause).where(col(AgreementClause.version_id).in_(versions))
    terms: defaultdict[UUID, list[Terms]] = defaultdict(list)
    coverages: defaultdict[UUID, list[Coverage]] = defaultdict(list)
    for clause in await work.session.scalars(of_them.order_by(col(AgreementClause.id))):
        version = versions[clause.version_id]
        terms[version.partner_id].append(_terms(version, clause))
    for version in versions.values():
        coverages[version.partner_id].append(_coverage(version))
    return {each: Agreed(terms[each], coverages[each]) for each in partner_ids}


def _coverage(version: AgreementVersion) -> Coverage:
    return Coverage(**_of(version), site_ids=version.site_ids, product_ids=version.product_ids)


def _terms(version: AgreementVersion, clause: AgreementClause) -> Terms:
    said = {name: getattr(clause, name) for name in _SAME}
    return Terms(
        **_of(version),
        **said,
        kind=ClauseKind(clause.kind),
        owes=Owes(clause.owes),
        unit=Unit(clause.unit or Unit.calendar_days),
        start=clause.start or "",
        end=clause.end or "",
        version_site_ids=version.site_ids,
        version_product_ids=version.product_ids,
    )


def _of(version: AgreementVersion) -> dict[str, Any]:
    """What coverage and terms have of their version alike."""
    same = ("agreement_id", "effective_from", "effective_to")
    named = {"agreement": version.agreement_number, "agreement_kind": AgreementKind(version.kind)}
    return {name: getattr(version, name) for name in same} | named | {"version": version.version_number}
