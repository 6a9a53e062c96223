"""Submissions over HTTP: filed, asked about, decided; what the receiving partner sees of them; and the gate."""

from typing import Any
from uuid import UUID, uuid4

from contracts.transfer_closure import SubmissionApproved, SubmissionFiled, SubmissionRefused
from services.tech_transfer.tests.passing import passed, standing, unmet
from tech_transfer.transfers.schemas import TechTransferState

FILED = {"happened_on": "2026-03-31", "reference": "AT/H/0042/IB/007"}
ASKED = {"happened_on": "2026-05-02", "text": "give the stability data"}
ANSWERED = {"happened_on": "2026-05-20", "text": "three months were sent"}
APPROVED = {"happened_on": "2026-06-30", "reference": "AT/A", "conditions": "stability is reported each year"}
UNKNOWN = "AT: no approval is known, nor that none is needed"
REFUSED = {"happened_on": "2026-07-01", "text": "the data do not cover the shelf life"}


def planned(transfer: Any, **more: Any) -> dict[str, Any]:
    """A body that plans a submission."""
    return {"transfer_id": transfer["id"], "market": "AT", "kind": "ib", "planned_on": "2036-03-31"} | more


async def who_owes(service: Any, transfer: Any) -> list[tuple[str, str]]:
    """What the gate misses of submissions: why, and who owes it."""
    gates = (await service.client.get(f"/transfers/{transfer['id']}/gates")).json()["gates"]
    return [(each["why"], each["unit"]) for each in gates[-1]["unmet"] if each["rule"] == "submissions"]


async def test_it_is_filed_asked_about_and_approved(service: Any, started: Any, bus: Any) -> None:
    transfer = await started(markets=["AT"])
    assert await who_owes(service, transfer) == [(UNKNOWN, "sponsor")]
    submission = await service.client.done("/submissions", planned(transfer))
    assert (submission["state"], submission["waiting_for"]["side"]) == ("planned", "sponsor")
    path = f"/submissions/{submission['id']}"
    filed = await service.client.done(f"{path}/filing", FILED)
    assert (filed["state"], filed["filed_on"], filed["waiting_for"]) == ("filed", "2026-03-31", None)
    assert [unit for _, unit in await who_owes(service, transfer)] == ["authority"]
    early = await service.client.post(f"{path}/question", json=ASKED | {"happened_on": "2026-03-30"})
    assert (early.status_code, early.json()["fields"]) == (409, ["happened_on"])
    ahead = await service.client.post(f"{path}/question", json=ASKED | {"happened_on": "2090-03-30"})
    assert (ahead.status_code, ahead.json()["fields"]) == (409, ["happened_on"])
    assert (await service.client.done(f"{path}/question", ASKED))["waiting_for"]["side"] == "sponsor"
    assert [unit for _, unit in await who_owes(service, transfer)] == ["sponsor"]
    await service.client.done(f"{path}/answer", ANSWERED)
    approved = await service.client.done(f"{path}/approval", APPROVED)
    assert (approved["state"], approved["decided_on"]) == ("approved", "2026-06-30")
    steps = [(each["step"], each["text"]) for each in approved["entries"]]
    assert steps[1:] == [
        *(("asked", ASKED["text"]), ("answered", ANSWERED["text"])),
        ("approved", APPROVED["conditions"]),
    ]
    assert await who_owes(service, transfer) == []
    refused = await service.client.done(f"{path}/refusal", REFUSED)
    assert refused["state"] == "refused"
    assert [unit for _, unit in await who_owes(service, transfer)] == ["sponsor"]
    id = UUID(submission["id"])
    for fact in (SubmissionFiled, SubmissionApproved, SubmissionRefused):
        (told,) = await bus.told(fact, submission_id=id)
        assert (told.market, told.kind, told.number) == ("AT", "ib", transfer["number"])


async def test_the_receiver_sees_how_far_it_is_and_nobody_else(service: Any, known: Any, started: Any) -> None:
    transfer = await started()
    submission = await service.client.done("/submissions", planned(transfer))
    path = f"/submissions/{submission['id']}"
    await service.client.done(f"{path}/filing", FILED)
    await service.client.done(f"{path}/approval", APPROVED)
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        seen = await receiver.get(path)
        assert (seen.json()["market"], seen.json()["state"], seen.json()["entries"]) == ("AT", "approved", [])
        past = (await receiver.get(f"{path}/history")).text
        assert FILED["reference"] not in seen.text + past
        assert APPROVED["conditions"] not in seen.text + past
        assert (await receiver.post(f"{path}/refusal", json=REFUSED)).status_code == 403
    for partner in (known.sender, uuid4()):
        async with service.as_("partner_quality", partner_id=partner) as other:
            assert (await other.get(path)).status_code == 404
            assert (await other.get("/submissions")).json()["items"] == []


async def test_one_is_open_in_each_of_its_markets(service: Any, started: Any) -> None:
    transfer = await started()
    other = await service.client.post("/submissions", json=planned(transfer, market="SI"))
    assert (other.status_code, other.json()["fields"]) == (409, ["market"])
    without = await service.client.post("/submissions", json=planned(transfer, kind="none"))
    assert without.status_code == 422
    submission = await service.client.done("/submissions", planned(transfer))
    again = await service.client.post("/submissions", json=planned(transfer))
    assert again.status_code == 409
    assert submission["number"] in again.json()["detail"]
    why = {"reason": "planned by mistake"}
    assert (await service.client.done(f"/submissions/{submission['id']}/withdrawal", why))["state"] == "withdrawn"
    await service.client.done("/submissions", planned(transfer, planned_on=None, kind="none", reason="known there"))
    assert [why[:3] for why, *_ in await who_owes(service, transfer)] == ["US:"]


async def test_one_that_is_needed_after_all_marks_a_gate_that_was_passed(
    service: Any, started: Any, placed: Any
) -> None:
    transfer = await started(sending_site_id=None, markets=["AT"])
    await placed(transfer, TechTransferState.readiness)
    await passed(service, transfer, "readiness")
    assert await standing(service, transfer, "readiness") == "passed"
    assert await unmet(service, transfer, "readiness") == []
    submission = await service.client.done("/submissions", planned(transfer))
    assert await standing(service, transfer, "readiness") == "no_longer_true"
    path = f"/submissions/{submission['id']}"
    await service.client.done(f"{path}/filing", FILED)
    await service.client.done(f"{path}/approval", APPROVED)
    assert await standing(service, transfer, "readiness") == "passed"
    await service.client.done(f"{path}/refusal", REFUSED)
    assert await standing(service, transfer, "readiness") == "no_longer_true"
    marks = {"transfer_id": transfer["id"], "cause": "no_longer_true", "state": "open"}
    (action,) = (await service.client.get("/transfer-actions", params=marks)).json()["items"]
    assert (action["rule"], action["text"]) == ("submissions", UNKNOWN)
