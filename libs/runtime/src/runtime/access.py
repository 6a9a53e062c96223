"""Who may do what, and in whose name: a role says what in general, a side whose record it is."""

from collections.abc import Callable, Collection, Set
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request

from contracts import Grant, Role, Side
from runtime.principal import Principal, authenticate
from runtime.problems import Problem

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
EVERYBODY = frozenset(Role)
SPONSORS = frozenset(role for role in Role if not role.startswith("partner_"))
READERS = EVERYBODY - {Role.admin}
"""Who may read records: an administrator minds people and settings, and handles no regulated record."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What somebody must be to do something."""

    grants: frozenset[Grant] = frozenset()
    """Any of them."""
    independent_of: frozenset[str] = frozenset()
    """Fields of the record that name who did what came before: nobody does both."""
    signed: str = ""
    """What the electronic signature that it takes means; nothing where it takes none."""

    def __or__(self, other: "Requirement") -> "Requirement":
        others = self.independent_of | other.independent_of
        return Requirement(self.grants | other.grants, others, self.signed or other.signed)

    def check_role(self, principal: Principal, on: Set[Side] = frozenset(Side), but: Set[str] = frozenset()) -> None:
        """Raise a 403 Problem that names the roles, unless the principal has one of them that acts on these sides.

        ``but`` those without a say in a record. Where none is left the record itself says why.
        """
        acting = sorted({str(grant.role) for grant in self.grants} - but)
        if acting and not self._sides_for(principal, but) & on:
            detail = f"this needs one of the roles {', '.join(acting)}; yours: {', '.join(sorted(principal.roles))}"
            raise Problem(403, "another-role-required" if but else "forbidden", detail)

    def check_record(self, principal: Principal, record: Any) -> None:
        """Raise a 403 Problem unless the principal acts on the right side of this record, in a role that has a say in
        it, and is a second person."""
        held, own = self._sides_for(principal), sides_of(principal.partner_id, record)
        if not held & own:
            sides = " or ".join(sorted(held - {Side.sponsor})) or "sponsor"
            raise Problem(403, "wrong-side", f"this is for the record's {sides}, which your organisation is not")
        self.check_role(principal, own, record.powerless)
        if done := self._done_by(principal, record):
            detail = f"this takes another person than the record's {' and '.join(done)}, which is you"
            raise Problem(403, "second-person-required", detail, fields=done)

    def permits(self, principal: Principal, record: Any) -> bool:
        """Whether somebody may do this to this record."""
        sides = self._sides_for(principal, record.powerless)
        return bool(sides & sides_of(principal.partner_id, record)) and not self._done_by(principal, record)

    def _sides_for(self, principal: Principal, but: Set[str] = frozenset()) -> set[Side]:
        """On which sides of a record the principal's roles, but for those without a say in it, would let it act."""
        return {grant.side for grant in self.grants if grant.role in principal.roles - but}

    def _done_by(self, principal: Principal, record: Any) -> list[str]:
        """What came before that this very person did."""
        return sorted(field for field in self.independent_of if principal.subject in _persons(record, field))


def _persons(record: Any, field: str) -> list[str]:
    who = getattr(record, field)
    return who if isinstance(who, list) else [who]


def sides_of(partner_id: UUID | None, record: Any) -> set[Side]:
    """The sides of a record on which an organisation stands; None is the sponsor, who owns what has no sides."""
    if partner_id is None:
        return {Side.sponsor}
    return {side for side, field in record.sides.items() if getattr(record, field) == partner_id}


def grants_of(by: Collection[Role | Grant]) -> frozenset[Grant]:
    """Roles and grants alike as grants."""
    return frozenset(each if isinstance(each, Grant) else Grant(each, Side.sponsor) for each in by)


def allowed(*by: Role | Grant | Callable[..., Any]) -> Callable[[Endpoint], Endpoint]:
    """Say who may call a route: roles, grants, or transitions whose requirements are taken over.

    On a route that changes a record, a partner's role needs a side; on one that reads, rows are the database's matter.
    """

    def declare(endpoint: Endpoint) -> Endpoint:
        needs = Requirement()
        for each in by:
            needs |= Requirement(grants_of([each])) if isinstance(each, Role | Grant) else each.transition.needs  # type: ignore[attr-defined]
        endpoint.needs = needs  # type: ignore[attr-defined]
        return endpoint

    return declare


def requirement(endpoint: Callable[..., Any]) -> Requirement:
    """What a route's endpoint declared. Raises TypeError for one that did not."""
    needs: Requirement | None = getattr(endpoint, "needs", None)
    if needs is None or not needs.grants:
        raise TypeError(f"{endpoint.__name__} must say who may call it: @allowed(...)")
    return needs


async def _asking(request: Request) -> Principal:
    principal = await authenticate(request)
    requirement(request.scope["endpoint"]).check_role(principal)
    return principal


Asking = Annotated[Principal, Depends(_asking)]
"""Who asks, on a route that is no command and no query: it, too, says who may call it."""
