"""Legal entities over HTTP: names by day, who is told of a new one, and who sees them."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.companies import PartnerRenamed
from contracts.registrations import RegistrationChanged

WHY = {"reason": "the register's extract"}
TODAY = str(datetime.now(UTC).date())


async def principal(registry: Any, partner_id: str) -> Any:
    found = await registry.client.get("/legal-entities", params={"partner_id": partner_id, "principal": True})
    (one,) = found.json()["items"]
    return one


async def test_a_partner_is_renamed_and_certificates_in_its_old_name_are_listed(
    bus: Any, registry: Any, qualify: Any, site: Any
) -> None:
    one = await principal(registry, site["partner_id"])
    old = one["legal_name"]
    body = {"site_id": site["id"], "kind": "gmp", "holder": f"{old} AG", "authority": "BASG", "digest": "0" * 64}
    body |= {"certificate_number": uuid4().hex, "valid_from": "2024-02-01", "activities": ["drug_product"]}
    body |= {"inspected_on": "2024-01-30"}
    certificate = await registry.client.done("/certificates", body)
    await qualify.certified(site)  # of another holder
    name = f"Renamed {uuid4().hex}"
    path = f"/legal-entities/{one['id']}"
    done = await registry.as_("sourcing").done(
        f"{path}/name", WHY | {"legal_name": name, "form": "AG", "valid_from": TODAY}
    )
    assert [each["number"] for each in done["in_former_names"]] == [certificate["number"]]
    assert [each["legal_name"] for each in done["names"]] == [old, name]
    partner = (await registry.client.get(f"/partners/{site['partner_id']}")).json()
    assert partner["legal_name"] == name
    (fact,) = await bus.told(PartnerRenamed, partner_id=UUID(site["partner_id"]))
    assert (fact.before, fact.after, fact.legal_name, fact.form) == (old, name, name, "AG")
    before = (await registry.client.get(f"{path}/name", params={"on": "2024-01-01"})).json()
    assert before["name"]["legal_name"] == old
    told_before = (await registry.client.get(f"{path}/name", params={"as_of": "2026-01-01T00:00:00Z"})).json()
    assert told_before["name"] is None, "nothing was known then"


async def test_a_name_that_another_partner_has_is_refused_with_its_number(registry: Any, site: Any) -> None:
    other = {"legal_name": f"Other {uuid4().hex}", "kind": "cmo", "country": "AT"}
    known = await registry.client.done("/partners", other)
    one = await principal(registry, site["partner_id"])
    refused = await registry.client.post(
        f"/legal-entities/{one['id']}/name",
        json=WHY | {"legal_name": f"{other['legal_name']} GmbH", "valid_from": TODAY},
    )
    assert (refused.status_code, known["number"] in refused.json()["detail"]) == (409, True)
    further = {"partner_id": site["partner_id"], "legal_name": other["legal_name"], "country": "AT"}
    assert (await registry.client.post("/legal-entities", json=further)).status_code == 409
    elsewhere = await registry.client.done("/legal-entities", further | {"country": "DE", "seat": "Ulm"})
    assert (elsewhere["principal"], elsewhere["names"][0]["seat"]) == (False, "Ulm")
    ended = await registry.client.done(f"/legal-entities/{elsewhere['id']}/end", WHY | {"valid_to": TODAY})
    assert ended["state"] == "ended"
    refused = await registry.client.post(f"/legal-entities/{one['id']}/end", json=WHY | {"valid_to": TODAY})
    assert (refused.status_code, "by whose name" in refused.json()["detail"]) == (409, True)


async def test_an_entity_of_the_sponsor_is_no_partners_and_its_name_is_nobody_elses(registry: Any, site: Any) -> None:
    name = f"Sponsor {uuid4().hex}"
    own = await registry.client.done("/legal-entities", {"legal_name": name, "country": "AT"})
    refused = await registry.client.post("/partners", json={"legal_name": name, "kind": "cmo", "country": "AT"})
    assert (refused.status_code, "the sponsor has this name" in refused.json()["detail"]) == (409, True)
    named = await registry.client.done(
        f"/legal-entities/{own['id']}/name", WHY | {"legal_name": f"{name} AG", "valid_from": TODAY}
    )
    assert (named["legal_name"], named["partner"]) == (f"{name} AG", None)
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as theirs:
        assert (await theirs.get(f"/legal-entities/{own['id']}")).status_code == 404


async def test_of_two_who_register_one_company_at_once_one_is_refused(registry: Any) -> None:
    body = {"legal_name": f"Twice {uuid4().hex}", "kind": "cmo", "country": "AT"}
    answers = await asyncio.gather(*(registry.client.post("/partners", json=body) for _ in range(2)))
    assert sorted(each.status_code for each in answers) == [201, 409]
    assert [each.json()["type"] for each in answers if each.status_code == 409] == ["urn:entente:problem:rule-violated"]


async def test_its_own_partner_sees_it_and_changes_nothing(registry: Any, site: Any) -> None:
    one = await principal(registry, site["partner_id"])
    async with registry.as_("partner_quality", partner_id=UUID(site["partner_id"])) as own:
        found = (await own.get("/legal-entities")).json()["items"]
        assert [(each["id"], each["allowed"]) for each in found] == [(one["id"], [])]
        body = WHY | {"legal_name": "x", "valid_from": TODAY}
        assert (await own.post(f"/legal-entities/{one['id']}/name", json=body)).status_code == 403
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get("/legal-entities")).json()["items"] == []
        assert (await rival.get(f"/legal-entities/{one['id']}/name")).status_code == 404


async def test_a_holder_is_an_entity_as_it_was_called_on_the_day(bus: Any, registry: Any, product: Any) -> None:
    regulatory = registry.as_("regulatory", subject="rita")
    name = f"Sponsor {uuid4().hex}"
    own = await registry.client.done(
        "/legal-entities", {"legal_name": name, "country": "AT", "valid_from": "2020-01-01"}
    )
    assert (own["partner"], own["partner_id"]) == (None, None)
    later = {"legal_name": f"{name} Europe", "valid_from": "2025-06-01", "reason": "the register's extract"}
    await registry.client.done(f"/legal-entities/{own['id']}/name", later)
    body = {"product_id": product["id"], "market": "US", "regime": "us", "legal_entity_id": own["id"]}
    body |= {"application_type": "bla", "submitted_on": "2024-03-01"}
    made = await regulatory.done("/registrations", body)
    assert (made["holder"], made["entity"]["name"], made["application_type"]) == (name, f"{name} Europe", "bla")
    (told,) = await bus.told(RegistrationChanged, 1, registration_id=UUID(made["id"]))
    assert (told.holder, told.legal_entity_id, told.application_type) == (name, UUID(own["id"]), "bla")
    filters = {"legal_entity_id": own["id"], "application_type": "bla"}
    assert len((await regulatory.get("/registrations", params=filters)).json()["items"]) == 1
    for changes, status, why in (
        ({"holder": "Alpine"}, 422, "the one or the other"),
        ({"legal_entity_id": None}, 422, "the one or the other"),
        ({"legal_entity_id": str(uuid4())}, 404, "legal entity"),
        ({"submitted_on": "2019-12-31"}, 409, "before 2020-01-01"),
    ):
        refused = await regulatory.post("/registrations", json=body | changes)
        assert (refused.status_code, why in refused.text) == (status, True), refused.text
