"""The service on one screen. Start it with ``python -m serving partner_registry.main:create``."""

from fastapi import FastAPI

from contracts import topics_of
from partner_registry.certificates.api import certificates
from partner_registry.certificates.commands import expired, expiring
from partner_registry.consumers import subscriptions
from partner_registry.contacts.api import contacts
from partner_registry.duplicates.api import duplicates
from partner_registry.entities.api import entities
from partner_registry.exits.api import exits
from partner_registry.history import api as history
from partner_registry.identifiers.api import identifiers
from partner_registry.inspections.api import inspections
from partner_registry.inspections.commands import overdue
from partner_registry.lines.api import lines
from partner_registry.mergers.api import mergers
from partner_registry.mergers.commands import effective as merged
from partner_registry.mutual_recognition import api as recognising
from partner_registry.mutual_recognition.api import recognitions
from partner_registry.outside_events.api import outside_events
from partner_registry.oversight import answer as planning
from partner_registry.oversight.api import plans
from partner_registry.oversight.commands import in_force, looked_at_again
from partner_registry.partner_products.api import partner_products
from partner_registry.partners.api import partners
from partner_registry.products.api import products
from partner_registry.qp_capacities import queries as certifying
from partner_registry.qp_capacities.api import capacities
from partner_registry.qp_capacities.commands import ending
from partner_registry.qualifications import approved
from partner_registry.qualifications import commands as qualifying
from partner_registry.qualifications.api import qualifications
from partner_registry.qualifications.outlived import outlived
from partner_registry.registrations import answer
from partner_registry.registrations.api import registered_sites, registrations
from partner_registry.risk import answer as at_risk
from partner_registry.risk import partners as partner_risks
from partner_registry.risk.api import assessments, site_risks
from partner_registry.risk.late_capas import late_capas
from partner_registry.segments import answer as segmenting
from partner_registry.segments.api import segmentations
from partner_registry.segments.commands import grown_up, stale
from partner_registry.sites.api import sites
from partner_registry.sites.commands import closing
from partner_registry.sub_suppliers import queries as buying
from partner_registry.sub_suppliers.api import sub_suppliers
from partner_registry.transfers.api import site_transfers
from partner_registry.transfers.commands import effective
from partner_registry.unions.api import unions
from runtime.settings import Settings
from serving.service import service

COMPANIES = (entities, identifiers, duplicates, contacts)
PREMISES = (sites, lines, buying, sub_suppliers, site_transfers)
MATERIALS = (products, partner_products)
OF_PARTNERS = (partners, history, exits, mergers, unions, outside_events)
ASKED = (at_risk, segmenting, planning)
OF_A_SITE = (
    *ASKED,
    *(certificates, inspections, qualifications, assessments, site_risks, partner_risks, segmentations, plans),
)
REGISTERED = (answer, registrations, registered_sites, certifying, capacities, recognising, recognitions)
timers = [
    expiring,
    expired,
    overdue,
    grown_up,
    stale,
    in_force,
    looked_at_again,
    ending,
    late_capas,
    closing,
    effective,
    merged,
    *qualifying.timers,
    outlived,
]


def create(settings: Settings | None = None) -> FastAPI:
    """The partner-registry app."""
    return service(
        "partner-registry",
        about="Who may do what for us: partners, sites, what authorities say, risks, oversight, and products.",
        settings=settings or Settings(),
        # ``approved`` stands before sites, which would take its path for an id, and so do the answers.
        routers=[
            each.router for each in (*OF_PARTNERS, *COMPANIES, approved, *PREMISES, *MATERIALS, *OF_A_SITE, *REGISTERED)
        ],
        subscriptions=subscriptions,
        publishes=topics_of("partner-registry"),
        timers=timers,
    )
