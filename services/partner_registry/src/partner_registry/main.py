"""The service on one screen. Start it with ``python -m serving partner_registry.main:create``."""

from fastapi import FastAPI

from partner_registry.partners import api as partners
from partner_registry.products import api as products
from partner_registry.sites import api as sites
from runtime.settings import Settings
from serving.service import service


def create(settings: Settings | None = None) -> FastAPI:
    """The partner-registry app."""
    return service(
        "partner-registry",
        about="Who may do what for us: partners, their sites, and the sponsor's products.",
        settings=settings or Settings(),
        routers=[partners.writing, partners.reading, sites.writing, sites.reading, products.writing, products.reading],
        publishes=["partner-registry.partner", "partner-registry.site", "partner-registry.product"],
    )
