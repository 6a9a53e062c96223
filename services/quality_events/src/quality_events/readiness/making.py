"""How the batch was made: its record, what went in, and the changes that it follows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts import Side
from quality_events.batches.reported import ReportedRecord
from quality_events.batches.terms import BatchState
from quality_events.changes.judged import releasable
from quality_events.excursions.terms import ExcursionState
from quality_events.readiness.elsewhere import with_records
from quality_events.readiness.overdrawn import does_not_add_up
from quality_events.readiness.parents import records_above
from quality_events.readiness.terms import (
    EVERYBODY,
    Condition,
    ConditionName,
    Dossier,
    Finding,
    Reader,
    ReadinessVerdict,
    met,
    spared,
    unknown,
    unmet,
)
from quality_events.regimes import concerns, registered_as
from serving.canonical import sha256

RELEASED: Final = frozenset({"released"})
UNDECIDED: Final = frozenset({"open", "confirmed", "not_intended"})
_SHOWN: Final = 20
"""Of what went in so many are named; of the rest their number, and what tells them from others."""


def record_reviewed(dossier: Dossier, _: str, __: date) -> Condition:
    """The record was reviewed by the maker, and then by the sponsor (21 CFR 211.192), and that of what it is a part of.

    So was that of each stage elsewhere. What the maker set aside blocks nothing, and stands in what is signed.
    """
    found = _record(dossier)
    aside = [Finding(_set_aside(each), reader=EVERYBODY) for each in dossier.records_set_aside]
    above = [each.finding for each in records_above(dossier.parents)]
    if above and found.verdict == ReadinessVerdict.met:
        found = unmet(found.name, *found.findings, owner=Side.maker)
    return with_records(replace(found, findings=[*found.findings, *above, *aside]), dossier)


def _record(dossier: Dossier) -> Condition:
    name, batch, open_ = ConditionName.record_reviewed, dossier.batch, dossier.not_handed_in
    if open_ and batch["record_version"]:
        return unknown(name, *(Finding(_waits(each), reader=EVERYBODY) for each in open_), owner=Side.maker)
    if batch["reviewed_side"] == Side.sponsor:
        return met(name, Finding(f"version {batch['record_version']} was reviewed by both sides", reader=EVERYBODY))
    if batch["reviewed_side"] == Side.maker:
        why, owner, since = "the sponsor has not reviewed it", Side.sponsor, batch["maker_reviewed_at"]
    elif batch["record_version"]:
        complete = "the maker has not reviewed it" if batch["record_complete"] else "it is not complete"
        why, owner, since = complete, Side.maker, batch["record_received_at"]
    elif batch["state"] == BatchState.terminated:
        why, owner, since = "its making was given up", Side.maker, None
    else:
        made = batch["state"] == BatchState.manufactured
        none = "; ".join(_waits(each) for each in open_) or "no record was handed in"
        why, owner, since = none if made else "it is not made yet", Side.maker, None
    return unmet(name, Finding(why, reader=EVERYBODY), owner=owner, since=since)


def _waits(given: ReportedRecord) -> str:
    return f"{_named(given)}, was not handed in: the maker's quality hands it in, or a later version, or sets it aside"


def _set_aside(given: ReportedRecord) -> str:
    return f"{_named(given)}, was set aside by {given.set_aside_by}: {given.set_aside_reason}"


def _named(given: ReportedRecord) -> str:
    return f"version {given.record_version} of {given.source}, SHA-256 {given.digest}"


def inputs_released(dossier: Dossier, market: str, _: date) -> Condition:
    """What went in was released for the market, or for processing with its follow-up closed (21 CFR 211.84), and no
    more of it is told to have gone on than was made (211.184). What no source names any more quality answers for."""
    name, told = ConditionName.inputs_released, dossier.not_named
    exceeded = [*does_not_add_up(dossier), *_left_out(dossier)]
    open_ = [each for each in dossier.inputs if each["batch_id"] and not _released(each, market)]
    if open_:
        return unmet(name, *(_input(each, f"it is not released for {market}") for each in open_), *exceeded)
    if not dossier.inputs and not told:
        return unknown(name, Finding("nobody named what went in", reader=EVERYBODY), *exceeded, owner=Side.maker)
    bought = [each for each in dossier.inputs if not each["batch_id"]]
    if bought or told or exceeded:
        why = "no fact tells whether it is released"
        more = [*(_input(each, why) for each in bought[:_SHOWN]), *_more(bought[_SHOWN:])]
        return unknown(name, *more, *(_used(each) for each in told[:_SHOWN]), *_more(told[_SHOWN:]), *exceeded)
    return met(name, *(_input(each, "released") for each in dossier.inputs[:_SHOWN]))


def changes_evaluated(dossier: Dossier, market: str, today: date) -> Condition:
    """Each change that it follows is approved in the market, or not reportable there (ICH Q12)."""
    name, known = ConditionName.changes_evaluated, {change.number for change, _ in dossier.changes}
    named = [each for each in dossier.batch["applied_changes"] if each not in known]
    missing = [Finding(f"{each}: there is no such change", "change", None, each, dossier.maker) for each in named]
    judged_of = [(change, applies, releasable(change, market, today)) for change, applies in dossier.changes]
    refused = [_change(change, said.why) for change, applies, said in judged_of if applies.met and said.met is False]
    if refused:
        return unmet(name, *refused)
    open_ = [
        _change(change, said.why if applies.met else applies.why)
        for change, applies, said in judged_of
        if said.met is None or (applies.met is None and said.met is False)
    ]
    if open_ or missing:
        return unknown(name, *open_, *missing)
    if not judged_of:
        return spared(name, "it follows no change")
    return met(name, *(_change(change, said.why) for change, _, said in judged_of))


def agreement_effective(_: Dossier, __: str, ___: date) -> Condition:
    """A quality agreement covers site and product."""
    return unknown(ConditionName.agreement_effective, Finding("no fact tells of agreements yet", reader=None))


def excursions_decided(dossier: Dossier, _: str, __: date) -> Condition:
    """No excursion of the process or of temperature is undecided (21 CFR 211.100(b), 211.150)."""
    name = ConditionName.excursions_decided
    open_ = [each for each in dossier.excursions if each["state"] == ExcursionState.open]
    if open_:
        since = min((each["since"] for each in open_ if each["since"]), default=None)
        findings = _excursions([(each, "its maker has not decided what it means") for each in open_])
        owner = Side.maker if any(map(_is_shown, open_)) else Side.sponsor
        return unmet(name, *findings, owner=owner, since=since and since.isoformat())
    left = [each for each in dossier.excursions if each["left_open"]]
    if left:
        why = "the deviation that was to deal with it does so no more: reopen it, so that its maker decides anew"
        since = min((each["since"] for each in left if each["since"]), default=None)
        return unmet(name, *_excursions([(each, why) for each in left]), since=since and since.isoformat())
    decided = [(each, f"{each['outcome']}, {each['decision']}") for each in dossier.excursions if _is_shown(each)]
    why = "no fact tells of excursions of temperature yet"
    return unknown(name, Finding(why, reader=EVERYBODY), *_excursions(decided))


def samples_retained(_: Dossier, __: str, ___: date) -> Condition:
    """Reference and retention samples are kept (EU GMP Annex 19)."""
    return unknown(ConditionName.samples_retained, Finding("no fact tells of retained samples yet", reader=EVERYBODY))


def _change(change: Any, why: str) -> Finding:
    return Finding(why, "change", change.id, change.number, change.partner_id)


def _released(part: Any, market: str) -> bool:
    """Whether it is released for the market by a name of it, and nothing else was decided for a part of that.

    For the Union it is released by that name alone: what is released for a member is not for the others.
    """
    own = [each for each in part["dispositions"] if concerns(each["market"], market)]
    decided = [each for each in own if each["state"] not in UNDECIDED]
    return any(each["market"] in registered_as(market) for each in decided) and all(
        each["state"] in RELEASED or (each["state"] == "released_for_processing" and each["follow_up_closed"])
        for each in decided
    )


def _is_shown(excursion: Any) -> bool:
    """Whether who asks may know it: of another maker's it learns only that something stands against a release."""
    return excursion["number"] is not None


