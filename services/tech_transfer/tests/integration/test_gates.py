"""Gates over HTTP: what they ask for, three people who sign, conditions, and what is no longer true."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg.exceptions import CheckViolationError
from sqlalchemy import event

from contracts.tech_transfer import GateDecided, GateReopened
from runtime.database import Context
from runtime.principal import worker
from services.tech_transfer.tests.designing import CPP
from services.tech_transfer.tests.passing import fulfil, passed, proposed, signed, standing, unmet
from tech_transfer.gates import marks
from tech_transfer.transfers.commands import locked
from tech_transfer.transfers.schemas import TechTransferState

from .method_transferring import PROTOCOL

CONDITION = {
    "rule": "team",
    "action": "Name the analytical lead",
    "unit": "receiving",
    "owner": "Ana",
    "due_on": "2036-02-28",
}


@contextmanager
def row_locks(engine: Any) -> Iterator[list[str]]:
    """The tables of which rows are locked meanwhile, in the order in which that is done."""
    locked = list[str]()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        locked.extend(re.findall(r"FROM (\w+)\s.*FOR UPDATE", statement, re.DOTALL))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield locked
    event.remove(engine.sync_engine, "before_cursor_execute", note)


async def state_of(service: Any, transfer: Any) -> str:
    """Where a transfer stands."""
    return str((await service.client.get(f"/transfers/{transfer['id']}")).json()["state"])


async def test_three_people_sign_what_is_met(service: Any, known: Any, started: Any, bus: Any) -> None:
    transfer = await started()
    body = {"transfer_id": transfer["id"], "gate": "initiation", "verdict": "passed"}
    refused = await service.client.post("/gate-decisions", json=body)
    assert refused.status_code == 409
    assert {each["rule"] for each in refused.json()["unmet"]} >= {"team", "success_criteria", "quality_agreement"}
    await fulfil(service, transfer, "initiation")
    early = await service.client.post("/gate-decisions", json=body | {"gate": "planning"})
    assert early.json()["fields"] == ["gate"]
    decision = await proposed(service, transfer, "initiation")
    path = f"/gate-decisions/{decision['id']}"
    assert (await service.client.post("/gate-decisions", json=body)).status_code == 409
    assert (await service.client.post(f"{path}/signature")).status_code == 409
    async with service.as_("partner_quality", partner_id=known.sender, subject="one") as sender:
        assert (await sender.post(f"{path}/receiving-signature")).status_code == 403
        await sender.done(f"{path}/sending-signature")
    async with service.as_("partner_quality", partner_id=known.maker, subject="one") as same_person:
        assert (await same_person.post(f"{path}/receiving-signature")).status_code == 403
    async with service.as_("partner_quality", partner_id=known.maker, subject="two") as receiver:
        await receiver.done(f"{path}/receiving-signature")
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
    with row_locks(service.app.state.store.engine) as locked:
        taken = await service.client.done(f"{path}/signature")
    assert locked.index("transfer") < locked.index("gate_decision"), "it is locked before what belongs to it"
    assert (taken["state"], len(taken["signatures"]), all(each["holds"] for each in taken["signatures"])) == (
        *("taken", 3),
        True,
    )
    assert await state_of(service, transfer) == "planning"
    (fact,) = await bus.told(GateDecided, transfer_id=UUID(transfer["id"]))
    assert (fact.gate, fact.verdict, fact.signers) == ("initiation", "passed", ("one", "two", "tester"))


async def test_what_changed_since_is_not_signed(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    await fulfil(service, transfer, "initiation")
    path = f"/gate-decisions/{(await proposed(service, transfer, 'initiation'))['id']}"
    statements = (await service.client.get("/statements", params={"transfer_id": transfer["id"]})).json()["items"]
    await service.client.done(f"/statements/{statements[0]['id']}/withdrawal", {"reason": "of another site"})
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        refused = await receiver.post(f"{path}/receiving-signature")
    assert (refused.status_code, refused.json()["changed"]) == (409, ["quality_agreement"])
    about = {"success_criteria": ["one batch is enough"], "team": []}
    described = await service.client.post(f"/transfers/{transfer['id']}/description", json=about)
    assert (described.status_code, "waits for signatures" in described.json()["detail"]) == (409, True)
    assert (await service.client.done(f"{path}/withdrawal"))["state"] == "withdrawn"


async def test_a_condition_has_an_owner_and_blocks_the_next_gate(service: Any, known: Any, started: Any) -> None:
    after = [{"gate": "planning", "planned_on": "2036-02-29"}]
    transfer = await started(sending_site_id=None, planned=after)
    await service.client.done(f"/transfers/{transfer['id']}/description", {"success_criteria": ["x"], "team": []})
    await fulfil(service, transfer, "initiation", but="team")
    without = {"transfer_id": transfer["id"], "gate": "initiation", "verdict": "conditional"}
    wrong = await service.client.post("/gate-decisions", json=without | {"conditions": [CONDITION | {"rule": "scope"}]})
    assert wrong.json()["unmet"] == [{"rule": "team", "why": "nobody is named who works on it"}]
    late = without | {"conditions": [CONDITION | {"due_on": "2036-02-29"}]}
    refused = await service.client.post("/gate-decisions", json=late)
    assert (refused.status_code, "planning is to be passed on 2036-02-29" in refused.json()["detail"]) == (409, True)
    decision = await proposed(service, transfer, "initiation", "conditional", conditions=[CONDITION])
    sooner = {"planned": [{"gate": "planning", "planned_on": "2036-02-28"}], "reason": "x"}
    await service.client.done(f"/transfers/{transfer['id']}/plan", sooner)
    unsigned = await service.client.post(f"/gate-decisions/{decision['id']}/own-unit-signature")
    assert (unsigned.status_code, "planning is to be passed on 2036-02-28" in unsigned.json()["detail"]) == (409, True)
    await service.client.done(f"/transfers/{transfer['id']}/plan", {"planned": after, "reason": "x"})
    await signed(service, transfer, decision)
    assert (await state_of(service, transfer), await standing(service, transfer, "initiation")) == (
        *("planning",),
        "conditional",
    )
    assert "conditions_met" in await unmet(service, transfer, "planning")
    (action,) = (await service.client.get("/transfer-actions", params={"transfer_id": transfer["id"]})).json()["items"]
    assert (action["owner"], action["waiting_for"]["partner_id"]) == ("Ana", str(known.maker))
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        await receiver.done(f"/transfer-actions/{action['id']}/completion", {"outcome": "named", "evidence": "0" * 64})
    assert "conditions_met" not in await unmet(service, transfer, "planning")
    assert await standing(service, transfer, "initiation") == "no_longer_true", "it is said to be done, and is not so"


async def test_a_gate_that_is_no_longer_true_is_marked_and_does_not_fall_back(service: Any, started: Any) -> None:
    transfer = await started()
    await passed(service, transfer, "initiation")
    said = {"transfer_id": transfer["id"], "rule": "quality_agreement"}
    (statement,) = (await service.client.get("/statements", params=said)).json()["items"]
    await service.client.done(f"/statements/{statement['id']}/withdrawal", {"reason": "it was ended"})
    assert await standing(service, transfer, "initiation") == "no_longer_true"
    assert await state_of(service, transfer) == "planning"
    marks = {"transfer_id": transfer["id"], "cause": "no_longer_true"}
    (action,) = (await service.client.get("/transfer-actions", params=marks)).json()["items"]
    assert (action["state"], action["gate"], action["rule"]) == ("open", "initiation", "quality_agreement")
    stated = said | {"evidence": "QA-8", "digest": "1" * 64}
    await service.client.done("/statements", stated)
    twin = await service.client.post("/statements", json=stated)
    assert (twin.status_code, twin.json()["fields"]) == (409, ["digest"])
    assert await standing(service, transfer, "initiation") == "passed"
    (action,) = (await service.client.get("/transfer-actions", params=marks)).json()["items"]
    assert action["state"] == "settled"


async def test_the_database_takes_no_decision_by_less_than_three(service: Any, started: Any, database: Any) -> None:
    transfer = await started()
    await fulfil(service, transfer, "initiation")
    decision = await proposed(service, transfer, "initiation")
    taken = "UPDATE gate_decision SET state = 'taken', decided_at = now(), version = version + 1"
    quoted, three = f"'{decision['id']}'", "sending_signed_by = 'a', receiving_signed_by = 'b', quality_signed_by = 'c'"
    for signers in (
        "signed_by = '{a,a,a}'",
        "signed_by = '{a,b,c}', quality_signed_by = 'c'",
        f"signed_by = '{{a,b,d}}', {three}",
        "signed_by = '{a,b,c}', sending_signed_by = 'a', receiving_signed_by = 'b'",
    ):
        change = f"{taken}, {signers} WHERE id = {quoted}"
        with pytest.raises(CheckViolationError):  # several statements in one call are one transaction
            await database.execute(f"SELECT set_config('entente.actor', 'mallory', true); {change}")


@pytest.mark.parametrize("end", [TechTransferState.closed, TechTransferState.cancelled])
async def test_under_one_that_has_ended_nothing_begins_or_changes(
    service: Any, known: Any, started: Any, placed: Any, end: TechTransferState
) -> None:
    transfer = await started(sending_site_id=None)
    await passed(service, transfer, "initiation")
    about = {"transfer_id": transfer["id"]}
    (statement,) = (await service.client.get("/statements", params=about)).json()["items"]
    compared = {"attribute": "Assay", "unit": "%", "history": [{"lot": "H-1", "value": "99"}], "limit": "1.5"}
    method = PROTOCOL | {"method": "HPLC-014", "laboratory_site_id": str(known.laboratory_site)}
    await placed(transfer, end)
    async with service.app.state.store.work(Context(worker("tech-transfer"))) as work:
        ended = await locked(work, UUID(transfer["id"]))
        ended.team = []
        await marks.follow(work, ended)
    assert await standing(service, transfer, "initiation") == "no_longer_true"
    assert (await service.client.get("/transfer-actions", params=about)).json()["items"] == []
    for path, body in (
        ("/statements", about | {"rule": "protocols", "evidence": "PP-1", "digest": "1" * 64}),
        (f"/statements/{statement['id']}/withdrawal", {"reason": "it was ended"}),
        ("/comparabilities", about | compared | {"justification": "as the protocol says"}),
        ("/method-transfers", about | method),
        ("/cpps", about | CPP | {"code": "CPP-FORCE"}),
        ("/gap-searches", about | {"category": "scale", "looked_at": "both lines"}),
    ):
        refused = await service.client.post(path, json=body)
        assert (refused.status_code, f"is {end}" in refused.text) == (409, True), (path, refused.text)


async def test_quality_goes_back_and_what_was_decided_is_void_and_kept(service: Any, started: Any, bus: Any) -> None:
    transfer = await started()
    decision = await passed(service, transfer, "initiation")
    back = {"gate": "planning", "reason": "the site was sold"}
    path = f"/transfers/{transfer['id']}/reopening"
    assert (await service.client.post(path, json=back)).json()["fields"] == ["gate"]
    assert (await service.client.done(path, back | {"gate": "initiation"}))["state"] == "initiation"
    kept = (await service.client.get(f"/gate-decisions/{decision['id']}")).json()
    assert (kept["state"], [each["holds"] for each in kept["signatures"]]) == ("void", [True] * 3)
    assert await standing(service, transfer, "initiation") == "next"
    (fact,) = await bus.told(GateReopened, transfer_id=UUID(transfer["id"]))
    assert (fact.gate, fact.reason) == ("initiation", "the site was sold")


async def test_a_gate_that_failed_stays_the_next_one(service: Any, started: Any) -> None:
    transfer = await started()
    failed = {"reason": "no team can be had", "conditions": [CONDITION]}
    late = failed | {"conditions": [CONDITION | {"due_on": "2026-01-31"}]}
    of_it = {"transfer_id": transfer["id"], "gate": "initiation", "verdict": "failed"}
    assert (await service.client.post("/gate-decisions", json=of_it | late)).json()["fields"] == ["conditions"]
    await signed(service, transfer, await proposed(service, transfer, "initiation", "failed", **failed))
    assert await state_of(service, transfer) == "initiation"
    actions = (await service.client.get("/transfer-actions", params={"transfer_id": transfer["id"]})).json()["items"]
    assert [each["cause"] for each in actions] == ["condition"]


async def test_no_decision_is_signed_while_its_transfer_rests(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    of, failed = f"/transfers/{transfer['id']}", {"reason": "x", "conditions": [CONDITION]}
    path = f"/gate-decisions/{(await proposed(service, transfer, 'initiation', 'failed', **failed))['id']}"
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
    ):
        await sender.done(f"{path}/sending-signature")
        await service.client.done(f"{of}/hold", {"reason": "it rests"})
        refused = await receiver.post(f"{path}/receiving-signature")
        assert (refused.status_code, "is on hold" in refused.json()["detail"]) == (409, True)
        await service.client.done(f"{of}/resumption")
        await receiver.done(f"{path}/receiving-signature")
        await service.client.done(f"{of}/hold", {"reason": "it rests"})
        assert (await service.second.post(f"{path}/signature")).status_code == 409
