"""What each side said of a clause of the responsibility matrix, and the clauses that the sponsor added."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, String

from contracting.agreement_versions.terms import Party
from contracting.metadata import Table
from contracting.responsibilities.clauses import OWN, MatrixClause, MatrixScope, Owner
from contracting.responsibilities.rules import View
from contracts import Role
from runtime.lifecycle import transition
from runtime.work import Versioned

QUALITY: Final = frozenset({Role.quality})


class Responsibility(Versioned, Table, table=True):
    """Whom one side holds to be responsible for what a clause is about. It is written while both sides look at the
    version, and stays as it is from the first consent on."""

    __tablename__ = "responsibility"
    __table_args__ = (UniqueConstraint("version_id", "code", "side"),)

    version_id: UUID = Field(foreign_key="agreement_version.id")
    code: str
    side: Party = Field(sa_type=String)
    owner: Owner = Field(sa_type=String)
    does: Owner | None = Field(default=None, sa_type=String)
    approves: Owner | None = Field(default=None, sa_type=String)
    remark: str | None = None
    reason: str | None = None
    stated_by: str
    list_version: int = 0
    """Of the shipped list of clauses, as it was then."""

    @property
    def view(self) -> View:
        """What it says."""
        return View(Owner(self.owner), _side(self.does), _side(self.approves), self.remark, self.reason)

    def say(self, view: View, by: str, list_version: int) -> None:
        """The side says something else, or the same again."""
        self.owner, self.does, self.approves = view.owner, view.does, view.approves
        self.remark, self.reason, self.stated_by, self.list_version = view.remark, view.reason, by, list_version


class OwnClauseState(StrEnum):
    """Whether a clause of the sponsor's own is asked for."""

    asked = "asked"
    retired = "retired"


class OwnClauseFields(SQLModel):
    """What readers see of a clause that the sponsor added."""

    code: str = Field(unique=True)
    words: str
    mandatory: MatrixScope | None = Field(default=None, sa_type=String)
    """In which agreements it must be settled, by what they cover; null: it may stay open."""
    state: OwnClauseState = Field(default=OwnClauseState.asked, sa_type=String)
    retirement_reason: str | None = None
    """Why it is not asked for any more."""


class OwnClause(OwnClauseFields, Versioned, Table, table=True):
    """A clause that the sponsor asks for beside those of the shipped list, in every quality agreement."""

    __tablename__ = "own_clause"

    @transition(source={OwnClauseState.asked}, target=OwnClauseState.retired, by=QUALITY)
    def retire(self, reason: str) -> None:
        """It is not asked for any more; where it was settled it stays."""
        self.retirement_reason = reason

    @property
    def clause(self) -> MatrixClause:
        """As a clause of the matrix."""
        return MatrixClause(self.code, OWN, self.words, MatrixScope(self.mandatory) if self.mandatory else None)


def _side(given: Owner | str | None) -> Owner | None:
    return Owner(given) if given else None
