"""Which agreements cover a site and a product on a day: the day is the site's own."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query as Asked
from pydantic import BaseModel, ConfigDict
from sqlmodel import col, or_, select

from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.schemas import VersionState
from contracting.agreement_versions.terms import covers
from contracting.agreements import timeline
from contracting.agreements.model import Agreement
from contracting.agreements.owners import owner_on
from contracting.agreements.schemas import CoveringAgreement, InForce
from contracts import Day
from contracts.contracting import AgreementKind, Renewal
from directory import queries as directory
from directory.names import names
from runtime.work import Work
from serving.shown import Ref

_HELD = frozenset({VersionState.signed, VersionState.effective, VersionState.superseded, VersionState.ended})


class AskedInForce(BaseModel):
    """For which site, product and day it is asked."""

    model_config = ConfigDict(extra="forbid")

    site_id: UUID
    product_id: UUID | None = None
    on: Annotated[Day | None, Asked(description="a local day of the site; today where none is named")] = None


async def in_force(work: Work, asked: AskedInForce) -> InForce:
    """The versions that cover a site and a product on a day. Raises NotFound for an unknown site."""
    site = await directory.asked_site(work, asked.site_id)
    day = asked.on or work.now.astimezone(ZoneInfo(site.time_zone or "UTC")).date()
    rows = await covering(work, await owner_on(work, site, day), site.id, asked.product_id, day)
    known = await names(work, [site.id, asked.product_id], of_products=work.principal.partner_id is None)
    product = known.ref(asked.product_id)
    quality = any(each.kind == AgreementKind.quality for each in rows)
    return InForce(
        site=known.ref(site.id) or Ref(id=site.id),
        product=product,
        on=day,
        covered=bool(rows),
        quality_covered=quality,
        words=in_words(site.number, product.number or str(product.id) if product else None, day, rows),
        agreements=rows,
        as_of=work.now,
    )


async def covering(
    work: Work, partner_id: UUID, site_id: UUID, product_id: UUID | None, day: date
) -> list[CoveringAgreement]:
    """The versions of a partner's agreements that cover a site and a product on a day of the site's.

    One that names no sites covers all of its partner's, one that names no products all.
    """
    conditions = (
        AgreementVersion.partner_id == partner_id,
        col(AgreementVersion.state).in_(_HELD),
        col(AgreementVersion.effective_from) <= day,
        or_(col(AgreementVersion.effective_to).is_(None), col(AgreementVersion.effective_to) >= day),
    )
    joined = select(AgreementVersion, Agreement).join(Agreement, col(Agreement.id) == AgreementVersion.agreement_id)
    found = await work.session.execute(joined.where(*conditions).order_by(col(AgreementVersion.effective_from)))
    # Of several that reach to that day the last one holds: it supersedes the others when its own first day comes.
    last = {agreement.id: (version, agreement) for version, agreement in found.all()}
    return [
        _shown(version, agreement)
        for version, agreement in sorted(last.values(), key=lambda both: both[1].id)
        if covers(version, site_id, product_id) and _reaches(version, agreement, day)
    ]


def in_words(site: str, product: str | None, day: date, covering: Sequence[CoveringAgreement]) -> str:
    """What covers it, or plainly that nothing does."""
    what = f"{site} and {product}" if product else site
    if not covering:
        return f"no agreement covers {what} on {day}"
    listed = ", ".join(f"{each.kind} {each.number} version {each.version_number}" for each in covering)
    of_gmp = "" if any(each.kind == AgreementKind.quality for each in covering) else "; no quality agreement does"
    return f"{what} on {day}: covered by {listed}{of_gmp}"


def _reaches(version: AgreementVersion, agreement: Agreement, day: date) -> bool:
    """Whether it holds on a day to come, as far as is known now; of one that goes on by itself it does."""
    last = last_day(version, agreement)
    return last is None or day <= last or (_goes_on(version, agreement) and not agreement.ends_on)


def last_day(version: AgreementVersion, agreement: Agreement) -> date | None:
    """The last day of a version, as its agreement stands now; None where it has none.

    What is signed and did not take effect yet says its own; of one in force renewals are counted.
    """
    if agreement.ended_on:
        return agreement.ended_on
    return timeline.last_day(agreement, _says(version, agreement))


def _goes_on(version: AgreementVersion, agreement: Agreement) -> bool:
    return _says(version, agreement).renewal == Renewal.automatic and agreement.ended_on is None


def _says(version: AgreementVersion, agreement: Agreement) -> AgreementVersion | Agreement:
    """Which of them says until when it holds."""
    return version if version.state == VersionState.signed else agreement


def _shown(version: AgreementVersion, agreement: Agreement) -> CoveringAgreement:
    return CoveringAgreement(
        agreement_id=agreement.id,
        number=agreement.number,
        kind=AgreementKind(agreement.kind),
        partner_id=agreement.partner_id,
        version_id=version.id,
        version_number=version.version_number,
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        last_day=last_day(version, agreement),
    )
