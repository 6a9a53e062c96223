"""Releases of notes that handle more or less than another: what each group hears it writes down under its name."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from contracts import Fact, Recorded, clock
from contracts.partner_registry import PartnerKind, PartnerRegistered, PartnerStatus, PartnerStatusChanged
from notes.consumers import Trouble
from notes.installation import Installation, Member, record
from runtime.applying import Place
from runtime.consumer import Consumer
from runtime.health import Health
from runtime.settings import Settings
from runtime.subscriptions import Subscriptions
from runtime.work import Store, Work

PARTNERS = "partner-registry.partner"
Handlers = Sequence[tuple[str, type[Fact]]]
OLD: Handlers = [("", PartnerRegistered)]
"""The type that every release handles."""
NEW: Handlers = [*OLD, ("", PartnerStatusChanged)]
"""A type more, on the same topic."""
SECOND: Handlers = [*OLD, ("second", PartnerRegistered)]
"""Another handler for the same facts."""


def _subscriptions(handlers: Handlers, trouble: Trouble) -> Subscriptions:
    listens = Subscriptions()
    for group, model in handlers:

        @listens.on_batch(model, group=group)
        async def hear(work: Work, facts: Sequence[Recorded[Any]], group: str = group) -> None:
            for recorded in facts:
                await trouble.meet(work, recorded)
                await work.connection.execute(
                    "INSERT INTO heard (key, number, event_id) VALUES ($1, $2, $3)",
                    f"{group}:{type(recorded.fact).__name__}",
                    recorded.sequence,
                    str(recorded.id),
                )

    return listens


def release(
    installation: Installation, handlers: Handlers, trouble: Trouble | None = None, **settings: Any
) -> Consumer:
    """A replica's consumer of the release that has these handlers."""
    told: Settings = installation.settings.model_copy(update=settings)
    return Consumer(
        Place("notes", Store(told, "notes"), _subscriptions(handlers, trouble or Trouble()), Health("notes")), told
    )


@asynccontextmanager
async def running(
    installation: Installation, handlers: Handlers, trouble: Trouble | None = None, **settings: Any
) -> AsyncIterator[Member]:
    """A replica of a release that consumes until the block ends."""
    consumer = release(installation, handlers, trouble, **settings)
    member = Member(consumer)
    try:
        yield member
    finally:
        await member.stop()
        await consumer._place.store.close()


def registered(partner_id: UUID, number: int, **envelope: Any) -> dict[str, Any]:
    """A record of the type that every release handles."""
    fact = PartnerRegistered(
        partner_id=partner_id,
        number=str(number),
        legal_name="Alpine Tablets",
        kind=PartnerKind.cmo,
        country="AT",
        occurred_at=clock.now(),
    )
    return record(fact, number, **envelope)


def changed(partner_id: UUID, number: int, **envelope: Any) -> dict[str, Any]:
    """A record of the type that only a newer release handles."""
    fact = PartnerStatusChanged(
        partner_id=partner_id,
        before=PartnerStatus.prospect,
        after=PartnerStatus.active,
        reason="audited",
        occurred_at=clock.now(),
    )
    return record(fact, number, **envelope)


async def heard(installation: Installation) -> dict[str, list[int]]:
    """By group and type the numbers in the order in which they were heard."""
    found = defaultdict(list)
    for row in await installation.rows("SELECT key, number FROM heard ORDER BY position"):
        found[row["key"]].append(row["number"])
    return dict(found)


async def hears(installation: Installation, expected: dict[str, list[int]], within: float = 30) -> None:
    """Wait until so much has been heard, each as often and in the order that is said."""

    async def all_of_it() -> bool:
        found = await heard(installation)
        return {name: sorted(numbers) for name, numbers in found.items()} == expected

    await installation.eventually(all_of_it, within)
    assert await heard(installation) == expected, "in the order of the log"


def in_one_partition(*records: dict[str, Any]) -> list[dict[str, Any]]:
    """So that they have one order."""
    return [given | {"partition": 1} for given in records]


def of(recorded: dict[str, Any]) -> str:
    """The id of a record's fact."""
    return str(dict(recorded["headers"])["ce_id"].decode())
