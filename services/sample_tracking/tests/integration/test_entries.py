"""Results that people enter; and who sees them."""

from typing import Any
from uuid import UUID, uuid4

from contracts import Lot
from contracts.sample_tracking import OosDetected
from tests.world import number_of


def limit(lower: str = "80") -> dict[str, Any]:
    """A limit as a request's body has it."""
    return {"test": "dissolution_min", "stage": "release", "lower": lower, "unit": "%", "decimals": 0}


def entry(world: Any, value: str = "93", **others: Any) -> dict[str, Any]:
    """A result as a request's body has it."""
    lot = {"site_id": str(world.site), "material": world.code, "number": f"L{uuid4().hex[:8]}"}
    given = {
        "lot": lot,
        "laboratory_site_id": str(world.laboratory_site),
        "test": "dissolution_min",
        "stage": "release",
    }
    return given | {"value": value, "unit": "%", "occurred_at": "2026-02-28"} | others


async def lot_is_tested(tracking: Any, body: dict[str, Any]) -> None:
    """The sponsor enters a first result of the lot for the laboratory, which may go on from there."""
    first = body | {"test": "water", "value": "1.5"}
    assert (await tracking.as_("lab", subject="petra").post("/results", json=first)).status_code == 201


async def test_a_laboratory_s_entry_is_evaluated_against_limits_that_it_cannot_read(
    tracking: Any, known: Any, specify: Any, bus: Any, eventually: Any
) -> None:
    await specify(known.code, limit())
    analyst = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    body = entry(known, "79.4")
    await lot_is_tested(tracking, body)
    entered = await analyst.post("/results", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert entered.status_code == 201, entered.text
    result = entered.json()
    assert (result["evaluation"], result["rounded_value"], result["state"]) == ("oos", "79", "submitted")
    assert (result["submitted_by"], result["product_id"]) == ("ana", str(known.product))
    assert result["lot_id"] == str(Lot.identify(known.site, known.code, body["lot"]["number"]))
    assert (result["partner_id"], result["laboratory_partner_id"]) == (str(known.maker), str(known.laboratory))
    assert entered.headers["etag"] == '"1"'

    async def detected() -> bool:
        return any(
            isinstance(each.fact, OosDetected) and str(each.fact.result_id) == result["id"] for each in bus.heard
        )

    assert await eventually(detected)


async def test_the_manufacturer_sees_the_result_and_cannot_act_on_it(tracking: Any, known: Any) -> None:
    result = (await tracking.as_("lab", subject="ana").post("/results", json=entry(known))).json()
    maker = tracking.as_("partner_lab", "partner_quality", partner_id=known.maker, subject="mojca")
    assert (await maker.get(f"/results/{result['id']}")).status_code == 200
    review = await maker.post(f"/result-sets/{result['set_id']}/review", json={"raw_data_seen": True})
    assert review.status_code == 403
    assert (await maker.post("/results", json=entry(known))).status_code == 404, "another's laboratory"


async def test_a_partner_sees_only_results_that_it_is_a_party_to(
    tracking: Any, known: Any, bus: Any, results: Any
) -> None:
    report = known.report("93")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    for partner_id in (known.maker, known.laboratory):
        insider = tracking.as_("partner_quality", partner_id=partner_id)
        assert [item["id"] for item in (await insider.get("/results")).json()["items"]] == [result["id"]]
        assert (await insider.get(f"/lots/{report.lot.id}/results")).json()["items"][0]["original"][0]["id"] == result[
            "id"
        ]
    stranger = tracking.as_("partner_lab", "partner_quality", partner_id=uuid4(), subject="zoran")
    assert (await stranger.get("/results")).json()["items"] == []
    assert (await stranger.get(f"/results/{result['id']}")).status_code == 404
    assert (await stranger.get(f"/lots/{report.lot.id}/results")).status_code == 404
    assert (await stranger.get(f"/result-sets/{result['set_id']}")).status_code == 404
    assert (await stranger.post(f"/result-sets/{result['set_id']}/approval")).status_code == 404


async def test_names_are_of_the_readers_own_organisation(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    report = known.report("93")
    await bus.publish(report)
    await results(report.lot, 1)

    async def named(reader: Any) -> dict[str, Any]:
        (result,) = (await reader.get("/results", params={"lot_id": str(report.lot.id)})).json()["items"]
        names = {name: (result[name]["number"], result[name]["name"]) for name in ("site", "partner", "laboratory")}
        ids = {name: result[name]["id"] for name in names} | {"product": result["product"]["id"]}
        assert ids == {name: result[f"{name}_id"] for name in ("site", "partner", "product")} | {
            "laboratory": result["laboratory_site_id"]
        }
        return names | {"product": (result["product"]["number"], result["product"]["name"])}

    nothing = (None, None)
    plant, maker = (number_of("S", known.site), "Plant"), (number_of("P", known.maker), "Maker")
    bench, product = (number_of("S", known.laboratory_site), "Bench"), (known.code, "Tablets")
    of_a_partner = {"product": (known.code, None)}  # which products there are is the sponsor's to know
    whole = {"site": plant, "partner": maker, "laboratory": bench, "product": product}
    assert await named(tracking.client) == whole
    of_the_maker = {"site": plant, "partner": maker, "laboratory": nothing} | of_a_partner
    assert await named(tracking.as_("partner_quality", partner_id=known.maker)) == of_the_maker
    of_the_laboratory = {"site": nothing, "partner": nothing, "laboratory": bench} | of_a_partner
    assert await named(tracking.as_("partner_quality", partner_id=known.laboratory)) == of_the_laboratory


async def test_the_turn_of_a_reviewed_result_ends_with_its_amendment(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    lot = known.lot()
    await bus.publish(known.report("93", lot, id="R-1"))
    (result,) = await results(lot, 1)
    path = f"/results/{result['id']}"
    reviewed = await tracking.client.done(f"/result-sets/{result['set_id']}/review", {"raw_data_seen": True})
    assert (reviewed["state"], reviewed["waiting_for"]["side"]) == ("reviewed", "both")
    assert (await tracking.client.get(path)).json()["waiting_for"]["side"] == "both"
    await bus.publish(known.report("94", lot, id="R-1", revision=2))
    await results(lot, 2)

    async def sides() -> Any:
        held = [each for each in bus.heard if getattr(each.fact, "subject_id", None) == UUID(result["id"])]
        return len(held) == 2 and [(each.sequence, each.fact.side) for each in held]

    assert await eventually(sides) == [(2, "both"), (3, "nobody")]
    amended = (await tracking.second.get(path)).json()
    assert (amended["waiting_for"], amended["allowed"]) == (None, []), "another one stands in its place"


async def test_filters(tracking: Any, known: Any, specify: Any, bus: Any, results: Any) -> None:
    await specify(known.code, limit())
    lot = known.lot()
    await bus.publish(
        known.report("70", lot), known.report("90", lot), known.report("1.5", lot, test="water", role="retest")
    )
    await results(lot, 3)

    async def values(**filters: str) -> set[str]:
        answer = await tracking.client.get("/results", params={"material": known.code} | filters)
        assert answer.status_code == 200, answer.text
        return {item["value"] for item in answer.json()["items"]}

    assert await values(lot=lot.number) == {"70", "90", "1.5"}
    assert await values(lot_id=str(lot.id)) == {"70", "90", "1.5"}
    assert await values(evaluation="oos") == {"70"}
    assert await values(evaluation="pass") == {"90"}
    assert await values(test="water") == {"1.5"}
    assert await values(role="retest") == {"1.5"}
    assert await values(stage="stability") == set()
    assert await values(state="approved") == set()
    assert await values(laboratory_partner_id=str(known.laboratory)) == {"70", "90", "1.5"}
    assert await values(laboratory_partner_id=str(known.maker)) == set()


async def test_pages(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    lot = known.lot()
    await bus.publish(*(known.report(str(value), lot) for value in range(5)))
    await results(lot, 5)
    insider = tracking.as_("partner_lab", partner_id=known.maker)
    seen, cursor = [], None
    while True:
        page = (await insider.get("/results", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [UUID(item["id"]) for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 5


async def test_an_unknown_site_is_answered_with_its_field(tracking: Any, known: Any) -> None:
    answer = await tracking.client.post("/results", json=entry(known, laboratory_site_id=str(uuid4())))
    assert (answer.status_code, answer.json()["field"]) == (409, "laboratory_site_id")
    elsewhere = entry(known)
    elsewhere["lot"]["site_id"] = str(uuid4())
    answer = await tracking.client.post("/results", json=elsewhere)
    assert (answer.status_code, answer.json()["field"]) == (409, "lot.site_id")


async def test_a_laboratory_enters_nothing_in_another_s_name(tracking: Any, known: Any) -> None:
    stranger = tracking.as_("partner_lab", partner_id=uuid4())
    assert (await stranger.post("/results", json=entry(known))).status_code == 404


async def test_a_laboratory_enters_nothing_for_a_rival_s_lot_and_learns_nothing(
    tracking: Any, known: Any, specify: Any
) -> None:
    await specify(known.code, limit())
    rival = tracking.as_("partner_lab", partner_id=known.laboratory)
    unknown = entry(known)
    unknown["lot"]["site_id"] = nowhere = str(uuid4())
    missing = await rival.post("/results", json=unknown)
    for body in (entry(known, "12"), entry(known, "12", lot=entry(known)["lot"] | {"material": "no product"})):
        foreign = await rival.post("/results", json=body)
        assert (foreign.status_code, missing.status_code) == (404, 404), foreign.text
        assert foreign.text == missing.text.replace(nowhere, str(known.site)), "it tells whether the site exists"
    maker = tracking.as_("partner_lab", partner_id=known.maker)
    foreign = await maker.post("/results", json=entry(known))
    missing = await maker.post("/results", json=entry(known, laboratory_site_id=nowhere))
    assert foreign.text == missing.text.replace(nowhere, str(known.laboratory_site))
    assert (await tracking.client.get("/results", params={"material": known.code})).json()["items"] == []


async def test_a_partner_enters_results_of_lots_that_it_made_or_tested(
    tracking: Any, known: Any, bus: Any, results: Any
) -> None:
    maker = tracking.as_("partner_lab", partner_id=known.maker)
    own = await maker.post("/results", json=entry(known, laboratory_site_id=str(known.site)))
    assert own.status_code == 201, own.text
    report = known.report("93")
    await bus.publish(report)
    await results(report.lot, 1)
    lot = {"site_id": str(known.site), "material": known.code, "number": report.lot.number}
    laboratory = tracking.as_("partner_lab", partner_id=known.laboratory)
    retest = await laboratory.post("/results", json=entry(known, lot=lot, role="retest"))
    assert retest.status_code == 201, retest.text
