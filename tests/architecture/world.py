"""An invented world for the access matrix: two makers that are rivals, a laboratory of one of them, and their records.

Everything of the second maker carries a canary, which nobody else may ever receive.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts import Role, Side
from tests.architecture import (
    dossier,
    dossier_contracting,
    dossier_design,
    dossier_methods,
    dossier_quality,
    dossier_tracking,
    dossier_transfer,
)
from tests.architecture.examples import CERTIFICATE, CRITERION, LIMIT, MAPPING, event
from tests.architecture.owned import OF_THE_LABORATORY, OF_THE_SPONSOR, TESTED_BY_ITS_MAKER, Company

CANARY = "canary"
PACKAGES = (
    *("partner_registry", "partner_feeds", "sample_tracking", "quality_events", "tech_transfer", "contracting", "kpi"),
    "event_stream",
)


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: a role, and whose person it is."""

    company: Company | None
    """None is the sponsor."""
    role: Role

    def __str__(self) -> str:
        return f"{self.role} of {self.company.name if self.company else 'the sponsor'}"

    @property
    def party(self) -> UUID | None:
        """The partner, or None for the sponsor."""
        return UUID(self.company.id) if self.company else None


@dataclass
class World:
    """The companies, and which services they are in."""

    running: Mapping[str, Any]
    a: Company
    b: Company
    laboratory: Company
    eventually: Any
    record: str = ""
    """The kind of record of which the audit is asked now."""

    def callers(self) -> list[Caller]:
        """Everybody with one role."""
        partners = [role for role in Role if role.startswith("partner_")]
        sponsors = [Caller(None, role) for role in Role if role not in partners]
        return sponsors + [Caller(each, role) for each in (self.a, self.b, self.laboratory) for role in partners]

    def is_party(self, company: Company, of: Company, parameters: Collection[str]) -> bool:
        """Whether a company may know of these records of another; of a list, whether any of it may be in it."""
        named = {self.record if parameter == "record" else parameter for parameter in parameters}
        if not named.isdisjoint(OF_THE_SPONSOR):
            return False
        tests = company is self.laboratory and of is self.a
        return company is of or (tests and named <= OF_THE_LABORATORY)

    def sides(self, company: Company, of: Company, parameters: Collection[str]) -> set[Side]:
        """On which sides of these records a company stands; written by hand, beside the models."""
        if company is of:
            own = TESTED_BY_ITS_MAKER | (OF_THE_LABORATORY if of is self.b else set())
            both = not own.isdisjoint(parameters)
            return set(Side) - {Side.sponsor} - (set() if both else {Side.laboratory})
        return {Side.laboratory} if self.is_party(company, of, parameters) else set()

    def strangers(self, company: Company) -> list[Company]:
        """Of whom a company may learn nothing: the second maker tests its own lots and works with nobody."""
        return [self.a, self.laboratory] if company is self.b else [self.b]

    async def quiet(self) -> None:
        """Wait until every outbox is sent and every consumer has caught up."""
        for package in PACKAGES[:-1] * 2:  # again: what a later one told an earlier one is heard by then

            async def still(package: str = package) -> bool:
                status = (await self.running[package].client.get("/status")).json()
                return not status["outbox_pending"] and not status["lag"]

            await self.eventually(still)


async def build(running: Mapping[str, Any], eventually: Any) -> World:
    """Register the companies and let their systems report: from there on it is the platform's work."""
    mark = uuid4().hex[:6]
    a = Company(f"Auriga {mark}", "cmo")
    b = Company(f"{CANARY} Borealis {mark}", "cmo")
    laboratory = Company(f"Lyra {mark}", "clo")
    world = World(running, a, b, laboratory, eventually)
    for company in (a, b, laboratory):
        await _register(world, company)
    await _report(world, a, laboratory)
    await _report(world, b, b)
    for company in (a, b):
        await _find(world, company)
    return world


