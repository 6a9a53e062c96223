"""A partner's site."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

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


class SiteFields(SQLModel):
    """What readers see of a site."""

    number: str
    partner_id: UUID = Field(foreign_key="partner.id")
    name: str
    country: str
    time_zone: str
    activities: list[Activity] = Field(sa_type=ARRAY(String))


class Site(SiteFields, Versioned, Table, table=True):
    """A plant or laboratory. Quality work always names the site, never only the partner."""

    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(cls, *, now: datetime, **given: Any) -> tuple[Self, SiteRegistered]:
        """A new site of a partner."""
        site = cls(parties=[given["partner_id"]], **given)
        return site, SiteRegistered.of(site, now)
