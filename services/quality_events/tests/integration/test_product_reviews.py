"""Product quality reviews over HTTP: half a year with what went wrong, frozen, signed by both, and asked again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio
from uuid_utils.compat import uuid7

from contracts.partner_feeds import MaterialLot, StabilityPoint, TestStage
from contracts.product_reviews import (
    ProductQualityReviewCancelled,
    ProductQualityReviewOpened,
    ProductQualityReviewSigned,
)
from contracts.sample_tracking import Evaluation
from tests.releasing import decision, disposition, qualified, registered, results_of
from tests.world import handled

LIST = "/product-quality-reviews"
PERIOD = {"period_from": "2018-07-01", "period_to": "2018-12-31"}
MAKERS = ("starting_materials", "critical_results", "stability", "equipment", "agreements")
OURS = ("market", "commitments")
SECRET = "three pharmacies returned packs"


def maker(service: Any, world: Any, subject: str = "ana") -> Any:
    return service.as_("partner_quality", partner_id=world.maker, subject=subject)


def body(world: Any, **more: Any) -> dict[str, Any]:
    return {"site_ids": [str(world.site)], "product_id": str(world.product)} | PERIOD | more


@pytest_asyncio.fixture
async def half_year(bus: Any, known: Any, service: Any, found: Any, database: Any) -> Any:
    """The deviation of a half year: one batch of two was rejected, a third was made half an hour too late."""
    lots = [known.lot() for _ in range(3)]
    ends = ("2018-07", datetime(2018, 12, 31, 22, 30, tzinfo=UTC), datetime(2018, 12, 31, 23, 30, tzinfo=UTC))
    for lot, end in zip(lots, ends, strict=True):
        inputs = (MaterialLot(material="LACTOSE", number=f"L-{lot.number}"),)
        done = known.completion(lot, on=end, completed_at=end)
        await handled(bus, database, known.start(lot, on="2018-07", inputs=inputs), done)
    aware = datetime(2018, 11, 5, 8, tzinfo=UTC)
    reported = known.deviation(lots[0], partner_aware_at=aware, occurred_at=aware)
    await handled(bus, database, reported, known.oos(lots[0]))
    await handled(bus, database, known.oot(lots[0]), known.oot(lots[0], holds=False))
    await _pulled(bus, known, lots)
    told = (registered(known, "US"), qualified(known, known.site, "packaging"))
    await handled(bus, database, *results_of(known, lots[0]), *told)

    async def all_heard() -> bool:
        status = (await service.client.get("/status")).json()
        return not status["outbox_pending"] and not status["lag"]

    deviation, _ = [await found(name, lot=lots[0].number) for name in ("deviations", "oos-investigations")]
    await bus.eventually(all_heard)  # a decision names the readiness, which each of these facts changes
    batch = await found("batches", lot=lots[0].number)
    await service.client.done(f"/batches/{batch['id']}/intent", {"markets": ["US"]})
    path = await disposition(service.client, batch["id"], "US")
    await service.client.done(f"{path}/rejection", await decision(service.client, batch["id"], "US"))
    complaint = {"description": "brown", "market": "US", "category": "quality", "batch_id": batch["id"]}
    await service.client.done("/complaints", complaint | {"received_at": "2018-12-01T08:00:00Z"})
    return deviation


async def _pulled(bus: Any, world: Any, lots: Any) -> None:
    """Stability results of the period, also of a lot that was not made in it, and one of an earlier year."""
    point, failed = StabilityPoint(months=12, condition="25C/60RH"), uuid7()
    oos = world.oos(lots[2], result=failed, test="assay", on="2018-12").model_copy(
        update={"stage": TestStage.stability}
    )
    given: list[tuple[str, dict[str, Any]]] = [
        ("2018-12", {"evaluation": Evaluation.out_of_specification, "result_id": failed}),
        ("2018-12", {}),
        ("2017-12", {}),
    ]
    told = [(on, results_of(world, lots[2], stability=point, **more)[0]) for on, more in given]
    stored = {"stage": TestStage.stability}
    await bus.publish(oos, *(fact.model_copy(update=stored | {"occurred_at": on}) for on, fact in told))


async def covered(service: Any, world: Any, path: str) -> None:
    """Both sides write what no fact tells."""
    async with maker(service, world) as ana:
        for section in MAKERS:
            review = await ana.done(f"{path}/parts", {"section": section, "text": f"looked at {section}"})
        assert review["waiting_for"]["side"] == "sponsor"
    async with service.as_("quality", subject="writer") as writer:
        for section in OURS:
            await writer.done(f"{path}/parts", {"section": section, "text": SECRET, "evidence": "0b" * 32})


async def answers(client: Any, path: str) -> dict[str, Any]:
    """The counts of each answer that a reader is shown."""
    sections = (await client.get(path)).json()["sections"]
    return {each["question"]: each["answer"]["counts"] for section in sections for each in section["answers"]}


async def test_a_half_year_is_reviewed_frozen_and_signed_by_both(
    bus: Any, known: Any, service: Any, half_year: Any, investigated: Any, printed: Any
) -> None:
    await investigated(half_year, open_capa=True)
    review = await service.client.done(LIST, body(known))
    path, id = f"{LIST}/{review['id']}", UUID(review["id"])
    assert (review["state"], review["due_at"], review["overdue"]) == ("draft", "2019-04-01T00:00:00Z", True)
    told = await answers(service.client, path)
    assert told["batches-1"] == {
        "all": 2,
        "state": {"manufactured": 2},
        "dispositions": {"US rejected": 1, "none": 1},
        "right_first_time": {"false": 1, "unknown": 1},
        "remade": {"none": 2},
    }
    assert told["deviations-1"]["classification"] == {"major": 1}
    assert (told["capas-1"]["all"], told["capas-1"]["effective"]) == (1, {"unknown": 1})
    counts = {"oos-1": 1, "results-1": 1, "complaints-1": 1, "shared-complaints-1": 0, "changes-1": 0, "recalls-1": 0}
    counts |= {"trends-1": 1, "stability-trends-1": 0}
    assert {name: told[name]["all"] for name in counts} == counts
    assert told["materials-1"] == {"all": 2, "material": {"LACTOSE": 2}}
    sections = {each["name"]: each for each in (await service.client.get(path)).json()["sections"]}
    stability, _ = (each["answer"]["rows"] for each in sections["stability"]["answers"])
    series = {"number": "assay", "months": 12, "condition": "25C/60RH"}
    assert [{name: row[name] for name in (*series, "evaluation", "results")} for row in stability] == [
        series | {"evaluation": "pass", "results": 1},
        series | {"evaluation": "oos", "results": 1},
    ]
    assert [bool(row["oos"]) for row in stability] == [False, True]
    assert told["qualifications-1"]["state"] == {"approved": 1}

    early = await service.client.post(f"{path}/review")
    assert (early.status_code, early.json()["missing"]) == (409, [*MAKERS, *OURS])
    await covered(service, known, path)
    frozen = await service.client.done(f"{path}/review")
    assert (frozen["state"], frozen["waiting_for"]["side"]) == ("reviewed", "both")
    async with maker(service, known, "bea") as bea:
        half = await bea.done(f"{path}/site-signature")
        assert (half["state"], half["maker_signed_by"], half["waiting_for"]["side"]) == ("reviewed", "bea", "sponsor")
    back = await service.client.done(f"{path}/return", {"reason": "name the third supplier"})
    assert (back["state"], back["maker_signed_by"], back["digest"]) == ("draft", None, None)
    assert [each["holds"] for each in back["signatures"]] == [False], "what was signed is void"
    async with maker(service, known) as ana:
        await ana.done(f"{path}/parts", {"section": "starting_materials", "text": "the third supplier is Erste AG"})
    await service.client.done(f"{path}/review")
    async with service.as_("quality", subject="second") as second:
        await second.done(f"{path}/signature")
    async with maker(service, known, "bea") as bea:
        signed = await bea.done(f"{path}/site-signature")
    assert (signed["state"], signed["waiting_for"], signed["in_time"]) == ("signed", None, False)
    assert [each["holds"] for each in signed["signatures"]] == [False, True, True], "the second undoes no first one"
    (fact,) = await bus.told(ProductQualityReviewSigned, review_id=id)
    assert (fact.digest, fact.site_ids, str(fact.period_to)) == (signed["digest"], (known.site,), "2018-12-31")
    assert len(await bus.told(ProductQualityReviewOpened, review_id=id)) == 1
    await _it_says_the_same_until_the_records_change(service, path, half_year)
    await _the_maker_sees_its_own_alone(service, known, path, printed)


async def _it_says_the_same_until_the_records_change(service: Any, path: str, deviation: Any) -> None:
    before = (await service.client.get(f"{path}/verification")).json()
    assert (before["intact"], before["same"]) == (True, True)
    graver = {"classification": "critical", "reason": "a second lot"}
    await service.client.done(f"/deviations/{deviation['id']}/reclassification", graver)
    after = (await service.client.get(f"{path}/verification")).json()
    other = {each["question"] for each in after["answers"] if not each["same"]}
    assert (after["intact"], after["same"], other) == (True, False, {"deviations-1"})
    assert (await answers(service.client, path))["deviations-1"]["classification"] == {"major": 1}, "kept as it was"


async def _the_maker_sees_its_own_alone(service: Any, world: Any, path: str, printed: Any) -> None:
    past = (await service.client.get(f"{path}/history")).json()["items"]
    silent = [each for each in past if [change["field"] for change in each["changes"]] == ["prepared_by"]]
    async with maker(service, world) as ana:
        theirs = (await ana.get(f"{path}/history")).json()["items"]
    assert "prepared_by" not in str(theirs), "by it the maker learned who of the sponsor wrote of the market, and when"
    assert silent
    assert not {each["at"] for each in silent} & {each["at"] for each in theirs if not each["changes"]}
    complaint = (await service.client.get("/complaints", params={"product_id": str(world.product)})).json()["items"][0]
    ours = await service.client.get(path)
    assert [word for word in (SECRET, complaint["number"]) if word not in ours.text] == []
    async with maker(service, world) as ana:
        seen = await ana.get(path)
        withheld = [each for each in seen.json()["sections"] if each["withheld"]]
        assert [each["name"] for each in withheld] == ["variations", "market", "commitments"]
        assert all((each["answers"], each["parts"], each["unjudged"]) == ([], [], None) for each in withheld)
        for text in (seen.text, (await ana.get(f"{path}/history")).text, json.dumps(seen.json()["signatures"])):
            assert [
                word for word in (SECRET, complaint["number"], '"complaints-1', "returns are") if word in text
            ] == []
        assert (await ana.get(f"{path}/verification")).status_code == 403
        paper = " ".join((await printed(ana, path)).split())
        assert f"product {world.code} Tablets" in paper, "it reads what it is about"
        laid_out = ("batches-1: counts", "dispositions US rejected 1")
        assert [each for each in (*laid_out, "This section is the sponsor's alone.") if each not in paper] == []
        assert [each for each in (SECRET, complaint["number"], " complaints-1: counts") if each in paper] == []
    ours = " ".join((await printed(service.client, path)).split())
    assert [each for each in ("market US 1", SECRET) if each not in ours] == []
    async with service.as_("partner_quality", partner_id=world.laboratory) as stranger:
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get(LIST)).json()["items"] == []


async def _the_database_holds_the_line(partners_login: Any, world: Any, id: str, *, draft: bool) -> None:
    """Without our code a maker's login writes its own parts of a draft, and reads nothing of the sponsor's."""
    part = {"id": uuid4(), "product_review_id": id, "section": "stability", "content": "x", "digest": "0" * 64}
    part |= {"author": "me", "written_at": "2026-03-01T08:00:00Z"}
    wrong: list[dict[str, Any]] = [{"section": "market"}, {"author": "zz"}, {"question": "batches-1"}, {"round": 1}]
    async with partners_login("quality_events", world.maker) as own:
        assert await own.insert("product_review_entry", part) == "refused", "nobody who may sign it writes a part"
        noted = f"UPDATE product_review SET prepared_by = prepared_by || 'me'::varchar WHERE id = '{id}'"
        assert await own.run(noted) == ("UPDATE 1" if draft else "refused")
        for more in wrong:
            assert await own.insert("product_review_entry", part | more) == "refused", more
        assert await own.insert("product_review_entry", part) == ("INSERT 0 1" if draft else "refused")
        assert await own.run("SELECT FROM sponsors_review_entry") == "refused"
        assert await own.run("UPDATE product_review_entry SET content = 'x'") == "refused"
        for change in (
            "covered = '{stability}', prepared_by = '{}'",
            "due_at = now()",
            "state = 'signed'",
            "round = 9",
        ):
            assert await own.run(f"UPDATE product_review SET {change}") == "refused", change
    async with partners_login("quality_events", world.laboratory) as rival:
        assert await rival.insert("product_review_entry", part) == "refused"
        assert await rival.run("SELECT FROM product_review_entry") == "SELECT 0"


async def _a_mistake_is_taken_back(bus: Any, known: Any, service: Any, partners_login: Any) -> None:
    """It blocks the right one until it is cancelled, by the sponsor's quality and nobody else."""
    mistake = await service.client.done(LIST, body(known, period_from="2019-01-01", period_to="2023-12-31"))
    path, right = f"{LIST}/{mistake['id']}", body(known, period_from="2019-01-01", period_to="2019-06-30")
    assert (await service.client.post(LIST, json=right)).status_code == 409
    async with maker(service, known) as ana:
        assert (await ana.post(f"{path}/cancellation", json={"reason": "x"})).status_code == 403
    async with partners_login("quality_events", known.maker) as own:
        by_hand = "state = 'cancelled', cancel_reason = 'x', cancelled_by = 'me', cancelled_at = now()"
        assert await own.run(f"UPDATE product_review SET {by_hand} WHERE id = '{mistake['id']}'") == "refused"
    done = await service.client.done(f"{path}/cancellation", {"reason": "opened for five years"})
    assert (done["state"], done["allowed"], done["waiting_for"]) == ("cancelled", [], None)
    (fact,) = await bus.told(ProductQualityReviewCancelled, review_id=UUID(mistake["id"]))
    assert fact.reason == done["cancel_reason"] == "opened for five years"
    await service.client.done(LIST, right)


