"""What happened on the way: deviations, holds, and the makers' confirmations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts import Classification, Side
from quality_events.deviations.terms import DeviationState
from quality_events.readiness.elsewhere import with_confirmations
from quality_events.readiness.parents import rejected_above
from quality_events.readiness.terms import (
    EVERYBODY,
    Condition,
    ConditionName,
    Dossier,
    Finding,
    Rejected,
    met,
    spared,
    unknown,
    unmet,
)
from quality_events.regimes import CERTIFIED, concerns, regime_of

GRAVE: Final = frozenset({Classification.major.value, Classification.critical.value})
_NOT_MINOR: Final = frozenset({None, *GRAVE})
_ENDED: Final = frozenset({DeviationState.closed.value, DeviationState.cancelled.value})


def owner_of(event: Mapping[str, Any], partner: Side) -> Side:
    """Whose turn it is with an event, which waits for the sponsor or for a partner, on that side."""
    return Side.sponsor if event["awaited_side"] in (None, "sponsor", "unknown") else partner


def about(event: Mapping[str, Any], kind: str, text: str) -> Finding:
    """What is said of an event, to whom it is one of the parties of."""
    return Finding(f"{event['number']}: {text}", kind, UUID(event["id"]), event["number"], UUID(event["partner_id"]))


def deviations_settled(dossier: Dossier, _: str, __: date) -> Condition:
    """None is unclassified, no major or critical one open, here, on what went in or on what it was made on (EU GMP
    Annex 16, 3)."""
    name = ConditionName.deviations_settled
    open_ = [(each, text) for each in dossier.deviations if (text := _why_open(each))]
    late = [Finding(_amended(each), "deviation", each["id"], each["number"], each["reader"]) for each in dossier.late]
    late += _shared(dossier, known=True)
    left, unsure = _left_out(dossier), _shared(dossier, known=False)
    if open_:
        first = min((each for each, _ in open_), key=lambda each: each["since"])
        findings = [about(each, "deviation", text) for each, text in open_]
        whose = Side.maker if first["partner_id"] == str(dossier.maker) else Side.owner
        return unmet(
            name, *findings, *late, *left, owner=owner_of(first, whose), since=first["since"], due=first["due"]
        )
    if late:
        since = min((each["since"] for each in dossier.late if each["since"]), default=None)
        return unmet(name, *late, *left, since=since)
    if unsure or left:
        # Who made it says on what; that a lot was named by mistake nobody but quality can state.
        told = unknown(name, *unsure, *left, owner=Side.maker if unsure else Side.sponsor)
        return replace(told, untold=not unsure)
    settled = [each for each in dossier.deviations if each["state"] != DeviationState.cancelled]
    findings = [about(each, "deviation", f"{each['classification']}, {each['state']}") for each in settled]
    return met(name, *(findings or [Finding("there is none", reader=EVERYBODY)]))


def _left_out(dossier: Dossier) -> list[Finding]:
    """Those that named it before, open and not minor: their source alone takes no lot out of them (Annex 16, 3)."""
    return [
        about(each, "deviation", _named_before(each))
        for each in dossier.left_out
        if each["state"] not in _ENDED and each["classification"] in _NOT_MINOR
    ]


def _named_before(deviation: Mapping[str, Any]) -> str:
    said = deviation["classification"] or "it is not classified"
    revision = deviation["left_out_by_revision"]
    return f"{said}, it named this lot, or one that went in, until revision {revision} of its source left it out"


def _shared(dossier: Dossier, *, known: bool) -> list[Finding]:
    """Those of equipment that others are made on, too: that it was made on, or of which nobody can say that."""
    found = [each for each in dossier.shared if each["known"] is known and each["classification"] in _NOT_MINOR]
    return [Finding(_made_on(each), "deviation", each["id"], each["number"], each["reader"]) for each in found]


def _made_on(shared: Mapping[str, Any]) -> str:
    said = f"{shared['number']}: {shared['classification'] or 'it is not classified'}"
    if shared["known"]:
        return f"{said}, of {', '.join(shared['equipment'])}, on which {shared['step']} was done"
    return f"{said}, of equipment that is shared, and nobody stated on what {shared['step']} was done"


def _amended(late: Mapping[str, Any]) -> str:
    """That somebody has to deal with what an ended deviation says by now."""
    said = f"{late['number']}: it was amended after it was {late['state']}, and says more of this lot by now"
    return f"{said}: raise a deviation of it, or say why it changes nothing (late-amendment-answer)"


def not_held(dossier: Dossier, market: str, _: date) -> Condition:
    """No open hold on it, or on what it came of, stops it in the market; nor was it rejected for every market, nor
    what it came of for this one."""
    name = ConditionName.not_held
    if dossier.rejected:
        return unmet(name, _rejected(dossier, dossier.rejected), since=dossier.rejected.at.isoformat())
    holds = [each for each in dossier.holds if _stops(each["markets"], market)]
    if above := rejected_above(dossier.parents, market):
        findings = [*(each.finding for each in above), *(about(each, "batch_hold", _placed(each)) for each in holds)]
        return unmet(name, *findings, since=min((each.since for each in above if each.since), default=None))
    if not holds and dossier.hold_proposals:
        return met(name, *map(_proposed, dossier.hold_proposals), weighs=True)
    if not holds:
        return met(name, Finding("no hold is open", reader=EVERYBODY))
    first = min(holds, key=lambda each: each["since"])
    findings = [about(each, "batch_hold", _placed(each)) for each in holds]
    return unmet(name, *findings, owner=Side(first["by_side"]), since=first["since"])


def _proposed(proposal: Mapping[str, Any]) -> Finding:
    """That somebody is to say whether it is held: who decides before says how that was weighed."""
    text = f"no hold is open; {proposal['number']} proposes one: {'; '.join(proposal['reasons'])}"
    return Finding(text, "hold_proposal", proposal["id"], proposal["number"])


def _rejected(dossier: Dossier, rejected: Rejected) -> Finding:
    known = next((each for each in dossier.dispositions if each["number"] == rejected.by), None)
    text = f"{rejected.by} rejected it for every market: it goes to none, and nothing undoes that"
    return Finding(text, "disposition", UUID(known["id"]) if known else None, rejected.by, dossier.maker)


def _stops(markets: Sequence[str], market: str) -> bool:
    return not markets or any(concerns(named, market) for named in markets)


def _placed(hold: Mapping[str, Any]) -> str:
    parent = f"on {hold['parent']}, of which it came, " if hold["parent"] else ""
    return f"{parent}placed by the {hold['by_side']}, {hold['reason']}"


def confirmations(dossier: Dossier, market: str, _: date) -> Condition:
    """Each partner's qualified person or quality unit confirmed its stages, naming its deviations (Annex 16, I)."""
    return with_confirmations(_of_the_maker(dossier, market), dossier)


