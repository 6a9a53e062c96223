"""A mapping: the file's form, what each column holds, and which records a row becomes."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from partner_feeds.language.columns import Column, NumberColumn, TextColumn, why_not_as
from partner_feeds.language.places import place_faults
from partner_feeds.language.rules import LotRule, Rule, TestResultRule, uses
from partner_feeds.readers.form import FileFormat

Reason = Annotated[str, StringConstraints(min_length=3)]
"""Why a column is not taken: a person must have written something."""


_NAMED_BY_COLUMNS = {"unit_column": ("text", TextColumn), "sequence_column": ("number", NumberColumn)}
"""The fields in which a column names another, and what that one holds."""


def _known_zone(name: str | None) -> str | None:
    if name is not None and name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone: write one such as Europe/Ljubljana")
    return name


class Mapping(FileFormat):
    """One version of a mapping."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
    version: int = Field(ge=1, le=2**31 - 1)
    title: str = ""
    missing: tuple[str, ...] = ()
    """Cells that mean "no value" besides a blank one, such as ``n/a``."""
    unknown_columns: Literal["refuse", "ignore"] = "refuse"
    time_zone: Annotated[str | None, AfterValidator(_known_zone)] = None
    """IANA name for times that carry no offset; None is the time zone of the feed's site."""
    columns: dict[str, Column] = Field(min_length=1)
    ignored: dict[str, Reason] = Field(default_factory=dict)
    """Columns that are not taken, each with the reason."""
    skip: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By column: the texts of rows that are left out, as they stand in the file."""
    take: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """By column: the texts of rows that are taken; any other row is left out."""
    lots: dict[str, LotRule] = Field(default_factory=dict)
    """The lots that a row names, each under a name that the records use."""
    records: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        faults = [*self._unknown_names(), *self._unused_columns(), *self._one_id_for_several(), *place_faults(self)]
        if faults:
            raise ValueError("\n".join(faults))
        return self

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
            for field, (holds, kind) in _NAMED_BY_COLUMNS.items():
                named = getattr(column, field, None)
                if named is not None and not isinstance(self.columns.get(named), kind):
                    yield f"columns.{name}.{field}: no {holds} column is called {named!r}"

    def _one_id_for_several(self) -> Iterator[str]:
        """Columns whose results would have one id: all but the first would be conflicts, row by row."""
        found: dict[tuple[str, str], list[str]] = {}
        for rule in self.records:
            for column in rule.tests if isinstance(rule, TestResultRule) and "{value}" not in rule.id else ():
                name = (self.columns[column].name if column in self.columns else None) or column
                found.setdefault((rule.id, name), []).append(column)
        for (id_, name), columns in found.items():
            if len(columns) > 1:
                yield (
                    f"records: {', '.join(columns)} are all the test {name} under the id {id_}: give each column a "
                    "name of its own, or the records an id that differs"
                )

    def _unused_columns(self) -> Iterator[str]:
        """Columns that no record uses. Their values would be lost, so somebody must write that this is meant."""
        used: set[str | None] = {name for _, name, names in uses(self.lots, self.records) if names.to != "lot"}
        used |= {*self.skip, *self.take}
        used |= {getattr(column, field, None) for column in self.columns.values() for field in _NAMED_BY_COLUMNS}
        for name in self.columns:
            if name in self.ignored:
                yield f"ignored.{name}: the column is also under columns; take it or ignore it"
            elif name not in used:
                yield f"columns.{name}: no record uses the column; use it, or move it to ignored with the reason"
