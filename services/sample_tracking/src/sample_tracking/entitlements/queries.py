"""Reads of entitlements: what is set, and whether a laboratory is entitled for a method on a day."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.entitlements import EntitlementStanding
from directory.names import names_of
from runtime.work import Work
from sample_tracking.entitlements.model import Entitlement
from sample_tracking.entitlements.rule import Entitlements, Judgement, MethodVersion, Setting
from sample_tracking.entitlements.schemas import EntitlementRead
from serving.listing import days, equal

_KNOWN: Final = "SELECT * FROM known_entitlements($1::text[], $2::uuid[])"
_ZONES: Final = "SELECT id, time_zone FROM known_site WHERE id = ANY ($1::uuid[])"
_REFERENCES: Final = {"laboratory": "laboratory_site_id", "partner": "laboratory_partner_id"}
FILTERS = equal(
    Entitlement, *("method_id", "method_code", "laboratory_site_id", "laboratory_partner_id", "standing")
) | days(Entitlement.valid_from, "valid_from")


async def show(work: Work, entitlements: Sequence[Entitlement]) -> list[EntitlementRead]:
    """The settings with the names of their laboratories."""
    names = await names_of(work, entitlements, _REFERENCES)
    return [EntitlementRead.model_validate(dict(one) | names.of(one, references=_REFERENCES)) for one in entitlements]


async def entitled_on(
    work: Work,
    code: str,
    laboratory_site_id: UUID,
    day: date,
    *,
    version: str | None = None,
    product_id: UUID | None = None,
) -> Judgement:
    """Whether a laboratory is entitled for a method on a local day of it; of a product, where that has its own method.

    Neither yes nor no where nobody can say, such as of a method that is not registered; ``why`` says it.
    """
    known = await entitlements_of(work, {code}, {laboratory_site_id})
    return known.on(code, version, product_id, laboratory_site_id, day)


async def entitlements_of(work: Work, codes: Collection[str], laboratory_site_ids: Collection[UUID]) -> Entitlements:
    """All that is known of these methods and laboratories, also for who may not read it and is judged by it."""
    if not codes:
        return Entitlements()
    rows = await work.connection.fetch(_KNOWN, sorted(codes), list(laboratory_site_ids))
    zones = await work.connection.fetch(_ZONES, list(laboratory_site_ids))
    return Entitlements(
        {row["method_id"]: _version(row) for row in rows}.values(),
        [_setting(row) for row in rows if row["laboratory_site_id"]],
        {row["id"]: row["time_zone"] for row in zones},
    )


def _version(row: Any) -> MethodVersion:
    names = ("code", "major", "minor", "product_id", "effective_from")
    return MethodVersion(id=row["method_id"], **{name: row[name] for name in names})


def _setting(row: Any) -> Setting:
    names = ("method_id", "laboratory_site_id", "valid_from")
    return Setting(standing=EntitlementStanding(row["standing"]), **{name: row[name] for name in names})
