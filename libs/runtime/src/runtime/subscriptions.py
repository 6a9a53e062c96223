"""Which facts a service listens to, and what it does about them."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from contracts import Fact, Recorded, contract_of, topics
from runtime import attribution
from runtime.work import Work

F = TypeVar("F", bound=Fact)
One = Callable[[Work, F], Awaitable[None]]
Many = Callable[[Work, Sequence[Recorded[F]]], Awaitable[None]]
Groups = Mapping[str, Collection[str]]
"""By a fact's id the handler groups that have not been given it before."""


async def _attributed(work: Work, facts: Sequence[Any], handler: Callable[..., Awaitable[None]], given: Any) -> None:
    """Let the audit know the facts behind what a handler does; the next one may look for what this one made."""
    await attribution.caused_by(work, facts)
    await handler(work, given)
    await work.session.flush()


def runs_of(facts: Iterable[Recorded[Fact]]) -> list[list[Recorded[Fact]]]:
    """Facts of one type each, as many as can be handled together: a key's come one step later with each other type."""
    runs: dict[tuple[int, str], list[Recorded[Fact]]] = {}
    last: dict[str, tuple[int, str]] = {}
    for fact in facts:
        step, type_ = last.get(fact.key, (0, fact.type))
        last[fact.key] = step + (type_ != fact.type), fact.type
        runs.setdefault(last[fact.key], []).append(fact)
    return [runs[place] for place in sorted(runs)]


class Subscriptions:
    """A service's handlers by CloudEvents type and group.

    Each group is given every fact of its types once, also those from before the release that added it. Its name is
    kept in the database: renamed, it is a new group, and is given the whole history again.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, dict[str, Many[Any]]] = {}
        self._models: dict[str, type[Fact]] = {}

    def _add(self, model: type[Fact], group: str, handler: Many[Any]) -> None:
        type_ = contract_of(model).type
        handlers = self._handlers.setdefault(type_, {})
        if group in handlers:
            detail = f'{type_} has a handler in the group "{group}": give this one a group of its own, group="..."'
            raise ValueError(detail)
        self._models[type_], handlers[group] = model, handler

    def on(self, model: type[F], group: str = "") -> Callable[[One[F]], One[F]]:
        """Handle facts one at a time: ``async def open(work, fact)``; the envelope is ``work.cause``.

        Raises ValueError when the group handles such facts already.
        """

        def register(handler: One[F]) -> One[F]:
            async def each(work: Work, facts: Sequence[Recorded[F]]) -> None:
                for recorded in facts:
                    work.cause = recorded
                    await _attributed(work, [recorded], handler, recorded.fact)
                work.cause = None

            self._add(model, group, each)
            return handler

        return register

    def on_batch(self, model: type[F], group: str = "") -> Callable[[Many[F]], Many[F]]:
        """Handle runs of facts at once, for hot paths: ``async def note(work, facts)``.

        Raises ValueError when the group handles such facts already.
        """

        def register(handler: Many[F]) -> Many[F]:
            self._add(model, group, lambda work, facts: _attributed(work, facts, handler, facts))
            return handler

        return register

    def topics(self) -> list[str]:
        """The topics to subscribe to."""
        return topics(self._models.values())

    def groups(self, type_: str) -> Collection[str]:
        """The groups that handle a type here; none for a type that is passed over."""
        return self._handlers.get(type_, {}).keys()

    def handled(self) -> set[tuple[str, str, str]]:
        """Topic, type and group of every handler."""
        topic_of = {type_: contract_of(model).topic for type_, model in self._models.items()}
        return {(topic_of[type_], type_, group) for type_, groups in self._handlers.items() for group in groups}

    def digest(self) -> str:
        """The same for two releases that handle the same."""
        return hashlib.sha256(repr(sorted(self.handled())).encode()).hexdigest()[:16]

    async def handle(self, work: Work, facts: Sequence[Recorded[Fact]], new: Groups | None = None) -> None:
        """Run the handlers, in runs of facts of one type, in which the order of a key holds.

        Each group is given the facts that are ``new`` to it; all, where nothing is said.
        """
        work.handling = facts
        for run in runs_of(facts):
            for group, handler in self._handlers.get(run[0].type, {}).items():
                if given := [fact for fact in run if new is None or group in new[str(fact.id)]]:
                    await handler(work, given)
