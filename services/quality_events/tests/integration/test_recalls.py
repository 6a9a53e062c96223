"""Recalls over HTTP: two approvals, all children, also those that come late, and what each maker sees."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from contracts.recalls import RecallClosed, RecallStarted
from quality_events.recalls.commands import late_children
from tests.releasing import disposition

Make = Callable[..., Awaitable[Any]]
ALL = ({"market": "AT", "regime": "eu_eea"}, {"market": "GB", "regime": "gb"})
SECRET = "may harm the liver"


@pytest_asyncio.fixture
async def make(known: Any, service: Any) -> Make:
    """``await make("A")``: a batch of which 100 kg were made."""

    async def one(number: str, world: Any = known) -> Any:
        body = {"site_id": str(world.site), "material": world.code, "number": f"{number}-{uuid4().hex[:6]}"}
        batch = await service.client.done("/batches", body | {"started_at": "2026-02"})
        made = {"completed_at": "2026-02-10", "actual_quantity": {"value": "100", "unit": "kg"}}
        return await service.client.done(f"/batches/{batch['id']}/completion", made)

    return one


@pytest_asyncio.fixture
async def rival(bus: Any, service: Any, new_world: Any, eventually: Any) -> Any:
    """Another maker with its site and product."""
    other = new_world()
    await bus.publish(*other.registered())

    async def known_here() -> bool:
        body = {"site_id": str(other.site), "material": other.code, "number": uuid4().hex, "started_at": "2026-02"}
        answer = await service.client.post("/batches", json=body)
        return bool(answer.status_code == 201 and answer.json()["product_id"])

    await eventually(known_here)
    return other


async def link(service: Any, child: Any, parent: Any, kind: str = "packed") -> None:
    parents = [{"batch_id": parent["id"], "quantity": {"value": "10", "unit": "kg"}}]
    await service.client.done(f"/batches/{child['id']}/parents", {"kind": kind, "parents": parents})


async def propose(service: Any, *batches: Any, mock: bool = False) -> str:
    """The path of a recall whose hazard Eva evaluated."""
    body = {"batch_ids": [each["id"] for each in batches], "markets": ALL, "classification": "II", "depth": "retail"}
    async with service.as_("quality", subject="eva") as eva:
        recall = await eva.done("/recalls", body | {"cause": "impurity", "health_hazard": SECRET, "mock": mock})
        own = await eva.post(f"/recalls/{recall['id']}/quality-approval")
        assert (own.status_code, own.json()["fields"]) == (403, ["evaluated_by"])
    return f"/recalls/{recall['id']}"


async def approve(service: Any, path: str, *first: str) -> Any:
    """What is answered to the second approval, in either order."""
    steps = {"regulatory": "regulatory-approval", "quality": "quality-approval"}
    for role in first or steps:
        async with service.as_(role, subject=f"of {role}") as person:
            answer = await person.done(f"{path}/{steps[role]}")
    return answer


async def account(service: Any, path: str, **recovered: str) -> None:
    """Of each line that is unknown, 8 kg were distributed."""
    for line in (await service.client.get(path)).json()["lines"]:
        if line["distributed"] is None:
            amounts = {"distributed": {"value": "8", "unit": "kg"}} | {
                name: {"value": value, "unit": "g"} for name, value in recovered.items()
            }
            body = {"batch_id": line["batch_id"], "market": line["market"]} | amounts
            await service.client.done(f"{path}/line", body)


async def test_from_a_hazard_to_the_last_lot(
    bus: Any, service: Any, known: Any, make: Make, rival: Any, tick: Any
) -> None:
    root, child, late = [await make(name) for name in "RCL"]
    packed = await make("P", rival)
    await link(service, child, root)
    await link(service, packed, child)
    path = await propose(service, root)
    assert (await service.client.get(path)).json()["lines"] == []
    recall = await approve(service, path)
    assert (recall["state"], [each["holds"] for each in recall["signatures"]]) == ("started", [True, True])
    lines = (await service.client.get(path)).json()["lines"]
    all_of_them = {(each["id"], market["market"]) for each in (root, child, packed) for market in ALL}
    assert {(each["batch_id"], each["market"]) for each in lines} == all_of_them, "no child is left out"
    (own,) = await bus.told(RecallStarted, number=recall["number"], partner_id=known.maker)
    (other,) = await bus.told(RecallStarted, number=recall["number"], partner_id=rival.maker)
    assert {lot.number for lot in own.lots} == {root["number"], child["number"]}
    assert [lot.number for lot in other.lots] == [packed["number"]]
    await _each_maker_sees_its_part(service, known, rival, recall["number"], own.recall_part_id)

    refused = await service.client.post(f"{path}/reconciliation", json={"effectiveness": "all answered"})
    assert (refused.status_code, "of 6 lines" in refused.text) == (409, True)
    await account(service, path, recovered="7500")
    await service.client.done(f"{path}/reconciliation", {"effectiveness": "all answered"})
    await link(service, late, child)
    refused = await service.client.post(f"{path}/closure")
    assert (refused.status_code, late["number"] in refused.text) == (409, True)
    for _ in range(2):
        await tick(late_children)
    again = (await service.client.get(path)).json()
    assert (again["state"], len(again["lines"]), again["effectiveness"]) == ("started", 8, None)
    told = await bus.told(RecallStarted, count=2, number=recall["number"], partner_id=known.maker)
    assert {lot.number for lot in told[-1].lots} == {each["number"] for each in (root, child, late)}
    await account(service, path, recovered="7500")
    await service.client.done(f"{path}/reconciliation", {"effectiveness": "all answered"})
    await service.client.done(f"{path}/closure")
    (closed,) = await bus.told(RecallClosed, number=recall["number"], partner_id=rival.maker)
    assert [(str(each.value), each.unit) for each in closed.recovered] == [("15000", "g")]


async def _each_maker_sees_its_part(service: Any, known: Any, rival: Any, number: str, own_part: UUID) -> None:
    for maker, mine in ((known.maker, True), (rival.maker, False)):
        async with service.as_("partner_quality", partner_id=maker) as site:
            assert (await site.get("/recalls")).status_code == 403
            (part,) = (await site.get("/recall-parts", params={"number": number})).json()["items"]
            assert (part["partner_id"], part["id"] == str(own_part)) == (str(maker), mine)
            foreign = await site.get(f"/recall-parts/{own_part}")
            assert foreign.status_code == (200 if mine else 404)
            past = await site.get(f"/recall-parts/{part['id']}/history")
            assert SECRET not in past.text + str(part)
            cause = {"root_cause": "a filter", "source_type": "recall", "source_id": part["recall_id"]}
            for place, status in ((known.site, 201 if mine else 404), (rival.site, 404 if mine else 201)):
                assert (await site.post("/capas", json=cause | {"site_id": str(place)})).status_code == status


async def test_why_somebody_approves_no_maker_reads(service: Any, known: Any, make: Make) -> None:
    root = await make("R")
    path = await propose(service, root)
    await approve(service, path, "quality")
    async with service.as_("regulatory", subject="second") as person:
        await person.done(f"{path}/regulatory-approval", {"reason": SECRET})
    assert SECRET in (await service.client.get(f"{path}/history")).text
    async with service.as_("partner_quality", partner_id=known.maker) as site:
        for record in (f"/batches/{root['id']}", f"/audit/{root['id']}"):
            assert SECRET not in (await site.get(record)).text


async def test_a_person_approves_once_and_a_recall_may_be_declined(service: Any, make: Make) -> None:
    path = await propose(service, await make("R"))
    async with service.as_("quality", "regulatory", subject="both") as both:
        await both.done(f"{path}/quality-approval")
        second = await both.post(f"{path}/regulatory-approval")
        assert (second.status_code, second.json()["fields"]) == (403, ["quality_approved_by"])
        declined = await both.done(f"{path}/refusal", {"reason": "the result was a mix-up"})
    assert (declined["state"], declined["decline_reason"]) == ("declined", "the result was a mix-up")
    line = {"batch_id": str(uuid4()), "market": "AT", "distributed": {"value": "1", "unit": "kg"}}
    assert (await service.client.post(f"{path}/line", json=line)).status_code == 409


async def test_the_first_exercise_is_due_a_year_after_something_was_made_whenever_that_was_told(
    bus: Any, service: Any, new_world: Any, eventually: Any
) -> None:
    """A source may give the month of the start alone, and no day of the completion."""
    world = new_world()
    lot = world.lot()
    told = world.completion(lot, on="2020-03", completed_at=None)
    await bus.publish(*world.registered(), world.start(lot, on="2020-02"), told)

    async def due() -> Any:
        listed = (await service.client.get("/recalls/mock-due")).json()
        return next((each for each in listed if each["product"]["id"] == str(world.product)), None)

    assert (await eventually(due))["due_on"] == "2021-02-01"


async def test_an_exercise_recalls_nothing_and_dates_the_next(bus: Any, service: Any, make: Make, rival: Any) -> None:
    root = await make("M", rival)

    async def due() -> Any:
        listed = (await service.client.get("/recalls/mock-due")).json()
        return next(each for each in listed if each["product"]["id"] == str(rival.product))

    before = await due()
    assert (before["last_mock_on"], before["due_on"]) == (None, "2027-02-10")
    path = await propose(service, root, mock=True)
    recall = await approve(service, path, "quality", "regulatory")
    await account(service, path)
    done = await service.client.done(f"{path}/reconciliation", {"effectiveness": "none asked"})
    assert (done["traced_in_time"], done["trace_due_at"] > done["started_at"]) == (True, True)
    await service.client.done(f"{path}/closure")
    after = await due()
    began = datetime.fromisoformat(done["started_at"]).date()
    days = (date.fromisoformat(after["due_on"]) - began).days
    assert (after["last_mock_on"], after["overdue"], days in (365, 366)) == (str(began), False, True)
    assert (await bus.told(RecallClosed, number=recall["number"]))[0].recovered == ()


async def test_what_it_takes_back_is_the_last_word_of_the_register(service: Any, sold: Any, printed: Any) -> None:
    _, id = sold
    body = {"batch_ids": [id], "markets": [{"market": "US", "regime": "us"}], "classification": "II", "depth": "retail"}
    async with service.as_("quality", subject="eva") as eva:
        recall = await eva.done("/recalls", body | {"cause": "impurity", "health_hazard": SECRET})
    await approve(service, f"/recalls/{recall['id']}")
    path = await disposition(service.client, id, "US")
    released, withdrawn = (await service.client.get(f"{path}/decisions")).json()["items"]
    told = ("decision", "decided_by", "follows", "readiness", "readiness_digest")
    assert [withdrawn[each] for each in told] == ["withdrawn", "of quality", recall["number"], None, None]
    where = ("legal_entity", "regime")
    assert [withdrawn[each] for each in where] == [released[each] for each in where]
    asked = {"legal_entity": released["legal_entity"], "regime": "us"}
    lines = (await service.client.get("/batch-registers/lines", params=asked)).json()["items"]
    assert [(each["number"], each["entry"]["decision"]) for each in lines] == [(1, "released"), (2, "withdrawn")]
    paper = await printed(service.client, path)
    assert f"{recall['number']} takes it back from US" in " ".join(paper.split())
    assert "Signed with" not in paper
