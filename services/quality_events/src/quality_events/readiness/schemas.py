"""Bodies of requests and answers about readiness."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Side
from contracts.complaints import AuthorityRegime as Regime
from quality_events import clocks
from quality_events.dispositions.schemas import DispositionState
from quality_events.metadata import INSTANT
from quality_events.readiness.terms import EVERYBODY, Condition, ConditionName, Finding, ReadinessVerdict
from runtime.bodies import Body, Country, Digest, Words
from serving.canonical import canonical_json
from serving.shown import Answer, Shown

_ELSEWHERE = {
    ReadinessVerdict.met: "it holds",
    ReadinessVerdict.not_met: "something stands against it that is not yours to see",
    ReadinessVerdict.unknown: "it waits for something that is not yours to see",
    ReadinessVerdict.not_applicable: "it does not concern this batch",
}


class Proof(Answer):
    """A record that proves it, or that has to be dealt with."""

    kind: str
    id: UUID | None
    number: str | None


class ReadinessCondition(Answer):
    """One condition of release: how it stands, whose turn it is, and what proves it."""

    name: ConditionName
    verdict: ReadinessVerdict
    blocks: bool
    """Whether the batch waits for it: what is unknown blocks too."""
    owner: Side | None
    since: datetime | None
    due: datetime | None
    due_on: date | None
    """The last day that is in time, where its clock ends with a day; else `due` says it to the second."""
    why: str
    weighs: bool
    """The text of the decision has to say how this was weighed."""
    stateable: bool
    """No fact tells it at present: the sponsor's quality may state it, by somebody who does not release."""
    proof: list[Proof]

    @classmethod
    def of(cls, condition: Condition, reader: UUID | None, zone: str) -> Self:
        """A condition as a reader may see it: a partner learns its verdict, and only what is its own of the rest.

        ``zone`` is the batch's site's, by whose days what is due is counted.
        """
        seen = [each for each in condition.findings if reader is None or each.reader in (EVERYBODY, reader)]
        why = "; ".join(each.text for each in seen) or _ELSEWHERE[condition.verdict]
        whole = len(seen) == len(condition.findings)
        due = datetime.fromisoformat(condition.due) if condition.due and whole else None
        return cls(
            name=condition.name,
            verdict=condition.verdict,
            blocks=condition.blocks,
            owner=condition.owner,
            since=datetime.fromisoformat(condition.since) if condition.since and whole else None,
            due=due,
            due_on=clocks.last_day(due, zone) if due else None,
            why=why,
            weighs=condition.weighs and reader is None,
            stateable=condition.stateable,
            proof=[_proof(each) for each in seen if each.kind],
        )


def _proof(finding: Finding) -> Proof:
    return Proof(kind=finding.kind, id=finding.id, number=finding.number)


class DispositionRef(Answer):
    """What is decided of a batch for a market."""

    id: UUID
    number: str
    state: DispositionState


class MarketReadiness(Answer):
    """Whether a batch is ready for one market."""

    market: str
    regime: Regime
    intended: bool
    """Whether it is meant for the market, as far as that was said."""
    ready: bool
    blocking: list[ConditionName]
    disposition: DispositionRef | None
    """What is decided for the market; null before the batch is meant for it."""
    conditions: list[ReadinessCondition]
    digest: str | None
    """SHA-256 of this answer as the sponsor sees it: a decision names it. Null for a partner."""


class Readiness(Answer):
    """Whether a batch is ready for release, for each market that was asked for or else is intended."""

    batch_id: UUID
    lot: str
    material: str
    unknown: str | None
    """What keeps it from being said: a batch that is meant for no market yet."""
    markets: list[MarketReadiness]


def as_signed(batch_id: UUID, market: str, conditions: Sequence[ReadinessCondition]) -> str:
    """What is signed of the readiness: always the same text for the same findings."""
    said: dict[str, Any] = {"batch_id": str(batch_id), "market": market}
    said["conditions"] = [each.model_dump(mode="json") for each in conditions]
    return canonical_json(said)


class StatementState(StrEnum):
    """Whether a statement counts."""

    stands = "stands"
    withdrawn = "withdrawn"


class StateReadiness(Body):
    """What quality states of a condition that no fact tells, and the document that shows it."""

    batch_id: UUID
    market: Country
    condition: ConditionName = Field(examples=["samples_retained"])
    statement: Words = Field(examples=["Two packs per strength are in store R-2, entry 117 of its register"])
    evidence: Digest


class StatementFields(SQLModel):
    """What readers see of a statement as it is stored."""

    number: str
    state: StatementState = Column(default=StatementState.stands, sa_type=String)
    batch_id: UUID
    market: str
    condition: ConditionName = Column(sa_type=String)
    statement: str
    evidence: str
    """SHA-256 of the document."""
    stated_of: list[str] | None = Column(default=None, sa_type=ARRAY(String))
    """What was found then, and was not known, with the SHA-256 of the stages, sites and results that it was found of:
    of anything else it states nothing. Null of those before it was kept."""
    stated_by: str
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Column(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None


class StatementRead(StatementFields, Shown):
    """A statement as the sponsor sees it."""
