"""An example of every body about quality by design and risks, of whose world it is."""

from typing import Any
from uuid import uuid4

from tests.architecture.examples import WHY, Example
from tests.architecture.owned import Company

ELEMENTS = {"elements": [{"element": "route of administration", "aim": "oral"}]}
LIMITS = {"name": "assay", "unit": "%", "lower": "95", "criticality": "critical"}
RANGES = {"name": "force", "step": "compression", "unit": "kN", "set_point": "12", "normal_lower": "11"} | {
    "proven_lower": "9"
}
SCORES = {"severity": 4, "occurrence": 2, "detection": 3}


def profile_of(company: Company) -> dict[str, Any]:
    """What its product has to be."""
    return _of(company) | ELEMENTS


def cqa_of(company: Company) -> dict[str, Any]:
    """A quality attribute of its product."""
    return _of(company) | LIMITS | {"code": f"{company.name} {uuid4().hex[:8]}"}


def cpp_of(company: Company) -> dict[str, Any]:
    """A parameter of its process."""
    return _of(company) | RANGES | {"code": f"{company.name} {uuid4().hex[:8]}"}


def cell_of(company: Company) -> dict[str, Any]:
    """How much the one rests on the other."""
    pair = {"cqa_id": company.found["cqa_id"], "cpp_id": company.found["cpp_id"]}
    return pair | {"effect": "low", "rationale": company.name, "evidence": "0" * 64}


def risk_of(company: Company) -> dict[str, Any]:
    """What may go wrong with it."""
    return _of(company) | SCORES | {"failure_mode": company.name, "effect": "x"}


def _of(company: Company) -> dict[str, Any]:
    return {"transfer_id": company.found["transfer_id"]}


BODIES: dict[str, Example] = {
    "POST /v1/target-profiles": profile_of,
    "POST /v1/target-profiles/{target_profile_id}/revision": lambda of: ELEMENTS | WHY,
    "POST /v1/cqas": cqa_of,
    "POST /v1/cqas/{cqa_id}/revision": lambda of: LIMITS | WHY,
    "POST /v1/cqas/{cqa_id}/withdrawal": lambda of: WHY,
    "POST /v1/cpps": cpp_of,
    "POST /v1/cpps/{cpp_id}/revision": lambda of: RANGES | WHY,
    "POST /v1/cpps/{cpp_id}/withdrawal": lambda of: WHY,
    "POST /v1/qbd-cells": lambda of: cell_of(of) | WHY,
    "POST /v1/risks": risk_of,
    "POST /v1/risks/{risk_id}/scores": lambda of: SCORES,
    "POST /v1/risks/{risk_id}/closure": lambda of: WHY,
}
