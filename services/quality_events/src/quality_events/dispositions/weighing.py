"""Which records a decision weighs: those that its readiness shows, and among them each of which it says so."""

from collections.abc import Collection

from quality_events.readiness.schemas import MarketReadiness
from runtime.problems import RuleViolated


def must_be_shown(shown: MarketReadiness, weighed: Collection[str]) -> None:
    """Raises RuleViolated for a record that this readiness does not name: an entry of the register is for ever."""
    known = {proof.number for each in shown.conditions for proof in each.proof if proof.number}
    if strange := sorted(set(weighed) - known):
        said = f"{', '.join(strange)} is none of the records of this readiness"
        right = (
            f"name of {', '.join(sorted(known))} what was weighed" if known else "there are none in it: leave it out"
        )
        raise RuleViolated(f"weighed: {said}; {right}", fields=["weighed"], records=sorted(known))


def must_weigh(shown: MarketReadiness, weighed: Collection[str]) -> None:
    """Raises RuleViolated where who releases leaves out what has to be weighed."""
    asked = {proof.number for each in shown.conditions if each.weighs for proof in each.proof if proof.number}
    if left := sorted(asked - set(weighed)):
        why = f"say in the justification how it was weighed, and name it: {', '.join(left)}"
        raise RuleViolated(why, fields=["weighed"])
