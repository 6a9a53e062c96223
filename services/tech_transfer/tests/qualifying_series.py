"""A running PPQ series on real facts."""

from typing import Any

from contracts import Fact, Lot, Recorded
from tests.qualifying_batches import ASSAY, PARAMETERS, PROTOCOL, made
from tests.world import handled


class Qualifying:
    """A transfer with an engineering batch that conforms, and a running PPQ series."""

    def __init__(self, service: Any, bus: Any, database: Any, known: Any, transfer: Any) -> None:
        self.service, self.bus, self.database, self.known, self.transfer = service, bus, database, known, transfer
        self.series = ""

    async def tell(self, *facts: Fact | Recorded[Any]) -> None:
        """Tell facts, and wait until they are handled."""
        await handled(self.bus, self.database, *facts)

    async def named(self, lot: Lot, kind: str = "ppq", **more: Any) -> Any:
        """Name a lot, with its process parameters."""
        of_kind = {"series_id": self.series} if kind == "ppq" else {"limits": [ASSAY]}
        body = {"transfer_id": self.transfer["id"], "kind": kind, "lot": lot.number, "strength": "10 mg"}
        batch = await self.service.client.done("/transfer-batches", body | {"scale": "200 kg"} | of_kind | more)
        return await self.service.client.done(f"/transfer-batches/{batch['id']}/parameters", PARAMETERS)

    async def run(self) -> None:
        """Make an engineering batch, and begin the series."""
        lot = self.known.lot()
        await self.tell(*made(lot, -3))
        batch = await self.named(lot, "engineering")
        assert batch["state"] == "conforming", batch["why"]
        planned = {"transfer_id": self.transfer["id"], **PROTOCOL}
        series = await self.service.client.done("/ppq-series", planned)
        self.series = series["id"]
        await self.service.second.done(f"/ppq-series/{self.series}/protocol-approval")
        await self.service.client.done(f"/ppq-series/{self.series}/start")

    async def read(self) -> Any:
        """The series as it is now."""
        return (await self.service.client.get(f"/ppq-series/{self.series}")).json()

    async def stands(self) -> tuple[str, int, int]:
        """State, attempt and count."""
        found = await self.read()
        return found["state"], found["attempt"], found["count"]
