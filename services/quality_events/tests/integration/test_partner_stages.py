"""A batch that one partner makes and another one packs: each sees its own part, and the release waits for both."""

import json
from typing import Any
from uuid import UUID

from contracts.batches import BatchTerminated
from tests.packing import BEGUN, ENDED, RECORD
from tests.releasing import decision, disposition, readiness, settled, stated

PROOF = ("site_qualified", "registered", "record_reviewed", "confirmations", "deviations_settled")


async def test_another_partner_packs_it_and_both_answer_for_their_part(
    bus: Any, known: Any, service: Any, packer: Any, shared: Any
) -> None:
    (id, lot, stage), (_, people) = shared, packer
    path = f"/stages/{stage['id']}"
    (listed,) = (await people["ana"].get("/stages", params={"lot": lot.number})).json()["items"]
    assert (listed["material"], listed["product"]["id"]) == (known.code, str(known.product))
    assert (listed["state"], listed["waiting_for"]["side"], listed["site"]["id"]) == (
        *("planned", "partner"),
        str(packer[0].site),
    )
    waits = (await readiness(service.client, id, "US"))["by_name"]
    assert [(waits[name]["verdict"], waits[name]["owner"]) for name in ("record_reviewed", "confirmations")] == [
        ("not_met", "owner")
    ] * 2
    assert (await people["ana"].post(f"{path}/end", json=ENDED)).status_code == 409
    before = BEGUN | {"started_at": "2018-10-31"}
    refused = await service.client.post(f"{path}/start", json=before)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["started_at"]), "the batch began in November"
    await people["ana"].done(f"{path}/start", before)  # of which the packer knows nothing
    early = await people["bea"].post(f"{path}/confirmation", json=RECORD)
    assert (early.status_code, "started" in early.text) == (409, True)
    backwards = await people["ana"].post(f"{path}/end", json=ENDED | {"ended_at": "2018-12-09"})
    assert (backwards.status_code, backwards.json()["fields"]) == (409, ["ended_at"])
    await people["bea"].done(f"{path}/end", ENDED)
    own = await people["bea"].post(f"{path}/confirmation", json=RECORD)
    assert (own.status_code, own.json()["type"].rsplit(":")[-1]) == (403, "second-person-required")
    confirmed = await people["cyd"].done(f"{path}/confirmation", RECORD)
    assert (confirmed["state"], confirmed["waiting_for"]["side"], len(confirmed["signatures"])) == (
        *("confirmed", "sponsor"),
        1,
    )
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
    waits = await settled(bus, service.client, id, "US", "record_reviewed")
    assert waits["by_name"]["record_reviewed"]["owner"] == "sponsor"
    unread = await service.client.post(f"{path}/review", json={"digest": "0e" * 32})
    assert (unread.status_code, unread.json()["record"]["digest"]) == (409, RECORD["digest"])
    await service.client.done(f"{path}/review", {"digest": RECORD["digest"]})
    ready = await settled(bus, service.client, id, "US")
    assert "packaging (2018-12-10 to 2018-12-12)" in ready["by_name"]["site_qualified"]["why"]
    at = await disposition(service.client, id, "US")
    await service.client.done(f"{at}/release", await decision(service.client, id, "US"))
    await what_becomes_another_is_asked_about(service, people, path, id)


async def what_becomes_another_is_asked_about(service: Any, people: Any, path: str, id: str) -> None:
    """Where the batch is out: the stage is confirmed once more, and what was signed before is kept as it stood."""
    assert (await people["cyd"].post(f"{path}/giving-back", json={"reason": "x"})).status_code == 403
    given = await service.client.done(f"{path}/giving-back", {"reason": "the leaflet is another one"})
    (signature,) = given["signatures"]
    assert (given["state"], signature["holds"], signature["undone_at"] is not None) == ("ended", True, True)
    (impact,) = (await service.client.get("/distribution-impacts", params={"batch_id": id})).json()["items"]
    assert (impact["cause_type"], "given back" in str(impact["news"])) == ("record", True)
    await people["ana"].done(f"{path}/end", ENDED | {"equipment": ["BLISTER-03"]})
    again = await people["cyd"].done(f"{path}/confirmation", RECORD)
    assert [each["holds"] for each in again["signatures"]] == [True, True]


