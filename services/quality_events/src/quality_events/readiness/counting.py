"""Which of a lot's results count: as they were told last, amended, withdrawn and found invalid, in whatever order."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Evaluation
from quality_events.readiness.terms import Result


def invalidated(investigations: Iterable[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The results that count no more, each with the investigation that found an assignable cause in the laboratory (FDA
    OOS guidance, 2022)."""
    return {each["result_id"]: each for each in investigations if each["conclusion"] == OosConclusion.invalidated}


def that_count(results: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The results that count, by id: none that another amends, and none that came after a newer one."""
    amended = {each.get("supersedes") for each in results}
    return {
        each["result_id"]: each
        for each in results
        if each["result_id"] not in amended and not each.get("superseded_by") and not each.get("voided")
    }


def amended_away(
    told: Sequence[Mapping[str, Any]], counted: Collection[str], invalid: Collection[str]
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Failures that count no more because of an amendment alone, each by its id, with each test of its amendments."""
    later = defaultdict[str, list[Mapping[str, Any]]](list)
    by_id = {each["result_id"]: each for each in told}
    for each in told:
        if before := each.get("supersedes"):
            later[before].append(each)
        if newer := by_id.get(each.get("superseded_by", "")):
            later[each["result_id"]].append(newer)
    for id, each in by_id.items():
        if each["evaluation"] == Evaluation.out_of_specification and id not in counted and id not in invalid:
            line = [each]
            for one in line:  # it grows as it is read
                line += [newer for newer in later[one["result_id"]] if newer not in line]
            yield from ((id, {**each, "test": test}) for test in sorted({one["test"] for one in line}))


def _evaluations(id: str, each: Mapping[str, Any], read: Mapping[str, str]) -> Mapping[str, str]:
    """By market, as it was told last; what quality read counts for all where that was not told of each market yet."""
    verdicts: dict[str, str] | None = each.get("verdicts")
    if not verdicts or _was_read(id, each, read):
        return {"": read.get(id, each["evaluation"])}
    return {"": str(Evaluation.not_evaluated)} | verdicts


def _was_read(id: str, each: Mapping[str, Any], read: Mapping[str, str]) -> bool:
    """Whether what counts is what quality read in it."""
    return bool(each.get("unjudged")) and id in read and not each.get("pending")


def parsed(results: Mapping[str, Mapping[str, Any]], approved: set[str], read: Mapping[str, str]) -> dict[str, Result]:
    """Results as they are judged, with what quality read in those that could not be."""
    ids = {text: UUID(text) for each in results.values() for text in (each["site_id"], each["partner_id"])}
    return {
        id: Result(
            id=id,
            test=each["test"],
            stage=each["stage"],
            evaluations=_evaluations(id, each, read),
            by_specification={} if _was_read(id, each, read) else each.get("by_specification") or {},
            unjudged=each.get("unjudged", False) and (id not in read or bool(each.get("pending"))),
            pending=bool(each.get("pending")),
            approved=id in approved,
            site_id=ids[each["site_id"]],
            partner_id=ids[each["partner_id"]],
            on=each["on"],
            reportable=each.get("reportable"),
            not_reportable=each.get("not_reportable") or "no method is named",
        )
        for id, each in results.items()
    }
