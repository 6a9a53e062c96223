"""Who is asking: an OIDC access token's subject, roles and, for a partner's people, the partner."""

import math
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from runtime.problems import Problem

SIGNATURE = "Signature-Token"
"""The header with the ID token of a login for one act."""
FRESH_SECONDS = 120
"""How long after a login it serves for a signature."""
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


def unauthenticated(detail: str) -> Problem:
    """A 401 that says what is wrong with a token, or that there is none."""
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="entente"'})


async def authenticate(request: Request) -> Principal:
    """The principal of a request's bearer token.

    Raises a Problem: 401 says what is wrong with the token, 429 that the principal asks too often.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated("send a token: Authorization: Bearer ...")
    principal: Principal = await request.app.state.verifier.principal(token)
    await request.app.state.limits.admit(principal.subject)
    return principal