def _excursions(found: Sequence[tuple[Any, str]]) -> list[Finding]:
    """Each with why. Another maker's stand there once, however many they are."""
    shown = [_excursion(each, why) for each, why in found if _is_shown(each)]
    other = Finding("an excursion of another maker", "process_excursion", reader=EVERYBODY)
    return [*_listed(shown), *([other] if len(shown) < len(found) else [])]


def _excursion(each: Any, why: str) -> Finding:
    text = f"{each['number']}, {each['said']}: {why}"
    return Finding(text, "process_excursion", each["id"], each["number"], each["partner_id"])


def _listed(found: Sequence[Finding]) -> list[Finding]:
    """So many of them, and the others in one line, which changes with any of them: what is signed is all of it."""
    more = found[_SHOWN:]
    if not more:
        return [*found]
    texts = "\n".join(each.text for each in more)
    rest = Finding(f"and {len(more)} more, whose lines have the SHA-256 {sha256(texts)}", reader=EVERYBODY)
    return [*found[:_SHOWN], rest]


def _left_out(dossier: Dossier) -> list[Finding]:
    """What a start named before: a maker's system alone takes nothing, and no event of it, out of the making."""
    why = "an earlier revision of the start named it, and nothing does now"
    return _listed([_lot(each, why) for each in dossier.inputs_before])


def _used(each: Any) -> Finding:
    return _lot(each, "the maker's system says that it went in, and no input of the batch names it")


def _lot(each: Any, why: str) -> Finding:
    return Finding(f"{each['material']} {each['number']}: {why}", "lot", None, each["number"], EVERYBODY)


def _more(parts: Sequence[Any]) -> list[Finding]:
    if not parts:
        return []
    names = "\n".join(f"{each['material']} {each['number']}" for each in parts)
    return [Finding(f"and {len(parts)} more, whose names have the SHA-256 {sha256(names)}")]


def _input(part: Any, why: str) -> Finding:
    id = UUID(part["batch_id"]) if part["batch_id"] else None
    reader: Reader = UUID(part["partner_id"]) if part["partner_id"] else EVERYBODY
    return Finding(f"{part['material']} {part['number']}: {why}", "batch" if id else "lot", id, part["number"], reader)
