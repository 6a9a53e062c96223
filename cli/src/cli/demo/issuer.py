"""The demo's own identity provider, for signatures: the same dance as with a real one (OpenID Connect, implicit flow).

It is part of the demo's process and of nothing else: no setting makes a service log people in. Who sends a person here
may give the ``statement``, too: the page shows in words what is signed, where the nonce is that statement's digest.
"""

import html
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cli.data_folder import DataFolder
from cli.origin.security import OWN_ONLY
from cli.signing import SIGNING_CLIENT, Signer
from runtime.principal import is_person
from runtime.problems import Problem
from serving.canonical import sha256
from serving.signatures import as_read

PATH = "/issuer/authorize"
_PAGE = Template((Path(__file__).parent / "login.html").read_text())
_TOLD_BEFORE = "what was shown where you came from"
_OF_THIS_MACHINE = re.compile(r"http://(127\.0\.0\.1|localhost)(:\d{1,5})?(/[^\s#]*)?")
_LOOPBACK = "http://127.0.0.1:* http://localhost:*"
_MAY_POST = {"Content-Security-Policy": OWN_ONLY.replace("form-action 'none'", f"form-action 'self' {_LOOPBACK}")}


def install(origin: Starlette, folder: DataFolder) -> None:
    """Let the demo's origin log its people in: ``GET`` shows the page, ``POST`` sends the person back."""
    signer, passphrase = Signer(folder), folder.passphrase()

    async def page(request: Request) -> Response:
        return _page(_asked(request))

    async def login(request: Request) -> Response:
        asked = _asked(request)
        given = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        subject = given.get("subject", "")
        right = secrets.compare_digest(given.get("passphrase", "").encode(), passphrase.encode())
        if not (right and is_person(subject)):
            return _page(asked | {"login_hint": subject}, "That is nobody's passphrase.", 401)
        found = {"id_token": signer.login(subject, asked["nonce"]).text, "state": asked.get("state", "")}
        return RedirectResponse(f"{asked['redirect_uri']}#{urlencode(found)}", 303)

    origin.routes.insert(0, Route(PATH, page, methods=["GET"]))
    origin.routes.insert(1, Route(PATH, login, methods=["POST"]))


def _asked(request: Request) -> dict[str, str]:
    """The parameters of an authentication request (OpenID Connect Core 3.2.2.1). Raises a 400 Problem."""
    asked = dict(request.query_params)
    wrong = {
        "response_type is not id_token": asked.get("response_type") != "id_token",
        f"client_id is not {SIGNING_CLIENT}": asked.get("client_id") != SIGNING_CLIENT,
        "nonce is no digest of what is signed": not re.fullmatch("[0-9a-f]{64}", asked.get("nonce", "")),
        "redirect_uri is no page of this machine": not _OF_THIS_MACHINE.fullmatch(asked.get("redirect_uri", "")),
        "nonce is not the digest of the statement": "statement" in asked
        and sha256(asked["statement"]) != asked.get("nonce"),
    }
    if faults := [fault for fault, is_so in wrong.items() if is_so]:
        raise Problem(400, "request-refused", "; ".join(faults))
    return asked


def _page(asked: Mapping[str, str], wrong: str = "", status: int = 200) -> Response:
    shown = {"nonce": asked["nonce"], "login_hint": asked.get("login_hint", ""), "wrong": wrong, "told": _told(asked)}
    text = _PAGE.substitute({name: html.escape(value) for name, value in shown.items()})
    return HTMLResponse(text, status, headers=_MAY_POST)


def _told(asked: Mapping[str, str]) -> str:
    """What is signed, in words. Raises a 400 Problem for a statement that no service made."""
    if "statement" not in asked:
        return _TOLD_BEFORE
    try:
        return as_read(json.loads(asked["statement"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(400, "request-refused", "statement is none that a service asks to be signed") from error
