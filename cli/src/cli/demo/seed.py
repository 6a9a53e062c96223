"""The records of a demo, made through the public APIs. Done twice, nothing changes."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, TypeVar

from cli.demo import bodies, cast
from cli.demo.cast import Company, Product
from cli.failures import Answered, Failure
from cli.installation import Installation
from cli.services import WITH_A_LEDGER
from partner_feeds.language import load

Made = TypeVar("Made")

REGISTRY, TRACKING, FEEDS = "/api/partner-registry/v1", "/api/sample-tracking/v1", "/api/partner-feeds/v1"
QUALITY = "/api/quality-events/v1"
_PATIENCE = 30.0
"""Seconds that news of a partner or a product may take from one service to the next."""


class Stopped(Exception):
    """The demo is being stopped."""


def plant(platform: Installation, stopping: threading.Event) -> str:
    """Make what is missing; what there is, in words. Raises Failure, or Stopped when the demo is being stopped."""
    with platform.as_another_person() as second, platform.as_another_person("head-of-quality") as head:
        return _plant(_Planter(platform, second, head, stopping))


def _plant(planter: "_Planter") -> str:
    sites = planter.companies()
    planter.certificates(sites)
    planter.qualifications(sites)
    planter.risks(sites)
    products = planter.products()
    planter.specifications(products)
    planter.methods(sites[cast.LABORATORY])
    planter.mappings()
    planter.feeds(sites)
    planter.complaint(products)
    if planter.made:
        planter.wait_for_news()
    found = f"{len(cast.COMPANIES)} partners, {len(cast.PRODUCTS)} products and {len(cast.FEEDS)} feeds"
    return f"{found} " + (f"({planter.made} records made)" if planter.made else "found as they were")


class _Planter:
    def __init__(
        self, platform: Installation, second: Installation, head: Installation, stopping: threading.Event
    ) -> None:
        self._platform, self._second, self._head, self._stopping = platform, second, head, stopping
        self.made = 0

    def companies(self) -> dict[Company, dict[str, Any]]:
        """Partners with their sites; the site of each."""
        partners = {each["legal_name"]: each for each in self._all(f"{REGISTRY}/partners")}
        # By their names: a site that was sold, or whose partner merged, is another one's.
        sites = {each["name"]: each for each in self._all(f"{REGISTRY}/sites")}
        found = {}
        for company in cast.COMPANIES:
            partner = partners.get(company.legal_name) or self._make(
                f"{REGISTRY}/partners", bodies.partner(company), f"partner:{company.legal_name}"
            )
            found[company] = sites.get(company.site) or self._make(
                f"{REGISTRY}/sites", bodies.site(company, partner["id"]), f"site:{partner['id']}"
            )
        return found

    def certificates(self, sites: dict[Company, dict[str, Any]]) -> None:
        """A certificate of GMP and an authorisation for each site, which a second person has confirmed."""
        path = f"{REGISTRY}/certificates"
        known = {(each["site_id"], each["kind"]): each for each in self._all(path)}
        today = datetime.now(UTC).date()
        for company, site in sites.items():
            certificate = bodies.certificate(company, site["id"], today)
            for body in (certificate, bodies.authorisation(company, certificate)):
                key = f"{body['kind']}:{site['id']}"
                found = known.get((site["id"], body["kind"])) or self._make(path, body, key)
                if found["state"] == "unchecked":
                    confirmed = {"authority_register": "EudraGMDP", "checked_on": str(today - timedelta(1))}
                    self._make(
                        f"{path}/{found['id']}/confirmation", confirmed, f"confirmation:{found['id']}", by=self._second
                    )

    def qualifications(self, sites: dict[Company, dict[str, Any]]) -> None:
        """Each site qualified for what it does: planned, started and endorsed by others, and signed by a third person.

        The first one of a partner makes it active.
        """
        known = {each["site_id"]: each for each in self._all(f"{REGISTRY}/qualifications")}
        for company, site in sites.items():
            body, key = bodies.qualification(company, site["id"]), f"qualification:{site['id']}"
            found = known.get(site["id"]) or self._make(f"{REGISTRY}/qualifications", body, key)
            path = f"{REGISTRY}/qualifications/{found['id']}"
            if found["state"] == "planned":
                found = self._make(f"{path}/assessment", None, f"assessment:{found['id']}", by=self._second)
            if found["state"] == "in_assessment":
                answers = {"answers": [{"item": each["code"], "verdict": "met"} for each in found["items"]]}
                self._make(f"{path}/answers", answers, f"answers:{found['id']}")
                self._make(f"{path}/audit", bodies.audit(site["id"], datetime.now(UTC).date()), f"audit:{found['id']}")
                self._make(f"{path}/endorsement", None, f"endorsement:{found['id']}", by=self._second)
                self._make(f"{path}/approval", None, f"approval:{found['id']}", by=self._head)

    def risks(self, sites: dict[Company, dict[str, Any]]) -> None:
        """Each site's risk, signed as often as the cast says; the one of the liquids' maker has risen."""
        path = f"{REGISTRY}/risk-assessments"
        known: dict[str, list[dict[str, Any]]] = {}
        for each in self._all(path):
            known.setdefault(each["site_id"], []).insert(0, each)
        for company, site in sites.items():
            for nth, points in enumerate(company.risks):
                found, key = known.get(site["id"], [])[nth:], f"risk:{site['id']}:{nth}"
                body = {"site_id": site["id"], "occasion": "yearly review"}
                made = found[0] if found else self._make(path, body, key)
                self._sign(f"{path}/{made['id']}", made["state"], points, key)

    def _sign(self, path: str, state: str, points: tuple[tuple[int, int, int], ...], key: str) -> None:
        if state == "draft":
            self._make(f"{path}/ratings", bodies.ratings(points), f"ratings:{key}")
            self._make(f"{path}/team", bodies.TEAM, f"team:{key}")
            state = self._make(f"{path}/signature", {}, f"signature:{key}", by=self._head)["state"]
        if state == "half_signed":
            self._make(f"{path}/second-signature", None, f"second:{key}", by=self._second)

    def products(self) -> list[tuple[Product, str]]:
        """Products with their ids."""
        known = {each["code"]: each["id"] for each in self._all(f"{REGISTRY}/products")}
        for product in cast.PRODUCTS:
            if product.code not in known:
                made = self._make(f"{REGISTRY}/products", bodies.product(product), f"product:{product.code}")
                known[product.code] = made["id"]
        return [(product, known[product.code]) for product in cast.PRODUCTS]

    def specifications(self, products: list[tuple[Product, str]]) -> None:
        """An approved specification for each product, for every market."""
        found = {each["product_id"]: each for each in reversed(list(self._all(f"{TRACKING}/specifications")))}
        for product, id in products:
            specification = found.get(id)
            if specification is None:
                body = {"product_id": id, "limits": list(product.limits)}
                specification = self._make(f"{TRACKING}/specifications", body, f"specification:{id}")
            if specification["state"] == "draft":
                approval = f"{TRACKING}/specifications/{specification['id']}/approval"
                self._make(approval, None, f"approval:{specification['id']}", by=self._second)

    def methods(self, laboratory: dict[str, Any]) -> None:
        """The methods that the specifications name, and that the laboratory is entitled for them."""
        known = {each["code"]: each for each in self._all(f"{TRACKING}/methods")}
        entitled = {each["method_id"] for each in self._all(f"{TRACKING}/entitlements")}
        for code, title in cast.METHODS.items():
            found = known.get(code) or self._make(f"{TRACKING}/methods", bodies.method(code, title), f"method:{code}")
            if found["id"] not in entitled:
                body = bodies.entitlement(found, laboratory["id"])
                self._make(f"{TRACKING}/entitlements", body, f"entitlement:{found['id']}")

    def mappings(self) -> None:
        """The shipped mappings, live in the version that is shipped."""
        known = {(each["code"], each["mapping_version"]): each for each in self._all(f"{FEEDS}/mappings")}
        for document in _shipped():
            mapping = load(document)
            key = f"mapping:{mapping.code}:{mapping.version}"
            found = known.get((mapping.code, mapping.version)) or self._make(f"{FEEDS}/mappings", document, key)
            if found["state"] == "draft":
                path = f"{FEEDS}/mappings/{found['id']}/approval"
                self._make(path, None, f"approval:{found['id']}", by=self._second)

    def feeds(self, sites: dict[Company, dict[str, Any]]) -> None:
        """The feeds of the partners' systems."""
        known = {each["code"]: each for each in self._all(f"{FEEDS}/feeds")}
        for feed in cast.FEEDS:
            made = known.get(feed.code) or self._make(f"{FEEDS}/feeds", bodies.feed(feed, sites), f"feed:{feed.code}")
            for record in feed.granted:
                grant = {"record": record, "partner_id": made["manufacturing_partner_id"]}
                if not any(grant.items() <= given.items() for given in made["grants"]):
                    body = grant | {"reason": "the file carries the maker's starts and yields"}
                    self._make(f"{FEEDS}/feeds/{feed.code}/grants", body, f"grant:{feed.code}:{record}")

    def complaint(self, products: list[tuple[Product, str]]) -> None:
        """A complaint of a counterfeit pack, triaged, of which an authority is to be notified soon."""
        path, product_id = f"{QUALITY}/complaints", {product.code: id for product, id in products}["VEL-100"]
        found = next(self._all(path), None)
        if found is None:
            found = self._make(path, bodies.complaint(product_id, datetime.now(UTC)), "complaint")
        if found["state"] == "received":
            self._make(f"{path}/{found['id']}/triage", bodies.TRIAGED, "complaint-triage")

    def wait_for_news(self) -> None:
        """Until every service has heard of what was made: a file that names a product needs it known."""
        deadline = time.monotonic() + _PATIENCE
        while behind := list(self._behind()):
            if time.monotonic() > deadline:
                raise Failure(f"{', '.join(behind)} did not catch up within {_PATIENCE:.0f} s", "See `entente doctor`.")
            self._pause(0.05)

    def _behind(self) -> Iterator[str]:
        for service in WITH_A_LEDGER:
            status = self._platform.get(f"/api/{service}/v1/status")
            if status["outbox_pending"] or status["lag"]:
                yield service

    def _all(self, path: str) -> Iterator[dict[str, Any]]:
        return self._platform.items(path, limit=500)

    def _make(self, path: str, body: Any, key: str, by: Installation | None = None) -> dict[str, Any]:
        """POST once, however often it is tried: the key tells the service that it is the same request.

        A body that is text goes as it is, any other as JSON.
        """
        self.made += 1
        content: dict[str, Any] = {"content": body.encode()} if isinstance(body, str) else {"json": body}
        headers = {"Idempotency-Key": f"demo:{key}"}
        made: dict[str, Any] = self._patiently(
            lambda: (by or self._platform).request("POST", path, headers=headers, **content)
        )
        return made

    def _patiently(self, make: Callable[[], Made]) -> Made:
        """Try again while a service has not heard of what the request names."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return make()
            except Answered as refusal:
                unknown = ":unknown-" in str(refusal.problem.get("type", ""))
                if not unknown or time.monotonic() > deadline:
                    raise
            self._pause(0.05)

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped


def _shipped() -> Iterator[str]:
    """The documents of the mappings that come with partner_feeds, as they were written."""
    for file in (files("partner_feeds") / "shipped").iterdir():
        if file.name.endswith(".yaml"):
            yield file.read_text("utf-8")
