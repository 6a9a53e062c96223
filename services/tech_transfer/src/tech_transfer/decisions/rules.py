"""Whether a gate may be decided so: pure rules."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from contracts.tech_transfer import Gate, GateVerdict
from runtime.problems import RuleViolated
from tech_transfer.decisions.schemas import GateCondition
from tech_transfer.gates.terms import NEVER_CONDITIONAL, Unmet


def refuse_past(conditions: Sequence[GateCondition], today: date) -> None:
    """Raise RuleViolated for a condition whose last day went by already. ``today`` is the receiving site's."""
    if late := [f"{each.rule} ({each.due_on})" for each in conditions if each.due_on < today]:
        why = f"{', '.join(late)}: it is {today} at the receiving site, and nobody does anything in the past"
        raise RuleViolated(f"conditions: due_on of {why}", fields=["conditions"])


def refuse_late(conditions: Sequence[GateCondition], following: Gate, planned_on: date) -> None:
    """Raise RuleViolated for a condition that is due when the gate after it is to be decided, or later."""
    if late := [f"{each.rule} ({each.due_on})" for each in conditions if each.due_on >= planned_on]:
        why = f"{', '.join(late)}: {following} is to be passed on {planned_on}, and what is open is done before"
        raise RuleViolated(
            f"conditions: due_on of {why}: give an earlier day, or plan that gate anew", fields=["conditions"]
        )


def refuse_unfit(verdict: GateVerdict, unmet: Sequence[Unmet], conditions: Sequence[GateCondition]) -> None:
    """Raise RuleViolated where what is open does not allow a verdict.

    One that is passed has nothing open; with conditions, each open rule has one, and none that must not wait.
    """
    if verdict == GateVerdict.failed:
        return
    if verdict == GateVerdict.passed and unmet:
        raise RuleViolated(f"the gate asks for more: {_words(unmet)}", unmet=_listed(unmet))
    if never := [each for each in unmet if each.rule in NEVER_CONDITIONAL]:
        raise RuleViolated(f"no gate is passed on the condition of this: {_words(never)}", unmet=_listed(never))
    named = {each.rule for each in conditions}
    if left := [each for each in unmet if each.rule not in named]:
        raise RuleViolated(
            f"conditions: say who does what of this, and until when: {_words(left)}", unmet=_listed(left)
        )
    if met := named - {each.rule for each in unmet}:
        raise RuleViolated(f"conditions: {', '.join(sorted(met))} is met: nothing is to be done of it")


def refuse_changed(number: str, proposed: Collection[Mapping[str, Any]], unmet: Sequence[Unmet]) -> None:
    """Raise RuleViolated where something else is open than when the decision was proposed: nobody signs the past.

    Of one rule another record may be open, or another thing of the same one: what was signed says which.
    """
    before, now = {(each["rule"], each["why"]) for each in proposed}, {(each.rule.value, each.why) for each in unmet}
    if before != now:
        changed = sorted({rule for rule, _ in before ^ now})
        why = f"{number}: it is not as it was proposed: {', '.join(changed)}. Withdraw it, and propose it as it is now"
        raise RuleViolated(why, changed=changed)


def _words(unmet: Sequence[Unmet]) -> str:
    return "; ".join(f"{each.rule}: {each.why}" for each in unmet)


def _listed(unmet: Sequence[Unmet]) -> list[Mapping[str, Any]]:
    return [{"rule": each.rule.value, "why": each.why} for each in unmet]
