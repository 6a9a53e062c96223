"""A laboratory's result, and how it becomes an approved one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Fact, Grant, Lot, Role, Side, SourceRecord
from contracts.entitlements import ResultNotReportable
from contracts.partner_feeds import Qualifier
from contracts.sample_tracking import Evaluation, ResultApproved, ResultInterpreted, ResultsReported
from contracts.sample_tracking import SampleTrackingBallHeld as BallHeld
from gxp.evaluation import NOTHING_TO_JUDGE, InForce, Verdict, WhyUndecided, evaluate_each, gravest
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.entitlements.rule import Entitlements, LaboratoryTest
from sample_tracking.metadata import Table
from sample_tracking.results import told
from sample_tracking.results.fields import KeptFields, ResultState
from sample_tracking.results.markets import Evaluations, as_kept, as_stored, is_pending, methods_of, of_markets
from sample_tracking.results.reading import WAITS, AsRead, must_be_judged

QUALITY = frozenset({Role.quality})
ENTERERS: Final[frozenset[Role | Grant]] = frozenset({Side.laboratory(Role.partner_lab), Role.lab})
AUTHORS = frozenset({"submitted_by", "keyed_by", "verified_by"})
"""Who entered it: one person, or the two who typed it from a paper."""


class Result(KeptFields, Waiting, Versioned, Table, table=True):
    """One determination as it was reported. It is never overwritten: an amendment is a record beside it.

    Known by its source's feed, record id and revision where a partner's system reported it.
    """

    sorted_by: ClassVar[Collection[str]] = {"id", "lot_number"}
    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    ball = BallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        ResultState.submitted: {Side.laboratory},
        ResultState.reviewed: {Side.laboratory, Side.sponsor},
    }
    asked_for: ClassVar[bool] = False
    """What follows from another record's step is asked for of that."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def lot(self) -> Lot:
        """The lot in the published words."""
        same = {name: getattr(self, name) for name in ("material", "product_id", "site_id", "partner_id")}
        return Lot(id=self.lot_id, number=self.lot_number, **same)

    def turn(self) -> Collection[Side]:
        """Nobody's, once another revision stands in its place, or it was withdrawn."""
        return super().turn() if self.counts else ()

    @property
    def tested(self) -> LaboratoryTest:
        """By what it is decided whether it is reportable."""
        names = ("method", "method_version", "product_id", "laboratory_site_id", "occurred_at")
        return LaboratoryTest(methods=self.methods or (), **{name: getattr(self, name) for name in names})

    @property
    def voided(self) -> bool:
        """Whether the laboratory withdrew what it had reported under this id; there is neither value nor text."""
        return self.reason == WhyUndecided.voided

    @property
    def counts(self) -> bool:
        """Whether no other revision stands in its place, and it was not withdrawn."""
        return self.superseded_by is None and not self.voided

    @property
    def amendable(self) -> bool:
        """Whether a person entered it, and may say how it is right; a system reports the next revision of its own."""
        return self.counts and self.feed_id is None and self.keyed_by is None and self.invalidated_at is None

    @property
    def unjudged(self) -> bool:
        """Whether the product has a specification, and nobody knows whether the result meets it."""
        open_ = self.reason not in NOTHING_TO_JUDGE and self.reason != WhyUndecided.next_stage
        return self.counts and self.evaluation == Evaluation.not_evaluated and open_

    @property
    def judged_by(self) -> Evaluations:
        """Its verdicts by each specification, also by those that came to apply later."""
        return (*as_kept(self.evaluations), *as_kept(self.evaluated_against))

    @property
    def pending(self) -> bool:
        """Whether a stage of its test asks for further units: it is not final, and the next stage amends it."""
        return self.counts and is_pending(self.judged_by)

    @transition(
        source={ResultState.submitted}, target=ResultState.reviewed, by=ENTERERS, independent_of=AUTHORS, when="counts"
    )
    def review(self, by: str, now: datetime) -> None:
        """Its set was reviewed by a second person (21 CFR 211.194(a)(8))."""
        self._must_count()
        self.reviewed_by, self.reviewed_at = by, now

    @transition(
        source={ResultState.reviewed},
        target=ResultState.approved,
        by={Side.laboratory(Role.partner_quality), Role.quality},
        independent_of=AUTHORS | {"reviewed_by"},
        when="counts",
    )
    def approve(self, by: str, now: datetime) -> ResultApproved:
        """Its set was approved: the quality unit stands by the result."""
        self._must_count()
        if self.pending:
            raise RuleViolated(WAITS.format(self.read_test))
        self.approved_by, self.approved_at = by, now
        return ResultApproved.of(self, now)

    @transition(
        source={ResultState.reviewed},
        target=ResultState.submitted,
        by={Side.laboratory(Role.partner_quality), Role.quality},
        when="counts",
    )
    def send_back(self) -> None:
        """The quality unit returns it alone: with its set it is reviewed again."""
        self._must_count()

    @transition(source={ResultState.submitted}, target=None, by=ENTERERS, when="amendable")
    def amend(self) -> None:
        """The laboratory corrects what was entered, before a review or after a return; the amendment is a record of its
        own, and this one stays to be seen behind it."""
        self.must_be_by_hand()
        if self.keyed_by:
            raise RuleViolated("two people typed it: two type it anew (POST /v1/transcriptions with corrects)")

    @transition(source={ResultState.submitted, ResultState.approved}, target=None, by=ENTERERS, when="asked_for")
    def correct(self) -> None:
        """Two people typed it once more from its paper: it was typed wrong. What they typed is a record of its own,
        which is reviewed and approved anew, and this one stays to be seen behind it."""
        self.must_be_by_hand()

    def must_be_by_hand(self) -> None:
        """Raise RuleViolated for what no person's amendment may stand in the place of."""
        self._must_count()
        if self.feed_id is not None:
            raise RuleViolated("it came from the laboratory's system, which reports the next revision of it")
        if self.invalidated_at is not None:
            raise RuleViolated("its investigation found it invalid: a planned retest stands in its place")

    @transition(source=set(ResultState), target=None, by=())
    def take_conclusion(self, invalidated_at: datetime | None, sequence: int) -> None:
        """How its investigation stands now. What was told last is what holds, in whatever order it comes."""
        if self.concluded_sequence is None or self.concluded_sequence < sequence:
            self.invalidated_at, self.concluded_sequence = invalidated_at, sequence

    @transition(source=set(ResultState), target=None, by=QUALITY, when="unjudged")
    def assign(self, owner: str | None, by: str) -> None:
        """Somebody finds out how an unjudged result is to be read."""
        self._must_be_unjudged()
        self.owner = owner or by

    @transition(source=set(ResultState), target=None, by={Role.quality}, when="unjudged", independent_of=AUTHORS)
    def interpret(
        self,
        test: str | None,
        text: str | None,
        unit: str | None,
        in_force: Sequence[InForce],
        known: Entitlements,
        by: str,
        now: datetime,
    ) -> Sequence[Fact]:
        """Quality says how it is to be read, and by that it is judged. What was reported stays as it is beside it."""
        self._must_be_unjudged()
        verdicts = self.read_as(test, text, unit, in_force)
        verdict = gravest(verdicts, in_force)
        read = {"test": test, "text": text, "unit": unit}
        self.interpretation = {name: value for name, value in read.items() if value is not None}
        must_be_judged(verdict, self.stage, in_force)
        judged = {str(each.specification_id) for each in verdicts}
        self.evaluations = as_stored(of_markets(verdicts))
        others = (each for each in self.evaluated_against or () if each["specification_id"] not in judged)
        self.evaluated_against = list(others)
        self._take(verdict, by, now)
        self.methods = methods_of(verdicts)
        entitled = self._judge(known)
        oos = [told.oos(self, now)] if verdict.evaluation is Evaluation.out_of_specification else []
        return [told.reported(self), ResultInterpreted.of(self, now), *entitled, *oos]

    @transition(source=set(ResultState), target=None, by={Role.quality}, when="unjudged", independent_of=AUTHORS)
    def exempt(self, by: str, now: datetime) -> Sequence[Fact]:
        """Quality decides that no limit applies to it."""
        self._must_be_unjudged()
        verdict = Verdict(Evaluation.not_evaluated, WhyUndecided.exempt)
        self._take(verdict, by, now)
        return [told.reported(self), ResultInterpreted.of(self, now)]

    @transition(source=set(ResultState), target=None, by=())
    def link(self, product_id: UUID, known: Entitlements) -> Sequence[Fact]:
        """The lot turned out to be of a product that was not known when it was tested. The verdict stays as it was."""
        self.product_id = product_id
        judged = self._judge(known)
        return [told.reported(self), *judged]

    @transition(source=set(ResultState), target=None, by=())
    def belong_to(self, maker_id: UUID) -> ResultsReported:
        """It turned out who made the lot: whoever it was taken for reads it no more."""
        self.partner_id, self.parties = maker_id, sorted({maker_id, self.laboratory_partner_id})
        return told.reported(self)

    @transition(source=set(ResultState), target=None, by=())
    def answer(self, order_id: UUID) -> ResultsReported:
        """It turned out which test order it is of."""
        self.order_id = order_id
        return told.reported(self)

    @transition(source=set(ResultState), target=None, by=())
    def judge_again(self, known: Entitlements) -> Sequence[Fact]:
        """More became known of methods, or of what its laboratory is entitled for."""
        before = (self.reportable, self.not_reportable)
        judged = self._judge(known)
        return [] if (self.reportable, self.not_reportable) == before else [told.reported(self), *judged]

    @transition(source=set(ResultState), target=None, by=())
    def evaluate_again(self, verdicts: Sequence[Verdict], known: Entitlements, now: datetime) -> Sequence[Fact]:
        """Further revisions apply to it. Their verdicts stand beside the earlier ones, none of which is undone.

        What stands for all becomes graver by them, and never milder; what no specification judged has its first.
        """
        first = not self.evaluations and not self.evaluated_against
        self.evaluated_against = [*(self.evaluated_against or ()), *as_stored(of_markets(verdicts))]
        worst = gravest(verdicts, ())
        missed = worst.evaluation is Evaluation.out_of_specification
        fails_now = missed and self.evaluation != Evaluation.out_of_specification
        if fails_now or first:
            self._stand(worst)
        self.methods = sorted({*(self.methods or ()), *methods_of(verdicts)})
        judged = self._judge(known)
        oos = [told.oos(self, now)] if fails_now else []
        return [told.reported(self), *judged, *oos]

    @property
    def read_test(self) -> str:
        """The test as quality read it, else as it was reported."""
        return (self.interpretation or {}).get("test", self.test)

    def read_as(
        self, test: str | None, text: str | None, unit: str | None, in_force: Sequence[InForce]
    ) -> Sequence[Verdict]:
        """What each specification says of it when it is read in this way; what is None stays as it was reported."""
        return evaluate_each(AsRead(self, test, text, unit), in_force)

    def _take(self, verdict: Verdict, by: str, now: datetime) -> None:
        self._stand(verdict)
        self.interpreted_by, self.interpreted_at = by, now

    def _stand(self, verdict: Verdict) -> None:
        self.evaluation, self.reason, self.rounded_value = verdict.evaluation, verdict.reason, verdict.rounded
        self.specification_id = verdict.specification_id
        self.applied_limit = verdict.limit.model_dump(mode="json") if verdict.limit else None

    def _judge(self, known: Entitlements) -> Sequence[Fact]:
        """Whether it is reportable by what is known, and what others must know of it at once.

        It opens no OOS and takes none back: whether a failure counts is what its investigation finds.
        """
        before = self.reportable
        self.reportable, self.not_reportable = known.judge(self.tested)
        is_new = self.reportable is False and before is not False
        return [ResultNotReportable.of(self, self.occurred_at)] if is_new else []

    @property
    def source(self) -> SourceRecord | None:
        """How its partner's system knows it."""
        if self.feed_id is None or self.source_id is None or self.message_id is None:
            return None
        return SourceRecord(
            id=self.source_id, revision=self.source_revision or 1, feed_id=self.feed_id, message_id=self.message_id
        )

    @property
    def below_quantitation(self) -> bool:
        """The qualifier of this name, as facts told it before there were others."""
        return self.qualifier == Qualifier.below_quantitation

    def _must_be_unjudged(self) -> None:
        if not self.unjudged:
            raise RuleViolated("it is judged, or nothing is to be judged: there is nothing to interpret")

    def _must_count(self) -> None:
        if self.voided:
            raise RuleViolated("the laboratory withdrew the result")
        if self.superseded_by is not None:
            raise RuleViolated(f"the result was amended: result {self.superseded_by} stands in its place")
