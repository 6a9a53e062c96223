"""What a successor by law has of who it succeeded, over HTTP: no day is judged otherwise, whoever reads."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from contracts.registrations import RegistrationChanged
from partner_registry.certificates.model import Certificate
from partner_registry.mergers import commands as mergers
from partner_registry.mergers.model import PartnerMerger
from partner_registry.qualifications.queries import in_force_at

TODAY = datetime.now(ZoneInfo("Europe/Vienna")).date()  # the site's
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def principal(registry: Any, partner_id: str) -> Any:
    """The entity by which a partner is known."""
    asked = {"partner_id": partner_id, "principal": True}
    (found,) = (await registry.client.get("/legal-entities", params=asked)).json()["items"]
    return found


async def test_an_authorisation_counts_on_the_days_before_and_after_a_merger(
    qualify: Any, site: Any, other: Any, merged: Any, verdicts: Any
) -> None:
    await qualify.authorised(site)
    await merged(site["partner_id"], other["id"], 20)
    assert [await verdicts("authorisation", days) for days in (40, 21, 20, 0)] == ["met"] * 4


async def test_a_buyers_authorisation_is_not_the_sellers_also_where_that_merges_into_it_later(
    qualify: Any, site: Any, other: Any, sold: Any, merged: Any, verdicts: Any
) -> None:
    await sold(other["id"], 20)
    await qualify.authorised(site)
    await merged(site["partner_id"], other["id"], 5)
    assert [await verdicts("authorisation", days) for days in (40, 0)] == ["not_met", "met"]


async def test_who_bought_a_site_and_merges_into_its_seller_brings_its_certificate_back(
    registry: Any, qualify: Any, site: Any, other: Any, sold: Any, merged: Any
) -> None:
    await qualify.certified(site)
    await sold(other["id"], 20)
    await merged(other["id"], site["partner_id"], 5)
    own = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]))
    held = (await own.get("/certificates", params={"site_id": site["id"]})).json()["items"]
    assert sorted(each["counts"] for each in held) == [False, True]


async def test_a_number_of_the_place_is_the_successors(registry: Any, site: Any, other: Any, merged: Any) -> None:
    fei = {"scheme": "fei", "value": str(uuid4().int)[:10], "partner_id": site["partner_id"], "site_id": site["id"]}
    await registry.client.done("/identifiers", fei)
    await merged(site["partner_id"], other["id"], 20)
    own = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    (found,) = (await own.get("/identifiers", params={"value": fei["value"]})).json()["items"]
    assert (found["state"], found["valid_from"]) == ("valid", str(TODAY - timedelta(20)))
    old = registry.as_("partner_quality", partner_id=UUID(site["partner_id"]))
    (kept,) = (await old.get("/identifiers", params={"value": fei["value"]})).json()["items"]
    assert (kept["state"], kept["valid_to"]) == ("ended", str(TODAY - timedelta(21)))


async def test_an_entity_that_is_no_more_authorises_nothing_whoever_reads(
    registry: Any, qualify: Any, site: Any, other: Any, merged: Any, verdicts: Any
) -> None:
    entity = {"partner_id": site["partner_id"], "legal_name": f"Works {uuid4().hex}", "country": "AT"}
    holder = await registry.client.done("/legal-entities", entity)
    number = {"scheme": "duns", "value": str(uuid4().int)[:9], "legal_entity_id": holder["id"]}
    await registry.client.done("/identifiers", number | {"partner_id": site["partner_id"]})
    await qualify.authorised(site, legal_entity_id=holder["id"])
    await merged(site["partner_id"], other["id"], 20)
    new = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    both = (registry.client, new)
    assert [await verdicts("authorisation", client=each) for each in both] == ["met", "met"]
    assert (await new.get(f"/legal-entities/{holder['id']}")).json()["partner"]["id"] == other["id"]
    assert (await new.get("/identifiers", params={"legal_entity_id": holder["id"]})).json()["items"]
    ended = {"valid_to": str(TODAY - timedelta(3)), "reason": "merged"}
    await registry.client.done(f"/legal-entities/{holder['id']}/end", ended)
    assert [await verdicts("authorisation", client=each) for each in both] == ["not_met", "not_met"]


async def test_what_named_the_company_itself_names_its_successor(
    registry: Any, qualify: Any, site: Any, other: Any, merged: Any, verdicts: Any, product: Any, bus: Any
) -> None:
    former = {"legal_entity_id": (await principal(registry, site["partner_id"]))["id"]}
    made = await qualify.authorised(site, **former)
    asked = {"product_id": product["id"], "market": "CH", "regime": "ch", "submitted_on": "2024-03-01"}
    holds = await registry.as_("regulatory").done("/registrations", asked | former)
    person: dict[str, Any] = {
        "subject": uuid4().hex,
        "printed_name": "Dr. Eva Novak",
        "regime": "eu_eea",
        "authorisation": "AT-MIA-1",
    }
    person |= {"partner_id": site["partner_id"], "site_ids": [site["id"]]}
    named = await registry.client.done(
        "/qp-capacities", person | former | {"valid_from": "2025-01-01", "evidence": "0" * 64}
    )
    await merged(site["partner_id"], other["id"], 20)
    successor = (await principal(registry, other["id"]))["id"]
    for path in (f"/certificates/{made['id']}", f"/qp-capacities/{named['id']}", f"/registrations/{holds['id']}"):
        assert (await registry.client.get(path)).json()["legal_entity_id"] == successor, path
    kept = (await registry.client.get(f"/registrations/{holds['id']}")).json()
    assert (kept["holder"], kept["entity"]["id"]) == (holds["holder"], successor), "the words stay as they were"
    told = await bus.told(RegistrationChanged, 2, registration_id=UUID(holds["id"]))
    assert [(str(each.legal_entity_id), each.what) for each in told][1:] == [(successor, "submitted")]
    late = asked | {"market": "GB", "regime": "gb"} | former
    late = await registry.as_("regulatory").done("/registrations", late)
    assert (late["holder"], late["legal_entity_id"]) == (holds["holder"], successor), "as if it had been told before"
    new = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    assert [await verdicts("authorisation", client=each) for each in (registry.client, new)] == ["met", "met"]


async def test_who_is_to_succeed_another_sells_no_site_before(
    registry: Any, site: Any, other: Any, third: Any, agreed: Any
) -> None:
    path = await agreed(other["id"], site["partner_id"], -30)
    sale = {"site_id": site["id"], "buyer_id": third["id"], "effective_on": str(TODAY), "reason": "sold"}
    refused = await registry.client.post("/site-transfers", json=sale)
    number = (await registry.client.get(path)).json()["number"]
    assert (refused.status_code, number in refused.json()["detail"]) == (409, True)


async def effective(transaction: Any, path: str) -> None:
    async with transaction() as work:
        merger = await work.session.get(PartnerMerger, UUID(path.rpartition("/")[2]), with_for_update=True)
        await mergers._take_effect(work, merger)


async def test_a_merger_beside_a_certificate_that_is_taken_back_waits_for_it(
    qualify: Any, site: Any, other: Any, agreed: Any, transaction: Any, held: Any
) -> None:
    found = await qualify.certified(site)
    await qualify.approved(site)
    path = await agreed(site["partner_id"], other["id"], 20)

    async with transaction() as work:  # as whoever takes it back: the certificate, then what it carried
        await work.session.get(Certificate, UUID(found["id"]), with_for_update=True)
        merger = await held(effective(transaction, path))
        await work.session.execute(in_force_at(UUID(site["id"])).with_for_update())
    await asyncio.wait_for(merger, 30)


async def test_a_merger_waits_for_an_approval_and_neither_for_the_other(
    registry: Any, qualify: Any, site: Any, other: Any, agreed: Any, transaction: Any, held: Any, database: Any,
    eventually: Any,
) -> None:  # fmt: skip
    found = await qualify.certified(site)
    assessed = await qualify.assessed(site)
    path = await agreed(site["partner_id"], other["id"], 20)
    before = await database.fetchval(DEADLOCKS)
    async with transaction() as work:
        await work.session.get(Certificate, UUID(found["id"]), with_for_update=True)
        approval = await held(registry.second.post(f"{assessed}/approval"))
        merger = asyncio.create_task(effective(transaction, path))

        async def both_wait() -> bool:
            return bool(await database.fetchval(WAITING) >= 2)

        await eventually(both_wait)
    answer, _ = await asyncio.wait_for(asyncio.gather(approval, merger), 30)
    # Of who signs it is asked anew, by what is to be signed now: its partner is the successor.
    assert (answer.status_code, other["number"] in answer.json()["text"]) == (401, True)
    assert await database.fetchval(DEADLOCKS) == before
    assert (await registry.client.get(assessed)).json()["partner_id"] == other["id"]


async def test_a_merger_breaks_no_signature(registry: Any, qualify: Any, site: Any, other: Any, merged: Any) -> None:
    await qualify.certified(site)
    path = f"/qualifications/{(await qualify.approved(site))['id']}"
    await merged(site["partner_id"], other["id"], 20)
    new = registry.as_("partner_quality", partner_id=UUID(other["id"]))
    for client in (registry.client, new):
        signed = (await client.get(path)).json()["signatures"]
        assert [(each["action"], each["holds"]) for each in signed] == [("endorse", True), ("approve", True)]


async def test_nothing_begins_in_the_old_name_which_its_successor_may_take(
    registry: Any, site: Any, other: Any, merged: Any, product: Any
) -> None:
    old, new = [await principal(registry, each) for each in (site["partner_id"], other["id"])]
    await merged(site["partner_id"], other["id"], 20)
    said: dict[str, dict[str, Any]] = {
        "/legal-entities": {"legal_name": f"New {uuid4().hex}", "country": "AT"},
        "/identifiers": {"scheme": "duns", "value": str(uuid4().int)[:9]},
        "/partner-products": {"product_id": product["id"], "valid_from": str(TODAY)},
        "/contacts": {"side": "partner", "function": "project_manager", "person": "x", "email": "x@y.example"},
    }
    for path, body in said.items():
        refused = await registry.client.post(path, json=body | {"partner_id": site["partner_id"]})
        assert (refused.status_code, other["number"] in refused.text) == (409, True), (path, refused.text)

    entity = (await registry.client.get(f"/legal-entities/{old['id']}")).json()
    assert (entity["state"], entity["valid_to"]) == ("ended", str(TODAY - timedelta(21)))
    name = {"legal_name": old["legal_name"], "valid_from": str(TODAY), "reason": "it took the old one's name"}
    again = await registry.client.post(f"/legal-entities/{old['id']}/name", json=name | {"legal_name": "Other"})
    assert (again.status_code, "ended on" in again.json()["detail"]) == (409, True)
    stranger = {"legal_name": old["legal_name"], "kind": "cmo", "country": old["country"]}
    refused = await registry.client.post("/partners", json=stranger)
    assert (refused.status_code, "merged into" in refused.json()["detail"]) == (409, True), refused.text
    await registry.client.done(f"/legal-entities/{new['id']}/name", name)
    assert (await registry.client.get(f"/partners/{other['id']}")).json()["legal_name"] == old["legal_name"]


async def test_what_names_a_partner_while_it_merges_is_refused_as_after_that(
    registry: Any, site: Any, other: Any, product: Any, agreed: Any, transaction: Any, database: Any, eventually: Any
) -> None:
    old, entity = site["partner_id"], await principal(registry, site["partner_id"])
    named = {"legal_entity_id": entity["id"], "regime": "eu_eea"}
    person: dict[str, Any] = {
        "subject": uuid4().hex,
        "printed_name": "Eva Novak",
        "authorisation": "AT-MIA-1",
        "evidence": "0" * 64,
    }
    person |= {"partner_id": old, "site_ids": [site["id"]], "valid_from": str(TODAY)}
    submitted = {"product_id": product["id"], "market": "AT", "submitted_on": str(TODAY)}
    event = {"partner_id": old, "kind": "insolvency_notice", "happened_at": datetime.now(UTC).isoformat()}
    event |= {"source": "gazette 4", "description": "proceedings", "evidence": "0" * 64}
    bodies = {"/qp-capacities": person | named, "/registrations": submitted | named, "/outside-events": event}
    rita = registry.as_("regulatory", "quality", subject="rita")
    merger = UUID((await agreed(old, other["id"], 5)).rpartition("/")[2])
    async with transaction() as work:
        await mergers._take_effect(work, await work.session.get(PartnerMerger, merger, with_for_update=True))
        await work.flush()
        tasks = [asyncio.create_task(rita.post(path, json=body)) for path, body in bodies.items()]

        async def wait() -> Any:
            return any(each.done() for each in tasks) or await database.fetchval(WAITING) >= len(tasks)

        await eventually(wait)
    refused = [await each for each in tasks]
    assert [each.status_code for each in refused] == [409] * 3, [each.text for each in refused]
