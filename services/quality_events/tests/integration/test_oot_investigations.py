"""Results that are out of trend: investigated at the laboratory, ended by a quality unit, weighed by a release."""

from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from contracts.dispositions import DispositionReasoned
from contracts.quality_events import OosOpened, QualityEventsBallHeld
from contracts.trend_investigations import OotConcluded, OotConclusion, OotOpened, OotWithdrawn
from tests.releasing import decision, disposition, made, readiness, settled, stated, usual
from tests.world import product_registered

LIST = "/oot-investigations"
EXPLAINED = {"conclusion": "explained", "cause": "the column was old", "evidence": "worksheet 3"}
NONE_FOUND = {"conclusion": "no_assignable_cause", "evidence": "batch record, pages 3 to 9"}


async def test_it_ends_in_phase_1_and_a_release_before_that_names_it(
    bus: Any, known: Any, service: Any, found: Any, new_world: Any
) -> None:
    id, lot = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    result = uuid7()
    await bus.publish(known.oot(lot, result=result))
    one = await found("oot-investigations", result_id=result)
    assert (one["state"], one["batch_id"], one["waiting_for"]["side"]) == ("phase_1", id, "partner")
    path, number = f"{LIST}/{one['id']}", one["number"]
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
        shown = await settled(bus, quality, id, "US")
    weighed = shown["by_name"]["oos_concluded"]
    assert (weighed["verdict"], weighed["weighs"], number in weighed["why"]) == ("met", True, True)
    assert number in str((await service.client.get(f"/batches/{id}/genealogy")).json()["open_events"])
    us = await disposition(service.client, id, "US")
    refused = await service.client.post(f"{us}/release", json=await decision(service.client, id, "US"))
    assert (refused.status_code, refused.json()["fields"], number in refused.text) == (409, ["weighed"], True)
    await service.client.done(f"{us}/release", await decision(service.client, id, "US", weighed=[number]))
    (reasoned,) = await bus.told(DispositionReasoned, batch_id=UUID(id))
    assert reasoned.weighed == (number,)

    rival = new_world()
    async with (
        service.as_("partner_lab", partner_id=known.laboratory, subject="lea") as laboratory,
        service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker,
        service.as_("partner_quality", partner_id=rival.maker) as stranger,
    ):
        assert [(await each.get(path)).status_code for each in (maker, laboratory, stranger)] == [200, 200, 404]
        assert number in str(await readiness(maker, id, "US")), "its own lot's is the maker's to read"
        assert (await maker.post(f"{path}/conclusion-proposal", json=EXPLAINED)).status_code == 403
        await laboratory.done(f"{path}/conclusion-proposal", EXPLAINED)
        assert (await laboratory.post(f"{path}/conclusion-approval")).status_code == 403, "nobody ends its own"
        back = await service.client.done(f"{path}/conclusion-return", {"reason": "which column?"})
        assert (back["state"], back["cause"], back["return_reason"]) == ("phase_1", None, "which column?")
        await laboratory.done(f"{path}/conclusion-proposal", EXPLAINED)
        ended = await maker.done(f"{path}/conclusion-approval")
    assert (ended["state"], ended["conclusion"], [each["holds"] for each in ended["signatures"]]) == (
        *("concluded", "explained"),
        [True],
    )
    (fact,) = await bus.told(OotConcluded, result_id=result)
    assert (fact.conclusion, fact.cause, fact.batch_id) == (OotConclusion.explained, "the column was old", UUID(id))
    assert not (await readiness(service.client, id, "US"))["by_name"]["oos_concluded"]["weighs"]
    balls = await bus.told(QualityEventsBallHeld, 5, subject_id=UUID(one["id"]))
    assert [ball.side for ball in balls] == ["partner", "both", "partner", "both", "nobody"]
    assert bus.of(OosOpened, result_id=result) == [], "it is no OOS, in no rate"