async def _register(world: World, company: Company) -> None:
    registry = world.running["partner_registry"].client
    body = {"legal_name": company.name, "kind": company.kind, "country": "SI"}
    company.id = await _made(registry, "/partners", body)
    site = {"partner_id": company.id, "name": f"{company.name} plant", "country": "SI", "activities": ["drug_product"]}
    company.site = await _made(registry, "/sites", site | {"time_zone": "Europe/Ljubljana"})
    company.code, company.lot = f"{company.name.replace(' ', '-')}-5".upper(), f"{company.name} 0001"
    product = {"code": company.code, "name": f"{company.name} tablets", "dosage_form": "tablet"}
    company.product = await _made(registry, "/products", product)
    tracking = world.running["sample_tracking"]

    async def specified() -> Any:
        body = {"product": company.code, "limits": [LIMIT | {"method": company.name}]}
        drafted = await tracking.client.post("/specifications", json=body)
        return drafted.json() if drafted.status_code == 201 else None

    specification = await world.eventually(specified)
    approved = await tracking.second.post(f"/specifications/{specification['id']}/approval")
    assert approved.status_code == 200, approved.text
    company.found["specification_id"] = specification["id"]


async def _report(world: World, maker: Company, laboratory: Company) -> None:
    """What the maker's system and the laboratory's say about the maker's lot."""
    slug = maker.name.lower().replace(" ", "-")
    maker.feed, maker.laboratory_feed = f"{slug}-mes", f"{slug}-lims"
    feeds = world.running["partner_feeds"]
    for code, kind, sender in ((maker.feed, "mes", maker), (maker.laboratory_feed, "lims", laboratory)):
        body = {"code": code, "kind": kind, "format": "cloudevents", "site_id": sender.site}

        async def registered(body: Any = body | {"manufacturing_site_id": maker.site}) -> Any:
            return (await feeds.client.post("/feeds", json=body)).status_code == 201

        await world.eventually(registered)

    async def product_known() -> bool:
        told = await _send(world, maker, maker.feed, event("BatchStart", maker, occurred_at="2026-02"), "?dry_run=true")
        return bool(told["accepted"] == 1)

    await world.eventually(product_known)
    # Just now, so that no timer has anything to tell.
    now = datetime.now(UTC).isoformat()
    dated = {"occurred_at": now}
    deviation = {"title": f"{maker.name} press", "category": "equipment", "partner_aware_at": now}
    values = [{"name": "force", "value": 4.2, "unit": "kN"}]
    told = await _send(
        world, maker, maker.feed,
        event("BatchStart", maker, occurred_at="2026-02", inputs=[{"material": "lactose", "number": maker.lot}]),
        event("BatchCompletion", maker, **dated, completed_at="2026-03-01", yield_percent="97.1"),
        event("ProcessData", maker, **dated, step="press", values=values),
        event("Deviation", maker, **dated, **deviation),
        event("ProcessExcursion", maker, **dated, event_id="7", kind="Alarm", text=f"{maker.name} force"),
    )  # fmt: skip
    drafted = await feeds.client.post("/mappings", content=MAPPING.format(uuid4().hex[:8]))
    assert drafted.status_code == 201, drafted.text
    maker.found |= {"message_id": told["message_id"], "mapping_id": drafted.json()["id"]}
    result = {"test": "assay", "stage": "release", "unit": "%"} | dated
    await _send(world, laboratory, maker.laboratory_feed, *(
        event("TestResult", maker, **result, value=value) for value in ("99.1", "91.7")
    ))  # fmt: skip
    pulled = {"test": "loss_on_drying", "stage": "stability", "unit": "%"} | dated
    await _send(world, laboratory, maker.laboratory_feed, *(
        event("TestResult", maker, **pulled, value=value, stability={"months": months, "condition": "25C/60RH"})
        for months, value in ((0, "1.2"), (3, "1.3"), (6, "1.2"), (9, "1.3"), (12, "4.9"))
    ))  # fmt: skip
    twice = event("BatchCompletion", maker, **dated, completed_at="2026-03-01", yield_percent="97.0")
    again = twice | {"data": twice["data"] | {"yield_percent": "79.0"}}
    told = await _send(world, maker, maker.feed, twice, again)
    assert told["conflict"] == 1, told


