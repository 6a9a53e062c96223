"""Which batches are asked about, and whether something can have given warning of a deviation: pure rules."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from runtime.problems import RuleViolated
from tech_transfer.foretold.model import KnownBatch, KnownDeviation
from tech_transfer.transfers.part import OfTransfer

FIRST_BATCHES: Final = 10
"""How many batches at the receiving site are asked about, beside the transfer's own: in them a process shows what its
transfer left open."""


def first_batches(batches: Iterable[KnownBatch], began: date, own: Collection[UUID] = ()) -> list[KnownBatch]:
    """The first batches that began on a day or later, in their order, and all of them that are a transfer's own.

    ``own`` are the lots that it names. One whose beginning was not told began when it was made at the latest.
    """
    dated = [(each.started_on or each.made_on, each.lot_number, each) for each in batches]
    since = sorted(
        ((day, lot, str(each.id), each) for day, lot, each in dated if day and day >= began), key=lambda row: row[:3]
    )
    first = {*[row[3].lot_id for row in since if row[3].lot_id not in own][:FIRST_BATCHES]}
    return [row[3] for row in since if row[3].lot_id in first or row[3].lot_id in own]


def unlinked(
    deviations: Iterable[KnownDeviation], batches: Sequence[KnownBatch], linked: Iterable[UUID]
) -> list[tuple[KnownDeviation, list[str]]]:
    """The deviations of these batches of which nobody has said what gave warning, the oldest first, each with the
    numbers of its lots. One that was cancelled was none."""
    number_of, known = {each.lot_id: each.lot_number for each in batches}, set(linked)
    asked = [
        (each, sorted(number_of[lot] for lot in each.lot_ids if lot in number_of))
        for each in deviations
        if not each.cancelled and each.id not in known
    ]
    return sorted(((each, lots) for each, lots in asked if lots), key=lambda row: (row[0].aware_at, row[0].number))


def refuse_unfit(about: OfTransfer, began: date, deviation: KnownDeviation) -> None:
    """Raise RuleViolated where a record of a transfer cannot have given warning of a deviation."""
    if deviation.site_id != about.receiving_site_id:
        why = f"deviation_id: {deviation.number} is of another site than the receiving one of {about.transfer_number}"
    elif deviation.product_id not in (None, about.product_id):
        why = f"deviation_id: {deviation.number} is of another product than {about.transfer_number} hands over"
    elif deviation.cancelled:
        why = f"deviation_id: {deviation.number} was found to be no deviation"
    elif deviation.aware_at.date() < began:
        why = f"deviation_id: {deviation.number} was known before {about.transfer_number} began"
    else:
        return
    raise RuleViolated(why, fields=["deviation_id"])
