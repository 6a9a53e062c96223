"""An agreement and its lifecycle: what is in force of it, and until when (EU GMP 7; ICH Q10 2.7)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.terms import Party
from contracting.agreement_versions.told import clauses_told, holder_of, tell
from contracting.agreements import timeline
from contracting.agreements.schemas import IN_FORCE, OPEN, AgreementFields, GiveNotice
from contracting.agreements.schemas import AgreementState as State
from contracting.authority import PARTNERS, QUALITY_UNITS, SPONSORS
from contracting.metadata import Table
from contracts import Grant, Role, Side
from contracts import contracting as facts
from contracts.contracting import AgreementEnd, AgreementKind, Renewal
from gxp.clocks import months_later
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

NOTIFIERS: Final[frozenset[Role | Grant]] = frozenset({Role.legal, Side.acceptor(Role.partner_commercial)})
_TAKEN_OVER: Final = ("title", "sponsor_entity", "sponsor_entity_id", "partner_entity", "partner_entity_id")
_TAKEN_OVER_DATES: Final = ("expires_on", "notice_days", "renewal", "renewal_months")


class Agreement(AgreementFields, Waiting, Versioned, Table, table=True):
    """An agreement of the sponsor, who gives the contract, with a partner, who accepts it.

    It waits for nobody itself: what is to be done lies with its versions, and with what is to be decided together.
    """

    __tablename__ = "agreement"

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    warned_for: date | None = None
    """The day that was warned of last."""
    warned_days: int | None = None
    """How many days before it the last warning was due."""

    @classmethod
    def prepare(cls, partner_id: UUID, **given: Any) -> Self:
        """Its first version is put before the other side."""
        return cls(partner_id=partner_id, parties=[partner_id], **given)

    @transition(source=OPEN, target=None, by=SPONSORS | PARTNERS)
    def tell_of_version(self) -> None:
        """A version of it is proposed, agreed on or signed: that is told as a change of the agreement."""

    @transition(source={State.preparing}, target=State.abandoned, by=SPONSORS | PARTNERS)
    def abandon(self, reason: str) -> None:
        """Its first version was taken back: it never held."""
        self.end_reason = reason

    @transition(source=OPEN, target={State.preparing: {State.effective}, **{each: {each} for each in IN_FORCE}}, by=())
    def take_effect(self, version: AgreementVersion, at: datetime) -> facts.AgreementEffective:
        """A version's first day came: from now on it says what that says."""
        for name in (*_TAKEN_OVER, *_TAKEN_OVER_DATES):
            setattr(self, name, getattr(version, name))
        self.current_version_id, self.current_version = version.id, version.version_number
        self.current_from = version.effective_from
        if self.begun_on is None:
            self.begun_on = version.effective_from
            if self.kind == AgreementKind.quality:
                self.review_due_on = months_later(version.effective_from, timeline.REVIEW_MONTHS)
        clauses = clauses_told(version)
        return tell(facts.AgreementEffective, version, at, parent_id=self.parent_id, clauses=clauses)

    @transition(source={State.effective}, target=None, by=())
    def renew_by_itself(self, version: AgreementVersion, at: datetime) -> facts.AgreementRenewed:
        """Nobody gave notice in time: it goes on for as many months as it says."""
        if version.expires_on is None or self.expires_on is None or self.renewal_months is None:
            raise RuleViolated(f"{self.number} has no last day, and is not renewed")
        before = self.expires_on
        self.expires_on = timeline.renewed_until(version.expires_on, self.renewal_months, before)
        return self._renewed(version, before, at)

    @transition(source={State.effective}, target=None, by=NOTIFIERS)
    def renew(self, expires_on: date, version: AgreementVersion, now: datetime) -> facts.AgreementRenewed:
        """Both sides agreed on a later last day."""
        if self.renewal != Renewal.by_agreement or self.expires_on is None:
            raise RuleViolated(f"{self.number} is not renewed by agreement: amend it")
        if expires_on <= self.expires_on:
            why = f"expires_on: {self.number} holds until {self.expires_on}: name a later day"
            raise RuleViolated(why, fields=["expires_on"])
        before, self.expires_on = self.expires_on, expires_on
        return self._renewed(version, before, now)

    @transition(source={State.effective}, target=State.in_notice, by=NOTIFIERS)
    def give_notice(
        self, side: Party, received_on: date, said: GiveNotice, version: AgreementVersion, now: datetime
    ) -> facts.AgreementNoticeGiven:
        """A side ends it, and the other receives that here."""
        return self._take_notice(side, received_on, said, version, now)

    @transition(source={State.effective}, target=State.in_notice, by=NOTIFIERS)
    def record_notice(
        self, side: Party, received_on: date, said: GiveNotice, version: AgreementVersion, now: datetime
    ) -> facts.AgreementNoticeGiven:
        """A notice came on paper: whoever received it says when."""
        return self._take_notice(side, received_on, said, version, now)

    @transition(source=IN_FORCE, target=State.in_notice, by=NOTIFIERS)
    def set_end(self, ends_on: date, reason: str) -> None:
        """Both sides agreed that it ends after a day."""
        last = timeline.final_day(self)
        if last and ends_on > last:
            raise RuleViolated(f"ends_on: {self.number} ends on {last} anyway: name an earlier day", fields=["ends_on"])
        self.ends_on, self.ending, self.end_reason = ends_on, AgreementEnd.both, reason

    @transition(source=IN_FORCE, target=State.expired, by=())
    def expire(self, version: AgreementVersion, at: datetime) -> facts.AgreementExpired:
        """Its last day is over."""
        self.ended_on = self.expires_on
        surviving = version.exit_terms["surviving"]
        return tell(
            facts.AgreementExpired, version, at, expiry=self.expires_on, ended_on=self.ended_on, surviving=surviving
        )

    @transition(source={State.in_notice}, target=State.terminated, by=())
    def terminate(self, version: AgreementVersion, at: datetime) -> facts.AgreementTerminated:
        """The last day that was set is over."""
        self.ended_on = self.ends_on
        told = {"ended_on": self.ended_on, "ending": self.ending, "surviving": version.exit_terms["surviving"]}
        return tell(facts.AgreementTerminated, version, at, expiry=self.expires_on, **told)

    @transition(source=IN_FORCE, target=None, by=QUALITY_UNITS)
    def review(
        self, changes: str | None, on: date, version: AgreementVersion, now: datetime
    ) -> facts.AgreementReviewed:
        """Both quality units looked at it again, and say what is to be changed, or that nothing is."""
        if self.kind != AgreementKind.quality:
            raise RuleViolated(f"{self.number} is no quality agreement: only those are reviewed")
        self.reviewed_on, self.review_due_on = on, months_later(on, timeline.REVIEW_MONTHS)
        told = {"changes": changes, "reviewed_on": on, "review_due_on": self.review_due_on}
        return tell(facts.AgreementReviewed, version, now, expiry=self.expires_on, **told)

    @transition(source={State.effective}, target=None, by=())
    def warn(self, days: int, version: AgreementVersion, now: datetime) -> facts.AgreementExpiring:
        """The day by which somebody has to decide is so near."""
        self.warned_for, self.warned_days = timeline.decide_by(self), days
        told: dict[str, Any] = {"decide_by": self.warned_for, "days_ahead": days}
        goes_on = timeline.renews_by_itself(self)
        return tell(facts.AgreementExpiring, version, now, expiry=self.expires_on, goes_on=goes_on, **told)

    def _renewed(self, version: AgreementVersion, before: date, at: datetime) -> facts.AgreementRenewed:
        self.warned_for = self.warned_days = None
        told = {"renewal": self.renewal, "expired_before": before, "expiry": self.expires_on}
        return tell(facts.AgreementRenewed, version, at, **told)

    def _take_notice(
        self, side: Party, received_on: date, said: GiveNotice, version: AgreementVersion, now: datetime
    ) -> facts.AgreementNoticeGiven:
        """The days are counted from the receipt, by the sponsor's local days."""
        cause, ending = said.cause_clause, AgreementEnd.for_cause if said.cause_clause else AgreementEnd.notice
        days = version.notice_days_for_cause if cause else self.notice_days
        if days is None:
            why = "for cause: give it without" if cause else "but for cause: name its clause"
            raise RuleViolated(f"{self.number} knows no notice {why}, or agree on an end with the other side")
        if cause and cause not in {each["code"] for each in version.clauses}:
            raise RuleViolated(f"cause_clause: {version.called} has no clause {cause}", fields=["cause_clause"])
        self.notice_by, self.notice_received_on, self.notice_reason = side, received_on, said.reason
        self.notice_clause, self.ending = cause, ending
        self.ends_on = timeline.notice_ends_on(received_on, days)
        told: dict[str, Any] = {"given_side": holder_of(side), "received_on": received_on, "reason": said.reason}
        told |= {"expiry": self.expires_on, "ends_on": self.ends_on, "cause_clause": cause}
        return tell(facts.AgreementNoticeGiven, version, now, **told)
