"""Who may certify, over HTTP: by validity and no role, what a partner sees, and the warning that nobody may."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts import Lot, clock
from contracts.batches import BatchTerminated
from contracts.certifying import QpCapacityChanged, QpCoverageEnding
from contracts.quality_events import BatchStarted

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's


@pytest.fixture
def propose(registry: Any, site: Any) -> Any:
    """Names a person of the sponsor's on an authorisation for the site; nobody has confirmed it."""

    async def made(authorisation: str, **changes: Any) -> Any:
        body: dict[str, Any] = {"subject": f"eva {uuid4().hex}", "printed_name": "Dr. Eva Novak", "regime": "eu_eea"}
        body |= {"legal_entity": "Alpine Pharma GmbH", "authorisation": authorisation, "site_ids": [site["id"]]}
        body |= {"valid_from": "2025-01-01", "evidence": "0" * 64}
        return await registry.as_("regulatory", subject="rita").done("/qp-capacities", body | changes)

    return made


@pytest.fixture
def name(registry: Any, propose: Any) -> Any:
    """Names a person, as a second one confirms."""

    async def made(authorisation: str, **changes: Any) -> Any:
        proposed = await propose(authorisation, **changes)
        return await registry.second.done(f"/qp-capacities/{proposed['id']}/confirmation")

    return made


