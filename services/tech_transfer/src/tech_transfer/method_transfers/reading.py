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
from tech_transfer.method_transfers.codes import same_code
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

    One that was tested too early or otherwise than the protocol says, or that comes too late, is refused and stays to
    be seen: of another method, role or stage only where it amends one that is here. Whether an amendment counts that
    is not refused for what it says itself follows from what it amends (``amending.settle``).
    """
    amended = there.get(found.supersedes) if found.supersedes else None
    side, lot, criterion = _side(one, fact), _lot(one, fact), _criterion(one, found)
    otherwise = _otherwise(one, fact, found)
    if side is None or lot is None or criterion is None or (otherwise and amended is None):
        return None
    value, unit_is_known = _value(found, criterion)
    if not await _tested_after(work, one, fact):
        otherwise = Refusal.tested_before_freezing
    elif otherwise is None and found.method_version != one.method_version:
        otherwise = Refusal.other_version
    elif otherwise is None and not unit_is_known:
        otherwise = Refusal.other_unit
    elif otherwise is None and one.state not in TESTING:
        otherwise = Refusal.too_late
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
        refused=otherwise,
        reported_by=BY,
    )
    await mark_invalid(work, [result])
    return result


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


def _otherwise(one: MethodTransfer, fact: ResultsReported, found: EvaluatedResult) -> Refusal | None:
    """Why it is none of the transfer's tests: no original one, of a stability study, or by another method."""
    if found.role is not ResultRole.original:
        return Refusal.not_original
    if fact.stage is TestStage.stability:
        return Refusal.of_stability
    return None if found.method and same_code(found.method, one.method) else Refusal.other_method


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
