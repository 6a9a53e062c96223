"""Steps that journeys of a batch have in common, over the services of a partnership."""

from typing import Any

import pytest

from tests.partnership import Partnership
from tests.releasing import decision, disposition, readiness, reviewed, stated
from tests.whole import WHOLE

SEEN = {"raw_data_seen": True}
IN_ORDER = None
in_every_order = pytest.mark.parametrize("seed", [IN_ORDER, *range(20)] if WHOLE else [1])
"""The end is the same when each partner's own facts are told in the order that a seed makes of them.

That of CI has the laboratory's first, and a batch's completion before its start.
"""


async def settled(of: Partnership, batch_id: str, market: str, *blocking: str) -> dict[str, Any]:
    """The readiness, as soon as only these conditions stand against it."""
    last: dict[str, Any] = {}

    async def look() -> bool:
        last.update(await readiness(of.quality.client, batch_id, market))
        return sorted(last["blocking"]) == sorted(blocking)

    try:
        await of.eventually(look, 30)
    except BaseException as error:
        raise AssertionError(
            [f"{each['name']}: {each['why']}" for each in last["conditions"] if each["blocks"]]
        ) from error
    return last


async def approved(of: Partnership, number: str, stage: str = "release") -> None:
    """The laboratory's second and third person stand by what it found in a lot."""
    found = await of.found(of.tracking, "result-sets", lot=number, material=of.code, stage=stage, state="submitted")
    for role, subject, step, body in (
        ("partner_lab", "bor", "review", SEEN),
        ("partner_quality", "cene", "approval", None),
    ):
        async with of.tracking.as_(role, partner_id=of.laboratory, subject=subject) as person:
            await person.done(f"/result-sets/{found['id']}/{step}", body)


async def made(of: Partnership, number: str, *, value: str = "99.1", seed: int | None = None) -> str:
    """The id of a batch that is made and tested: what is told of it in order, or as a seed shuffles it."""
    await of.tell(of.start(number), of.completion(number), of.result(number, value), seed=seed)
    batch = await of.found(of.quality, "batches", lot=number, material=of.code, state="manufactured")
    await approved(of, number)
    return str(batch["id"])


async def meant(of: Partnership, batch_id: str, *markets: str) -> str:
    """Its record is reviewed by both sides, it is meant for markets, and quality states what no fact tells."""
    await reviewed(of.quality, of, f"/batches/{batch_id}")
    await of.quality.client.done(f"/batches/{batch_id}/intent", {"markets": list(markets)})
    async with of.quality.as_("quality", subject="stater") as quality:
        for market in markets:
            await stated(quality, batch_id, market)
    return batch_id


async def released(of: Partnership, batch_id: str, market: str) -> Any:
    """The disposition of a batch that quality releases to a market which needs no qualified person."""
    await settled(of, batch_id, market)
    path, client = await disposition(of.quality.client, batch_id, market), of.quality.client
    return await client.done(f"{path}/release", await decision(client, batch_id, market))