async def ask(client: Any, subject: str, site: Any, **asked: Any) -> Any:
    given = {"subject": subject, "regime": "eu_eea", "site_id": site["id"]} | asked
    answer = await client.get("/qp-capacities/answer", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_answer_comes_from_validity_and_names_the_capacity(
    bus: Any, registry: Any, site: Any, name: Any
) -> None:
    named = await name("AT-MIA-1")
    answer = await ask(registry.client, named["subject"], site)
    assert (answer["allowed"], answer["capacities"][0]["capacity"]["number"]) == (True, named["number"])
    assert (await ask(registry.client, named["subject"], site, regime="gb"))["allowed"] is False
    nobody = await ask(registry.client, f"quality {uuid4().hex}", site)
    assert (nobody["allowed"], nobody["why_not"]) == (False, ["the person is named for eu_eea on no authorisation"])
    left = str(TODAY - timedelta(10))
    ended = await registry.client.done(f"/qp-capacities/{named['id']}/end", {"valid_to": left, "reason": "left us"})
    assert ended["state"] == "ended"
    assert (await ask(registry.client, named["subject"], site))["why_not"] == [f"{named['number']} ended on {left}"]
    assert (await ask(registry.client, named["subject"], site, on=left))["allowed"] is True
    facts = await bus.told(QpCapacityChanged, 2, qp_capacity_id=UUID(named["id"]))
    assert [each.state for each in facts] == ["named", "ended"]


async def test_the_entity_is_the_sponsors_or_the_persons_own_partners(
    bus: Any, registry: Any, site: Any, propose: Any
) -> None:
    called = {"legal_name": f"Own {uuid4().hex}", "country": "AT"}
    ours = await registry.client.done("/legal-entities", called)
    theirs = await registry.client.done(
        "/legal-entities", {"partner_id": site["partner_id"], "legal_name": f"Their {uuid4().hex}", "country": "AT"}
    )
    given = {"partner_id": site["partner_id"], "legal_entity": None}
    named = await propose("AT-MIA-1", **given, legal_entity_id=theirs["id"])
    assert (named["legal_entity"], named["entity"]["id"]) == (theirs["legal_name"], theirs["id"])
    await registry.second.done(f"/qp-capacities/{named['id']}/confirmation")
    (told,) = await bus.told(QpCapacityChanged, 1, qp_capacity_id=UUID(named["id"]))
    assert (told.legal_entity, told.legal_entity_id) == (theirs["legal_name"], UUID(theirs["id"]))
    on_ours = await propose("AT-MIA-2", **given, legal_entity_id=ours["id"])
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        seen = (await own.get(f"/qp-capacities/{on_ours['id']}")).json()
        assert (seen["legal_entity"], seen["entity"]) == (ours["legal_name"], None)
        assert (await own.get(f"/legal-entities/{ours['id']}")).status_code == 404
    body: dict[str, Any] = {
        "subject": "eva x",
        "printed_name": "Dr. Eva Novak",
        "regime": "eu_eea",
        "authorisation": "AT-MIA-1",
    }
    body |= {"site_ids": [site["id"]], "valid_from": "2025-01-01", "evidence": "0" * 64}
    for more, status in (({"legal_entity_id": theirs["id"]}, 409), ({}, 422), (given | {"legal_entity_id": None}, 422)):
        refused = await registry.as_("regulatory").post("/qp-capacities", json=body | more)
        assert refused.status_code == status, refused.text


async def test_nobody_names_or_confirms_itself_and_one_person_alone_names_nobody(
    bus: Any, registry: Any, site: Any, propose: Any
) -> None:
    waits, other = await propose("AT-MIA-1"), await propose("AT-MIA-1")
    subject, path = waits["subject"], f"/qp-capacities/{waits['id']}"
    own = registry.as_("quality", "qp", subject=subject)
    body = {key: waits[key] for key in ("subject", "printed_name", "regime", "authorisation", "site_ids", "valid_from")}
    refused = await own.post("/qp-capacities", json=body | {"legal_entity": "X GmbH", "evidence": "0" * 64})
    assert (refused.status_code, refused.json()["fields"]) == (403, ["subject"]), refused.text
    for client, why in ((own, ["subject"]), (registry.as_("regulatory", subject="rita"), ["recorded_by"])):
        refused = await client.post(f"{path}/confirmation")
        assert (refused.status_code, refused.json()["fields"]) == (403, why), refused.text
    answer = await ask(registry.client, subject, site)
    assert (answer["allowed"], answer["why_not"]) == (False, [f"{waits['number']} is proposed, and counts as none"])
    confirmed = await registry.second.done(f"{path}/confirmation")
    assert (confirmed["state"], confirmed["confirmed_by"]) == ("named", "second")
    assert (await ask(registry.client, subject, site))["allowed"] is True
    refused = await own.post(f"{path}/end", json={"valid_to": "2099-01-01", "reason": "longer"})
    assert (refused.status_code, refused.json()["fields"]) == (403, ["subject"]), refused.text
    rejected = f"/qp-capacities/{other['id']}/rejection"
    assert (await registry.second.done(rejected, {"reason": "named elsewhere"}))["state"] == "rejected"
    (told,) = await bus.told(QpCapacityChanged, qp_capacity_id=UUID(waits["id"]))
    assert told.state == "named"


async def test_the_end_of_the_last_one_is_told_once_at_each_number_of_days(
    bus: Any, site: Any, name: Any, propose: Any, tick: Any
) -> None:
    authorisation = f"MIA-{uuid4().hex}"
    first = await name(authorisation, valid_to=str(TODAY + timedelta(200)))
    last = await name(authorisation, valid_to=str(TODAY + timedelta(300)))
    await name(f"MIA-{uuid4().hex}")
    await propose(authorisation, valid_to=str(TODAY + timedelta(400)))
    for one in (first, last):
        end = datetime.fromisoformat(one["ends_at"])
        for days in (61, 60, 59, 29, 20, 6, 5):
            with clock.standing_at(end - timedelta(days)):
                await tick()
    told = await bus.told(QpCoverageEnding, 3, authorisation=authorisation)
    assert [(str(each.qp_capacity_id), each.days) for each in told] == [(last["id"], days) for days in (60, 30, 7)]


async def test_a_withdrawal_at_once_tells_that_nobody_is_named(
    bus: Any, registry: Any, name: Any, propose: Any
) -> None:
    authorisation = f"MIA-{uuid4().hex}"
    await propose(authorisation)
    first, second = await name(authorisation), await name(authorisation)
    taken = {"effective_on": str(TODAY - timedelta(3)), "reason": "struck off"}
    for one in (first, second):
        await registry.client.done(f"/qp-capacities/{one['id']}/withdrawal", taken)
    (told,) = await bus.told(QpCoverageEnding, authorisation=authorisation)
    assert (str(told.qp_capacity_id), told.days) == (second["id"], 0)


async def test_a_partner_sees_its_own_people_alone(bus: Any, registry: Any, site: Any, name: Any) -> None:
    owner = UUID(site["partner_id"])
    ours, theirs = await name("AT-MIA-1"), await name("AT-MIA-2", partner_id=site["partner_id"])
    async with registry.as_("partner_quality", partner_id=owner) as own:
        seen = (await own.get("/qp-capacities")).json()["items"]
        assert ([each["id"] for each in seen], seen[0]["allowed"]) == ([theirs["id"]], [])
        assert (await own.get(f"/qp-capacities/{ours['id']}")).status_code == 404
        assert (await own.get("/qp-capacities/answer")).status_code == 403
        end = {"valid_to": str(TODAY), "reason": "x"}
        assert (await own.post(f"/qp-capacities/{theirs['id']}/end", json=end)).status_code == 403
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get("/qp-capacities")).json()["items"] == []
        assert (await rival.get(f"/qp-capacities/{theirs['id']}")).status_code == 404
    for one, parties in ((ours, ()), (theirs, (owner,))):
        facts = await bus.told(QpCapacityChanged, qp_capacity_id=UUID(one["id"]))
        assert {each.parties for each in bus.heard if each.fact in facts} == {parties}


