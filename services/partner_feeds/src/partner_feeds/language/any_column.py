"""What any column of a mapping may say: what it is called, where its text comes from, and what a blank cell means."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from partner_feeds.readers.json_paths import steps_of
from partner_feeds.records.model import LONGEST_CODE, LONGEST_TEXT
from partner_feeds.values.patterns import pattern_of_one_group

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
"""A column's name inside a text that is put together."""

Cell = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
"""What a mapping says in place of a cell."""


def _known_around(path: str) -> str:
    steps_of(path, many=True)
    return path


def _known_path(path: str) -> str:
    if not steps_of(path):
        raise ValueError("a path to the whole record is no column: write one such as $.lot")
    return path


_SOURCES = ("position", "path", "around", "above", "file_name", "received", "constant", "of")


class AnyColumn(BaseModel):
    """What any column may say."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)] | None = None
    """What a test or process value is called in our records, where it is not the column's own name. For: ``Gehalt
    [%]``, which the specification calls ``assay``."""
    required: bool = False
    """No cell of the column may be blank. For: a lot's number."""
    optional: bool = False
    """The file may lack the column, or its label or part of the file's name; what is there must be readable. No rows
    are chosen by it. For: a test that is done once a quarter."""
    missing: tuple[str, ...] = ()
    """Cells that mean "no value", besides those that mean it in every column. For: ``0`` in a column of retests."""
    default: Cell | None = None
    """What a blank cell means: a text in our words, a number or a date as the column writes it. For: a role that is
    filled for retests only, ``default: original``."""
    fill_down: bool = False
    """A blank cell, or a mark such as ditto, means what stands in the column above it. For: a report that writes a lot
    once, beside the first of its results."""
    constant: Cell | None = None
    """What every row has, where the file has no such column. For: a laboratory that tests one product."""
    of: Cell | None = None
    """Other columns from whose text this one's is put together, also such of ``above`` or ``file_name``. For: a date
    and a time in two cells, ``"{Date} {Time}"``, or a sign and a number, ``"{Sign}{Value}"``, of which the time and
    the sign may be blank."""
    part: Annotated[str, AfterValidator(pattern_of_one_group)] | None = None
    """Its text is what the one group of this regular expression finds in the cell, all of which it must match. With
    ``of`` several columns take their parts of one cell. For: ``98.2 % *`` with ``'([0-9.]+) %(?: \\*)?'`` and ``of:
    "{Result}"``, ``95.0 - 105.0`` as two limits, a lot that ends in ``-R1``. Another number beside the one that is
    taken must be written out: ``'([0-9.]+) - [0-9.]+'``, and not ``'([0-9.]+).*'``."""
    aliases: tuple[str, ...] = ()
    """Other names that the column has in some files. For: a LIMS that exports in its user's language."""
    position: int | None = Field(default=None, ge=1, le=10_000)
    """Its place among the file's columns, from 1. For: a header with ``Result`` twice (give the column any name, and
    its place and ``aliases: [Result]``), or none."""
    above: str | None = None
    """Its text is that of the cell to the right of this label, or behind its colon, in the block above the table. For:
    ``Batch No.: 26-0117`` in the head of a certificate."""
    file_name: Annotated[str, AfterValidator(pattern_of_one_group)] | None = None
    """Its text is what the one group of this regular expression finds in the file's name. For: ``results_26-0117.csv``
    with ``'results_(.+)\\.csv'``."""
    path: Annotated[str, AfterValidator(_known_path)] | None = None
    """Where it stands in a record of JSON, where it is not the member of its own name. For: ``$.result.value``,
    ``$.approvals[0].at``."""
    around: Annotated[str, AfterValidator(_known_around)] | None = None
    """Where it stands around the records of JSON, from the root of the file, with ``[*]`` for the element that a record
    lies in. For: ``$.lot`` beside ``$.results``, or ``$.samples[*].lot`` around ``$.samples[*].results``."""

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
        return self.sources in ((), ("position",), ("path",), ("around",))
