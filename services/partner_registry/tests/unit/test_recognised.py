"""Which inspections stand for a certificate: of whom, for what, on which days, and as it was known."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from contracts.certifying import RecognisedWork, RecognisingRegime
from contracts.partner_registry import CertificateKind, InspectionOutcome, LetterKind
from contracts.partner_registry import InspectionState as State
from partner_registry.certificates.model import Certificate
from partner_registry.inspections.model import Inspection
from partner_registry.mutual_recognition.model import MutualRecognition
from partner_registry.mutual_recognition.schemas import MutualRecognitionState
from partner_registry.qualifications.outlived import bare_since
from partner_registry.qualifications.recognised import Foreign
from partner_registry.registrations import conditions
from partner_registry.registrations.conditions import ConditionVerdict
from partner_registry.sites.model import Activity
from runtime.lifecycle import allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = NOW.date()
MAKING = Activity.drug_product
ENDED, DECIDED = date(2025, 2, 12), date(2025, 4, 1)
COVERED: dict[str, Any] = {"country": "US", "product_kind": "chemical", "activities": [MAKING]}


def inspection(outcome: InspectionOutcome = InspectionOutcome.vai, **covered: Any) -> Inspection:
    said: dict[str, Any] = {"site_id": uuid4(), "partner_id": uuid4(), "authority": "FDA", "kind": "routine"}
    said |= {"starts_on": ENDED, "announced_at": NOW, "told_sponsor_at": NOW, "number": "INSP-1"}
    one = Inspection.announce(**said, now=NOW)[0]
    one.observe(ENDED, [], False, "UTC", NOW)
    one.classify(outcome, DECIDED, "UTC", NOW)
    one.state = State.classified
    if outcome != InspectionOutcome.oai:
        one.cover(**COVERED | {"dosage_forms": ["tablet"]} | covered, by="rita", now=NOW)
    return one


def row(**changes: Any) -> MutualRecognition:
    said: dict[str, Any] = {"regime": RecognisingRegime.eu, "country": "US", "covers": [RecognisedWork.inspection]}
    said |= {"valid_from": date(2019, 7, 11), "kinds_out": ["vaccine"], "source": "decision 1/2017", "number": "MRA-1"}
    return MutualRecognition(**said | {"recorded_by": "ana", "state": MutualRecognitionState.confirmed} | changes)


def used(one: Inspection, *rows: MutualRecognition, day: date = DAY, **asked: Any) -> str | None:
    given: dict[str, Any] = {"held": [], "activity": MAKING, "form": "tablet", "day": day, "as_of": NOW} | asked
    found = Foreign([one], rows).recognised(**given)
    return str(found) if found else None


def certificate() -> Certificate:
    printed: dict[str, Any] = {"site_id": uuid4(), "partner_id": uuid4(), "kind": CertificateKind.gmp, "holder": "A"}
    printed |= {"authority": "BASG", "certificate_number": "AT-1", "activities": [MAKING], "dosage_forms": []}
    printed |= {"valid_from": date(2024, 2, 1), "valid_to": date(2030, 1, 1), "digest": "0" * 64, "number": "CERT-1"}
    one = Certificate.record(**printed, recorded_by="ana", zone="UTC", now=NOW)[0]
    one.confirm("EudraGMDP", date(2025, 1, 1), "UTC", "petra", NOW)
    return one


def test_one_of_a_country_with_a_confirmed_row_counts_and_names_it() -> None:
    assert used(inspection(), row()) == "INSP-1 by MRA-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": MutualRecognitionState.checked},
        {"country": "CA"},
        {"covers": [RecognisedWork.batch_testing]},
        {"kinds_out": ["Chemical"]},
        {"ends_on": DAY - timedelta(1)},
        {"valid_from": DAY + timedelta(1)},
    ],
)
def test_none_counts_without_a_row_that_recognises_it_that_day(changes: dict[str, Any]) -> None:
    assert used(inspection(), row(**changes)) is None


def test_it_counts_from_its_decision_for_36_months_from_its_end_for_what_it_covers_once_that_was_read() -> None:
    one = inspection()
    last = date(2028, 2, 12)
    days = [DECIDED - timedelta(1), DECIDED, last, last + timedelta(1)]
    assert [used(one, row(), day=day) is not None for day in days] == [False, True, True, False]
    assert used(one, row(), form="capsule") is used(one, row(), activity=Activity.packaging) is None
    assert used(one, row(), as_of=NOW - timedelta(1)) is None, "nobody had read it then"
    assert used(one, row(), regimes=[RecognisingRegime.gb]) is None
    everything = inspection(activities=[*Activity])
    assert used(everything, row(), activity=Activity.distribution) is None, "which GMP says nothing of"


def test_one_against_the_site_covers_nothing_nor_does_one_after_a_letter() -> None:
    with pytest.raises(RuleViolated, match="classified oai"):
        inspection(InspectionOutcome.oai).cover(**COVERED, dosage_forms=[], by="rita", now=NOW)
    one = inspection()
    one.receive_letter(LetterKind.form_483, DECIDED, "483", "UTC", NOW)
    assert used(one, row())
    one.receive_letter(LetterKind.warning_letter, DAY, "WL 1", "UTC", NOW)
    assert [used(one, row(), day=day) is not None for day in (DAY - timedelta(1), DAY)] == [True, False]
    decided_anew = inspection()
    decided_anew.classify(InspectionOutcome.oai, DAY, "UTC", NOW)
    assert used(decided_anew, row()) is None
    assert [("cover" in allowed_now(each)) for each in (one, decided_anew)] == [True, False]


def test_a_new_decision_is_read_anew_and_what_was_known_before_stays_known() -> None:
    one, yesterday = inspection(), DAY - timedelta(1)
    reread, decided, read = (NOW + timedelta(hours=each) for each in (1, 2, 3))
    one.cover(**COVERED, dosage_forms=["capsule"], by="rita", now=reread)
    assert [used(one, row(), form=form, as_of=NOW) is not None for form in ("tablet", "capsule")] == [True, False]
    assert [used(one, row(), form=form, as_of=reread) is not None for form in ("tablet", "capsule")] == [False, True]
    one.classify(InspectionOutcome.nai, DAY, "UTC", decided)
    assert one.covered is None
    counts = [used(one, row(), form="capsule", day=day, as_of=decided) is not None for day in (yesterday, DAY)]
    assert counts == [True, False], "the decision of today nobody has read"
    assert used(one, row(), form="capsule", as_of=reread), "nobody knew of it"
    one.cover(**COVERED, dosage_forms=["capsule"], by="rita", now=read)
    assert [used(one, row(), form="capsule", as_of=at) is not None for at in (decided, read)] == [False, True]
    one.receive_letter(LetterKind.import_alert, DAY, "IA 1", "UTC", read + timedelta(hours=1))
    known = [used(one, row(), form="capsule", as_of=at) is not None for at in (read, read + timedelta(hours=1))]
    assert known == [True, False]


def test_what_an_authority_took_back_no_earlier_inspection_heals() -> None:
    restricted, withdrawn = certificate(), certificate()
    restricted.restrict([MAKING], ["capsule"], DAY, "because", "UTC", NOW)
    withdrawn.withdraw(DAY, False, "because", "UTC", NOW)
    for one in (restricted, withdrawn):
        assert used(inspection(), row(), held=[one]) is None
    long_ago = certificate()
    long_ago.withdraw(DECIDED - timedelta(1), False, "because", "UTC", NOW)
    assert used(inspection(), row(), held=[long_ago]), "the authority decided since"
    withdrawn_later = certificate()
    withdrawn_later.withdraw(DAY, False, "given up", "UTC", NOW)
    recent = certificate()
    recent.withdraw(DAY - timedelta(30), True, "data", "UTC", NOW)
    between: dict[str, Any] = {"held": [recent, withdrawn_later], "day": DAY - timedelta(1)}
    assert used(inspection(), row(), **between) is None, "what was withdrawn after the day heals nothing"


def test_a_market_counts_what_its_own_law_recognises_and_a_partner_is_not_told_of_rows() -> None:
    one = inspection()

    def verdict(market: str, rows: Any) -> Any:
        return conditions.certified([], Foreign([one], rows), market, MAKING, "tablet", DAY, NOW)

    found = verdict("AT", [row()])
    assert (found.verdict, found.record, found.recognition) == (ConditionVerdict.met, "INSP-1", "MRA-1")
    others = [verdict("GB", [row()]), verdict("US", [row()]), verdict("AT", []), verdict("AT", None)]
    assert [each.verdict for each in others] == [*["not_met"] * 3, "unknown"]
    assert verdict("AT", None).recognition is None


@pytest.mark.parametrize(
    ("changes", "today", "since"),
    [
        ({}, DAY, None),
        ({"valid_to": DAY}, DAY, None),
        ({"valid_to": DAY - timedelta(1)}, DAY, DAY),
        ({"valid_to": date(2027, 1, 31)}, date(2027, 2, 9), date(2027, 2, 1)),
        ({"ends_on": date(2025, 5, 1)}, DAY, date(2025, 6, 1)),  # before it was qualified
        ({}, date(2028, 2, 14), date(2028, 2, 13)),  # 36 months after the inspection
    ],
)
def test_what_rests_on_an_inspection_is_bare_since_a_day(changes: dict[str, Any], today: date, since: Any) -> None:
    found: Any = SimpleNamespace(activity=MAKING, dosage_form="tablet", valid_from=date(2025, 6, 1))
    abroad, now = Foreign([inspection()], [row(**changes)]), datetime.combine(today, NOW.timetz())
    assert bare_since(found, [], abroad, "UTC", now) == since
    assert bare_since(found, [certificate()], abroad, "UTC", now) is None
