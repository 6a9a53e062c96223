"""Who is asking: an OIDC access token's subject, roles and, for a partner's people, the partner."""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cachetools import TTLCache
from fastapi import Request

from contracts import Role
from runtime.problems import Problem
from runtime.settings import Settings

_REQUIRED = ("exp", "sub", "iss", "aud")
_OF_A_LOGIN = (*_REQUIRED, "iat", "nonce", "auth_time")
SIGNATURE = "Signature-Token"
"""The header with the ID token of a login for one act."""
FRESH_SECONDS = 120
"""How long after a login it serves for a signature."""
_SKEW = 10
"""Seconds by which the issuer's clock may be ahead of ours."""
SPONSOR = "sponsor"
"""What the claim ``party`` says of the sponsor's people."""
PARTNER = "svc_partner"
"""The database role of partners' requests."""
RESERVED = ("service:", "feed:", "migration:")
"""Prefixes of those who act without a token: an audit must not take a person for one of them."""


def is_person(subject: str) -> bool:
    """Not empty, not longer than OIDC allows, and nobody that an audit could take for one of ours."""
    plain = subject.strip() == subject and subject.isprintable()  # or two subjects would look like one person
    return plain and 0 < len(subject) <= 255 and not subject.lower().startswith(RESERVED)


@dataclass(frozen=True, slots=True)
class Principal:
    """The subject of a verified token, or a service's own worker."""

    subject: str
    name: str
    roles: frozenset[str]
    partner_id: UUID | None = None
    worker: bool = False
    expires_at: float = math.inf
    """Seconds since the epoch; an event stream ends then."""
    locale: str | None = None
    """The language that its person reads, where the issuer says so (BCP 47)."""

    @property
    def database_role(self) -> str:
        """The role that row-level security knows this principal by."""
        return "svc_worker" if self.worker else PARTNER if self.partner_id else "svc_sponsor"

    @property
    def tenant(self) -> str:
        """The partner's id, or nothing for the sponsor."""
        return str(self.partner_id or "")


def worker(service: str) -> Principal:
    """The principal under which a service's consumers and timers act."""
    return Principal(f"service:{service}", service, frozenset(), worker=True)


def _refused(detail: str) -> Problem:
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="entente"'})


class Verifier:
    """Verifies tokens against the issuer's public keys; what it accepted it remembers for a minute at most."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._issuer = jwt.PyJWKClient(settings.jwks, timeout=5) if settings.jwks.startswith("http") else None
        self._accepted: TTLCache[str, Principal] = TTLCache(maxsize=1024, ttl=60)

    async def principal(self, token: str) -> Principal:
        """The principal of a token. Raises a Problem: 401 says what is wrong with it, 503 that no keys can be had."""
        principal = self._accepted.get(token)
        if principal is None or principal.expires_at <= time.time():
            # In a thread, for reading the issuer's keys blocks.
            claims = await asyncio.to_thread(self._verify, token, [self._settings.audience], _REQUIRED, 0)
            principal = self._accepted[token] = _principal(claims)
        return principal

    async def login(self, token: str, subject: str, nonce: str, now: float) -> dict[str, Any]:
        """The claims of an ID token: this person's login for this one act, not two minutes ago (OpenID Connect Core 2).

        Raises a Problem: 401 says what is wrong with it, 503 that no keys can be had. ``now``: seconds since 1970.
        """
        claims = await asyncio.to_thread(self._verify, token, self._settings.signing_clients, _OF_A_LOGIN, _SKEW)
        if claims["sub"] != subject:
            raise _refused("the login is another person's than the request")
        if claims["nonce"] != nonce:
            raise _refused("the login was not for this: its nonce is not the digest of what is signed now")
        at = claims["auth_time"]
        if isinstance(at, bool) or not isinstance(at, int | float) or not -_SKEW <= now - at <= FRESH_SECONDS:
            raise _refused(f"the login is not of the last {FRESH_SECONDS} seconds: ask for it with max_age=0")
        return claims

    def _verify(self, token: str, audience: Sequence[str], required: Sequence[str], skew: int) -> dict[str, Any]:
        settings = self._settings
        pinned: dict[str, Any] = {"issuer": settings.issuer, "audience": audience, "leeway": skew}
        pinned["options"] = {"require": list(required)}
        try:
            return jwt.decode(token, self._key(token), algorithms=list(settings.algorithms), **pinned)
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, ValueError) as error:
            detail = "the issuer's keys cannot be read; try again"
            raise Problem(503, "issuer-unavailable", detail, headers={"Retry-After": "5"}) from error
        except (jwt.PyJWTError, KeyError, RecursionError) as error:
            why = "it names no key that the issuer has" if isinstance(error, KeyError) else error
            raise _refused(f"the token is not accepted: {why}") from error

    def _key(self, token: str) -> jwt.PyJWK:
        if self._issuer is not None:
            return self._issuer.get_signing_key_from_jwt(token)
        return jwt.PyJWKSet.from_json(Path(self._settings.jwks).read_text())[jwt.get_unverified_header(token)["kid"]]


def _principal(claims: dict[str, Any]) -> Principal:
    subject, partner_id = claims["sub"], _party(claims)
    if not is_person(subject):
        raise _refused(
            "the token's subject must have 1 to 255 printable characters, no space around, and no prefix of ours"
        )
    given = claims.get("roles", [])
    if not isinstance(given, list):
        raise _refused("the token's claim roles must be a list of role names")
    # An issuer puts roles of its own into every token: what is no role of ours counts for nothing.
    roles = frozenset(str(role) for role in Role if role in given)
    if not roles:
        raise Problem(403, "forbidden", "the token carries no role that counts here", roles=sorted(Role))
    if {role.startswith("partner_") for role in roles} != {partner_id is not None}:
        raise Problem(403, "forbidden", "partners' roles are for partners' people alone, and no other roles are")
    name, locale, expires_at = str(claims.get("name", subject)), claims.get("locale"), float(claims["exp"])
    return Principal(subject, name, roles, partner_id, expires_at=expires_at, locale=locale and str(locale))


def _party(claims: dict[str, Any]) -> UUID | None:
    """The partner whose person it is, None for the sponsor's. Said by a claim, and never by the absence of one."""
    parties = {str(claims[name]) for name in ("party", "partner_id") if claims.get(name) is not None}
    if not parties:
        detail = "the token does not say whose person this is: it needs the claim party, `sponsor` or a partner's id"
        raise Problem(403, "forbidden", detail)
    if parties == {SPONSOR}:
        return None
    try:
        (partner_id,) = {UUID(each) for each in parties}
    except ValueError as error:
        raise _refused("the token's claim party must be `sponsor` or one partner's id, a UUID") from error
    return partner_id


async def authenticate(request: Request) -> Principal:
    """The principal of a request's bearer token.

    Raises a Problem: 401 says what is wrong with the token, 429 that the principal asks too often.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _refused("send a token: Authorization: Bearer ...")
    principal: Principal = await request.app.state.verifier.principal(token)
    await request.app.state.limits.admit(principal.subject)
    return principal
