"""Limits of a process, from their statement to a release that rests on them and on the deviation that explains one."""

from typing import Any
from uuid import UUID, uuid4

from tests.releasing import decision, disposition, readiness, results_of, reviewed, usual

STEP = {"step": "compression", "started_at": "2018-11-08", "ended_at": "2018-11-09"}
LOW = STEP | {"planned_quantity": {"value": "240", "unit": "kg"}, "actual_quantity": {"value": "220", "unit": "kg"}}
BEFORE = {"step": "granulation", "started_at": "2018-11-05", "ended_at": "2018-11-06"}
NAME = "yield of compression"
OTHERS = ("inputs_released", "agreement_effective", "excursions_decided", "samples_retained")
RESULTS = {"root_cause_category": "equipment", "root_cause": "worn punch", "capa_justification": "punch replaced"}


def limits_of(world: Any, **more: Any) -> dict[str, Any]:
    end, start = {"step": "granulation", "point": "end"}, {"step": "compression", "point": "start"}
    return {
        "material": world.code, "partner_id": str(world.maker), "valid_from": "2018-01-01", "evidence": "0b" * 32,
        "yields": [{"step": "compression", "at_least": "95", "at_most": "101.5"}],
        "hold_times": [{"since": end, "until": start, "hours": "96"}],
    } | more  # fmt: skip


async def confirmed(service: Any, world: Any, **more: Any) -> dict[str, Any]:
    """Limits that one person stated and another one confirmed."""
    async with service.as_("msat", subject="mia") as msat:
        stated = await msat.done("/process-limits", limits_of(world, **more))
    found: dict[str, Any] = await service.client.done(f"/process-limits/{stated['id']}/confirmation")
    assert (stated["waiting_for"]["side"], found["waiting_for"]) == ("sponsor", None), "the sponsor confirms"
    return found


async def withdrawn(service: Any, limits: Any, said: Any) -> None:
    """One person proposes it, and another one agrees."""
    await service.client.done(f"/process-limits/{limits['id']}/withdrawal-proposal", said)
    await service.second.done(f"/process-limits/{limits['id']}/withdrawal")


async def made(bus: Any, world: Any, service: Any, found: Any, *stages: Any) -> Any:
    """A batch with its stages, tested and reviewed, that is meant for the US; and its lot."""
    lot = world.lot()
    await bus.publish(world.start(lot), world.completion(lot), *usual(world, "US"), *results_of(world, lot))
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    async with service.as_("partner_operations", partner_id=world.maker, subject="bea") as maker:
        for stage in stages:
            await maker.done(f"/batches/{id}/stage", stage)
        await maker.done(f"/batches/{id}/description", {"expiry_date": "2090-11"})
    await reviewed(service, world, f"/batches/{id}")
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    return id, lot


async def stands(client: Any, id: str, name: str = "yield_explained") -> tuple[str, str]:
    one = (await readiness(client, id, "US"))["by_name"][name]
    return one["verdict"], one["why"]


async def raised(service: Any, world: Any, lot: Any, found: Any) -> str:
    """The path of a deviation of the lot, of which its maker says what it was."""
    body: dict[str, Any] = {
        "title": "Low yield",
        "category": "equipment",
        "site_id": str(world.site),
        "description": "x",
    }
    body |= {"partner_aware_at": "2018-11-09T12:00:00Z"}
    body |= {"lots": [{"material": lot.material, "number": lot.number}]}
    async with service.as_("partner_quality", partner_id=world.maker, subject="ana") as maker:
        return f"/deviations/{(await maker.done('/deviations', body))['id']}"


async def closed(service: Any, world: Any, path: str, lot: Any) -> None:
    await service.client.done(f"{path}/classification", {"classification": "minor"})
    async with service.as_("partner_quality", partner_id=world.maker, subject="ana") as maker:
        await maker.done(f"{path}/investigation", {"owner": "Ana"})
        impacts = {"impacts": [{"lot_id": str(lot.id), "impact": "none"}]}
        await maker.done(f"{path}/investigation-results", RESULTS | impacts)
        await maker.done(f"{path}/approval-request")
    await service.second.done(f"{path}/closure")


async def decides_nothing(service: Any, id: str, who: str, *markets: str) -> None:
    """Whoever explained what was found, whatever was decided, or was to be, in a market by then."""
    async with service.as_("quality", subject=who) as explainer:
        for market in markets:
            at = await disposition(explainer, id, market)
            assert (await explainer.get(at)).json()["allowed"] == [], market
            assert (await service.client.get(at)).json()["allowed"], market
            body = await decision(explainer, id, market, impact="x")
            refused = [await explainer.post(f"{at}/{step}", json=body) for step in ("release", "resumption")]
            assert "second-person-required" in str([each.text for each in refused]), market


