"""Which facts a service listens to, and what it does about them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from contracts import Fact, Recorded, contract_of, topics
from runtime.work import Work

F = TypeVar("F", bound=Fact)
One = Callable[[Work, F], Awaitable[None]]
Many = Callable[[Work, Sequence[Recorded[F]]], Awaitable[None]]


class Subscriptions:
    """A service's handlers by CloudEvents type. Several handlers of one fact run in the order of declaration."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Many[Any]]] = {}
        self._models: dict[str, type[Fact]] = {}

    def _add(self, model: type[Fact], handler: Many[Any]) -> None:
        type_ = contract_of(model).type
        self._models[type_] = model
        self._handlers.setdefault(type_, []).append(handler)

    def on(self, model: type[F]) -> Callable[[One[F]], One[F]]:
        """Handle facts one at a time: ``async def open(work, fact)``; the envelope is ``work.cause``."""

        def register(handler: One[F]) -> One[F]:
            async def each(work: Work, facts: Sequence[Recorded[F]]) -> None:
                for recorded in facts:
                    work.cause = recorded
                    await handler(work, recorded.fact)
                work.cause = None

            self._add(model, each)
            return handler

        return register

    def on_batch(self, model: type[F]) -> Callable[[Many[F]], Many[F]]:
        """Handle runs of facts at once, for hot paths: ``async def note(work, facts)``."""

        def register(handler: Many[F]) -> Many[F]:
            self._add(model, handler)
            return handler

        return register

    def topics(self) -> list[str]:
        """The topics to subscribe to."""
        return topics(self._models.values())

    def knows(self, type_: str) -> bool:
        """Whether a type has a handler here."""
        return type_ in self._handlers

    async def handle(self, work: Work, facts: Sequence[Recorded[Fact]]) -> None:
        """Run the handlers, in runs of consecutive facts of one type, so that order per key holds."""
        work.handling, start = facts, 0
        for position in range(1, len(facts) + 1):
            if position == len(facts) or facts[position].type != facts[start].type:
                run = facts[start:position]
                for handler in self._handlers.get(run[0].type, ()):
                    await handler(work, run)
                await work.session.flush()
                start = position
