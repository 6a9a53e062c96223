"""What is refused, and with which words; and two who act at once."""

import asyncio
from typing import Any
from uuid import uuid4

from services.contracting.tests.agreeing import DEVIATIONS, REASON, from_noon, in_days, noon_of, terms


async def refused(answer: Any, *fields: str) -> str:
    """What a refusal says, which names these rules or fields."""
    assert answer.status_code == 409, answer.text
    said = answer.json()
    named = said.get("fields") or [each["rule"] for each in said.get("missing", [])]
    assert sorted(named) == sorted(fields), said
    return str(said["detail"])


@from_noon
async def test_a_first_day_in_the_past_is_refused_at_each_step(agreeing: Any) -> None:
    async with agreeing.people("quality") as people:
        draft = await people.writer.done("/agreement-drafts", agreeing.body(effective_from=in_days(-1)))
        submit = f"/agreement-drafts/{draft['id']}/submission"
        assert in_days(-1) in await refused(await people.writer.post(submit), "effective_from")
        version = await agreeing.proposed(effective_from=in_days(1))
        version = await agreeing.settled(version)
        path, digest = f"/agreement-versions/{version['id']}", {"digest": version["digest"]}
        with noon_of(in_days(2)):
            await refused(await people.writer.post(f"{path}/agreement", json=digest), "effective_from")
            missing = (await people.writer.get(path)).json()["missing"]
        assert next(each["rule"] for each in missing) == "effective_from"
        await agreeing.agreed(version)
        with noon_of(in_days(2)):
            await refused(await people.signer.post(f"{path}/signature"), "effective_from")


@from_noon
async def test_what_stands_under_a_master_agreement_needs_it_or_a_reason(agreeing: Any, service: Any) -> None:
    async with agreeing.people("quality") as people:
        body = agreeing.body()
        del body["stand_alone_reason"]
        draft = await people.writer.done("/agreement-drafts", body)
        await refused(await people.writer.post(f"/agreement-drafts/{draft['id']}/submission"), "parent")
        unknown = await people.writer.post("/agreement-drafts", json=body | {"parent_id": str(uuid4())})
        assert unknown.status_code == 404
    master = await agreeing.proposed("msa")
    version = await agreeing.agreed(await agreeing.proposed("quality", parent_id=master["agreement_id"]))
    async with agreeing.people("quality") as people:
        path = f"/agreement-versions/{version['id']}"
        await refused(await people.signer.post(f"{path}/signature"), "parent")
        await agreeing.signed(master)
        assert (await agreeing.signed(version))["state"] == "signed"
    detail = (await service.client.get(f"/agreements/{master['agreement_id']}")).json()
    assert [each["number"] for each in detail["under"]] == [version["agreement_number"]]


@from_noon
async def test_versions_follow_one_another_without_a_gap(agreeing: Any) -> None:
    agreement = await agreeing.in_force(expires_on=in_days(100))
    id = agreement["id"]
    async with agreeing.people("quality") as people:
        for day, more, field in ((0, {}, "effective_from"), (102, {"expires_on": in_days(400)}, "effective_from")):
            content = agreeing.body(effective_from=in_days(day), title="other", **more)["content"]
            draft = await people.writer.done(
                "/agreement-drafts", {"agreement_id": id, "parent_version": 1, "content": content}
            )
            await refused(await people.writer.post(f"/agreement-drafts/{draft['id']}/submission"), field)
        body = {"agreement_id": id, "parent_version": 2, "content": content}
        await refused(await people.writer.post("/agreement-drafts", json=body), "parent_version")
        same = agreeing.body(effective_from=in_days(3), expires_on=in_days(100))["content"]
        draft = await people.writer.done(
            "/agreement-drafts", {"agreement_id": id, "parent_version": 1, "content": same}
        )
        await refused(await people.writer.post(f"/agreement-drafts/{draft['id']}/submission"), "content")


@from_noon
async def test_of_two_amendments_one_is_signed(agreeing: Any) -> None:
    agreement = await agreeing.in_force()
    one = await agreeing.agreed(await agreeing.amended(agreement["id"], 1, effective_from=in_days(5), title="one"))
    two = await agreeing.agreed(await agreeing.amended(agreement["id"], 1, effective_from=in_days(6), title="two"))
    async with agreeing.people("quality") as people:
        for version in (one, two):
            await people.signer.done(f"/agreement-versions/{version['id']}/signature")
        answers = await asyncio.gather(
            *(people.partners_signer.post(f"/agreement-versions/{each['id']}/partner-signature") for each in (one, two))
        )
    assert sorted(each.status_code for each in answers) == [200, 409]
    (late,) = (each for each in answers if each.status_code == 409)
    assert [each["rule"] for each in late.json()["missing"]] == ["parent_version"]


