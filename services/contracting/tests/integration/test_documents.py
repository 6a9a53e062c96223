"""Documents over HTTP: handed in whole, kept once, and read by nobody who may not."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracting.documents.settings import DocumentSettings
from contracting.main import create
from runtime.settings import Settings

PDF = {"Content-Type": "application/pdf"}
TEXT = {"Content-Type": "text/plain"}


def pdf() -> bytes:
    """A PDF that nobody else has."""
    return f"%PDF-1.7\n% {uuid4()}\n%%EOF\n".encode()


async def hand_in(client: Any, content: Any, name: str = "agreement.pdf", **headers: str) -> Any:
    return await client.post("/documents", content=content, params={"file_name": name}, headers=PDF | headers)


@pytest.fixture
async def running(launch: Any) -> Any:
    return await launch("contracting")


async def test_what_was_handed_in_is_given_back_to_who_did(running: Any) -> None:
    content = pdf()
    digest = hashlib.sha256(content).hexdigest()
    answer = await hand_in(running.client, content, "pogodba č.pdf")
    assert answer.status_code == 201, answer.text
    expected = {"file_name": "pogodba č.pdf", "media_type": "application/pdf", "size": len(content)}
    assert answer.json() == {"digest": digest} | expected
    assert answer.headers["location"] == f"/v1/documents/{digest}"
    given = await running.client.get(f"/documents/{digest}")
    assert (given.status_code, given.content) == (200, content)
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["content-length"] == str(len(content))
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''pogodba%20%C4%8D.pdf"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.headers["etag"] == f'"{digest}"'


async def test_the_same_bytes_twice_are_one(running: Any, world: Any, database: Any) -> None:
    content = pdf()
    answers = await asyncio.gather(*(hand_in(running.client, content) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    again = await hand_in(running.client, content, "another-name.pdf")
    assert (again.status_code, again.json()["file_name"]) == (200, "agreement.pdf")
    async with running.as_("partner_quality", partner_id=world.maker) as maker:
        theirs = await hand_in(maker, content, "ours.pdf")
        assert (theirs.status_code, theirs.json()["file_name"]) == (201, "ours.pdf")
    digest = again.json()["digest"]
    assert await database.fetchval("SELECT count(*) FROM document WHERE digest = $1", digest) == 2
    rows = await database.fetch("SELECT parties FROM document WHERE digest = $1 ORDER BY created_at", digest)
    assert [row["parties"] for row in rows] == [[], [world.maker]]


async def test_nobody_learns_that_somebody_else_has_a_document(running: Any, world: Any) -> None:
    """A rival, a colleague and the sponsor read what was handed in as little as what there is not."""
    content = pdf()
    async with running.as_("partner_quality", partner_id=world.maker, subject=f"who {uuid4()}") as maker:
        digest = (await hand_in(maker, content)).json()["digest"]
        assert (await maker.get(f"/documents/{digest}")).content == content
    others = [("partner_quality", world.laboratory), ("partner_commercial", world.maker), ("legal", None)]
    for role, partner_id in others:
        async with running.as_(role, partner_id=partner_id, subject=f"else {uuid4()}") as other:
            answers = [await other.get(f"/documents/{each}") for each in (digest, "0" * 64)]
            said = [answer.text.replace(digest, "0" * 64) for answer in answers]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert said[0] == said[1]
            assert (await hand_in(other, content)).status_code == 201


@pytest.mark.parametrize(
    ("name", "headers", "content", "status", "field"),
    [
        ("a.pdf", PDF, b"no pdf", 422, "body"),
        ("a.pdf", PDF, b"", 422, "body"),
        ("a.pdf", PDF, b"%PDF-1.7 cut", 422, "body"),
        ("a.docx", PDF, b"%PDF-1.7 %%EOF", 422, "query.file_name"),
        ("../a.pdf", PDF, b"%PDF-1.7 %%EOF", 422, "query.file_name"),
        ("a", PDF, b"%PDF-1.7 %%EOF", 422, "query.file_name"),
        ("", PDF, b"%PDF-1.7 %%EOF", 422, "query.file_name"),
        ("a\u202ebdp.pdf", PDF, b"%PDF-1.7 %%EOF", 422, "query.file_name"),
        ("a.txt", TEXT, b"\xff", 422, "body"),
        ("a.html", {"Content-Type": "text/html"}, b"<p>", 415, None),
        ("a.pdf", {}, b"%PDF-1.7 %%EOF", 415, None),
    ],
)
async def test_what_is_no_document_is_refused_with_what_is_wrong(
    running: Any, name: str, headers: Any, content: bytes, status: int, field: str | None
) -> None:
    answer = await running.client.post("/documents", content=content, params={"file_name": name}, headers=headers)
    assert answer.status_code == status, answer.text
    if field:
        assert [each["field"] for each in answer.json()["errors"]] == [field]
    else:
        assert "application/pdf" in answer.json()["detail"]


async def test_who_drafts_no_agreements_hands_in_nothing(running: Any, world: Any) -> None:
    for role, partner_id in (("msat", None), ("admin", None), ("partner_lab", world.laboratory)):
        async with running.as_(role, partner_id=partner_id) as other:
            assert (await hand_in(other, pdf())).status_code == 403


@pytest.fixture
async def apart(settings: Settings, running: Any, tmp_path: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A process of its own, with a small store of its own."""
    kept = DocumentSettings(store=str(tmp_path), largest=3_000_000)
    app = create(settings.model_copy(update={"role": "api", "body_silence": 0.3}), kept)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {running.issuer.token('legal', subject=str(uuid4()))}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers) as client,
    ):
        yield client


