"""Two things that wait: a batch for the signature of its release, an audit's finding for the site's answer."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cli.demo import cast
from cli.demo.seed import QUALITY, REGISTRY, TRACKING, Stopped
from cli.demo.systems import BATCHES, Partners, event, newest
from cli.failures import Failure
from cli.installation import Installation

LOT: Final = "NOR2601"
SIGNER: Final = "demo"
"""The login of the page's token: who opens the demo may release the batch."""
MARKET: Final = "AT"
UNTOLD: Final = (
    *("yield_explained", "inputs_released", "agreement_effective", "excursions_decided", "within_times"),
    "samples_retained",
)
"""Conditions of a release of which no fact tells yet: quality states them."""
_DESK: Final = "release-desk"
"""Who states, signs for quality, and audits."""
_AUDITOR: Final = f"local:{_DESK}"
_DIGEST = "5d" * 32
_MADE_IN = timedelta(seconds=1)
"""No longer: the demo's sites are qualified as it is seeded, and work of the day before would not count."""
_PATIENCE = 60.0
"""Seconds that a fact may take through all services, on a machine that still starts them."""


def plant(platform: Installation, stopping: threading.Event) -> str:
    """Bring both as far as they are to come. Whatever is done is found as it was: it may be stopped anywhere."""
    with platform.as_another_person(_DESK) as desk:
        story = _Story(platform, desk, Partners(platform), stopping)
        decided = story.batch()
        story.audit()
    stands = "waits for its release" if decided == "confirmed" else f"is {decided.replace('_', ' ')}"
    return f"batch {LOT} {stands}; an audit's finding"


