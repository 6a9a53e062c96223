"""What a process says: one line of JSON for each error, and none for a client that left."""

import asyncio
import json
import sys
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from notes.behind_http import Notes
from notes.installation import Installation
from notes.proxy import Proxy
from runtime.settings import Settings

FACTORY = "notes.main:create"


@pytest.fixture
def served_alone(notes: Notes) -> Settings:
    """Settings of a process that serves the API only: what consumers and relays say is not what is looked at."""
    return notes.installation.settings.model_copy(update={"role": "api", "body_silence": 0.3})


@pytest_asyncio.fixture
async def running(serve: Any, served_alone: Settings) -> Any:
    """The notes service in a process of its own."""
    return await serve(FACTORY, served_alone)


@pytest.fixture
def client(running: Any, issuer: Any) -> httpx.AsyncClient:
    """Somebody of the sponsor's quality unit."""
    headers = {"Authorization": f"Bearer {issuer.token('quality', 'admin', subject='ada')}"}
    return httpx.AsyncClient(base_url=f"{running.url}/v1", headers=headers, timeout=30)


async def written(client: httpx.AsyncClient, text: str = "hello") -> str:
    answer = await client.post("/notes", json={"text": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def request(client: httpx.AsyncClient, method: str, path: str, length: int = 0) -> bytes:
    """The header of a request."""
    headers = {"Host": "test", "Content-Type": "application/json", "Content-Length": str(length)}
    headers["Authorization"] = client.headers["Authorization"]
    lines = [f"{method} /v1{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


async def left(running: Any, sent: bytes, after: bytes = b"") -> None:
    """A client that sends this, and is gone, at once or when it has read so much."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(sent)
    await writer.drain()
    if after:
        await asyncio.wait_for(reader.readuntil(after), 10)
    writer.transport.abort()


async def settled(client: httpx.AsyncClient, eventually: Any) -> None:
    """No request has a transaction open any more."""

    async def free() -> bool:
        answers = await asyncio.gather(*(client.get("/notes") for _ in range(8)))
        return all(answer.status_code == 200 for answer in answers)

    await eventually(free)


async def test_an_error_of_ours_is_one_line(running: Any, client: httpx.AsyncClient) -> None:
    note = await written(client)
    answer = await client.post(f"/notes/{note}/failures/crash", json={"reason": "r"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert (await client.get("/notes")).status_code == 200
    assert await running.stop() == 0
    (line,) = running.lines("error")
    assert (line["event"], line["path"]) == ("request failed", f"/v1/notes/{note}/failures/crash")
    assert "RuntimeError" in line["exception"]
    assert running.lines("warning") == running.lines("critical") == []


async def test_an_answer_that_breaks_off_is_one_line_and_no_whole_answer(
    running: Any, client: httpx.AsyncClient
) -> None:
    note = await written(client)
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get(f"/notes/{note}/letters/broken")
    assert await running.stop() == 0
    (line,) = running.lines("error")
    assert line["event"] == "answer broken off"
    assert "RuntimeError: broken off" in line["exception"]


async def test_clients_that_leave_are_no_errors(running: Any, client: httpx.AsyncClient, eventually: Any) -> None:
    note = await written(client)
    body = json.dumps({"text": uuid4().hex}).encode()
    whole = request(client, "POST", "/notes", len(body)) + body
    for _ in range(20):
        await left(running, whole)
    await left(running, whole[:-5])
    await left(running, request(client, "POST", "/replays", 100) + b'{"since"')
    await left(running, request(client, "POST", f"/notes/{note}/uploads", 10_000_000) + b"x" * 1_000_000)
    for _ in range(10):
        await left(running, request(client, "GET", f"/notes/{note}/letters/endless"), after=b"hello")
    await left(running, whole[:30])
    await settled(client, eventually)
    assert await running.stop() == 0
    assert running.lines("error") == running.lines("warning") == running.lines("critical") == []


async def test_a_client_that_is_too_slow_is_no_error(running: Any, client: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(request(client, "POST", "/notes", 100) + b'{"text"')
    assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"HTTP/1.1 408 ")
    writer.close()
    assert await running.stop() == 0
    assert running.lines("error") == running.lines("warning") == []


async def test_what_is_under_way_at_the_end_is_no_error(running: Any, client: httpx.AsyncClient) -> None:
    note = await written(client)
    async with client.stream("GET", f"/notes/{note}/letters/endless") as stream:
        pieces = stream.aiter_text()
        await anext(pieces)
        assert await running.stop() == 0
    assert [(line["level"], line["event"]) for line in running.lines()[1:]] == [("warning", "a request is cut off")]


async def test_nothing_of_a_record_is_in_a_line(running: Any, client: httpx.AsyncClient) -> None:
    note = await written(client, "Mrs Novak of\n\nroom 5")
    answer = await client.post(f"/notes/{note}/failures/row", json={"reason": "what the reason says"})
    assert answer.status_code == 500
    await running.stop()
    (line,) = running.lines("error")
    assert "NotNullViolationError" in line["exception"]
    said = json.dumps(running.lines())
    token = client.headers["Authorization"].removeprefix("Bearer ")
    assert not [secret for secret in ("Novak", "room 5", "what the reason says", token) if secret in said]


async def test_while_kafka_is_away_every_line_is_json(
    serve: Any, installation: Installation, kafka: Any, issuer: Any, eventually: Any
) -> None:
    proxy = Proxy(kafka.bootstrap_servers)
    listening = await proxy.listen()
    proxy.cut()
    running = await serve(FACTORY, installation.behind(proxy.address).settings, ready=False)
    headers = {"Authorization": f"Bearer {issuer.token('quality', 'admin')}"}

    async def tried_again() -> bool:
        return proxy.refused >= 20

    async with listening, httpx.AsyncClient(base_url=f"{running.url}/v1", headers=headers) as client:
        await eventually(tried_again, 40)
        assert [line["event"] for line in running.lines("warning")] == ["waits"]
        proxy.reachable = True

        async def sent() -> bool:
            return bool((await client.get("/status")).json()["outbox_pending"] == 0)

        await written(client)
        await eventually(sent, 40)
        proxy.cut()
        proxy.refused = 0
        await written(client)
        await eventually(tried_again, 40)
        proxy.reachable = True
        await eventually(sent, 40)
        assert await running.stop() == 0
    assert running.lines("error") == running.lines("critical") == []


async def said_by(script: str) -> list[dict[str, Any]]:
    """The lines of a process that runs this."""
    command = [sys.executable, "-c", f"from serving import logs\nlogs.configure()\n{script}"]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    return [json.loads(line) for line in errors.decode().splitlines()]


async def test_what_libraries_say_is_a_line_of_json() -> None:
    lines = await said_by("""
import asyncio, logging, warnings
logging.getLogger("sqlalchemy.pool").error("the %s is %s", "pool", "empty")
logging.getLogger("uvicorn.error").info("Started")
warnings.warn("old")
async def main():
    asyncio.get_running_loop().create_future().set_exception(ValueError("unheard"))
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
asyncio.run(main())
""")
    assert sorted((line["logger"], line["level"]) for line in lines) == [
        ("asyncio", "error"), ("asyncio", "error"), ("py.warnings", "warning"), ("sqlalchemy.pool", "error"),
    ]  # fmt: skip
    assert lines[0]["event"] == "the pool is empty"
    assert "ZeroDivisionError" in json.dumps(lines)


async def test_values_that_an_exception_repeats_are_left_out() -> None:
    lines = await said_by("""
import asyncpg, pydantic, structlog
refused = asyncpg.NotNullViolationError("null value in column reason")
refused.detail, refused.hint = "Failing row contains (Mrs Novak,\\n\\nroom 5).", "look at it"
try:
    raise refused
except Exception as error:
    structlog.get_logger().error("failed", exc_info=error)
try:
    pydantic.TypeAdapter(int).validate_python("Mr Kos, room 6")
except Exception as error:
    structlog.get_logger().error("failed", exc_info=error)
""")
    row, cell = (line["exception"] for line in lines)
    assert "null value in column reason" in row
    assert "HINT:  look at it" in row
    assert "[type=int_parsing, input_value=..., input_type=str]" in cell
    assert not [secret for secret in ("Novak", "room 5", "Kos", "room 6") if secret in row + cell]


@pytest.mark.parametrize(
    ("factory", "said"), [("notes.main:nothing", "AttributeError"), ("no_such.main:create", "ModuleNotFoundError")]
)
async def test_what_cannot_run_says_why_in_one_line(
    serve: Any, served_alone: Settings, factory: str, said: str
) -> None:
    running = await serve(factory, served_alone, ready=False)
    assert await running.process.wait() == 1
    (line,) = running.lines()
    assert line["level"] == "critical"
    assert said in line["exception"]
