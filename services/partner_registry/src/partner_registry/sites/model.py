"""A partner's site."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts.partner_registry import SiteRegistered
from partner_registry.metadata import Table
from runtime.work import Versioned


class Activity(StrEnum):
    """What a site does for the sponsor."""

    drug_substance = "drug_substance"
    drug_product = "drug_product"
    sterile_fill = "sterile_fill"
    packaging = "packaging"
    testing = "testing"
    storage = "storage"
    distribution = "distribution"


class Site(Table, Versioned, table=True):
    """A plant or laboratory. Quality work always names the site, never only the partner."""

    number: str
    partner_id: UUID = Field(foreign_key="partner.id")
    name: str
    country: str
    time_zone: str
    activities: list[str] = Field(sa_type=ARRAY(String))
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(
        cls,
        *,
        number: str,
        partner_id: UUID,
        name: str,
        country: str,
        time_zone: str,
        activities: list[Activity],
        now: datetime,
    ) -> tuple[Self, SiteRegistered]:
        """A new site of a partner."""
        site = cls(
            number=number,
            partner_id=partner_id,
            name=name,
            country=country,
            time_zone=time_zone,
            activities=[str(activity) for activity in activities],
            parties=[partner_id],
        )
        return site, SiteRegistered(
            site_id=site.id,
            partner_id=partner_id,
            number=number,
            name=name,
            country=country,
            time_zone=time_zone,
            activities=tuple(site.activities),
            occurred_at=now,
        )
