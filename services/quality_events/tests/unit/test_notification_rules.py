"""The rules of notifications of authorities: which one, by when, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts.complaints import AuthorityRegime as Regime
from contracts.complaints import NotificationCause
from contracts.complaints import NotificationKind as Kind
from contracts.registrations import ApplicationType
from quality_events.notifications import rules
from quality_events.notifications.commands import Cause
from quality_events.notifications.model import AuthorityNotification
from quality_events.notifications.schemas import NotificationState
from quality_events.regimes import regime_of
from runtime.lifecycle import allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def opened(aware_at: datetime, kind: Kind = Kind.us_field_alert, market: str = "US") -> AuthorityNotification:
    """A notification of something that was known then."""
    given: dict[str, Any] = {"number": "NTF-2026-10001", "cause_type": NotificationCause.oos, "cause_id": uuid4()}
    given |= {"regime": regime_of(market), "market": market, "kind": kind}
    return AuthorityNotification.open(NOW, aware_at=aware_at, **given)[0]


@pytest.mark.parametrize(
    ("kind", "market", "aware_at", "due_at"),
    [
        (Kind.us_field_alert, "US", "2026-11-25T16:00:00-05:00", "2026-12-02T05:00:00Z"),  # over Thanksgiving
        (Kind.us_field_alert, "US", "2026-11-28T11:00:00-05:00", "2026-12-03T05:00:00Z"),  # known on a Saturday
        (Kind.us_field_alert, "US", "2026-11-26T03:00:00Z", "2026-12-02T05:00:00Z"),  # there it is the 25th still
        (Kind.us_biological_deviation, "US", "2026-10-01T12:00:00Z", "2026-11-16T05:00:00Z"),  # summer time ends
        (Kind.defect_class_i, "DE", "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"),  # exact, also then
        (Kind.defect, "DE", "2026-12-23T08:00:00Z", "2026-12-29T23:00:00Z"),  # 24, 28, 29
        (Kind.defect, "GB", "2026-12-23T08:00:00Z", "2026-12-31T00:00:00Z"),  # the 28th is a substitute day there
        (Kind.defect, "EU", "2026-04-24T08:00:00Z", "2026-04-30T22:00:00Z"),  # King's Day in Amsterdam
        (Kind.unknown_rule, "JP", "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"),
    ],
)
def test_each_kind_has_its_clock(kind: Kind, market: str, aware_at: str, due_at: str) -> None:
    assert rules.due(kind, market, at(aware_at)) == at(due_at)


@pytest.mark.parametrize(
    ("answered", "reopened", "outdated"),
    [(None, NOW, False), (NOW, None, False), (NOW, NOW, True), (NOW, NOW - timedelta(1), False)],
)
def test_an_answer_stands_until_new_evidence_comes(
    answered: datetime | None, reopened: datetime | None, outdated: bool
) -> None:
    assert rules.is_outdated(answered, reopened) is outdated


def test_a_further_round_is_not_late_by_what_was_answered_before() -> None:
    before, after = NOW - timedelta(30), NOW + timedelta(1)
    cause = Cause(NotificationCause.oos, uuid4(), news_at=NOW)
    assert [cause.since(before, round) for round in (1, 2)] == [before, NOW]
    assert cause.since(after, 2) == after, "nothing was on sale before"
    assert cause._replace(news_at=None).since(before, 2) == before


def test_every_market_with_rules_has_a_calendar() -> None:
    for market in rules._ZONES:
        kinds = rules.KINDS[regime_of(market)]
        assert {rules.due(kind, market, NOW) > NOW for kind in kinds} == {True}


@pytest.mark.parametrize(
    ("market", "regime", "first"),
    [
        ("US", Regime.us, Kind.us_field_alert),
        ("AT", Regime.eu_eea, Kind.defect_class_i),
        ("NO", Regime.eu_eea, Kind.defect_class_i),
        ("EU", Regime.eu_eea, Kind.defect_class_i),
        ("GB", Regime.gb, Kind.defect_class_i),
        ("CH", Regime.ch, Kind.unknown_rule),
        ("JP", Regime.other, Kind.unknown_rule),
    ],
)
def test_a_market_has_a_regime_and_that_its_notifications(market: str, regime: Regime, first: Kind) -> None:
    assert regime_of(market) is regime
    assert rules.kind_for(market, possible_class_i=True) is first
    rules.check(market, regime, first)


@pytest.mark.parametrize(
    ("applications", "kind", "assumed"),
    [
        ([], Kind.us_field_alert, True),
        ([None], Kind.us_field_alert, True),
        (["other"], Kind.us_field_alert, True),
        (["nda"], Kind.us_field_alert, False),
        (["nda", "anda"], Kind.us_field_alert, False),
        (["bla"], Kind.us_biological_deviation, False),
        (["bla", None], Kind.us_field_alert, True),
        (["bla", "nda"], Kind.us_field_alert, True),
    ],
)
def test_a_biologic_has_a_clock_of_its_own_and_what_is_unknown_the_shorter(
    applications: list[str | None], kind: Kind, assumed: bool
) -> None:
    known = [ApplicationType(each) if each else None for each in applications]
    assert rules.kind_for("US", possible_class_i=False, applications=known) is kind
    assert rules.is_assumed("US", known) is assumed
    assert rules.kind_for("DE", possible_class_i=False, applications=known) is Kind.defect
    assert rules.is_assumed("DE", known) is False


def test_what_is_replaced_has_a_successor_with_its_clock_and_is_due_again_with_its_own() -> None:
    alert, other = opened(NOW), opened(NOW, Kind.us_biological_deviation)
    alert.propose_waiver("it is a biologic", "rex")
    with pytest.raises(RuleViolated, match="take the place"):
        alert.replace(opened(NOW), NOW)
    with pytest.raises(RuleViolated, match="take the place"):
        opened(NOW - timedelta(1)).replace(other, NOW)
    told = alert.replace(other, NOW)
    assert told is not None
    assert (told.notification_id, told.replaces, told.due_at) == (other.id, alert.id, other.due_at)
    assert (alert.state, alert.replaced_by, alert.is_overdue(NOW + timedelta(90))) == ("replaced", other.id, False)
    again = alert.ask_again(NOW + timedelta(2), NOW + timedelta(2))
    assert (again.aware_at, again.due_at) == (NOW, rules.due(Kind.us_field_alert, "US", NOW)), "it never stopped"
    assert (alert.state, alert.replaced_by, alert.waiver_reason) == ("due", None, None)


def test_a_notification_of_another_regime_is_refused() -> None:
    for market, regime, kind, why in (
        ("DE", Regime.us, Kind.us_field_alert, "rules of eu_eea"),
        ("DE", Regime.eu_eea, Kind.us_field_alert, "knows defect and defect_class_i"),
    ):
        with pytest.raises(RuleViolated, match=why):
            rules.check(market, regime, kind)


def test_the_earliest_awareness_counts_in_every_order() -> None:
    known = [at("2025-11-26T21:00:00Z"), at("2025-11-25T21:00:00Z"), at("2025-11-29T16:00:00Z")]
    ends = set()
    for first, *others in permutations(known):
        notification = opened(first)
        for each in others:
            told = notification.learn_awareness(each, NOW)
            assert told is None or told.due_at == notification.due_at
        ends.add((notification.aware_at, notification.due_at))
    assert ends == {(known[1], rules.due(Kind.us_field_alert, "US", known[1]))}


def test_late_is_kept_as_late() -> None:
    notification = opened(at("2025-11-26T21:00:00Z"))
    due_at = notification.due_at
    assert [notification.was_in_time(due_at), notification.was_in_time(due_at + timedelta(seconds=1))] == [None, False]
    for wrong in (NOW + timedelta(1), notification.aware_at - timedelta(1)):
        with pytest.raises(RuleViolated, match="submitted_at lies between"):
            notification.submit("FAR 1", wrong, "rex", NOW)
    submitted = notification.submit("FAR 1", due_at, "rex", NOW)
    assert (submitted.occurred_at, submitted.reference, notification.was_in_time(NOW)) == (due_at, "FAR 1", True)
    assert notification.learn_awareness(at("2025-11-25T21:00:00Z"), NOW) is None
    assert notification.was_in_time(NOW) is False, "it was known a day earlier than was said"


def test_what_regulatory_proposes_to_waive_stays_due_until_quality_agrees() -> None:
    notification = opened(at("2025-11-26T21:00:00Z"))
    assert "waive" not in allowed_now(notification)
    with pytest.raises(RuleViolated, match="why it is not required"):
        notification.waive("qa", NOW)
    notification.propose_waiver("never distributed", "rex")
    assert notification.is_overdue(NOW)
    notification.waive("qa", NOW)
    assert (notification.state, notification.was_in_time(NOW)) == (NotificationState.not_required, None)


def test_what_lies_ahead_is_not_known() -> None:
    with pytest.raises(RuleViolated, match="lies ahead"):
        opened(NOW + timedelta(seconds=1))


def test_no_partner_is_a_party() -> None:
    assert opened(NOW).parties == ()
