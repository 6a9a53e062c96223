"""What agreements say of a subject, whatever the order in which facts came."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.obligations.assessing import NO_ZONE, Agreed, Outcome, assess
from contracting.obligations.judging import REOPENED, Places
from contracting.obligations.subjects import Kept, subject_of
from contracting.obligations.told import SubjectType
from contracts import Fact, Lot
from contracts.changes import ChangeClassified, ChangeImplemented, ChangeProposed, ChangeRefused
from contracts.contracting import AgreementKind, ClauseKind
from contracts.contracting_obligations import Duty
from contracts.quality_events import (
    DeviationAcknowledged,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    OosConcluded,
    OosOpened,
    OosReopened,
)
from gxp.clocks import Unit
from services.contracting.tests.obligation_world import (
    AGREEMENT,
    LATER,
    NOTIFY,
    PARTNER,
    PLACES,
    PRODUCT,
    SECOND,
    SITE,
    SUBJECT,
    at,
    coverage,
    deviation,
    kept,
    raised,
    terms,
    told,
)

AGREED = Agreed(NOTIFY, [coverage(), coverage(**SECOND)])
STORY = kept(
    raised("2027-01-04T08:00+01:00", "2027-01-05T10:00+01:00", "major"),
    deviation(
        DeviationAcknowledged,
        "2027-01-04T08:00+01:00",
        "2027-01-05T11:00+01:00",
        sponsor_aware_at=at("2027-01-05T10:00+01:00"),
    ),
    deviation(DeviationClassified, "2027-01-04T08:00+01:00", "2027-01-06T09:00+01:00", classification="critical"),
    deviation(DeviationAmended, "2026-12-31T10:00+01:00", "2027-01-07T09:00+01:00", title="t", category="c"),
    deviation(
        DeviationClosed,
        "2026-12-31T10:00+01:00",
        "2027-01-20T09:00+01:00",
        classification="critical",
        first_due_at=LATER,
    ),
)


def outcomes(
    facts: Iterable[Kept],
    agreed: Agreed = AGREED,
    places: Places | None = PLACES,
    as_of: datetime = LATER,
    type: SubjectType = SubjectType.deviation,
) -> dict[str, Outcome]:
    subject = subject_of(type, SUBJECT, facts)
    return {each.code: each for each in assess(subject, agreed, places, as_of)} if subject else {}


def notified(*facts: Fact, agreed: Agreed = AGREED, places: Places | None = PLACES) -> Outcome:
    return outcomes(kept(*facts), agreed, places)["notify_deviation"]


class TestOrder:
    @settings(max_examples=200, deadline=None)
    @given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=3))
    def test_any_order_of_facts_and_twice_gives_the_same(self, facts: Sequence[Kept], again: Sequence[Kept]) -> None:
        assert outcomes([*facts, *again]) == outcomes(STORY)

    def test_an_earlier_awareness_turns_met_into_breached_by_the_earlier_version(self) -> None:
        before, after = outcomes(STORY[:3])["notify_deviation"], outcomes(STORY)["notify_deviation"]
        assert (before.terms and before.terms.version, before.verdict.standing) == (2, Duty.met)
        assert (after.terms and after.terms.version, after.verdict.standing) == (1, Duty.breached)
        assert after.verdict.first_due_at == at("2027-01-07T07:00Z")  # as it was told first
        assert after.verdict.due_at == at("2027-01-03T09:00Z")

    def test_the_proof_names_the_facts(self) -> None:
        verdict = outcomes(STORY)["notify_deviation"].verdict
        assert verdict.proof == (STORY[3].id, STORY[0].id)


class TestCovered:
    def test_nothing_agreed_is_said_of_each_clause_of_the_catalogue(self) -> None:
        found = outcomes(STORY, Agreed())
        assert set(found) == {"notify_deviation", "close_deviation", "acknowledge_deviation"}
        assert {each.verdict.why for each in found.values()} == {"no agreement names this partner"}

    def test_no_version_in_force_that_day(self) -> None:
        found = notified(raised("2025-05-31T23:59+02:00", "2025-06-01T10:00+02:00"))
        assert found.verdict.standing is Duty.not_covered
        assert found.verdict.why == "no quality agreement was in force for this site and product on 2025-05-31"

    def test_a_clause_that_was_left_out_owes_nothing(self) -> None:
        assert set(outcomes(STORY)) == {"notify_deviation"}

    def test_a_quality_agreement_goes_before_supply_whichever_of_both_calls_it_a_matter_of_gmp(self) -> None:
        for quality_gmp, supply_gmp, number in ((True, False, "AGR-2025-9"), (False, True, "AGR-2027-9")):
            supply = {"agreement": number, "agreement_kind": AgreementKind.supply, "amounts": {"critical": 72}}
            both = Agreed([terms(**supply, gmp=supply_gmp), terms(gmp=quality_gmp)], [coverage()])
            found = notified(raised("2026-11-09T08:00+01:00", "2026-11-10T14:00+01:00"), agreed=both)
            assert found.terms is not None
            assert (found.terms.agreement, found.verdict.standing) == ("AGR-2026-1", Duty.breached)

    def test_by_equals_that_say_different_things_nothing_is_judged(self) -> None:
        fact = raised("2026-11-09T08:00+01:00", "2026-11-10T14:00+01:00")
        for number in ("AGR-2025-9", "AGR-2027-9"):
            found = notified(
                fact, agreed=Agreed([terms(), terms(agreement=number, amounts={"critical": 72})], [coverage()])
            )
            assert (found.terms, found.verdict.standing) == (None, Duty.unknown)
            assert f"{number} version 1" in (found.verdict.why or "")
        alike = Agreed([terms(), terms(agreement="AGR-2027-9")], [coverage()])
        assert notified(fact, agreed=alike).verdict.standing is Duty.breached

    def test_a_clause_agreed_for_another_site_says_so(self) -> None:
        elsewhere = Agreed([terms(site_ids=(UUID(int=99),))], [coverage()])
        found = notified(raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00"), agreed=elsewhere)
        assert found.verdict.standing is Duty.not_covered
        assert found.verdict.why == "AGR-2026-1 version 1 has notify_deviation, and not for this site and product"

    def test_what_the_agreement_of_its_own_site_leaves_out_nobody_owes_though_that_of_another_site_has_it(self) -> None:
        other = {"agreement_id": UUID(int=90), "agreement": "AGR-2026-2", "version_site_ids": (UUID(int=99),)}
        agreed = Agreed([terms(**other)], [coverage(), coverage(agreement_id=UUID(int=90), site_ids=(UUID(int=99),))])
        fact = raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00")
        assert "notify_deviation" not in outcomes(kept(fact), agreed)

    @pytest.mark.parametrize(("product", "standing"), [(PRODUCT, Duty.not_covered), (None, Duty.met)])
    def test_a_version_for_other_products_covers_what_is_of_no_product(
        self, product: UUID | None, standing: Duty
    ) -> None:
        others = (UUID(int=98),)
        agreed = Agreed([terms(version_product_ids=others)], [coverage(product_ids=others)])
        fact = raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00", product_id=product)
        assert notified(fact, agreed=agreed).verdict.standing is standing

    def test_for_gmp_the_quality_agreement_goes_before(self) -> None:
        supply = terms(
            agreement="AGR-2026-0", agreement_id=UUID(int=97), agreement_kind=AgreementKind.supply, amounts={"": 1}
        )
        agreed = Agreed([supply, *NOTIFY], [coverage()])
        found = notified(raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00"), agreed=agreed)
        assert found.terms
        assert found.terms.agreement_id == AGREEMENT
        trade = Agreed([replace(each, gmp=False) for each in agreed.terms], [coverage()])
        found = notified(raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00"), agreed=trade)
        assert found.terms
        assert found.terms.agreement_id == UUID(int=97)

    def test_a_zone_that_is_not_known_is_not_guessed(self) -> None:
        found = notified(raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00"), places=None)
        assert (found.verdict.standing, found.verdict.why) == (Duty.unknown, NO_ZONE)

    def test_what_a_feed_loaded_of_its_past_has_no_clock(self) -> None:
        assert outcomes(kept(raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00", historic=True))) == {}

    def test_a_cancelled_one_is_void(self) -> None:
        late = raised("2026-11-09T08:00+01:00", "2026-11-19T10:00+01:00")
        gone = deviation(DeviationCancelled, "2026-11-09T08:00+01:00", "2026-11-20T10:00+01:00", reason="none")
        assert notified(late).verdict.standing is Duty.breached
        assert notified(late, gone).verdict.standing is Duty.void

    def test_a_class_that_nobody_proposed_is_the_first_that_it_got(self) -> None:
        unclassified = raised("2026-11-09T08:00+01:00", "2026-11-09T10:00+01:00", None)
        assert notified(unclassified).verdict.standing is Duty.unknown
        said = deviation(
            DeviationClassified, "2026-11-09T08:00+01:00", "2026-11-12T10:00+01:00", classification="major"
        )
        assert notified(unclassified, said).verdict.judged_as == "major"


def change(model: type[Fact], happened: str, side: str = "owner", **said: Any) -> Fact:
    of = {"change_id": SUBJECT, "number": "CHG-2026-1", "title": "t", "site_id": SITE, "partner_id": PARTNER}
    at_ = {"told_at": at("2026-08-20T12:00+02:00"), "effective_from": date(2026, 11, 2), "proposed_side": side}
    more = {"classification": None, "product_ids": (PRODUCT,), "markets": (), "occurred_at": at(happened)}
    return told(model, **{**of, **at_, **more, **said})


class TestChange:
    ANNOUNCE = terms(
        code="announce_change",
        kind=ClauseKind.ahead,
        amounts={"": 60},
        unit=Unit.calendar_days,
        start="Change.announced_at",
        end="Change.implemented_at",
    )
    CLASSIFY = terms(
        code="classify_change",
        owes="sponsor",
        amounts={"": 20},
        unit=Unit.working_days,
        calendar="SI",
        start="Change.proposed_at",
        end="Change.classified_at",
    )
    AGREED = Agreed([ANNOUNCE, CLASSIFY], [coverage()])
    PROPOSED = change(ChangeProposed, "2026-08-20T12:00+02:00")
    LOT = Lot(id=UUID(int=6), number="B-1", material="P", site_id=SITE, partner_id=PARTNER)

    def of(self, *facts: Fact) -> dict[str, str]:
        found = outcomes(kept(*facts), self.AGREED, type=SubjectType.change)
        return {code: str(each.verdict.standing) for code, each in found.items()}

    def test_made_sooner_than_planned_is_told_too_late(self) -> None:
        made: dict[str, Any] = {"first_lot": self.LOT, "emergency": False, "deviation_id": None}
        assert self.of(self.PROPOSED) == {"announce_change": "met", "classify_change": "breached"}
        soon = change(ChangeImplemented, "2026-10-12T06:00+02:00", **made)
        classified = change(ChangeClassified, "2026-09-01T12:00+02:00", classification="minor")
        assert self.of(self.PROPOSED, classified, soon) == {"announce_change": "breached", "classify_change": "met"}

    def test_it_is_made_when_its_first_lot_starts_and_not_when_that_is_recorded(self) -> None:
        """Told on 20 August, sixty days are over after 19 October."""
        made: dict[str, Any] = {"first_lot": self.LOT, "emergency": False, "deviation_id": None}
        recorded = "2026-11-12T06:00+01:00"
        for started, standing in (
            (None, "met"),
            ("2026-10-18", "breached"),
            ("2026-10", "breached"),
            ("2026-10-19T06:00+02:00", "met"),
        ):
            lot = made | {"first_lot_started_at": started}
            assert self.of(self.PROPOSED, change(ChangeImplemented, recorded, **lot))["announce_change"] == standing

    def test_refused_it_is_announced_to_nobody(self) -> None:
        refused = change(ChangeRefused, "2026-09-12T06:00+02:00", reason="no")
        assert self.of(self.PROPOSED, refused)["announce_change"] == "void"

    def test_refused_after_it_was_made_it_stays_what_it_was(self) -> None:
        """In an emergency a change is made first; by a refusal of its maker's own quality nobody escapes the notice."""
        made: dict[str, Any] = {"first_lot": self.LOT, "emergency": True, "deviation_id": UUID(int=9)}
        facts = [
            self.PROPOSED,
            change(ChangeImplemented, "2026-08-22T06:00+02:00", **made),
            change(ChangeRefused, "2026-08-23T06:00+02:00", reason="no"),
        ]
        assert {self.of(*each)["announce_change"] for each in permutations(facts)} == {"breached"}

    def test_the_sponsor_announces_nothing_to_itself(self) -> None:
        own = change(ChangeProposed, "2026-08-20T12:00+02:00", side="sponsor")
        assert self.of(own) == {"announce_change": "void", "classify_change": "breached"}