async def test_a_document_that_is_too_large_or_stops_leaves_nothing(
    apart: httpx.AsyncClient, tmp_path: Any, database: Any
) -> None:
    async def pieces(number: int, stops: bool) -> AsyncIterator[bytes]:
        yield b"%PDF-1.7"
        for _ in range(number):
            yield b" " * 1_000_000
        if stops:
            await asyncio.Event().wait()

    before = await database.fetchval("SELECT count(*) FROM document")
    too_large = await hand_in(apart, pieces(3, stops=False))
    assert (too_large.status_code, too_large.json()["limit"]) == (413, 3_000_000)
    said = await hand_in(apart, b"", **{"Content-Length": "3000001"})
    assert (said.status_code, said.json()["limit"]) == (413, 3_000_000)
    stopped = await hand_in(apart, pieces(2, stops=True))
    assert (stopped.status_code, stopped.json()["type"]) == (408, "urn:entente:problem:too-slow")
    assert list(tmp_path.iterdir()) == []
    assert await database.fetchval("SELECT count(*) FROM document") == before


async def test_a_store_that_has_lost_a_document_is_no_fault_that_shows_more(
    apart: httpx.AsyncClient, tmp_path: Any
) -> None:
    digest = (await hand_in(apart, pdf())).json()["digest"]
    (tmp_path / digest[:2] / digest).unlink()
    answer = await apart.get(f"/documents/{digest}")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:entente:problem:unavailable")
    assert answer.headers["retry-after"] == "5"
    assert str(tmp_path) not in answer.text
    assert (await hand_in(apart, pdf())).status_code == 201


def named(digest: str, content: bytes, **more: Any) -> dict[str, Any]:
    """A document as an agreement names it."""
    return {
        "digest": digest,
        "file_name": "agreement.pdf",
        "media_type": "application/pdf",
        "size": len(content),
    } | more


async def test_who_reads_an_agreement_reads_its_documents(agreeing: Any, running: Any) -> None:
    """A draft is its side's; from its submission on the other side reads what it names, and no rival does."""
    content = pdf()
    async with agreeing.people("quality") as people:
        digest = (await hand_in(people.writer, content)).json()["digest"]
        body = agreeing.body(documents=[named(digest, content)])
        draft = await people.writer.done("/agreement-drafts", body)
        assert (await people.signer.get(f"/documents/{digest}")).content == content, "who reads the draft"
        assert (await people.partners_signer.get(f"/documents/{digest}")).status_code == 404
        version = await people.writer.done(f"/agreement-drafts/{draft['id']}/submission")
        given = await people.partners_signer.get(f"/documents/{digest}")
        assert (given.content, given.headers["content-type"]) == (content, "application/pdf")
        path = f"/agreement-versions/{version['version_id']}"
        why = {"reasons": [{"part": "documents", "why": "page 3 is missing"}]}
        await people.partners_writer.done(f"{path}/return", why)
        again = agreeing.body(title="Without the document")["content"]
        draft = await people.writer.done("/agreement-drafts", {"version_id": version["version_id"], "content": again})
        await people.writer.done(f"/agreement-drafts/{draft['id']}/submission")
        shown = (await people.partners_signer.get(path)).json()
        assert (shown["documents"], shown["rounds"][0]["content"]["documents"]) == ([], [named(digest, content)])
        assert (await people.partners_signer.get(f"/documents/{digest}")).content == content, "what it said is kept"
    async with running.as_("partner_quality", partner_id=agreeing.world.laboratory) as rival:
        assert (await rival.get(f"/documents/{digest}")).status_code == 404


async def test_a_draft_names_only_what_its_writer_may_read_and_as_it_is(agreeing: Any) -> None:
    content = pdf()
    async with agreeing.people("quality") as people:
        digest = (await hand_in(people.partners_writer, content)).json()["digest"]
        draft = {"kind": "quality", "stand_alone_reason": "only trials so far"}

        async def drafted(who: Any, **said: Any) -> Any:
            return await who.post(
                "/agreement-drafts", json=draft | agreeing.body(documents=[named(**said)], product_ids=[])
            )

        for other in (digest, "0" * 64):
            refused = await drafted(people.writer, digest=other, content=content)
            assert (refused.status_code, refused.json()["detail"]) == (
                *(404, f"there is no document {other}, or you are not a party to it"),
            )
        for wrong in ({"size": 1}, {"media_type": "text/plain"}, {"file_name": "agreement.txt"}):
            refused = await drafted(people.partners_writer, digest=digest, content=content, **wrong)
            assert (refused.status_code, refused.json()["fields"]) == (409, ["documents"]), refused.text
        assert (await drafted(people.partners_writer, digest=digest, content=content)).status_code == 201
