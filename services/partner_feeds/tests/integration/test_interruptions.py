"""A process that ends in the middle loses nothing and doubles nothing; a large file takes no memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest
from fastapi import FastAPI

from partner_feeds.attempts import commands as attempts
from partner_feeds.attempts.batches import Batches
from partner_feeds.attempts.translator import Translator
from partner_feeds.main import create
from partner_feeds.messages.model import Message
from partner_feeds.settings import IntakeSettings
from runtime import outbox
from runtime.settings import Settings

CSV = {"Content-Type": "text/csv"}
NEVER = 3600.0
Another = Callable[[IntakeSettings], AbstractAsyncContextManager[FastAPI]]


@pytest.fixture
def another(settings: Settings, business: Any) -> Another:
    """Another process of the service, as far as one can be had in this one: an app of its own on the same database."""

    @asynccontextmanager
    async def start(intake: IntakeSettings) -> AsyncIterator[FastAPI]:
        app = create(settings.model_copy(update={"pool_size": 3}), intake)
        async with app.router.lifespan_context(app):
            yield app

    return start


def client_of(app: FastAPI, business: Any) -> httpx.AsyncClient:
    """The laboratory's system, speaking to that process."""
    token = business.running.issuer.token("partner_system", partner_id=business.laboratory)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers, timeout=60)


async def interrupted(app: FastAPI, business: Any, file: str, eventually: Any) -> str:
    """Send a file, and end its translation in the middle; the message's id."""
    client = client_of(app, business)
    answer = await client.post(f"/feeds/{business.lims_feed}/messages", content=file, headers=CSV)
    assert answer.json()["state"] == "received", answer.text
    message_id = answer.json()["message_id"]
    translator: Translator = app.state.translator

    async def in_the_middle() -> bool:
        return bool((await client.get(f"/messages/{message_id}")).json()["rows_done"])

    await eventually(in_the_middle, 30)
    translator.running[UUID(message_id)].cancel()
    message = (await client.get(f"/messages/{message_id}")).json()
    assert message["state"] == "received"
    assert 0 < message["rows_done"] < len(file.splitlines()) - 1
    assert message["rows_total"] is None
    return str(message_id)


async def check(message: dict[str, Any], business: Any, published: Any, batches: int) -> None:
    """Every row is answered once, and every record is published once."""
    assert (message["state"], message["accepted"], message["rows_total"]) == ("translated", batches, batches)
    ids = Counter(id_ for fact in await published(message["id"]) for id_ in fact["_ids"])
    assert len(ids) == 3 * batches
    assert set(ids.values()) == {1}


PATIENT = IntakeSettings(answer_within=0, resume_every=NEVER, resume_after=NEVER)


async def test_another_process_takes_up_what_one_left(
    business: Any, another: Another, published: Any, settle: Any, eventually: Any
) -> None:
    file = business.file(*(business.batch(dissolution_min=90) for _ in range(2000)))
    async with another(PATIENT) as first:
        message_id = await interrupted(first, business, file, eventually)
    async with another(IntakeSettings(resume_every=0.1, resume_after=0)):
        message = await settle(business.lims, message_id)
    await check(message, business, published, 2000)


async def test_the_next_identical_upload_takes_it_up(
    business: Any, another: Another, published: Any, settle: Any, eventually: Any
) -> None:
    file = business.file(*(business.batch(dissolution_min=90) for _ in range(2000)))
    async with another(PATIENT) as first:
        message_id = await interrupted(first, business, file, eventually)
    again = await business.send(file)
    assert again["message_id"] == message_id
    await check(await settle(business.lims, message_id), business, published, 2000)


async def test_two_processes_on_one_message_answer_every_row_once(
    business: Any, another: Another, published: Any, settle: Any
) -> None:
    """Neither knows whether the other still lives."""
    file = business.file(*(business.batch(dissolution_min=90) for _ in range(1500)))
    impatient = IntakeSettings(resume_every=0.05, resume_after=0)
    async with another(impatient) as first, another(impatient) as second:
        path = f"/feeds/{business.lims_feed}/messages"
        sending = (client_of(app, business).post(path, content=file, headers=CSV) for app in (first, second))
        answers = [answer.json() for answer in await asyncio.gather(*sending)]
        (message_id,) = {answer["message_id"] for answer in answers}
        message = await settle(business.lims, message_id)
    await check(message, business, published, 1500)


