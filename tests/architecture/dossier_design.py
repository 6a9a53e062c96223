"""What rests on what in the product that is handed over to a company, and how a batch of it was made."""

from typing import Any
from uuid import UUID

from contracts import Lot
from runtime.database import Context
from runtime.principal import worker
from tech_transfer.process_readings.commands import watch_lot
from tech_transfer.transfers.commands import locked
from tests.architecture.bodies_design import cell_of, cpp_of, cqa_of, profile_of, risk_of
from tests.architecture.owned import Company


async def designed(service: Any, company: Company) -> None:
    """The records of a transfer's design, and a risk; none of its batches was reported of yet."""
    for parameter, collection, body in (
        ("target_profile_id", "target-profiles", profile_of),
        ("cqa_id", "cqas", cqa_of),
        ("cpp_id", "cpps", cpp_of),
        ("qbd_cell_id", "qbd-cells", cell_of),
        ("risk_id", "risks", risk_of),
    ):
        company.found[parameter] = (await service.client.done(f"/{collection}", body(company)))["id"]
    made_at, maker = UUID(company.site), UUID(company.id)
    number = f"{company.name} engineering batch"
    id = Lot.identify(made_at, company.code, number)
    lot = Lot(id=id, number=number, material=company.code, site_id=made_at, partner_id=maker)
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        await watch_lot(work, await locked(work, UUID(company.found["transfer_id"])), lot)
    (reading,) = (await service.client.get("/process-readings", params={"lot_number": number})).json()["items"]
    company.found["process_reading_id"] = reading["id"]