def _of_the_maker(dossier: Dossier, market: str) -> Condition:
    name, batch = ConditionName.confirmations, dossier.batch
    known = next((each for each in dossier.dispositions if each["market"] == market), None)
    if known and known["confirmed_at"]:
        if lacks := _not_confirmed(dossier, known, market):
            return unmet(name, *lacks, owner=Side.maker, since=known["confirmed_at"])
        making = (*dossier.done, *dossier.made_of)
        if others := [each for each in making if not each.apart and each.partner_id not in (None, dossier.maker)]:
            texts = [f"{each.step}: no fact tells that its own site's quality confirmed it" for each in others]
            return unknown(name, *(Finding(text, reader=EVERYBODY) for text in texts))
        text = f"{known['number']}: the maker confirmed it"
        return met(name, Finding(text, "disposition", UUID(known["id"]), known["number"], dossier.maker))
    if regime_of(market) not in CERTIFIED:
        if batch["maker_reviewed_at"]:
            return met(name, Finding("the maker's quality unit reviewed the record", reader=EVERYBODY))
        return spared(name, f"the law of {market} asks for no certificate of the maker beside its review")
    why = f"the maker's qualified person or quality unit has not confirmed it for {market}"
    since = batch["sponsor_reviewed_at"] or batch["maker_reviewed_at"]
    return unmet(name, Finding(why, reader=EVERYBODY), owner=Side.maker, since=since)


def _not_confirmed(dossier: Dossier, known: Mapping[str, Any], market: str) -> list[Finding]:
    """What the maker has not answered for: it came, or changed, after the maker did."""
    named, stages = set(known["confirmed_deviations"]), set(known["confirmed_stages"])
    left = [each for each in makers_deviations(dossier) if each["number"] not in named]
    findings = [about(each, "deviation", f"the confirmation of {market} does not name it") for each in left]
    later = [step for step in makers_stages(dossier) if step not in stages]
    findings += [Finding(f"{step}: the confirmation of {market} does not name it", reader=EVERYBODY) for step in later]
    version = dossier.batch["record_version"]
    if known["confirmed_record_version"] != version:
        before = known["confirmed_record_version"]
        why = f"the maker confirmed it by version {before} of its record, and not by {version}"
        findings.append(Finding(why, reader=EVERYBODY))
    return findings


def makers_stages(dossier: Dossier) -> list[str]:
    """The stages at the batch's maker, or the making as a whole."""
    return [each.step for each in dossier.done if not each.apart and each.partner_id in (None, dossier.maker)]


def makers_deviations(dossier: Dossier) -> list[Mapping[str, Any]]:
    """Those of the batch's maker on the batch itself."""
    return [
        each
        for each in dossier.deviations
        if each["own"] and each["partner_id"] == str(dossier.maker) and each["state"] != DeviationState.cancelled
    ]


def _why_open(deviation: Mapping[str, Any]) -> str:
    """What stands against a release; nothing where nothing does."""
    state, classification = deviation["state"], deviation["classification"]
    if state in _ENDED:
        return ""
    if classification is None:
        return "it is not classified"
    if classification in GRAVE:
        return f"{classification}, {state.replace('_', ' ')}"
    return "" if deviation["impact"] else "minor, its impact on the batch is not stated"
