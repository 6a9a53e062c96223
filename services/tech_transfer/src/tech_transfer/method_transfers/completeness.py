"""Whether the results that count are those that the protocol plans, neither fewer nor more: pure rules."""

from collections.abc import Iterator, Sequence
from typing import Final

from tech_transfer.method_transfers.judging import TransferSide
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.results import MethodTransferResult

_INSTEAD: Final = (
    "a feed names none: quality invalidates such results by their ids, and then the laboratory reports these runs "
    "itself, or quality amends the protocol to ask for one"
)
Results = Sequence[MethodTransferResult]


def missing(one: MethodTransfer, results: Results) -> list[str]:
    """Of which planned results how many are not there, and whose results are of fewer analysts than planned."""
    fewer = [
        f"{what}: {count} of {one.planned_of_a_lot}"
        for side in TransferSide
        for what, count in _counted(one, results, side)
        if count < one.planned_of_a_lot
    ]
    return fewer + [why for side in TransferSide for why in _few_analysts(one, results, side)]


def surplus(one: MethodTransfer, results: Results) -> list[str]:
    """Of which results more count than are planned: whoever chose among them would test until it passes."""
    return [
        f"{what}: {count} of {one.planned_of_a_lot}"
        for side in TransferSide
        for what, count in _counted(one, results, side)
        if count > one.planned_of_a_lot
    ]


def settle(one: MethodTransfer, results: Results) -> None:
    """Note from which laboratory the planned results are all there."""
    for side in TransferSide:
        settle_side(one, side, results)


def settle_side(one: MethodTransfer, side: TransferSide, results: Results) -> None:
    """The same of one laboratory, by its own results alone."""
    complete = all(count >= one.planned_of_a_lot for _, count in _counted(one, results, side))
    if side is TransferSide.sending:
        one.sending_complete = complete
    else:
        one.receiving_complete = complete


def _counted(one: MethodTransfer, results: Results, side: TransferSide) -> Iterator[tuple[str, int]]:
    """Each attribute of each lot in words, and how many results of a laboratory count."""
    for criterion in one.criteria:
        for lot in one.lots:
            cell = (side, criterion["attribute"], lot["name"])
            count = sum(each.counts and (each.side, each.attribute, each.lot) == cell for each in results)
            yield f"{side} laboratory, {criterion['attribute']} of {lot['name']}", count


def _few_analysts(one: MethodTransfer, results: Results, side: TransferSide) -> Iterator[str]:
    """Each attribute of which a laboratory's results are not known to be of as many analysts as planned.

    A result that names nobody is somebody's, and may be that of any other: of a feed no more is known.
    """
    for criterion in one.criteria:
        attribute = criterion["attribute"]
        of_it = [each for each in results if each.counts and (each.side, each.attribute) == (side, attribute)]
        named = {each.analyst.strip().casefold() for each in of_it if each.analyst}
        if of_it and (known := max(len(named), 1)) < one.analysts:
            yield f"{side} laboratory, {attribute}: {known} of {one.analysts} analysts are known by name; {_INSTEAD}"
