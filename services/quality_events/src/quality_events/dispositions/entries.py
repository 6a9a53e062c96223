"""How a decision is entered in the register of a legal entity (Directive 2001/83/EC article 51(3))."""

from typing import Any

from quality_events.dispositions.authority import Authority
from quality_events.dispositions.model import Disposition, DispositionDecision
from quality_events.dispositions.schemas import Entered
from quality_events.readiness.schemas import MarketReadiness, as_signed
from runtime.work import Work

# Behind its last entry, and behind what a restore to an earlier moment left out of it.
_NEXT = """
SELECT max(last) + 1 FROM (
    SELECT coalesce(max(register_number), 0) AS last FROM disposition_decision WHERE legal_entity = $1 AND regime = $2
    UNION ALL SELECT floor FROM register_floor WHERE (legal_entity, regime) IN (($1, $2), ('', ''))
        AND ((legal_entity, regime) = ($1, $2) OR NOT EXISTS (
            SELECT FROM register_floor WHERE (legal_entity, regime) = ($1, $2)))
) AS known
"""


async def enter(
    work: Work,
    disposition: Disposition,
    shown: MarketReadiness,
    as_whom: Authority,
    entered: Entered,
    justification: str,
    **more: Any,
) -> DispositionDecision:
    """Enter what was decided under the next number, with the readiness that was signed."""
    signed = as_signed(disposition.batch_id, disposition.market, shown.conditions)
    said = {"capacity": as_whom.capacity, "readiness_digest": shown.digest or "", "readiness": signed}
    said |= {"decision": entered, "justification": justification}
    return await _enter(work, disposition, as_whom.legal_entity, **said, **more)


async def enter_withdrawal(work: Work, disposition: Disposition, last: DispositionDecision, recall: str) -> None:
    """Enter that a recall took it back, where its last decision stands, which would look as if it held.

    By who approved the recall last; of a child that becomes known later by the service. No readiness is signed with it.
    """
    why = f"{recall} takes it back from {disposition.market}"
    said = {"decision": Entered.withdrawn, "justification": why, "follows": recall}
    work.publish(of=await _enter(work, disposition, last.legal_entity, **said))


async def _enter(work: Work, disposition: Disposition, legal_entity: str, **said: Any) -> DispositionDecision:
    await work.session.flush()
    number = await work.connection.fetchval(_NEXT, legal_entity, disposition.regime)
    entry = DispositionDecision(
        disposition_id=disposition.id,
        batch_id=disposition.batch_id,
        market=disposition.market,
        regime=disposition.regime,
        legal_entity=legal_entity,
        register_number=number,
        decided_by=work.principal.subject,
        decided_at=work.now,
        **said,
    )
    work.session.add(entry)
    return entry
