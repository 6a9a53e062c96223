"""What fails opens an OOS once, reportable or not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from contracts import Fact
from contracts.entitlements import EntitlementStanding as Standing
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Evaluation, Limit
from gxp.evaluation import InForce, Verdict, WhyUndecided
from sample_tracking.entitlements.rule import Entitlements, MethodVersion, Setting
from sample_tracking.results.model import Result

NOW = datetime(2026, 4, 1, tzinfo=UTC)
METHOD = MethodVersion(id=uuid4(), code="HPLC-014", major=1, minor=0, effective_from=date(2026, 1, 1))
LIMIT = Limit(test="assay", stage=TestStage.release, lower=Decimal(95), unit="%", decimals=0, method="HPLC-014")
FAILS = Verdict(Evaluation.out_of_specification, None, Decimal(91), uuid4(), LIMIT)


def a_result() -> Result:
    """One that no specification has judged."""
    ids: dict[str, Any] = {name: uuid4() for name in ("lot_id", "site_id", "partner_id", "set_id")}
    ids |= {name: uuid4() for name in ("laboratory_site_id", "laboratory_partner_id")}
    about: dict[str, Any] = {"lot_number": "L1", "material": "AMLO-5", "test": "assay", "stage": "release"}
    about |= {"role": "original", "value": Decimal(91), "unit": "%", "occurred_at": "2026-03-10", "submitted_by": "x"}
    about |= {"evaluation": "not_evaluated", "reason": "no_specification"}
    return Result(**ids, **about, parties=[ids["partner_id"]])


def known(result: Result, standing: Standing | None) -> Entitlements:
    """How its laboratory stands to the method."""
    about: dict[str, Any] = {"method_id": METHOD.id, "laboratory_site_id": result.laboratory_site_id}
    found = [Setting(**about, standing=standing, valid_from=date(2026, 1, 1))] if standing else []
    return Entitlements([METHOD], found)


def names(facts: Any) -> list[str]:
    """What was told."""
    return [type(fact).__name__ for fact in facts if isinstance(fact, Fact)]


def test_a_verdict_of_a_laboratory_that_is_not_entitled_opens_an_oos_and_no_second_once_it_is() -> None:
    result = a_result()
    told = result.evaluate_again([FAILS], known(result, None), NOW)
    assert names(told) == ["ResultsReported", "ResultNotReportable", "OosDetected"]
    assert (result.evaluation, result.reportable) == ("oos", False)
    assert names(result.judge_again(known(result, Standing.in_transfer))) == [], "nothing is new"
    for standing, also in (
        (Standing.verified, []),
        (Standing.suspended, ["ResultNotReportable"]),
        (Standing.waived, []),
    ):
        assert names(result.judge_again(known(result, standing))) == ["ResultsReported", *also]


def test_a_verdict_that_is_reportable_opens_an_oos_and_so_does_one_that_nobody_can_judge() -> None:
    for nothing in (Entitlements(), None):
        result = a_result()
        told = result.evaluate_again([FAILS], nothing or known(result, Standing.validated), NOW)
        assert names(told) == ["ResultsReported", "OosDetected"]
        assert result.reportable is (None if nothing else True)


def test_what_quality_reads_as_a_failure_opens_an_oos_though_its_laboratory_is_not_entitled() -> None:
    result = a_result()
    result.reason, in_force = WhyUndecided.no_limit, [InForce.of(uuid4(), [LIMIT])]
    told = result.interpret("assay", None, None, in_force, known(result, None), "petra", NOW)
    assert names(told) == ["ResultsReported", "ResultInterpreted", "ResultNotReportable", "OosDetected"]
