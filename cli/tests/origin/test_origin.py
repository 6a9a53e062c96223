"""What is behind the one port."""

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from cli.origin import app as origin
from runtime.settings import Settings
from serving import health


async def test_ready_when_every_service_is(running: Any) -> None:
    answer = await running.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["services"] == ["partner-registry", "event-stream"]
    assert (await running.client.get("/livez")).json() == {"status": "alive"}


async def test_unready_says_that_to_all_and_why_to_who_runs_it(settings: Settings, eventually: Any) -> None:
    nowhere = settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:9"})
    app = origin.create(nowhere, services=["event-stream"])

    def client(app: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")

    watched = health.create(app.state.services, nowhere)
    async with client(app) as user, client(watched) as operator, app.router.lifespan_context(app):

        async def told() -> bool:
            return "Kafka cannot be reached" in (await operator.get("/readyz")).json()["services"]["event-stream"]

        await eventually(told)
        answer = await user.get("/readyz")
        own = await user.get("/api/event-stream/readyz")
    for bare in (answer, own):
        assert bare.status_code == 503
        assert bare.headers["content-type"] == "application/problem+json"
        assert "Kafka" not in bare.text
        assert "127.0.0.1" not in bare.text
    assert answer.json()["services"] == ["event-stream"]


@pytest.mark.parametrize("service", ["partner-registry", "event-stream"])
async def test_each_api_describes_itself_where_it_is(running: Any, service: str) -> None:
    document = (await running.client.get(f"/api/{service}/openapi.json")).json()
    assert document["servers"][0]["url"] == f"/api/{service}"
    path = next(path for path in document["paths"] if path.endswith("/status"))
    tried = await running.client.get(document["servers"][0]["url"] + path)
    assert tried.json()["service"] == service
    page = await running.client.get(f"/api/{service}/docs")
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("page", ["/", "/api/partner-registry/docs"])
async def test_pages_load_nothing_from_elsewhere_and_nothing_inline(running: Any, page: str) -> None:
    answer = await running.client.get(page)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    files = [url for url in loaded if url.startswith("/static/")]
    assert files
    assert not [url for url in loaded if "//" in url]
    assert "<script>" not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    for url in files:
        assert (await running.client.get(url)).status_code == 200, url


async def test_every_answer_carries_the_security_headers(running: Any) -> None:
    for path in ("/", "/readyz", "/api/partner-registry/v1/partners", "/static/page.js", "/nothing"):
        headers = (await running.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert "default-src 'none'" in headers["content-security-policy"], path


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing/v1/x", "/api/nothing/docs", "/static/nothing.js", "/api"])
async def test_an_unknown_path_is_a_problem(running: Any, path: str) -> None:
    answer = await running.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == path


async def test_no_file_beside_the_static_ones_is_served(running: Any) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/swagger/../page.js%00"):
        assert (await running.client.get(path)).status_code == 404, path


async def test_facts_are_described(running: Any) -> None:
    document = (await running.client.get("/asyncapi.json")).json()
    assert document["asyncapi"].startswith("3.")


async def test_metrics_of_the_process_are_on_the_operations_port_only(running: Any) -> None:
    for path in ("/metrics", "/api/partner-registry/metrics"):
        assert (await running.client.get(path)).status_code == 404
    async with httpx.AsyncClient(base_url=running.operations) as client:
        text = (await client.get("/metrics")).text
        assert (await client.get("/readyz")).json()["services"] == ["partner-registry", "event-stream"]
        assert (await client.get("/api/partner-registry/v1/partners")).status_code == 404
    assert 'entente_outbox_facts{service_name="partner-registry"} ' in text
    assert "entente_stream_readers" in text


async def test_what_a_command_caused_comes_out_of_the_stream(running: Any) -> None:
    name = f"Alpine {uuid4().hex} AG"
    async with running.client.stream("GET", "/events", params={"type": "PartnerRegistered"}) as stream:
        body = {"legal_name": name, "kind": "cmo", "country": "CH"}
        registered = await running.client.post("/api/partner-registry/v1/partners", json=body)
        async for line in stream.aiter_lines():
            if line.startswith("data:") and name in line:
                event = json.loads(line.removeprefix("data:"))
                break
    assert event["data"]["partner_id"] == registered.json()["id"]


async def test_the_stream_needs_a_token(running: Any) -> None:
    async with httpx.AsyncClient(base_url=running.url) as client:
        answer = await client.get("/events")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_head_and_allow_hold_behind_the_one_port(running: Any) -> None:
    for path in ("/", "/readyz", "/api/partner-registry/v1/partners", "/events"):  # the stream, too, comes to an end
        head = await running.client.head(path)
        assert (head.status_code, head.content) == (200, b""), path
    refused = await running.client.delete("/api/partner-registry/v1/partners")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    own = await running.client.delete("/readyz")
    assert (own.status_code, own.headers["allow"]) == (405, "GET, HEAD")


async def test_a_body_of_another_type_is_415_for_an_operator_too(running: Any) -> None:
    answer = await running.client.post(
        "/api/partner-registry/v1/replays", content='{"reason": "x"}', headers={"Content-Type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:entente:problem:unsupported-media-type")


async def test_who_asks_is_told_at_one_place(running: Any, issuer: Any) -> None:
    partner = uuid4()
    for party, token in (
        ("sponsor", issuer.token("quality", "lab", subject="ana", name="Ana", locale="sl-SI")),
        (str(partner), issuer.token("partner_lab", partner_id=partner, subject="ana", name="Ana", locale="sl-SI")),
    ):
        answer = await running.client.get("/api/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        me = answer.json()
        assert (me["subject"], me["name"], me["party"], me["locale"]) == ("ana", "Ana", party, "sl-SI")
        assert me["roles"] == (["lab", "quality"] if party == "sponsor" else ["partner_lab"])
        same = await running.client.get("/api/event-stream/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert same.json() == me
    bare = await running.client.get("/api/me", headers={"Authorization": ""})
    assert (bare.status_code, bare.json()["type"]) == (401, "urn:entente:problem:unauthenticated")


async def test_a_front_end_of_another_origin_is_let_in_where_a_setting_says_so(settings: Settings, issuer: Any) -> None:
    ours, token = "https://quality.example", issuer.token("quality")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,if-match"}
    for allowed, origin_, let_in in (([ours], ours, True), ([ours], "https://evil.example", False), ([], ours, False)):
        app = origin.create(settings.model_copy(update={"cors_origins": allowed}), services=["event-stream"])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
            before = await browser.options("/api/event-stream/v1/me", headers={"Origin": origin_} | asked)
            answer = await browser.get("/api/me", headers={"Origin": origin_, "Authorization": f"Bearer {token}"})
            refused = await browser.get("/api/me", headers={"Origin": origin_})
        expected = origin_ if let_in else None
        assert answer.status_code == 200
        assert refused.status_code == 401
        for each in (answer, refused, *([before] if allowed else [])):
            assert each.headers.get("access-control-allow-origin") == expected
            assert "access-control-allow-credentials" not in each.headers
        assert (before.status_code == 200) is let_in, "before a token is asked for"
        if let_in:
            (shown,) = answer.headers.get_list("access-control-expose-headers")
            assert {"ETag", "Location", "Retry-After"} <= set(shown.split(", "))


async def test_a_browser_opens_the_stream_by_a_ticket(running: Any) -> None:
    ticket = (await running.client.post("/api/event-stream/v1/events/tickets")).json()["ticket"]
    async with httpx.AsyncClient(base_url=running.url, timeout=30) as browser:
        async with browser.stream("GET", "/events", params={"ticket": ticket}) as stream:
            assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert (await browser.get("/events", params={"ticket": ticket})).status_code == 401
