"""What a certificate says: rules without I/O. The results are taken as they are at its draft, and stay so."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Evaluation, MarketEvaluation
from gxp.evaluation import WhyUndecided
from runtime.problems import RuleViolated
from sample_tracking.results.fields import ResultState
from sample_tracking.results.markets import as_kept
from sample_tracking.results.model import Result


def certified(
    specification_id: UUID,
    limits: Iterable[Mapping[str, Any]],
    results: Collection[Result],
    laboratories: Mapping[UUID, Mapping[str, Any]],
) -> Sequence[dict[str, Any]]:
    """The entries of a certificate: of each test that the specification names for release, all results that count.

    One that is not reportable counts nowhere. ``laboratories`` says what sites are called. Raises RuleViolated with the
    tests that lack: without a result, or with one that is not approved, not judged by this specification, or of which
    nobody can say whether it is reportable.
    """
    entries: list[dict[str, Any]] = []
    lacking: list[str] = []
    for limit in sorted(limits, key=lambda limit: str(limit["test"])):
        if limit["stage"] != TestStage.release:
            continue
        counting = (one for one in results if one.counts and one.reportable is not False)
        of_test = [one for one in counting if one.stage == limit["stage"] and one.read_test == limit["test"]]
        found = [(one, _verdict(one, specification_id)) for one in of_test]
        if found and all(_stands(one, verdict, limit) for one, verdict in found):
            entries += [_entry(one, verdict, limit, laboratories) for one, verdict in found]
        else:
            lacking.append(limit["test"])
    if lacking or not entries:
        why = "each test for release needs approved, reportable results that this specification judged"
        raise RuleViolated(f"{why}; lacking: {', '.join(lacking) or 'all'}", missing=lacking)
    return entries


def _verdict(result: Result, specification_id: UUID) -> MarketEvaluation | None:
    kept = (*as_kept(result.evaluations), *as_kept(result.evaluated_against))
    return next((each for each in kept if each.specification_id == specification_id), None)


def _stands(result: Result, verdict: MarketEvaluation | None, limit: Mapping[str, Any]) -> bool:
    if result.state != ResultState.approved or not result.reportable or verdict is None:
        return False
    judged = verdict.verdict != Evaluation.not_evaluated
    return judged or bool(limit.get("report_only")) or result.reason == WhyUndecided.exempt


def criterion(limit: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be met, as the specification has it (ICH Q6A, acceptance criteria)."""
    bounds = {"lower": limit.get("lower"), "upper": limit.get("upper")}
    accepted = [limit["text"], *limit.get("accepted", ())] if limit.get("text") else []
    kind = "report_only" if limit.get("report_only") else "words" if accepted else "bounds"
    return {"kind": kind} | bounds | {"accepted": accepted, "unit": limit["unit"], "decimals": limit["decimals"]}


def _entry(
    result: Result,
    verdict: MarketEvaluation | None,
    limit: Mapping[str, Any],
    laboratories: Mapping[UUID, Mapping[str, Any]],
) -> dict[str, Any]:
    rounded = verdict.rounded if verdict else None
    return {
        "result_id": str(result.id),
        "test": result.read_test,
        "criterion": criterion(limit),
        "method": result.method or limit.get("method"),
        "method_version": result.method_version,
        "value": None if result.value is None else format(result.value, "f"),
        "text": result.text,
        "qualifier": result.qualifier and str(result.qualifier),
        "unit": result.unit,
        "rounded": None if rounded is None else format(rounded, "f"),
        "verdict": str(verdict.verdict) if verdict else None,
        "laboratory_site_id": str(result.laboratory_site_id),
        "laboratory": laboratories[result.laboratory_site_id],
        "tested_at": result.occurred_at,
        "approved_by": result.approved_by,
        "approved_at": result.approved_at.isoformat() if result.approved_at else None,
    }
