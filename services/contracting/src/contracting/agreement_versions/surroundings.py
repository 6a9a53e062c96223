"""What a version is held against: its agreement, the versions before it, what is above it, and which day it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from contracting.agreement_versions.model import AgreementVersion, terms_of
from contracting.agreement_versions.precedence import Agreed, ClauseStanding, contradictions
from contracting.agreement_versions.readiness import Latest, Master, Surroundings
from contracting.agreement_versions.schemas import VersionState
from contracting.agreements import timeline
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import OPEN
from contracting.responsibilities.queries import open_cells
from contracting.settings import sponsor_zone
from contracts.contracting import AgreementKind
from runtime.problems import NotFound
from runtime.work import Work

SIGNED: Final = frozenset({VersionState.signed, VersionState.effective, VersionState.ended})
_OWN_SITES = "SELECT id FROM known_site WHERE partner_id = $1 AND id = ANY ($2::uuid[])"
_ZONES = "SELECT DISTINCT time_zone FROM known_site WHERE partner_id = $1 AND (id = ANY ($2) OR $2 = '{}')"


async def visible(work: Work, agreement_id: UUID) -> Agreement:
    """The agreement, as it is read. Raises NotFound, also for who is no party to it."""
    agreement = await work.session.get(Agreement, agreement_id)
    if agreement is None:
        raise NotFound("agreement", agreement_id)
    return agreement


async def visible_version(work: Work, version_id: UUID) -> AgreementVersion:
    """The version, as it is read. Raises NotFound, also for who may not read it."""
    version = await work.session.get(AgreementVersion, version_id)
    if version is None:
        raise NotFound("agreement version", version_id)
    return version


async def locked(work: Work, agreement_id: UUID) -> Agreement:
    """The agreement, before what belongs to it: nothing else is decided of it until this transaction ends.

    Raises NotFound, also for who is no party to it.
    """
    await work.session.flush()
    agreement = await work.session.get(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    if agreement is None:
        raise NotFound("agreement", agreement_id)
    return agreement


async def locked_version(work: Work, version_id: UUID) -> AgreementVersion:
    """The version, its agreement locked before it. Raises NotFound, also for who may not read it."""
    await locked(work, (await visible_version(work, version_id)).agreement_id)
    return await work.get(AgreementVersion, version_id)


async def latest_signed(work: Work, agreement_id: UUID) -> AgreementVersion | None:
    """The last version of an agreement that both sides signed, in force or to come."""
    query = select(AgreementVersion).where(
        AgreementVersion.agreement_id == agreement_id, col(AgreementVersion.state).in_(SIGNED)
    )
    found: AgreementVersion | None = await work.session.scalar(
        query.order_by(col(AgreementVersion.effective_from).desc()).limit(1)
    )
    return found


async def surroundings(work: Work, content: Any, partner_id: UUID, agreement: Agreement) -> Surroundings:
    """What something that is to be a version of an agreement is held against, as it is now."""
    latest = await latest_signed(work, agreement.id)
    return Surroundings(
        today=await latest_day(work, partner_id, content.site_ids),
        latest=Latest(latest.id, latest.version_number, latest.effective_from) if latest else None,
        last_day=timeline.final_day(agreement),
        ended=agreement.state not in OPEN,
        master=await _master(work, agreement.parent_id),
        stand_alone_reason=agreement.stand_alone_reason,
    )


async def of_version(work: Work, version: AgreementVersion) -> Surroundings:
    """What a version is held against, as it is now."""
    agreement = await work.session.get_one(Agreement, version.agreement_id)
    around = await surroundings(work, version, version.partner_id, agreement)
    others = await others_signed(work, version.partner_id, version.agreement_id)
    found = contradictions(version.kind, terms_of(version), others)
    undecided = [each for each in found if each.standing is ClauseStanding.equal]
    known = await work.connection.fetch(_OWN_SITES, version.partner_id, version.site_ids)
    foreign = sorted(str(each) for each in {*version.site_ids} - {row["id"] for row in known})
    cells = await open_cells(work, version)
    return replace(around, open_cells=cells, undecided=undecided, foreign_sites=foreign)


async def latest_day(work: Work, partner_id: UUID, site_ids: Sequence[UUID]) -> date:
    """The latest local day of the sponsor and of these sites of the partner's, or of all where none is named."""
    rows = await work.connection.fetch(_ZONES, partner_id, list(site_ids))
    zones = [sponsor_zone(), *(ZoneInfo(row["time_zone"]) for row in rows if row["time_zone"])]
    return max(work.now.astimezone(zone).date() for zone in zones)


async def others_signed(work: Work, partner_id: UUID, agreement_id: UUID) -> list[Agreed]:
    """What the other agreements with a partner say that are signed or in force."""
    query = (
        select(AgreementVersion)
        .join(Agreement, col(Agreement.id) == col(AgreementVersion.agreement_id))
        .where(
            AgreementVersion.partner_id == partner_id,
            AgreementVersion.agreement_id != agreement_id,
            col(AgreementVersion.state).in_(SIGNED),
            col(Agreement.state).in_(OPEN),
        )
    )
    versions = await work.session.scalars(query.order_by(col(AgreementVersion.id)))
    return [Agreed(each.agreement_number, AgreementKind(each.kind), terms_of(each)) for each in versions]


async def _master(work: Work, parent_id: UUID | None) -> Master | None:
    parent = await work.session.get(Agreement, parent_id) if parent_id else None
    if parent is None:
        return None
    signed = await latest_signed(work, parent.id) is not None
    return Master(parent.number, ended=parent.state not in OPEN, signed=signed)
