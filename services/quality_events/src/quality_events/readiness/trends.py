"""Results that are out of trend, for a release: they block none, and are weighed while somebody investigates them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from quality_events.readiness.events import about
from quality_events.readiness.terms import Condition, Dossier, Finding


def with_trends(condition: Condition, dossier: Dossier) -> Condition:
    """The condition with each open investigation: who decides before it is concluded says how that was weighed.

    Where something stands against a release anyway, that is all there is to say.
    """
    if condition.blocks or not dossier.trends:
        return condition
    return replace(condition, findings=[*condition.findings, *map(_open, dossier.trends)], weighs=True)


def _open(trend: Mapping[str, Any]) -> Finding:
    state = str(trend["state"]).replace("_", " ")
    text = f"{trend['test']} is out of trend ({trend['value']} {trend['unit']}), {state}: the decision weighs it"
    return about(trend, "oot_investigation", text)
