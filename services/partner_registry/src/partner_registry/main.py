"""The service on one screen. Start it with ``python -m serving partner_registry.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from partner_registry.certificates.api import certificates
from partner_registry.certificates.commands import timers
from partner_registry.partners.api import partners
from partner_registry.products.api import products
from partner_registry.sites.api import sites
from runtime.settings import Settings
from serving.service import service


def create(settings: Settings | None = None) -> FastAPI:
    """The partner-registry app."""
    return service(
        "partner-registry",
        about="Who may do what for us: partners, their sites with certificates, and the sponsor's products.",
        settings=settings or Settings(),
        routers=[partners.router, sites.router, products.router, certificates.router],
        publishes=topics_of("partner-registry"),
        timers=timers,
    )
