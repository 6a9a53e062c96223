"""A transfer in the middle of its way, with its history: tablets of the sponsor's own plant go to a partner's."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cli.demo import cast
from cli.demo.seed import REGISTRY
from cli.demo.systems import Partners
from cli.installation import Installation
from contracts.transfer_gaps import GapCategory

TRANSFERS: Final = "/api/tech-transfer/v1"
TITLE: Final = "Tablets to a second site"
_PRODUCT: Final = "VEL-100"
_DIGEST: Final = "7c" * 32
_WEEKS_AGO: Final = 12
_PLAN: Final[Mapping[str, int]] = {
    **{"initiation": 2, "planning": 6, "knowledge_transfer": 10},
    **{"process_development": 24, "validation": 44, "readiness": 48},
}
"""By how many weeks after it began each gate was to be passed: it is late at the third."""
_DESCRIBED: Final[dict[str, Any]] = {
    "success_criteria": ["three conforming batches in a row", "both laboratories find the same assay"],
    "team": [
        {"person": "Ana Novak", "unit": "sponsor's MSAT", "role": "lead"},
        {"person": "Tilen Hribar", "unit": "Kranj plant", "role": "process engineer"},
    ],
}
_RISK: Final[dict[str, Any]] = {
    "failure_mode": "The larger granulator leaves the granules too wet",
    "effect": "Tablets stick, and dissolve too slowly",
    **{"severity": 4, "occurrence": 3, "detection": 2},
}
_GAP: Final[dict[str, Any]] = {
    **{"category": "equipment", "what": "Tip speed of the granulator", "severity": "critical"},
    "sending": {"value": "8.2", "unit": "m/s"},
    "receiving": {"value": "11.4", "unit": "m/s"},
}
_MITIGATION: Final[dict[str, Any]] = {
    "mitigation": "Granulate at a lower speed, and show the granules' size on an engineering batch",
    "owner": "Tilen Hribar",
}
_PROVIDED, _RETURNED = 9, 2
"""So many documents are handed over, of which so many came back."""


def plant(platform: Installation, stopping: threading.Event) -> str:
    """Bring it as far as it is to come. Whatever is done is found as it was: it may be stopped anywhere."""
    people = platform.as_another_person("transfer-lead"), platform.as_another_person("head-of-quality")
    with people[0] as lead, people[1] as head:
        story = _Transfer(platform, lead, head, Partners(platform))
        transfer = story.begin()
        story.initiation(transfer)
        story.planning(transfer)
        story.package(transfer)
    return f"transfer {transfer['number']} stands at knowledge transfer"


class _Transfer:
    def __init__(self, platform: Installation, lead: Installation, head: Installation, partners: Partners) -> None:
        self._platform, self._lead, self._head, self._partners = platform, lead, head, partners

    def begin(self) -> dict[str, Any]:
        """It began some weeks ago."""
        path = f"{TRANSFERS}/transfers"
        found = next((each for each in self._platform.items(path) if each["title"] == TITLE), None)
        if found:
            return found
        sites = {each["name"]: each for each in self._platform.items(f"{REGISTRY}/sites")}
        products = {each["code"]: each for each in self._platform.items(f"{REGISTRY}/products")}
        began = datetime.now(UTC).date() - timedelta(weeks=_WEEKS_AGO)
        planned = [{"gate": gate, "planned_on": str(began + timedelta(weeks=after))} for gate, after in _PLAN.items()]
        body = {"title": TITLE, "strengths": ["100 mg"], "kind": "process_and_analytical", "purpose": "commercial"}
        body |= {"product_id": products[_PRODUCT]["id"], "receiving_site_id": sites[cast.TABLETS.site]["id"]}
        body |= {"sending_unit": "Linz plant, tablets", "markets": ["AT", "DE"], "began_on": str(began)}
        made: dict[str, Any] = self._platform.post(path, body | {"planned": planned})
        return made

    def initiation(self, transfer: dict[str, Any]) -> None:
        """Who works on it, what may go wrong, and by which agreement."""
        if not transfer["team"]:
            self._platform.post(f"{TRANSFERS}/transfers/{transfer['id']}/description", _DESCRIBED)
        if not self._of("risks", transfer):
            self._platform.post(f"{TRANSFERS}/risks", _RISK | {"transfer_id": transfer["id"]})
        self._state(transfer, "quality_agreement", "Quality agreement QA-2025-14, in force")
        self._decide(transfer, "initiation")

    def planning(self, transfer: dict[str, Any]) -> None:
        """What differs at the receiving site, and what is done about it."""
        self._state(transfer, "transfer_plan", "Transfer plan TP-2026-03 version 2")
        self._state(transfer, "protocols", "Protocols PV-2026-03 and MT-2026-03")
        if not self._of("gaps", transfer):
            until = str(datetime.now(UTC).date() + timedelta(weeks=4))
            proposed = _MITIGATION | {"due_on": until}
            self._platform.post(f"{TRANSFERS}/gaps", _GAP | {"transfer_id": transfer["id"], "proposed": proposed})
        searched = {each["category"] for each in self._of("gap-searches", transfer)} | {_GAP["category"]}
        for category in GapCategory:
            if category not in searched:
                said = {"transfer_id": transfer["id"], "category": category, "looked_at": "walked through on site"}
                self._platform.post(f"{TRANSFERS}/gap-searches", said)
        self._rescore(transfer, "planning")
        self._decide(transfer, "planning")

    def package(self, transfer: dict[str, Any]) -> None:
        """Documents are handed over; some were accepted, and some came back."""
        path = f"{TRANSFERS}/package-items"
        items = self._of("package-items", transfer)
        if not items:
            items = self._platform.post(f"{path}/standard", {"transfer_id": transfer["id"]})["items"]
        receiver = self._partners.quality_unit(transfer["receiving_partner_id"])
        standard = [each for each in items if each["title"] == each["category"].replace("_", " ").capitalize()]
        for place, item in enumerate(sorted(standard, key=lambda each: str(each["item_number"]))[:_PROVIDED]):
            own = f"{path}/{item['id']}"
            # What people did with the demo's documents meanwhile stays as they left it.
            if (item["state"], item["digest"]) not in (("pending", None), ("provided", _DIGEST)):
                continue
            if item["state"] == "pending":
                document = {"document_version": "1.0", "digest": _DIGEST, "file_name": f"{item['category']}_1.0.pdf"}
                self._platform.post(f"{own}/own-unit-provision", document)
            if place < _RETURNED:
                why = {"reason_code": "incomplete", "remark": "The hold times after granulation are missing"}
                receiver.post(f"{own}/return", why)
            elif place < _PROVIDED - 1:
                receiver.post(f"{own}/acceptance")

    def _state(self, transfer: dict[str, Any], rule: str, evidence: str) -> None:
        stated = {each["rule"] for each in self._of("statements", transfer)}
        if rule not in stated:
            said = {"transfer_id": transfer["id"], "rule": rule, "evidence": evidence, "digest": _DIGEST}
            self._platform.post(f"{TRANSFERS}/statements", said)

    def _rescore(self, transfer: dict[str, Any], gate: str) -> None:
        for risk in self._of("risks", transfer):
            if risk["scored_at_gate"] != gate and self._stands_at(transfer) == gate:
                scores = {name: risk[name] for name in ("severity", "occurrence", "detection")}
                self._platform.post(f"{TRANSFERS}/risks/{risk['id']}/scores", scores)

    def _decide(self, transfer: dict[str, Any], gate: str) -> None:
        """Three people sign that a gate is passed: of the sponsor's plant, of the receiving one, and of quality."""
        if self._stands_at(transfer) != gate:
            return
        path = f"{TRANSFERS}/gate-decisions"
        waiting = [each for each in self._of("gate-decisions", transfer) if each["state"] == "proposed"]
        body = {"transfer_id": transfer["id"], "gate": gate, "verdict": "passed"}
        decision = waiting[0] if waiting else self._platform.post(path, body)
        own = f"{path}/{decision['id']}"
        if decision["sending_signed_at"] is None:
            self._lead.post(f"{own}/own-unit-signature")
        if decision["receiving_signed_at"] is None:
            self._partners.head_of_quality(transfer["receiving_partner_id"]).post(f"{own}/receiving-signature")
        self._head.post(f"{own}/signature")

    def _stands_at(self, transfer: dict[str, Any]) -> str:
        return str(self._platform.get(f"{TRANSFERS}/transfers/{transfer['id']}")["state"])

    def _of(self, collection: str, transfer: dict[str, Any]) -> list[dict[str, Any]]:
        return list(self._platform.items(f"{TRANSFERS}/{collection}", transfer_id=transfer["id"]))
