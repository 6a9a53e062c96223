"""The responsibility matrix over HTTP: each side says its own, and nothing is agreed on that is open."""

import json
from typing import Any
from uuid import UUID, uuid4

from services.contracting.tests.agreeing import from_noon, in_days

SPONSOR, PARTNER = {"owner": "sponsor"}, {"owner": "partner"}


async def say(who: Any, version: Any, **cells: Any) -> Any:
    body = {"cells": [{"code": code, **cell} for code, cell in cells.items()]}
    return await who.post(f"/agreement-versions/{version['id']}/responsibilities", json=body)


async def coverage(who: Any, version: Any, number: int | None = None) -> Any:
    asked = {"version": number} if number else {}
    answer = await who.get(f"/agreements/{version['agreement_id']}/coverage", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cell(found: Any, code: str) -> Any:
    return next(each for each in found["clauses"] if each["code"] == code)


@from_noon
async def test_a_quality_agreement_is_not_agreed_on_while_a_mandatory_cell_is_open(agreeing: Any) -> None:
    version = await agreeing.proposed(services=["testing"])
    consent, path = {"digest": version["digest"]}, f"/agreement-versions/{version['id']}"
    async with agreeing.people("quality") as people:
        ours, theirs = people.writer, people.partners_writer
        found = await coverage(theirs, version)
        assert (found["complete"], len(found["open_mandatory"]), found["list_version"]) == (False, 52, 1)
        assert found["counts"] == {"covered": 0, "open": 96, "differing": 0, "not_applicable": 0}
        for who, step in ((ours, "agreement"), (theirs, "partner-agreement")):
            refused = await who.post(f"{path}/{step}", json=consent)
            assert (refused.status_code, [each["rule"] for each in refused.json()["missing"]]) == (409, ["matrix"])
            assert "purpose_and_scope, services_by_site" in refused.json()["detail"]
            assert "and 47 more" in refused.json()["detail"]
        await agreeing.settled(version)
        absent = {"owner": "not_applicable", "reason": "tests alone are no batches"}
        assert (await say(theirs, version, capa=PARTNER, deviations=absent)).status_code == 200
        found = await coverage(ours, version)
        assert (found["complete"], found["open_mandatory"]) == (False, ["deviations", "capa"])
        assert [cell(found, "capa")[side]["owner"] for side in ("sponsor", "partner")] == ["sponsor", "partner"]
        assert cell(found, "capa")["coverage"] == "differing"
        assert (await ours.post(f"{path}/agreement", json=consent)).status_code == 409
        both = {"owner": "both", "does": "partner", "approves": "sponsor", "remark": "within 30 days"}
        for who in (ours, theirs):
            assert (await say(who, version, capa=both, deviations=absent)).status_code == 200
        found = await coverage(ours, version)
        assert (found["complete"], found["counts"]["covered"], found["counts"]["not_applicable"]) == (True, 51, 1)
        stale = await ours.post(f"{path}/agreement", json=consent)
        assert (stale.status_code, stale.json()["fields"]) == (409, ["digest"]), "what was read said nothing of it"
        consent = {"digest": (await ours.get(path)).json()["digest"]}
        assert (await say(theirs, version, capa=both | {"remark": "the sponsor bears all costs"})).status_code == 200
        assert (await ours.post(f"{path}/agreement", json=consent)).json()["fields"] == ["digest"]
        consent = {"digest": (await ours.get(path)).json()["digest"]}
        await ours.done(f"{path}/agreement", consent)
        refused = await say(theirs, version, capa=PARTNER)
        assert (refused.status_code, "give it back" in refused.json()["detail"]) == (409, True)
        assert (await theirs.done(f"{path}/partner-agreement", consent))["state"] == "agreed"
        for who, step in ((ours, "signature"), (theirs, "partner-signature")):
            author = await who.post(f"{path}/{step}")
            assert (author.status_code, author.json()["type"]) == (403, "urn:entente:problem:second-person-required")
        own = {"code": f"own_{uuid4().hex[:8]}", "words": "Asked for after both agreed", "mandatory": "all"}
        await ours.done("/responsibility-clauses", own)
        signed = await agreeing.signed((await ours.get(path)).json())
        assert [each["holds"] for each in signed["signatures"]] == [True, True]
        assert (await coverage(ours, version, 1))["complete"], "what was asked for later it need not settle"
        await ours.done(f"/responsibility-clauses/{own['code']}/retirement", {"reason": "no other agreement has it"})


@from_noon
async def test_an_amendment_starts_from_the_matrix_that_was_agreed_on(agreeing: Any) -> None:
    version = await agreeing.signed(await agreeing.proposed(services=["testing"]))
    await agreeing.tick(version["agreement_id"])
    more = {"services": ["testing", "manufacture"], "effective_from": in_days(30)}
    second = await agreeing.amended(version["agreement_id"], 1, **more)
    async with agreeing.people("quality") as people:
        ours, theirs = people.writer, people.partners_writer
        found = await coverage(ours, version, 2)
        assert len(found["open_mandatory"]) == 44, "the clauses of manufacture"
        assert cell(found, "capa")["sponsor"] == SPONSOR | {
            **dict.fromkeys(("does", "approves", "remark", "reason")), "from_version": 1
        }  # fmt: skip
        assert (await say(theirs, second, capa=PARTNER)).status_code == 200
        found = await coverage(ours, version, 2)
        assert cell(found, "capa")["coverage"] == "differing"
        assert cell(found, "capa")["partner"]["from_version"] == 2
        in_force = await coverage(ours, version)
        assert (in_force["version_number"], in_force["complete"]) == (1, True)
        assert cell(in_force, "capa")["coverage"] == "covered", "what is in force stays"
        assert (await say(ours, second, capa=PARTNER)).status_code == 200
        assert (await say(theirs, version, capa=PARTNER)).status_code == 409, "it is in force"
    signed = await agreeing.signed(second)
    assert (signed["state"], [each["holds"] for each in signed["signatures"]]) == ("signed", [True, True])
    async with agreeing.people("quality") as people:
        unknown = await people.writer.get(f"/agreements/{version['agreement_id']}/coverage", params={"version": 3})
        assert (unknown.status_code, "has no version 3" in unknown.json()["detail"]) == (404, True)


@from_noon
async def test_what_cannot_be_said_is_refused_whole(agreeing: Any) -> None:
    version = await agreeing.proposed()
    async with agreeing.people("quality") as people:
        theirs = people.partners_writer
        refused = await say(theirs, version, capa=PARTNER, final_release=PARTNER)
        assert (refused.status_code, refused.json()["fields"]) == (409, ["owner"])
        assert "final_release: owner: the sponsor owns it" in refused.json()["detail"]
        absent = {"owner": "not_applicable"}
        assert (await say(theirs, version, capa=PARTNER, recall=absent)).json()["fields"] == ["reason"]
        assert (await say(theirs, version, capa=PARTNER, recalls=PARTNER)).json()["fields"] == ["cells"]
        assert cell(await coverage(theirs, version), "capa")["partner"] is None, "nothing of it was taken"
        twice = {"cells": [{"code": "capa"} | PARTNER, {"code": "capa"} | SPONSOR]}
        answer = await theirs.post(f"/agreement-versions/{version['id']}/responsibilities", json=twice)
        assert (answer.status_code, "capa stands there twice" in answer.text) == (422, True)


@from_noon
async def test_only_the_quality_units_of_both_sides_say_something(agreeing: Any, service: Any) -> None:
    version = await agreeing.proposed()
    world = agreeing.world
    for role, partner_id, status in (
        *(("sourcing", None, 403), ("partner_commercial", world.maker, 403)),
        ("partner_quality", world.laboratory, 404),
    ):
        async with service.as_(role, partner_id=partner_id) as other:
            assert (await say(other, version, capa=SPONSOR)).status_code == status
    async with service.as_("partner_quality", partner_id=world.laboratory) as stranger:
        asked = await stranger.get(f"/agreements/{version['agreement_id']}/coverage")
        assert (asked.status_code, asked.json()["type"]) == (404, "urn:entente:problem:not-found")
    supply = await agreeing.proposed("supply")
    async with agreeing.people("quality") as people:
        assert "only quality agreements" in (await say(people.writer, supply, capa=SPONSOR)).json()["detail"]
        asked = await people.writer.get(f"/agreements/{supply['agreement_id']}/coverage")
        assert (asked.status_code, "is no quality agreement" in asked.json()["detail"]) == (404, True)


@from_noon
async def test_what_was_given_back_can_be_said_anew_and_is_kept_as_it_was(agreeing: Any, database: Any) -> None:
    version = await agreeing.proposed(services=["testing"])
    path = f"/agreement-versions/{version['id']}"
    version = await agreeing.settled(version)
    async with agreeing.people("quality") as people:
        ours, theirs = people.writer, people.partners_writer
        await ours.done(f"{path}/agreement", {"digest": version["digest"]})
        await theirs.done(f"{path}/return", {"reasons": [{"part": "services", "why": "no stability"}]})
        assert (await say(theirs, version, capa=PARTNER)).status_code == 409, "it is written anew"
        content = agreeing.body(services=["testing"], title="Tests of tablets")["content"]
        draft = await ours.done("/agreement-drafts", {"version_id": version["id"], "content": content})
        await ours.done(f"/agreement-drafts/{draft['id']}/submission")
        assert (await say(theirs, version, capa=PARTNER)).status_code == 200
        assert cell(await coverage(ours, version), "capa")["coverage"] == "differing"
    query = "SELECT content -> 'responsibility' FROM agreement_round WHERE version_id = $1"
    kept = json.loads(await database.fetchval(query, UUID(version["id"])))
    assert len(kept) == 2 * 52
    assert {row["owner"] for row in kept if row["code"] == "capa"} == {"sponsor"}


@from_noon
async def test_the_sponsor_asks_for_more_and_takes_nothing_away(agreeing: Any, service: Any) -> None:
    code = f"nitrosamine_{uuid4().hex[:8]}"
    own = {"code": code, "words": "Risk of nitrosamines", "mandatory": "laboratory"}
    path = "/responsibility-clauses"
    async with agreeing.people("quality") as people:
        ours, theirs = people.writer, people.partners_writer
        assert (await theirs.post(path, json=own)).status_code == 403
        refused = await ours.post(path, json=own | {"code": "recall"})
        assert (refused.status_code, "none of these is replaced" in refused.json()["detail"]) == (409, True)
        version = await agreeing.proposed(services=["testing"])
        added = await ours.done(path, own)
        assert (await ours.post(path, json=own)).status_code == 409
        version = await agreeing.settled(version)
        found = await coverage(theirs, version)
        mine = cell(found, code)
        assert (mine["group"], mine["mandatory"], mine["coverage"]) == ("Added by the sponsor", True, "covered")
        listed = (await theirs.get(f"{path}/list")).json()
        assert [each["code"] for each in listed["clauses"]][-1] == code
        retired = await ours.done(f"{path}/{added['id']}/retirement", {"reason": "the guideline was withdrawn"})
        assert retired["state"] == "retired"
        assert code in {each["code"] for each in (await coverage(ours, version))["clauses"]}, "it is settled there"
        assert code not in {each["code"] for each in (await ours.get(f"{path}/list")).json()["clauses"]}
