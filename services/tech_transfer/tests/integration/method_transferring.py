"""Method transfers as tests make them: from the sender's laboratory to the world's own one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

ASSAY = {"attribute": "assay", "kind": "assay", "unit": "%", "precision_limit": "6"}
PROTOCOL = {
    "method_version": "2.1",
    "kind": "comparative",
    "protocol": "MTP-0042 version 1",
    "protocol_digest": "0b" * 32,
    "lots": [{"name": "L-1"}],
    "runs": 3,
    "sending_last_run_on": datetime.now(UTC).date().isoformat(),
    "criteria": [ASSAY],
}
FOUND = ("99.6", "100.1", "99.9")
ALIKE, APART = ("100.0", "99.7", "100.2"), ("104.0", "104.4", "104.1")


def results(*values: str, lot: str = "L-1", attribute: str = "assay", **more: Any) -> list[dict[str, Any]]:
    """A run of each value, tested now."""
    at = datetime.now(UTC).isoformat()
    same = {"lot": lot, "attribute": attribute, "replicate": 1, "analyst": "Ana", "method_version": "2.1"}
    return [same | {"run": run, "value": value, "tested_at": at} | more for run, value in enumerate(values, 1)]


@dataclass
class Laboratories:
    """The people who transfer a method."""

    service: Any
    known: Any

    def sending(self) -> Any:
        """Somebody of the sending laboratory."""
        return self.service.as_("partner_lab", partner_id=self.known.sender, subject="sam")

    def receiving(self) -> Any:
        """Somebody of the receiving laboratory."""
        return self.service.as_("partner_lab", partner_id=self.known.laboratory, subject="rita")

    def plan(self, transfer: Any, **more: Any) -> dict[str, Any]:
        """The body of a method transfer from the one laboratory to the other."""
        sites = {"sending_laboratory_site_id": str(self.known.sending_site)}
        sites |= {"laboratory_site_id": str(self.known.laboratory_site), "transfer_id": transfer["id"]}
        return PROTOCOL | sites | {"method": "HPLC-014"} | more

    async def planned(self, transfer: Any, **more: Any) -> str:
        """The path of a method transfer that is planned."""
        one = await self.service.client.done("/method-transfers", self.plan(transfer, **more))
        return f"/method-transfers/{one['id']}"

    async def frozen(self, path: str) -> Any:
        """Both laboratories and quality approve the protocol."""
        async with self.sending() as sending, self.receiving() as receiving:
            await sending.done(f"{path}/sending-approval")
            await receiving.done(f"{path}/receiving-approval")
        return await self.service.second.done(f"{path}/protocol-approval")

    async def report(self, path: str, sent: Any = FOUND, received: Any = ALIKE, **more: Any) -> None:
        """Both laboratories report."""
        async with self.sending() as sending, self.receiving() as receiving:
            await sending.done(f"{path}/results", {"side": "sending", "results": results(*sent, **more)})
            await receiving.done(f"{path}/results", {"side": "receiving", "results": results(*received, **more)})

    async def concluded(self, path: str, received: Any = ALIKE) -> Any:
        """From the plan to quality's signature."""
        await self.frozen(path)
        await self.report(path, received=received)
        await self.service.client.done(f"{path}/evaluation")
        return await self.service.second.done(f"{path}/conclusion")
