"""A batch's stages and record over HTTP: handed in by the maker, reviewed by both sides, and revised."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts import Side
from contracts.batches import BatchRecordReceived, BatchRecordReviewed, BatchRecordRevised, BatchTerminated
from contracts.quality_events import BatchManufactured

READ = {"digest": "0b" * 32}
RECORD: dict[str, Any] = {"record_version": "1.0", "digest": "0b" * 32, "complete": True}
STAGE: dict[str, Any] = {
    "step": "compression", "equipment": ["PRESS-07"], "started_at": "2026-02-03",
    "planned_quantity": {"value": "960000", "unit": "{tablet}"},
}  # fmt: skip


@pytest_asyncio.fixture
async def made(known: Any, bus: Any, found: Any) -> Any:
    """The path of a batch that is made, and its lot."""
    lot = known.lot()
    await bus.publish(known.start(lot), known.completion(lot, completed_at="2026-03"))
    batch = await found("batches", lot=lot.number, state="manufactured")
    return f"/batches/{batch['id']}", lot


@pytest.fixture
def maker(service: Any, world: Any) -> Any:
    """``async with maker("ana")``: a person of the maker's quality unit."""
    return lambda subject, role="partner_quality": service.as_(role, partner_id=world.maker, subject=subject)


async def test_from_its_stages_to_both_reviews(bus: Any, service: Any, made: Any, maker: Any) -> None:
    path, lot = made
    async with maker("bor", "partner_operations") as operator, maker("cid") as author, maker("ana") as quality:
        await operator.done(f"{path}/stage", STAGE)
        early = await author.post(f"{path}/record", json=RECORD)
        assert (early.status_code, early.json()["missing"]) == (409, ["compression"])
        actual = {"value": "951200", "unit": "{tablet}"}
        await operator.done(f"{path}/stage", STAGE | {"ended_at": "2026-02-04", "actual_quantity": actual})
        received = await author.done(f"{path}/record", RECORD | {"authors": ["eva"]})
        assert (received["state"], received["waiting_for"]["side"]) == ("under_review", "partner")
        assert received["record"]["authors"] == ["bor", "eva"]
        assert (
            (await service.client.post(f"{path}/record-review", json=READ))
            .json()["detail"]
            .startswith("the maker's quality")
        )
        for own in (maker("eva"), author):
            refused = await own.post(f"{path}/record-review", json=READ)
            assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (403, "second-person-required")
        reviewed = await quality.done(f"{path}/record-review", READ)
        assert (reviewed["record"]["maker_reviewed_by"], reviewed["waiting_for"]["side"]) == ("ana", "sponsor")
        assert (await maker("dora").post(f"{path}/record-review", json=READ)).status_code == 409
    done = await service.client.done(f"{path}/record-review", READ | {"reason": "nothing is missing"})
    assert (done["record"]["reviewed_side"], done["waiting_for"]) == ("sponsor", None)
    (stage,) = (await service.client.get(path)).json()["stages"]
    assert (stage["actual_quantity"], stage["recorded_by"]) == (actual, ["bor"])
    facts = await bus.told(BatchRecordReviewed, 2, batch_id=UUID(received["id"]))
    assert [(fact.reviewed_side, fact.record_digest) for fact in facts] == [
        (Side.maker, RECORD["digest"]),
        (Side.sponsor, RECORD["digest"]),
    ]
    (told,) = await bus.told(BatchRecordReceived, batch_id=UUID(received["id"]))
    assert (told.lot.number, told.record_version) == (lot.number, "1.0")


async def test_a_revision_asks_both_sides_again(bus: Any, world: Any, service: Any, made: Any, maker: Any) -> None:
    path, lot = made
    async with maker("cid") as author, maker("ana") as quality:
        await author.done(f"{path}/record", RECORD)
        await quality.done(f"{path}/record-review", READ)
        await service.client.done(f"{path}/record-review", READ)
        assert (await author.post(f"{path}/record-revision", json=RECORD)).status_code == 409
        revised = await author.done(f"{path}/record-revision", RECORD | {"record_version": "1.1", "digest": "0c" * 32})
        assert (revised["record"]["reviewed_side"], revised["record"]["authors"]) == (None, ["cid"])
        (fact,) = await bus.told(BatchRecordRevised, batch_id=UUID(revised["id"]))
        assert (fact.record_version, fact.record_complete) == ("1.1", True)
        unread = await quality.post(f"{path}/record-review", json=READ)
        assert (unread.status_code, unread.json()["fields"]) == (409, ["digest"]), unread.text
        assert unread.json()["record"] == {"version": "1.1", "digest": "0c" * 32}, "what stands there now"
        await quality.done(f"{path}/record-review", {"digest": "0c" * 32})
        await author.done(f"{path}/record-revision", RECORD | {"record_version": "1.2", "digest": "0d" * 32})
        await quality.done(f"{path}/record-review", {"digest": "0d" * 32})
    unread = await service.client.post(f"{path}/record-review", json={"digest": "0c" * 32})
    assert (unread.status_code, unread.json()["record"]["version"]) == (409, "1.2"), "nobody reviews what is unread"
    await bus.publish(world.completion(lot, revision=2, on="2019-01"))
    await bus.told(BatchManufactured, 2, batch_id=UUID(revised["id"]))
    amended = (await service.client.get(path)).json()
    assert (amended["state"], amended["record"]["maker_reviewed_by"]) == ("under_review", None)


