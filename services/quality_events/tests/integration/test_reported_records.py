"""A maker's system gives versions of its batch record, also before the batch is known; a person hands one in."""

from typing import Any


async def test_a_record_that_the_maker_s_system_gives_waits_until_a_person_hands_it_in(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.record(lot, "a", complete=False))
    await bus.publish(known.completion(lot))
    made = await found("batches", lot=lot.number, state="manufactured")
    path = f"/batches/{made['id']}"
    await bus.publish(known.record(lot, "c", revision=3), known.record(lot, "b", revision=2))
    await eventually(_records(service, path, "superseded", "waits", "superseded"))
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as quality:
        # the time to state stages is still open: only a person closes it
        await quality.done(f"{path}/stage", {"step": "compression", "started_at": "2018-11", "ended_at": "2018-12"})
        handed_in = {"record_version": "3", "digest": "c" * 64, "complete": True, "authors": ["eva"]}
        own = await quality.done(f"{path}/record", handed_in)
    assert own["state"] == "under_review"
    shown = (await service.client.get(path)).json()
    assert {each["standing"] for each in shown["reported_records"]} == {"superseded", "stands"}
    assert shown["record"]["version"] == "3"


def _records(service: Any, path: str, *standings: str) -> Any:
    async def look() -> bool:
        given = (await service.client.get(path)).json()["reported_records"]
        return sorted(each["standing"] for each in given) == sorted(standings)

    return look
