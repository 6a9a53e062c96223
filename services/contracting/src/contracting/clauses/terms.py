"""What a clause says, in a form that can be held against facts."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from contracts.contracting import ClauseKind, Owes
from gxp.clocks import Unit
from runtime.bodies import Body, Line, Plain, Words

ClauseCode = Annotated[
    str, StringConstraints(pattern="^[a-z][a-z0-9_]*$", max_length=60), Field(examples=["notify_deviation"])
]
"""By which a clause is known in every agreement and version."""
Moment = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]*(\.[a-z][a-z_]*)?$", max_length=120)]
"""Something that facts tell of, such as ``Deviation.partner_aware_at``."""
PeriodUnit = Literal["hours", "calendar_days", "working_days", "months"]
"""In what a period is counted: the words of ``gxp.clocks.Unit``."""
ClassName = Annotated[str, StringConstraints(max_length=60)]
Amount = Annotated[int, Field(ge=0, le=36_500), Plain]
TIMED = frozenset({ClauseKind.deadline, ClauseKind.ahead, ClauseKind.recurring})


class Clause(Body):
    """One duty: who owes what, from when, and within which time."""

    code: ClauseCode
    kind: ClauseKind = Field(examples=["deadline"])
    owes: Owes = Field(examples=["partner"])
    words: Words | None = None
    """What the agreement says of it, in words."""
    amounts: dict[ClassName, Amount] = Field(
        default_factory=dict, max_length=20, examples=[{"critical": 24, "major": 72}]
    )
    """Within how much, by the class of what it is about; under "" for all classes. A prohibition has none."""
    unit: PeriodUnit | None = Field(None, examples=["hours"])
    """In what the amounts are counted."""
    calendar: Annotated[Line, Field(examples=["SI"])] | None = None
    """Whose public holidays are off, where working days are counted, such as ``SI`` or ``DE-BW``."""
    start: Moment | None = Field(None, examples=["Deviation.partner_aware_at"])
    """What the time is counted from."""
    end: Moment | None = Field(None, examples=["Deviation.sponsor_aware_at"])
    """What has to have happened by then."""
    classes: list[Line] = Field(default_factory=list, max_length=20)
    """Of which classes it is; empty: of those that have an amount, or of all."""
    site_ids: list[UUID] = Field(default_factory=list, max_length=100)
    """At which sites it holds; empty: at all of the version's."""
    product_ids: list[UUID] = Field(default_factory=list, max_length=500)
    """Of which products it holds; empty: of all of the version's."""
    statutory: bool = False
    """The law asks for it: it is never waived."""
    gmp: bool = True
    """It is a matter of GMP: quality waives it, and a quality agreement goes before any other."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind is ClauseKind.prohibition:
            if self.amounts or self.unit:
                raise ValueError("amounts: a prohibition has no time within which it is kept")
        elif not self.amounts or self.unit is None:
            raise ValueError(f"amounts: a clause of kind {self.kind} says within how much, and unit in what")
        if self.unit == Unit.working_days and self.calendar is None:
            raise ValueError("calendar: say by whose public holidays working days are counted, such as SI")
        if self.kind is not ClauseKind.recurring and self.start is None:
            raise ValueError("start: say what the time is counted from, such as Deviation.partner_aware_at")
        if self.kind in TIMED and self.end is None:
            raise ValueError("end: say what has to have happened, such as Deviation.sponsor_aware_at")
        return self
