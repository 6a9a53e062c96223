"""On what a qualification rests: its items, an audit or what stands for one, a certificate, a second function."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from gxp.clocks import ONE_DAY, Unit, due_at, first_instant
from partner_registry.days import local_day
from partner_registry.qualifications.periods import PROLONGED
from partner_registry.qualifications.schemas import QualificationFields
from partner_registry.sites.model import Activity
from runtime.problems import RuleViolated

AUDIT_MONTHS: Final = 36
"""How long an audit carries a qualification."""
VALID_MONTHS: Final = 36
VALID_MONTHS_AT_RISK: Final = 24
"""Where the site's risk is high or critical, or nobody has assessed it."""
WAIVER_MONTHS: Final = 12
UNACCEPTABLE: Final = "unacceptable"
"""The outcome of an audit that carries nothing."""
AT_RISK: Final = frozenset({"high", "critical"})


def last_day(now: datetime, months: int, zone: str) -> date:
    """The local day so many months from today."""
    return local_day(due_at(now, months, Unit.months, zone=ZoneInfo(zone)), zone) - ONE_DAY


def valid_to(found: QualificationFields, band: str | None, zone: str, now: datetime) -> date:
    """The last day of a qualification that begins now: 36 months, 24 at risk, and never longer than its waiver."""
    months = VALID_MONTHS_AT_RISK if band is None or band in AT_RISK else VALID_MONTHS
    last = last_day(now, months, zone)
    return min(last, date.fromisoformat(found.waiver["until"])) if found.waiver else last


def check_waiver(found: QualificationFields, until: date, band: str | None, zone: str, now: datetime) -> None:
    """Raises RuleViolated where the audit is never waived, or not for so long."""
    if found.activity == Activity.sterile_fill:
        raise RuleViolated("the audit of a site that fills sterile products is never waived")
    if band is None or band in AT_RISK:
        raise RuleViolated(_not_waived(band))
    last = last_day(now, WAIVER_MONTHS, zone)
    if not local_day(now, zone) < until <= last:
        raise RuleViolated(f"a waiver lasts {WAIVER_MONTHS} months at most: until a day after today, {last} or before")


def rests_on(held: Mapping[str, Any] | None, told: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The later of two audits; of one day the one that was unacceptable, and else the one that is held."""
    return told if told and (held is None or _counts(told) > _counts(held)) else held


def check_by_hand(given: Mapping[str, Any], held: Mapping[str, Any] | None, told: Mapping[str, Any] | None) -> None:
    """Raises RuleViolated for an audit by hand behind which a later one that was told, or a bad one, would be lost."""
    for known in (told, held):
        stays = known is told or (known and known["outcome"] == UNACCEPTABLE)
        if known and stays and _counts(given) < _counts(known):
            said = f"the site was audited on {known['audited_on']} with the outcome {known['outcome']}"
            raise RuleViolated(f"{said}: an audit of {given['audited_on']} does not take its place, a later one does")


def _counts(audit: Mapping[str, Any]) -> tuple[str, bool]:
    return audit["audited_on"], audit["outcome"] == UNACCEPTABLE


def check_counts(found: QualificationFields, now: datetime) -> None:
    """Raises RuleViolated for what has ended, or is to be suspended for a condition, whether or not the clock did."""
    if found.condition_due_at and found.condition_due_at <= now:
        raise RuleViolated(f"the day of a condition of {found.number} has ended: it is suspended, and assessed again")
    if found.ends_at and found.ends_at <= now:
        raise RuleViolated(f"the last day of {found.number}, {found.valid_to}, has ended: it is assessed again")


def prolonged_to(found: QualificationFields, successor: str | None, now: datetime) -> date:
    """The last day of one that is prolonged. Raises RuleViolated where it cannot be, or not any more."""
    check_counts(found, now)
    if found.prolonged or found.valid_to is None:
        raise RuleViolated(f"{found.number} was prolonged already")
    if successor is None:
        raise RuleViolated(f"nobody assesses the scope of {found.number} anew: plan and start that first")
    last = found.valid_to + PROLONGED
    if found.waiver and last > (until := date.fromisoformat(found.waiver["until"])):
        raise RuleViolated(f"{found.number} would count until {last}, and its audit is waived until {until}: audit it")
    return last


def check_alone(number: str, rival: str | None) -> None:
    """Raises RuleViolated where another one is planned or assessed for the scope, or for a product of it."""
    if rival:
        raise RuleViolated(f"{rival} is open for the scope of {number}, or for a product of it: finish that first")


def check_complete(number: str, faults: Collection[str]) -> None:
    """Raises RuleViolated with what an approval lacks."""
    if faults:
        raise RuleViolated(f"{number} cannot be approved: {'; '.join(faults)}", missing=[*faults])


def missing(
    found: QualificationFields,
    certificates: list[str],
    findings: Collection[str],
    band: str | None,
    zone: str,
    now: datetime,
) -> list[str]:
    """What the qualification lacks beside its items, in words.

    ``certificates`` cover its scope today, ``findings`` are critical and open.
    """
    lacks = [] if found.endorsed_by else ["MSAT or the laboratory has not agreed: endorsement"]
    if not certificates:
        form = found.dosage_form or "whatever form"
        lacks.append(f"no confirmed certificate covers {found.activity} of {form} today")
    lacks += [f"the critical finding {each} is open" for each in findings]
    if found.waiver and (band is None or band in AT_RISK):
        lacks.append(_not_waived(band))
    return lacks + _without_an_audit(found.audit, found.waiver, zone, now)


def _not_waived(band: str | None) -> str:
    return f"the audit is not waived where the site's risk {'is not assessed' if band is None else f'is {band}'}"


def _without_an_audit(audit: Any, waiver: Any, zone: str, now: datetime) -> list[str]:
    if audit and audit["outcome"] == UNACCEPTABLE:
        return ["the audit was unacceptable"]
    if waiver and (until := waiver["until"]) < local_day(now, zone).isoformat():
        return [f"the audit was waived until {until}, which is over"]
    if audit and not waiver:
        begins = first_instant(date.fromisoformat(audit["audited_on"]), ZoneInfo(zone))
        if due_at(begins, AUDIT_MONTHS, Unit.months, zone=ZoneInfo(zone)) > now:
            return []
    return [] if waiver else [f"there is neither an audit of the last {AUDIT_MONTHS} months nor a waiver of it"]
