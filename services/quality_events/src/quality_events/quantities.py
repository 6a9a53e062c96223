"""Quantities as tables keep them: a value beside its unit, and neither where nobody states one."""

from decimal import Decimal

from contracts import Quantity


def together(value: Decimal | None, unit: str | None) -> Quantity | None:
    """A quantity as it is stored in two columns; None where nobody stated it."""
    return None if value is None or unit is None else Quantity(value=value, unit=unit)


def apart(quantity: Quantity | None) -> tuple[Decimal | None, str | None]:
    """The two columns in which a quantity is stored."""
    return (quantity.value, quantity.unit) if quantity else (None, None)
