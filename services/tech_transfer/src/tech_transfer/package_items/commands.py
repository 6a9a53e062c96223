"""Use cases of the package."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import select

from contracts import Fact
from runtime.bodies import Because
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.gates.dossier import records
from tech_transfer.package_items import rules
from tech_transfer.package_items.model import PackageItem, PackageStep
from tech_transfer.package_items.schemas import AddressItem, ListItem, ListStandard, PlanItem, ReturnDocument, WaiveItem
from tech_transfer.package_items.terms import Confidentiality, ItemState, PackageMove
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer


async def list_item(work: Work, body: ListItem) -> PackageItem:
    """A document shall be handed over. A gate that was passed without a mandatory one is marked.

    Raises RuleViolated for a draft for the sponsor alone that a partner lists: it would not read it itself.
    """
    if work.principal.partner_id and body.confidentiality == Confidentiality.sponsor_only:
        why = "confidentiality: what a unit lists is read by both: keep nothing for the sponsor alone"
        raise RuleViolated(why, fields=["confidentiality"])
    transfer = await transfers.locked(work, body.transfer_id)
    item = await _listed(work, transfer, body)
    await marks.follow(work, transfer)
    return item


async def list_standard(work: Work, body: ListStandard) -> list[PackageItem]:
    """What is usual for this kind of transfer, and is not listed yet; nothing where all of it is."""
    transfer = await transfers.locked(work, body.transfer_id)
    known = await records(work, PackageItem, transfer.id)
    items = []
    for category in rules.missing_of_standard(transfer.kind, known):
        title = category.value.replace("_", " ").capitalize()
        given = ListItem(category=category, title=title, **body.model_dump())
        items.append(await _listed(work, transfer, given))
    await marks.follow(work, transfer)
    return items


async def _listed(work: Work, transfer: Transfer, body: ListItem) -> PackageItem:
    twin = select(PackageItem.item_number).where(
        PackageItem.transfer_id == transfer.id,
        PackageItem.category == body.category,
        func.lower(PackageItem.title) == body.title.lower(),
        PackageItem.state != ItemState.closed,
    )
    if number := await work.session.scalar(twin):
        raise RuleViolated(f"title: {number} is called that: say what the two differ in", fields=["title"])
    return work.add(PackageItem.listed(transfer, body, await next_number(work, "PI", "package_item_number")))


def providing(step: Callable[..., Fact]) -> Callable[..., Any]:
    """The use case of a document that one or the other sending unit hands over."""

    async def run(work: Work, item_id: UUID, body: Any) -> PackageItem:
        given = body.model_dump() | {"by": work.principal.subject, "now": work.now}
        return await _moved(work, item_id, PackageMove.provided, lambda item: step(item, **given))

    return run


async def accept(work: Work, item_id: UUID, _: Because | None = None) -> PackageItem:
    """The receiving unit can work by it."""
    by, now = work.principal.subject, work.now
    return await _moved(work, item_id, PackageMove.accepted, lambda item: item.accept(by, now))


async def send_back(work: Work, item_id: UUID, body: ReturnDocument) -> PackageItem:
    """The receiving unit cannot work by it. It counts as missing, and gates that were passed with it are marked."""
    given = body.model_dump() | {"now": work.now}
    return await _moved(work, item_id, PackageMove.returned, lambda item: item.send_back(**given))


async def waive(work: Work, item_id: UUID, body: WaiveItem) -> PackageItem:
    """Quality says why nothing has to be handed over."""
    return await _moved(work, item_id, PackageMove.waived, lambda item: item.waive(body.justification, work.now))


async def plan(work: Work, item_id: UUID, body: PlanItem) -> PackageItem:
    """Somebody sees to it, until a day: its gate is forecast by that."""
    item, _ = await transfers.part(work, PackageItem, item_id, live=True)
    item.plan(body.owner, body.due_on)
    work.publish(of=item)
    return item


async def address(work: Work, item_id: UUID, body: AddressItem) -> PackageItem:
    """Both units are told of a draft; where the gate asks for it and was passed, that is marked."""
    item, transfer = await transfers.part(work, PackageItem, item_id)
    item.address(body.mandatory, body.confidentiality)
    transfer.refuse_ended()
    await marks.follow(work, transfer)
    return item


async def _moved(work: Work, item_id: UUID, move: PackageMove, take: Callable[[PackageItem], Fact]) -> PackageItem:
    """A document goes its way: the step is kept in its round, told, and gates that rest on it are looked at again."""
    item, transfer = await transfers.part(work, PackageItem, item_id)
    transfer.refuse_ended()
    work.publish(take(item), of=item)
    work.session.add(PackageStep.of(item, move, work.principal.subject, work.now))
    await marks.follow(work, transfer)
    return item
