"""A partner's rules, without I/O."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import PartnerKind
from contracts.partner_work import WorkDecision
from partner_registry.matters.decisions import WorkInProgress
from partner_registry.matters.model import KnownMatter, MatterKind
from partner_registry.matters.schemas import DecideWork
from partner_registry.partners.model import Partner
from partner_registry.partners.naming import looks, normalised
from partner_registry.partners.suspension import ProposedBy, SuspensionCause, named
from runtime.lifecycle import NotAllowedNow, allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def prospect() -> Partner:
    partner, _ = Partner.register(
        number="P-2026-00001", legal_name="Alpine AG", kind=PartnerKind.cmo, country="CH", duns=None, now=NOW
    )
    return partner


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alpine Tablets GmbH", "ALPINE TABLETS G.m.b.H."),
        ("Čapek Pharma S.A.", "Capek Pharma SA"),
        ("Acme, Inc.", "acme inc"),
        ("Ελληνική Φαρμακοβιομηχανία", "ΕΛΛΗΝΙΚΗ  ΦΑΡΜΑΚΟΒΙΟΜΗΧΑΝΙΑ"),
        ("ООО «Верофарм» 2", "ооо верофарм 2"),
        ("株式会社ガス", "株式会社ｶﾞｽ"),
        ("Strauß AG", "STRAUSS"),
        *(
            ("Strauss", f"Strauss {form}")
            for form in ("SE", "S.à r.l.", "GmbH & Co. KGaA", "s.r.o.", "Sp. z o.o.", "Kft.")
        ),
        *(("Strauss", f"Strauss {form}") for form in ("Pty Ltd", "Pte. Ltd.", "LLP", "ApS")),
    ],
)
def test_two_spellings_of_one_company_meet(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize("name", ["AG", "北京制药", "Co", "☺ ☺", "武田 薬品"])
def test_a_name_never_normalises_to_nothing(name: str) -> None:
    assert normalised(name)


@pytest.mark.parametrize(
    ("one", "other"), [("AS Pharma", "Pharma"), ("Co Pharma", "Pharma"), ("Acme SA Pharma Ltd", "Acme Pharma Ltd")]
)
def test_a_legal_form_counts_at_the_end_alone(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО Верофарм 2", "АО Биннофарм 2"),
        ("Ελληνική Φαρμακοβιομηχανία", "Αθηναϊκά Γάλατα"),
        ("カス 薬品", "ガス 薬品"),
        ("Søren Pharma", "Sren Pharma"),
        ("Alpine", "Аlpine"),
    ],
)
def test_letters_of_every_script_tell_companies_apart(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@given(name=st.text("AaZz09_ .,-&®’\u00a0ÄéČñ½ﬁÅ™", min_size=1).filter(lambda name: any(map(str.isalnum, name))))
def test_a_name_in_latin_letters_is_compared_as_it_was_when_only_those_counted(name: str) -> None:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    assert normalised(name) == " ".join(re.sub(r"[^\w\s]", "", plain.lower()).split())


def test_letters_that_look_alike_are_seen_as_one() -> None:
    assert looks(normalised("ТЕВА Аlрinе")) == "teba alpine"


def test_a_partner_without_a_qualification_is_not_active() -> None:
    partner = prospect()
    with pytest.raises(RuleViolated, match="no site of P-2026-00001 is qualified"):
        partner.activate("because", False, NOW)
    assert partner.state == "prospect"


def batch(number: str) -> KnownMatter:
    return KnownMatter(
        id=uuid4(),
        kind=MatterKind.batch,
        number=number,
        site_id=uuid4(),
        partner_id=uuid4(),
        marketed=False,
        sequence=1,
    )


def decide(found: KnownMatter, decision: str = "hold") -> DecideWork:
    return DecideWork(work_id=found.id, decision=WorkDecision(decision), rationale="until the recall is assessed")


def test_a_suspension_says_what_becomes_of_open_work_and_how_much_is_undecided() -> None:
    partner, open_ = prospect(), [batch("L-1"), batch("L-2")]
    work = WorkInProgress({each.id: each for each in open_}, known=True)
    partner.activate("because", True, NOW)
    fact = partner.suspend("a recall", [decide(open_[0])], work, NOW)
    assert [(each.number, each.decision) for each in fact.decided_work] == [("L-1", "hold")]
    assert fact.undecided_work == 1
    later = partner.decide_work([decide(open_[1], "finish"), decide(open_[0], "stop")], work, NOW)
    assert [(each.number, each.decision) for each in later.decided_work] == [("L-2", "finish"), ("L-1", "stop")]
    assert later.undecided_work == 0
    assert partner.work_decisions[str(open_[0].id)]["decision"] == "stop", "the last word counts"
    partner.activate("the cause is lifted", True, NOW)
    assert partner.work_decisions == {}
    told_late = partner.decide_work([decide(open_[1], "finish")], work, NOW)
    assert [(each.number, each.decision) for each in told_late.decided_work] == [("L-2", "finish")]
    assert partner.suspend("another recall", [], work, NOW).undecided_work == 2, "of this one nothing was said"
    partner.exit("it closes", NOW)
    assert partner.decide_work([decide(open_[0], "finish")], work, NOW).undecided_work == 1


def test_of_work_that_is_not_open_nothing_is_decided() -> None:
    partner, strange = prospect(), batch("L-9")
    partner.activate("because", True, NOW)
    with pytest.raises(RuleViolated, match="not open at P-2026-00001") as refused:
        partner.suspend("a recall", [decide(strange)], WorkInProgress({}, known=True), NOW)
    assert (refused.value.extensions["unknown"], partner.state) == ([str(strange.id)], "active")


def test_work_that_may_not_be_known_is_no_number() -> None:
    partner, found = prospect(), batch("L-1")
    partner.activate("because", True, NOW)
    assert partner.suspend("a recall", [], WorkInProgress({found.id: found}, known=False), NOW).undecided_work is None


NOTHING = WorkInProgress({}, known=True)


def cause(by: ProposedBy) -> SuspensionCause:
    return SuspensionCause(id=uuid4(), proposed_by=by, site_id=uuid4(), text=f"{by} there", since=NOW)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ((), None),
        ((ProposedBy.critical_risk,), None),
        ((ProposedBy.official_action, ProposedBy.critical_risk), "official_action"),
        ((ProposedBy.non_compliance, ProposedBy.official_action), "non_compliance"),
    ],
)
def test_of_causes_a_partner_is_told_what_an_authority_decided_and_nothing_of_risks(
    by: tuple[ProposedBy, ...], said: str | None
) -> None:
    partner = prospect()
    partner.activate("because", True, NOW)
    fact = partner.suspend("it is looked into", [], NOTHING, NOW, [cause(each) for each in by])
    assert (fact.cause, partner.suspension_reason) == (said, "it is looked into")


def test_it_is_active_again_when_nothing_holds_for_which_it_was_suspended() -> None:
    partner, why = prospect(), cause(ProposedBy.official_action)
    partner.activate("because", True, NOW)
    partner.suspend("because", [], NOTHING, NOW, named([why.id], [why, cause(ProposedBy.critical_risk)], "P-1"))
    with pytest.raises(RuleViolated, match="is proposed still: official_action there"):
        partner.activate("it is fine", True, NOW, [why])
    partner.activate("the authority closed it", True, NOW, [])
    assert (partner.state, partner.suspension_reason) == ("active", None)


def test_what_no_fact_proposes_is_no_cause() -> None:
    with pytest.raises(RuleViolated, match="no fact proposes this for P-1"):
        named([uuid4()], [cause(ProposedBy.critical_risk)], "P-1")


STEPS = {
    "activate": lambda partner: partner.activate("because", True, NOW),
    "suspend": lambda partner: partner.suspend("because", [], NOTHING, NOW),
    "exit": lambda partner: partner.exit("because", NOW),
}


@given(st.lists(st.sampled_from(["activate", "suspend", "exit"]), max_size=12))
def test_no_sequence_escapes_the_table(steps: list[str]) -> None:
    partner = prospect()
    for step in steps:
        before, allowed = partner.state, allowed_now(partner)
        if step in allowed or (step == "exit" and before in ("active", "suspended")):
            fact = STEPS[step](partner)
            assert (fact.before, fact.after) == (before, partner.state)
        else:
            with pytest.raises(NotAllowedNow) as refusal:
                STEPS[step](partner)
            assert refusal.value.extensions["allowed"] == allowed
            assert partner.state == before


def test_it_is_not_active_since_the_first_change_of_the_present_spell() -> None:
    one, days = prospect(), [NOW + timedelta(30 * at) for at in range(5)]
    one.activate("qualified", True, days[0])
    assert one.inactive_since is None
    one.suspend("data", [], NOTHING, days[1])
    one.activate("seen", True, days[2])
    assert one.inactive_since is None
    one.suspend("data again", [], NOTHING, days[3])
    one.exit("left", days[4])
    assert one.inactive_since == days[3]
    spells = [tuple(day - NOW.date() for day in spell if day) for spell in one.inactive_on("UTC")]
    assert spells == [(timedelta(30), timedelta(60)), (timedelta(90),)], "one was lifted, and one is not"
