"""What a merger asks for, what goes on as it is, and for whom a number stands on a day: no I/O."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Side
from contracts.partner_registry import PartnerKind, PartnerStatus
from contracts.qualifications import Purpose, QualificationState
from directory.qualified import Change, Course
from gxp.clocks import ONE_DAY
from partner_registry.mergers.model import PartnerMerger, against
from partner_registry.mergers.schemas import MergerState
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.partners.queries import stood_for
from partner_registry.qualifications import periods
from partner_registry.qualifications.items import begun
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.owners import succeeded
from partner_registry.sites.model import Activity, Site
from runtime.lifecycle import NotAllowedNow, allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
TODAY = date(2026, 6, 1)
DAY = date(2026, 5, 1)
ZONE = "Europe/Vienna"


def partner(number: str, state: PartnerState = PartnerState.active) -> Partner:
    one, _ = Partner.register(number=number, legal_name=f"{number} AG", kind=PartnerKind.cmo, country="CH", now=NOW)
    one.state = state
    return one


def site(of: Partner, **more: Any) -> Site:
    given: dict[str, Any] = {"number": "S-1", "name": "Graz", "country": "AT", "time_zone": ZONE}
    given |= {"partner_id": of.id, "activities": ["drug_product"]}
    return Site.register(now=NOW, **given | more)[0]


def merger(on: date = DAY) -> PartnerMerger:
    said: dict[str, Any] = {
        "effective_on": on,
        "reason": "merged",
        "evidence": "0" * 64,
        "number": "MRG-1",
        "by": "eva",
    }
    return PartnerMerger.propose(merging=partner("P-1"), successor=partner("P-2"), **said)


@pytest.mark.parametrize(
    ("merging", "successor", "more", "why"),
    [
        (PartnerState.active, PartnerState.exited, {}, "P-2 is exited: nothing passes to it"),
        (PartnerState.active, PartnerState.absorbed, {}, "P-2 is absorbed: nothing passes to it"),
        (PartnerState.absorbed, PartnerState.active, {}, "P-1 merged into"),
        (PartnerState.active, PartnerState.active, {"exits": ["EXIT-1"]}, "EXIT-1 is being prepared"),
        (PartnerState.active, PartnerState.active, {"sales": ["SALE-1"]}, "SALE-1 is announced"),
        (PartnerState.active, PartnerState.active, {"codes": ["T-7"]}, "T-7 is one product to P-1 and another to P-2"),
        (PartnerState.active, PartnerState.active, {"back": ["MRG-2"]}, "MRG-2 would let P-2 merge into P-1 in turn"),
    ],
)
def test_what_is_under_way_stands_against_it(
    merging: PartnerState, successor: PartnerState, more: dict[str, Any], why: str
) -> None:
    (found,) = against(partner("P-1", merging), partner("P-2", successor), (), DAY, **more)
    assert found.startswith(why)


def test_a_site_that_was_sold_since_stands_against_it() -> None:
    one, other = partner("P-1"), partner("P-2")
    assert against(one, other, [site(one, owned_since=DAY - ONE_DAY)], DAY) == []
    (found,) = against(one, other, [site(one, owned_since=DAY)], DAY)
    assert found == f"S-1 belongs to its owner since {DAY}: call this merger off, and propose one with a later day"


@pytest.mark.parametrize(
    "state", [PartnerState.prospect, PartnerState.active, PartnerState.suspended, PartnerState.exited]
)
def test_whatever_it_was_it_is_absorbed_and_nothing_is_done_with_it_any_more(state: PartnerState) -> None:
    one, other = partner("P-1", state), partner("P-2")
    fact = one.absorb(other, DAY, "merged", NOW)
    assert (fact.partner_id, fact.before, fact.successor_id) == (one.id, PartnerStatus(state), other.id)
    assert (fact.successor_number, fact.successor_name, fact.effective_on) == ("P-2", "P-2 AG", DAY)
    assert allowed_now(one) == []
    with pytest.raises(RuleViolated, match="P-1 merged into P-2 on 2026-05-01"):
        one.check_goes_on()
    with pytest.raises(NotAllowedNow):
        one.absorb(partner("P-3"), DAY, "again", NOW)


def test_a_number_leads_on_from_its_day_and_since_that_is_known() -> None:
    one, other = partner("P-1"), partner("P-2")
    one.absorb(other, DAY, "merged", NOW)
    assert stood_for(one, DAY, NOW).merged is not None
    assert stood_for(one, DAY - ONE_DAY, NOW).merged is None
    assert stood_for(one, DAY, NOW - timedelta(seconds=1)).merged is None, "it was not known then"
    assert stood_for(other, DAY, NOW).merged is None


def test_it_takes_effect_when_its_day_has_begun_everywhere() -> None:
    found = merger(TODAY)
    found.agree([], "quinn", NOW)
    with pytest.raises(RuleViolated, match="has not come everywhere"):
        found.take_effect(datetime(2026, 6, 1, 11, 59, tzinfo=UTC))
    found.take_effect(datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert found.state == MergerState.effective


def test_one_that_is_hindered_is_the_sponsors_turn_until_it_is_not() -> None:
    found = merger(TODAY)
    found.agree([], "quinn", NOW)
    assert (found.state, found.turn()) == (MergerState.agreed, ())
    found.hinder("EXIT-1 is being prepared")
    assert (found.state, found.turn()) == (MergerState.agreed, {Side.sponsor})
    called_off = found.model_copy()
    called_off.call_off()
    assert (called_off.obstacle, called_off.turn()) == ("EXIT-1 is being prepared", ())
    found.take_effect(datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert (found.obstacle, found.turn()) == (None, ())


def test_nobody_agrees_to_what_cannot_be() -> None:
    found = merger()
    with pytest.raises(RuleViolated, match="MRG-1 cannot be: EXIT-1 is being prepared"):
        found.agree(["EXIT-1 is being prepared"], "quinn", NOW)
    assert found.state == MergerState.proposed


def test_a_partner_does_not_merge_into_itself() -> None:
    one = partner("P-1")
    said: dict[str, Any] = {"effective_on": DAY, "reason": "x", "evidence": "0" * 64, "number": "MRG-1", "by": "eva"}
    with pytest.raises(RuleViolated, match="does not merge into itself"):
        PartnerMerger.propose(merging=one, successor=one, **said)


def test_a_closing_goes_on_with_the_site_and_its_new_owner_knows_of_it() -> None:
    one, other = partner("P-1"), partner("P-2")
    closes = site(one, succeeds_id=uuid4())
    closes.announce_closing(date(2026, 7, 1), "old", NOW)
    fact = closes.succeed(other.id, DAY, NOW)
    assert (fact.from_partner_id, fact.partner_id, fact.effective_on) == (one.id, other.id, DAY)
    assert (closes.parties, closes.owned_since, closes.closing_on) == ([other.id], DAY, date(2026, 7, 1))
    assert closes.closed_since(date(2026, 7, 1), NOW, other.id) == date(2026, 7, 1)
    assert closes.succeeds_id is not None


DAYS = st.integers(0, 300).map(lambda days: date(2025, 9, 1) + timedelta(days))
STATES = st.sampled_from((QualificationState.approved, QualificationState.conditional, QualificationState.suspended))


def qualification(told: list[tuple[QualificationState, date]], owner: UUID) -> Qualification:
    return Qualification(
        number="QUAL-1", site_id=uuid4(), partner_id=owner, parties=[owner], activity=Activity.drug_product,
        purpose=Purpose.commercial, planned_by="x", items=begun(Activity.drug_product, Purpose.commercial),
        state=told[-1][0], valid_from=told[0][1], valid_to=date(2028, 1, 1), reason="x",
        periods=[periods.begun(state, on, NOW, "x") for state, on in told],
    )  # fmt: skip


@given(told=st.lists(st.tuples(STATES, DAYS), min_size=1, max_size=5), on=DAYS, asked=DAYS)
def test_no_day_is_another_for_who_reads_the_facts(
    told: list[tuple[QualificationState, date]], on: date, asked: date
) -> None:
    told = sorted(told, key=lambda each: each[1])
    found = qualification(told, uuid4())
    said = [
        {**dict(succeeded(found, "x", date.min, NOW)[0]), "after": state, "before": state, "effective_on": day}
        for state, day in told
    ]
    before = Course([Change.of(each, at, ZONE) for at, each in enumerate(said)])
    (fact,) = succeeded(found, "P-1 merged into P-2", on, NOW)
    after = Course([*before.changes, Change.of(dict(fact), len(said), ZONE)])
    assert after.in_force(asked) == before.in_force(asked)
    assert (fact.before, fact.after) == (found.state, found.state)


def test_nothing_is_told_of_one_that_is_not_decided() -> None:
    found = qualification([(QualificationState.approved, DAY)], uuid4())
    found.state = QualificationState.in_assessment
    assert succeeded(found, "x", DAY, NOW) == []
