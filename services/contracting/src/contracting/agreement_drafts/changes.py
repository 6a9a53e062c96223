"""What an amendment changes: pure rules."""

from contracting.agreement_versions.terms import AgreementTerms
from runtime.problems import RuleViolated


def changed_clauses(before: AgreementTerms, after: AgreementTerms) -> list[str]:
    """The codes of clauses that are added, taken out, or say something else."""
    old, new = ({each.code: each for each in terms.clauses} for terms in (before, after))
    return sorted(code for code in old.keys() | new.keys() if old.get(code) != new.get(code))


def refuse_unchanged(called: str, before: AgreementTerms, after: AgreementTerms) -> None:
    """Raise RuleViolated for what says, from another day on, the same as before."""
    if after.model_copy(update={"effective_from": before.effective_from}) == before:
        raise RuleViolated(f"content: {called} says the same: change something of it", fields=["content"])
