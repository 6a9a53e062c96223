"""CAPAs over HTTP: opened by what they are for, carried out, checked, and opened again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts import clock
from contracts.quality_events import CapaClosed, CapaOpened, CapaOverdue
from quality_events.main import timers

PLAN: dict[str, Any] = {
    "actions": [{"owner": "ana", "description": "new punches", "due_on": "2099-01-31"}],
    "effectiveness": {"measure": "stops a batch", "target": "0.5", "better": "lower", "sample": 20},
}
FINISHED = {"action": 1, "evidence": "0" * 64}
CAUSE = {"root_cause_category": "equipment", "root_cause": "worn punch"}


async def opened(service: Any, world: Any) -> str:
    """The path of a CAPA that the maker opened by hand."""
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        return f"/capas/{(await maker.done('/capas', CAUSE | {'site_id': str(world.site)}))['id']}"


async def implemented(service: Any, world: Any, path: str) -> Any:
    """A CAPA that its owner planned and carried out."""
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        assert (await maker.done(f"{path}/plan", PLAN))["due_at"] == "2099-01-31T23:00:00Z"
        assert (await maker.post(f"{path}/plan-approval")).status_code == 403
        await service.client.done(f"{path}/plan-approval")
        assert (await service.client.post(f"{path}/implementation")).json()["missing"] == [1]
        await maker.done(f"{path}/action-completion", FINISHED)
    return await service.client.done(f"{path}/implementation")


async def test_from_a_deviation_to_a_second_generation(
    bus: Any, known: Any, found: Any, service: Any, investigated: Any, cancel: Any
) -> None:
    await bus.publish(known.deviation(record="D-1"))
    deviation = await found("deviations", site_id=known.site)
    for _ in range(2):
        deviation = await investigated(deviation, open_capa=True)
    capa = await found("capas", source_id=deviation["id"])
    assert (capa["number"], capa["source_type"]) == (deviation["capa_reference"], "deviation")
    assert (await implemented(service, known, f"/capas/{capa['id']}"))["check_due_at"]
    ended = await service.second.done(f"/capas/{capa['id']}/effectiveness-check", {"measured": "0.6"})
    assert (ended["state"], ended["worked"], ended["allowed"]) == ("closed_ineffective", None, [])

    second = await found("capas", source_id=deviation["id"], open="true")
    assert (second["generation"], second["root_cause"]) == (2, "worn punch")
    at = (await implemented(service, known, f"/capas/{second['id']}"))["implemented_at"]
    after = datetime.fromisoformat(at) + timedelta(seconds=1)
    await bus.publish(known.deviation(partner_aware_at=after, record="D-0"))
    none = await investigated(await found("deviations", site_id=known.site, state="reported"))
    await cancel(none)
    await bus.publish(known.deviation(partner_aware_at=after, record="D-2"))
    again = await investigated(await found("deviations", site_id=known.site, state="reported"))
    ended = await service.second.done(f"/capas/{second['id']}/effectiveness-check", {"measured": "0"})
    assert (ended["state"], ended["recurred_in"]) == ("closed_ineffective", [again["number"]])
    facts = await bus.told(CapaOpened, 3, source_id=UUID(deviation["id"]))
    assert sorted(fact.generation for fact in facts) == [1, 2, 3]
    closed = await bus.told(CapaClosed, 2, source_id=UUID(deviation["id"]))
    assert [fact.effective for fact in closed] == [False, False]


async def test_a_confirmed_result_opens_one_that_works(
    bus: Any, world: Any, found: Any, service: Any, investigated: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.oos(lot))
    investigation = await found("oos-investigations", lot=lot.number)
    path = f"/oos-investigations/{investigation['id']}"
    await service.second.done(f"{path}/phase-2", {"reason": "no error"})
    neither = {"conclusion": "inconclusive", "open_capa": True}
    assert (await service.client.post(f"{path}/conclusion", json=neither)).status_code == 422
    causeless = await service.client.post(f"{path}/conclusion", json={"conclusion": "confirmed", "open_capa": True})
    assert causeless.status_code == 409, causeless.text
    confirmed = {"conclusion": "confirmed", "cause": "too moist", "evidence": "loss on drying", "open_capa": True}
    async with service.as_("partner_quality", partner_id=world.maker) as maker:
        await maker.done(f"{path}/conclusion", confirmed)
    capa = await found("capas", source_type="oos", source_id=investigation["id"])
    deviation = await found("deviations", lot=lot.number)
    assert (capa["root_cause"], capa["number"]) == ("too moist", deviation["capa_reference"])
    again = await investigated(deviation, open_capa=True)
    assert again["capa_reference"] == capa["number"], "it has one already, from the result"
    path = f"/capas/{capa['id']}"
    await service.client.done(f"{path}/plan", PLAN)
    assert (await service.client.post(f"{path}/plan-approval")).json()["fields"] == ["owner", "prepared_by"]
    await service.second.done(f"{path}/plan-approval")
    await service.client.done(f"{path}/action-completion", FINISHED)
    await service.client.done(f"{path}/implementation")
    assert (await service.client.post(f"{path}/effectiveness-check", json={"measured": "0.5"})).status_code == 403
    ended = await service.second.done(f"{path}/effectiveness-check", {"measured": "0.5"})
    assert (ended["state"], ended["effective"]) == ("closed_effective", True)


async def test_one_that_was_cancelled_or_is_somebody_elses_takes_no_cause_away(
    bus: Any, known: Any, found: Any, service: Any, investigated: Any
) -> None:
    await bus.publish(known.deviation(record="D-1"))
    deviation = await found("deviations", site_id=known.site)
    another = (await service.client.post("/capas", json=CAUSE)).json()["number"]
    await investigated(deviation, capa_reference=another)
    path = f"/deviations/{deviation['id']}"
    opened = await service.client.done(f"{path}/investigation-results", {"open_capa": True})
    assert opened["capa_reference"] != another, "it was named, and is of another cause"
    capa = await found("capas", source_id=deviation["id"])
    await service.client.done(f"/capas/{capa['id']}/cancellation", {"reason": "no"})
    lots = {"impact": "none"}
    await service.client.done(f"{path}/investigation-results", lots)
    await service.client.done(f"{path}/approval-request")
    refused = await service.second.post(f"{path}/closure")
    assert refused.json()["missing"] == ["a CAPA or a justification for none"], refused.text
    await service.second.done(f"{path}/return", {"reason": "the CAPA was cancelled"})
    again = await service.client.done(f"{path}/investigation-results", {"open_capa": True})
    assert again["capa_reference"] not in (another, capa["number"])


async def test_whose_turn_it_is_follows_the_actions(bus: Any, known: Any, service: Any) -> None:
    path = await opened(service, known)

    def turn(capa: Any) -> tuple[str, list[str]]:
        return capa["waiting_for"]["side"], [each["name"] for each in capa["allowed"]]

    assert turn((await service.client.get(path)).json())[0] == "partner"
    assert turn(await service.client.done(f"{path}/plan", PLAN))[0] == "sponsor"
    approved = await service.second.done(f"{path}/plan-approval")
    assert turn(approved) == ("partner", ["finish_action", "extend", "cancel"])
    capa = await service.client.done(f"{path}/action-completion", FINISHED)
    assert turn(capa) == ("sponsor", ["extend", "implement", "cancel"])
    assert (await service.client.post(f"{path}/action-completion", json=FINISHED)).status_code == 409
    own = (await service.client.post("/capas", json=CAUSE)).json()
    assert own["waiting_for"]["side"] == "sponsor"
    of_nobody = {"waiting_for": "nobody", "number": own["number"]}
    assert (await service.client.get("/capas", params=of_nobody)).json()["items"] == []
    await service.client.done(f"/capas/{own['id']}/cancellation", {"reason": "no"})
    listed = (await service.client.get("/capas", params=of_nobody)).json()["items"]
    assert [each["id"] for each in listed] == [own["id"]]
    text = await service.client.post(f"{path}/implementation", content=b"zzz", headers={"Content-Type": "text/plain"})
    assert text.status_code == 415
    assert (await service.client.post(f"{path}/implementation", json={"resaon": "r"})).status_code == 422


async def test_a_measured_number_keeps_its_digits_in_the_history(known: Any, service: Any) -> None:
    path = await opened(service, known)
    await implemented(service, known, path)
    await service.second.done(f"{path}/effectiveness-check", {"measured": "0.12345678901234567890"})
    last = (await service.client.get(f"{path}/history")).json()["items"][-1]
    assert {each["field"]: each["after"] for each in last["changes"]}["measured"] == "0.12345678901234567890"


async def test_it_is_overdue_once_per_due_date(bus: Any, known: Any, service: Any, tick: Any) -> None:
    path, today = await opened(service, known), datetime.now(UTC).date()
    # Within days, so that no timer tells of what other tests made: it would be of the future when they read it.
    tomorrow, after, later = ({"due_on": f"{today + timedelta(days)}"} for days in (1, 2, 4))
    actions, effectiveness = [PLAN["actions"][0] | on for on in (tomorrow, after)], PLAN["effectiveness"]
    effectiveness |= {"check_days": 5}
    dates: list[datetime] = []
    steps: list[list[tuple[Any, str, Any]]] = [
        [
            (service.client, "plan", {"actions": actions, "effectiveness": effectiveness}),
            (service.second, "plan-approval", None),
        ],
        [(service.client, "extension", later | {"reason": "no punches"})],
        [
            *((service.client, "action-completion", FINISHED | {"action": action}) for action in (1, 2)),
            (service.client, "implementation", None),
        ],
    ]
    late: list[list[bool]] = []
    for taken in steps:
        for client, step, body in taken:
            capa = await client.done(f"{path}/{step}", body)
        of_actions = [] if dates else [capa["actions"][0]["due_at"]]
        for due in [*of_actions, capa["check_due_at"] or capa["due_at"]]:
            dates.append(datetime.fromisoformat(due))
            with clock.standing_at(dates[-1] + timedelta(minutes=1)):
                for _ in range(2):
                    await tick(timers[1])
                facts = await bus.told(CapaOverdue, len(dates), capa_id=UUID(path.removeprefix("/capas/")))
                read = (await service.client.get(path)).json()
                listed = await service.client.get("/capas", params={"overdue": "true", "site_id": str(known.site)})
                assert read["overdue"] is True
                assert [each["id"] for each in listed.json()["items"]] == [read["id"]]
                late.append([each["overdue"] for each in read["actions"]])
    assert late == [[True, False], [True, True], [True, True], [False, False]]
    assert [(fact.occurred_at, fact.actions) for fact in sorted(facts, key=lambda fact: fact.occurred_at)] == [
        *((dates[0], (1,)), (dates[1], ()), (dates[2], ()), (dates[3], ()))
    ]
    assert {fact.first_due_at for fact in facts} == {dates[1]}


async def test_a_rival_learns_nothing(bus: Any, known: Any, service: Any) -> None:
    path, rival = await opened(service, known), uuid4()
    async with service.as_("partner_quality", partner_id=rival) as stranger:
        assert (await stranger.get(path)).status_code == (await stranger.post(f"{path}/plan", json=PLAN)).status_code
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get("/capas")).json()["items"] == []
        assert (await stranger.post("/capas", json=CAUSE | {"site_id": str(known.site)})).status_code == 404
        assert (await stranger.post("/capas", json=CAUSE)).json()["type"] == "urn:entente:problem:wrong-side"
    own = await service.client.post("/capas", json=CAUSE)
    assert (own.status_code, own.json()["partner_id"], own.json()["site"]) == (201, None, None)
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        listed = (await maker.get("/capas", params={"open": "true", "overdue": "false"})).json()["items"]
    assert [f"/capas/{each['id']}" for each in listed] == [path]
    ended = await service.client.done(f"{path}/cancellation", {"reason": "a drill"})
    assert (ended["state"], ended["allowed"]) == ("cancelled", [])