async def test_neither_partner_reads_of_the_other(
    bus: Any, known: Any, service: Any, packer: Any, shared: Any, partners_login: Any, found: Any
) -> None:
    (id, lot, stage), (other, people) = shared, packer
    await bus.publish(known.deviation(lot))
    makers = await found("deviations", lot=lot.number)
    for path in (
        f"/batches/{id}",
        f"/batches/{id}/readiness",
        f"/batches/{id}/genealogy",
        f"/deviations/{makers['id']}",
    ):
        assert (await people["cyd"].get(path)).status_code == 404, path
    for collection in ("batches", "deviations", "dispositions"):
        assert (await people["cyd"].get(f"/{collection}")).json()["items"] == [], collection
    for partner_id in (known.maker, known.laboratory):
        async with service.as_("partner_quality", partner_id=partner_id) as stranger:
            assert (await stranger.get(f"/stages/{stage['id']}")).status_code == 404
            assert (await stranger.get("/stages")).json()["items"] == []
            assert (await stranger.post(f"/stages/{stage['id']}/start", json=BEGUN)).status_code == 404
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        body = {"batch_id": id, "site_id": str(known.site), "step": "packaging"}
        assert (await maker.post("/stages", json=body)).status_code == 403
        theirs = await readiness(maker, id, "US")
        ours = await readiness(service.client, id, "US")
        assert [theirs["by_name"][name]["verdict"] for name in PROOF] == [
            ours["by_name"][name]["verdict"] for name in PROOF
        ]
        hidden = [stage["id"], stage["number"], str(other.maker), str(other.site), "packaging"]
        assert [each for each in hidden if each in json.dumps(theirs)] == []
    async with partners_login("quality_events", known.maker) as login:
        assert await login.connection.fetchval("SELECT count(*) FROM partner_stage") == 0
        assert await login.connection.fetchval("SELECT count(*) FROM lots_of_own_stages()") == 0
        assert await login.connection.fetchval("SELECT partner_stage_dossier($1)", UUID(stage["id"])) is None
        dossier = await login.connection.fetchval("SELECT batch_dossier($1)::text", UUID(id))
        assert [each for each in (stage["id"], stage["number"], str(other.maker)) if each in dossier] == []
    async with partners_login("quality_events", other.maker, "cyd") as login:
        for table in ("batch", "batch_stage", "deviation", "disposition"):
            assert await login.connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
        assert await login.connection.fetchval("SELECT batch_dossier($1)", UUID(id)) is None
        own = await login.connection.fetchval("SELECT partner_stage_dossier($1)::text", UUID(stage["id"]))
        hidden = [str(known.maker), str(known.laboratory), str(known.site), makers["number"], "Holder", "US"]
        assert [each for each in hidden if each in own] == []
        for change in (
            "state = 'confirmed', confirmed_by = 'cyd'",
            "lot = 'x'",
            "state = 'reviewed', reviewed_by = 'cyd'",
        ):
            sql = f"UPDATE partner_stage SET version = version + 1, {change} WHERE id = $1"
            assert await login.run(sql, UUID(stage["id"])) == "refused", change


async def test_what_happens_at_its_stage_it_reports_of_the_lot(
    bus: Any, known: Any, service: Any, packer: Any, shared: Any, found: Any
) -> None:
    (id, lot, stage), (other, people) = shared, packer
    path = f"/stages/{stage['id']}"
    body = {
        "site_id": str(other.site), "batch_ids": [id], "title": "Blister line stopped", "category": "equipment",
        "partner_aware_at": "2026-03-01T08:00:00Z",
    }  # fmt: skip
    raised = await people["ana"].done("/deviations", body)
    assert [(each["number"], each["batch_id"]) for each in raised["lots"]] == [(lot.number, id)]
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        assert (await maker.get(f"/deviations/{raised['id']}")).json()["number"] == raised["number"], "it is its lot"
    stranger = service.as_("partner_quality", partner_id=known.laboratory)
    refused = await stranger.post("/deviations", json=body | {"site_id": str(known.laboratory_site)})
    assert refused.status_code == 404
    await people["ana"].done(f"{path}/start", BEGUN)
    await people["ana"].done(f"{path}/end", ENDED)
    unnamed = await people["cyd"].post(f"{path}/confirmation", json=RECORD)
    assert (unnamed.status_code, unnamed.json()["missing"]) == (409, [raised["number"]])
    await people["cyd"].done(f"{path}/confirmation", RECORD | {"deviations": [raised["number"]]})
    await service.client.done(f"{path}/review", {"digest": RECORD["digest"]})
    part = (await people["cyd"].get(path)).json()["conditions"]
    assert [(each["name"], each["verdict"]) for each in part] == [
        ("site_qualified", "met"),
        ("deviations_settled", "not_met"),
    ]
    assert raised["number"] in part[1]["why"]
    settles = (await readiness(service.client, id, "US"))["by_name"]
    assert (settles["deviations_settled"]["verdict"], settles["confirmations"]["verdict"]) == ("not_met", "met")
    later = await people["ana"].done("/deviations", body | {"title": "a second one"})
    lacks = (await readiness(service.client, id, "US"))["by_name"]["confirmations"]
    assert (lacks["verdict"], lacks["owner"], later["number"] in lacks["why"]) == ("not_met", "sponsor", True)


