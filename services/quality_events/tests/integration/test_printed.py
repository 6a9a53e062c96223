"""A signed record on paper."""

from typing import Any
from uuid import uuid4

import pytest


@pytest.mark.parametrize("cause", ["granules <b>#too</b> moist $x$", "顆粒太濕"])
async def test_a_record_is_printed_with_its_signatures(
    bus: Any, world: Any, found: Any, service: Any, printed: Any, cause: str
) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    investigation = await found("oos-investigations", lot=lot.number)
    path = f"/oos-investigations/{investigation['id']}"
    await service.second.done(f"{path}/phase-2", {"reason": "no error"})
    done = await service.client.done(
        f"{path}/conclusion", {"conclusion": "confirmed", "cause": cause, "evidence": "weights"}
    )
    text = await printed(service.client, path)
    assert investigation["number"] in text
    assert "The person tester" in text
    assert "the investigation is concluded" in " ".join(text.split())
    assert f"version {done['version']}" in text
    shown = cause if cause.isascii() else "".join(f"<U+{ord(each):04X}>" for each in cause)
    assert shown in "".join(text.split("\n")).replace("- ", "")
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(f"{path}/pdf")).status_code == 404
