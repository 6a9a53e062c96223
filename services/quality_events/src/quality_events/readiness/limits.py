"""Whether yields and times lie inside the limits of the process, or a deviation explains why not.

Whoever reads a batch's readiness reads by which limits it is judged. A limit that was not kept is met only by a closed
deviation that names the batch, and of which quality said that it explains what was found.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, TypeAlias

from contracts import Side
from quality_events import clocks, moments
from quality_events.process_limits.rules import candidates, judged_times, judged_yields
from quality_events.process_limits.terms import Judged, Limited, LimitExplained, LimitsVersion, Making
from quality_events.readiness.terms import (
    EVERYBODY,
    Condition,
    ConditionName,
    Dossier,
    Finding,
    ReadinessVerdict,
    met,
    unknown,
    unmet,
)

Judges: TypeAlias = Callable[[LimitsVersion, Making], list[Judged]]
_BOTH: Final[tuple[Judges, ...]] = (judged_yields, judged_times)


def yield_explained(dossier: Dossier, _: str, __: date) -> Condition:
    """The yield lies within its limits, or a deviation explains it (21 CFR 211.103, 211.192)."""
    name, stated = ConditionName.yield_explained, dossier.batch["yield_percent"]
    if judged := _by_limits(name, dossier.limited, judged_yields):
        return judged
    said = f"the yield is {stated} %" if stated is not None else "no yield is stated"
    why = f"{said}, and no fact tells its limits: quality states whether it is explained"
    return unknown(name, Finding(why, reader=EVERYBODY))


def within_times(dossier: Dossier, _: str, today: date) -> Condition:
    """Hold times and shelf life were kept (21 CFR 211.111, 211.150)."""
    name, expires = ConditionName.within_times, dossier.batch["expiry_date"]
    if expires and moments.ends(moments.read_ahead(expires)) < today:
        return unmet(name, Finding(f"it expired {expires}", reader=EVERYBODY))
    said = f"it expires {expires}" if expires else "its expiry date is not stated"
    judged = _by_limits(name, dossier.limited, judged_times)
    if judged is None:
        return unknown(name, Finding(f"{said}, and no fact tells whether hold times were kept", reader=EVERYBODY))
    findings = [*judged.findings, Finding(said, reader=EVERYBODY)]
    if judged.verdict is ReadinessVerdict.met and not expires:
        return unknown(name, *findings, owner=Side.maker)
    return replace(judged, findings=findings)


def judged_of(dossier: Dossier) -> list[Judged]:
    """How a batch stands to each limit; to none where it is not certain which version counts."""
    limited = dossier.limited
    found = candidates(limited) if limited else []
    if limited is None or len(found) != 1 or found[0] is None:
        return []
    return [judged for judge in _BOTH for judged in judge(found[0], limited.making)]


def _by_limits(name: ConditionName, limited: Limited | None, judge: Judges) -> Condition | None:
    """How a condition stands by the limits that count; None where none do."""
    if limited is None:
        return None
    versions = candidates(limited)
    found = [(each, judged) for each in versions if each and (judged := judge(each, limited.making))]
    if not found:
        return None
    if len(versions) > 1:
        began = limited.making.started_at
        when = f"when it began is known as {began} alone" if began else "nobody stated when it began"
        which = ", ".join(f"{version.number} from {version.valid_from} on" for version, _ in found)
        return unknown(name, Finding(f"{when}, and which limits count depends on that: {which}", reader=EVERYBODY))
    (version, judged), *_ = found
    return _verdict(name, version, judged, limited)


def _verdict(name: ConditionName, version: LimitsVersion, judged: Sequence[Judged], limited: Limited) -> Condition:
    said = [(each, *_explained(each, limited.explained)) for each in judged]
    findings = [
        Finding(each.said, "process_limits", version.id, version.number, EVERYBODY)
        if each.holds is not False
        else _outside(words, by)
        for each, words, by, _ in said
    ]
    findings += _late(version, limited.making)
    if open_ := [each for each in said if each[0].holds is False and not each[3]]:
        whose = Side.sponsor if any(by for _, _, by, _ in open_) else _whose([each for each, *_ in open_])
        return unmet(name, *findings, owner=whose)
    if unsure := [each for each in judged if each.holds is None]:
        return unknown(name, *findings, owner=_whose(unsure))
    return met(name, *findings)


def _whose(judged: Sequence[Judged]) -> Side:
    """Whose turn it is: another partner's where all that is open is of its stage."""
    return Side.owner if all(each.apart for each in judged) else Side.maker


def _outside(words: str, by: LimitExplained | None) -> Finding:
    return Finding(words, "limit_explanation", by.id, by.number, EVERYBODY) if by else Finding(words, reader=EVERYBODY)


def _explained(each: Judged, explained: Sequence[LimitExplained]) -> tuple[str, LimitExplained | None, bool]:
    """What is said of a limit, by which explanation, and whether that is one."""
    by = next((one for one in explained if one.limit_name == each.name), None)
    if by is None:
        return f"{each.said}: no deviation explains it", None, False
    # Of a stage elsewhere the sponsor and the maker read one text: a statement is of its words.
    known = None if each.apart else by
    number, deviation = (known and known.number) or "an explanation", (known and known.deviation) or "a deviation"
    if by.found != each.found:
        return f"{each.said}: {number} explains something else, which was found before", by, False
    if not by.settled:
        return f"{each.said}: {deviation}, which is to explain it, is not closed, or does not name it", by, False
    return f"{each.said}: {deviation} explains it, {number}", by, True


def _late(version: LimitsVersion, made: Making) -> list[Finding]:
    """That the limits were confirmed when the making had begun: who signs is to know that."""
    confirmed, began = clocks.day_of(version.confirmed_at, made.zone), made.started_at
    if began is None or moments.ends(moments.read(began)) >= confirmed:
        return []
    return [Finding(f"{version.number} was confirmed on {confirmed}, after it began", reader=EVERYBODY)]
