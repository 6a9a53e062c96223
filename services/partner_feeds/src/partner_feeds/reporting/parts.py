"""Parts of a partner's record as our facts hold them, or why one cannot be taken."""

from decimal import Decimal

from contracts import Quantity, check_code
from contracts.partner_feeds import MaterialLot, ProcessValue
from partner_feeds.records.model import Amount, BatchCompletion, BatchStart, MaterialUsed, NamedValue


class Unresolved(ValueError):
    """A record that speaks of what is not known here, or cannot be. ``part`` is what of it, such as site."""

    def __init__(self, part: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.part, self.value, self.reason = part, value, reason


def must_be_plain(part: str, code: str) -> None:
    """Raise Unresolved for a number or code that looks like another one: it would quietly be another lot."""
    try:
        check_code(code)
    except ValueError as error:
        raise Unresolved(part, code, str(error)) from error


def quantity(record: BatchStart | BatchCompletion, part: str) -> Quantity | None:
    """A batch's size, in whatever unit. Raises Unresolved for one that no batch has."""
    amount: Amount | None = getattr(record, part)
    if amount is not None and amount.value <= 0:
        raise Unresolved(
            part, str(amount.value), "a batch's quantity is more than 0; leave it blank where it is unknown"
        )
    return None if amount is None else Quantity(value=amount.value, unit=amount.unit)


def yield_of(record: BatchCompletion) -> Decimal | None:
    """A batch's yield in per cent. Raises Unresolved for less than nothing."""
    if record.yield_percent is not None and record.yield_percent < 0:
        raise Unresolved(
            "yield_percent", str(record.yield_percent), "a yield is 0 % or more; leave it blank where it is unknown"
        )
    return record.yield_percent


def process_values(values: tuple[NamedValue, ...]) -> tuple[ProcessValue, ...]:
    """Named values, each a number or a text."""
    return tuple(
        ProcessValue(name=each.name, value=each.value, unit=each.unit)
        if isinstance(each.value, Decimal)
        else ProcessValue(name=each.name, text=each.value, unit=each.unit)
        for each in values
    )


def used_lot(used: MaterialUsed) -> MaterialLot:
    """A lot that went in. Raises Unresolved for one that looks like another."""
    must_be_plain("", used.material)
    must_be_plain("", used.number)
    return MaterialLot(material=used.material, number=used.number)
