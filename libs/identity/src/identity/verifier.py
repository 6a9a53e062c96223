"""Tokens of the issuer: who asks with one, and whether a login is for this one act."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cachetools import TTLCache

from contracts import Role
from identity.installed import is_url
from identity.keys import LOOK_AGAIN, FileKeys, IssuerKeys, Keys, KeysUnavailable, KeyUnknown
from runtime.principal import FRESH_SECONDS, SPONSOR, Principal, is_person, unauthenticated
from runtime.problems import Problem
from runtime.settings import Settings

_REQUIRED = ("exp", "sub", "iss", "aud")
_OF_A_LOGIN = (*_REQUIRED, "iat", "nonce", "auth_time")
_SKEW = 10
"""Seconds by which the issuer's clock may be ahead of ours."""
_LATEST = 2**53
"""What a float still tells from its neighbours: a token that ends later does not end."""


class Verifier:
    """Verifies tokens against the issuer's public keys; what it accepted it remembers for a minute at most."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: Keys = FileKeys(Path(settings.jwks))
        if is_url(settings.jwks):
            self._keys = IssuerKeys(settings.jwks, settings.keys_kept_seconds)
        self._accepted: TTLCache[str, Principal] = TTLCache(maxsize=1024, ttl=60)

    async def principal(self, token: str) -> Principal:
        """The principal of a token. Raises a Problem: 401 says what is wrong with it, 503 that no keys can be had."""
        principal = self._accepted.get(token)
        if principal is None or principal.expires_at <= time.time():
            claims = await self._verified(token, [self._settings.audience], _REQUIRED, 0)
            principal = self._accepted[token] = _principal(claims)
        return principal

    async def login(self, token: str, subject: str, nonce: str, now: float) -> dict[str, Any]:
        """The claims of an ID token: this person's login for this one act, not two minutes ago (OpenID Connect Core 2).

        Raises a Problem: 401 says what is wrong with it, 503 that no keys can be had. ``now``: seconds since 1970.
        """
        claims = await self._verified(token, self._settings.signing_clients, _OF_A_LOGIN, _SKEW)
        if claims["sub"] != subject:
            raise unauthenticated("the login is another person's than the request")
        if claims["nonce"] != nonce:
            raise unauthenticated("the login was not for this: its nonce is not the digest of what is signed now")
        at = claims["auth_time"]
        fresh = isinstance(at, int | float) and now - FRESH_SECONDS <= at <= now + _SKEW
        if isinstance(at, bool) or not fresh:
            raise unauthenticated(f"the login is not of the last {FRESH_SECONDS} seconds: ask for it with max_age=0")
        return claims

    async def _verified(
        self, token: str, audience: Sequence[str], required: Sequence[str], skew: int
    ) -> dict[str, Any]:
        settings = self._settings
        pinned: dict[str, Any] = {"issuer": settings.issuer, "audience": audience, "leeway": skew}
        pinned["options"] = {"require": list(required)}
        try:
            key = await self._keys.key(jwt.get_unverified_header(token).get("kid"))
            return jwt.decode(token, key, algorithms=list(settings.algorithms), **pinned)
        except KeysUnavailable as error:
            detail = "the issuer's keys cannot be read; try again"
            raise Problem(503, "issuer-unavailable", detail, headers={"Retry-After": f"{LOOK_AGAIN:.0f}"}) from error
        except (jwt.PyJWTError, KeyUnknown, ValueError, RecursionError) as error:
            why = "it names no key that the issuer has" if isinstance(error, KeyUnknown) else error
            raise unauthenticated(f"the token is not accepted: {why}") from error


def _principal(claims: dict[str, Any]) -> Principal:
    subject, partner_id = claims["sub"], _party(claims)
    if not is_person(subject):
        raise unauthenticated(
            "the token's subject must have 1 to 255 printable characters, no space around, and no prefix of ours"
        )
    given = claims.get("roles", [])
    if not isinstance(given, list):
        raise unauthenticated("the token's claim roles must be a list of role names")
    # An issuer puts roles of its own into every token: what is no role of ours counts for nothing.
    roles = frozenset(str(role) for role in Role if role in given)
    if not roles:
        raise Problem(403, "forbidden", "the token carries no role that counts here", roles=sorted(Role))
    if {role.startswith("partner_") for role in roles} != {partner_id is not None}:
        raise Problem(403, "forbidden", "partners' roles are for partners' people alone, and no other roles are")
    name, locale = str(claims.get("name") or subject), claims.get("locale")
    expires_at = float(min(int(claims["exp"]), _LATEST))
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
        raise unauthenticated("the token's claim party must be `sponsor` or one partner's id, a UUID") from error
    return partner_id
