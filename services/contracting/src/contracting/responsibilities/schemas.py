"""Bodies of requests and answers about the responsibility matrix."""

from collections import Counter
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from contracting.responsibilities.clauses import MatrixScope, Owner
from contracting.responsibilities.model import OwnClauseFields
from contracting.responsibilities.rules import Coverage, View
from runtime.bodies import Body, Line, Words
from serving.shown import Answer, Shown

MatrixCode = Annotated[
    str, StringConstraints(pattern="^[a-z][a-z0-9_]*$", max_length=60), Field(examples=["material_release"])
]
"""By which a clause of the matrix is known."""
OneSide = Literal[Owner.sponsor, Owner.partner]


class StatedCell(Body):
    """Whom a side holds to be responsible for what a clause is about."""

    code: MatrixCode
    owner: Owner = Field(examples=["both"])
    does: OneSide | None = Field(None, examples=["partner"])
    """Of what both are responsible for, who does it."""
    approves: OneSide | None = Field(None, examples=["sponsor"])
    """And who approves it."""
    remark: Words | None = None
    """More of it in words: of a release say who the qualified person is."""
    reason: Words | None = None
    """Why it is not applicable, where it is not."""

    @property
    def view(self) -> View:
        """What it says."""
        return View(self.owner, self.does, self.approves, self.remark, self.reason)


class StateResponsibilities(Body):
    """What a side says of clauses; of those that are not named it says what it said before."""

    cells: list[StatedCell] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if twice := sorted(code for code, count in Counter(each.code for each in self.cells).items() if count > 1):
            raise ValueError(f"cells: {', '.join(twice)} stands there twice: which one is meant?")
        return self


class AddOwnClause(Body):
    """A clause that the sponsor asks for in its quality agreements. Every partner reads it: name none."""

    code: MatrixCode = Field(examples=["nitrosamine_risk"])
    words: Line = Field(examples=["Assessment of the risk of nitrosamines"])
    mandatory: MatrixScope | None = Field(None, examples=["manufacture"])
    """In which agreements it must be settled, by what they cover; null: it may stay open."""


class OwnClauseRead(OwnClauseFields, Shown):
    """A clause that the sponsor added."""


class MatrixSource(Answer):
    """A text that asks for a clause."""

    text: str
    places: list[str]
    """Where in it; empty where nobody has looked that up in the text itself."""


class MatrixClauseRead(Answer):
    """A clause of the responsibility matrix."""

    code: str
    group: str
    """What it belongs to, in words."""
    words: str
    mandatory_for: MatrixScope | None
    """In which agreements it must be settled, by what they cover; null: it may stay open."""
    fixed_owner: Owner | None
    """Who decides in any case, which cannot be agreed away."""
    sources: list[MatrixSource]
    """What asks for it."""


class MatrixList(Answer):
    """All clauses of the responsibility matrix, the sponsor's own behind those of the shipped list."""

    list_version: int
    """Of the shipped list."""
    clauses: list[MatrixClauseRead]
    """All that are asked for, in their order."""


class ResponsibilityView(Answer):
    """What one side says of a clause."""

    owner: Owner
    does: Owner | None
    """Of what both are responsible for, who does it."""
    approves: Owner | None
    """And who approves it."""
    remark: str | None
    reason: str | None
    from_version: int
    """Since which version of the agreement it says so."""


class CellCoverage(MatrixClauseRead):
    """A clause, and how far the two sides are with it."""

    mandatory: bool
    """Whether this agreement must settle it."""
    coverage: Coverage
    """How far they are."""
    sponsor: ResponsibilityView | None
    """What the sponsor says; null: nothing yet."""
    partner: ResponsibilityView | None
    """What the partner says; null: nothing yet."""


class AgreementCoverage(Answer):
    """How far the responsibility matrix of a quality agreement is, clause by clause."""

    agreement_id: UUID
    """The agreement's."""
    agreement_number: str
    """By which people know the agreement."""
    version_id: UUID
    """Of the version of the agreement that is looked at."""
    version_number: int
    """Its number."""
    list_version: int
    """Of the shipped list of clauses."""
    complete: bool
    """Whether both sides name the same owner of every mandatory clause."""
    open_mandatory: list[str]
    """The codes of those where they do not, or not yet."""
    counts: dict[Coverage, int]
    """How many clauses are how far."""
    clauses: list[CellCoverage]
    """Each clause of the list, in its order."""
