"""How a result that sample_tracking tells is read as one of a method transfer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Field, col, select

from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import EvaluatedResult, ResultsReported
from directory import queries as directory
from gxp.units import converted
from runtime.work import Work
from tech_transfer.metadata import INSTANT, Table
from tech_transfer.method_transfers.criteria import Criterion
from tech_transfer.method_transfers.judging import TransferSide
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.protocol import criterion_of
from tech_transfer.method_transfers.results import MethodTransferResult, Refusal
from tech_transfer.method_transfers.terms import TESTING

BY = "service:sample-tracking"


class FoundInvalid(Table, table=True):
    """How the investigation of a result stands; its id is the result's. It may be told before the result."""

    __tablename__ = "found_invalid"

    id: UUID = Field(primary_key=True)
    sequence: int
    invalid_since: datetime | None = Field(default=None, sa_type=INSTANT)


async def result_of(
    work: Work,
    one: MethodTransfer,
    there: Mapping[UUID | None, MethodTransferResult],
    fact: ResultsReported,
    found: EvaluatedResult,
) -> MethodTransferResult | None:
    """The result as it is kept; None where it is none of this transfer's.

    One that amends a result that was taken stands in its place; any other is refused when it was tested too early, by
    another version, or comes too late, and stays to be seen.
    """
    amended = there.get(found.supersedes) if found.supersedes else None
    side, lot, criterion = _side(one, fact), _lot(one, fact), _criterion(one, found)
    if side is None or lot is None or criterion is None or not _is_meant(one, fact, found, amended):
        return None
    value, unit_is_known = _value(found, criterion)
    refused = None if unit_is_known else Refusal.other_unit
    if found.method_version != one.method_version:
        refused = Refusal.other_version
    if not await _tested_after(work, one, fact):
        refused = Refusal.tested_before_freezing
    counted = amended is not None and amended.refused is None
    if refused is None and not counted and one.state not in TESTING:
        refused = Refusal.too_late
    site_id, partner_id = one.laboratory_of(side)
    readers = {partner_id, one.laboratory_partner_id if one.results_released else partner_id} - {None}
    result = MethodTransferResult(
        method_transfer_id=one.id,
        side=side,
        laboratory_site_id=site_id,
        laboratory_partner_id=partner_id,
        parties=sorted(each for each in readers if each),
        lot=lot,
        attribute=criterion.attribute,
        run=amended.run if amended else None,
        replicate=amended.replicate if amended else None,
        value=value,
        qualifier=found.qualified,
        text=found.text,
        tested_at=_written(fact.occurred_at),
        source_result_id=found.result_id,
        supersedes=found.supersedes,
        withdrawn=found.voided,
        refused=refused,
        reported_by=BY,
    )
    await mark_invalid(work, [result])
    return result


def note_amended(result: MethodTransferResult, results: Sequence[MethodTransferResult]) -> None:
    """Note of a result what amends it, where that came first; it is not too late where the result was taken."""
    amending = next((each for each in results if each.supersedes == result.source_result_id), None)
    if amending is None:
        return
    result.superseded_by = amending.source_result_id
    if result.refused is None and amending.refused == Refusal.too_late:
        amending.refused = None
        note_amended(amending, results)


async def mark_invalid(work: Work, results: Sequence[MethodTransferResult]) -> None:
    """Note of results what their investigations found; what quality took out by evidence stays out."""
    ids = [each.source_result_id for each in results if each.source_result_id]
    known = select(FoundInvalid).where(col(FoundInvalid.id).in_(ids)).execution_options(populate_existing=True)
    told = {each.id: each for each in await work.session.scalars(known)} if ids else {}
    for each in results:
        if each.source_result_id in told and not each.invalid_evidence:
            each.invalidated_at = told[each.source_result_id].invalid_since
            each.invalid_because = "its investigation found it invalid" if each.invalidated_at else None


def _side(one: MethodTransfer, fact: ResultsReported) -> TransferSide | None:
    for side in TransferSide:
        if one.laboratory_of(side) == (fact.laboratory_site_id, fact.laboratory_partner_id):
            return side
    return None


def _lot(one: MethodTransfer, fact: ResultsReported) -> str | None:
    return next((each["name"] for each in one.lots if each["lot_id"] == str(fact.lot.id)), None)


def _criterion(one: MethodTransfer, found: EvaluatedResult) -> Criterion | None:
    test = found.read_as or found.test
    return next((criterion_of(each) for each in one.criteria if each["attribute"] == test), None)


def _is_meant(
    one: MethodTransfer, fact: ResultsReported, found: EvaluatedResult, amended: MethodTransferResult | None
) -> bool:
    """Whether it may be of the transfer: an original by its method, and of no stability study."""
    original = found.role is ResultRole.original and fact.stage is not TestStage.stability
    return amended is not None or (original and found.method == one.method)


def _value(found: EvaluatedResult, criterion: Criterion) -> tuple[Decimal | None, bool]:
    """The number in the criterion's unit, and whether that can be said."""
    if found.value is None or criterion.unit is None:
        return found.value, True
    value = converted(found.value, found.unit, criterion.unit)
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return (found.value, False) if value is None else (value, True)


async def _tested_after(work: Work, one: MethodTransfer, fact: ResultsReported) -> bool:
    """Whether it was tested after the criteria were frozen; of a day that is the same nobody can say."""
    tested: Any = fact.occurred_at
    if one.frozen_at is None:
        return False
    if isinstance(tested, datetime):
        return tested > one.frozen_at
    zone = await directory.zone_of(work, fact.laboratory_site_id)
    day = one.frozen_at.astimezone(ZoneInfo(zone) if zone else UTC).date()
    return tested > day if isinstance(tested, date) else bool(tested > f"{day:%Y-%m}")


def _written(moment: Any) -> str:
    return moment.isoformat() if isinstance(moment, date) else str(moment)
