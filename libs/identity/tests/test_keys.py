"""The issuer's keys: a new one is found at once, a flood of unknown ones asks it seldom, and its outage is bridged."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from identity import keys
from identity.keys import LOOK_AGAIN, READ_AGAIN, FileKeys, IssuerKeys, Keys, KeysUnavailable, KeyUnknown

KEPT = 3600.0


def public(kid: str) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return ECAlgorithm.to_jwk(key, as_dict=True) | {"kid": kid}


@dataclass
class Published:
    """What an issuer publishes, whether it answers, and how often it was asked."""

    url: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    answers: bool = True
    asked: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it lets whoever asks wait."""
    ends: bool = True
    """Whether its answer comes to an end."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        await self.held.wait()
        body = json.dumps({"keys": self.keys}).encode()
        while not self.ends:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n ")
            await asyncio.sleep(0.01)
        status = "200 OK" if self.answers else "500 Internal Server Error"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@dataclass
class Time:
    """Seconds that pass when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture
async def issued() -> AsyncIterator[Published]:
    """An issuer with two keys."""
    published = Published(keys=[public("a"), public("b") | {"use": "sig"}, public("other") | {"use": "enc"}])
    published.held.set()
    async with await asyncio.start_server(published.answer, "127.0.0.1", 0) as server:
        published.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/certs"
        yield published


@pytest.fixture
def time() -> Time:
    """The time of a test."""
    return Time()


@pytest.fixture
def known(issued: Published, time: Time) -> IssuerKeys:
    """The keys of that issuer."""
    return IssuerKeys(issued.url, KEPT, time)


async def found(known: Keys, kid: str | None) -> str:
    """``found``, ``unknown``, or ``unavailable``."""
    try:
        assert (await known.key(kid)).key_id == kid
    except KeyUnknown:
        return "unknown"
    except KeysUnavailable:
        return "unavailable"
    return "found"


async def test_many_who_come_at_once_ask_once(known: IssuerKeys, issued: Published) -> None:
    assert await asyncio.gather(*(found(known, "ab"[number % 2]) for number in range(50))) == ["found"] * 50
    assert issued.asked == 1


async def test_a_key_that_is_not_for_signatures_verifies_none(known: IssuerKeys) -> None:
    assert await found(known, "other") == "unknown"
    assert await found(known, None) == "unknown"


async def test_a_new_key_is_found_at_once_and_the_old_serves_while_it_is_published(
    known: IssuerKeys, issued: Published, time: Time
) -> None:
    assert await found(known, "a") == "found"
    issued.keys.append(public("new"))
    assert [await found(known, kid) for kid in ("new", "a")] == ["found", "found"]
    assert issued.asked == 2
    del issued.keys[0]
    time.now += READ_AGAIN
    assert await found(known, "a") == "found", "who asks does not wait for the reading that it caused"
    assert known._reading
    await known._reading
    assert [await found(known, kid) for kid in ("new", "a")] == ["found", "unknown"]


async def test_after_a_long_pause_what_was_taken_back_does_not_serve(
    known: IssuerKeys, issued: Published, time: Time
) -> None:
    assert await found(known, "a") == "found"
    del issued.keys[0]
    time.now += 3 * READ_AGAIN
    assert await found(known, "a") == "unknown"


async def test_a_flood_of_invented_keys_asks_the_issuer_seldom_and_hinders_nobody(
    known: IssuerKeys, issued: Published, time: Time
) -> None:
    assert await found(known, "a") == "found"
    invented = [await found(known, f"invented {number}") for number in range(500)]
    assert (invented[0], set(invented[1:])) == ("unknown", {"unavailable"})
    assert [await found(known, kid) for kid in ("invented 0", "a")] == ["unknown", "found"]
    assert issued.asked == 2
    issued.keys.append(public("new"))
    assert await found(known, "new") == "unavailable", "nobody looked since: it may be a new one"
    time.now += LOOK_AGAIN
    assert await found(known, "new") == "found"
    assert issued.asked == 3


async def test_while_the_issuer_is_away_known_keys_serve_for_a_stated_time(
    known: IssuerKeys, issued: Published, time: Time
) -> None:
    assert await found(known, "a") == "found"
    issued.answers = False
    begun = time.now
    while time.now - begun <= KEPT:
        assert await found(known, "a") == "found"
        assert await found(known, "new") == "unavailable"
        time.now += READ_AGAIN / 2
    assert await found(known, "a") == "unavailable"
    issued.answers = True
    time.now += LOOK_AGAIN
    await found(known, "a")
    assert known._reading
    await known._reading
    assert await found(known, "a") == "found"


async def test_an_issuer_that_does_not_answer_keeps_nobody_with_a_known_key_waiting(
    known: IssuerKeys, issued: Published, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await found(known, "a") == "found"
    issued.held.clear()
    time.now += READ_AGAIN
    waiting = [asyncio.create_task(found(known, f"invented {number}")) for number in range(100)]
    await asyncio.sleep(0)
    for _ in range(100):
        assert await asyncio.wait_for(found(known, "a"), 1) == "found"
        time.now += LOOK_AGAIN
    issued.held.set()
    assert set(await asyncio.gather(*waiting)) <= {"unknown", "unavailable"}
    assert issued.asked == 2
    monkeypatch.setattr(keys, "PATIENCE", 0.05)
    issued.held.clear()
    time.now += READ_AGAIN
    assert await found(known, "invented") == "unavailable", "nobody waits for ever"
    issued.held.set()


async def test_an_answer_without_an_end_holds_up_neither_the_next_look_nor_the_end_of_a_process(
    known: IssuerKeys, issued: Published, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "PATIENCE", 0.2)
    issued.ends = False
    assert await found(known, "a") == "unavailable"
    assert known._reading
    assert not await asyncio.wait_for(known._reading, 5)
    issued.ends = True
    time.now += LOOK_AGAIN
    assert await found(known, "a") == "found"


@pytest.mark.parametrize("kid", [["a"], {"a": 1}])
async def test_names_that_are_no_names_make_it_no_set_of_keys(known: IssuerKeys, issued: Published, kid: Any) -> None:
    issued.keys = [public("a") | {"kid": kid}]
    assert await found(known, "a") == "unavailable"


async def test_a_file_is_read_as_what_the_issuer_publishes_is(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    known = FileKeys(file)
    for text in ("", "null", "[]", "5", '{"keys": null}', "[" * 100_000):
        file.write_text(text)
        assert await found(known, "a") == "unavailable", text[:20]
    file.write_text(json.dumps({"keys": [public("a"), public("other") | {"use": "enc"}]}))
    assert [await found(known, kid) for kid in ("a", "other", None)] == ["found", "unknown", "unknown"]