async def what_was_begun_by_mistake_is_taken_back(service: Any, people: Any, path: str) -> None:
    """By who is said to have done it; the sponsor takes no record of its work away alone, and withdraws it then."""
    why = {"reason": "it was another lot"}
    await people["ana"].done(f"{path}/start", BEGUN)
    alone = [await service.client.post(f"{path}/{step}", json=why) for step in ("withdrawal", "taking-back")]
    assert [each.status_code for each in alone] == [409, 403]
    await people["ana"].done(f"{path}/end", ENDED)
    back = await people["ana"].done(f"{path}/taking-back", why)
    assert [back[each] for each in ("state", "started_at", "ended_at", "actual_quantity", "equipment")] == [
        *("planned", None, None, None, [])
    ]
    assert (back["waiting_for"]["side"], back["taken_back_because"]) == ("sponsor", why["reason"])
    assert "withdraw" in [each["name"] for each in (await service.client.get(path)).json()["allowed"]]
    begun = await people["ana"].done(f"{path}/start", BEGUN)
    assert (begun["waiting_for"]["side"], begun["taken_back_because"]) == ("partner", None)
    await people["ana"].done(f"{path}/taking-back", why)


async def test_what_is_no_stage_elsewhere_is_refused(
    bus: Any, known: Any, service: Any, packer: Any, shared: Any, found: Any, eventually: Any
) -> None:
    (id, _, stage), (other, people) = shared, packer
    body = {"batch_id": id, "site_id": str(other.site), "step": "packaging"}
    for change, fields in (
        ({"step": "Packaging"}, ["step"]),
        ({"site_id": str(known.site), "step": "coating"}, ["site_id"]),
    ):
        refused = await service.client.post("/stages", json=body | change)
        assert (refused.status_code, refused.json()["fields"]) == (409, fields)
    assert (await service.client.post("/stages", json=body | {"step": "magic"})).status_code == 422
    assert (await service.client.post("/stages", json=body | {"batch_id": stage["id"]})).status_code == 404
    withdrawn = await service.client.done(f"/stages/{stage['id']}/withdrawal", {"reason": "packed at the maker's"})
    assert (withdrawn["state"], withdrawn["allowed"]) == ("withdrawn", [])
    assert "record_reviewed" not in (await readiness(service.client, id, "US"))["blocking"]
    lot = known.lot()
    await bus.publish(known.start(lot))
    batch = await found("batches", lot=lot.number, state="in_process")
    planned = await service.client.done("/stages", body | {"batch_id": batch["id"]})
    own = f"/stages/{planned['id']}"
    await what_was_begun_by_mistake_is_taken_back(service, people, own)
    for step, said in (("start", BEGUN), ("end", ENDED)):
        await people["ana"].done(f"{own}/{step}", said)
    await people["cyd"].done(f"{own}/confirmation", RECORD)
    async with service.as_("partner_quality", partner_id=known.maker) as quality:
        await quality.done(f"/batches/{batch['id']}/termination", {"reason": "wet"})
    await bus.told(BatchTerminated, batch_id=UUID(batch["id"]))

    async def left() -> Any:
        one = (await people["ana"].get(own)).json()
        return one if one["state"] == "withdrawn" else None

    (signature,) = (await eventually(left))["signatures"]
    assert (signature["holds"], signature["undone_at"]) == (True, None), "the batch was given up, and not what was done"
    refused = await service.client.post("/stages", json=body | {"batch_id": batch["id"]})
    assert (refused.status_code, refused.json()["fields"]) == (409, ["batch_id"])
