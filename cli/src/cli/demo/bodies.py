"""What is sent to make the demo's records."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from cli.demo.cast import Company, Feed, Product

_YEARS_OF_GMP = timedelta(3 * 365)


def partner(company: Company) -> dict[str, Any]:
    """A company that makes or tests for the sponsor."""
    return {"legal_name": company.legal_name, "kind": company.kind, "country": company.country}


def site(company: Company, partner_id: str) -> dict[str, Any]:
    """Its one site."""
    return {
        "partner_id": partner_id,
        "name": company.site,
        "country": company.country,
        "time_zone": company.time_zone,
        "activities": list(company.activities),
    }


def certificate(company: Company, site_id: str, today: date) -> dict[str, Any]:
    """The site's certificate of GMP, which ends in so many days as the cast says."""
    ends = today + timedelta(company.certified_for_days)
    begins = ends - _YEARS_OF_GMP
    return {
        "site_id": site_id,
        "kind": "gmp",
        "holder": company.legal_name,
        "authority": company.authority,
        "certificate_number": f"{company.country}-GMP-{begins:%Y}-0117",
        "activities": list(company.activities),
        "inspected_on": str(begins - timedelta(30)),
        "valid_from": str(begins),
        "valid_to": str(ends),
        "digest": uuid5(UUID(site_id), "certificate").hex * 2,
    }


def authorisation(company: Company, certificate: dict[str, Any]) -> dict[str, Any]:
    """By which the company may do there what its certificate attests; it has no end, and names no dosage form."""
    own = {name: certificate[name] for name in ("site_id", "holder", "authority", "activities", "digest")}
    number = f"{company.country}-MIA-0117"
    return own | {"kind": "manufacturing_authorisation", "certificate_number": number, "valid_from": "2016-03-01"}


def qualification(company: Company, site_id: str) -> dict[str, Any]:
    """For the first of what the site does, for the market."""
    return {"site_id": site_id, "activity": company.activities[0], "purpose": "commercial"}


def audit(site_id: str, today: date) -> dict[str, Any]:
    """An audit of some months ago on which the qualification rests."""
    report = uuid5(UUID(site_id), "audit").hex * 2
    return {"audited_on": str(today - timedelta(120)), "outcome": "acceptable_with_findings", "report": report}


_DIMENSIONS = ("quality", "regulatory", "data_integrity", "financial", "capacity", "geographic", "continuity")
TEAM = {"team": ["Ana Novak", "Petra Kos", "Jan Weiss"]}
"""Who assesses risks."""


def ratings(points: tuple[tuple[int, int, int], ...]) -> dict[str, Any]:
    """A site's risk in one rater's eyes."""
    rated = zip(_DIMENSIONS, points, strict=True)
    names = ("severity", "probability", "detectability")
    return {
        "ratings": [
            {"dimension": dimension, "rationale": "as the demo's team sees it", **dict(zip(names, each, strict=True))}
            for dimension, each in rated
        ]
    }


def product(product: Product) -> dict[str, Any]:
    """What the sponsor has made."""
    return {
        "code": product.code,
        "name": product.name,
        "dosage_form": product.dosage_form,
        "strengths": list(product.strengths),
    }


VALIDATED = "2015-01-01"
"""Since when the demo's methods are in use, and its laboratory is entitled for them."""


def method(code: str, title: str) -> dict[str, Any]:
    """A method for all products."""
    report = {"report": f"VAL-{code}", "report_digest": uuid5(NAMESPACE_OID, code).hex * 2}
    return {"code": code, "major": 1, "minor": 0, "title": title, "effective_from": VALIDATED} | report


def entitlement(method: dict[str, Any], site_id: str) -> dict[str, Any]:
    """That the laboratory validated a method."""
    proof = {"proof": method["report"], "proof_digest": method["report_digest"]}
    about = {"method_id": method["id"], "laboratory_site_id": site_id}
    return about | proof | {"standing": "validated", "valid_from": VALIDATED}


TRIAGED = {"category": "counterfeit", "severity": "major"}
"""What quality takes the complaint for."""


def complaint(product_id: str, now: datetime) -> dict[str, Any]:
    """A pack of the story's that seems to be counterfeit: its market's authority is to be notified within a day."""
    return {
        "description": "The pack has no tamper-evident seal, and the print of its lot number rubs off",
        "market": "AT",
        "category": "counterfeit",
        "received_at": (now - timedelta(hours=2)).isoformat(),
        "product_id": product_id,
        "lot_as_printed": "26C0417",
    }


def feed(feed: Feed, sites: dict[Company, dict[str, Any]]) -> dict[str, Any]:
    """A feed of a company's system, given the sites as they were made."""
    site = sites[feed.company]
    body = {
        "code": feed.code,
        "partner_id": site["partner_id"],
        "site_id": site["id"],
        "kind": feed.kind,
        "format": feed.format,
        "mapping": feed.mapping,
        "time_zone": feed.company.time_zone,
    }
    if feed.manufacturer:
        body["manufacturing_site_id"] = sites[feed.manufacturer]["id"]
    return body