async def test_phase_2_names_the_deviation_that_was_raised_of_it(
    bus: Any, known: Any, service: Any, found: Any, partners_login: Any
) -> None:
    lot, other = known.lot(), known.lot()
    await bus.publish(known.start(lot), known.start(other), known.oot(lot), known.deviation(other, record="O"))
    one, strange = await found("oot-investigations", lot=lot.number), await found("deviations", lot=other.number)
    batch = await found("batches", lot=lot.number, state="in_process")
    path = f"{LIST}/{one['id']}"
    async with (
        service.as_("partner_quality", partner_id=known.maker, subject="ana") as ana,
        service.as_("partner_quality", partner_id=known.maker, subject="bea") as bea,
        service.as_("partner_quality", partner_id=known.laboratory, subject="lea") as laboratory,
    ):
        assert (await laboratory.post(f"{path}/phase-2", json={"reason": "theirs"})).status_code == 403
        await ana.done(f"{path}/phase-2", {"reason": "the granulate was wet"})
        said = {"title": "wet", "description": "granulate", "category": "process", "batch_ids": [batch["id"]]}
        of_it = await bea.done(
            "/deviations", said | {"site_id": str(known.site), "partner_aware_at": "2018-12-03T10:00:00Z"}
        )
        assert (await ana.post(f"{path}/conclusion", json=NONE_FOUND)).status_code == 403, "who opened it ends it not"
        wrong = await bea.post(f"{path}/conclusion", json=NONE_FOUND | {"deviation_id": strange["id"]})
        assert (wrong.status_code, wrong.json()["fields"]) == (409, ["deviation_id"])
        unknown = await bea.post(f"{path}/conclusion", json=NONE_FOUND | {"deviation_id": str(uuid4())})
        assert unknown.status_code == 404
        step = """UPDATE oot_investigation SET state = 'concluded', conclusion = 'no_assignable_cause', evidence = 'x',
            concluded_at = now(), deviation_id = $2 WHERE id = $1"""
        async with partners_login("quality_events", known.maker) as login:
            assert await login.run(step, one["id"], strange["id"]) == "refused"
        ended = await bea.done(f"{path}/conclusion", NONE_FOUND | {"deviation_id": of_it["id"]})
    assert (ended["state"], ended["deviation_id"], ended["cause"]) == ("concluded", of_it["id"], None)
    (fact,) = await bus.told(OotConcluded, oot_investigation_id=UUID(one["id"]))
    assert str(fact.deviation_id) == of_it["id"]


async def test_it_is_taken_back_told_again_and_gives_way_to_an_oos(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    lot, result = known.lot(product=None, material=f"TAB-{uuid4().hex[:8]}"), uuid7()
    await bus.publish(known.oot(lot, result=result, holds=False), sequence="2")
    gone = await found("oot-investigations", result_id=result, state="withdrawn")
    assert (gone["batch_id"], gone["product"], gone["waiting_for"]) == (None, None, None)
    await bus.publish(known.oot(lot, result=result), sequence="1")  # late: it stands as it was told last
    await bus.publish(known.oot(lot, result=result, upper="99.5"), sequence="3")
    again = await found("oot-investigations", result_id=result, state="phase_1")
    assert (again["id"], again["upper"], again["withdrawn_because"]) == (gone["id"], "99.5", None)
    await bus.publish(product_registered(lot.material))
    batch = await found("batches", lot=lot.number)
    joined = await found("oot-investigations", result_id=result, batch_id=batch["id"])
    assert joined["product_id"] == batch["product_id"]
    await bus.publish(known.oos(lot, result=result))
    over = await found("oot-investigations", result_id=result, state="withdrawn")
    assert "out of specification" in over["withdrawn_because"]
    opened, withdrawn = await bus.told(OotOpened, 2, result_id=result), await bus.told(OotWithdrawn, result_id=result)
    assert [each.batch_id for each in opened] == [None, UUID(batch["id"])]
    assert [each.reason for each in withdrawn] == [over["withdrawn_because"]]
    listed = await service.client.get(LIST, params={"result_id": str(result), "open": "true"})
    assert listed.json()["items"] == []
