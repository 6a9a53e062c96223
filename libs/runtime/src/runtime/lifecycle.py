"""Lifecycles: transition methods are the table from which answers, permissions and pictures are derived."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from contracts import Grant, Role
from runtime.access import Requirement, grants_of
from runtime.principal import Principal
from runtime.problems import Problem

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a lifecycle's table."""

    name: str
    source: frozenset[StrEnum]
    targets: Mapping[StrEnum, frozenset[StrEnum]]
    """Where it leads from each state: to that one where nothing else; which of several the method says."""
    needs: Requirement
    """Who may ask for it over HTTP; nobody where it happens by itself."""
    when: str
    """The record's attribute that says whether there is anything to do; where it is none, there always is."""


class NotAllowedNow(Problem):
    """The record's state does not allow this; the answer lists what it does allow, to its caller if known (409)."""

    def __init__(self, record: Any, name: str, principal: Principal | None = None) -> None:
        self.record, self.name, state, allowed = record, name, str(record.state), allowed_now(record, principal)
        detail = f"{name} is not possible while the state is {state}; allowed now: {', '.join(allowed) or 'nothing'}"
        super().__init__(409, "not-allowed-now", detail, state=state, allowed=allowed)


def transition(
    *,
    source: Collection[StrEnum],
    target: StrEnum | Collection[StrEnum] | Mapping[Any, Collection[StrEnum]] | None,
    by: Collection[Role | Grant],
    independent_of: Collection[str] = (),
    when: str = "",
    signed: str = "",
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a method as the way from ``source`` states to ``target`` (None: the state stays; of several the method
    sets which; a mapping says it for each source).

    The method checks its rules, changes the record and returns the facts it caused; it does no I/O. ``by`` says who
    may ask for it over HTTP: a role alone is the sponsor's, ``maker(role)`` that of somebody who acts for the record's
    maker. ``independent_of`` names the fields that hold who did what came before: it takes somebody else now.
    ``when`` names an attribute that says whether there is anything to do, such as an extension that was asked for: else
    the step is not offered, and the method says why not. ``signed`` says what a signature means that is asked for with
    it (21 CFR 11.50): it takes a fresh login, and somebody who prepared nothing of it.
    """

    def declare(method: Callable[P, R]) -> Callable[P, R]:
        if signed and not independent_of:
            raise TypeError(f"{method.__qualname__} is signed: it must say who prepared it, and cannot sign")
        needs = Requirement(grants_of(by), frozenset(independent_of), signed)
        to = (target,) if isinstance(target, StrEnum) else target or ()
        leads = to if isinstance(to, Mapping) else dict.fromkeys(source, to)
        targets = {each: frozenset(leads[each]) or frozenset({each}) for each in source}
        row = Transition(method.__name__, frozenset(source), targets, needs, when)

        @wraps(method)
        def move(*args: P.args, **kwargs: P.kwargs) -> R:
            record: Any = args[0]
            if record.state not in row.source:
                raise NotAllowedNow(record, row.name)
            possible = row.targets[record.state]
            caused = method(*args, **kwargs)
            if len(possible) == 1:
                (record.state,) = possible
            elif record.state not in possible:
                raise AssertionError(f"{row.name} leads to {sorted(possible)} and not to {record.state}")
            return caused

        move.transition = row  # type: ignore[attr-defined]
        return move

    return declare


@cache  # asked for each record of an answer, and each column of a model is slow to say that it is no transition
def table(model: type) -> tuple[Transition, ...]:
    """All transitions of a model, in the order in which they are written; those of what it is made of come last."""
    members = [member for part in model.__mro__ for member in vars(part).values()]
    return tuple(member.transition for member in members if hasattr(member, "transition"))


def steps(rows: Sequence[Transition], record: Any, principal: Principal | None = None) -> list[Transition]:
    """Those that this principal, or else somebody, may ask for now; one without roles happens by itself."""
    possible = [row for row in rows if record.state in row.source and row.needs.grants]
    possible = [row for row in possible if not row.when or getattr(record, row.when)]
    return [row for row in possible if principal is None or row.needs.permits(principal, record)]


def allowed_now(record: Any, principal: Principal | None = None) -> list[str]:
    """The names of a record's transitions that this principal, or else somebody, may ask for now."""
    return [row.name for row in steps(table(record.__class__), record, principal)]