async def test_what_does_not_fit_is_refused(registry: Any, site: Any, name: Any) -> None:
    other = await registry.client.done("/partners", {"legal_name": uuid4().hex, "kind": "cmo", "country": "AT"})
    base = await name("AT-MIA-1")
    body = {key: base[key] for key in ("subject", "printed_name", "regime", "legal_entity", "authorisation")}
    body |= {"site_ids": [site["id"]], "valid_from": "2025-01-01", "evidence": "0" * 64}
    for changes, status, said in (
        ({"partner_id": other["id"]}, 409, "another partner's"),
        ({"site_ids": [str(uuid4())]}, 404, "site"),
        ({"deputy_of": base["id"], "authorisation": "AT-MIA-9"}, 409, "a deputy is on the same one"),
        ({"valid_to": "2024-12-31"}, 422, "lies before"),
    ):
        refused = await registry.client.post("/qp-capacities", json=body | changes)
        assert (refused.status_code, said in refused.text) == (status, True), refused.text
    deputy = await registry.client.done("/qp-capacities", body | {"deputy_of": base["id"]})
    assert deputy["deputy_of"] == base["id"]


async def test_who_leaves_with_batches_open_leaves_them_to_somebody_else(
    bus: Any, registry: Any, site: Any, name: Any, eventually: Any
) -> None:
    owner = UUID(site["partner_id"])
    named = await name("AT-MIA-L", partner_id=str(owner))
    assert named["open_batches"] == []
    at: dict[str, Any] = {"material": "T", "site_id": UUID(site["id"]), "partner_id": owner}
    lots = [Lot(id=uuid4(), number=f"L-{each}", **at) for each in range(6)]
    begun = [BatchStarted(batch_id=lot.id, lot=lot, occurred_at=datetime.now(UTC) - timedelta(20)) for lot in lots[:5]]
    later = BatchStarted(batch_id=lots[5].id, lot=lots[5], occurred_at=datetime.now(UTC) - timedelta(1))
    given_up = BatchTerminated(batch_id=lots[4].id, lot=lots[4], occurred_at=datetime.now(UTC), reason="given up")
    await bus.publish(*begun, given_up, later)

    async def known() -> bool:
        shown = (await registry.client.get(f"/partners/{owner}")).json()
        return bool(shown["open_work_known"] and len(shown["open_work"]) == 5)

    await eventually(known)
    left = {"valid_to": str(TODAY - timedelta(5)), "reason": "left us"}
    ended = await registry.client.done(f"/qp-capacities/{named['id']}/end", left)
    assert [each["number"] for each in ended["open_batches"]] == ["L-0", "L-1", "L-2", "L-3"]
    async with registry.as_("partner_quality", partner_id=owner) as own:
        shown = (await own.get(f"/qp-capacities/{named['id']}")).json()
    assert [each["number"] for each in shown["open_batches"]] == ["L-0", "L-1", "L-2", "L-3"]


async def test_a_sellers_person_certifies_for_a_site_until_the_day_of_its_sale(
    bus: Any, registry: Any, site: Any, other: Any, name: Any, propose: Any, sold: Any
) -> None:
    kept = await registry.client.done(
        "/sites", {key: site[key] for key in ("partner_id", "country", "time_zone", "activities")} | {"name": "Second"}
    )
    authorisation, theirs = f"MIA-{uuid4().hex}", {"partner_id": site["partner_id"]}
    alone = [await name(authorisation, **theirs) for _ in range(2)]
    both = await name("AT-MIA-2", **theirs, site_ids=[site["id"], kept["id"]])
    ours, waits = await name("AT-MIA-3"), await propose("AT-MIA-4", **theirs)
    await sold(other["id"], 5)
    day = TODAY - timedelta(5)
    for each, serves in ((alone[0], False), (both, False), (ours, True)):
        asked = [await ask(registry.client, each["subject"], site, on=str(day - timedelta(ago))) for ago in (1, 0)]
        assert [one["allowed"] for one in asked] == [True, serves], asked
    assert (await ask(registry.client, both["subject"], kept))["allowed"] is True
    shown = (await registry.client.get(f"/qp-capacities/{both['id']}")).json()
    assert (shown["state"], shown["sites_sold_on"]) == ("named", {site["id"]: str(day)})
    *_, told = await bus.told(QpCapacityChanged, 2, qp_capacity_id=UUID(both["id"]))
    assert (told.state, told.site_ids, told.valid_to) == ("named", (UUID(kept["id"]),), None)
    for each in alone:
        *_, told = await bus.told(QpCapacityChanged, 2, qp_capacity_id=UUID(each["id"]))
        assert (told.state, told.site_ids, told.valid_to) == ("ended", (UUID(site["id"]),), day - timedelta(1))
    (ending,) = await bus.told(QpCoverageEnding, authorisation=authorisation)
    assert (str(ending.qp_capacity_id), ending.days) == (alone[1]["id"], 0)
    late = await registry.second.post(f"/qp-capacities/{waits['id']}/confirmation")
    longer = {"valid_to": str(TODAY), "reason": "longer"}
    longer = await registry.client.post(f"/qp-capacities/{alone[0]['id']}/end", json=longer)
    assert [each.status_code for each in (late, longer)] == [409, 409], (late.text, longer.text)
