"""People and systems at Keycloak: who log in as a browser would, by its forms, and an administrator by its API."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.keycloak_form import filled_in

PASSWORD = secrets.token_urlsafe(16)
"""Of all people of the realm, in this run."""
Tokens = dict[str, Any]


@dataclass
class Keycloak:
    """One realm at a running Keycloak."""

    client: httpx.AsyncClient
    url: str
    issuer: str
    home: str
    """Where a login is sent back to."""
    password: str
    """The administrator's."""
    _tokens: dict[str, str] = field(default_factory=dict)

    async def login(self, username: str, client: str = "entente", **asked: str) -> Tokens:
        """The tokens of a person who logs in now: authorization code with PKCE."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {"client_id": client, "redirect_uri": self.home, "scope": "openid", "state": "s"} | asked
        asked |= {"response_type": "code", "code_challenge": challenge, "code_challenge_method": "S256"}
        page = await self.client.get(f"{self.issuer}/protocol/openid-connect/auth", params=asked)
        back = await self.client.post(**filled_in(page, username, PASSWORD))
        assert back.status_code == 302, back.text
        found = parse_qs(urlsplit(back.headers["location"]).query)
        given = {"grant_type": "authorization_code", "code": found["code"][0], "code_verifier": verifier}
        return await self.token(client_id=client, redirect_uri=self.home, **given)

    async def token(self, **form: str) -> Tokens:
        """What the token endpoint answers."""
        answer = await self.client.post(f"{self.issuer}/protocol/openid-connect/token", data=form)
        assert answer.status_code == 200, answer.text
        tokens: Tokens = answer.json()
        return tokens

    async def admin(self, method: str, path: str, json: Any = None) -> Any:
        """What the API for administrators answers about the realm."""
        if not self._tokens:
            form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": self.password}
            answer = await self.client.post(f"{self.url}/realms/master/protocol/openid-connect/token", data=form)
            self._tokens |= {"Authorization": f"Bearer {answer.json()['access_token']}"}
        url = f"{self.url}/admin/realms/entente{path}"
        answer = await self.client.request(method, url, json=json, headers=self._tokens)
        if answer.status_code == 401:
            self._tokens.clear()
            return await self.admin(method, path, json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def grant(self, username: str, role: str, method: str = "POST") -> None:
        """Give a person a role, or with ``DELETE`` take it."""
        (person,) = await self.admin("GET", f"/users?exact=true&username={username}")
        given = await self.admin("GET", f"/roles/{role}")
        await self.admin(method, f"/users/{person['id']}/role-mappings/realm", [given])

    async def new_key(self) -> None:
        """Sign with a new key from now on; those of before stay published."""
        kind = "org.keycloak.keys.KeyProvider"
        keys = await self.admin("GET", f"/components?type={kind}")
        highest = max(int(key["config"].get("priority", ["0"])[0]) for key in keys)
        config = {"priority": [str(highest + 1)], "ecdsaEllipticCurveKey": ["P-256"]}
        name = f"signs {secrets.token_hex(4)}"
        key = {"name": name, "providerId": "ecdsa-generated", "providerType": kind, "config": config}
        await self.admin("POST", "/components", key)
