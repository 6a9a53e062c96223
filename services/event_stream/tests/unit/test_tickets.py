"""A ticket speaks for whoever asked for it: for a moment, once, and nowhere else."""

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr, ValidationError

from event_stream import tickets as made
from event_stream.main import create
from event_stream.settings import TicketSettings
from event_stream.tickets import LIFETIME, Tickets
from runtime.principal import Principal
from runtime.problems import Problem
from runtime.settings import Settings

KEY = TicketSettings(ticket_key=SecretStr("k" * 32))


def person(expires_in: float = 3600) -> Principal:
    return Principal("ana", "Ana", frozenset({"partner_lab"}), uuid4(), expires_at=time.time() + expires_in)


def refusal(tickets: Tickets, ticket: str) -> str:
    with pytest.raises(Problem) as refused:
        tickets.redeem(ticket)
    assert (refused.value.status, refused.value.kind) == (401, "unauthenticated")
    assert not ticket or ticket not in refused.value.detail
    return refused.value.detail


def test_a_ticket_speaks_once_for_whoever_asked() -> None:
    tickets, ana = Tickets(KEY), person()
    ticket, _ = tickets.issue(ana)
    assert tickets.redeem(ticket) == ana
    assert "was used before" in refusal(tickets, ticket)


def test_another_process_with_the_same_key_takes_it_and_one_with_another_key_does_not() -> None:
    ana = person()
    ticket, _ = Tickets(KEY).issue(ana)
    assert Tickets(KEY).redeem(ticket) == ana
    assert "is none of this service" in refusal(Tickets(TicketSettings()), ticket)


def test_a_ticket_expires_and_no_later_than_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    tickets, now = Tickets(KEY), time.time()
    assert tickets.issue(person())[1] <= now + LIFETIME + 1
    assert tickets.issue(person(expires_in=5))[1] <= now + 6
    monkeypatch.setattr(made, "time", SimpleNamespace(time=lambda: now - LIFETIME - 1))
    assert "has expired" in refusal(tickets, tickets.issue(person())[0])


def forged() -> Iterator[str]:
    ticket, _ = Tickets(KEY).issue(person())
    claims = jwt.decode(ticket, options={"verify_signature": False})
    key = KEY.ticket_key.get_secret_value()
    yield from ("", "nonsense", "a.b.c", "\u0161", ticket[:-4] + "AAAA")
    yield jwt.encode(claims | {"roles": ["quality"]}, "x" * 32, algorithm="HS256")
    yield jwt.encode(claims, "", algorithm="none")
    yield jwt.encode(claims | {"aud": "entente"}, key, algorithm="HS256")
    yield jwt.encode({name: claims[name] for name in claims if name != "jti"}, key, algorithm="HS256")


def test_what_this_service_did_not_make_is_none() -> None:
    for ticket in forged():
        assert "is none of this service" in refusal(Tickets(KEY), ticket), ticket


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValidationError):
        TicketSettings(ticket_key=SecretStr("short"))


async def test_a_ticket_is_no_token_and_a_token_no_ticket(settings: Settings, issuer: Any) -> None:
    token = issuer.token("quality")
    transport = httpx.ASGITransport(create(settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/v1") as client:
        given = await client.post("/events/tickets", headers={"Authorization": f"Bearer {token}"})
        ticket = given.json()["ticket"]
        answers = [
            await client.get("/me", headers={"Authorization": f"Bearer {ticket}"}),
            await client.get("/me", params={"ticket": ticket}),
            await client.post("/events/tickets", params={"ticket": ticket}),
            await client.get("/events", params={"ticket": token}),
        ]
    assert (given.status_code, given.headers["cache-control"]) == (200, "no-store")
    assert [answer.status_code for answer in answers] == [401] * 4


async def test_no_log_line_and_no_span_holds_a_ticket(
    settings: Settings, issuer: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    exporter = InMemorySpanExporter()
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    headers = {"Authorization": f"Bearer {issuer.token('quality')}"}
    transport = httpx.ASGITransport(create(settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/v1") as client:
        ticket = (await client.post("/events/tickets", headers=headers)).json()["ticket"]
        asked = [
            await client.get(f"/events?key=k&{name}={ticket}&last_event_id=nonsense") for name in ("ticket", "t%69cket")
        ]
        asked.append(await client.delete("/events", params={"ticket": ticket}))
    assert [answer.status_code for answer in asked] == [400, 401, 405]
    spans = [span.to_json() for span in exporter.get_finished_spans() if "/v1/events" in span.to_json()]
    exporter.shutdown()
    assert len(spans) >= 4
    assert sum("ticket=REDACTED" in span and "key=k" in span for span in spans) == 2
    assert not any(ticket in said for said in (*spans, *capfd.readouterr(), *(answer.text for answer in asked)))
