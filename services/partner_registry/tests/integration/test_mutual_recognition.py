"""Mutual recognition over HTTP: what is shipped counts as none, until one has checked it and another one signed."""

from typing import Any
from uuid import UUID, uuid4

from contracts.certifying import MutualRecognitionChanged

SAID = {"covers": ["batch_testing"], "kinds_out": ["vaccine"], "valid_from": "2002-06-01", "source": "chapter 15"}


async def ask(registry: Any, country: str, **asked: Any) -> Any:
    given = {"regime": "eu", "country": country, "covers": "batch_testing", "product_kind": "chemical"}
    answer = await registry.client.get("/mutual-recognitions/answer", params=given | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_is_shipped_counts_as_none(registry: Any) -> None:
    for regime, countries in (("eu", "AU CA CH IL JP NZ US"), ("gb", "AU CA CH EU IL JP NZ US")):
        asked = {"regime": regime, "state": "unconfirmed", "limit": 100}
        rows = (await registry.client.get("/mutual-recognitions", params=asked)).json()["items"]
        shipped = sorted(each["country"] for each in rows if each["recorded_by"].startswith("migration:"))
        assert shipped == countries.split()
    answer = await ask(registry, "NZ")
    assert (answer["recognised"], answer["used"]) == (False, None)
    assert answer["why_not"] == ["MRA-EU-NZ is unconfirmed, and counts as none"]
    assert (await ask(registry, "AQ"))["why_not"] == ["there is no row for the country"]


async def test_two_people_confirm_it_and_the_answer_names_it(bus: Any, registry: Any) -> None:
    rita, roman = (registry.as_("regulatory", subject=f"{name} {uuid4().hex}") for name in ("rita", "roman"))
    country = "BV"
    made = await rita.done("/mutual-recognitions", SAID | {"regime": "eu", "country": country})
    path = f"/mutual-recognitions/{made['id']}"
    assert (await roman.post(f"{path}/confirmation")).status_code == 409, "nobody has checked it"
    await roman.done(f"{path}/check", SAID)
    for one in (rita, roman):
        refused = await one.post(f"{path}/confirmation")
        assert (refused.status_code, refused.json()["type"][-22:]) == (403, "second-person-required")
    assert (await ask(registry, country))["recognised"] is False
    third = registry.as_("regulatory", subject=f"rosa {uuid4().hex}")
    assert (await third.post(f"{path}/confirmation", auth=None)).status_code == 401, "it takes a signature"
    assert (await registry.as_("quality").post(f"{path}/confirmation")).status_code == 403
    done = await third.done(f"{path}/confirmation")
    assert (done["state"], done["signatures"][0]["holds"]) == ("confirmed", True)
    answer = await ask(registry, country)
    assert (answer["recognised"], answer["used"]["number"]) == (True, made["number"])
    assert (await ask(registry, country, product_kind="vaccine"))["recognised"] is False
    ended = await rita.done(f"{path}/end", {"valid_to": "2025-12-31", "reason": "denounced"})
    assert (ended["valid_to"], ended["ends_on"]) == (None, "2025-12-31")
    assert ended["signatures"][0]["holds"], "it says what was confirmed"
    assert (await ask(registry, country))["why_not"] == [f"{made['number']} ended on 2025-12-31"]
    assert (await ask(registry, country, on="2025-12-31"))["recognised"] is True
    facts = await bus.told(MutualRecognitionChanged, 2, mutual_recognition_id=UUID(made["id"]))
    assert {each.parties for each in bus.heard if each.fact in facts} == {()}


async def test_it_is_the_sponsors(registry: Any) -> None:
    async with registry.as_("partner_quality", partner_id=uuid4()) as partner:
        for path in ("/mutual-recognitions", "/mutual-recognitions/answer"):
            assert (await partner.get(path)).status_code == 403
    both = SAID | {"regime": "eu", "country": "BV", "kinds_in": ["Vaccine"]}
    refused = await registry.as_("regulatory").post("/mutual-recognitions", json=both)
    assert (refused.status_code, "in and out at once" in refused.text) == (422, True)
    assert (await registry.as_("sourcing").post("/mutual-recognitions", json=SAID)).status_code == 403
