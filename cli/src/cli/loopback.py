"""A login at an installation's issuer, in the person's own browser, that comes back to this machine (RFC 8252, 7.3)."""

import base64
import hashlib
import secrets
import time
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from cli.failures import Failure
from cli.installation import Installation
from cli.output import notes
from identity.installed import ABOUT

PATIENCE = 180.0
"""Seconds that a person has to log in."""
_DONE = b"<!doctype html><title>Entente</title><p>Done. You may close this page and go back to the terminal."


def sign(platform: Installation, digest: str) -> str | None:
    """The ID token of a login for what has this digest; None where the installation names no issuer of signatures.

    Raises Failure where nobody logs in.
    """
    about = platform.get(ABOUT)
    (client, *_) = about.get("signing_clients") or [None]
    return _given(about, client, {"nonce": digest, "prompt": "login", "max_age": "0", "scope": "openid"}, "id_token")


def sign_in(platform: Installation) -> str | None:
    """The access token of a login as the page makes it; None where the installation names no issuer.

    Raises Failure where nobody logs in.
    """
    about = platform.get(ABOUT)
    scopes = " ".join(about.get("scopes_supported") or ["openid"])
    return _given(about, about.get("sign_in_client"), {"scope": scopes}, "access_token")


def _given(about: Any, client: str | None, asked: dict[str, str], wanted: str) -> str | None:
    servers = about.get("authorization_servers")
    if not (servers and client):
        return None
    try:
        return str(_log_in(servers[0], client, asked)[wanted])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        raise Failure(f"nobody can log in at {servers[0]}: {error!r}", "Is that issuer's address right?") from error


def _log_in(issuer: str, client: str, asked: dict[str, str]) -> Any:
    server = httpx.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    with _Listener() as listener:
        asked |= {"response_type": "code", "client_id": client, "state": state}
        asked |= {"redirect_uri": listener.url, "code_challenge": challenge, "code_challenge_method": "S256"}
        where = f"{server['authorization_endpoint']}?{urlencode(asked)}"
        notes.print(f"log in here: {where}", markup=False, soft_wrap=True)
        webbrowser.open(where)
        found = listener.wait(state)
    if "code" not in found:
        raise Failure(f"the login failed: {found.get('error_description') or found.get('error')}", "Try it again.")
    form = {"grant_type": "authorization_code", "code": found["code"], "code_verifier": verifier}
    form |= {"client_id": client, "redirect_uri": listener.url}
    return httpx.post(server["token_endpoint"], data=form).raise_for_status().json()


class _Listener(HTTPServer):
    """Waits on this machine for the browser that the issuer sends back."""

    timeout = 1.0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Back)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.came: list[dict[str, str]] = []

    def wait(self, state: str) -> dict[str, str]:
        """What came back with this state; anything else is nobody that was sent. Raises Failure."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.handle_request()
            for found in self.came:
                if found.get("state") == state:
                    return found
        raise Failure(f"nobody logged in within {PATIENCE:.0f} s", "Try it again.")


class _Back(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5

    def do_GET(self) -> None:
        self.server.came.append(dict(parse_qsl(urlsplit(self.path).query)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(_DONE)

    def log_message(self, format: str, *args: Any) -> None:
        """A code has no place in a terminal."""