async def _send(world: World, sender: Company, feed: str, *events: Any) -> Any:
    *told, query = events if isinstance(events[-1], str) else (*events, "")
    running = world.running["partner_feeds"]
    async with running.as_(Role.partner_system, partner_id=UUID(sender.id)) as system:
        headers = {"Content-Type": "application/cloudevents-batch+json"}
        answer = await system.post(f"/feeds/{feed}/messages{query}", content=json.dumps(told), headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def _find(world: World, company: Company) -> None:
    """The ids of what became of it."""
    lists = {
        "batch_id": ("quality_events", "/batches", {"lot": company.lot}),
        "deviation_id": ("quality_events", "/deviations", {"lot": company.lot}),
        "investigation_id": ("quality_events", "/oos-investigations", {"lot": company.lot}),
        "oot_investigation_id": ("quality_events", "/oot-investigations", {"lot": company.lot}),
        "process_excursion_id": ("quality_events", "/process-excursions", {"lot": company.lot}),
        "result_id": ("sample_tracking", "/results", {"lot": company.lot, "evaluation": "oos"}),
        "contradiction_id": ("partner_feeds", "/contradictions", {"partner_id": company.id}),
    }
    for parameter, (package, path, filters) in lists.items():

        async def there(package: str = package, path: str = path, filters: Any = filters) -> Any:
            answer = await world.running[package].client.get(path, params=filters)
            return [each for each in answer.json()["items"] if each.get("state") != "announced"]

        company.found[parameter] = (await world.eventually(there))[0]["id"]
    capa = {"site_id": company.site, "root_cause": f"{company.name} punch"}
    company.found["capa_id"] = await _made(world.running["quality_events"].client, "/capas", capa)
    hold = {"batch_id": company.found["batch_id"], "reason": f"{company.name} seal"}
    company.found["batch_hold_id"] = await _made(world.running["quality_events"].client, "/batch-holds", hold)
    company.found["hold_proposal"] = await _made(world.running["quality_events"].client, "/hold-proposals", hold)
    company.found |= await dossier_quality.audited(world.running["quality_events"], company)
    company.found |= await dossier_quality.complained(world.running["quality_events"], company)
    more = (world.running["partner_registry"].client, world.running["quality_events"], company, world.eventually)
    company.found |= await dossier_quality.packs(*more)
    certificate = CERTIFICATE | {"site_id": company.site, "certificate_number": company.name}
    registry = world.running["partner_registry"].client
    company.found["certificate_id"] = await _made(registry, "/certificates", certificate)
    company.found |= await dossier.companies(registry, company)
    company.found |= await dossier.inspected(registry, company)
    company.found |= await dossier.registered(world.running["partner_registry"], company)
    company.found |= await dossier.leaving(world.running["partner_registry"], company)
    assessment = {"site_id": company.site, "occasion": company.name}
    company.found["risk_assessment_id"] = await _made(registry, "/risk-assessments", assessment)
    segmentation = {"partner_id": company.id, "criteria": [CRITERION | {"rationale": company.name}]}
    counts = await _made(registry, "/segmentations", segmentation)
    assert (await world.running["partner_registry"].second.post(f"/segmentations/{counts}/confirmation")).is_success
    company.found["segmentation_id"] = await _made(registry, "/segmentations", segmentation)

    async def planned() -> Any:
        return (await registry.get("/oversight-plans", params={"site_id": company.site})).json()["items"]

    company.found |= {"oversight_plan_id": (await world.eventually(planned))[0]["id"], "site_risk_id": company.site}
    result = await world.running["sample_tracking"].client.get(f"/results/{company.found['result_id']}")
    company.found |= {"lot_id": result.json()["lot_id"], "partner_id": company.id, "site_id": company.site}
    company.found |= {"result_set_id": result.json()["set_id"]}
    company.found |= await dossier_tracking.certified(world.running["sample_tracking"], company)
    tracking = world.running["sample_tracking"]
    company.found |= await dossier_tracking.flagged(tracking, company, world.eventually)
    company.found |= await dossier_tracking.ordered(world.running["sample_tracking"], company)
    company.found |= await dossier_tracking.typed(world.running["sample_tracking"], company)
    transfers = world.running["tech_transfer"]
    company.found |= await dossier_transfer.transferred(registry, transfers, company, world.eventually)
    await dossier_design.designed(transfers, company)
    company.found |= await dossier_methods.transferred(transfers, company)
    company.found |= await dossier_transfer.qualified(transfers, company)
    company.found |= {"product_id": company.product, "feed": company.feed}
    company.found |= await dossier_contracting.agreed(world.running["contracting"], company, world.eventually)


async def _made(client: Any, path: str, body: Mapping[str, Any]) -> str:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
