"""What follows for a laboratory's entitlement from how transfers of a method to it ended: pure rules (USP <1224>)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Field, SQLModel, String

from contracts.entitlements import EntitlementStanding as Standing
from contracts.method_transfers import MethodTransferKind as Kind
from contracts.method_transfers import MethodTransferOutcome as Outcome
from sample_tracking.metadata import Table

BY: Final = "service:tech-transfer"
STANDINGS: Final[Mapping[Kind, Standing]] = {
    Kind.comparative: Standing.transferred,
    Kind.covalidation: Standing.validated,
    Kind.revalidation_full: Standing.validated,
    Kind.revalidation_partial: Standing.validated,
    Kind.compendial_verification: Standing.verified,
    Kind.waiver: Standing.waived,
}
"""How a laboratory stands that passed."""


class ToldMethodTransfer(SQLModel):
    """What each fact of a method transfer tells of it."""

    id: UUID = Field(primary_key=True)
    number: str
    transfer_id: UUID
    attempt: int
    method_code: str
    method_version: str
    product_id: UUID
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    kind: Kind = Field(sa_type=String)
    report_digest: str


class KnownMethodTransfer(ToldMethodTransfer, Table, table=True):
    """What is known of an attempt to transfer a method to a laboratory, whichever fact came first."""

    __tablename__ = "known_method_transfer"

    outcome: Outcome = Field(sa_type=String)
    entitled_from: date | None = None
    justification: str | None = None
    signed_by: str | None = None
    suspended_from: date | None = None
    suspended_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A setting that follows from a method transfer."""

    source: UUID
    standing: Standing
    valid_from: date
    proof: str
    proof_digest: str
    reason: str | None
    set_by: str


def following(attempts: Iterable[KnownMethodTransfer]) -> list[Following]:
    """The settings that follow from all that is known of one version of a method and one laboratory, in whatever order
    it became known.

    Of two from one day the one that is set later counts, and facts come in any order: so of a day only the one is set
    that is to count. A failure sets nothing.
    """
    known = [*attempts]
    return [setting for each in sorted(known, key=_in_order) for setting in _of(each, known)]


def _of(one: KnownMethodTransfer, known: Iterable[KnownMethodTransfer]) -> Iterator[Following]:
    entitled, suspended = one.entitled_from, one.suspended_from
    if entitled and not (suspended and suspended <= entitled):
        waived = one.outcome == Outcome.waived
        standing = Standing.waived if waived else STANDINGS[Kind(one.kind)]
        yield _setting(one, standing, entitled, one.justification, one.signed_by or BY)
    if suspended and not any(_comes_after(each, one, suspended) for each in known):
        yield _setting(one, Standing.suspended, suspended, one.suspended_because, BY)


def _comes_after(each: KnownMethodTransfer, one: KnownMethodTransfer, day: date) -> bool:
    """Whether another attempt passed on the day on which this one was suspended."""
    later = each.transfer_id != one.transfer_id or each.attempt > one.attempt
    return later and each.entitled_from == day and not (each.suspended_from and each.suspended_from <= day)


def _setting(one: KnownMethodTransfer, standing: Standing, day: date, reason: str | None, by: str) -> Following:
    return Following(
        source=one.id,
        standing=standing,
        valid_from=day,
        proof=f"{one.number}, attempt {one.attempt}",
        proof_digest=one.report_digest,
        reason=reason,
        set_by=by,
    )


def _in_order(one: KnownMethodTransfer) -> tuple[UUID, int, UUID]:
    return one.transfer_id, one.attempt, one.id
