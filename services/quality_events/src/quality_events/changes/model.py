"""A change at a partner's site and its lifecycle (ICH Q10 3.2.3; EU GMP 7.12; 21 CFR 211.100)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, String

from contracts import Grant, Role, Side
from contracts import changes as facts
from contracts.changes import ChangeCategory, ChangeClass
from contracts.quality_events import QualityEventsBallHeld
from quality_events import moments
from quality_events.batches.fields import StatedColumns
from quality_events.changes import judged
from quality_events.changes.schemas import ChangeFields, MarketAssessment
from quality_events.changes.terms import APPROVED, IN_FORCE, TO_DECIDE, FilingKind, Told
from quality_events.changes.terms import ChangeState as State
from quality_events.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

QUALITY: Final = frozenset({Role.quality})
REGULATORY: Final = frozenset({Role.regulatory})
MAKERS: Final = frozenset({Side.owner(Role.partner_quality)})
PROPOSERS: Final[frozenset[Role | Grant]] = MAKERS | {
    *(Role.quality, Role.msat, Role.supply, Role.regulatory),
    Side.owner(Role.partner_operations),
}


class Change(ChangeFields, Waiting, Versioned, Table, table=True):
    """Something is made otherwise than before. It is the partner's at whose site that is."""

    __tablename__ = "change"
    __table_args__ = (
        ForeignKeyConstraint(["first_batch_id"], ["batch.id"]),
        ForeignKeyConstraint(["deviation_id"], ["deviation.id"]),
    )

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.proposed: {Side.sponsor},
        State.classified: {Side.sponsor},
        State.approved: {Side.owner},
        State.implemented: {Side.sponsor},
    }
    authorities: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """By market what the filings amount to: see ``judged.standing``."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def propose(cls, *, partner_id: UUID, now: datetime, **given: Any) -> tuple[Self, facts.ChangeProposed]:
        """Somebody of either side wants it."""
        change = cls(partner_id=partner_id, parties=[partner_id], **given)
        return change, facts.ChangeProposed.of(change, now)

    @transition(source={State.proposed}, target=State.classified, by=QUALITY)
    def classify(self, classification: ChangeClass, now: datetime) -> facts.ChangeClassified:
        """Quality says how much it may affect the product."""
        self.classification = classification
        return facts.ChangeClassified.of(self, now)

    @transition(source={State.classified}, target=State.assessed, by=REGULATORY)
    def assess(self, markets: Sequence[MarketAssessment], lots_already_made: str) -> None:
        """The regulatory unit says how each market is told of it, and what becomes of lots that are made already."""
        self.lots_already_made = lots_already_made
        self._take(markets, {})

    @transition(source=APPROVED, target=None, by=REGULATORY)
    def reassess(self, markets: Sequence[MarketAssessment], filings: Mapping[str, Collection[Told]]) -> None:
        """Further markets, or another category, by which what was filed there counts."""
        self._take(markets, filings)

    @transition(
        source={State.assessed},
        target={State.assessed, State.approved, State.implemented},
        by=QUALITY,
        independent_of={"proposed_by", "maker_approved_by"},
        when="awaits_sponsor",
    )
    def approve(self, by: str, now: datetime) -> facts.ChangeApproved | None:
        """The sponsor's quality agrees; approved it is when both sides did, whichever was first."""
        if not self.awaits_sponsor:
            raise RuleViolated(f"{self.number}: the sponsor's quality approved it, and the site's is to do so")
        self.sponsor_approved_by, self.sponsor_approved_at = by, now
        return self._approved(now)

    @transition(
        source={State.assessed},
        target={State.assessed, State.approved, State.implemented},
        by=MAKERS,
        independent_of={"proposed_by", "sponsor_approved_by"},
        when="awaits_maker",
    )
    def approve_as_maker(self, by: str, now: datetime) -> facts.ChangeApproved | None:
        """The site's quality agrees."""
        if not self.awaits_maker:
            raise RuleViolated(f"{self.number}: the site's quality approved it, and the sponsor's is to do so")
        self.maker_approved_by, self.maker_approved_at = by, now
        return self._approved(now)

    @transition(source={State.assessed}, target=State.refused, by=QUALITY)
    def refuse(self, reason: str, now: datetime) -> facts.ChangeRefused:
        """The sponsor's quality does not agree. Lots that were made so already stay what they are."""
        return self._refused(reason, now)

    @transition(source={State.assessed}, target=State.refused, by=MAKERS)
    def refuse_as_maker(self, reason: str, now: datetime) -> facts.ChangeRefused:
        """The site's quality does not agree: nobody makes what its maker's quality unit does not stand by."""
        return self._refused(reason, now)

    @transition(source={State.approved}, target=State.implemented, by=MAKERS)
    def implement(self, first: StatedColumns, by: str, now: datetime) -> facts.ChangeImplemented:
        """The site makes it so, from a first lot on."""
        approved = max(filter(None, (self.sponsor_approved_at, self.maker_approved_at)))
        if first.started_at and moments.is_before(moments.read(first.started_at), approved):
            early = f"{first.number} started {first.started_at}, before {self.number} was approved"
            raise RuleViolated(
                f"{early}: record a deviation of it, and name the first lot after that", fields=["first_batch_id"]
            )
        return self._implemented(first, by, now)

    @transition(source=TO_DECIDE, target=None, by=MAKERS, when="not_made")
    def implement_in_emergency(
        self, first: StatedColumns, emergency_reason: str, deviation_id: UUID, by: str, now: datetime
    ) -> facts.ChangeImplemented:
        """It could not wait: it is made first, with a deviation, and decided within three working days."""
        if not self.not_made:
            raise RuleViolated(f"{self.number} is made since {self.implemented_at}")
        self.emergency_reason, self.deviation_id = emergency_reason, deviation_id
        return self._implemented(first, by, now)

    @transition(source={State.implemented}, target={State.effective, State.reverted}, by=QUALITY)
    def check(self, outcome: str, finding: str, reverted_on: date | None, now: datetime) -> None:
        """Quality looks whether it did what was wanted, or whether it was reverted."""
        self._end(reverted_on, now)
        self.finding, self.state = finding, State(outcome)

    @transition(source={State.refused}, target=None, by=QUALITY, when="to_be_reverted")
    def end_refused(self, reverted_on: date, now: datetime) -> None:
        """Since when a change is not made any more that was refused after it was."""
        if not self.to_be_reverted:
            raise RuleViolated(f"{self.number} was never made, or its last day is stated")
        self._end(reverted_on, now)

    @transition(source=set(State) - {State.proposed, State.classified}, target=None, by=REGULATORY, when="reported")
    def file(self, market: str, filing: Told, filings: Collection[Told]) -> None:
        """Something was sent to a market's authority or came from it. Raises RuleViolated for what cannot be said."""
        if market not in self.reported:
            told = ", ".join(self.reported) or "no market"
            raise RuleViolated(f"{self.number} is reported in {told}, and not in {market}", fields=["market"])
        sent = [each.on for each in filings if each.kind == FilingKind.submitted]
        if filing.kind != FilingKind.submitted and sent and filing.on < min(sent):
            raise RuleViolated(f"{market}: it was submitted on {min(sent)}, and answered later", fields=["happened_on"])
        self.follow_filings(market, [*filings, filing])

    def follow_filings(self, market: str, filings: Collection[Told]) -> None:
        """What an authority's answers mean for a market."""
        (category,) = (each["category"] for each in self.markets if each["market"] == market)
        self.authorities = self.authorities | {market: judged.standing(ChangeCategory(category), filings)}

    def check_rework(self, batches: Sequence[StatedColumns]) -> None:
        """Raise RuleViolated for a change that no rework of these batches follows (ICH Q7 14.30)."""
        others = [
            one.number for one in batches if one.site_id != self.site_id or one.product_id not in self.product_ids
        ]
        if others:
            right = f"a rework follows an approved change of its own site and product; {self.number} is none of"
            raise RuleViolated(f"{right} {', '.join(others)}", fields=["change_id"])
        if self.state not in IN_FORCE:
            raise RuleViolated(
                f"{self.number} is {self.state}: a rework follows one that is approved", fields=["change_id"]
            )

    @property
    def reported(self) -> list[str]:
        """The markets whose authority is told of it."""
        return [each["market"] for each in self.markets if each["category"] != ChangeCategory.none]

    @property
    def awaits_sponsor(self) -> bool:
        """Whether the sponsor's quality has not approved it."""
        return self.sponsor_approved_by is None

    @property
    def awaits_maker(self) -> bool:
        """Whether the site's quality has not approved it."""
        return self.maker_approved_by is None

    @property
    def not_made(self) -> bool:
        """Whether no lot is made so."""
        return self.first_batch_id is None

    @property
    def to_be_reverted(self) -> bool:
        """Whether it is made though it was refused."""
        return self.state == State.refused and self.first_batch_id is not None and self.reverted_on is None

    def turn(self) -> Collection[Side]:
        """Of one that is assessed, who did not approve it; of one that was refused and is made, the sponsor."""
        if self.state == State.assessed:
            waits = {Side.sponsor: self.awaits_sponsor, Side.owner: self.awaits_maker}
            return {side for side, owes in waits.items() if owes}
        return {Side.sponsor} if self.to_be_reverted else super().turn()

    def _take(self, markets: Sequence[MarketAssessment], filings: Mapping[str, Collection[Told]]) -> None:
        categories = {each["market"]: each["category"] for each in self.markets}
        categories |= {each.market: each.category.value for each in markets}
        self.markets = [{"market": market, "category": categories[market]} for market in sorted(categories)]
        for each in markets:
            self.follow_filings(each.market, filings.get(each.market, ()))

    def _approved(self, now: datetime) -> facts.ChangeApproved | None:
        if self.awaits_sponsor or self.awaits_maker:
            return None
        self.state = State.approved if self.not_made else State.implemented
        return facts.ChangeApproved.of(self, now)

    def _refused(self, reason: str, now: datetime) -> facts.ChangeRefused:
        self.refusal_reason = reason
        return facts.ChangeRefused.of(self, now, reason=reason)

    def _implemented(self, first: StatedColumns, by: str, now: datetime) -> facts.ChangeImplemented:
        if first.site_id != self.site_id or first.product_id not in self.product_ids:
            named = (
                f"{first.number} is not made at the site of {self.number}, or is none of {', '.join(self.materials)}"
            )
            raise RuleViolated(named, fields=["first_batch_id"])
        self.first_batch_id, self.implemented_by, self.implemented_at = first.id, by, now
        return facts.ChangeImplemented.of(
            self,
            now,
            first_lot=first.lot,
            emergency=self.emergency_reason is not None,
            deviation_id=self.deviation_id,
            first_lot_started_at=moments.read(first.started_at) if first.started_at else None,
        )

    def _end(self, reverted_on: date | None, now: datetime) -> None:
        if reverted_on and moments.is_ahead(reverted_on, now):
            raise RuleViolated(f"{reverted_on} lies ahead: state the last day when it is over", fields=["reverted_on"])
        self.reverted_on = reverted_on


class ChangeFiling(Versioned, Table, table=True):
    """What passed between the sponsor and an authority. The sponsor's alone: no partner reads that there is one."""

    __tablename__ = "change_filing"
    __table_args__ = (ForeignKeyConstraint(["change_id"], ["change.id"]),)

    change_id: UUID
    market: str
    kind: FilingKind = Field(sa_type=String)
    happened_on: date
    reference: str | None = None
    remark: str | None = None
    recorded_by: str

    @property
    def told(self) -> Told:
        """What it says."""
        return Told(FilingKind(self.kind), self.happened_on)


class SiteCalendar(Table, table=True):
    """In which country a site is, by whose public holidays its working days are counted. Its id is the site's."""

    __tablename__ = "site_calendar"

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    country: str
