"""Texts that are put together from a row's cells: ``api-{api_code}``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from partner_feeds.language.rules import PLACEHOLDER
from partner_feeds.records.model import LONGEST_CODE
from partner_feeds.translation.cells import Value

Values = Sequence[Value]
"""A row's values, one per column of the mapping, in the mapping's order."""


class RowFault(ValueError):
    """A row whose cells are each readable, and still do not make a record."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.value = value
        self.reason = reason


def text_of(value: Value) -> str:
    """A value as it stands in an id: 1.0 and 1 are the same number, and the same text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return value.isoformat() if isinstance(value, date) else ""


def filled_in(template: str, slots: Mapping[str, int], longest: int = LONGEST_CODE) -> Callable[[Values], str | None]:
    """Fills the template from a row: None when a cell of it is blank. Placeholders not in ``slots`` are left."""
    columns = [name for name in PLACEHOLDER.findall(template) if name in slots]
    if not columns:
        return lambda values: template
    if template == f"{{{columns[0]}}}":
        only = slots[columns[0]]
        return lambda values: None if values[only] is None else text_of(values[only])
    parts = _parts(template, slots)

    def fill(values: Values) -> str | None:
        words = []
        for part in parts:
            if isinstance(part, str):
                words.append(part)
            elif (value := values[part]) is None:
                return None
            else:
                words.append(text_of(value))
        text = "".join(words)
        if len(text) > longest:
            raise RowFault(columns[0], text, f"put together by the mapping, longer than {longest} characters")
        return text

    return fill


def _parts(template: str, slots: Mapping[str, int]) -> list[str | int]:
    """The template as texts and, for each placeholder, the slot of its column."""
    parts: list[str | int] = []
    end = 0
    for placeholder in PLACEHOLDER.finditer(template):
        if placeholder[1] in slots:
            parts += [template[end : placeholder.start()], slots[placeholder[1]]]
            end = placeholder.end()
    return [part for part in [*parts, template[end:]] if part != ""]


def required_text(
    template: str, slots: Mapping[str, int], purpose: str, longest: int = LONGEST_CODE
) -> Callable[[Values], str]:
    """Fills the template, and raises RowFault naming the blank column."""
    fill = filled_in(template, slots, longest)
    columns = [name for name in PLACEHOLDER.findall(template) if name in slots]

    def require(values: Values) -> str:
        text = fill(values)
        if text is None:
            blank = next(name for name in columns if values[slots[name]] is None)
            raise RowFault(blank, "", f"is blank, and {purpose} is made of it")
        return text

    return require
