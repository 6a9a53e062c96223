"""A login in the person's own browser, that comes back to this machine."""

import threading
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from cli import loopback
from cli.commands.login import login
from cli.failures import Failure
from cli.installation import Installation

DIGEST = "0f" * 32


@pytest.fixture
def issued(answering: Any) -> Any:
    """An installation and its issuer, at one address."""
    answering.body = {"authorization_servers": [answering.url], "signing_clients": ["signing"], "id_token": "a.b.c"}
    answering.body |= {"authorization_endpoint": f"{answering.url}/auth", "token_endpoint": f"{answering.url}/token"}
    return answering


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``opened(code="c")``: from now on a browser comes back with that, after one that nobody sent."""
    seen: list[dict[str, list[str]]] = []

    def set_up(**found: str) -> list[dict[str, list[str]]]:
        def come_back(where: str) -> bool:
            asked = parse_qs(urlsplit(where).query)
            seen.append(asked)

            def go() -> None:
                for state in ("another", asked["state"][0]):
                    httpx.get(f"{asked['redirect_uri'][0]}?{urlencode(found | {'state': state})}", timeout=30)

            threading.Thread(target=go).start()
            return True

        monkeypatch.setattr("webbrowser.open", come_back)
        return seen

    return set_up


def test_a_person_logs_in_for_what_is_signed(issued: Any, opened: Any) -> None:
    seen = opened(code="the code")
    with Installation(issued.url, lambda: "t") as platform:
        assert loopback.sign(platform, DIGEST) == "a.b.c"
    (asked,) = seen
    fresh = {name: asked[name] for name in ("nonce", "prompt", "max_age", "client_id", "code_challenge_method")}
    assert fresh == {
        **{"nonce": [DIGEST], "prompt": ["login"], "max_age": ["0"]},
        **{"client_id": ["signing"], "code_challenge_method": ["S256"]},
    }
    form = parse_qs(issued.asked[-1][3].decode())
    assert (form["code"], form["redirect_uri"]) == (["the code"], asked["redirect_uri"])


def test_a_person_gets_a_token_where_the_page_logs_people_in(
    issued: Any, opened: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    issued.body |= {"sign_in_client": "page", "scopes_supported": ["openid", "api"], "access_token": "d.e.f"}
    seen = opened(code="the code")
    login(issued.url)
    assert capsys.readouterr().out == "d.e.f\n"
    (asked,) = seen
    assert (asked["client_id"], asked["scope"], "nonce" in asked) == (["page"], ["openid api"], False)
    del issued.body["sign_in_client"]
    with pytest.raises(Failure, match="names no issuer"):
        login(issued.url)


def test_a_login_that_fails_is_told(issued: Any, opened: Any) -> None:
    opened(error="access_denied", error_description="not you")
    with Installation(issued.url, lambda: "t") as platform, pytest.raises(Failure, match="not you"):
        loopback.sign(platform, DIGEST)


def test_who_never_comes_back_is_not_waited_for_for_ever(issued: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda where: True)
    monkeypatch.setattr(loopback, "PATIENCE", 0.0)
    with Installation(issued.url, lambda: "t") as platform, pytest.raises(Failure, match="nobody logged in"):
        loopback.sign(platform, DIGEST)


def test_where_no_issuer_is_named_nobody_is_sent_anywhere(answering: Any) -> None:
    answering.body = {"resource": answering.url}
    with Installation(answering.url, lambda: "t") as platform:
        assert loopback.sign(platform, DIGEST) is None
