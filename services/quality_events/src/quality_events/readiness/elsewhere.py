"""Stages at other partners' sites than the maker's: each is confirmed by its own site, and its record reviewed twice.

Its maker learns the verdicts alone, and so does the partner of another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts import Side
from quality_events import moments
from quality_events.readiness.terms import Condition, Dossier, Finding, ReadinessVerdict, unknown, unmet
from quality_events.stages.terms import PartnerStageState as State
from quality_events.stages.terms import went_on

_ANSWERED_FOR: Final = frozenset({State.confirmed, State.reviewed})
_STANDS: Final[Mapping[State, str]] = {
    State.planned: "it has not begun",
    State.started: "it has not ended",
    State.ended: "its site's quality has not confirmed it",
    State.confirmed: "the sponsor has not reviewed its record",
}

_SOLD: Final = "its site was sold while it went on, and no fact tells that who bought it answers for its part"
_UNDATED: Final = "nobody stated when the batch began, so that nobody can say whether this lies before that"


def with_records(found: Condition, dossier: Dossier) -> Condition:
    """Also the record of each stage elsewhere is reviewed by both sides (21 CFR 211.192), as of what it came of."""
    above = [away for each in dossier.parents if each.made_it for away in each.said["elsewhere"]]
    open_ = [each for each in (*dossier.elsewhere, *above) if each["state"] != State.reviewed]
    return _against(found, [(each, _STANDS[State(each["state"])]) for each in open_])


def with_confirmations(found: Condition, dossier: Dossier) -> Condition:
    """Also each stage elsewhere is confirmed by its own site, with its deviations named (Annex 16, appendix I)."""
    open_ = [(each, _STANDS[State(each["state"])]) for each in dossier.elsewhere if each["state"] not in _ANSWERED_FOR]
    unnamed = [(each, _lacks(each)) for each in dossier.elsewhere if each["state"] in _ANSWERED_FOR and each["unnamed"]]
    early = [(each, why) for each in dossier.elsewhere if (why := _before_start(each, dossier.batch))]
    return _untold(_against(found, [*open_, *unnamed, *early]), dossier)


def _before_start(stage: Mapping[str, Any], batch: Mapping[str, Any]) -> str | None:
    """That it lies before the making, which its own partner could not know when it stated that."""
    began, at = batch["started_at"], stage["started_at"]
    if not (began and at and moments.is_days_before(at, _zone(stage, batch), began, batch["zone"])):
        return None
    return f"it started {at}, and the batch {began}: give it back, to be stated anew, or let the start be amended"


def assembled(stages: Sequence[Mapping[str, Any]], zones: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The stages with whether two partners had a part in each: the site was sold while it went on."""
    return [each | {"of_two": _went_on(each, zones.get(each["site_id"]))} for each in map(dict, stages)]


def _went_on(stage: Mapping[str, Any], zone: str | None) -> bool:
    sold_at = stage.get("sold_at") if stage["started_at"] else None
    ended_at = stage["ended_at"] if stage["state"] != State.started else None
    return went_on(ended_at, datetime.fromisoformat(sold_at), zone) if sold_at else False


def _undated(stage: Mapping[str, Any], batch: Mapping[str, Any]) -> bool:
    """Whether nobody can say that it lies before the making: what came after that did not, whenever that began."""
    made, at = batch["completed_at"], stage["started_at"]
    if batch["started_at"] or not at:
        return False
    return not (made and moments.is_days_before(made, batch["zone"], at, _zone(stage, batch)))


def _zone(stage: Mapping[str, Any], batch: Mapping[str, Any]) -> str:
    there = next((each["time_zone"] for each in batch["sites"] if each["id"] == stage["site_id"]), None)
    return there or "UTC"


def _untold(found: Condition, dossier: Dossier) -> Condition:
    """What no fact tells quality states: that who bought the site in its midst answers for its part, and whether one
    lies before the making, on days that its partner chose."""
    untold = [(each, _SOLD) for each in dossier.elsewhere if each.get("of_two")]
    untold += [(each, _UNDATED) for each in dossier.elsewhere if _undated(each, dossier.batch)]
    if not untold:
        return found
    findings = [_about(each, f"{each['step']}: {why}") for each, why in untold]
    if found.verdict == ReadinessVerdict.not_met:
        return replace(found, findings=[*found.findings, *findings])
    said = found.findings if found.verdict == ReadinessVerdict.unknown else ()
    return unknown(found.name, *findings, *said)


def _lacks(stage: Mapping[str, Any]) -> str:
    return f"the confirmation does not name {', '.join(stage['unnamed'])}: give it back, to be confirmed anew"


def _against(found: Condition, stages: list[tuple[Mapping[str, Any], str]]) -> Condition:
    """What is not met by the maker's part stays first, with whose turn it is; what holds by that alone does not."""
    if not stages:
        return found
    findings = [_finding(each, why) for each, why in stages]
    if found.verdict == ReadinessVerdict.not_met:
        return replace(found, findings=[*found.findings, *findings])
    theirs = next((each for each, _ in stages if each["state"] not in _ANSWERED_FOR), None)
    first = theirs or stages[0][0]
    said = found.findings if found.verdict == ReadinessVerdict.unknown else ()
    owner = Side.owner if theirs else Side.sponsor
    return unmet(found.name, *findings, *said, owner=owner, since=first["since"])


def _finding(stage: Mapping[str, Any], why: str) -> Finding:
    return _about(stage, f"{stage['number']}, {stage['step']}: {why}")


def _about(stage: Mapping[str, Any], text: str) -> Finding:
    return Finding(text, "partner_stage", UUID(stage["id"]), stage["number"], UUID(stage["partner_id"]))
