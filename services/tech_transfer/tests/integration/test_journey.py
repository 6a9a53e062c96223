"""A whole transfer: from its initiation to its closure, with what goes wrong on the way, and what each unit reads."""

from typing import Any
from uuid import UUID, uuid4

from contracts.quality_events import OosConclusion
from contracts.transfer_batches import PpqSeriesFailed
from services.tech_transfer.tests.passing import MITIGATION, document, passed, standing, unmet
from services.tech_transfer.tests.qualifying import entitle, entitlement, lot_of, name, start_series, store
from services.tech_transfer.tests.walking import RESULTS, paths_of, read
from tech_transfer.transfers.plan import IN_ORDER
from tests.qualifying_batches import capa_planned, made, out_of_specification
from tests.qualifying_batches import started as begun

from .method_transferring import Laboratories

SENT, RECEIVED = ("99.6371", "100.1372", "99.9373"), ("100.0471", "99.7472", "100.2473")
PPQ, PAST = ("99.8561", "100.0562", "100.3563"), [str(100 + (n % 5 - 2) / 4 + 0.0081) for n in range(10)]
OUTSIDE = "90.0"
"""As tests/qualifying_batches tells one out of specification."""


class Units(Laboratories):
    """Both units, each with a laboratory of its own."""

    def __init__(self, service: Any, known: Any, transfer: Any) -> None:
        super().__init__(service, known)
        self.transfer = {"transfer_id": transfer["id"]}
        self.whole = transfer

    def sender(self) -> Any:
        """Somebody of the sending unit."""
        return self.service.as_("partner_quality", partner_id=self.known.sender)

    def receiver(self) -> Any:
        """Somebody of the receiving unit."""
        return self.service.as_("partner_quality", partner_id=self.known.maker)

    def receiving(self) -> Any:
        """Somebody of the receiving unit's laboratory."""
        return self.service.as_("partner_lab", partner_id=self.known.maker, subject="rita")

    async def hand_over(self) -> None:
        """An item is returned, and accepted as it comes again."""
        item = {"category": "batch_record", "title": "Master batch record"}
        path = f"/package-items/{(await self.service.client.done('/package-items', self.transfer | item))['id']}"
        async with self.sender() as sender, self.receiver() as receiver:
            await sender.done(f"{path}/provision", document("1.0"))
            await receiver.done(f"{path}/return", {"reason_code": "incomplete", "remark": "No hold times"})
            assert await unmet(self.service, self.whole, "knowledge_transfer") == [
                "package",
                "critical_gaps",
                "risk_list",
            ]
            await sender.done(f"{path}/provision", document("1.1"))
            await receiver.done(f"{path}/acceptance")

    async def find_gap(self) -> str:
        """A critical gap, and the path to it."""
        gap: dict[str, Any] = {"category": "scale", "what": "Tip speed", "severity": "critical"}
        gap |= {"sending": {"value": "3.2", "unit": "m/s"}, "receiving": {"value": "240", "unit": "m/min"}}
        return f"/gaps/{(await self.service.client.done('/gaps', self.transfer | gap))['id']}"

    async def accept(self, gap: str) -> None:
        """It is mitigated as both units agree, and two people accept what is left of it."""
        async with self.sender() as sender, self.receiver() as receiver:
            await receiver.done(f"{gap}/mitigation", MITIGATION)
            await receiver.done(f"{gap}/receiving-agreement")
            await sender.done(f"{gap}/sending-agreement")
        await self.service.client.done(f"{gap}/endorsement", {"residual_risk": "Blending takes 4 min longer"})
        assert (await self.service.second.done(f"{gap}/sign-off"))["state"] == "accepted"

    async def take_over(self) -> Any:
        """The receiving laboratory takes the method over, and is entitled as that is told, not before."""
        path = await self.planned(self.whole, laboratory_site_id=str(self.known.site))
        await self.frozen(path)
        await self.report(path, SENT, RECEIVED)
        await self.service.client.done(f"{path}/evaluation")
        method = await self.service.second.done(f"{path}/conclusion")
        assert "methods_for_batches" in await unmet(self.service, self.whole, "process_development")
        await entitle(self.service, self.whole)
        return method

    async def fail_and_restart(self) -> None:
        """A PPQ batch fails, which ends its run; the next one conforms, and the series is reported."""
        service, series = self.service, await start_series(self.service, self.whole)
        path, capa = f"/ppq-series/{series['id']}", uuid4()
        bad = lot_of(await name(service, self.whole, "ppq", series_id=series["id"]))
        await service.tell(begun(bad), *out_of_specification(bad, OosConclusion.confirmed), capa_planned(capa, bad))
        assert (await service.client.get(path)).json()["state"] == "failed"
        await service.client.done(f"{path}/restart", {"root_cause": "impeller speed", "capa_id": str(capa)})
        for day, value in enumerate(PPQ, 1):
            lot = lot_of(await name(service, self.whole, "ppq", series_id=series["id"]))
            await service.tell(*made(lot, day, value))
        await store(service, self.whole)
        history = [{"lot": f"H-{place}", "value": value} for place, value in enumerate(PAST)]
        about = {"attribute": "Assay", "history": history, "limit": "1.5", "justification": "as the protocol says"}
        compared = await service.client.done("/comparabilities", self.transfer | about)
        assert compared["state"] == "equivalent"
        assert (await service.client.done(f"{path}/report", {"justification": "n is 3"}))["attempt"] == 2

    async def submit(self) -> None:
        """One market's authority approves, and in the other nothing is needed."""
        none = {"market": "US", "kind": "none", "reason": "known there"}
        await self.service.client.done("/submissions", self.transfer | none)
        client, planned = self.service.client, {"market": "AT", "kind": "ib", "planned_on": "2036-03-31"}
        path = f"/submissions/{(await client.done('/submissions', self.transfer | planned))['id']}"
        await client.done(f"{path}/filing", {"happened_on": "2026-03-31", "reference": "AT/H/0042/IB/007"})
        assert (await unmet(self.service, self.whole, "readiness")).count("submissions") == 1
        await client.done(f"{path}/approval", {"happened_on": "2026-06-30", "reference": "AT/A"})

    async def close(self) -> Any:
        """The report is written and signed; gives it with its sections."""
        draft = await self.service.client.done("/closure-reports", self.transfer)
        signed = await self.service.second.done(f"/closure-reports/{draft['id']}/signature")
        return (await self.service.client.get(f"/closure-reports/{signed['id']}")).json()


