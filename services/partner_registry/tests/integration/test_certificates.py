"""Certificates over HTTP: recorded by one, confirmed by another, reported before they end and when they do."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import clock
from contracts.partner_registry import (
    CertificateConfirmed,
    CertificateExpired,
    CertificateExpiring,
    CertificateRecorded,
    CertificateWithdrawn,
)

TODAY = datetime.now(UTC).date()
END = TODAY + timedelta(400)
CHECK = {"authority_register": "EudraGMDP", "checked_on": str(TODAY - timedelta(1))}
WHY = {"reason": "the authority's notice 4"}


def printed(site: Any, **changes: Any) -> dict[str, Any]:
    body = {"site_id": site["id"], "kind": "gmp", "holder": "Alpine GmbH", "authority": "BASG", "digest": "0" * 64}
    body |= {"certificate_number": f"AT-{uuid4().hex[:8]}", "activities": ["drug_product"], "dosage_forms": ["tablet"]}
    return body | {"valid_from": "2024-02-01", "valid_to": str(END)} | changes


async def valid(registry: Any, site: Any, **changes: Any) -> Any:
    """A certificate that a second person has confirmed."""
    recorded = await registry.client.done("/certificates", printed(site, **changes))
    return await registry.second.done(f"/certificates/{recorded['id']}/confirmation", CHECK)


async def test_a_partner_records_its_own_and_the_sponsor_confirms_it(bus: Any, registry: Any, site: Any) -> None:
    owner = UUID(site["partner_id"])
    async with registry.as_("partner_quality", partner_id=owner) as own:
        recorded = await own.done("/certificates", printed(site))
        path = f"/certificates/{recorded['id']}"
        assert (recorded["state"], recorded["counts"], recorded["scope"]) == ("unchecked", False, None)
        assert (await own.post(f"{path}/confirmation", json=CHECK)).status_code == 403
    assert [step["name"] for step in (await registry.client.get(path)).json()["allowed"]] == ["confirm", "refuse"]
    confirmed = await registry.client.done(f"{path}/confirmation", CHECK)
    assert (confirmed["state"], confirmed["waiting_for"], confirmed["counts"]) == ("valid", None, True)
    assert confirmed["scope"] == {"activities": ["drug_product"], "dosage_forms": ["tablet"]}
    assert (confirmed["site"]["name"], confirmed["checked_by"]) == ("Plant", "tester")
    for kind in CertificateRecorded, CertificateConfirmed:
        (fact,) = await bus.told(kind, certificate_id=UUID(recorded["id"]))
        assert (fact.ends_on, fact.partner_id) == (END, owner)
    async with registry.as_("partner_quality", partner_id=uuid4()) as rival:
        assert (await rival.get(path)).status_code == 404
        assert (await rival.get("/certificates")).json()["items"] == []
        assert (await rival.post("/certificates", json=printed(site))).status_code == 404


async def test_who_recorded_it_does_not_confirm_it(registry: Any, site: Any) -> None:
    recorded = await registry.client.done("/certificates", printed(site))
    refused = await registry.client.post(f"/certificates/{recorded['id']}/confirmation", json=CHECK)
    assert (refused.status_code, refused.json()["fields"]) == (403, ["recorded_by"])


async def test_the_same_one_is_recorded_once_also_by_two_at_once(registry: Any, site: Any) -> None:
    body = printed(site)
    both = await asyncio.gather(*(registry.client.post("/certificates", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    found = (await registry.client.get("/certificates", params={"site_id": site["id"]})).json()["items"]
    await registry.client.done(f"/certificates/{found[0]['id']}/refusal", WHY)
    assert (await registry.client.done("/certificates", body))["state"] == "unchecked", "the refused one was none"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_to": None}, "inspected_on"),
        ({"valid_to": "2024-01-31"}, "valid_from"),
        ({"activities": []}, "activities"),
        ({"digest": "none"}, "digest"),
    ],
)
async def test_what_is_wrong_with_one_is_said(registry: Any, site: Any, changes: Any, field: str) -> None:
    answer = await registry.client.post("/certificates", json=printed(site, **changes))
    assert answer.status_code == 422
    assert field in answer.text


async def test_its_end_is_reported_180_90_and_30_days_before_and_when_it_comes(
    bus: Any, registry: Any, site: Any, tick: Any
) -> None:
    one = await valid(registry, site)
    id, ends_at = UUID(one["id"]), datetime.fromisoformat(one["ends_at"])
    warned = partial(bus.told, CertificateExpiring, certificate_id=id)
    for count, before in enumerate((180, 90, 30), 1):
        with clock.standing_at(ends_at - timedelta(before)):
            await tick()
            await tick()
            assert [fact.days for fact in await warned(count)] == [180, 90, 30][:count]
    with clock.standing_at(ends_at - timedelta(microseconds=1)):
        await tick()
    assert (await registry.client.get(f"/certificates/{id}")).json()["state"] == "valid"
    with clock.standing_at(ends_at):
        await tick()
        await tick()
        assert [fact.occurred_at for fact in await bus.told(CertificateExpired, certificate_id=id)] == [ends_at]
    assert (await registry.client.get(f"/certificates/{id}")).json()["state"] == "expired"


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        ({"valid_from": str(END + timedelta(1))}, True),
        ({"valid_from": str(END + timedelta(2))}, False),
        ({"dosage_forms": []}, True),
        ({"dosage_forms": ["capsule"]}, False),
        ({"activities": ["packaging"]}, False),
        ({"kind": "iso"}, False),
    ],
)
async def test_one_that_follows_without_a_gap_silences_the_warning(
    bus: Any, registry: Any, site: Any, tick: Any, changes: Any, silent: bool
) -> None:
    one = await valid(registry, site)
    following = {"valid_to": str(END + timedelta(900))} | changes
    after = await registry.client.done("/certificates", printed(site, **following))
    await registry.second.done(f"/certificates/{after['id']}/confirmation", CHECK)
    told = partial(bus.told, CertificateExpiring, certificate_id=UUID(one["id"]))
    with clock.standing_at(datetime.fromisoformat(one["ends_at"]) - timedelta(90)):
        await tick()
        if silent:
            await registry.client.done(f"/certificates/{after['id']}/withdrawal", WHY | {"effective_on": str(TODAY)})
            await tick()
        assert [fact.days for fact in await told()] == [90]


@pytest.mark.parametrize(("begins", "followed"), [(END + timedelta(1), True), (END + timedelta(2), False)])
async def test_one_that_has_expired_says_whether_another_follows(
    bus: Any, registry: Any, site: Any, tick: Any, begins: date, followed: bool
) -> None:
    one = await valid(registry, site)
    await valid(registry, site, valid_from=str(begins), valid_to=str(END + timedelta(900)))
    with clock.standing_at(datetime.fromisoformat(one["ends_at"])):
        await tick()
        facts = await bus.told(CertificateExpired, certificate_id=UUID(one["id"]))
    assert [fact.followed for fact in facts] == [followed]
    past = await valid(
        registry, site, valid_from="2020-02-01", valid_to=str(date.fromisoformat(one["valid_from"]) - timedelta(1))
    )
    facts = await bus.told(CertificateExpired, certificate_id=UUID(past["id"]))
    assert [fact.followed for fact in facts] == [True]


async def test_what_was_withdrawn_in_part_and_as_a_whole_counts_no_more(bus: Any, registry: Any, site: Any) -> None:
    one = await valid(registry, site, dosage_forms=["tablet", "capsule"])
    path, yesterday = f"/certificates/{one['id']}", str(TODAY - timedelta(1))
    remains = {"activities": ["drug_product"], "dosage_forms": ["tablet"], "effective_on": yesterday}
    restricted = await registry.client.done(f"{path}/restriction", WHY | remains)
    assert (restricted["state"], restricted["scope"]["dosage_forms"]) == ("valid", ["tablet"])
    wider = await registry.client.post(f"{path}/restriction", json=WHY | remains | {"dosage_forms": []})
    assert wider.status_code == 409
    assert "must lie within" in wider.json()["detail"]
    tomorrow = await registry.client.post(f"{path}/withdrawal", json=WHY | {"effective_on": str(END)})
    assert "has not come" in tomorrow.json()["detail"]
    body = WHY | {"effective_on": yesterday, "non_compliance": True}
    withdrawn = await registry.client.done(f"{path}/withdrawal", body)
    assert (withdrawn["state"], withdrawn["counts"], withdrawn["scope"]) == ("withdrawn", False, None)
    facts = await bus.told(CertificateWithdrawn, 2, certificate_id=UUID(one["id"]))
    assert [(fact.wholly, fact.non_compliance, fact.dosage_forms) for fact in facts] == [
        (False, False, ("tablet",)),
        (True, True, ("tablet",)),
    ]


async def test_a_list_of_what_counts_on_a_day(registry: Any, site: Any) -> None:
    past = await valid(registry, site, valid_from="2020-02-01", valid_to="2024-01-31")
    assert past["state"] == "expired"
    path = f"/certificates/{(await valid(registry, site))['id']}"
    await registry.client.done("/certificates", printed(site))

    async def found(**filters: Any) -> list[str]:
        answer = await registry.client.get("/certificates", params={"site_id": site["id"], **filters})
        return [each["valid_from"] for each in answer.json()["items"]]

    assert await found(on="2024-01-31") == ["2020-02-01"]
    assert await found(on="2024-02-01") == await found(on=str(END)) == ["2024-02-01"]
    assert await found(on=str(END + timedelta(1))) == await found(activity="testing") == []
    assert len(await found(activity=["testing", "drug_product"])) == 3
    assert await found(to="2024-12-31") == ["2020-02-01"]
    extended = await registry.client.done(f"{path}/extension", {"valid_to": "2040-01-31", "notice": "BASG 4"})
    assert extended["extensions"][0]["before"] == str(END)
    assert await found(on=str(date(2040, 1, 31))) == ["2024-02-01"]
