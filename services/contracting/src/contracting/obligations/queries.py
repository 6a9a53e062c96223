"""Reads of obligations."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import and_, col, or_, select

from contracting.obligations.kept import HeldBall, SubjectFact
from contracting.obligations.model import Obligation, ObligationVerdict
from contracting.obligations.schemas import (
    BallHeldRead,
    ObligationOpenedUp,
    ObligationRead,
    ObligationState,
    ProvingFact,
    VerdictRead,
)
from contracts.contracting_obligations import Duty
from directory.names import names_of
from runtime.work import Work
from serving.listing import Filters, days, equal, whether

_SAYS: Final = ("at", "class", "class_at", "reopened", "void")


def _overdue(work: Work) -> Any:
    late = and_(col(Obligation.verdict) == Duty.breached, col(Obligation.done_at).is_(None))
    due = or_(late, and_(col(Obligation.verdict) == Duty.pending, col(Obligation.due_at) < work.now))
    return and_(due, col(Obligation.state) != ObligationState.waived)


FILTERS: Filters = (
    equal(Obligation, *("number", "state", "verdict", "clause", "kind", "owes", "gmp", "agreement_id"))
    | equal(Obligation, *("partner_id", "site_id", "product_id", "subject_type", "subject_id", "subject_number"))
    | {
        "overdue": whether(_overdue, "it is neither done nor waived, and its due instant has passed"),
        "open": whether(lambda _: Obligation.state == ObligationState.pending, "it is owed and can be met still"),
    }
    | days(col(Obligation.due_at), "due", "due_")
    | days(col(Obligation.start_at), "started", "started_")
)


async def show(work: Work, obligations: Sequence[Obligation]) -> list[ObligationRead]:
    """Obligations with names, and for how long they have been overdue."""
    known = await names_of(work, obligations)
    return [ObligationRead.model_validate(_shown(each, work) | known.of(each)) for each in obligations]


async def open_up(work: Work, obligation: Obligation) -> ObligationOpenedUp:
    """One obligation with its verdicts, down to the facts that prove it."""
    (shown,) = await show(work, [obligation])
    of_it = select(ObligationVerdict).where(ObligationVerdict.obligation_id == obligation.id)
    verdicts = await work.session.scalars(of_it.order_by(col(ObligationVerdict.place)))
    return ObligationOpenedUp(
        **dict(shown),
        verdicts=[VerdictRead.model_validate(dict(each)) for each in verdicts],
        facts=await _facts(work, obligation),
        turns=await _turns(work, obligation.subject_id),
    )


def _shown(obligation: Obligation, work: Work) -> dict[str, Any]:
    due_at, open_ = obligation.due_at, obligation.done_at is None
    owed = obligation.verdict in (Duty.pending, Duty.breached) and obligation.state != ObligationState.waived
    overdue = owed and open_ and due_at is not None and due_at < work.now
    seconds = int((work.now - due_at).total_seconds()) if overdue and due_at else None
    return dict(obligation) | {"overdue": overdue, "overdue_seconds": seconds}


async def _facts(work: Work, obligation: Obligation) -> list[ProvingFact]:
    of_it = select(SubjectFact).where(SubjectFact.subject_id == obligation.subject_id)
    found = await work.session.scalars(of_it.order_by(col(SubjectFact.sequence), col(SubjectFact.id)))
    return [
        ProvingFact(
            id=each.id,
            type=each.type,
            recorded_at=each.recorded_at,
            says={name: each.said[name] for name in _SAYS if each.said.get(name)},
            proves=each.id in obligation.proof,
        )
        for each in found
    ]


async def _turns(work: Work, subject_id: UUID) -> list[BallHeldRead]:
    of_it = select(HeldBall).where(HeldBall.subject_id == subject_id).order_by(col(HeldBall.sequence), col(HeldBall.id))
    turns = [BallHeldRead.model_validate(dict(each)) for each in await work.session.scalars(of_it)]
    own = work.principal.partner_id
    if own is None:
        return turns
    return [each if each.partner_id == own else each.model_copy(update={"partner_id": None}) for each in turns]
