"""Days on which no certificate carried a qualification, until one that came late proves to cover them."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, Final

from contracts.qualifications import QualificationState as State
from gxp.clocks import ONE_DAY
from partner_registry.qualifications.grounds import UNACCEPTABLE, rests_on
from partner_registry.qualifications.periods import Periods
from runtime.problems import RuleViolated

CERTIFICATE: Final = "certificate"
"""What a period says to be lost with which it began."""


def gap_of(number: str, periods: Periods) -> tuple[date, State]:
    """Since when it is suspended for want of a certificate, and what it was before.

    Raises RuleViolated where it was suspended for something else.
    """
    last = periods[-1]
    if last["state"] != State.suspended or last.get("lost") != CERTIFICATE:
        raise RuleViolated(f"{number} is not suspended for want of a certificate: it is assessed again")
    return date.fromisoformat(last["on"]), State(periods[-2]["state"])


def days(first: date, last: date) -> Iterable[date]:
    """Each day from one to another, both included."""
    return (first + timedelta(each) for each in range((last - first + ONE_DAY).days))


def check_healed(
    number: str, uncovered: date | None, audit: Any, last_audit: Any, adverse: Collection[str], lacks: Collection[str]
) -> None:
    """Raises RuleViolated with what stands against that it was qualified all the while.

    ``uncovered`` is the first day without a certificate, ``adverse`` names what authorities decided against the site,
    ``lacks`` what the qualification lacks today.
    """
    faults = [f"no confirmed certificate covers its scope on {uncovered}"] if uncovered else []
    faults += [f"{each} was decided against the site" for each in adverse]
    known = rests_on(audit, last_audit)
    if known and known["outcome"] == UNACCEPTABLE:
        faults.append("the audit was unacceptable")
    faults += [each for each in lacks if each not in faults]
    if faults:
        raise RuleViolated(f"{number} is assessed again: {'; '.join(faults)}", missing=faults)
