"""Who sees which feed and which message."""

from typing import Any
from uuid import UUID

from tests.world import number_of


async def test_a_partner_sees_its_own_messages_only(business: Any, service: Any) -> None:
    answer = await business.send(business.file(business.batch()))
    paths = [f"/messages/{answer['message_id']}{part}" for part in ("", "/records", "/content")]
    for path in paths:
        assert (await business.lims.get(path)).status_code == 200
        assert (await service.as_("inspector").get(path)).status_code == 200
        # The maker is a party to the results; what the laboratory sent is the laboratory's.
        assert (await business.mes.get(path)).status_code == 404, path
    assert (await business.mes.post(f"{paths[0]}/replay")).status_code == 404
    listed = [message["id"] for message in (await business.lims.get("/messages")).json()["items"]]
    assert listed == [answer["message_id"]]
    assert (await business.mes.get("/messages")).json()["items"] == []


async def test_a_feed_is_seen_by_who_reports_and_who_is_reported_on(business: Any, service: Any) -> None:
    codes = {feed["code"] for feed in (await business.mes.get("/feeds")).json()["items"]}
    assert codes == {business.lims_feed, business.press_feed, business.mes_feed}
    assert {feed["code"] for feed in (await business.lims.get("/feeds")).json()["items"]} == {business.lims_feed}
    (found,) = (await service.client.get("/feeds", params={"code": business.lims_feed})).json()["items"]
    assert found["time_zone"] == "Europe/Vienna", "the site's, where the feed names none"
    whole = await service.client.get("/feeds", params={"sort": "grants"})
    assert whole.status_code == 422, "no cursor could name a JSON value"
    by_id = await business.lims.get(f"/feeds/{found['id']}")
    unnamed: dict[str, Any] = {
        name: without_name(found[name]) for name in ("manufacturing_site", "manufacturing_partner")
    }
    unnamed["grants"] = [given | {"partner": without_name(given["partner"])} for given in found["grants"]]
    assert by_id.json() == found | unnamed | {"allowed": []}, "its grants are quality's to give, and the maker a rival"
    assert by_id.headers["etag"] == '"1"'
    stranger = service.as_("partner_quality", partner_id=business.laboratory_site)
    assert (await stranger.get("/feeds")).json()["items"] == []
    assert (await stranger.get(f"/feeds/{business.lims_feed}")).status_code == 404


def without_name(reference: dict[str, Any]) -> dict[str, Any]:
    return reference | {"number": None, "name": None}


async def test_feeds_and_messages_name_whose_they_are(business: Any, service: Any, eventually: Any) -> None:
    def called(id: UUID, kind: str, name: str) -> dict[str, Any]:
        return {"id": str(id), "number": number_of(kind, id), "name": name}

    laboratory, maker = called(business.laboratory, "P", "Laboratory"), called(business.maker, "P", "Maker")
    bench, plant = called(business.laboratory_site, "S", "Bench"), called(business.site, "S", "Plant")
    whole = {"site": bench, "partner": laboratory, "manufacturing_site": plant, "manufacturing_partner": maker}

    async def seen() -> bool:
        feed = (await service.client.get(f"/feeds/{business.lims_feed}")).json()
        return all(feed[name] == of for name, of in whole.items()) and feed["grants"][0]["partner"] == maker

    await eventually(seen)
    feed = (await business.mes.get(f"/feeds/{business.lims_feed}")).json()
    own = {"manufacturing_site": plant, "manufacturing_partner": maker}
    theirs = {"site": without_name(bench), "partner": without_name(laboratory)}
    assert {name: feed[name] for name in whole} == own | theirs
    answer = await business.send(business.file(business.batch()))
    message = (await business.lims.get(f"/messages/{answer['message_id']}")).json()
    assert message["partner"] == laboratory


async def test_mappings_are_the_sponsors(business: Any, service: Any) -> None:
    (live,) = (await service.client.get("/mappings", params={"code": "tablets-laboratory"})).json()["items"]
    assert live["state"] == "live"
    assert (await business.lims.get(f"/mappings/{live['id']}")).status_code == 403
    approval = await service.as_("supply").post(f"/mappings/{live['id']}/approval")
    assert approval.status_code == 403
    alone = await service.client.post(f"/mappings/{live['id']}/approval")
    assert (alone.status_code, alone.json()["fields"]) == (403, ["drafted_by"])
    again = await service.second.post(f"/mappings/{live['id']}/approval")
    assert (again.status_code, again.json()["allowed"]) == (409, ["retire"])


async def test_a_feed_that_cannot_be(business: Any, service: Any) -> None:
    body = {"code": "f-1", "site_id": str(business.site), "kind": "mes", "format": "csv", "mapping": "tablets-process"}

    async def status(**changes: Any) -> int:
        given = {name: value for name, value in (body | changes).items() if value is not None}
        return int((await service.client.post("/feeds", json=given)).status_code)

    assert await status(code=business.lims_feed) == 409
    assert await status(site_id=str(business.laboratory)) == 409
    assert await status(partner_id=str(business.laboratory)) == 409
    assert await status(mapping="nowhere") == 409
    assert await status(mapping=None) == 422
    assert await status(format="cloudevents") == 422
    assert await status(time_zone="Europe/Atlantis") == 422
    assert await status(code=str(business.site)) == 422
    assert (await business.mes.post("/feeds", json=body)).status_code == 403
