"""What notes hears. Tests put obstacles in its way."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts import Fact, Recorded
from contracts.partner_registry import PartnerStatusChanged, ProductRegistered
from runtime.subscriptions import Subscriptions
from runtime.work import Work

Obstacle = Callable[[Work, Recorded[Fact]], Awaitable[None]]
_HEAR = """
INSERT INTO heard (key, number, event_id) SELECT * FROM unnest($1::text[], $2::int[], $3::text[])
"""
ECHO = "echo"


@dataclass
class Trouble:
    """What happens to each fact before it is heard; a test sets it."""

    obstacle: Obstacle | None = None

    async def meet(self, work: Work, recorded: Recorded[Fact]) -> None:
        """Run the obstacle, if there is one."""
        if self.obstacle is not None:
            await self.obstacle(work, recorded)


@dataclass(frozen=True)
class Heading:
    """What an echo is about."""

    parties: Sequence[UUID]
    version: int


def subscriptions(trouble: Trouble) -> Subscriptions:
    """The handlers of one installation."""
    listens = Subscriptions()

    @listens.on_batch(ProductRegistered)
    async def hear(work: Work, facts: Sequence[Recorded[ProductRegistered]]) -> None:
        for recorded in facts:
            await trouble.meet(work, recorded)
        rows = [(str(each.fact.product_id), int(each.fact.code), str(each.id)) for each in facts]
        await work.connection.execute(_HEAR, *map(list, zip(*rows, strict=True)))

    @listens.on(PartnerStatusChanged)
    async def echo(work: Work, fact: PartnerStatusChanged) -> None:
        """An echo answers a fact with a fact."""
        cause = work.cause
        assert cause is not None
        await trouble.meet(work, cause)
        if fact.reason == ECHO:
            answer = ProductRegistered(
                product_id=fact.partner_id, code="0", name="echo", dosage_form="note", occurred_at=work.now
            )
            work.publish(answer, of=Heading(cause.parties, cause.sequence))

    return listens
