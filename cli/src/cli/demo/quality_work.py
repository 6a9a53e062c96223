"""Quality units at work: deviations and OOS investigations are taken a step further, whoever's turn it is."""

from random import Random
from typing import Any

from cli.demo.systems import CODES, DEVIATIONS, INVESTIGATIONS, Partners, newest
from cli.installation import Installation

_OPEN = ("reported", "classified", "under_investigation", "awaiting_approval")
_UNDER_WAY = ("phase_1", "awaiting_approval", "phase_2")
_CAUSES = ("training", "equipment", "method", "environment")
_SHARE_INVALIDATED = 0.4
_TOO_MANY = "The analyst tested again before the plan was known."
_NO_RETESTS = {
    **{"retests": 0, "resamples": 0, "original_analyst": "Maja Kranjc"},
    "no_retests_reason": "The sample was used up; a fresh one is ordered when the result is out.",
}


class QualityWork:
    """What the sponsor's and the partners' quality people do about the story's own products."""

    def __init__(self, platform: Installation, partners: Partners, chance: Random) -> None:
        self._platform, self._partners, self._chance = platform, partners, chance
        self._second = platform.as_another_person()

    def move_a_deviation(self) -> None:
        """Take one open deviation a step further."""
        for state in self._chance.sample(_OPEN, len(_OPEN)):
            found = newest(self._platform, DEVIATIONS, state=state, limit=100)
            ours = [each for each in found if each["lots"] and all(lot["material"] in CODES for lot in each["lots"])]
            if ours:
                self._move(self._chance.choice(ours), state)
                return

    def _move(self, deviation: dict[str, Any], state: str) -> None:
        path = f"{DEVIATIONS}/{deviation['id']}"
        unit = self._partners.quality_unit(deviation["partner_id"])
        match state:
            case "reported":
                if not deviation["acknowledged_at"]:
                    self._platform.post(f"{path}/acknowledgement")
                proposed = deviation["proposed_classification"] or "minor"
                self._platform.post(f"{path}/classification", {"classification": proposed})
            case "classified":
                unit.post(f"{path}/investigation", {})
            case "under_investigation":
                unit.post(f"{path}/investigation-results", self._results(deviation))
                unit.post(f"{path}/approval-request")
            case _:
                self._second.post(f"{path}/closure")

    def _results(self, deviation: dict[str, Any]) -> dict[str, Any]:
        impact = "No effect on the product: limits of the validated range were kept."
        return {
            "root_cause_category": self._chance.choice(_CAUSES),
            "root_cause": "The step's instruction did not say what to do in this case.",
            "impact": impact,
            "impacts": [{"lot_id": lot["lot_id"], "impact": impact} for lot in deviation["lots"]],
            "capa_justification": "The instruction is amended with its next periodic review.",
        }

    def move_an_investigation(self) -> None:
        """Take one open OOS investigation a step further: told, looked at by the laboratory, then by the maker."""
        which = [{"material": code, "state": state} for code in CODES for state in _UNDER_WAY]
        open_ones = [each for filters in which for each in newest(self._platform, INVESTIGATIONS, **filters)]
        if not open_ones:
            return
        investigation = self._chance.choice(open_ones)
        path = f"{INVESTIGATIONS}/{investigation['id']}"
        maker = self._partners.quality_unit(investigation["partner_id"])
        head = self._partners.head_of_quality(investigation["partner_id"])
        if not investigation["notified_at"]:
            self._partners.chemist.post(f"{path}/notification")
        elif investigation["state"] == "awaiting_approval":
            head.post(f"{path}/invalidation-approval")
        elif investigation["state"] == "phase_2":
            cause, evidence = "Granulate left the dryer too moist.", "Loss on drying of the retained granulate."
            head.post(f"{path}/conclusion", {"conclusion": "confirmed", "cause": cause, "evidence": evidence})
        elif self._chance.random() < _SHARE_INVALIDATED:
            cause, evidence = "Reference solution was prepared past its use period.", "Solution log, page 12."
            if investigation["retests_planned_at"] is None:
                self._partners.chemist.post(f"{path}/retest-plan", _NO_RETESTS)
            explained = [
                {"result_id": each["result_id"], "reason": _TOO_MANY} for each in investigation["further_tests"]
            ]
            proposal = {"cause": cause, "evidence": evidence, "explained": explained}
            self._partners.chemist.post(f"{path}/invalidation-proposal", proposal)
        else:
            maker.post(f"{path}/phase-2", {"reason": "The laboratory found no error of its own."})
