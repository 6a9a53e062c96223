"""Reads of stages at another partner's site."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot
from directory.names import names_of
from quality_events.lots import products_by_code
from quality_events.stages.model import PartnerStage
from quality_events.stages.schemas import PartnerStageRead
from runtime.work import Work
from serving.listing import days, equal
from serving.shown import Ref

_REFERENCES: Final[Mapping[str, str]] = {"site": "site_id", "partner": "partner_id"}
_LOTS: Final = "SELECT * FROM lots_of_own_stages() WHERE batch_id = ANY ($1::uuid[])"
_OF_A_LOT: Final = ("number", "material", "product_id", "site_id", "partner_id")
FILTERS = equal(
    PartnerStage, *("number", "state", "batch_id", "lot_id", "lot", "material", "step", "site_id", "partner_id")
) | days(PartnerStage.created_at, "planned")


async def show(work: Work, stages: Sequence[PartnerStage]) -> list[PartnerStageRead]:
    """The stages with their products and names."""
    names = await names_of(work, stages, _REFERENCES)
    products = await products_by_code(work, sorted({each.material for each in stages}))
    refs = {code: Ref(id=product, number=code) for code, product in products.items()}
    return [
        PartnerStageRead.of(each, **names.of(each, references=_REFERENCES), product=refs.get(each.material))
        for each in stages
    ]


async def own_lots(work: Work, batch_ids: Collection[UUID]) -> dict[UUID, Lot]:
    """The lots of batches of which a stage is the asking partner's: it names them in what it reports of that stage."""
    rows = await work.connection.fetch(_LOTS, list(batch_ids))
    return {row["batch_id"]: Lot(id=row["lot_id"], **{name: row[name] for name in _OF_A_LOT}) for row in rows}


async def did_stage_at(work: Work, site_id: UUID, batch_ids: Collection[UUID]) -> bool:
    """Whether a stage of one of some batches is the asking partner's at a site that was sold since."""
    done = select(PartnerStage.id).filter_by(site_id=site_id, partner_id=work.principal.partner_id)
    sold = done.where(col(PartnerStage.batch_id).in_(batch_ids), col(PartnerStage.owned_until).is_not(None))
    return bool(batch_ids) and await work.session.scalar(sold.limit(1)) is not None