class _Story:
    def __init__(
        self, platform: Installation, desk: Installation, partners: Partners, stopping: threading.Event
    ) -> None:
        self._platform, self._desk, self._partners, self._stopping = platform, desk, partners, stopping

    def batch(self) -> str:
        """Made, tested, reviewed by both sides, confirmed by its maker: one signature is missing. What is decided."""
        found = self._one(BATCHES, lot=LOT, material=cast.WAITING.code)
        if found is None or found["state"] in ("announced", "in_process"):
            self._tell()
            found = self._until(BATCHES, lot=LOT, material=cast.WAITING.code, state="manufactured")
        self._register(found, laboratory=self._results())
        self._review(found)
        self._state(found["id"])
        return self._confirm(found)

    def _tell(self) -> None:
        """What the partners' systems say of the lot; said twice, it counts once."""
        lot = {"material": cast.WAITING.code, "number": LOT}
        now = datetime.now(UTC)
        made = {"completed_at": now.isoformat(), "yield_percent": "97.4"}
        begun, ended = (
            event("BatchStart", f"{LOT}/start", lot=lot, occurred_at=(now - _MADE_IN).isoformat()),
            event("BatchCompletion", f"{LOT}/end", lot=lot, **made),
        )
        self._partners.mes[cast.TABLETS].send(begun, ended)
        at = datetime.now(UTC).isoformat()
        self._partners.lims[cast.TABLETS].send(
            *(
                event(
                    "TestResult", f"{LOT}/{limit['test']}", lot=lot, test=limit["test"], stage=limit["stage"],
                    value=value, unit=limit["unit"], occurred_at=at,
                )
                for limit, value in zip(cast.WAITING.limits, cast.MEASURED, strict=True)
            )
        )  # fmt: skip

    def _results(self) -> str:
        """The laboratory's second person reviews them, its quality unit approves them. Whose laboratory it is."""
        path = f"{TRACKING}/result-sets"
        found = self._until(path, lot=LOT, material=cast.WAITING.code)
        own = f"{path}/{found['id']}"
        if found["state"] == "submitted":
            found = self._partners.chemist.post(f"{own}/review", {"raw_data_seen": True})
        if found["state"] == "reviewed":
            self._partners.quality_unit(found["laboratory_partner_id"]).post(f"{own}/approval")
        return str(found["laboratory_partner_id"])

    def _register(self, batch: dict[str, Any], laboratory: str) -> None:
        """The product's registration names both sites, an authorisation who may certify, as two others say."""
        held, path = cast.HOLDER, f"{REGISTRY}/registrations"
        sites = {each["partner_id"]: each["id"] for each in self._platform.items(f"{REGISTRY}/sites")}
        found = self._one(path, product_id=batch["product_id"], market=MARKET)
        if found is None:
            asked = {"product_id": batch["product_id"], "market": MARKET, "regime": "eu_eea", "holder": held}
            found = self._platform.post(path, asked | {"submitted_on": "2023-03-01"})
        if found["state"] == "submitted":
            works = ((batch["site_id"], "drug_product"), (sites[laboratory], "testing"))
            named = [{"site_id": site, "activity": work, "valid_from": "2023-06-01"} for site, work in works]
            content: dict[str, Any] = {
                "authorisation_number": "1-40117",
                "process_version": "MP-50 v2",
                "specification_version": "v1",
            }
            content |= {"shelf_life_months": 36, "storage": "below 25 °C", "effective_on": "2023-06-01"}
            self._platform.post(f"{path}/{found['id']}/approval", content | {"sites": named})
        path = f"{REGISTRY}/qp-capacities"
        found = self._one(path, subject=SIGNER)
        if found is None:
            person = {"subject": SIGNER, "printed_name": "Demo", "regime": "eu_eea", "legal_entity": held}
            proof = {"authorisation": "AT-MIA-1", "site_ids": [batch["site_id"]], "valid_from": "2025-01-01"}
            found = self._desk.post(path, person | proof | {"evidence": _DIGEST})
        if found["state"] == "proposed":
            with self._platform.as_another_person("head-of-quality") as head:
                head.post(f"{path}/{found['id']}/confirmation")

    def _review(self, batch: dict[str, Any]) -> None:
        path, partner = f"{BATCHES}/{batch['id']}", batch["partner_id"]
        if batch["state"] == "manufactured":
            record = {"record_version": "1.0", "digest": _DIGEST, "complete": True}
            batch = self._partners.quality_unit(partner).post(f"{path}/record", record)
        if batch["state"] == "under_review":
            read = {"digest": batch["record"]["digest"]}
            if not batch["record"]["maker_reviewed_at"]:
                self._partners.head_of_quality(partner).post(f"{path}/record-review", read)
            if not batch["record"]["sponsor_reviewed_at"]:
                self._platform.post(f"{path}/record-review", read)
            if not batch["markets"]:
                self._platform.post(f"{path}/intent", {"markets": [MARKET]})

    def _state(self, batch_id: str) -> None:
        """The release desk states what no fact tells; somebody else decides."""
        path, asked = f"{QUALITY}/readiness-statements", {"batch_id": batch_id, "market": MARKET}
        stated = {each["condition"] for each in self._platform.items(path, **asked, state="stands")}
        for condition in UNTOLD:
            if condition not in stated:
                said = {"condition": condition, "statement": "seen in the batch record", "evidence": _DIGEST}
                self._desk.post(path, asked | said)

    def _confirm(self, batch: dict[str, Any]) -> str:
        path = f"{QUALITY}/dispositions"
        found = self._until(path, batch_id=batch["id"], market=MARKET)
        if found["state"] == "open":
            head = self._partners.head_of_quality(batch["partner_id"])
            found = head.post(f"{path}/{found['id']}/confirmation", {"stages": ["making"], "deviations": []})
        return str(found["state"])

    def audit(self) -> None:
        """Of the liquids' site, seven weeks ago; its report was sent forty days ago, and the site has not answered."""
        path, now = f"{QUALITY}/audits", datetime.now(UTC)
        sites = {each["name"]: each for each in self._platform.items(f"{REGISTRY}/sites")}
        site = sites[cast.LIQUIDS.site]
        conducted = str(now.date() - timedelta(50))
        found = self._one(path, site_id=site["id"], kind="for_cause")
        if found is None:
            team = [{"name": "Mira Vidmar", "function": "lead auditor", "subject": _AUDITOR, "independent": True}]
            planned = {"site_id": site["id"], "kind": "for_cause", "scope": "yields of the oral solution"}
            found = self._platform.post(path, planned | {"planned_on": conducted, "team": team})
        own = f"{path}/{found['id']}"
        if found["state"] == "planned":
            found = self._partners.quality_unit(site["partner_id"]).post(f"{own}/confirmation")
        if found["state"] == "confirmed":
            found = self._desk.post(f"{own}/conduct", {"conducted_on": conducted})
        if found["state"] == "conducted":
            with self._platform.as_another_person("head-of-quality") as head:
                report = {"outcome": "acceptable_with_findings", "report": _DIGEST, "findings": [cast.FINDING]}
                head.post(f"{own}/report", report | {"sent_at": (now - timedelta(40)).isoformat()})

    def _one(self, path: str, **filters: Any) -> dict[str, Any] | None:
        return next(iter(newest(self._platform, path, **filters)), None)

    def _until(self, path: str, **filters: Any) -> dict[str, Any]:
        """What filters find, as soon as there is one. Raises Failure where that takes too long, or Stopped."""
        deadline = time.monotonic() + _PATIENCE
        while (found := self._one(path, **filters)) is None:
            if time.monotonic() > deadline:
                raise Failure(f"no record of {path} came within {_PATIENCE:.0f} s", "See `entente doctor`.")
            if self._stopping.wait(0.1):
                raise Stopped
        return found
