"""What a certificate says: rules without I/O. The results are taken as they are at its draft, and stay so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Evaluation, MarketEvaluation
from gxp.evaluation import WhyUndecided
from runtime.problems import RuleViolated
from sample_tracking.results.fields import ResultState
from sample_tracking.results.lineage import found_invalid
from sample_tracking.results.markets import as_kept
from sample_tracking.results.model import Result

Entries = Collection[Mapping[str, Any]]


def certified(
    specification_id: UUID,
    limits: Iterable[Mapping[str, Any]],
    results: Iterable[Result],
    laboratories: Mapping[UUID, Mapping[str, Any]],
    versions: Mapping[UUID, str | None],
) -> Sequence[dict[str, Any]]:
    """The entries of a certificate: of each test that the specification names for release, all results that count.

    One that is not reportable counts nowhere, and in the place of one that was found invalid, and of what amended it
    since, stand its retests. ``results`` are all of the lot, also those that were amended; ``laboratories`` says what
    sites are called, ``versions`` by which version of its method a result was found, where it does not say so itself.
    Raises RuleViolated with the tests that lack, each with why: without a result, or with one that is not approved, not
    judged by this specification, or of which nobody can say whether it is reportable.
    """
    entries: list[dict[str, Any]] = []
    lacking: dict[str, list[str]] = defaultdict(list)
    counting = shown(results)
    for limit in sorted(limits, key=lambda limit: str(limit["test"])):
        if limit["stage"] != TestStage.release:
            continue
        found = [(one, _verdict(one, specification_id)) for one in counting if one.read_test == limit["test"]]
        if why := _why_not(found, limit):
            lacking[why].append(limit["test"])
        else:
            version = {one.id: one.method_version or versions.get(one.id) for one, _ in found}
            entries += [_entry(one, verdict, limit, laboratories, version[one.id]) for one, verdict in found]
    if lacking or not entries:
        rule = "each test for release needs approved, reportable results that this specification judged"
        told = [f"{why}: {', '.join(tests)}" for why, tests in lacking.items()] or ["lacking: all"]
        missing = sorted(test for tests in lacking.values() for test in tests)
        raise RuleViolated("; ".join([rule, *told]), missing=missing)
    return entries


def papers(entries: Entries) -> list[str]:
    """The digests of the laboratories' own certificates from which results of it were typed."""
    return sorted({entry["certificate_digest"] for entry in entries} - {None})


def shown(results: Iterable[Result]) -> Sequence[Result]:
    """Those of a lot that its certificate has to show."""
    found = list(results)
    invalid = found_invalid(found)
    valid = (one for one in found if one.counts and one.reportable is not False and one.id not in invalid)
    return [one for one in valid if one.stage == TestStage.release]


def left_out(entries: Entries, results: Iterable[Result]) -> Sequence[Result]:
    """Those of the tests that it shows which an investigation found invalid, each once however often it was amended."""
    tests, found = {entry["test"] for entry in entries}, list(results)
    invalid = {*found_invalid(found).values()}
    of_it = (one for one in found if one.id in invalid and one.stage == TestStage.release)
    return [one for one in of_it if one.read_test in tests]


def investigation(entry: Mapping[str, Any], result: Result | None) -> str | None:
    """How the investigation of a result that is out of specification stands; None of any other, and of one that the
    reader does not see."""
    if result is None or Evaluation.out_of_specification not in (result.evaluation, entry["verdict"]):
        return None
    return "open" if result.concluded_sequence is None else "not_found_invalid"


def changed(entries: Entries, specification_id: UUID, results: Iterable[Result]) -> list[str]:
    """The tests of which entries do not say what is found by now: results came, or went, or stand otherwise, or one
    was amended away that failed."""
    said, tests = {entry["result_id"]: entry for entry in entries}, {entry["test"] for entry in entries}
    found = list(results)
    now = {str(one.id): one for one in shown(found) if one.read_test in tests}
    away = {test for test, _ in amended_away(entries, specification_id, found)}
    differ = (
        away
        | {said[id]["test"] for id in said.keys() - now.keys()}
        | {now[id].read_test for id in now.keys() - said.keys()}
    )
    for id in said.keys() & now.keys():
        one, verdict = now[id], _verdict(now[id], specification_id)
        approved = one.state == ResultState.approved and one.reportable
        same = (one.read_test, verdict and verdict.verdict) == (said[id]["test"], said[id]["verdict"])
        if not (approved and same):
            differ |= {one.read_test, said[id]["test"]}
    return sorted(differ)


