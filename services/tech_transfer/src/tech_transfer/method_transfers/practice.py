"""Whether the sending laboratory is in practice: one that has long not run a method is no measure for another."""

from datetime import date, timedelta
from typing import Final

from contracts.method_transfers import MethodTransferKind
from gxp.clocks import months_later

MONTHS: Final = 24
INSTEAD: Final = "where that is over two years ago, the receiving laboratory revalidates the method instead"


def out_of_practice(kind: MethodTransferKind, last_run_on: date | None, day: date) -> str | None:
    """Why laboratories cannot be compared on a day of UTC; None where they can be, or are not to be (USP <1224>)."""
    if kind is not MethodTransferKind.comparative:
        return None
    if last_run_on is None:
        return f"sending_last_run_on: state when the sending laboratory last tested by the method; {INSTEAD}"
    if last_run_on > day + timedelta(days=1):  # east of UTC tomorrow has begun
        return f"sending_last_run_on: {last_run_on} is yet to come"
    if last_run_on < months_later(day, -MONTHS):
        return f"sending_last_run_on: the sending laboratory last tested by the method on {last_run_on}; {INSTEAD}"
    return None
