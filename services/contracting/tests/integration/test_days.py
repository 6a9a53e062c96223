"""What days do: agreements go on, are warned of, expire, are reviewed and ended by both, and cover sites."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracting.agreements.clock import timer
from contracts import contracting as facts
from contracts.sites import SiteTransferred
from runtime.database import Context
from runtime.principal import worker
from services.contracting.tests.agreeing import REASON, from_noon, in_days, noon_of
from tests.world import handled

GOES_ON = {"renewal": "automatic", "renewal_months": 12, "notice_days": 60}


@from_noon
async def test_it_goes_on_by_itself_and_is_warned_of_once_for_each_day(agreeing: Any, service: Any, bus: Any) -> None:
    agreement = await agreeing.in_force("msa", expires_on="2032-02-29", **GOES_ON)
    id, path = UUID(agreement["id"]), f"/agreements/{agreement['id']}"
    assert agreement["decide_by"] == "2031-12-31"
    later = {"agreement_id": agreement["id"], "subject": "termination", "last_day": "2032-06-30"} | REASON
    async with service.as_("legal") as legal:
        made = await legal.done("/joint-decisions", later)  # it goes on by itself until then
        await legal.done(f"/joint-decisions/{made['id']}/withdrawal")
        proposed = await agreeing.amended(agreement["id"], 1, "msa", effective_from="2032-04-01", title="y")
        assert proposed["state"] == "in_review"
        await legal.done(f"/agreement-versions/{proposed['id']}/withdrawal", REASON)
    for day in ("2031-07-03", "2031-07-04", "2031-07-05", "2031-11-30", "2031-12-01", "2031-12-31"):
        with noon_of(day):
            await agreeing.tick(agreement["id"])
    warned = await bus.told(facts.AgreementExpiring, 3, agreement_id=id)
    assert [(each.days_ahead, each.goes_on) for each in warned] == [(180, True), (90, True), (30, True)]
    with noon_of("2032-01-01"):
        await agreeing.tick(agreement["id"])
        renewed = (await service.client.get(path)).json()
        found = await service.client.get(
            "/agreements", params={"expiring_before": "2033-01-01", "partner_id": agreement["partner_id"]}
        )
    assert (renewed["expires_on"], renewed["state"]) == ("2033-02-28", "effective")
    assert [each["id"] for each in found.json()["items"]] == [agreement["id"]]
    (told,) = await bus.told(facts.AgreementRenewed, agreement_id=id)
    assert (told.expired_before, told.expiry) == (date(2032, 2, 29), date(2033, 2, 28))
    with noon_of("2032-12-20"):
        async with service.as_("legal") as legal:
            noticed = await legal.done(f"{path}/notice", REASON)
    assert (noticed["ends_on"], noticed["decide_by"]) == ("2033-02-18", "2033-02-28")
    assert len(bus.of(facts.AgreementExpiring, agreement_id=id)) == 3


@from_noon
async def test_it_expires_when_its_last_day_is_over_and_what_was_signed_beside_lapses(
    agreeing: Any, service: Any, bus: Any
) -> None:
    agreement = await agreeing.in_force("msa", expires_on=in_days(20))
    path = f"/agreements/{agreement['id']}"
    proposed = await agreeing.amended(agreement["id"], 1, "msa", effective_from=in_days(21), expires_on=in_days(90))
    together = {"agreement_id": agreement["id"], "subject": "termination", "last_day": in_days(9)} | REASON
    async with service.as_("legal") as legal:
        decision = await legal.done("/joint-decisions", together)
    with noon_of(in_days(20)):
        await agreeing.tick(agreement["id"])
        assert (await service.client.get(path)).json()["state"] == "effective"
    with noon_of(in_days(21)):
        async with service.app.state.store.work(Context(worker("contracting"))) as work:
            await timer.run(work)
        ended = (await service.client.get(path)).json()
        version = (await service.client.get(f"/agreement-versions/{proposed['id']}")).json()
    assert (ended["state"], ended["ended_on"]) == ("expired", in_days(20))
    assert (version["state"], version["missing"]) == ("withdrawn", [])
    lapsed = (await service.client.get(f"/joint-decisions/{decision['id']}")).json()
    assert (lapsed["state"], lapsed["waiting_for"]) == ("lapsed", None)
    first = (await service.client.get(f"/agreement-versions/{ended['current_version_id']}")).json()
    assert (first["state"], first["effective_to"]) == ("ended", in_days(20))
    (told,) = await bus.told(facts.AgreementExpired, agreement_id=UUID(agreement["id"]))
    assert told.ended_on == date.fromisoformat(in_days(20))


@from_noon
async def test_a_notice_on_paper_counts_from_the_day_on_which_it_came(agreeing: Any, service: Any, known: Any) -> None:
    agreement = await agreeing.in_force("msa", notice_days=30)
    path = f"/agreements/{agreement['id']}"
    with noon_of(in_days(10)):
        async with service.as_("partner_commercial", partner_id=known.maker) as partner:
            for day in (in_days(-1), in_days(11)):
                body = REASON | {"received_on": day}
                assert (await partner.post(f"{path}/received-notice", json=body)).json()["fields"] == ["received_on"]
            noticed = await partner.done(f"{path}/received-notice", REASON | {"received_on": in_days(7)})
            assert (noticed["notice_by"], noticed["ends_on"]) == ("sponsor", in_days(37))
            assert (await partner.post(f"{path}/notice", json=REASON)).status_code == 409
    other = await agreeing.in_force("msa", notice_days=30)
    with noon_of(in_days(40)):
        async with service.as_("partner_commercial", partner_id=known.maker) as partner:
            path, body = f"/agreements/{other['id']}/received-notice", REASON | {"received_on": in_days(9)}
            past = await partner.post(path, json=body)
            assert (past.status_code, past.json()["fields"]) == (409, ["received_on"]), "it was in force until today"
            assert (await partner.done(path, body | {"received_on": in_days(10)}))["ends_on"] == in_days(40)
    strict = await agreeing.in_force("nda")
    async with service.as_("legal") as legal:
        assert "no notice" in (await legal.post(f"/agreements/{strict['id']}/notice", json=REASON)).json()["detail"]


@from_noon
async def test_nothing_is_decided_while_something_is_due(agreeing: Any, service: Any) -> None:
    """Else a notice that came too late would end it, where the timer stood still."""
    agreement = await agreeing.in_force("msa", expires_on="2032-02-29", **GOES_ON)
    path, together = f"/agreements/{agreement['id']}", {"agreement_id": agreement["id"], "subject": "termination"}
    with noon_of("2032-01-03"):
        async with service.as_("legal") as legal:
            for each, body in (
                (f"{path}/notice", REASON),
                ("/joint-decisions", together | REASON | {"last_day": "2032-01-09"}),
            ):
                early = await legal.post(each, json=body)
                assert (early.status_code, early.headers["Retry-After"]) == (409, "5"), early.text
            await agreeing.tick(agreement["id"])
            assert (await legal.done(f"{path}/notice", REASON))["expires_on"] == "2033-02-28"


@from_noon
async def test_both_decide_together(agreeing: Any, service: Any, bus: Any, known: Any) -> None:
    agreement = await agreeing.in_force("quality", expires_on=in_days(400), renewal="by_agreement")
    id, path = agreement["id"], f"/agreements/{agreement['id']}"
    async with agreeing.people("quality") as units, agreeing.people("msa") as others:
        review = {"agreement_id": id, "subject": "review"}
        assert (await others.writer.post("/joint-decisions", json=review)).status_code == 403
        with noon_of(in_days(367)):
            late = (await service.client.get(path)).json()
            assert late["review_overdue"]
            proposed = await units.partners_writer.done("/joint-decisions", review)
            assert proposed["waiting_for"]["side"] == "sponsor"
            assert (await units.writer.post("/joint-decisions", json=review)).status_code == 409, "once at a time"
            decision = f"/joint-decisions/{proposed['id']}"
            assert (await others.writer.post(f"{decision}/refusal", json=REASON)).status_code == 403
            assert (await units.partners_signer.post(f"{decision}/consent")).status_code == 409, (
                "the other side answers"
            )
            assert (await units.writer.done(f"{decision}/consent"))["state"] == "agreed"
            reviewed = (await service.client.get(path)).json()
        assert (reviewed["reviewed_on"], reviewed["review_overdue"]) == (in_days(367), False)
        (told,) = await bus.told(facts.AgreementReviewed, agreement_id=UUID(id))
        assert (told.changes, told.review_due_on) == (None, date.fromisoformat(reviewed["review_due_on"]))

        renewal = {"agreement_id": id, "subject": "renewal", "last_day": in_days(800)} | REASON
        made = await others.writer.done("/joint-decisions", renewal)
        await others.partners_writer.done(f"/joint-decisions/{made['id']}/consent")
        assert (await service.client.get(path)).json()["expires_on"] == in_days(800)
        ending = {"agreement_id": id, "subject": "termination", "last_day": in_days(3)} | REASON
        made = await others.partners_writer.done("/joint-decisions", ending)
        await others.writer.done(f"/joint-decisions/{made['id']}/refusal", REASON)
        made = await others.partners_writer.done("/joint-decisions", ending)
        await others.partners_writer.done(f"/joint-decisions/{made['id']}/withdrawal")
        made = await others.writer.done("/joint-decisions", ending)
        await others.partners_writer.done(f"/joint-decisions/{made['id']}/consent")
    assert (await service.client.get(path)).json()["state"] == "in_notice"
    with noon_of(in_days(4)):
        await agreeing.tick(id)
        ended = (await service.client.get(path)).json()
    assert (ended["state"], ended["ending"], ended["ended_on"]) == ("terminated", "both", in_days(3))


@from_noon
async def test_which_agreements_cover_a_site_and_a_product_on_a_day(agreeing: Any, service: Any, known: Any) -> None:
    where = {"site_id": str(known.site), "product_id": str(known.product), "on": in_days(5)}
    none = (await service.client.get("/agreements/in-force", params=where)).json()
    assert (none["covered"], none["agreements"], none["words"].startswith("no agreement covers")) == (False, [], True)
    master = await agreeing.in_force("msa", site_ids=[], product_ids=[], notice_days=10)
    quality = await agreeing.in_force("quality")
    found = (await service.client.get("/agreements/in-force", params=where)).json()
    assert {each["number"] for each in found["agreements"]} == {master["number"], quality["number"]}
    assert found["quality_covered"]
    assert quality["number"] in found["words"]
    elsewhere = where | {"product_id": "019a4c2e-8f10-7c31-9a52-3b1f5d0e6c01"}
    assert [
        each["number"]
        for each in (await service.client.get("/agreements/in-force", params=elsewhere)).json()["agreements"]
    ] == [master["number"]]
    change = {"effective_from": in_days(5), "expires_on": in_days(8), "title": "other"}
    other = await agreeing.signed(await agreeing.amended(quality["id"], 1, **change))
    async with service.as_("partner_quality", partner_id=known.maker) as partner:
        numbers = {
            day: {
                each["number"]: each["version_number"]
                for each in (await partner.get("/agreements/in-force", params=where | {"on": in_days(day)})).json()[
                    "agreements"
                ]
            }
            for day in (-1, 0, 4, 5, 8, 9)
        }
    assert other["state"] == "signed"
    assert [each.get(quality["number"]) for each in numbers.values()] == [None, 1, 1, 2, 2, None]
    async with service.as_("partner_quality", partner_id=known.laboratory) as laboratory:
        assert (await laboratory.get("/agreements/in-force", params=where)).status_code == 404


async def test_a_site_that_was_sold_was_covered_before_by_who_owned_it_and_is_signed_for_by_nobody_else(
    agreeing: Any, service: Any, known: Any, bus: Any, database: Any
) -> None:
    with noon_of("2026-06-01"):  # days of the past: no fact is of the future
        quality = await agreeing.in_force("quality", effective_from="2026-06-01")
        waiting = await agreeing.proposed("supply", effective_from="2026-06-01")
    on, midnight = date(2026, 11, 5), datetime(2026, 11, 4, 23, tzinfo=UTC)
    sold = SiteTransferred(
        site_id=known.site,
        number="S-1",
        from_partner_id=known.maker,
        partner_id=known.laboratory,
        effective_on=on,
        effective_at=midnight,
        occurred_at=midnight,
    )
    await handled(bus, database, sold)
    async with service.as_("partner_quality", partner_id=known.laboratory) as buyer:
        found = {}
        for day in ("2026-11-04", "2026-11-05"):
            asked = {"site_id": str(known.site), "on": day}
            answers = [await who.get("/agreements/in-force", params=asked) for who in (service.client, buyer)]
            found[day] = [[each["number"] for each in answer.json()["agreements"]] for answer in answers]
    assert found == {"2026-11-04": [[quality["number"]], []], "2026-11-05": [[], []]}
    shown = (await service.client.get(f"/agreement-versions/{waiting['id']}")).json()
    assert "site_ids" in {each["rule"] for each in shown["missing"]}
