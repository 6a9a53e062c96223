"""Deviations at the receiving site: which gap or item gave warning of each, and which are to be asked about."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts import Classification, Fact, Recorded, contract_of
from contracts.quality_events import (
    BatchStarted,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationLinked,
    DeviationRaised,
)
from contracts.transfer_gaps import GapForetold
from tests.world import handled, number_of

REMARK = {"remark": "It comes of the longer blending"}


def _about(known: Any, id: UUID, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    of_it = {"deviation_id": id, "number": number_of("DEV", id), "site_id": known.site, "partner_id": known.maker}
    return of_it | {"product_id": known.product, "partner_aware_at": now, "occurred_at": now} | more


def _raised(known: Any, *lots: Any, **more: Any) -> DeviationRaised:
    now = datetime.now(UTC)
    said = {"title": "Lumps", "category": "process", "lots": lots, "sponsor_aware_at": now, "due_at": now}
    return DeviationRaised(**_about(known, uuid7(), **said | more))


def _began(lot: Any) -> BatchStarted:
    return BatchStarted(batch_id=uuid7(), lot=lot, occurred_at=datetime.now(UTC))


async def _gap(service: Any, transfer: Any) -> str:
    sides = {"sending": {"words": "600 L"}, "receiving": {"words": "1200 L"}}
    body = {"transfer_id": transfer["id"], "category": "scale", "what": "Blender", "severity": "minor"}
    return str((await service.client.done("/gaps", body | sides))["id"])


async def _asked(client: Any, transfer: Any) -> list[str]:
    answer = await client.get(f"/transfers/{transfer['id']}/unlinked-deviations")
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["deviations"]]


async def test_a_later_deviation_is_linked_to_the_gap_that_foretold_it(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot = await started(), known.lot()
    gap = await _gap(service, transfer)
    raised, elsewhere = _raised(known, lot), _raised(known, lot, site_id=known.sending_site, partner_id=known.sender)
    await handled(bus, database, _began(lot), raised, elsewhere)
    path, link = f"/gaps/{gap}", REMARK | {"deviation_id": str(raised.deviation_id)}
    async with (
        service.as_("partner_quality", partner_id=known.sender) as sender,
        service.as_("partner_quality", partner_id=known.maker) as receiver,
        service.as_("partner_quality", partner_id=uuid4()) as rival,
    ):
        of_transfer = f"/transfers/{transfer['id']}/unlinked-deviations"
        assert (await sender.get(of_transfer)).status_code == 403
        assert (await rival.get(of_transfer)).status_code == 404
        assert await _asked(service.client, transfer) == [raised.number]
        assert await _asked(receiver, transfer) == [raised.number]
        assert (await receiver.post(f"{path}/foretold", json=link)).status_code == 403
        version = (await sender.get(path)).json()["version"]
        await service.client.done(f"{path}/foretold", link)
        assert await _asked(receiver, transfer) == []
        (shown,) = (await receiver.get(path)).json()["foretold"]
        assert (shown["deviation_number"], shown["cancelled"]) == (raised.number, False)
        hidden = (await sender.get(path)).json()
        assert (hidden["foretold"], hidden["version"]) == ([], version)
        assert raised.number not in (await sender.get(f"{path}/history")).text
        twice = await service.client.post(f"{path}/foretold", json=link)
        assert (twice.status_code, twice.json()["fields"]) == (409, ["deviation_id"])
        other = await service.client.post(
            f"{path}/foretold", json=REMARK | {"deviation_id": str(elsewhere.deviation_id)}
        )
        assert (other.status_code, "another site" in other.json()["detail"]) == (409, True)
        unknown = await service.client.post(f"{path}/foretold", json=REMARK | {"deviation_id": str(uuid4())})
        assert unknown.status_code == 404
        cancelled = DeviationCancelled(**_about(known, raised.deviation_id, reason="no departure"))
        await handled(bus, database, cancelled)
        (shown,) = (await receiver.get(path)).json()["foretold"]
        assert shown["cancelled"] is True
    await bus.told(GapForetold, gap_id=UUID(gap))
    (recorded,) = [each for each in bus.heard if isinstance(each.fact, GapForetold) and each.fact.gap_id == UUID(gap)]
    assert (recorded.fact.deviation_id, recorded.fact.category) == (raised.deviation_id, "scale")
    assert list(recorded.parties) == [known.maker]


async def test_an_item_of_the_package_may_have_foretold_it(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot = await started(), known.lot()
    listed = {"transfer_id": transfer["id"], "category": "lessons", "title": "Lessons of ten years"}
    path = f"/package-items/{(await service.client.done('/package-items', listed))['id']}"
    raised = _raised(known, lot)
    await handled(bus, database, _began(lot), raised)
    await service.client.done(f"{path}/foretold", REMARK | {"deviation_id": str(raised.deviation_id)})
    (shown,) = (await service.client.get(path)).json()["foretold"]
    assert (shown["deviation_number"], await _asked(service.client, transfer)) == (raised.number, [])


async def test_facts_of_a_deviation_come_in_any_order(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot, other = await started(), known.lot(), known.lot()
    await handled(bus, database, _began(lot), _began(other))
    now, expected = datetime.now(UTC), set()
    envelopes = list[Recorded[Fact]]()
    for order in permutations(range(4)):
        raised = _raised(known, lot)
        about = _about(known, raised.deviation_id)
        moments: dict[str, Any] = {"sponsor_aware_at": now, "due_at": now, "departure_occurred_at": now}
        facts = [
            raised,
            DeviationClassified(**about, classification=Classification.major),
            DeviationAmended(**about, title="Lumps in the bin", category="process", lots=(other,)),
            DeviationLinked(**about | {"product_id": None}, lots=(other, lot), **moments),
        ]
        expected.add(raised.number)
        envelopes += [_recorded(facts[place], place + 1) for place in (*order, order[0])]
    await handled(bus, database, *envelopes)
    answer = (await service.client.get(f"/transfers/{transfer['id']}/unlinked-deviations")).json()
    assert {each["number"] for each in answer["deviations"]} == expected
    lots = sorted([lot.number, other.number])
    told = {(each["title"], each["classification"], *each["lots"]) for each in answer["deviations"]}
    assert told == {("Lumps in the bin", "major", *lots)}


def _recorded(fact: Fact, sequence: int) -> Recorded[Fact]:
    """A fact in the envelope of its place among those of its key."""
    contract, id = contract_of(type(fact)), uuid7()
    of_envelope = (id, contract.type, "/quality-events", datetime.now(UTC), contract.key_of(fact), sequence)
    return Recorded(*of_envelope, str(id), None, None, (), fact)
