"""The demo's own issuer, and ``entente sign``."""

import html
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from starlette.applications import Starlette

from cli import loopback
from cli.data_folder import DataFolder
from cli.demo import issuer
from cli.origin import app as origin
from runtime.settings import Settings
from serving import edge
from serving.canonical import sha256

DIGEST = "0f" * 32
ASKED = {"response_type": "id_token", "client_id": "entente-signing", "nonce": DIGEST, "state": "s&1"}
ASKED |= {"redirect_uri": "http://127.0.0.1:5173/back", "prompt": "login", "max_age": "0", "login_hint": "<b>ana"}


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A demo's data folder."""
    return DataFolder(tmp_path / "data")


@pytest.fixture
def browser(folder: DataFolder) -> httpx.AsyncClient:
    """A browser of somebody at the demo's machine."""
    demo = Starlette()
    edge.install(demo, Settings(local=True))
    issuer.install(demo, folder)
    return httpx.AsyncClient(transport=httpx.ASGITransport(demo), base_url="http://127.0.0.1:8000", params=ASKED)


async def test_who_knows_the_passphrase_is_sent_back_with_a_login_for_this(browser: Any, folder: DataFolder) -> None:
    page = await browser.get(issuer.PATH)
    assert page.status_code == 200
    assert DIGEST in page.text
    assert "&lt;b&gt;ana" in page.text
    form = {"subject": "ana", "passphrase": folder.passphrase()}
    back = await browser.post(issuer.PATH, data=form)
    where = urlsplit(back.headers["location"])
    assert (back.status_code, where.netloc, where.path) == (303, "127.0.0.1:5173", "/back")
    found = parse_qs(where.fragment)
    claims = jwt.decode(found["id_token"][0], options={"verify_signature": False})
    assert found["state"] == ["s&1"]
    assert (claims["sub"], claims["nonce"], claims["aud"]) == ("ana", DIGEST, "entente-signing")
    assert abs(claims["auth_time"] - time.time()) < 60


async def test_what_is_signed_is_shown_where_it_is_what_the_digest_is_of(browser: Any) -> None:
    signed = {"record": "oos_investigation", "id": "1", "version": 2, "meaning": "it is <concluded>", "content": {}}
    signed |= {"given": {"open_capa": False}, "shown": [["lot", {"id": "2", "number": "B-1", "name": "AMLO"}]]}
    statement = json.dumps(signed)
    asked = ASKED | {"statement": statement, "nonce": sha256(statement)}
    page = html.unescape((await browser.get(issuer.PATH, params=asked)).text)
    for line in ("this is: oos investigation 1, version 2", "lot: B-1 AMLO", "given: open capa: false"):
        assert line in page
    assert "it is <concluded>" in page
    for wrong in ({"statement": statement.replace("B-1", "B-2")}, {"statement": "{}", "nonce": sha256("{}")}):
        refused = await browser.get(issuer.PATH, params=asked | wrong)
        assert (refused.status_code, "statement" in refused.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "form",
    [
        {"subject": "ana", "passphrase": "x"},
        {"subject": "ana", "passphrase": "é"},
        {"subject": "ana"},
        {},
        {"subject": "service:kpi", "passphrase": "right"},
    ],
)
async def test_who_does_not_is_asked_again(browser: Any, folder: DataFolder, form: dict[str, str]) -> None:
    given = {name: folder.passphrase() if value == "right" else value for name, value in form.items()}
    again = await browser.post(issuer.PATH, data=given)
    assert (again.status_code, "location" in again.headers) == (401, False)
    assert "nobody&#x27;s passphrase" in again.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "http://127.0.0.1.evil.example/"),
        ("redirect_uri", "http://[bad"),
        ("nonce", "short"),
        ("client_id", "entente"),
        ("response_type", "token"),
    ],
)
async def test_nobody_is_sent_elsewhere(browser: Any, folder: DataFolder, name: str, value: str) -> None:
    form = {"subject": "ana", "passphrase": folder.passphrase()}
    for answer in (
        await browser.get(issuer.PATH, params=ASKED | {name: value}),
        await browser.post(issuer.PATH, params=ASKED | {name: value}, data=form),
    ):
        assert (answer.status_code, name in answer.json()["detail"]) == (400, True)


def test_an_origin_that_is_no_demo_logs_nobody_in() -> None:
    routes = origin.create(Settings(local=True), services=["event-stream"]).routes
    assert [route for route in routes if getattr(route, "path", "").startswith("/issuer")] == []


def test_where_no_issuer_is_named_the_digest_to_log_in_for_is_told(
    entente: Any, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering.status = 401
    answering.body = {"type": "urn:entente:problem:signature-required", "detail": "sign", "text": "Ana signs: x."}
    answering.body |= {"digest": DIGEST}
    monkeypatch.setattr(loopback, "sign", lambda platform, digest: None)
    done = entente("sign", "/api/quality-events/v1/x", ENTENTE_URL=answering.url, ENTENTE_TOKEN="t")
    assert done.exit_code == 2
    assert "Ana signs: x." in done.output
    assert f"nonce={DIGEST}" in done.output
    done = entente("sign", "/api/x", "--id-token", "a.b.c", ENTENTE_URL=answering.url, ENTENTE_TOKEN="t")
    assert done.exit_code == 2
    assert answering.asked[-1][2]["Signature-Token"] == "a.b.c"


def test_what_is_no_json_is_told(entente: Any) -> None:
    done = entente("sign", "/api/x", "--body", "{")
    assert (done.exit_code, "is no JSON" in done.output) == (2, True)
