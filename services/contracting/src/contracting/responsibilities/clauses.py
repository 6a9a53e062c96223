"""The clauses of the responsibility matrix: the list that is shipped, and what a sponsor adds to it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from runtime.problems import RuleViolated


class MatrixScope(StrEnum):
    """For which agreements a clause is mandatory, by what they cover."""

    all = "all"
    manufacture = "manufacture"
    laboratory = "laboratory"


class Owner(StrEnum):
    """Who is responsible for what a clause is about."""

    sponsor = "sponsor"
    partner = "partner"
    both = "both"
    not_applicable = "not_applicable"


@dataclass(frozen=True, slots=True)
class Source:
    """Which text asks for a clause."""

    text: str
    places: tuple[str, ...]
    """Where in it. None where nobody has looked them up in the text itself."""


@dataclass(frozen=True, slots=True)
class MatrixClause:
    """One clause of the responsibility matrix."""

    code: str
    group: str
    words: str
    mandatory: MatrixScope | None
    """None: it may stay open."""
    fixed_owner: Owner | None = None
    """Who decides in any case: that cannot be agreed away."""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseList:
    """The clauses that hold for an agreement, in their order."""

    version: int
    clauses: tuple[MatrixClause, ...]

    def __iter__(self) -> Iterator[MatrixClause]:
        return iter(self.clauses)

    def named(self, code: str) -> MatrixClause | None:
        """The clause of this code, if there is one."""
        return next((each for each in self.clauses if each.code == code), None)

    def with_own(self, own: Iterable[MatrixClause]) -> "ClauseList":
        """The list with what the sponsor added behind it. Raises RuleViolated for a code that is taken."""
        added = tuple(own)
        for each in added:
            self.check_own(each.code)
        return ClauseList(self.version, self.clauses + added)

    def check_own(self, code: str) -> None:
        """Raise RuleViolated for a code of this list: a sponsor adds clauses, and changes or removes none of these."""
        if known := self.named(code):
            detail = f"code: {code} is a clause of the list ({known.words}): add another, none of these is replaced"
            raise RuleViolated(detail, fields=["code"])


@cache
def shipped() -> ClauseList:
    """The list as it is shipped."""
    document = _document()
    texts: Mapping[str, Any] = document["sources"]
    clauses = (_clause(group, clause, texts) for group in document["groups"] for clause in group["clauses"])
    return ClauseList(document["version"], tuple(clauses))


@cache
def titles() -> Mapping[str, str]:
    """What each group of the shipped list is called, by its code."""
    return {group["code"]: group["title"] for group in _document()["groups"]} | {OWN: "Added by the sponsor"}


OWN = "own"
"""The group of clauses that the sponsor added."""


@cache
def _document() -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("clauses.toml").read_text("utf-8"))


def _clause(group: Mapping[str, Any], clause: Mapping[str, Any], texts: Mapping[str, Any]) -> MatrixClause:
    fixed = clause.get("fixed_owner")
    named: Mapping[str, Sequence[str]] = {**group["sources"], **clause.get("sources", {})}
    return MatrixClause(
        code=clause["code"],
        group=group["code"],
        words=clause["words"],
        mandatory=MatrixScope(clause.get("mandatory", group["mandatory"])),
        fixed_owner=Owner(fixed) if fixed else None,
        sources=tuple(_source(texts[name], places) for name, places in named.items()),
    )


def _source(text: Mapping[str, Any], places: Sequence[str]) -> Source:
    return Source(text["text"], tuple(places) if text["verified"] else ())
