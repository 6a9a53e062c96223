"""How a file is written: what a mapping says of it before any column."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from partner_feeds.readers.json_paths import ANY, steps_of

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
JSON_LINES = "application/jsonl"
CONTENT_TYPES = {"csv": CSV, "xlsx": XLSX, "json": JSON, "jsonl": JSON_LINES}
"""By the format of the mapping that reads it."""

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
"""What stands between the cells of nearly every table of text, and what it is called."""

_ENCODINGS = re.compile(
    r"utf-8|utf-16|windows-125[0-8]|iso-8859-(?:[1-9]|1[013456])|cp(?:437|850|852|866|932|949)|mac-roman|koi8-r|"
    r"shift_jis|euc-jp|euc-kr|gb18030|big5"
).fullmatch


_KNOWN = (
    "utf-8, utf-16, windows-1250 to -1258, iso-8859-1 to -16, cp437, cp850, cp852, cp866, cp932, cp949, mac-roman, "
    "koi8-r, shift_jis, euc-jp, euc-kr, gb18030, big5"
)


def _one_sign(delimiter: str) -> str:
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"' \r\n":
        fixed = "; columns of fixed width are not read: export the table as CSV" if not delimiter.strip(" ") else ""
        raise ValueError(f'write the one sign that stands between cells, such as ; or a tab ("\\t"){fixed}')
    return delimiter


def _known_encoding(name: str) -> str:
    if not _ENCODINGS(name):
        raise ValueError(f"{name!r} is none of {_KNOWN}")
    return name


def _known_array(path: str) -> str:
    if steps_of(path, many=True)[-1:] == (ANY,):
        raise ValueError(f"{path!r}: write the path of the array itself, without [*] at its end")
    return path


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Limits(_Strict):
    """What a file may hold at most; beyond it a row is refused and memory stays flat."""

    line_bytes: int = Field(default=1_000_000, ge=100, le=10_000_000)
    """Bytes of a line, or of an element of JSON that is a record or holds some. For: a file whose quote never ends."""
    cell_characters: int = Field(default=10_000, ge=10, le=100_000)
    """Characters of a cell. For: a comment field into which somebody pasted a report."""
    columns: int = Field(default=1_000, ge=1, le=10_000)
    """Columns of a row; of a transposed file its rows. For: a sheet that is formatted to its last column."""


class HeaderForm(_Strict):
    """Where the names of the columns stand."""

    row: int | None = Field(default=None, ge=1, le=1_000)
    """The line of the header; without it, it is found by its columns within the first 50 lines. For: a block above the
    table that has the columns' names too."""
    after: str | None = Field(default=None, min_length=1)
    """The first filled cell of the line behind which the header is looked for; ``Group:*`` is any that begins so.
    Labels are then those behind that line first. For: ``[DETAILS]``, where a file has several tables below each
    other."""
    lines: int = Field(default=1, ge=1, le=3)
    """Lines of one header: the names in them are joined by a space, and a blank upper one takes that to its left. For:
    ``Assay;;Water`` above ``Result;Unit;Result``, whose columns are ``Assay Result``, ``Assay Unit``, ``Water
    Result``."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.row is not None and self.after is not None:
            raise ValueError("say the header's row, or after which line it is looked for, not both")
        return self


def _none(given: object) -> object:
    return None if given == "none" else given


class FileFormat(_Strict):
    """How the file is written."""

    format: Literal["csv", "xlsx", "json", "jsonl"] = "csv"
    """jsonl is JSON Lines: a record in each line. For: csv is any table of text, whatever stands between its cells."""
    records_at: Annotated[str, AfterValidator(_known_array)] = "$"
    """Of a JSON file: the path of the array of records, or with ``[*]`` of those in each element of another. For:
    ``{"results": [...]}`` with ``$.results``, and ``{"samples": [{"lot": "L-1", "results": [...]}]}`` with
    ``$.samples[*].results``."""
    sheet: str | None = None
    """Of an XLSX file, the sheet's name; it can be left out where there is only one. For: a workbook with a cover
    sheet."""
    percent_cells: Literal["as_shown", "as_stored"] | None = None
    """Of an XLSX file: ``as_shown`` takes 98.2 of a cell that stores 0.982 and shows 98.2 %, ``as_stored`` 0.982. Where
    nothing is said such a cell is refused. For: an assay column with the number format 0.0 %."""
    delimiter: Annotated[str, AfterValidator(_one_sign)] = ","
    """What stands between the cells of a table of text. A first line ``sep=;`` is read over. For: exports where the
    comma is the decimal sign."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    """utf-8, utf-16, windows-1250 to -1258, iso-8859-1 to -16, a code page (cp437, cp850, cp852, cp866, cp932, cp949),
    mac-roman, koi8-r, shift_jis, euc-jp, euc-kr, gb18030 or big5. A mark at the file's beginning decides over it.
    For: a µ or an umlaut that older programs write."""
    decimal: Literal["point", "comma"] = "point"
    """The decimal sign of all columns that do not say their own. For: ``98,2``."""
    header: Annotated[HeaderForm | None, BeforeValidator(_none)] = HeaderForm()
    """Where the names of the columns stand, or ``none`` where the file has no header: its columns are then known by
    their ``position``. For: a title, an address or a date above the table needs nothing said."""
    first_row: int | None = Field(default=None, ge=1, le=1_000)
    """Where the file has no header, the line of its first row; those above are left out. For: a title above bare
    numbers."""
    short_rows: Literal["refuse", "blank"] = "refuse"
    """What becomes of a row with fewer cells than the header: ``blank`` takes those that it lacks at its end as blank.
    For: a program that drops blank cells at the end of a line."""
    units_row: bool = False
    """The row beneath the header states the columns' units, which are checked against those of the mapping. For:
    ``Lot;Assay;Mass`` above ``;%;mg``."""
    ends_at: tuple[str, ...] = ()
    """First filled cells of the row that ends the table; ``Printed*`` is any that begins so, ``""`` a blank line. The
    rest is left out. For: means and standard deviations, a line *End of report*, signatures."""
    transposed: bool = False
    """The file's columns are the table's rows. For: tests down the page, samples side by side."""
    limits: Limits = Limits()
    """What a row may hold at most; what is larger is refused by row."""
