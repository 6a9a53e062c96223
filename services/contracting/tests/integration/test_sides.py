"""Who reads and does what: drafts stay with their side, and each step is for a role on a side."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.contracting.tests.agreeing import DEVIATIONS, REASON, from_noon, in_days, submitted, terms

LISTS = ("/agreements", "/agreement-versions", "/agreement-drafts", "/joint-decisions")


async def counts(client: Any) -> list[int]:
    """How many records each list has for somebody."""
    return [(await client.get(each, params={"count": "true"})).json()["total"] for each in LISTS]


@from_noon
async def test_a_draft_of_the_sponsors_reaches_nobody_before_it_is_submitted(
    agreeing: Any, service: Any, bus: Any, known: Any, database: Any
) -> None:
    agreement = await agreeing.in_force()
    async with service.as_("partner_quality", partner_id=known.maker) as partner, agreeing.people("quality") as people:
        before, record = await counts(partner), (await partner.get(f"/agreements/{agreement['id']}")).json()
        body = agreeing.body(title="secret thoughts", effective_from=in_days(9))
        body = {"agreement_id": agreement["id"], "parent_version": 1, "content": body["content"]}
        draft = await people.writer.done("/agreement-drafts", body)
        path = f"/agreement-drafts/{draft['id']}"
        await people.writer.done(f"{path}/content", {"content": body["content"] | {"title": "second thoughts"}})
        assert await counts(partner) == before
        assert (await partner.get(f"/agreements/{agreement['id']}")).json() == record
        for step in ("", "/history"):
            assert (await partner.get(path + step)).status_code == 404
        for step, given in (("submission", None), ("content", {"content": body["content"]}), ("discard", None)):
            assert (await partner.post(f"{path}/{step}", json=given)).status_code == 404
        version = await submitted(people.writer, draft)
        seen = (await partner.get(f"/agreement-versions/{version['id']}")).json()
        assert (seen["title"], seen["state"]) == ("second thoughts", "in_review")
        history = await partner.get(f"/agreement-versions/{version['id']}/history")
        assert "secret thoughts" not in history.text
        assert "second thoughts" in history.text
    told = await database.fetch("SELECT type, data FROM outbox WHERE parties LIKE $1", f"%{known.maker}%")
    assert told
    assert not [each for each in told if "agreement_draft" in each["data"] or "secret" in each["data"]]
    async with database.transaction():
        await database.execute("SET LOCAL role = svc_partner")
        await database.execute("SELECT set_config('entente.tenant', $1, true)", str(known.maker))
        assert await database.fetchval("SELECT count(*) FROM agreement_draft") == 0


@from_noon
async def test_a_partner_drafts_its_own_and_a_rival_learns_nothing(agreeing: Any, service: Any, known: Any) -> None:
    async with (
        agreeing.people("msa") as people,
        service.as_("partner_commercial", partner_id=known.laboratory) as rival,
    ):
        body = {"kind": "msa", "content": terms(site_ids=[str(known.site)])}
        assert (
            await people.partners_writer.post("/agreement-drafts", json=body | {"partner_id": str(known.laboratory)})
        ).status_code == 404
        foreign = body | {"content": terms(site_ids=[str(known.laboratory_site)])}
        assert (await people.partners_writer.post("/agreement-drafts", json=foreign)).status_code == 404
        draft = await people.partners_writer.done("/agreement-drafts", body)
        version = await submitted(people.partners_writer, draft)
        assert (version["drafted_by_side"], version["waiting_for"]["side"]) == ("partner", "both")
        for path in (
            f"/agreement-drafts/{draft['id']}",
            f"/agreement-versions/{version['id']}",
            f"/agreements/{version['agreement_id']}",
        ):
            assert (await rival.get(path)).status_code == 404
        digest = {"digest": version["digest"]}
        path = f"/agreement-versions/{version['id']}"
        assert (await rival.post(f"{path}/partner-agreement", json=digest)).status_code == 404
        assert (await people.writer.post(f"{path}/withdrawal", json=REASON)).status_code == 409, "it is the partner's"
        signed = await agreeing.signed(version)
        assert [each["action"] for each in signed["signatures"]] == ["sign", "sign_as_partner"]


@from_noon
async def test_each_kind_is_its_own_peoples(agreeing: Any, service: Any, known: Any) -> None:
    quality, supply = agreeing.body("quality"), agreeing.body("supply")
    async with agreeing.people("quality") as units, agreeing.people("supply") as others:
        assert (await units.writer.post("/agreement-drafts", json=supply)).status_code == 403
        assert (await others.writer.post("/agreement-drafts", json=quality)).status_code == 403
        draft = await units.writer.done("/agreement-drafts", quality)
        refused = await others.writer.post(f"/agreement-drafts/{draft['id']}/discard")
        assert refused.json()["type"] == "urn:entente:problem:another-role-required"
        assert "one of the roles partner_quality, quality; yours" in refused.json()["detail"]
        version = await agreeing.proposed("quality")
        path, digest = f"/agreement-versions/{version['id']}", {"digest": version["digest"]}
        for client, step in ((others.writer, "agreement"), (others.partners_writer, "partner-agreement")):
            assert (await client.post(f"{path}/{step}", json=digest)).status_code == 403
        offered = {each["name"] for each in version["allowed"]}
        assert offered == {"state_responsibilities", "send_back", "agree", "withdraw"}
        shown = (await others.writer.get(path)).json()
        assert shown["allowed"] == [], "who does not act on it is offered nothing"
        version = await agreeing.agreed(version)
        assert (await units.writer.post(f"{path}/signature")).json()["fields"] == ["prepared_by"], "who wrote it"
        unsigned = await units.signer.post(f"{path}/signature", auth=None)
        assert unsigned.status_code == 401
        text = unsigned.json()["text"]
        assert "Entente Pharma d.o.o." in text
        assert version["digest"] in text
        assert version["agreement_number"] in text


@from_noon
async def test_what_is_given_back_is_kept_and_undoes_consents_and_signatures(
    agreeing: Any, service: Any, known: Any
) -> None:
    version = await agreeing.agreed(await agreeing.proposed())
    path, first = f"/agreement-versions/{version['id']}", version["digest"]
    async with agreeing.people("quality") as people:
        await people.signer.done(f"{path}/signature")
        strange = {"reasons": [{"part": "notify_nobody", "why": "x"}]}
        assert (await people.partners_writer.post(f"{path}/return", json=strange)).json()["fields"] == ["reasons"]
        reasons = {"reasons": [{"part": "notify_deviation", "why": "no unit at night"}]}
        back = await people.partners_writer.done(f"{path}/return", reasons)
        assert (back["state"], back["sponsor_signed_by"], back["partner_agreed_by"]) == ("draft", None, None)
        assert back["waiting_for"]["side"] == "sponsor"
        assert [(each["holds"], bool(each["undone_at"])) for each in back["signatures"]] == [(True, True)]
        content = agreeing.body(clauses=[DEVIATIONS | {"amounts": {"critical": 36, "major": 72}}])["content"]
        theirs = {"version_id": version["id"], "content": content}
        assert (await people.partners_writer.post("/agreement-drafts", json=theirs)).status_code == 409
        draft = await people.writer.done("/agreement-drafts", theirs)
        assert (await people.partners_writer.get(path)).json()["clauses"][0]["amounts"]["critical"] == 24
        again = await submitted(people.writer, draft)
        assert (again["id"], again["state"], again["round"]) == (version["id"], "in_review", 2)
        stale = await people.writer.post(f"{path}/agreement", json={"digest": first})
        assert stale.json()["fields"] == ["digest"]
        (kept,) = (await people.partners_writer.get(path)).json()["rounds"]
    assert (kept["digest"], kept["returned_by_side"], kept["reasons"]) == (first, "partner", reasons["reasons"])
    assert kept["content"]["clauses"][0]["amounts"] == {"critical": 24, "major": 72}
    signed = await agreeing.signed(again)
    assert signed["state"] == "signed"
    assert [each["holds"] for each in signed["signatures"]] == [True, True, True]


@from_noon
async def test_the_database_holds_partners_to_their_steps(agreeing: Any, known: Any, database: Any) -> None:
    version = await agreeing.proposed()
    forged = (
        "UPDATE agreement_version SET state = 'agreed', sponsor_agreed_by = 'x', version = version + 1 WHERE id = $1",
        "UPDATE agreement_version SET clauses = '[]', version = version + 1 WHERE id = $1",
        "UPDATE agreement_version SET state = 'signed', version = version + 1 WHERE id = $1",
    )
    for statement in forged:
        async with database.transaction():
            await database.execute("SET LOCAL role = svc_partner")
            for name, value in (("tenant", str(known.maker)), ("actor", "pia")):
                await database.execute(f"SELECT set_config('entente.{name}', $1, true)", value)
            with pytest.raises(asyncpg.PostgresError):
                async with database.transaction():
                    await database.execute(statement, UUID(version["id"]))
