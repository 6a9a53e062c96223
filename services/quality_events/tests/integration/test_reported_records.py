"""A maker's system gives its batch record: before the batch is known, in versions, and after they were reviewed."""

from typing import Any
from uuid import UUID

from contracts.batches import BatchRecordReceived, BatchRecordRevised


async def test_a_record_is_taken_reviewed_and_revised_as_the_maker_s_system_gives_it(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any, tick: Any
) -> None:
    lot, maker = known.lot(), {"partner_id": known.maker}
    await bus.publish(known.record(lot, "a", complete=False))
    await bus.publish(known.completion(lot))
    made = await found("batches", lot=lot.number, state="manufactured")
    path = f"/batches/{made['id']}"
    (draft,) = (await service.client.get(path)).json()["reported_records"]
    assert (draft["standing"], draft["digest"], draft["complete"]) == ("waits", "a" * 64, False)
    stage = {"step": "compression", "started_at": "2018-11"}
    async with service.as_("partner_operations", **maker, subject="bor") as operator:
        await operator.done(f"{path}/stage", stage)
        await bus.publish(known.record(lot, "c", revision=3), known.record(lot, "b", revision=2))
        await eventually(_records(service, path, "superseded", "waits", "superseded"))
        await operator.done(f"{path}/stage", stage | {"ended_at": "2018-12"})
    await tick()
    (received,) = await bus.told(BatchRecordReceived, batch_id=UUID(made["id"]))
    assert (received.record_version, received.record_digest) == ("3", "c" * 64)
    async with (
        service.as_("partner_quality", **maker, subject="mes-token") as sender,
        service.as_("partner_quality", **maker, subject="ana") as quality,
    ):
        assert (await sender.post(f"{path}/record-review")).status_code == 403
        await quality.done(f"{path}/record-review")
        own = (await quality.get(path)).json()
    assert {each["standing"] for each in own["reported_records"]} == {"superseded", "stands"}
    reviewed = await service.client.done(f"{path}/record-review")
    assert (reviewed["record"]["reviewed_side"], reviewed["record"]["authors"]) == ("sponsor", ["bor", "mes-token"])
    await bus.publish(known.record(lot, "d", revision=4, complete=False))
    (revised,) = await bus.told(BatchRecordRevised, batch_id=UUID(made["id"]))
    assert (revised.record_version, revised.record_complete) == ("4", False)
    shown = (await service.client.get(path)).json()["record"]
    assert (shown["reviewed_side"], shown["maker_reviewed_by"], shown["complete"]) == (None, None, False)
    conditions = (await service.client.get(f"{path}/readiness", params={"market": "AT"})).json()["markets"][0]
    (record,) = [each for each in conditions["conditions"] if each["name"] == "record_reviewed"]
    assert record["why"] == "it is not complete"


def _records(service: Any, path: str, *standings: str) -> Any:
    async def look() -> bool:
        given = (await service.client.get(path)).json()["reported_records"]
        return sorted(each["standing"] for each in given) == sorted(standings)

    return look
