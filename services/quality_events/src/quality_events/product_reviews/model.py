"""A product quality review and its lifecycle (EU GMP 1.10, 1.11; 21 CFR 211.180(e))."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Role, Side
from contracts.product_reviews import (
    ProductQualityReviewCancelled,
    ProductQualityReviewOpened,
    ProductQualityReviewSigned,
)
from contracts.quality_events import QualityEventsBallHeld
from quality_events.clocks import Sponsor
from quality_events.metadata import Table
from quality_events.product_reviews import rules
from quality_events.product_reviews.schemas import EntryFields, ProductReviewFields
from quality_events.product_reviews.sections import BY_NAME, uncovered
from quality_events.product_reviews.terms import ReviewState as State
from quality_events.product_reviews.terms import SectionName
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Identified, Versioned

QUALITY: Final = frozenset({Role.quality})
MAKERS: Final[frozenset[Role | Grant]] = frozenset({Side.maker(Role.partner_quality)})
_SIGNERS: Final = ("maker_signed_by", "maker_signed_at", "sponsor_signed_by", "sponsor_signed_at")


class ProductReview(ProductReviewFields, Deadline, Waiting, Versioned, Table, table=True):
    """What was made of a product at a partner's sites in a period, looked at as a whole."""

    __tablename__ = "product_review"

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    due: ClassVar[Mapping[StrEnum, str]] = dict.fromkeys((State.draft, State.reviewed), "due_at")
    ball = QualityEventsBallHeld
    signed_as: ClassVar[Mapping[str, str]] = {
        "product": "product",
        "made at": "sites",
        "by": "partner",
        "from": "period_from",
        "to": "period_to",
        "digest of the whole": "digest",
    }
    signed_with: ClassVar[Mapping[str, str]] = {"product_review_entry": "product_review_id"}
    signed_entries: ClassVar[Mapping[str, Mapping[str, str]]] = {"sponsors_review_entry": {"product_review_id": "id"}}
    signed_apart: ClassVar[Collection[str]] = ("state",)
    signed_later: ClassVar[Collection[str]] = ("signed_at", *_SIGNERS)
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who opened or computed it, wrote a part or froze it: others sign."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(cls, sponsor: Sponsor, by: str, now: datetime, **given: Any) -> tuple[Self, ProductQualityReviewOpened]:
        """A period has ended. Raises a 422 Problem for one that has not."""
        rules.refuse_running(given["period_to"], sponsor.zone, now)
        review = cls(
            time_zone=sponsor.zone.key,
            due_at=rules.due_at(given["period_to"], sponsor),
            opened_by=by,
            prepared_by=[by],
            refreshed_at=now,
            parties=[given["partner_id"]],
            **given,
        )
        return review, ProductQualityReviewOpened.of(review, now)

    @transition(source={State.draft}, target=None, by=QUALITY | MAKERS)
    def add_part(self, section: SectionName, maker: bool, by: str) -> None:
        """Somebody says what no fact tells: the maker of what both read, the sponsor of what is the sponsor's."""
        if BY_NAME[section].ours == maker:
            own = ", ".join(name for name, each in BY_NAME.items() if each.ours != maker)
            raise rules.refused("section", f"{section} is the other side's to write: name one of {own}", section)
        self.prepared_by = sorted({*self.prepared_by, by})
        if maker:
            self.covered = sorted({*self.covered, section})

    @transition(source={State.draft}, target=None, by=QUALITY)
    def refresh(self, by: str, now: datetime) -> None:
        """The records are asked anew."""
        self.round, self.refreshed_at = self.round + 1, now
        self.prepared_by = sorted({*self.prepared_by, by})

    @transition(source={State.draft}, target=State.reviewed, by=QUALITY)
    def review(
        self, ours: Collection[str], changed: Sequence[str], seal: str, digest: str, by: str, now: datetime
    ) -> None:
        """It is frozen. ``ours`` are the sponsor's sections with a part, ``changed`` those with another answer now."""
        missing = uncovered(self.covered, ours=False) + uncovered(ours, ours=True)
        if missing:
            why = "no fact tells all of these sections, and what is not known is not good: write a part of each"
            raise RuleViolated(f"{self.number}: {why}: {', '.join(missing)}", missing=missing)
        if changed:
            why = f"records tell another thing now of {', '.join(changed)}: refresh it, and look at that"
            raise RuleViolated(f"{self.number}: {why}", changed=list(changed))
        self.prepared_by = sorted({*self.prepared_by, by})
        self.seal, self.digest, self.reviewed_by, self.reviewed_at = seal, digest, by, now

    @transition(source={State.draft}, target=State.cancelled, by=QUALITY)
    def cancel(self, reason: str, by: str, now: datetime) -> ProductQualityReviewCancelled:
        """It was opened by mistake: another one may look at its days. What is written in it stays."""
        self.cancel_reason, self.cancelled_by, self.cancelled_at = reason, by, now
        return ProductQualityReviewCancelled.of(self, now, reason=reason)

    @transition(source={State.reviewed}, target=State.draft, by=QUALITY | MAKERS)
    def give_back(self, reason: str) -> None:
        """Something is to be added or looked at again. Who signed has to sign anew."""
        self.return_reason = reason
        self.seal = self.digest = self.reviewed_by = self.reviewed_at = None
        self.maker_signed_by = self.maker_signed_at = self.sponsor_signed_by = self.sponsor_signed_at = None

    @transition(
        source={State.reviewed},
        target={State.reviewed, State.signed},
        by=QUALITY,
        independent_of={"prepared_by", "maker_signed_by"},
        when="awaits_sponsor",
        signed="the product was reviewed for this period, and what follows from it is stated",
    )
    def sign(self, by: str, now: datetime) -> ProductQualityReviewSigned | None:
        """The sponsor's quality unit signs; signed it is when both sides did, whichever was first."""
        if not self.awaits_sponsor:
            raise RuleViolated(f"{self.number}: the sponsor's quality signed it, and the maker's is to do so")
        self.sponsor_signed_by, self.sponsor_signed_at = by, now
        return self._signed(now)

    @transition(
        source={State.reviewed},
        target={State.reviewed, State.signed},
        by=MAKERS,
        independent_of={"prepared_by", "sponsor_signed_by"},
        when="awaits_maker",
        signed="the product was reviewed for this period, and what follows from it is stated",
    )
    def sign_as_maker(self, by: str, now: datetime) -> ProductQualityReviewSigned | None:
        """The maker's quality unit signs."""
        if not self.awaits_maker:
            raise RuleViolated(f"{self.number}: the maker's quality signed it, and the sponsor's is to do so")
        self.maker_signed_by, self.maker_signed_at = by, now
        return self._signed(now)

    @property
    def awaits_sponsor(self) -> bool:
        """Whether the sponsor's quality has not signed."""
        return self.sponsor_signed_by is None

    @property
    def awaits_maker(self) -> bool:
        """Whether the maker's quality has not signed."""
        return self.maker_signed_by is None

    def turn(self) -> Collection[Side]:
        """The maker's until its parts are written, then the sponsor's, and of one that is frozen who did not sign."""
        if self.state == State.draft:
            return {Side.maker if uncovered(self.covered, ours=False) else Side.sponsor}
        if self.state == State.cancelled:
            return set()
        waits = {Side.sponsor: self.awaits_sponsor, Side.maker: self.awaits_maker}
        return {side for side, owes in waits.items() if owes}

    def was_in_time(self, now: datetime) -> bool | None:
        """Whether both signed in time; None while there is time."""
        if self.signed_at is not None:
            return self.signed_at <= self.due_at
        return False if self.is_overdue(now) else None

    def _signed(self, now: datetime) -> ProductQualityReviewSigned | None:
        if self.awaits_sponsor or self.awaits_maker:
            return None
        self.state, self.signed_at = State.signed, now
        return ProductQualityReviewSigned.of(self, now)


class ProductReviewEntry(EntryFields, Identified, Table, table=True):
    """An answer or a part of a section that both sides read."""

    __tablename__ = "product_review_entry"

    product_review_id: UUID = Field(foreign_key="product_review.id")


class SponsorsReviewEntry(EntryFields, Identified, Table, table=True):
    """An answer or a part of a section that is the sponsor's alone: no partner reads a row."""

    __tablename__ = "sponsors_review_entry"

    product_review_id: UUID = Field(foreign_key="product_review.id")
    salt: str
    """By chance, so that the seal tells nothing of what it is of."""
