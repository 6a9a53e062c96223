"""A packer's stage beside the limits of the batch's process, and beside what becomes of its site."""

from typing import Any
from uuid import UUID, uuid4

from contracts.sites import SiteTransferred
from tests.packing import BEGUN, ENDED, RECORD
from tests.releasing import qualified, readiness


async def limited(service: Any, known: Any) -> None:
    """Limits of what the packer packs, and of how long the batch may take until then."""
    since, until = None, {"step": "packaging", "point": "end"}
    body = {
        "material": known.code, "partner_id": str(known.maker), "valid_from": "2018-01-01", "evidence": "0b" * 32,
        "yields": [{"step": "packaging", "at_least": "99", "at_most": "101"}],
        "hold_times": [{"since": since, "until": until, "hours": "8760"}],
    }  # fmt: skip
    async with service.as_("msat", subject="mia") as msat:
        stated = await msat.done("/process-limits", body)
    await service.client.done(f"/process-limits/{stated['id']}/confirmation")


async def closed(service: Any, people: Any, deviation: Any) -> None:
    """Its own partner investigates it, and the sponsor closes it."""
    path, results = f"/deviations/{deviation['id']}", {"root_cause_category": "equipment", "root_cause": "jam"}
    results |= {"capa_justification": "cleared"}
    impacts = {"impacts": [{"lot_id": deviation["lots"][0]["lot_id"], "impact": "none"}]}
    await service.client.done(f"{path}/classification", {"classification": "minor"})
    await people["cyd"].done(f"{path}/investigation", {"owner": "Ana"})
    await people["cyd"].done(f"{path}/investigation-results", results | impacts)
    await people["cyd"].done(f"{path}/approval-request")
    await service.second.done(f"{path}/closure")


async def test_limits_of_the_process_judge_what_another_partner_did_and_the_maker_reads_the_verdict(
    known: Any, service: Any, packer: Any, shared: Any, partners_login: Any
) -> None:
    (id, _, stage), (other, people) = shared, packer
    path, maker = f"/stages/{stage['id']}", service.as_("partner_quality", partner_id=known.maker, subject="mo")
    hidden = ["{pack}", "98.75", stage["id"], stage["number"], str(other.maker), "2018-12-12"]

    async def judged(name: str = "yield_explained") -> Any:
        theirs, ours = [(await readiness(who, id, "US"))["by_name"][name] for who in (maker, service.client)]
        assert (theirs["verdict"], theirs["why"]) == (ours["verdict"], ours["why"]), "both sides read the same"
        assert [each for each in hidden if each in str(theirs)] == []
        return theirs["verdict"]

    await limited(service, known)
    assert [await judged(), await judged("within_times")] == ["unknown"] * 2
    await people["ana"].done(f"{path}/start", BEGUN)
    await people["ana"].done(f"{path}/end", ENDED)
    assert await judged() == "unknown", "nobody said how much was to come of it"
    planned = ENDED | {"planned_quantity": {"value": "8000", "unit": "{pack}"}}
    for who, change, field in (("ana", {}, "planned_quantity"), (None, {"unit": "kg"}, "actual_quantity")):
        body = planned | {"actual_quantity": ENDED["actual_quantity"] | change}
        refused = await (people[who] if who else service.client).post(f"{path}/end", json=body)
        assert (refused.status_code, refused.json()["fields"]) == (409, [field])
    await service.client.done(f"{path}/end", planned)
    assert await judged() == "not_met"
    raised = {"site_id": str(other.site), "batch_ids": [id], "title": "x", "category": "equipment", "description": "x"}
    deviation = await people["ana"].done("/deviations", raised | {"partner_aware_at": "2026-03-01T08:00:00Z"})
    said = {"batch_id": id, "limit_name": "yield of packaging", "deviation_id": deviation["id"], "explanation": "x"}
    async with service.as_("quality", subject="eva") as eva:
        explained = await eva.done("/limit-explanations", said)
    assert await judged() == "not_met", "it is not closed"
    await closed(service, people, deviation)
    assert await judged() == "met"
    for who in (maker, people["cyd"]):
        assert (await who.get(f"/limit-explanations/{explained['id']}")).status_code == 404
        assert (await who.get("/limit-explanations")).json()["items"] == []
    async with partners_login("quality_events", known.maker) as login:
        query = "SELECT jsonb_agg(said)::text FROM limits_elsewhere_of($1) AS said"
        read = await login.connection.fetchval(query, UUID(id))
        assert "packaging" in read
        assert [each for each in hidden[:-1] if each in read] == []
    async with partners_login("quality_events", other.maker) as login:
        for function in ("process_limits_of", "limits_elsewhere_of", "limit_explanations_of"):
            assert await login.connection.fetch(f"SELECT * FROM {function}($1)", UUID(id)) == [], function
    await service.client.done(f"{path}/end", planned | {"actual_quantity": {"value": "7900.5", "unit": "{pack}"}})
    assert await judged() == "not_met", "another value is not explained"


