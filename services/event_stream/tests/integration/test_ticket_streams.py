"""A stream that a ticket opened is as one that its owner's token opened."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx


async def _ticket(url: str, token: str) -> str:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/events/tickets", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["ticket"])


async def test_a_rival_sees_by_a_ticket_what_it_sees_by_its_token(
    url: str, streaming: Any, happen: Any, fact: Any, issuer: Any
) -> None:
    mine, rival = uuid4(), uuid4()
    since = datetime.now(UTC).isoformat()
    first, _, last = (
        await happen(fact(), parties=(mine,))
        + await happen(fact(), parties=(rival,))
        + await happen(fact(), parties=(mine,))
    )
    ticket = await _ticket(url, issuer.token("partner_quality", partner_id=mine))
    async with streaming(token="none", since=since, ticket=ticket) as stream:
        assert [event.data["id"] for event in await stream.take(2)] == [first, last]
    async with streaming(token="none", since=since, ticket=ticket) as again:
        assert (again.response.status_code, again.response.json()["type"]) == (
            401,
            "urn:entente:problem:unauthenticated",
        )


async def test_a_new_event_source_resumes_by_a_parameter(
    url: str, streaming: Any, happen: Any, fact: Any, issuer: Any
) -> None:
    raised, token, since = fact(), issuer.token("quality"), datetime.now(UTC).isoformat()
    key = str(raised.partner_id)
    sent = await happen(raised, raised)
    async with streaming(token="none", since=since, key=key, ticket=await _ticket(url, token)) as stream:
        [seen] = await stream.take(1)
    async with streaming(token="none", last_event_id=seen.id, key=key, ticket=await _ticket(url, token)) as stream:
        assert [event.data["id"] for event in await stream.take(1)] == sent[1:]


async def test_who_may_read_nothing_gets_no_ticket(url: str, issuer: Any) -> None:
    async with httpx.AsyncClient() as client:
        headers = {"Authorization": f"Bearer {issuer.token('admin')}"}
        assert (await client.post(f"{url}/events/tickets", headers=headers)).status_code == 403
        assert (await client.post(f"{url}/events/tickets")).status_code == 401