async def test_a_yield_outside_of_its_limits_is_released_by_the_deviation_that_explains_it(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any
) -> None:
    limits = await confirmed(service, known)
    id, lot = await made(bus, known, service, found, BEFORE, LOW)
    verdict, why = await stands(service.client, id)
    assert (verdict, why.startswith(f"{NAME}: 220 kg of 240 kg, about 91.6667 %")) == ("not_met", True), why
    assert (await stands(service.client, id, "within_times"))[0] == "met"
    async with service.as_("partner_quality", partner_id=known.maker, subject="bea") as maker:
        await maker.done(f"/batches/{id}/late-stage", LOW | {"step": "Compression"})
    assert await stands(service.client, id) == (verdict, why), "it is the same stage, however it is written"
    path = await raised(service, known, lot, found)
    said = {"batch_id": id, "limit_name": NAME, "deviation_id": path[12:], "explanation": "left in the hopper"}
    await service.client.done(f"/batches/{id}/intent", {"markets": ["BR"]})
    async with service.as_("quality", subject="eva") as eva:
        kept = await eva.post("/limit-explanations", json=said | {"limit_name": limits["hold_times"][0]["limit_name"]})
        assert (kept.status_code, kept.json()["limits"]) == (409, [NAME]), kept.text
        explained = await eva.done("/limit-explanations", said)
        again = await eva.post("/limit-explanations", json=said)
    assert (again.status_code, again.json()["limit_explanation_id"]) == (409, explained["id"])
    verdict, why = await stands(service.client, id)
    assert (verdict, "which is to explain it, is not closed" in why) == ("not_met", True), why
    await closed(service, known, path, lot)
    await service.client.done(f"/batches/{id}/intent", {"markets": ["BR", "CA", "US"]})
    async with service.as_("partner_quality", partner_id=known.maker, subject="cid") as maker:
        verdict, why = await stands(maker, id)
        assert (verdict, f"explains it, {explained['number']}" in why) == ("met", True), why
        assert await stands(service.client, id) == (verdict, why), "both sides read the same"
        assert (await maker.get(f"/process-limits/{limits['id']}")).json()["allowed"] == []
        assert (await maker.get(f"/limit-explanations/{explained['id']}")).json()["found"] == explained["found"]
    async with service.as_("quality", subject="stater") as stater:
        for name in OTHERS:
            of_it = {"batch_id": id, "market": "US", "condition": name, "statement": "seen", "evidence": "0c" * 32}
            await stater.done("/readiness-statements", of_it)
    at, body = await disposition(service.client, id, "US"), await decision(service.client, id, "US")
    await decides_nothing(service, id, "eva", "BR", "CA", "US")
    await service.client.done(f"{at}/release", body)
    why_not = {"reason": "the hopper was empty"}
    ended = await service.client.done(f"/limit-explanations/{explained['id']}/withdrawal", why_not)
    impact = await found("distribution-impacts", batch_id=id, cause_type="statements")
    assert impact["news"][0].startswith(f"{ended['number']}, explaining the {NAME}, ended: {why_not['reason']}")
    await service.client.done(f"{at}/stop", await decision(service.client, id, "US", impact="a low yield"))
    async with service.as_("quality", subject="iva") as iva:
        former = await iva.done("/limit-explanations", said)
        await decides_nothing(service, id, "iva", "BR", "CA", "US")
        async with service.as_("partner_quality", partner_id=known.maker, subject="cid") as maker:
            await maker.done(f"/batches/{id}/late-stage", LOW | {"actual_quantity": {"value": "221", "unit": "kg"}})
        await iva.done("/limit-explanations", said)
    impact = await found("distribution-impacts", batch_id=id, cause_type="statements")
    assert f"{former['number']}, explaining the {NAME}, ended: something else is found now" in str(impact["news"])
    rival = new_world()
    async with service.as_("partner_quality", partner_id=rival.maker) as other:
        assert (await other.get(f"/process-limits/{limits['id']}")).status_code == 404
        assert (await other.get("/process-limits", params={"material": known.code})).json()["items"] == []
        assert (await other.get("/limit-explanations", params={"batch_id": id})).json()["items"] == []


