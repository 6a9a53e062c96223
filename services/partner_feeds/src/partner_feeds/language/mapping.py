"""A mapping: the file's form, what each column holds, and which records a row becomes."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator

from partner_feeds.language.agreement import Roles, what_disagrees, why_not_as
from partner_feeds.language.any_column import PLACEHOLDER
from partner_feeds.language.any_rule import LotRule
from partner_feeds.language.columns import Column, DateColumn, NumberColumn, TextColumn
from partner_feeds.language.head import Head
from partner_feeds.language.places import place_faults
from partner_feeds.language.rules import Rule, TestResultRule
from partner_feeds.language.units import unit_faults
from partner_feeds.language.uses import uses
from partner_feeds.readers.form import FileFormat
from partner_feeds.values.date_formats import letters_of
from partner_feeds.values.numbers import Thousands
from partner_feeds.values.zone_letters import are_of, example_of

Reason = Annotated[str, StringConstraints(min_length=3)]
"""Why a column is not taken: a person must have written something."""


_NAMED_BY_COLUMNS = {
    "unit_column": ("text", TextColumn),
    "sequence_column": ("number", NumberColumn),
    "qualifier_column": ("text", TextColumn),
    "limit_column": ("number", NumberColumn),
}
"""The fields in which a column names another, and what that one holds."""


class Mapping(FileFormat, Head):
    """One version of a mapping of tables."""

    thousands: Thousands = "none"
    """What stands between each three digits of a number, in all columns that do not say their own. For: ``1'240`` and
    ``1 240``; of any other form a number is refused, and never read as another."""
    missing: tuple[str, ...] = ()
    """Cells that mean "no value" besides a blank one. For: ``n/a``, ``-``, ``#N/A``. What says that nothing was
    *found*, as ``ND``, is a result: list it under ``words``."""
    unknown_columns: Literal["refuse", "ignore"] = "refuse"
    """What becomes of a file with a column, or a record of JSON with a value, that the mapping does not name: a new one
    may be a result. For: ``ignore`` where a program adds columns of its own; each is told by name."""
    columns: dict[str, Column] = Field(min_length=1)
    """The columns that are taken, by the names that the header has. Case counts; kinds of white space and of µ do
    not."""
    ignored: dict[str, Reason] = Field(default_factory=dict)
    """Columns that are not taken, each with the reason; of JSON members of the record, or paths in it as
    ``$.result.steps[*].by``, with all below. For: the laboratory's own remarks."""
    ignored_around: dict[str, Reason] = Field(default_factory=dict)
    """What stands around the records of JSON and is not taken: its path from the root of the file, with all below, and
    the reason. For: ``$.samples[*].printed_by`` around ``$.samples[*].results``."""
    skip: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By column: the texts of rows that are left out, as they stand in the file. They are counted. For:
    ``{Type: [QC, Blank, Mean]}``."""
    take: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By column: the texts of rows that are taken; any other row is left out. For: ``{Status: [Approved]}``."""
    lots: dict[str, LotRule] = Field(default_factory=dict)
    """The lots that a row names, each under a name that the records use. For: a batch, and the lot of its active
    substance."""
    records: tuple[Rule, ...] = Field(min_length=1)
    """What a row becomes: each rule makes its records of every row that is taken."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        checks = (
            *(self._unknown_names, self._unused_columns, self._one_id_for_several),
            *(self._zones_in_formats, self._voids_that_never_come),
        )
        faults = [fault for check in checks for fault in check()] + [*place_faults(self), *unit_faults(self)]
        faults = faults or list(what_disagrees(self.columns, self.decimal, self.thousands, self.missing, self.roles))
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @cached_property
    def of_the_file(self) -> dict[str, Column]:
        """The columns that the file has, those among them of which others are put together."""
        found = {name: column for name, column in self.columns.items() if column.in_the_file}
        for column in self.columns.values():
            for part in column.parts:
                if part not in self.columns:
                    found.setdefault(part, TextColumn(holds="text", optional=column.optional))
        return found

    @property
    def roles(self) -> Roles:
        """What the columns are used for."""
        used = list(uses(self.lots, self.records))
        return Roles(
            results=frozenset(name for _, name, names in used if names.is_result),
            plain=frozenset(name for _, name, names in used if names.is_plain_value),
            lots=frozenset(
                name for lot in self.lots.values() for name in PLACEHOLDER.findall(lot.material + lot.number)
            ),
            numbers=_only_columns(lot.number for lot in self.lots.values()),
            tests=_only_columns(rule.test or "" for rule in self.records if isinstance(rule, TestResultRule)),
        )

    def _unknown_names(self) -> Iterator[str]:
        for where, used, names in uses(self.lots, self.records):
            if names.to == "lot":
                if used not in self.lots:
                    yield f"{where}: no lot is called {used!r}; lots are {', '.join(self.lots) or 'none'}"
            elif used not in self.columns:
                yield f"{where}: no column is called {used!r}"
            elif self.columns[used].kind not in names.kinds:
                why = why_not_as(self.columns[used].kind, names.kinds)
                yield f"{where}: the column {used!r} holds {why}"
        for name, column in self.columns.items():
            for part in column.parts:
                named = self.columns.get(part)
                is_text = named is None or named.in_the_file or named.sources in (("above",), ("file_name",))
                if part in self.ignored or not is_text:
                    where = "name a column of the file, of the block above it, or of its name"
                    yield f"columns.{name}.of: {part!r} is ignored, or has no text of its own: {where}"
            for field, (holds, kind) in _NAMED_BY_COLUMNS.items():
                named = getattr(column, field, None)
                if named is not None and not isinstance(self.columns.get(named), kind):
                    yield f"columns.{name}.{field}: no {holds} column is called {named!r}"

    def _one_id_for_several(self) -> Iterator[str]:
        """Columns whose results would have one id: all but the first would be conflicts, row by row."""
        found: dict[tuple[str, str], list[str]] = {}
        for rule in self.records:
            if not isinstance(rule, TestResultRule) or "{value}" in rule.id:
                continue
            for column in rule.tests:
                name = (self.columns[column].name if column in self.columns else None) or column
                found.setdefault((rule.id, name), []).append(column)
            for name, group in rule.replicates.items():
                found.setdefault((rule.id, name), []).append(group.columns[0])
        for (id_, name), columns in found.items():
            if len(columns) > 1:
                yield (
                    f"records: {', '.join(columns)} are all the test {name} under the id {id_}: give each column a "
                    "name of its own, the records an id that differs, or put them together as replicates"
                )

    def _voids_that_never_come(self) -> Iterator[str]:
        """Texts of ``void`` that a column with codes never has: what is withdrawn would stay."""
        for place, rule in enumerate(self.records):
            for name, texts in (rule.void if isinstance(rule, TestResultRule) else {}).items():
                column = self.columns.get(name)
                meanings = set(column.meanings.values()) if isinstance(column, TextColumn) else set()
                if meanings and (never := [text for text in texts if text not in meanings]):
                    yield f"records[{place}].void: {name} is never {', '.join(never)}: write what its codes mean"

    def _zones_in_formats(self) -> Iterator[str]:
        """The letters of a zone in dates: read over, each of them would be of the feed's zone."""
        zone = ZoneInfo(self.time_zone) if self.time_zone else None
        for name, column in self.columns.items():
            for letters in letters_of(column.compiled) if isinstance(column, DateColumn) else ():
                if zone is None or not are_of(letters, zone):
                    other = f", and time_zone {self.time_zone}" if zone else ""
                    yield (
                        f"columns.{name}.format: the dates say {letters}{other}: say which zone it is, as time_zone: "
                        f"{example_of(letters)}"
                    )

    def _unused_columns(self) -> Iterator[str]:
        """Columns that no record uses. Their values would be lost, so somebody must write that this is meant."""
        used: set[str | None] = {name for _, name, names in uses(self.lots, self.records) if names.to != "lot"}
        used |= {*self.skip, *self.take}
        used |= {getattr(column, field, None) for column in self.columns.values() for field in _NAMED_BY_COLUMNS}
        used |= {part for column in self.columns.values() for part in column.parts}
        for name in self.columns:
            if name in self.ignored:
                yield f"ignored.{name}: the column is also under columns; take it or ignore it"
            elif name not in used:
                yield f"columns.{name}: no record uses the column; use it, or move it to ignored with the reason"


def _only_columns(texts: Iterable[str]) -> frozenset[str]:
    """The columns of which each is the whole of a text."""
    return frozenset(text[1:-1] for text in texts if PLACEHOLDER.fullmatch(text))