@from_noon
async def test_of_two_commands_at_once_one_wins(agreeing: Any) -> None:
    version = await agreeing.proposed()
    version = await agreeing.settled(version)
    path, digest = f"/agreement-versions/{version['id']}", {"digest": version["digest"]}
    back = {"reasons": [{"part": "title", "why": "x"}]}
    async with agreeing.people("quality") as people:
        answers = await asyncio.gather(
            people.writer.post(f"{path}/agreement", json=digest), people.signer.post(f"{path}/agreement", json=digest)
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        answers = await asyncio.gather(
            people.partners_writer.post(f"{path}/return", json=back), people.writer.post(f"{path}/return", json=back)
        )
        assert sorted(each.status_code for each in answers) == [200, 409]


@from_noon
async def test_a_first_version_that_is_taken_back_takes_its_agreement_along(agreeing: Any, service: Any) -> None:
    version = await agreeing.proposed()
    async with agreeing.people("quality") as people:
        taken = await people.writer.done(f"/agreement-versions/{version['id']}/withdrawal", REASON)
        assert taken["state"] == "withdrawn"
        discarded = await people.writer.done("/agreement-drafts", agreeing.body())
        path = f"/agreement-drafts/{discarded['id']}"
        assert (await people.writer.done(f"{path}/discard"))["state"] == "discarded"
        assert (await people.writer.post(f"{path}/submission")).status_code == 409
    agreement = (await service.client.get(f"/agreements/{version['agreement_id']}")).json()
    assert (agreement["state"], agreement["end_reason"]) == ("abandoned", REASON["reason"])


@from_noon
async def test_a_clause_that_a_higher_agreement_says_otherwise_is_listed_before_it_is_signed(agreeing: Any) -> None:
    quality = await agreeing.in_force("quality")
    slower = DEVIATIONS | {"amounts": {"critical": 48, "major": 72}}
    pay = slower | {"code": "pay", "amounts": {"": 60}, "start": "Invoice.reported_at", "end": "Invoice.paid_at"}
    supply = await agreeing.proposed("supply", clauses=[slower, pay])
    assert [each["executed"] for each in supply["clauses"]] == [True, False]
    (overruled,) = supply["contradictions"]
    assert (overruled["clause"], overruled["agreement_number"]) == ("notify_deviation", quality["number"])
    assert overruled["differs_in"] == ["amounts"]
    supply = await agreeing.agreed(supply)
    async with agreeing.people("supply") as people:
        asked = await people.signer.post(f"/agreement-versions/{supply['id']}/signature", auth=None)
    text = asked.json()["text"]
    assert quality["number"] in text
    assert "it asks nothing of the class minor" in text
    assert "it waits for a fact that tells Invoice.reported_at and Invoice.paid_at" in text


@from_noon
async def test_bodies_that_do_not_fit_are_refused_by_field(agreeing: Any, service: Any) -> None:
    for more, word in (
        ({"expires_on": in_days(-1)}, "ends before it begins"),
        ({"renewal": "automatic", "expires_on": in_days(9)}, "renewal_months"),
        ({"renewal": "by_agreement"}, "has a last day"),
        ({"clauses": [DEVIATIONS, DEVIATIONS]}, "named twice"),
        ({"clauses": [DEVIATIONS | {"unit": "working_days"}]}, "calendar"),
        ({"clauses": [DEVIATIONS | {"site_ids": [str(uuid4())]}]}, "that the version does not"),
        ({"clauses": [DEVIATIONS | {"kind": "prohibition"}]}, "prohibition"),
        ({"clauses": [DEVIATIONS | {"amounts": {"x" * 61: 1}}]}, "at most 60 characters"),
    ):
        answer = await service.client.post("/agreement-drafts", json=agreeing.body(**more))
        assert (answer.status_code, word in answer.text) == (422, True), answer.text
    slip = agreeing.body(clauses=[DEVIATIONS, DEVIATIONS | {"code": "other", "start": "Devation.partner_aware_at"}])
    refused = await service.client.post("/agreement-drafts", json=slip)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["content.clauses.1.start"])
    assert "write Deviation.acknowledged_at or" in refused.json()["detail"]
    unjudged = (await service.client.done("/agreement-drafts", agreeing.body()))["unjudged"]
    assert unjudged == ["notify_deviation: it asks nothing of the class minor"]
    for body in ({"content": terms()}, agreeing.body() | {"version_id": str(uuid4())}):
        assert (await service.client.post("/agreement-drafts", json=body)).status_code == 422
