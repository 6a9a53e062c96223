"""Tickets: what a browser's EventSource sends in its URL, for it can send no token."""

import time
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

import jwt
from cachetools import TTLCache
from jwt.types import Options
from opentelemetry import trace
from starlette.types import ASGIApp, Receive, Scope, Send

from event_stream.settings import TicketSettings
from runtime.principal import Principal
from runtime.problems import Problem

LIFETIME = 30
"""Seconds: a front-end opens its stream at once."""
_AUDIENCE, _ALGORITHM = "entente-event-stream-ticket", "HS256"
_REQUIRED: Options = {"require": ["exp", "jti", "sub", "until"]}


class Tickets:
    """Signs tickets, and takes each once in this process."""

    def __init__(self, settings: TicketSettings) -> None:
        self._key = settings.ticket_key.get_secret_value()
        self._used: TTLCache[str, bool] = TTLCache(maxsize=100_000, ttl=LIFETIME + 1)

    def issue(self, principal: Principal) -> tuple[str, int]:
        """A ticket for this very person, and until when it opens a stream (seconds since the epoch)."""
        expires_at = int(min(time.time() + LIFETIME, principal.expires_at))
        claims = {
            "aud": _AUDIENCE,
            "exp": expires_at,
            "jti": uuid4().hex,
            "sub": principal.subject,
            "name": principal.name,
            "roles": sorted(principal.roles),
            "partner_id": principal.tenant,
            "until": principal.expires_at,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), expires_at

    def redeem(self, ticket: str) -> Principal:
        """Who asked for a ticket, with the end of their token. Raises a 401 Problem, which does not repeat it."""
        try:
            claims = jwt.decode(ticket, self._key, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=_REQUIRED)
        except jwt.ExpiredSignatureError as error:
            raise _refused(f"has expired: it counts for {LIFETIME} seconds") from error
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise _refused("is none of this service") from error
        if claims["jti"] in self._used:
            raise _refused("was used before")
        self._used[claims["jti"]] = True
        partner_id = UUID(claims["partner_id"]) if claims["partner_id"] else None
        roles = frozenset(claims["roles"])
        return Principal(claims["sub"], claims["name"], roles, partner_id, expires_at=claims["until"])


def _refused(why: str) -> Problem:
    detail = f"the ticket {why}; ask for another: POST /v1/events/tickets"
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="entente"'})


class TicketsOutOfTraces:
    """ASGI middleware. The span of a request holds its query, and is kept by others than who may open the stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        if any(name == "ticket" for name, _ in given):
            kept = [(name, "REDACTED" if name == "ticket" else value) for name, value in given]
            trace.get_current_span().set_attribute("url.query", urlencode(kept))
        await self._app(scope, receive, send)