async def test_what_is_asked_wrongly_is_refused_with_what_would_be_right(
    bus: Any, known: Any, service: Any, partners_login: Any
) -> None:
    today = datetime.now(UTC).date()
    for wrong, status, told in (
        (body(known, period_from=str(today), period_to=str(today + timedelta(2))), 422, "has not ended"),
        (body(known, period_from="2019-01-01"), 422, "lies after period_to"),
        (body(known, site_ids=[str(known.site), str(known.laboratory_site)]), 422, "of several partners"),
        (body(known, product_id=str(known.site)), 409, "register it"),
    ):
        answer = await service.client.post(LIST, json=wrong)
        assert (answer.status_code, told in answer.text) == (status, True), answer.text
    review = await service.client.done(LIST, body(known))
    path = f"{LIST}/{review['id']}"
    twice = await service.client.post(LIST, json=body(known, period_from="2018-12-31", period_to="2019-06-30"))
    assert (twice.status_code, twice.json()["number"]) == (409, review["number"])
    await _a_mistake_is_taken_back(bus, known, service, partners_login)
    async with maker(service, known) as ana:
        other = await ana.post(f"{path}/parts", json={"section": "market", "text": "x"})
        assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "body.section")
        assert [each["name"] for each in (await ana.get(path)).json()["allowed"]] == ["add_part"]
        assert (await ana.post(f"{path}/refresh")).status_code == 403
    other = await service.client.post(f"{path}/parts", json={"section": "stability", "text": "x"})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "body.section")
    await covered(service, known, path)
    await _the_database_holds_the_line(partners_login, known, review["id"], draft=True)
    late = {"site_id": str(known.site), "material": known.code, "number": "LATE-1", "started_at": "2018-12-01"}
    batch = await service.client.done("/batches", late)
    await service.client.done(f"/batches/{batch['id']}/completion", {"completed_at": "2018-12-03"})
    stale = await service.client.post(f"{path}/review")
    assert (stale.status_code, stale.json()["changed"]) == (409, ["batches-1"])
    assert (await service.client.done(f"{path}/refresh"))["round"] == 2
    assert (await answers(service.client, path))["batches-1"]["all"] == 1
    await service.client.done(f"{path}/review")
    await _the_database_holds_the_line(partners_login, known, review["id"], draft=False)
    for client, step in ((maker(service, known), "site-signature"), (service.as_("quality"), "signature")):
        async with client as preparer:
            own = await preparer.post(f"{path}/{step}")
            assert (own.status_code, own.json()["fields"]) == (403, ["prepared_by"])
