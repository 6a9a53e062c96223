"""A maker and a laboratory of one product, brought in through the services' own APIs, and what their systems send."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from contracts import clock
from tests.entitling import entitled, registered

ZONE = "Europe/Vienna"
EVENTS = {"Content-Type": "application/cloudevents-batch+json"}
LIMIT = {"test": "assay", "lower": "95", "upper": "105", "unit": "%", "decimals": 1}


def now() -> str:
    """This instant, as a system writes it."""
    return datetime.now(UTC).isoformat()


@dataclass
class Partnership:
    """Everything that a release rests on. ``registry`` and the others are the running services."""

    registry: Any
    feeds: Any
    tracking: Any
    quality: Any
    eventually: Callable[..., Any]
    code: str = field(default_factory=lambda: f"T-{uuid4().hex[:10]}")
    """The product's."""
    product: Any = None
    site: Any = None
    """The maker's."""
    laboratory_site: Any = None

    @property
    def maker(self) -> UUID:
        """The partner that makes."""
        return UUID(self.site["partner_id"])

    @property
    def laboratory(self) -> UUID:
        """The partner that tests."""
        return UUID(self.laboratory_site["partner_id"])

    async def begin(self, *markets: str, certified_until: date | None = None, days_ago: int = 0) -> "Partnership":
        """Bring both in, as it was done so many days ago; the maker's certificate may end before the others."""
        with clock.standing_at(datetime.now(UTC) - timedelta(days_ago)):
            self.site = await self._site("cmo", "drug_product")
            self.laboratory_site = await self._site("clo", "testing")
            body = {"code": self.code, "name": "Tablets", "dosage_form": "tablet"}
            self.product = await self.registry.client.done("/products", body)
            await self._qualified(self.site, "drug_product", certified_until)
            await self._qualified(self.laboratory_site, "testing")
            for market in markets:
                await self._registered(market)
        await self._specified()
        for kind, site in (("mes", self.site), ("lims", self.laboratory_site)):
            body = {"code": f"{self.code}-{kind}".lower(), "site_id": site["id"], "kind": kind, "format": "cloudevents"}
            await self.heard(self.feeds, "/feeds", body | {"manufacturing_site_id": self.site["id"]})
        return self

    async def heard(self, service: Any, path: str, body: Any) -> Any:
        """What a service makes, as soon as it has heard of what the body names."""

        async def made() -> Any:
            answer = await service.client.post(path, json=body)
            if not answer.is_success and "unknown" not in answer.text:
                raise AssertionError(answer.text)
            return answer.json() if answer.is_success else None

        return await self.eventually(made, 30)

    async def _site(self, kind: str, activity: str) -> Any:
        partner = {"legal_name": f"{kind} of {self.code}", "kind": kind, "country": "AT"}
        owner = (await self.registry.client.done("/partners", partner))["id"]
        body = {"partner_id": owner, "name": f"Site of {self.code}", "country": "AT", "time_zone": ZONE}
        return await self.registry.client.done("/sites", body | {"activities": [activity]})

    async def _qualified(self, site: Any, activity: str, until: date | None = None) -> None:
        """A certificate that two people saw, and a qualification that a third signed on its ground."""
        today, own = clock.now().date(), self.registry.client
        body = {"site_id": site["id"], "kind": "gmp", "holder": "Alpine GmbH", "authority": "BASG", "digest": "0" * 64}
        body |= {"certificate_number": uuid4().hex, "valid_from": "2024-02-01", "activities": [activity]}
        made = await own.done("/certificates", body | {"valid_to": str(until or today + timedelta(2000))})
        seen = {"authority_register": "EudraGMDP", "checked_on": str(today - timedelta(1))}
        await self.registry.second.done(f"/certificates/{made['id']}/confirmation", seen)
        work = {"site_id": site["id"], "activity": activity, "purpose": "commercial"}
        made = await own.done("/qualifications", work)
        path = f"/qualifications/{made['id']}"
        started = await self.registry.as_("quality", subject="starter").done(f"{path}/assessment")
        answers = [{"item": each["code"], "verdict": "met"} for each in started["items"]]
        await own.done(f"{path}/answers", {"answers": answers})
        audit = {"audited_on": str(today - timedelta(30)), "outcome": "acceptable", "report": "0" * 64}
        await own.done(f"{path}/audit", audit)
        await self.registry.as_("msat", subject="max").done(f"{path}/endorsement")
        await self.registry.second.done(f"{path}/approval")

    async def _registered(self, market: str) -> None:
        """The product's registration for a market names both sites."""
        body = {"product_id": self.product["id"], "market": market, "holder": f"Holder of {self.code}"}
        body |= {"regime": {"US": "us", "GB": "gb"}.get(market, "eu_eea"), "submitted_on": "2023-03-01"}
        async with self.registry.as_("regulatory", subject="rita") as regulatory:
            made = await regulatory.done("/registrations", body)
            works = ((self.site, "drug_product"), (self.laboratory_site, "testing"))
            sites = [{"site_id": site["id"], "activity": work, "valid_from": "2023-06-01"} for site, work in works]
            approved: dict[str, Any] = {
                "authorisation_number": "1-40117",
                "process_version": "MP-7",
                "specification_version": "v1",
            }
            approved |= {"shelf_life_months": 36, "storage": "below 25 °C", "effective_on": "2023-06-01"}
            await regulatory.done(f"/registrations/{made['id']}/approval", approved | {"sites": sites})

    async def _specified(self) -> None:
        """A specification for every market, and the laboratory validated the method that it names."""
        code = f"M-{self.code}"
        limits = [LIMIT | {"method": code, "stage": stage} for stage in ("release", "stability")]
        body = {"product_id": self.product["id"], "limits": limits}
        drafted = await self.heard(self.tracking, "/specifications", body)
        await self.tracking.second.done(f"/specifications/{drafted['id']}/approval")
        await entitled(self.tracking.client, await registered(self.tracking.client, code), self.laboratory_site["id"])

    async def qp(self, subject: str) -> None:
        """An authorisation of the Union names a person for the maker's site, and a second person confirms it."""
        body: dict[str, Any] = {
            "subject": self.registry.subject_of(subject),
            "printed_name": "Dr. Eva Novak",
            "regime": "eu_eea",
            "authorisation": "MIA-1",
        }
        body |= {"legal_entity": f"Holder of {self.code}", "site_ids": [self.site["id"]], "evidence": "0" * 64}
        async with self.registry.as_("regulatory", subject="rita") as regulatory:
            named = await regulatory.done("/qp-capacities", body | {"valid_from": "2025-01-01"})
        await self.registry.second.done(f"/qp-capacities/{named['id']}/confirmation")

    def lot(self, number: str) -> dict[str, str]:
        """A lot of the product, as the partners' systems name it."""
        return {"material": self.code, "number": number}

    def start(self, number: str) -> tuple[str, dict[str, Any]]:
        """The maker's system tells that a batch began."""
        return "mes", _event("BatchStart", f"{number}/start", lot=self.lot(number))

    def completion(self, number: str) -> tuple[str, dict[str, Any]]:
        """It tells that the batch is made."""
        made = {"lot": self.lot(number), "completed_at": now(), "yield_percent": "97.5"}
        made |= {"actual_quantity": {"value": "100", "unit": "kg"}}
        return "mes", _event("BatchCompletion", f"{number}/completion", **made)

    def result(self, number: str, value: str, stage: str = "release") -> tuple[str, dict[str, Any]]:
        """The laboratory's system tells what it found."""
        said: dict[str, Any] = {"lot": self.lot(number), "test": "assay", "stage": stage, "value": value, "unit": "%"}
        return "lims", _event("TestResult", f"{number}/{stage}/{uuid4().hex[:6]}", **said)

    def deviation(self, record: str, number: str, aware: datetime, revision: int = 1) -> tuple[str, dict[str, Any]]:
        """The maker's system tells of a departure, or amends what it told."""
        said: dict[str, Any] = {
            "title": "Press stopped",
            "description": "x",
            "category": "equipment",
            "lots": [self.lot(number)],
        }
        said |= {"occurred_at": aware.isoformat(), "partner_aware_at": aware.isoformat(), "revision": revision}
        said |= {"proposed_classification": "major"}
        return "mes", _event("Deviation", record, **said)

    async def tell(self, *told: tuple[str, dict[str, Any]], seed: int | None = None) -> None:
        """Send each record in a message of its own: in order, or each partner's own in a random one."""
        by_feed: dict[str, list[dict[str, Any]]] = {}
        for feed, event in told:
            by_feed.setdefault(feed, []).append(event)
        feeds = [*by_feed]
        if seed is not None:
            chance = Random(seed)
            for events in (feeds, *by_feed.values()):
                chance.shuffle(events)  # type: ignore[arg-type]
        for feed in feeds:
            for event in by_feed[feed]:
                await self._send(feed, event)

    async def _send(self, feed: str, event: dict[str, Any]) -> None:
        owner = self.maker if feed == "mes" else self.laboratory
        path = f"/feeds/{self.code}-{feed}/messages".lower()

        async def taken() -> bool:
            async with self.feeds.as_("partner_system", partner_id=owner) as system:
                answer = await system.post(path, content=json.dumps([event]), headers=EVENTS)
            assert answer.status_code == 202, answer.text
            said = answer.json()
            assert said["errors"] == [], answer.text
            return bool(said["accepted"] + said["amended"])

        await self.eventually(taken)

    async def found(self, service: Any, collection: str, **filters: Any) -> Any:
        """The one record of a list that its filters find, as soon as there is one."""

        async def look() -> Any:
            answer = await service.client.get(f"/{collection}", params={k: str(v) for k, v in filters.items()})
            assert answer.status_code == 200, answer.text
            items = answer.json()["items"]
            assert len(items) < 2, items
            return items[0] if items else None

        return await self.eventually(look, 30)


def _event(kind: str, record: str, **data: Any) -> dict[str, Any]:
    body = {"record_id": record, "occurred_at": now()} | data
    return {"specversion": "1.0", "id": uuid4().hex, "source": "/x", "type": f"io.entente.feed.{kind}.v1", "data": body}
