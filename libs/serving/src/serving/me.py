"""Who is asking, as a front-end wants to know it: whom to greet, and what to offer."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from contracts import Role
from runtime.access import EVERYBODY, Asking, allowed
from runtime.principal import SPONSOR

router = APIRouter(tags=["me"])


class Me(BaseModel):
    """The person, or the system, that a token speaks for."""

    subject: str
    name: str
    roles: Sequence[Role]
    party: str
    """`sponsor`, or the partner's id."""
    locale: str | None
    """The language that the issuer knows of (BCP 47), such as `sl-SI`; null where it says none."""
    expires_at: datetime
    """Until when the token counts."""


@router.get("/me", name="read")
@allowed(*EVERYBODY)
async def read(asking: Asking) -> Me:
    """Who asks: subject, name, roles, and whose person it is."""
    return Me(
        subject=asking.subject,
        name=asking.name,
        roles=sorted(Role(role) for role in asking.roles),
        party=asking.tenant or SPONSOR,
        locale=asking.locale,
        expires_at=datetime.fromtimestamp(asking.expires_at, UTC),
    )