async def test_what_is_planned_goes_with_the_site_and_what_began_stays_with_who_began_it(
    bus: Any, known: Any, service: Any, packer: Any, shared: Any, partners_login: Any, eventually: Any
) -> None:
    (id, _, stage), (other, people), buyer = shared, packer, uuid4()
    path, begun = f"/stages/{stage['id']}", {"started_at": "2018-12-10"}
    body = {"batch_id": id, "site_id": str(other.site), "step": "labelling"}
    planned = f"/stages/{(await service.client.done('/stages', body))['id']}"
    await people["ana"].done(f"{path}/start", BEGUN)
    on: dict[str, Any] = dict.fromkeys(("effective_at", "occurred_at"), "2018-12-10T23:00:00Z") | {
        "effective_on": "2018-12-11"
    }
    await bus.publish(
        SiteTransferred(site_id=other.site, from_partner_id=other.maker, partner_id=buyer, number="S-1", **on)
    )
    eva = service.as_("partner_quality", partner_id=buyer, subject="eva")

    async def gone_over() -> Any:
        return (await service.client.get(planned)).json()["partner_id"] == str(buyer) or None

    await eventually(gone_over)
    assert [(await who.get(planned)).status_code for who in (eva, people["bea"])] == [200, 404]
    assert [(await who.get(path)).status_code for who in (eva, people["bea"])] == [404, 200]
    early = await eva.post(f"{planned}/start", json=begun)
    assert (early.status_code, early.json()["fields"]) == (409, ["started_at"])
    started = await eva.done(f"{planned}/start", {"started_at": "2018-12-11"})
    assert (started["owned_from"], started["waiting_for"]["side"]) == ("2018-12-10T23:00:00Z", "partner")
    sellers = qualified(other, other.site, "packaging").number
    async with partners_login("quality_events", buyer, "eva") as login:
        own = await login.connection.fetchval("SELECT partner_stage_dossier($1)::text", UUID(started["id"]))
        assert [each for each in (stage["id"], stage["number"], sellers) if each in own] == []

    raised = {"site_id": str(other.site), "batch_ids": [id], "title": "x", "category": "equipment"}
    deviation = await people["ana"].done("/deviations", raised | {"partner_aware_at": "2026-03-01T08:00:00Z"})
    assert deviation["partner"]["id"] == str(other.maker), "who sold the site reports what happened to its own stage"
    late = await people["ana"].post(f"{path}/end", json=ENDED | {"started_at": "2018-12-11"})
    assert (late.status_code, late.json()["fields"]) == (409, ["started_at"])
    assert (await people["ana"].done(f"{path}/end", ENDED))["handed_over"]
    signed = await people["cyd"].done(f"{path}/confirmation", RECORD | {"deviations": [deviation["number"]]})
    assert (signed["partner_id"], signed["signatures"][0]["holds"]) == (str(other.maker), True)
    corrected = await service.client.done(f"{planned}/end", begun | {"ended_at": "2018-12-10"})
    assert (corrected["partner_id"], corrected["handed_over"]) == (str(other.maker), False), "it began before the sale"
    assert [(await who.get(planned)).status_code for who in (eva, people["bea"])] == [404, 200]
    await people["cyd"].done(f"{planned}/confirmation", RECORD | {"deviations": [deviation["number"]]})
    judged = (await readiness(service.client, id, "US"))["by_name"]["confirmations"]
    assert (judged["verdict"], judged["stateable"], "packaging: its site was sold" in judged["why"]) == (
        *("unknown", True),
        True,
    )
