"""What speaks against the data of results that count, for a release (ALCOA+; MHRA, GXP Data Integrity, 2018)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from contracts import Side
from contracts.data_integrity import FlagState
from quality_events.readiness.terms import EVERYBODY, Condition, Dossier, Finding, ReadinessVerdict, unknown, unmet

_SAID: Final = {
    FlagState.confirmed: "a data integrity problem was confirmed",
    FlagState.open: "the laboratory has not answered what speaks against its data",
    FlagState.answered: "what speaks against its data is answered and not decided: the decision weighs it",
}


def with_flags(condition: Condition, dossier: Dossier) -> Condition:
    """The condition, not met by a result whose flag was confirmed, and unknown while one is open.

    Of whichever stage: what is not true of a batch's data is not true of its release. What the laboratory answered is
    weighed; what is accepted or has lapsed, or is of a result that counts no more, says nothing.
    """
    confirmed, open_, answered = (_in(state, dossier) for state in _SAID)
    failed = condition.verdict == ReadinessVerdict.not_met
    known = condition.findings if condition.blocks else ()
    if confirmed:
        return unmet(condition.name, *(known if failed else ()), *confirmed, owner=Side.laboratory)
    if failed:
        return condition
    if open_:
        return unknown(condition.name, *known, *open_, owner=Side.laboratory)
    if answered and not condition.blocks:
        return replace(condition, findings=[*condition.findings, *answered], weighs=True)
    return condition


def _in(state: FlagState, dossier: Dossier) -> list[Finding]:
    of_it = [each for each in dossier.flags if each["state"] == state and each["result_id"] in dossier.results]
    return [one for each in sorted(of_it, key=lambda each: each["flag_id"]) for one in _findings(each, state, dossier)]


def _findings(flag: Mapping[str, Any], state: FlagState, dossier: Dossier) -> list[Finding]:
    """That a result is in question, and to its laboratory and the sponsor by which flag."""
    result, id = dossier.results[flag["result_id"]], flag["flag_id"]
    text = f"{result.test}: {_SAID[state]} (result {result.id})"
    proof = Finding(text, "data_integrity_flag", UUID(id), id, result.partner_id)
    if state is FlagState.answered:
        return [proof]
    return [Finding(f"{result.test}: a result is in question", reader=EVERYBODY), proof]