async def test_from_initiation_to_closure(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started()
    units = Units(service, known, transfer)
    await passed(service, transfer, "initiation")
    gap = await units.find_gap()
    await passed(service, transfer, "planning")
    await units.hand_over()
    await units.accept(gap)
    await passed(service, transfer, "knowledge_transfer")
    method = await units.take_over()
    await passed(service, transfer, "process_development")
    await units.fail_and_restart()
    await bus.told(PpqSeriesFailed, transfer_id=UUID(transfer["id"]))
    await passed(service, transfer, "validation")
    await units.submit()
    await passed(service, transfer, "readiness")

    await service.tell(entitlement(method, "withdrawn"))
    assert [await standing(service, transfer, gate) for gate in IN_ORDER] == [
        *(["passed"] * 3),
        *(["no_longer_true"] * 2),
        "passed",
    ]
    asked = units.transfer | {"cause": "no_longer_true", "state": "open"}
    marks = (await service.client.get("/transfer-actions", params=asked)).json()["items"]
    assert {(each["gate"], each["rule"]) for each in marks} == {
        ("process_development", "methods_for_batches"),
        ("validation", "methods_entitled"),
    }
    await service.tell(entitlement(method, "transferred"))
    assert (await service.client.get("/transfer-actions", params=asked)).json()["items"] == []
    report = await units.close()
    rows = {each["name"]: each["rows"] for each in report["sections"]}
    assert [len(rows[each]) for each in ("methods", "batches", "ppq", "capability", "comparability")] == [1, 5, 1, 1, 1]
    assert [each[4] for each in rows["package"] + rows["gaps"]] == ["accepted", "accepted"]
    assert {each[1]: each[3] for each in rows["submissions"]} == {"AT": "approved", "US": "not_needed"}
    assert (await service.client.get(f"/transfers/{transfer['id']}")).json()["state"] == "closed"

    paths = await paths_of(service, transfer)
    lists = [text async for _, text in read(service.client, [f"/{each}" for each in (RESULTS, "transfer-batches")])]
    for unit, own, hidden in (
        (units.receiver(), [*RECEIVED, *PPQ], SENT),
        (units.sender(), [], [*RECEIVED, *PPQ, OUTSIDE]),
    ):
        async with unit as reader:
            seen = {path: text async for path, text in read(reader, paths)}
        assert all(any(value in text for text in lists) for value in hidden), "the sponsor reads them"
        assert all(any(value in text for text in seen.values()) for value in own)
        hits = [(path, value) for path, text in seen.items() for value in (*hidden, *PAST) if value in text]
        assert hits == []
