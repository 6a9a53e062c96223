"""What a column holds: text (perhaps a code of a list), a number with its unit, or a date."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gxp.units import is_unit
from partner_feeds.readers.json_paths import steps_of
from partner_feeds.records.model import LONGEST_CODE, LONGEST_TEXT
from partner_feeds.values.dates import DateFormat
from partner_feeds.values.texts import CannotRead
from partner_feeds.values.units import why_no_unit


def _known_unit(unit: str) -> str:
    if not is_unit(unit):
        raise ValueError(why_no_unit(unit))
    return unit


def _code_list(codes: dict[str, str] | tuple[str, ...]) -> dict[str, str]:
    """A plain list is a crosswalk in which each code means itself."""
    return codes if isinstance(codes, dict) else {code: code for code in codes}


def _one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    if groups != 1:
        raise ValueError("write one group around what is wanted, such as 'results_([0-9-]+)'")
    return pattern


def _known_path(path: str) -> str:
    if not steps_of(path):
        raise ValueError("a path to the whole record is no column: write one such as $.lot")
    return path


_SOURCES = ("position", "path", "above", "file_name", "received")

Codes = Annotated[dict[str, str] | tuple[str, ...], AfterValidator(_code_list)]
Months = Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]


class _Column(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)] | None = None
    """What a test or process value is called in our records; None is the column's own name."""
    required: bool = False
    """No cell of the column may be blank."""
    optional: bool = False
    """The file may lack the column."""
    aliases: tuple[str, ...] = ()
    """Other names that the column has in some files."""
    position: int | None = Field(default=None, ge=1, le=10_000)
    """Its place among the file's columns, from 1, where a name is there twice or there is no header."""
    above: str | None = None
    """Its text is that of the cell to the right of this label, in the block above the table."""
    file_name: Annotated[str, AfterValidator(_one_group)] | None = None
    """Its text is what the one group of this regular expression finds in the file's name."""
    path: Annotated[str, AfterValidator(_known_path)] | None = None
    """Where it stands in a record of JSON, such as ``$.result.value``; None is the member of its own name."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The fields that say where its text comes from, if not from a column of that name."""
        return tuple(name for name in _SOURCES if getattr(self, name, None))

    @property
    def in_the_file(self) -> bool:
        """Whether it is a column of the file, and not said of the whole file."""
        return self.sources in ((), ("position",), ("path",))


class TextColumn(_Column):
    """Text, taken as it is, or translated by a list of codes."""

    holds: Literal["text"]
    codes: Codes | None = None
    """What each of the partner's codes means; any other is refused."""
    longest: int = Field(default=LONGEST_CODE, ge=1, le=LONGEST_TEXT)

    @property
    def kind(self) -> str:
        """What rules may use it for."""
        return "text"


class NumberColumn(_Column):
    """A number. Its unit is given here or in a column of its own, or the source gives none."""

    holds: Literal["number"]
    unit: Annotated[str, AfterValidator(_known_unit)] | None = None
    """UCUM; ``1`` for a number without dimension."""
    unit_column: str | None = None

    @property
    def kind(self) -> str:
        """What rules may use it for: a test result needs a unit, a process value does not."""
        return "number" if self.unit is None and self.unit_column is None else "quantity"


class DateColumn(_Column):
    """A month, a day or an instant: as precise as the format, never more."""

    holds: Literal["date"]
    received: bool = False
    """It is the day on which the file was received, in the feed's zone. It needs no format."""
    format: str = ""
    """Of YYYY YY MMM MM M DD D hh mm ss and Z (the offset), with any signs between: ``MMM.YY``, ``D. M. YYYY``."""
    months: Months | None = None
    """What MMM may be, January first."""
    sequence_column: str | None = None
    """A column with a number that ascends with the time, such as a logger's counter. It decides the hour that comes
    twice when a clock is put back, where order decides it."""
    in_order: bool = False
    """The rows are in the order of this time, which then decides as a sequence column does."""

    @property
    def kind(self) -> str:
        """What rules may use it for."""
        return self.compiled.precision

    @property
    def is_ordered(self) -> bool:
        """Whether something puts the rows in the order of this time."""
        return self.in_order or self.sequence_column is not None

    @property
    def compiled(self) -> DateFormat:
        """The format, ready to read with."""
        return DateFormat("YYYY-MM-DD" if self.received else self.format, self.months)

    def model_post_init(self, context: object) -> None:
        """Refuse a format that can read nothing, at load and not at the first row."""
        if self.received == bool(self.format):
            raise ValueError("give its format, or received: true for the day on which the file came")
        try:
            _ = self.compiled
        except CannotRead as error:
            raise ValueError(str(error)) from error
        if self.is_ordered and (self.kind != "instant" or "Z" in self.format):
            raise ValueError("an order decides local times alone: the format has an hour (hh), and no offset (Z)")
        if self.in_order and self.sequence_column:
            raise ValueError("the order is that of the rows (in_order) or of a sequence_column, not both")


Column = Annotated[TextColumn | NumberColumn | DateColumn, Field(discriminator="holds")]

_KINDS = {
    "text": "text",
    "number": "a number without unit",
    "quantity": "a number with its unit",
    "month": "a month",
    "day": "a day",
    "instant": "an instant",
}
_REMEDIES = {
    ("quantity", "number"): "leave out its unit",
    ("number", "quantity"): "state its unit, 1 for none",
    ("month", "instant"): "its format needs an hour (hh)",
    ("day", "instant"): "its format needs an hour (hh)",
}


def why_not_as(kind: str, wanted: frozenset[str]) -> str:
    """What a column of this kind holds, what is wanted there, and how to come from one to the other."""
    remedies = (_REMEDIES[kind, each] for each in sorted(wanted) if (kind, each) in _REMEDIES)
    reason = f"{_KINDS[kind]}, wanted is {' or '.join(sorted(_KINDS[each] for each in wanted))}"
    return "; ".join([reason, *remedies])
