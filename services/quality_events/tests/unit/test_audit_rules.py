"""When audits and answers to findings are in time, and what is seen before either is closed."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Holder, Side
from contracts.audits import AuditKind, AuditMode, AuditOutcome, FindingArea, FindingClass
from quality_events.audits.model import SiteAudit, refuse_long_ago
from quality_events.audits.schemas import AuditorOfTeam, AuditState, ReportedFinding
from quality_events.findings.model import AuditFinding
from quality_events.findings.schemas import FindingAction, FindingState
from runtime.problems import RuleViolated

NOW, ZONE = datetime(2026, 7, 8, 9, tzinfo=UTC), "Europe/Vienna"
TEAM = [AuditorOfTeam(name="Mira", function="lead auditor", subject="tom", independent=True)]
ANSWER = [FindingAction(cause="shifts end late", action="terminals", due_on=date(2026, 9, 1))]


def found(how: FindingClass = FindingClass.major) -> ReportedFinding:
    return ReportedFinding(classification=how, area=FindingArea.data_integrity, clause="4.8", evidence="page 12")


def planned(**more: Any) -> SiteAudit:
    """A surveillance audit on 16 June."""
    ids: dict[str, Any] = {"site_id": uuid4(), "partner_id": uuid4(), "number": "AUD-2026-10001", "scope": "tablets"}
    how = {"kind": AuditKind.surveillance, "mode": AuditMode.on_site, "planned_on": date(2026, 6, 16)}
    return SiteAudit.plan(**(ids | how | {"team": [each.model_dump() for each in TEAM]} | more), now=NOW)[0]


def conducted() -> SiteAudit:
    audit = planned()
    audit.confirm("ana", NOW)
    audit.conduct(date(2026, 6, 18), ZONE, "tom", NOW)
    return audit


def raised(
    how: FindingClass = FindingClass.major, now: datetime = NOW, zone: str = ZONE, country: str | None = None
) -> AuditFinding:
    """A finding of a report that was sent at an instant."""
    given = found(how).model_dump()
    place: dict[str, Any] = {"zone": zone, "country": country, "sent_at": now}
    return AuditFinding.raise_at(conducted(), number="FIND-2026-10001", **place, **given)[0]


def local(month: int, day: int) -> datetime:
    """The end of the local day before."""
    return datetime(2026, month, day, tzinfo=ZoneInfo(ZONE))


def test_the_interval_is_judged_from_the_first_day_however_often_it_is_postponed() -> None:
    audit = planned()
    for day in (date(2026, 6, 23), date(2026, 9, 1)):
        fact = audit.postpone(day, "a strike", "tom", NOW)
        assert (fact.first_planned_on, fact.planned_on) == (date(2026, 6, 16), day)
    assert [each["before"] for each in audit.postponements] == ["2026-06-16", "2026-06-23"]
    with pytest.raises(RuleViolated, match="postponed to a later day"):
        audit.postpone(date(2026, 8, 31), "a strike", "tom", NOW)


def test_one_that_was_confirmed_is_postponed_to_a_day_that_the_site_confirms_anew() -> None:
    audit = planned()
    audit.confirm("ana", NOW)
    audit.postpone(date(2026, 6, 23), "a strike", "tom", NOW)
    assert (audit.state, audit.confirmed_by, audit.turn()) == (AuditState.planned, None, {Side.owner})


def test_the_plan_moves_an_audit_that_nobody_confirmed_and_leaves_what_was_postponed() -> None:
    audit = planned()
    audit.postpone(date(2026, 7, 1), "a strike", "tom", NOW)
    assert audit.follow_plan(date(2026, 6, 16), NOW) is None
    assert audit.planned_on == date(2026, 7, 1)
    fact = audit.follow_plan(date(2026, 5, 4), NOW)
    assert fact is not None
    assert not fact.confirmed
    assert audit.planned_on == audit.first_planned_on == date(2026, 5, 4)


@pytest.mark.parametrize(
    ("team", "named"), [([], "has no team"), ([*TEAM, AuditorOfTeam(name="Jan", function="expert")], "not: Jan")]
)
def test_nobody_audits_who_did_not_declare_to_be_independent(team: list[AuditorOfTeam], named: str) -> None:
    audit = planned()
    audit.confirm("ana", NOW)
    audit.name_team(team, "vera", quality=True)
    with pytest.raises(RuleViolated, match=named):
        audit.conduct(date(2026, 6, 18), ZONE, "tom", NOW)


def test_an_audit_is_its_teams_to_conduct_and_to_name_anew() -> None:
    audit = planned()
    audit.confirm("ana", NOW)
    with pytest.raises(RuleViolated, match=r"conducted by its team, .*: Mira \(tom\)"):
        audit.conduct(date(2026, 6, 18), ZONE, "mallory", NOW)
    with pytest.raises(RuleViolated, match="you are not of it"):
        audit.name_team(TEAM, "mallory", quality=False)
    audit.name_team([AuditorOfTeam(name="Jan", function="lead", independent=True)], "tom", quality=False)
    with pytest.raises(RuleViolated, match="no login is named"):
        audit.conduct(date(2026, 6, 18), ZONE, "tom", NOW)
    audit.name_team(TEAM, "vera", quality=True)
    audit.conduct(date(2026, 6, 18), ZONE, "tom", NOW)
    nobody = planned(team=[])
    nobody.name_team(TEAM, "whoever", quality=False)
    assert nobody.logins == ["tom"]


def test_no_audit_is_planned_for_a_day_of_which_nothing_can_be_told() -> None:
    with pytest.raises(RuleViolated, match=r"planned_on: 2020-01-01 .* name 2025-07-07 or later"):
        refuse_long_ago("planned_on", date(2020, 1, 1), ZONE, NOW)
    refuse_long_ago("planned_on", date(2025, 7, 7), ZONE, NOW)


def test_an_audit_takes_place_when_it_is_confirmed_or_is_planned_for_the_day_on_which_it_did() -> None:
    audit = planned(planned_on=date(2026, 8, 3))
    audit.confirm("ana", NOW - timedelta(2))
    with pytest.raises(RuleViolated, match="planned on 2026-08-03 and confirmed on 2026-07-06") as refused:
        audit.conduct(date(2026, 7, 5), ZONE, "tom", NOW)
    assert refused.value.extensions["fields"] == ["conducted_on"]
    audit.conduct(date(2026, 7, 6), ZONE, "tom", NOW)
    late = planned()
    late.confirm("ana", NOW)
    with pytest.raises(RuleViolated, match="name 2026-06-16 or later"):
        late.conduct(date(2026, 6, 15), ZONE, "tom", NOW)
    late.conduct(date(2026, 6, 16), ZONE, "tom", NOW)


def test_an_action_is_due_on_a_day_that_is_not_over() -> None:
    for day, refused in ((date(2026, 7, 7), True), (date(2026, 7, 8), False)):
        finding, actions = raised(), [FindingAction(cause="a", action="b", due_on=day)]
        if refused:
            with pytest.raises(RuleViolated, match="due_on lies in the past: 2026-07-07"):
                finding.respond(actions, ZONE, "ana", NOW)
        else:
            finding.respond(actions, ZONE, "ana", NOW)
        assert bool(finding.actions) is not refused


def test_a_report_is_due_thirty_days_after_the_last_day_and_an_audit_is_no_plan() -> None:
    audit = conducted()
    assert audit.report_due_at == local(7, 19)
    assert not audit.is_overdue(local(7, 19))
    assert audit.is_overdue(local(7, 19) + timedelta(seconds=1))
    ahead = planned()
    ahead.confirm("ana", NOW)
    with pytest.raises(RuleViolated, match="2026-07-09 lies ahead"):
        ahead.conduct(date(2026, 7, 9), ZONE, "tom", NOW)


def test_what_is_told_a_year_late_is_refused_with_the_first_day_that_would_be_right() -> None:
    """366 local days: it is 8 July in Vienna, and 7 July 2025 is the first."""
    audit = planned(planned_on=date(2025, 7, 1))
    audit.confirm("ana", NOW)
    for day in (date(1900, 1, 1), date(2025, 7, 6)):
        with pytest.raises(RuleViolated, match="name 2025-07-07 or later") as refused:
            audit.conduct(day, ZONE, "tom", NOW)
        assert (refused.value.extensions["fields"], audit.conducted_on) == (["conducted_on"], None)
    audit.conduct(date(2025, 7, 7), ZONE, "tom", NOW)
    report = partial(audit.report_findings, AuditOutcome.acceptable, "0" * 64, [])
    later, sent_at = NOW + timedelta(1), datetime(2025, 7, 7, 21, 59, tzinfo=UTC)
    with pytest.raises(RuleViolated, match=r"sent_at: 2025-07-07 .* name 2025-07-08 or later"):
        report(sent_at, ZONE, later)
    report(sent_at + timedelta(minutes=1), ZONE, later)


@pytest.mark.parametrize(
    ("outcome", "classes", "refused"),
    [
        ("acceptable", [], ""),
        ("acceptable", ["recommendation"], ""),
        ("acceptable", ["minor"], "acceptable_with_findings, or unacceptable"),
        ("acceptable_with_findings", [], "it is acceptable, or"),
        ("acceptable_with_findings", ["minor", "major", "minor"], ""),
        ("unacceptable", ["recommendation"], "stated as a finding"),
        ("unacceptable", ["critical"], ""),
    ],
)
def test_the_outcome_fits_what_was_found(outcome: str, classes: list[str], refused: str) -> None:
    audit = conducted()
    findings = [found(FindingClass(each)) for each in classes]
    if refused:
        with pytest.raises(RuleViolated, match=refused):
            audit.report_findings(AuditOutcome(outcome), "0" * 64, findings, NOW, "UTC", NOW)
        return
    fact = audit.report_findings(AuditOutcome(outcome), "0" * 64, findings, NOW, "UTC", NOW)
    assert (fact.outcome, fact.conducted_on, audit.state) == (outcome, date(2026, 6, 18), AuditState.reported)
    assert {each: getattr(fact, each) for each in FindingClass} == {each: classes.count(each) for each in FindingClass}


def test_answers_go_in_rounds_and_the_second_rejection_escalates() -> None:
    finding = raised()
    first = local(8, 8)
    assert finding.due_at == finding.first_due_at == first
    escalated = []
    for round, day in ((2, 1), (3, 20)):
        finding.respond(ANSWER, ZONE, "ana", NOW)
        fact = finding.reject("no cause", ZONE, None, "tom", datetime(2026, 8, day, 9, tzinfo=UTC))
        assert (fact.round, fact.first_due_at, finding.actions) == (round, first, [])
        assert fact.due_at == local(8, day + 11)
        escalated.append(fact.escalate)
    assert escalated == [False, True]
    assert [each["actions"][0]["cause"] for each in finding.rejections] == ["shifts end late"] * 2


@pytest.mark.parametrize(
    ("country", "due", "next_due"),
    [
        ("SI", "2025-12-23T00:00+01:00", "2026-01-06T00:00+01:00"),
        (None, "2025-12-22T00:00+01:00", "2026-01-04T00:00+01:00"),
        ("ZZ", "2025-12-22T00:00+01:00", "2026-01-04T00:00+01:00"),
    ],
)
def test_a_time_that_ends_when_nobody_works_ends_with_the_sites_next_working_day(
    country: str | None, due: str, next_due: str
) -> None:
    finding = raised(now=datetime.fromisoformat("2025-11-21T12:00+01:00"), zone="Europe/Ljubljana", country=country)
    assert finding.first_due_at == datetime.fromisoformat(due), "a Sunday"
    finding.respond(ANSWER, ZONE, "ana", NOW)
    sent_back = datetime.fromisoformat("2025-12-24T12:00+01:00")
    fact = finding.reject("no cause", "Europe/Ljubljana", country, "tom", sent_back)
    assert fact.due_at == datetime.fromisoformat(next_due), "3 January is a Saturday"


@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_an_answer_is_due_with_the_end_of_the_sites_thirtieth_day(now: datetime, zone: str) -> None:
    due = raised(now=now, zone=zone).due_at.astimezone(ZoneInfo(zone))
    assert due.date() == now.astimezone(ZoneInfo(zone)).date() + timedelta(31)
    assert (due - timedelta(seconds=1)).date() == now.astimezone(ZoneInfo(zone)).date() + timedelta(30)


def test_it_is_overdue_by_the_first_date_and_that_is_told_once() -> None:
    finding = raised()
    late = finding.first_due_at + timedelta(seconds=1)
    with pytest.raises(RuleViolated, match="not overdue"):
        finding.fall_overdue(finding.first_due_at)
    finding.respond(ANSWER, ZONE, "ana", NOW)
    assert not finding.is_overdue(late), "an answer stands"
    finding.reject("no cause", ZONE, None, "tom", late)
    assert finding.due_at > late
    assert finding.is_overdue(late), "the next round does not move the first date"
    assert finding.fall_overdue(late).occurred_at == finding.first_due_at
    with pytest.raises(RuleViolated, match="or that was published"):
        finding.fall_overdue(late + timedelta(30))


@pytest.mark.parametrize("how", FindingClass)
@pytest.mark.parametrize("seen", [None, "photographs"])
@pytest.mark.parametrize("capa", [None, "CAPA-2026-10001"])
@pytest.mark.parametrize("day", [None, date(2026, 9, 1)])
def test_weighty_findings_need_evidence_and_a_capa_or_a_day(
    how: FindingClass, seen: str | None, capa: str | None, day: date | None
) -> None:
    finding = raised(how)
    finding.respond(ANSWER, ZONE, "ana", NOW)
    finding.accept("tom", NOW)
    enough = how in ("minor", "recommendation") or bool(seen and (capa or day))
    if enough:
        assert finding.verify(seen, capa, day, "tom", NOW).classification == how
        assert finding.state == FindingState.closed
    else:
        with pytest.raises(RuleViolated, match=f"is {how}: state"):
            finding.verify(seen, capa, day, "tom", NOW)


def test_it_is_said_whose_turn_it_is() -> None:
    audit = planned()
    audit.pass_turn(NOW)
    assert (audit.awaited_side, audit.awaited_partner_id) == (Holder.partner, audit.partner_id)
    finding = raised()
    turns = []
    for step in (lambda: None, lambda: finding.respond(ANSWER, ZONE, "ana", NOW), lambda: finding.accept("tom", NOW)):
        step()
        finding.pass_turn(NOW)
        turns.append(finding.awaited_side)
    assert turns == [Holder.partner, Holder.sponsor, Holder.sponsor]