def test_a_conclusion_that_was_in_time_stays_so_when_it_is_reopened_and_says_so() -> None:
    lot = Lot(id=UUID(int=6), number="B-1", material="P", site_id=UUID(int=50), partner_id=UUID(int=51))
    of = {"investigation_id": SUBJECT, "number": "OOS-2026-1", "result_id": UUID(int=7), "batch_id": None, "lot": lot}
    of |= {
        "test": "assay",
        "laboratory_site_id": SITE,
        "laboratory_partner_id": PARTNER,
        "opened_at": at("2026-11-02T08:00+01:00"),
    }
    opened = told(OosOpened, **of, due_at=LATER, occurred_at=at("2026-11-02T08:00+01:00"))
    concluded = told(OosConcluded, **of, conclusion="confirmed", occurred_at=at("2026-11-20T08:00+01:00"))
    more = {"before": "confirmed", "reason": "r", "evidence": "e", "due_at": LATER}
    again = told(OosReopened, **of, **more, occurred_at=at("2026-11-25T08:00+01:00"))
    conclude = terms(
        code="conclude_oos", amounts={"": 30}, unit=Unit.calendar_days, start="Oos.opened_at", end="Oos.concluded_at"
    )
    agreed = Agreed([conclude], [coverage()])
    later = told(OosConcluded, **of, conclusion="confirmed", occurred_at=at("2027-02-10T08:00+01:00"))
    stories = ([opened], [opened, concluded], [opened, concluded, again], [opened, concluded, again, later])
    verdicts = [outcomes(kept(*facts), agreed, type=SubjectType.oos)["conclude_oos"].verdict for facts in stories]
    assert [each.standing for each in verdicts] == [Duty.breached, Duty.met, Duty.met, Duty.met]
    assert [each.remarks for each in verdicts] == [(), (), (REOPENED,), (REOPENED,)]
    for facts in permutations(kept(*stories[-1])):
        assert outcomes(facts, agreed, type=SubjectType.oos)["conclude_oos"].verdict == verdicts[-1]
