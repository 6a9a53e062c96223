"""Who is asking: an OIDC access token's subject, roles and, for a partner's people, the partner."""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
from fastapi import Request

from runtime.problems import Problem
from runtime.settings import Settings

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="entente"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """The subject of a verified token, or a service's own worker."""

    subject: str
    name: str
    roles: frozenset[str]
    partner_id: UUID | None = None
    worker: bool = False

    @property
    def database_role(self) -> str:
        """The role that row-level security knows this principal by."""
        if self.worker:
            return "svc_worker"
        return "svc_partner" if self.partner_id else "svc_sponsor"

    @property
    def tenant(self) -> str:
        """The partner's id, or nothing for the sponsor."""
        return str(self.partner_id or "")


def worker(service: str) -> Principal:
    """The principal under which a service's consumers and timers act."""
    return Principal(f"service:{service}", service, frozenset(), worker=True)


class Keys:
    """The issuer's public keys, cached; read again when an unknown key id appears, at most every 10 seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, or None. Raises OSError or httpx.HTTPError when the issuer cannot be reached."""
        async with self._lock:
            if key_id not in self._keys and time.monotonic() - self._read_at > 10:
                document = await self._read()
                self._keys = {key.key_id or "": key for key in jwt.PyJWKSet.from_dict(document).keys}
                self._read_at = time.monotonic()
        return self._keys.get(key_id)

    async def _read(self) -> dict[str, Any]:
        source = self._settings.jwks
        if source.startswith(("http://", "https://")):
            async with httpx.AsyncClient(timeout=5) as client:
                document: dict[str, Any] = (await client.get(source)).raise_for_status().json()
                return document
        text: str = await asyncio.to_thread(Path(source).read_text)
        loaded: dict[str, Any] = json.loads(text)
        return loaded


def _refused(detail: str) -> Problem:
    return Problem(401, "unauthenticated", detail, headers=CHALLENGE)


def _claims(token: str, key: jwt.PyJWK, settings: Settings) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=list(settings.algorithms),
            audience=settings.audience,
            issuer=settings.issuer,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        raise _refused(f"the token is not accepted: {error}") from error


def _principal(claims: dict[str, Any]) -> Principal:
    partner, roles = claims.get("partner_id"), claims.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise _refused("the token's claim roles must be a list of role names")
    if not partner and any(role.startswith("partner_") for role in roles):
        raise _refused("a partner's role needs the claim partner_id: without it the token would see all partners")
    try:
        return Principal(
            subject=claims["sub"],
            name=str(claims.get("name", claims["sub"])),
            roles=frozenset(roles),
            partner_id=UUID(partner) if partner else None,
        )
    except (ValueError, AttributeError, TypeError) as error:
        raise _refused("the token's claim partner_id must be a UUID") from error


async def authenticate(request: Request) -> Principal:
    """The principal of a request's bearer token. Raises a 401 Problem that says what is wrong with it."""
    settings: Settings = request.app.state.settings
    keys: Keys = request.app.state.keys
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _refused("send a token: Authorization: Bearer ...")
    try:
        key_id = str(jwt.get_unverified_header(token).get("kid", ""))
    except jwt.PyJWTError as error:
        raise _refused(f"the token cannot be read: {error}") from error
    try:
        key = await keys.get(key_id)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise Problem(
            503, "issuer-unavailable", "the issuer's keys cannot be read", headers={"Retry-After": "5"}
        ) from error
    if key is None:
        raise _refused(f"the token is signed with an unknown key {key_id!r}")
    return _principal(_claims(token, key, settings))
