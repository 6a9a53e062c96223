"""The clauses that a new agreement is drafted with, as ``catalogue.toml`` has them, and whether facts judge them."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, computed_field

from contracting.clauses.terms import PeriodUnit
from contracting.obligations.told import MOMENTS
from contracts.contracting import ClauseKind, Owes
from serving.shown import Answer

_FILE: Final = Path(__file__).with_name("catalogue.toml")
_JUDGED: Final = frozenset({ClauseKind.deadline, ClauseKind.ahead})


class CatalogueClause(Answer):
    """A clause with its default amounts."""

    code: str
    kind: ClauseKind
    owes: Owes
    words: str
    start: str | None = None
    """What the time is counted from, such as ``Deviation.partner_aware_at``."""
    end: str | None = None
    """What has to have happened by then."""
    amounts: dict[str, int] = Field(default_factory=dict)
    """By class; under "" for every class."""
    unit: PeriodUnit | None = None
    classes: list[str] = Field(default_factory=list)
    """Of which classes it is; empty: of those that have an amount, or of all."""
    statutory: bool = False
    """Whether the law asks for it: then it is never waived."""
    gmp: bool = True
    """Whether it is a matter of GMP: quality waives it then, and else sourcing."""
    source: str
    waits_for: str | None = None
    """The facts without which nobody can judge it yet; null where they exist."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def executed(self) -> bool:
        """Whether it becomes obligations that are judged from facts."""
        return is_executed(self.kind, self.start, self.end)


class Catalogue(Answer):
    """All clauses that a new agreement may be drafted with. The agreement's version decides what holds."""

    version: str
    """Which catalogue it is."""
    clauses: Sequence[CatalogueClause]


def is_executed(kind: ClauseKind, start: str | None, end: str | None) -> bool:
    """Whether a clause is judged: facts tell both of its moments of one subject, and its kind is worked out today."""
    of_one = (start or "").partition(".")[0] == (end or "").partition(".")[0]
    return kind in _JUDGED and of_one and start in MOMENTS and end in MOMENTS


@cache
def defaults() -> Sequence[CatalogueClause]:
    """All clauses of the catalogue in their order."""
    read = tomllib.loads(_FILE.read_text("utf-8"))
    return [CatalogueClause(code=code, **said) for code, said in read.items() if isinstance(said, dict)]


@cache
def version() -> str:
    """Which catalogue it is."""
    return str(tomllib.loads(_FILE.read_text("utf-8"))["version"])