@pytest.mark.parametrize("place", [(Batches, "take"), (outbox, "write")], ids=["reading", "publishing"])
async def test_our_own_fault_quarantines_the_rest_of_a_message(
    business: Any, another: Another, published: Any, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    """A fault that would come again at each attempt must not keep a message under way for ever."""
    original = getattr(*place)
    file = business.file(*(business.batch(dissolution_min=90) for _ in range(400)))
    async with another(IntakeSettings(resume_every=NEVER)) as app:
        client, taken = client_of(app, business), []

        def fails_in_the_middle(*arguments: Any) -> Any:
            many = place[0] is Batches or len(arguments[1]) > 20  # a batch's facts
            taken.extend([True] * many)
            if many and len(taken) == 2:
                raise ArithmeticError("a fault")
            return original(*arguments)

        monkeypatch.setattr(*place, fails_in_the_middle)
        answer = (await client.post(f"/feeds/{business.lims_feed}/messages", content=file, headers=CSV)).json()
        assert answer["state"] == "partly_translated"
        assert answer["refused"] == 1
        assert "something failed on our side (ArithmeticError)" in answer["errors"][0]["reason"]
        replayed = (await client.post(f"/messages/{answer['message_id']}/replay")).json()
    assert (replayed["state"], replayed["accepted"], replayed["refused"]) == ("replayed", 400, 0)
    ids = Counter(id_ for fact in await published(answer["message_id"]) for id_ in fact["_ids"])
    assert len(ids) == 1200
    assert set(ids.values()) == {1}


async def test_a_file_beyond_the_limit_is_refused_while_it_arrives(business: Any, another: Another) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            yield b"x" * 100_000

    async with another(IntakeSettings(largest_message=3_000_000, resume_every=NEVER)) as app:
        client = client_of(app, business)
        answer = await client.post(f"/feeds/{business.lims_feed}/messages", content=endless(), headers=CSV)
        assert answer.status_code == 413
        assert answer.json()["limit"] == 3_000_000
        assert sent < 4_000_000
        assert (await client.get("/messages", params={"feed": business.lims_feed})).json()["items"] == []


async def test_60_megabytes_take_no_memory(business: Any) -> None:
    """Rows that are long and soon answered, so that the file is large and the test is short."""
    header, good = business.file(business.batch()).splitlines()
    piece = b"x" * 999_999 + b"\n"
    process, before, most = psutil.Process(), psutil.Process().memory_info().rss, 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal most
        yield f"{header}\n".encode()
        for _ in range(60):
            most = max(most, process.memory_info().rss)
            yield piece
        yield good.encode()

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    answer = await business.send(pieces())
    watching.cancel()
    assert (answer["accepted"], answer["refused"]) == (1, 60)
    assert most - before < 40_000_000
    message = (await business.lims.get(f"/messages/{answer['message_id']}")).json()
    assert message["size"] > 60_000_000


async def test_messages_that_never_begin_keep_no_other_from_its_turn(
    business: Any, another: Another, settle: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = attempts.begin

    async def fails(work: Any, message_id: UUID) -> Any:
        if (await work.session.get_one(Message, message_id)).file_name == "bad.csv":
            raise ArithmeticError("a fault")
        return await begin(work, message_id)

    monkeypatch.setattr(attempts, "begin", fails)
    bad = CSV | {"Content-Disposition": 'attachment; filename="bad.csv"'}
    async with another(IntakeSettings(answer_within=0, resume_every=0.02, resume_after=0)) as app:
        path = f"/feeds/{business.lims_feed}/messages"
        async with client_of(app, business) as client:
            files = [business.file(business.batch(dissolution_min=90)) for _ in range(22)]
            answers = [
                await client.post(path, content=file, headers=headers)
                for file, headers in zip(files, [bad] * 21 + [CSV], strict=True)
            ]
        *failing, youngest = [answer.json()["message_id"] for answer in answers]

        async def set_aside() -> bool:
            listed = (await business.running.client.get("/set-aside", params={"limit": 500})).json()["items"]
            return set(failing) <= {item["record_id"] for item in listed if "ArithmeticError" in item["reason"]}

        assert (await settle(business.lims, youngest))["accepted"] == 1
        await eventually(set_aside)
