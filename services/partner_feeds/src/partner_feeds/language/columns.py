"""What a column holds: text (perhaps a code of a list), a number with its unit, or a date."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from gxp.unit_names import why_no_unit
from partner_feeds.readers.json_paths import steps_of
from partner_feeds.records.model import LONGEST_CODE, LONGEST_TEXT
from partner_feeds.values.date_formats import Format, compiled_formats
from partner_feeds.values.numbers import DECIMAL_SIGNS, DecimalSign, NumberForm, Thousands
from partner_feeds.values.texts import CannotRead

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
"""A column's name inside a text that is put together."""

_WITHOUT_END = re.compile(r"\([^()]*(?:[+*|]|\{[0-9]*,[0-9]*\})[^()]*\)(?:[+*]|\{)")
"""In a regular expression: what takes longer with each character, up to years for a short text that does not match."""

Cell = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
"""What a mapping says in place of a cell."""


def _known_unit(unit: str) -> str:
    if reason := why_no_unit(unit):
        raise ValueError(reason)
    return unit


def _code_list(codes: dict[str, str] | tuple[str, ...]) -> dict[str, str]:
    """A plain list is a crosswalk in which each code means itself."""
    return codes if isinstance(codes, dict) else {code: code for code in codes}


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    if _WITHOUT_END.search(pattern):
        raise ValueError("a group with a repetition or a choice in it is itself repeated, and may never come to an end")
    return pattern


def _one_or_several(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


def _one_group(pattern: str) -> str:
    if re.compile(_pattern(pattern)).groups != 1:
        raise ValueError("write one group around what is wanted, such as 'results_([0-9-]+)'")
    return pattern


def _known_path(path: str) -> str:
    if not steps_of(path):
        raise ValueError("a path to the whole record is no column: write one such as $.lot")
    return path


_SOURCES = ("position", "path", "above", "file_name", "received", "constant", "of")

Unit = Annotated[str, AfterValidator(_known_unit)]
"""UCUM, and none that looks like another: ``Mg/mL`` is megagrams to UCUM."""
Codes = Annotated[dict[str, str] | tuple[str, ...], AfterValidator(_code_list)]

Months = Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
Formats = Annotated[tuple[str, ...], BeforeValidator(_one_or_several), Field(min_length=1)]


class _Column(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)] | None = None
    """What a test or process value is called in our records; None is the column's own name."""
    required: bool = False
    """No cell of the column may be blank."""
    optional: bool = False
    """The file may lack the column."""
    missing: tuple[str, ...] = ()
    """Cells that mean "no value", besides those that mean it in every column."""
    default: Cell | None = None
    """What a blank cell means: a text in our words, a number or a date as the column writes it."""
    constant: Cell | None = None
    """What every row has, where the file has no such column."""
    of: Cell | None = None
    """Other columns of the file from whose text this one's is put together: ``"{Date} {Time}"``."""
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

    def model_post_init(self, context: object) -> None:
        """Refuse what excludes one another."""
        if self.constant is not None and self.default is not None:
            raise ValueError("a constant is the same in each row: it goes with no default")
        if self.of is not None and not self.parts:
            raise ValueError('of names columns of the file in braces, such as of: "{Date} {Time}"')

    @property
    def parts(self) -> list[str]:
        """The columns of the file that it is put together of."""
        return PLACEHOLDER.findall(self.of or "")

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
    pattern: Annotated[str, AfterValidator(_pattern)] | None = None
    """A regular expression of the whole text, such as that of the lots' numbers; any other text is refused."""
    longest: int = Field(default=LONGEST_CODE, ge=1, le=LONGEST_TEXT)

    @property
    def meanings(self) -> dict[str, str]:
        """The codes with what each means; none where the text is taken as it is."""
        return self.codes if isinstance(self.codes, dict) else {}

    @property
    def kind(self) -> str:
        """What rules may use it for."""
        return "text"


