"""Reads of versions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracting.agreement_versions import readiness, surroundings
from contracting.agreement_versions.model import AgreementVersion, terms_of
from contracting.agreement_versions.precedence import contradictions
from contracting.agreement_versions.readiness import Missing, StepAhead
from contracting.agreement_versions.rounds import AgreementRound
from contracting.agreement_versions.schemas import (
    OPEN,
    AgreementVersionDetail,
    AgreementVersionRead,
    MissingPart,
    OverruledClause,
    ReturnedRound,
)
from contracting.agreement_versions.terms import AgreementTerms, Party
from contracting.clauses.moments import unjudged
from directory.names import Names, names
from runtime.work import Work
from serving.listing import Filter, days, equal, whether

_EQUAL = equal(
    AgreementVersion, *("agreement_id", "agreement_number", "kind", "state", "partner_id", "purpose", "drafted_by_side")
)
FILTERS = (
    _EQUAL
    | {
        "site_id": Filter(
            UUID, lambda _, ids: _any_of(AgreementVersion.site_ids, ids), "names it, or covers all sites"
        ),
        "product_id": Filter(
            UUID, lambda _, ids: _any_of(AgreementVersion.product_ids, ids), "names it, or covers all products"
        ),
        "open": whether(lambda _: col(AgreementVersion.state).in_(OPEN), "both sides did not sign it yet"),
    }
    | days(AgreementVersion.effective_from, "effective", "effective_")
)


async def show(work: Work, versions: Sequence[AgreementVersion]) -> list[AgreementVersionRead]:
    """The versions with names, what is missing of each, and what goes before it."""
    ids = {id for each in versions for id in (each.partner_id, *each.site_ids, *each.product_ids)}
    known = await names(work, ids, of_products=work.principal.partner_id is None)
    return [AgreementVersionRead.model_validate(await _shown(work, each, known)) for each in versions]


async def detail(work: Work, version: AgreementVersion) -> AgreementVersionDetail:
    """A version with what it said before it was given back."""
    (shown,) = await show(work, [version])
    query = select(AgreementRound).where(AgreementRound.version_id == version.id).order_by(col(AgreementRound.round))
    rounds = [_round(each) for each in await work.session.scalars(query)]
    return AgreementVersionDetail.model_validate(dict(shown) | {"rounds": rounds})


async def missing_of(work: Work, version: AgreementVersion) -> list[Missing]:
    """Everything that is not so yet for a version to be signed, who has to agree and to sign among it."""
    if version.state not in OPEN:
        return []
    around = await surroundings.of_version(work, version)
    found = readiness.unmet(version.kind, version, version.parent_version_id, around)
    for side in Party:
        for did in ("agreed", "signed"):
            if getattr(version, f"{side}_{did}_by") is None:
                found.append(Missing(f"{side}_{did}", StepAhead.signature, f"the {side} has not {did} yet"))
    return found


def _any_of(column: Any, ids: Sequence[UUID]) -> Any:
    return column.overlap(ids) | (column == [])


async def _shown(work: Work, version: AgreementVersion, known: Names) -> dict[str, Any]:
    missing = [
        MissingPart(rule=each.rule, before=each.before, why=each.why) for each in await missing_of(work, version)
    ]
    others = (
        await surroundings.others_signed(work, version.partner_id, version.agreement_id)
        if version.state in OPEN
        else ()
    )
    overruled = [
        OverruledClause(
            clause=each.clause,
            agreement_number=each.agreement_number,
            agreement_kind=each.agreement_kind,
            differs_in=list(each.differs_in),
            standing=each.standing,
        )
        for each in contradictions(version.kind, terms_of(version), others)
    ]
    return dict(version) | {
        "partner": known.ref(version.partner_id),
        "sites": [known.ref(each) for each in version.site_ids],
        "products": [known.ref(each) for each in version.product_ids],
        "missing": missing,
        "contradictions": overruled,
        "unjudged": unjudged(terms_of(version).clauses),
    }


def _round(kept: AgreementRound) -> ReturnedRound:
    content = {name: kept.content[name] for name in AgreementTerms.model_fields}
    own = {name: getattr(kept, name) for name in ("round", "digest", "returned_by_side", "returned_by", "reasons")}
    return ReturnedRound.model_validate(own | {"returned_at": kept.created_at, "content": content})
