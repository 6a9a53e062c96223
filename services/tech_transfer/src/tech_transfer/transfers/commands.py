"""Use cases of transfers."""

from collections.abc import Awaitable, Callable
from datetime import UTC
from functools import partial
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from directory import queries as directory
from runtime.numbers import next_number
from runtime.problems import NotFound
from runtime.work import Work
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer
from tech_transfer.transfers.schemas import StartTransfer

P = TypeVar("P", bound=PartOfTransfer)


async def start(work: Work, body: StartTransfer) -> Transfer:
    """Begin a transfer. Raises NotFound or a 409 Problem for a site or a product that is not known."""
    receiving = await directory.named_site(work, body.receiving_site_id, "receiving_site_id")
    sending = (
        await directory.named_site(work, body.sending_site_id, "sending_site_id") if body.sending_site_id else None
    )
    await directory.named_product(work, body.product_id, None)
    transfer, started = Transfer.start(
        await next_number(work, "TT", "transfer_number"),
        work.now,
        work.now.astimezone(ZoneInfo(receiving.time_zone) if receiving.time_zone else UTC).date(),
        body.began_on,
        planned=body.planned,
        team=body.team,
        sending_partner_id=sending.partner_id if sending else None,
        receiving_partner_id=receiving.partner_id,
        **body.model_dump(exclude={"began_on", "planned", "team"}),
    )
    work.add(transfer)
    work.publish(started, of=transfer)
    return transfer


async def locked(work: Work, transfer_id: UUID, *, live: bool = False) -> Transfer:
    """The transfer that something belongs to: nothing is decided of it until this transaction ends.

    It is locked before what belongs to it, by everybody. Raises NotFound, also for who is no party to it; and
    RuleViolated for one that has ended, where it has to be ``live``.
    """
    await work.session.flush()
    transfer = await work.session.get(Transfer, transfer_id, with_for_update=True, populate_existing=True)
    if transfer is None:
        raise NotFound("transfer", transfer_id)
    if live:
        transfer.refuse_ended()
    return transfer


async def part(work: Work, model: type[P], id: UUID, *, live: bool = False) -> tuple[P, Transfer]:
    """A record under a transfer, and that, both locked in the order that everybody keeps. Raises as ``locked`` does."""
    found = await work.session.get(model, id) or await work.get(model, id)  # which says that there is none
    transfer = await locked(work, found.transfer_id, live=live)
    return await work.get(model, id), transfer


def locking(model: type[P]) -> Callable[[Work, UUID], Awaitable[P]]:
    """How a signed step finds its record: by ``part``, so that not the record is locked first."""
    return partial(_part_of, model)


async def _part_of(model: type[P], work: Work, id: UUID) -> P:
    return (await part(work, model, id))[0]