class NumberColumn(_Column):
    """A number. Its unit is given here or in a column of its own, or the source gives none.

    A test's result may also be a limit with its sign (``<0,05``), or one of the listed words.
    """

    holds: Literal["number"]
    unit: Unit | None = None
    """UCUM; ``1`` for a number without dimension."""
    unit_column: str | None = None
    decimal: DecimalSign | None = None
    """None is what the mapping says of all columns; so with thousands."""
    thousands: Thousands | None = None
    suffix: Cell | None = None
    """What may stand behind each number, such as its unit. A column in % takes the percent sign without it."""
    words: dict[str, str] = Field(default_factory=dict)
    """Words in place of a number: a qualifier such as not_detected, ``missing``, ``void`` (what was reported before is
    taken back), or a result in words."""
    qualifier_column: str | None = None
    """A column whose codes mean qualifiers, or ``none``."""
    quantitation: Decimal | None = None
    """The limit that a word which means below_quantitation is said of."""
    detection: Decimal | None = None
    """The limit that a word which means not_detected is said of."""
    limit_column: str | None = None
    """The limit that a word or a qualifier without a number is said of, row by row."""

    @property
    def kind(self) -> str:
        """What rules may use it for: a test result needs a unit, a process value does not."""
        return "number" if self.unit is None and self.unit_column is None else "quantity"

    @property
    def is_plain(self) -> bool:
        """Whether it holds nothing but numbers."""
        return not self.words and self.qualifier_column is None

    def form(self, decimal: DecimalSign, thousands: Thousands) -> NumberForm:
        """How its numbers are written, given what the mapping says of all columns."""
        sign = DECIMAL_SIGNS[self.decimal or decimal]
        return NumberForm(sign, self.thousands or thousands, self.unit, self.suffix)


class DateColumn(_Column):
    """A month, a day or an instant: as precise as the format, never more."""

    holds: Literal["date"]
    received: bool = False
    """It is the day on which the file was received, in the feed's zone. It needs no format."""
    format: Formats = ()
    """Of YYYY YY MMM MM M DD D hh h mm ss SSS a (AM or PM) and Z (the offset), with any signs between: ``MMM.YY``,
    ``D. M. YYYY``. Letters that stand in the date are in quotes: ``hh:mm 'Uhr'``. Or ``iso``, or ``excel`` (the number
    of the day). Of several the first that reads a cell counts."""
    months: Months | None = None
    """What MMM may be, January first."""
    sequence_column: str | None = None
    """A column with a number that ascends with the time, such as a logger's counter. It decides the hour that comes
    twice when a clock is put back, where order decides it."""
    in_order: bool = False
    """The rows are in the order of this time, which then decides as a sequence column does."""

    @property
    def kind(self) -> str:
        """What rules may use it for: of several formats, what the least precise gives."""
        return self.compiled.precision

    @property
    def is_ordered(self) -> bool:
        """Whether something puts the rows in the order of this time."""
        return self.in_order or self.sequence_column is not None

    @property
    def compiled(self) -> Format:
        """The formats, ready to read with."""
        return compiled_formats(("YYYY-MM-DD",) if self.received else self.format, self.months)

    def model_post_init(self, context: object) -> None:
        """Refuse a format that can read nothing, at load and not at the first row."""
        super().model_post_init(context)
        if self.received == bool(self.format):
            raise ValueError("give its format, or received: true for the day on which the file came")
        try:
            compiled = self.compiled
        except CannotRead as error:
            raise ValueError(str(error)) from error
        if self.is_ordered and (self.kind != "instant" or compiled.has_offset):
            raise ValueError("an order decides local times alone: the format has an hour (hh), and no offset (Z)")
        if self.in_order and self.sequence_column:
            raise ValueError("the order is that of the rows (in_order) or of a sequence_column, not both")


Column = Annotated[TextColumn | NumberColumn | DateColumn, Field(discriminator="holds")]
