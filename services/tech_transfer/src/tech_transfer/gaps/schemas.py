"""Bodies of requests and answers about gaps."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Classification, Day
from contracts.transfer_gaps import GapCategory
from gxp.units import converted
from runtime.bodies import Body, Digest, Line, Plain, Reason, Words
from serving.shown import Answer
from tech_transfer.foretold.schemas import Foretold
from tech_transfer.gaps.terms import GapState, SearchState
from tech_transfer.measured import MeasuredUnit
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class GapSide(Body):
    """What is so at one of the two sites: in words, or a value with its unit, or both."""

    words: Line | None = Field(None, examples=["600 L bin blender"])
    value: Annotated[Decimal | None, Field(max_digits=30, examples=["1.2"]), Plain] = None
    unit: MeasuredUnit | None = Field(None, examples=["m/s"])
    """UCUM."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.value is None) != (self.unit is None):
            raise ValueError("value and unit go together; of a pure number the unit is 1")
        if self.value is None and self.words is None:
            raise ValueError("words: say what is so at this site, in words or as a value with its unit")
        return self


class Mitigation(Body):
    """What is done about a gap, by whom, and until when."""

    mitigation: Words = Field(examples=["Blend longer; show uniformity on an engineering batch"])
    owner: Line = Field(examples=["Ana Novak"])
    due_on: Day = Field(examples=["2036-04-30"])


class IdentifyGap(Body):
    """In what the receiving site differs. What is done about it can be said with it, or later."""

    transfer_id: UUID
    category: GapCategory = Field(examples=["scale"])
    what: Line = Field(examples=["Tip speed of the granulator"])
    """In what the two sites differ, in one line."""
    sending: GapSide
    receiving: GapSide
    severity: Classification = Field(examples=["major"])
    """How serious the gap is: minor, major or critical."""
    proposed: Mitigation | None = None

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        here, there = self.sending, self.receiving
        if here.value is None or there.value is None:
            if here.value is not None or there.value is not None:
                raise ValueError("receiving: give both sites as values with units, or both in words")
            return self
        if converted(there.value, there.unit or "", here.unit or "") is None:
            why = f"{there.unit} does not measure what {here.unit} measures"
            raise ValueError(f"receiving.unit: {why}: give both values in units of one kind")
        if not here.value:
            raise ValueError("sending.value: nothing is a multiple of 0: say it in words")
        return self


class RateGap(Reason):
    """How serious it is, and why."""

    severity: Classification = Field(examples=["critical"])
    """How serious the gap is from now on: minor, major or critical."""


class CloseGap(Body):
    """The SHA-256 digest of what shows that it is mitigated."""

    evidence: Digest = Field(examples=["0b" * 32])


class AcceptGap(Body):
    """What is left of it, and why that is a risk one can take."""

    residual_risk: Words = Field(examples=["Blending takes 4 min longer; uniformity is within 2 % in three batches"])


class EndorseGap(AcceptGap):
    """What is left of a critical gap, and of one that is mitigated what shows it."""

    evidence: Digest | None = Field(None, examples=["0b" * 32])
    """None: it is not closed by evidence, and what is left is accepted."""


class GapFields(OfTransfer):
    """What readers see of a gap as it is stored."""

    gap_number: str
    state: GapState = Column(default=GapState.identified, sa_type=String)
    category: GapCategory = Column(sa_type=String)
    what: str
    """In what the two sites differ, in one line."""
    sending: Any = Column(sa_type=JSONB)
    receiving: Any = Column(sa_type=JSONB)
    severity: Classification = Column(sa_type=String)
    """How serious the gap is: minor, major or critical."""
    was_critical: bool = False
    """Whether it was critical once: two people end it, whatever it is by then."""
    identified_by: str
    mitigation: str | None = None
    mitigation_by: str | None = None
    """Who proposed it."""
    owner: str | None = None
    due_on: date | None = None
    sending_agreed_by: str | None = None
    sending_agreed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    receiving_agreed_by: str | None = None
    receiving_agreed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    residual_risk: str | None = None
    evidence: str | None = None
    endorsed_by: str | None = None
    """The sponsor's MSAT, who signed the end of a critical one first."""
    endorsed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the sponsor's MSAT signed; null before that."""
    ended_by: str | None = None
    ended_at: datetime | None = Column(default=None, sa_type=INSTANT)


class GapSideRead(Answer):
    """What is so at one of the two sites."""

    words: str | None
    value: Decimal | None
    unit: str | None


class GapRead(GapFields, PartRead):
    """A gap as its readers see it."""

    sending: GapSideRead
    receiving: GapSideRead
    ratio: Decimal | None
    """The receiving site's value by the sending one's, in one unit; with 12 significant digits where it has more. Null
    where they are no numbers, or their scale has no multiples."""
    exact_ratio: str | None
    """The same as a fraction in its lowest terms, such as 5/4."""
    ratio_unjudged: str | None
    """Why two values have no ratio; null where they have one, or are in words."""


class GapDetail(GapRead):
    """A gap, and the deviations that it gave warning of."""

    foretold: Sequence[Foretold]
    """At the receiving site. The sponsor and the receiving unit read of them, and nobody else."""


class NoteSearch(Body):
    """That the two sites were compared in something, and no gap was found beside those that are recorded."""

    transfer_id: UUID
    category: GapCategory = Field(examples=["utilities"])
    looked_at: Words = Field(examples=["Water, compressed air and nitrogen: same grades, same monitoring"])


class GapSearchFields(OfTransfer):
    """What readers see of a search as it is stored."""

    state: SearchState = Column(default=SearchState.done, sa_type=String)
    category: GapCategory = Column(sa_type=String)
    looked_at: str
    searched_by: str
    withdrawal_reason: str | None = None


class GapSearchRead(GapSearchFields, PartRead):
    """A search as its readers see it."""
