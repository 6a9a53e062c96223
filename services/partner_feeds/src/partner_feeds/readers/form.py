"""How a file is written: what a mapping says of it before any column."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from partner_feeds.readers.json_paths import steps_of

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
JSON_LINES = "application/jsonl"
CONTENT_TYPES = {"csv": CSV, "xlsx": XLSX, "json": JSON, "jsonl": JSON_LINES}
"""By the format of the mapping that reads it."""

_ENCODINGS = re.compile(r"utf-8|utf-16|windows-125[0-8]|iso-8859-(?:[1-9]|1[013456])").fullmatch


def _known_encoding(name: str) -> str:
    if not _ENCODINGS(name):
        raise ValueError(f"{name!r} is none of utf-8, utf-16, windows-1250 to -1258, iso-8859-1 to -16")
    return name


def _known_path(path: str) -> str:
    steps_of(path)
    return path


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Limits(_Strict):
    """What a file may hold at most; beyond it a row is refused and memory stays flat."""

    line_bytes: int = Field(default=1_000_000, ge=100, le=10_000_000)
    cell_characters: int = Field(default=10_000, ge=10, le=100_000)
    columns: int = Field(default=1_000, ge=1, le=10_000)


class HeaderForm(_Strict):
    """Where the names of the columns stand."""

    row: int | None = Field(default=None, ge=1, le=1_000)
    """The line of the header; None finds it by its columns, within the first lines."""
    lines: int = Field(default=1, ge=1, le=3)
    """Lines of one header: the names in them are joined by a space, and a blank upper one takes that to its left."""


def _none(given: object) -> object:
    return None if given == "none" else given


class FileFormat(_Strict):
    """How the file is written."""

    format: Literal["csv", "xlsx", "json", "jsonl"] = "csv"
    """jsonl is JSON Lines: a record in each line."""
    records_at: Annotated[str, AfterValidator(_known_path)] = "$"
    """Of a JSON file: the path of the array of records."""
    sheet: str | None = None
    """Of an XLSX file; None where it has only one."""
    percent_cells: Literal["as_shown", "as_stored"] | None = None
    """A cell that stores 0.982 and shows 98.2 %: as_shown takes 98.2, as_stored 0.982. None refuses such a cell."""
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    """A byte order mark at the beginning of the file decides over it."""
    decimal: Literal["point", "comma"] = "point"
    header: Annotated[HeaderForm | None, BeforeValidator(_none)] = HeaderForm()
    """None, written ``none``, where the file has no header: its columns are then known by their positions."""
    units_row: bool = False
    """The row beneath the header states the columns' units, which are checked against those of the mapping."""
    ends_at: tuple[str, ...] = ()
    """First filled cells of the row that ends the table; ``Printed*`` is any that begins so. The rest is left out."""
    transposed: bool = False
    """The file's columns are the table's rows."""
    limits: Limits = Limits()
