"""What the home page, and any front-end, learns of the issuer, and to whom the page may speak."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from cli.origin import pages
from cli.origin.security import OWN_ONLY, SecurityHeaders
from identity.installed import ABOUT
from runtime.settings import Settings

ISSUER = "https://login.example:8443/realms/entente"


def browser(issuer: str, **more: Any) -> httpx.AsyncClient:
    settings = Settings(local=True, issuer=issuer, **more)
    origin = Starlette(routes=pages.routes(["kpi"], settings))
    origin.add_middleware(SecurityHeaders)
    return httpx.AsyncClient(transport=httpx.ASGITransport(origin), base_url="https://entente.example")


async def test_who_issues_tokens_is_told_to_front_ends() -> None:
    told = (await browser(ISSUER, sign_in_client="spa", sign_in_scopes=["openid", "api"]).get(ABOUT)).json()
    assert told == {
        "resource": "https://entente.example",
        "resource_name": "Entente",
        "bearer_methods_supported": ["header"],
        "authorization_servers": [ISSUER],
        "scopes_supported": ["openid", "api"],
        "sign_in_client": "spa",
        "signing_clients": ["entente-signing"],
    }


async def test_a_demo_names_none() -> None:
    told = (await browser("entente-local").get(ABOUT)).json()
    assert set(told) == {"resource", "resource_name", "bearer_methods_supported"}


@pytest.mark.parametrize(
    ("issuer", "asked"),
    [
        (ISSUER, "connect-src 'self' https://login.example:8443;"),
        ("https://login.example", "connect-src 'self' https://login.example;"),
        ("entente-local", "connect-src 'self';"),
    ],
)
async def test_pages_may_ask_the_issuer_and_nobody_else(issuer: str, asked: str) -> None:
    client = browser(issuer)
    for page in ("/", "/api/kpi/docs"):
        policy = (await client.get(page)).headers["content-security-policy"]
        assert asked in policy, page
        assert policy.replace(asked, "connect-src 'self';").replace(" 'unsafe-inline'", "") == OWN_ONLY
    assert (await client.get("/static/page.js")).headers["content-security-policy"] == OWN_ONLY
