"""What became known of a batch, and is not weighed yet for a market: the sponsor's alone."""

from datetime import date

from quality_events.readiness.terms import Condition, ConditionName, Dossier, Finding, met, unmet
from quality_events.recalls.model import RUNNING
from quality_events.regimes import concerns


def impacts_assessed(dossier: Dossier, market: str, _: date) -> Condition:
    """What became known of it is assessed for the market (EU GMP 8.15): none goes out, or on, while that is open."""
    name = ConditionName.impacts_assessed
    open_ = [each for each in dossier.impacts if each["market"] == market]
    if not open_:
        return met(name, Finding("no impact is open"))
    findings = [
        Finding(
            f"{each['number']}: nobody has said what {each['cause_type']} means for {market}",
            "distribution_impact",
            each["id"],
            each["number"],
        )
        for each in open_
    ]
    first = min(open_, key=lambda each: each["since"])
    return unmet(name, *findings, since=first["since"].isoformat(), due=first["due"].isoformat())


def not_recalled(dossier: Dossier, market: str, _: date) -> Condition:
    """No recall of it, or of what it came of, is proposed or runs in the market (EU GMP 8.20 to 8.30).

    Nobody lifts that. One that runs in other markets alone the decision weighs.
    """
    name = ConditionName.not_recalled
    over = [each for each in dossier.recalls if any(concerns(named, market) for named in each["markets"])]
    if not over and dossier.recalls:
        elsewhere = [(each, f"{each['state']} in {', '.join(each['markets'])}") for each in dossier.recalls]
        findings = [
            Finding(f"{each['number']}: {text}", "recall", each["id"], each["number"]) for each, text in elsewhere
        ]
        return met(name, *findings, weighs=any(one["state"] in RUNNING for one in dossier.recalls))
    if not over:
        return met(name, Finding("no recall is proposed or runs"))
    findings = [
        Finding(f"{each['number']}: a recall of it is {each['state']}", "recall", each["id"], each["number"])
        for each in over
    ]
    return unmet(name, *findings, since=min(each["since"] for each in over).isoformat())