async def test_the_making_is_given_up(bus: Any, world: Any, service: Any, known: Any, found: Any, maker: Any) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")
    path = f"/batches/{batch['id']}"
    async with maker("bor", "partner_operations") as operator, maker("ana") as quality:
        assert (await operator.post(f"{path}/termination", json={"reason": "wet"})).status_code == 403
        ended = await quality.done(f"{path}/termination", {"reason": "wet granulate"})
    assert (ended["state"], ended["termination_reason"], ended["allowed"]) == ("terminated", "wet granulate", [])
    (fact,) = await bus.told(BatchTerminated, batch_id=UUID(batch["id"]))
    assert (fact.reason, fact.lot.number) == ("wet granulate", lot.number)
    await bus.publish(world.completion(lot))
    await bus.publish(world.start(lot, on="2018-10", revision=2))

    async def amended() -> Any:
        shown = (await service.client.get(path)).json()
        return shown if shown["started_at"] == "2018-10" else None

    late = await bus.eventually(amended)
    assert (late["state"], late["completed_at"], bus.of(BatchManufactured, lot=lot)) == ("terminated", None, [])
    assert [each["of"] for each in late["other_statements"]] == ["completion"]


async def test_what_else_is_known(service: Any, world: Any, made: Any, maker: Any, found: Any, bus: Any) -> None:
    path, lot = made
    async with maker("bor", "partner_operations") as operator:
        body = {"work_order": "WO-1", "aliases": [f"{lot.number}-A"], "manufacture_date": "2026-02-04"}
        stated = await operator.done(f"{path}/description", body | {"expiry_date": "2028-02"})
        assert (await operator.post(f"{path}/intent", json={"markets": ["DE"]})).status_code == 403
    await service.client.done(f"{path}/intent", {"markets": ["DE", "AT"], "ppq": True})
    by_alias = await found("batches", alias=f"{lot.number}-A", market="AT", ppq="true", work_order="WO-1")
    assert (by_alias["id"], by_alias["expiry_date"], by_alias["markets"]) == (stated["id"], "2028-02", ["AT", "DE"])
    refused = await service.client.post(f"{path}/description", json={"expiry_date": "2026-01"})
    assert (refused.status_code, refused.json()["fields"]) == (409, ["expiry_date"])
    told = await bus.told(BatchManufactured, 2, batch_id=UUID(stated["id"]))
    assert [each.expiry_date for each in told] == [None, "2028-02"], "once more, when that is known"


WRONG = {
    "a unit that is none": ({"planned_quantity": {"value": "1", "unit": "tablets"}}, 422),
    "an end before the start": ({"ended_at": "2026-02-02"}, 409),
    "before the batch began": ({"started_at": "2018-10-31"}, 409),
    "after it was made": ({"ended_at": "2026-04-01"}, 409),
    "what has not come": ({"ended_at": "2999-01-01"}, 422),
    "another partner's site": ({"site_id": "laboratory"}, 409),
}


@pytest.mark.parametrize(("change", "status"), WRONG.values(), ids=WRONG)
async def test_a_stage_that_cannot_be_is_refused(
    service: Any, world: Any, made: Any, change: dict[str, Any], status: int
) -> None:
    if "site_id" in change:
        change = {"site_id": str(world.laboratory_site)}
    answer = await service.client.post(f"{made[0]}/stage", json=STAGE | change)
    assert answer.status_code == status, answer.text


async def test_a_rival_is_told_that_there_is_no_such_batch(service: Any, world: Any, made: Any, maker: Any) -> None:
    path, _ = made
    asked = {
        "record": RECORD, "record-revision": RECORD, "record-review": READ, "termination": {"reason": "x"},
        "stage": STAGE, "description": {"work_order": "x"},
    }  # fmt: skip
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        for step, body in asked.items():
            assert (await rival.post(f"{path}/{step}", json=body)).status_code == 404, step
    async with maker("bor") as own:
        foreign = await own.post(f"{path}/stage", json=STAGE | {"site_id": str(world.laboratory_site)})
        assert foreign.status_code == 404


LIES = {
    "it reviews what it wrote": "maker_reviewed_by = 'me', reviewed_side = 'maker', maker_reviewed_at = now()",
    "the sponsor's review": "sponsor_reviewed_by = 'me', reviewed_side = 'sponsor', sponsor_reviewed_at = now()",
    "a review stays over a revision": "record_version = '2', record_received_by = 'me'",
    "markets": "markets = '{DE}'",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_a_partners_login_reviews_nothing_of_its_own(
    world: Any, made: Any, maker: Any, partners_login: Any, lie: str
) -> None:
    path, _ = made
    async with maker("me") as author, maker("ana") as quality:
        await author.done(f"{path}/record", RECORD)
        if "record_version" in lie:
            await quality.done(f"{path}/record-review", READ)
    change = f"UPDATE batch SET version = version + 1, {lie} WHERE id = $1"
    async with partners_login("quality_events", world.maker) as partner:
        assert await partner.run(change, UUID(path.split("/")[-1])) == "refused"
