"""What a gate was passed by and is no longer so: an action opens, and no gate falls back by itself."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracts.tech_transfer import Gate
from runtime.work import Work
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.opening import open_action
from tech_transfer.actions.schemas import ActionCause, ActionState
from tech_transfer.gates import rules
from tech_transfer.gates.dossier import Dossier, dossier_of
from tech_transfer.gates.terms import GateRule, Unmet
from tech_transfer.timeline import commands as timeline
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer


def no_longer_true(dossier: Dossier) -> dict[Gate, list[Unmet]]:
    """By gate that was passed, what it asks for and is not so any more.

    But for what it was passed without, as long as that is to be done: once it is said to be done it has to be so. A
    condition stands for what was open as it was signed, and for nothing else that its rule asks.
    """
    found = dict[Gate, list[Unmet]]()
    for decision in dossier.passed.values():
        to_be_done = [each for each in dossier.actions if each.decision_id == decision.id]
        open_ = {each.rule for each in to_be_done if each.state == ActionState.open}
        excused = {_what(each) for each in decision.unmet if each["rule"] in open_}
        asked = [each for each in rules.unmet(decision.gate, dossier) if each.rule != GateRule.conditions_met]
        if lost := [each for each in asked if _what(each.as_kept) not in excused]:
            found[decision.gate] = lost
    return found


def _what(kept: Mapping[str, Any]) -> tuple[str, str]:
    """What of a rule is open: a record, whatever is the matter with it, and where there is none, what is said of it."""
    return kept["rule"], kept.get("record_id") or kept["why"]


async def follow(work: Work, transfer: Transfer) -> Dossier:
    """Mark what is no longer so of the gates that a transfer passed, settle what is so again, and note what blocks.

    Called after each change by which that may be, in its transaction, with the transfer locked. Of a rule one action is
    to be done at a time. One that is said to be done stands for what it was opened for, until that is so, and for
    nothing else that is lost. Nothing is opened of one that has ended: nobody would do it. Gives what it was judged by.
    """
    dossier = await dossier_of(work, transfer)
    await timeline.note(work, dossier)
    lost = [(gate, each.rule, each) for gate, found in no_longer_true(dossier).items() for each in found]
    rules_lost = {(gate, rule) for gate, rule, _ in lost}
    known = await _marked(work, transfer.id)
    for action in known:
        if (action.gate, action.rule) not in rules_lost:
            settle = action.settle if action.state == ActionState.open else action.settle_done
            settle(work.now)
    to_do = {(each.gate, each.rule) for each in known if each.state == ActionState.open}
    said_done = {(each.gate, each.rule, each.text) for each in known}
    for gate, rule, each in lost:
        if (gate, rule) not in to_do and (gate, rule, each.why) not in said_done and not transfer.has_ended:
            about = {"gate": gate, "rule": rule, "text": each.why, "unit": each.as_sender_reads.unit}
            await open_action(work, transfer, cause=ActionCause.no_longer_true, **about)
            to_do.add((gate, rule))
    return dossier


async def follow_all(work: Work, transfer_ids: Collection[UUID]) -> None:
    """Follow several transfers, in the order in which everybody locks them: for what other services tell."""
    for transfer_id in sorted(transfer_ids):
        await follow(work, await transfers.locked(work, transfer_id))


async def _marked(work: Work, transfer_id: UUID) -> list[TransferAction]:
    found = select(TransferAction).where(
        TransferAction.transfer_id == transfer_id,
        TransferAction.cause == ActionCause.no_longer_true,
        col(TransferAction.settled_at).is_(None),
    )
    return list(await work.session.scalars(found.order_by(col(TransferAction.id))))