async def test_who_stated_limits_does_not_confirm_them_and_a_version_takes_the_place_of_another(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any
) -> None:
    stated = await service.client.done("/process-limits", limits_of(known))
    alone = await service.client.post(f"/process-limits/{stated['id']}/confirmation")
    assert (alone.status_code, alone.json()["fields"]) == (403, ["stated_by"])
    rival = new_world()
    await bus.publish(*rival.registered())
    await found("process-limits", material=known.code, state="proposed")

    async def known_too() -> Any:
        wrong = await service.client.post("/process-limits", json=limits_of(known, site_id=str(rival.site)))
        return wrong if "unknown-site" not in wrong.text else None

    wrong = await bus.eventually(known_too)
    assert (wrong.status_code, wrong.json()["fields"]) == (409, ["site_id"]), wrong.text
    id, _ = await made(bus, known, service, found, BEFORE, LOW)
    assert (await stands(service.client, id))[0] == "unknown", "by one person nothing is judged"
    await service.second.done(f"/process-limits/{stated['id']}/confirmation")
    assert (await stands(service.client, id))[0] == "not_met"
    wider = {"yields": [{"step": "compression", "at_least": "90", "at_most": "101.5"}]}
    later = await confirmed(service, known, valid_from="2018-12-01", **wider)
    assert (later["revision"], (await stands(service.client, id))[0]) == (2, "not_met"), "it began before that"
    between = await confirmed(service, known, valid_from="2018-11-15", **wider)
    verdict, why = await stands(service.client, id)
    assert (verdict, "when it began is known as 2018-11 alone" in why) == ("unknown", True), why
    gone = {"effective_on": "2018-11-15", "reason": "a slip"}
    await withdrawn(service, between, gone)
    earlier = await confirmed(service, known, valid_from="2018-11-01", **wider)
    verdict, why = await stands(service.client, id)
    assert (verdict, "was confirmed on" in why, earlier["number"] in why) == ("met", True, True), why
    gone |= {"effective_on": "2018-11-01"}
    path = f"/process-limits/{earlier['id']}"
    asked_for = await service.client.done(f"{path}/withdrawal-proposal", gone)
    assert (asked_for["waiting_for"]["side"], (await stands(service.client, id))[0]) == ("sponsor", "met")
    alone = await service.client.post(f"{path}/withdrawal")
    assert (alone.status_code, alone.json()["fields"]) == (403, ["withdrawal_proposed_by"]), "of one person alone"
    await service.second.done(f"{path}/withdrawal-refusal", {"reason": "it was none"})
    assert (await stands(service.client, id))[0] == "met"
    await withdrawn(service, earlier, gone)
    assert (await stands(service.client, id))[0] == "not_met"
    asked = {"material": known.code, "valid_on": "2018-12-01"}
    listed = (await service.client.get("/process-limits", params=asked)).json()["items"]
    assert [each["number"] for each in listed] == [later["number"], stated["number"]]


async def test_an_explanation_stands_whatever_a_revision_on_the_way_leaves_out(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    """Told in the other order the revision that leaves the lot out changes nothing: both end alike."""
    await confirmed(service, known)
    id, lot = await made(bus, known, service, found, BEFORE, LOW)
    record, other = uuid4().hex, known.lot()
    await bus.publish(known.deviation(lot, other, record=record))
    path = f"/deviations/{(await found('deviations', lot=lot.number))['id']}"
    said = {"batch_id": id, "limit_name": NAME, "deviation_id": path[12:], "explanation": "x"}
    explained = await service.second.done("/limit-explanations", said)

    async def names(lots: int) -> Any:
        return len((await service.client.get(path)).json()["lots"]) == lots

    for revision, lots in ((2, [other]), (3, [lot, other])):
        await bus.publish(known.deviation(*lots, record=record, revision=revision))
        await bus.eventually(lambda lots=lots: names(len(lots)))
        await decision(service.client, id, "US")
    assert (await service.client.get(f"/limit-explanations/{explained['id']}")).json()["state"] == "stands"


async def test_a_quantity_that_is_stated_otherwise_after_the_release_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    """Limits that are stated after a release ask nothing; a stage that is another one then does."""
    _, id = sold
    await confirmed(service, known)
    released = await found("dispositions", batch_id=id, market="US")
    assert released["state"] == "released"
    assert (await service.client.get("/distribution-impacts", params={"batch_id": id})).json()["items"] == []
    async with service.as_("partner_quality", partner_id=known.maker, subject="bea") as maker:
        await maker.done(f"/batches/{id}/late-stage", LOW)
    assert (await found("distribution-impacts", batch_id=id, cause_type="record"))["state"] == "open"
    assert (await stands(service.client, id))[0] == "not_met"


async def test_a_partners_login_writes_neither_limits_nor_explanations(
    bus: Any, known: Any, service: Any, found: Any, partners_login: Any, new_world: Any
) -> None:
    limits = await confirmed(service, known)
    id, _ = await made(bus, known, service, found, BEFORE, LOW)
    rival = new_world()
    async with partners_login("quality_events", known.maker) as login:
        assert await login.run("UPDATE process_limits SET yields = '[]' WHERE id = $1", UUID(limits["id"])) == "refused"
        assert len(await login.connection.fetch("SELECT * FROM process_limits_of($1)", UUID(id))) == 1
        assert len(await login.connection.fetch("SELECT * FROM process_limits")) == 1
    async with partners_login("quality_events", rival.maker) as login:
        for function in ("process_limits_of", "limit_explanations_of"):
            assert await login.connection.fetch(f"SELECT * FROM {function}($1)", UUID(id)) == []
        assert await login.connection.fetch("SELECT * FROM process_limits") == []
