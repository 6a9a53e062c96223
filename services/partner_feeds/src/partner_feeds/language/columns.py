"""What a column holds: text (perhaps a code of a list), a number with its unit, or a date."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from gxp.unit_names import known_unit
from partner_feeds.language.any_column import AnyColumn, Cell
from partner_feeds.records.model import LONGEST_CODE, LONGEST_TEXT
from partner_feeds.values.date_formats import Format, compiled_formats
from partner_feeds.values.numbers import DECIMAL_SIGNS, DecimalSign, NumberForm, Thousands
from partner_feeds.values.patterns import checked_pattern
from partner_feeds.values.texts import CannotRead


def _code_list(codes: dict[str, str] | tuple[str, ...]) -> dict[str, str]:
    """A plain list is a crosswalk in which each code means itself."""
    return codes if isinstance(codes, dict) else {code: code for code in codes}


def _one_or_several(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Unit = Annotated[str, AfterValidator(known_unit)]
"""UCUM, and none that looks like another: ``Mg/mL`` is megagrams to UCUM."""
Codes = Annotated[dict[str, str] | tuple[str, ...], AfterValidator(_code_list)]

Months = Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
Formats = Annotated[
    tuple[str, ...], BeforeValidator(_one_or_several, json_schema_input_type=str | tuple[str, ...]), Field(min_length=1)
]


class TextColumn(AnyColumn):
    """Text, taken as it is, or translated by a list of codes."""

    holds: Literal["text"]
    codes: Codes | None = None
    """What each of the partner's codes means, or a list of those that are taken as they are; any other is refused. For:
    ``{REL: release, STAB: stability}``, ``{"% w/w": "%"}``."""
    pattern: Annotated[str, AfterValidator(checked_pattern)] | None = None
    """A regular expression of the whole text, without what looks ahead or back and without ``\\w``; any other text is
    refused. For: lots' numbers of which a spreadsheet made ``2,40117E+05`` or ``Mrz 24``."""
    longest: int = Field(default=LONGEST_CODE, ge=1, le=LONGEST_TEXT)
    """Characters at most. For: a description of a deviation."""

    @property
    def meanings(self) -> dict[str, str]:
        """The codes with what each means; none where the text is taken as it is."""
        return self.codes if isinstance(self.codes, dict) else {}

    @property
    def kind(self) -> str:
        """What rules may use it for."""
        return "text"


class NumberColumn(AnyColumn):
    """A number. Its unit is given here or in a column of its own, or the source gives none.

    A test's result may also be a limit with its sign (``<0,05``), or one of the listed words.
    """

    holds: Literal["number"]
    unit: Unit | None = None
    """UCUM; ``1`` for a number without dimension. A result needs one, here or in a column of its own. For: ``mg/mL``,
    ``[CFU]/g``, ``[IU]/mg``, ``Cel``."""
    unit_column: str | None = None
    """The text column that has each row's unit; what the partner writes otherwise than UCUM stands in its ``codes``.
    For: files with a row for each result."""
    decimal: DecimalSign | None = None
    """Its own decimal sign. For: one column of an otherwise German file that an instrument writes with a point."""
    thousands: Thousands | None = None
    """What stands between each three digits of its numbers. For: counts of cells beside percentages."""
    suffix: Cell | None = None
    """What may stand behind each number. A column in % takes the percent sign without it. For: ``250 mg``."""
    words: dict[str, str] = Field(default_factory=dict)
    """Words in place of a number, each with what it means: not_detected, below_quantitation, too_numerous, ``missing``,
    ``void`` (what was reported before is taken back), or a result in words. A sign before a number, as in ``<0,05`` or
    ``>=99,9``, needs none. For: ``{ND: not_detected, "<LOQ": below_quantitation, Conforms: complies}``."""
    qualifier_column: str | None = None
    """A text column whose codes mean qualifiers, or ``none``. For: the sign in a column of its own."""
    quantitation: Decimal | None = None
    """The limit that a word which means below_quantitation is said of. For: ``<LOQ`` of a method that quantifies from
    0.05."""
    detection: Decimal | None = None
    """The limit that a word which means not_detected is said of. For: ``ND`` of a method that detects from 0.01."""
    limit_column: str | None = None
    """The number column with the limit that a word or a qualifier without a number is said of, in the same unit. For:
    files with ``LOQ`` beside each result."""

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


class DateColumn(AnyColumn):
    """A month, a day or an instant: as precise as the format, never more."""

    holds: Literal["date"]
    received: bool = False
    """It is the day on which the file was received, in the feed's zone. It needs no format. For: a file without any
    date."""
    format: Formats = ()
    """Of YYYY YY MMM MM M DD D hh h mm ss SSS a (AM or PM, also 上午, 午後 or 오전) and Z (the offset), with any signs
    between: ``MMM.YY``, ``D. M. YYYY``. Letters that stand in the date are in quotes: ``hh:mm 'Uhr'``. Or ``iso`` (ISO
    8601, with fractions and offsets), ``excel`` or ``excel-1904`` (the number of the day), ``unix`` or ``unix-ms``
    (seconds or thousandths since 1970). Of several the first that reads a cell counts. A cell of a workbook that is
    stored as a date is read as it is stored, whatever the format. For: ``[D.M.YYYY hh:mm, D.M.YYYY]``."""
    months: Months | None = None
    """What MMM may be, January first, where they are not English or of three letters. For: ``[jan, feb, mar, apr, maj,
    ...]``."""
    sequence_column: str | None = None
    """A column with a number that ascends with the time. It decides the hour that comes twice when a clock is put back,
    where order decides it. For: a logger's counter."""
    in_order: bool = False
    """The rows are in the order of this time, which then decides as a sequence column does. For: a logger without a
    counter."""

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