def amended_away(entries: Entries, specification_id: UUID, results: Collection[Result]) -> Sequence[tuple[str, Result]]:
    """Results that were told as out of specification and then amended, each with the test of the entries that it
    concerns: others stand in their place, by whatever chain, or it was withdrawn.

    A laboratory alone takes no failure out of the evaluation (ICH Q7 11.15): until an investigation finds it invalid,
    there is no certificate without it.
    """
    by_id, tests = {one.id: one for one in results}, {entry["test"] for entry in entries}
    of_entries = {entry["result_id"]: entry["test"] for entry in entries}
    concerned: list[tuple[str, Result]] = []
    for one in results:
        if one.superseded_by is None or not _failed(one, specification_id):
            continue
        of_test = one.read_test if one.stage == TestStage.release and one.read_test in tests else None
        if test := of_test or of_entries.get(str(_stands_for(one, by_id))):
            concerned.append((test, one))
    return concerned


def why_left_open(result: Result) -> str:
    """Why a certificate cannot leave out a result that was amended away."""
    stands = "did not find it invalid" if result.concluded_sequence is not None else "is open"
    failed = f"result {result.id} of {result.read_test} was out of specification before it was amended"
    return f"{failed}, and its investigation {stands}"


def _failed(result: Result, specification_id: UUID) -> bool:
    """Whether it was told as out of specification, is not known to meet this one, and was not found invalid."""
    verdict = _verdict(result, specification_id)
    meets = verdict is not None and verdict.verdict == Evaluation.passed
    told = result.evaluation == Evaluation.out_of_specification
    return told and not meets and result.invalidated_at is None


def _stands_for(result: Result, by_id: Mapping[UUID, Result]) -> UUID:
    """The last of what amended it."""
    seen, last = {result.id}, result
    while (following := by_id.get(last.superseded_by) if last.superseded_by else None) and following.id not in seen:
        seen.add(following.id)
        last = following
    return last.id


def _verdict(result: Result, specification_id: UUID) -> MarketEvaluation | None:
    kept = (*as_kept(result.evaluations), *as_kept(result.evaluated_against))
    return next((each for each in kept if each.specification_id == specification_id), None)


def _why_not(found: Collection[tuple[Result, MarketEvaluation | None]], limit: Mapping[str, Any]) -> str | None:
    """Why a test's results make no entries; None where they do."""
    if not found:
        return "lacking"
    if any(one.state != ResultState.approved for one, _ in found):
        return "not approved yet"
    if not all(one.reportable for one, _ in found):
        return "nobody can say whether it is reportable"
    return None if all(_judged(one, verdict, limit) for one, verdict in found) else "not judged by this specification"


def _judged(result: Result, verdict: MarketEvaluation | None, limit: Mapping[str, Any]) -> bool:
    if verdict is None:
        return False
    judged = verdict.verdict != Evaluation.not_evaluated
    return judged or bool(limit.get("report_only")) or result.reason == WhyUndecided.exempt


def criterion(limit: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be met, as the specification has it (ICH Q6A, acceptance criteria)."""
    bounds = {"lower": limit.get("lower"), "upper": limit.get("upper")}
    accepted = [limit["text"], *limit.get("accepted", ())] if limit.get("text") else []
    of_units = {name: limit[name] for name in ("attribute", "dissolution", "uniformity", "each") if limit.get(name)}
    kind = "report_only" if limit.get("report_only") else "words" if accepted else "bounds"
    kind = next(("each_and_mean" if name == "each" else name for name in of_units), kind)
    told = {"accepted": accepted, "unit": limit["unit"], "decimals": limit["decimals"]}
    return {"kind": kind} | bounds | told | of_units


def _entry(
    result: Result,
    verdict: MarketEvaluation | None,
    limit: Mapping[str, Any],
    laboratories: Mapping[UUID, Mapping[str, Any]],
    version: str | None,
) -> dict[str, Any]:
    rounded = verdict.rounded if verdict else None
    return {
        "result_id": str(result.id),
        "test": result.read_test,
        "role": result.role and str(result.role),
        "criterion": criterion(limit),
        "method": result.method or limit.get("method"),
        "method_version": version,
        "value": None if result.value is None else format(result.value, "f"),
        "text": result.text,
        "qualifier": result.qualifier and str(result.qualifier),
        "unit": result.unit,
        "rounded": None if rounded is None else format(rounded, "f"),
        "found": verdict.found.model_dump(mode="json") if verdict and verdict.found else None,
        "verdict": str(verdict.verdict) if verdict else None,
        "laboratory_site_id": str(result.laboratory_site_id),
        "laboratory": laboratories[result.laboratory_site_id],
        "tested_at": result.occurred_at,
        "keyed_by": result.keyed_by,
        "verified_by": result.verified_by,
        "certificate_digest": result.certificate_digest,
        "approved_by": result.approved_by,
        "approved_at": result.approved_at.isoformat() if result.approved_at else None,
    }
