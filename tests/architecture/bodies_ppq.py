"""An example of every body that tech_transfer takes of batches and PPQ series, of whose world it is."""

from typing import Any
from uuid import uuid4

from tests.architecture.examples import WHY, Example
from tests.architecture.owned import Company

ASSAY = {"attribute": "Assay", "unit": "%", "lower": "97.0"}
PROTOCOL: dict[str, Any] = {**{"protocol": "x", "protocol_digest": "0" * 64, "strengths": ["10 mg"], "limits": [ASSAY]}}
RESTART: dict[str, Any] = {"root_cause": "x", "capa_id": "019f1b20-4c10-7a21-9b32-5d0000000001"}
FORCE = {"parameter": "force", "unit": "kN", "value": "12", "lower": "10"}


def named(company: Company, lot: str) -> dict[str, Any]:
    """An engineering batch of its transfer."""
    made = {"kind": "engineering", "lot": lot, "strength": "10 mg", "scale": company.name, "limits": [ASSAY]}
    return made | {"transfer_id": company.found["transfer_id"]}


def compared(company: Company) -> dict[str, Any]:
    """Historical lots of its transfer, which are too few."""
    past = [{"lot": company.name, "value": "99.0"}]
    return {"transfer_id": company.found["transfer_id"], "attribute": "Assay", "history": past, "justification": "x"}


BODIES: dict[str, Example] = {
    "POST /v1/transfer-batches": lambda of: named(of, f"L-{uuid4().hex[:8]}"),
    "POST /v1/transfer-batches/{transfer_batch_id}/parameters": lambda of: {
        "parameters": [FORCE], "evidence": "0" * 64
    },
    "POST /v1/transfer-batches/{transfer_batch_id}/restatement": lambda of: {
        "parameters": [FORCE], "evidence": "0" * 64
    } | WHY,
    "POST /v1/transfer-batches/{transfer_batch_id}/choice-justification": lambda of: {"justification": "x"},
    "POST /v1/transfer-batches/{transfer_batch_id}/cause": lambda of: {"cause": "unknown", "evidence": "0" * 64} | WHY,
    "POST /v1/transfer-batches/{transfer_batch_id}/abandonment": lambda of: WHY,
    "POST /v1/transfer-batches/{transfer_batch_id}/stability-start": lambda of: {
        "study": "x", "started_on": "2026-02-28"
    },
    "POST /v1/ppq-series": lambda of: PROTOCOL | {"transfer_id": of.found["transfer_id"]},
    "POST /v1/ppq-series/{ppq_series_id}/restart": lambda of: RESTART,
    "POST /v1/ppq-series/{ppq_series_id}/redesign": lambda of: PROTOCOL | RESTART,
    "POST /v1/ppq-series/{ppq_series_id}/report": lambda of: {"justification": "x"},
    "POST /v1/comparabilities": compared,
    "POST /v1/comparabilities/{comparability_id}/acceptance": lambda of: WHY,
    "POST /v1/process-verifications": lambda of: {"series_id": of.found["ppq_series_id"]},
}  # fmt: skip
NO_BODY = {f"POST /v1/ppq-series/{{ppq_series_id}}/{step}" for step in ("protocol-approval", "start")}
