"""How laboratories stand to methods, as sample_tracking tells it: by that, and by nothing else, gates are judged."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Field, String

from contracts.entitlements import EntitlementStanding
from tech_transfer.metadata import INSTANT, Table

ENTITLED: Final = frozenset(
    {
        *(EntitlementStanding.validated, EntitlementStanding.verified),
        *(EntitlementStanding.transferred, EntitlementStanding.waived),
    }
)


class LaboratoryStanding(Table, table=True):
    """From a local day of the laboratory on it stands so to a version of a method. The id is the setting's."""

    __tablename__ = "laboratory_standing"

    id: UUID = Field(primary_key=True)
    method: str
    method_version: str
    product_id: UUID | None = None
    """Whose own method it is; None of one for all products."""
    laboratory_site_id: UUID
    standing: EntitlementStanding = Field(sa_type=String)
    valid_from: date
    set_at: datetime = Field(sa_type=INSTANT)


def holds(
    settings: Iterable[LaboratoryStanding],
    method: str,
    version: str,
    product_id: UUID,
    laboratory_site_id: UUID,
    day: date,
) -> EntitlementStanding | None:
    """How a laboratory stands to a version of a product's method on a day: as sample_tracking judges, by the last
    setting of the version, or else of the next minor one before it of which there is any. What is set for the product's
    own method comes before what is set for that of all; for another product's it says nothing."""
    major, minor = _parts(version)
    of_it = [each for each in settings if (each.method, each.laboratory_site_id) == (method, laboratory_site_id)]
    own = [each for each in of_it if each.product_id == product_id]
    about = [each for each in own or of_it if each.product_id in (product_id, None) and each.valid_from <= day]
    before = [each for each in about if _parts(each.method_version)[0] == major]
    before = [each for each in before if _parts(each.method_version)[1] <= minor]
    if not before:
        return None
    newest = max(_parts(each.method_version)[1] for each in before)
    own = [each for each in before if _parts(each.method_version)[1] == newest]
    return EntitlementStanding(max(own, key=lambda each: (each.valid_from, each.set_at, each.id)).standing)


def _parts(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)
