"""Transfers and what is known of them, for rules that are tried without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from contracts.qualifications import Purpose
from contracts.tech_transfer import Gate, GateVerdict, TransferKind
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import Unit
from tech_transfer.timeline.model import GateBlocking
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""A Monday."""
ZONE = ZoneInfo("Europe/Vienna")
SENDER, RECEIVER = uuid4(), uuid4()


def transfer(**more: Any) -> Transfer:
    """A transfer from partner to partner that began."""
    given: dict[str, Any] = {
        "title": "Tablets to a second site",
        "product_id": uuid4(),
        "strengths": ["10 mg"],
        "kind": TransferKind.process,
        "purpose": Purpose.commercial,
        "sending_unit": "First plant",
        "sending_site_id": uuid4(),
        "sending_partner_id": SENDER,
        "receiving_site_id": uuid4(),
        "receiving_partner_id": RECEIVER,
        "markets": ["AT"],
        "planned": [],
        "team": [],
    } | more
    begun, _ = Transfer.start("TT-1", BEGAN, BEGAN.date(), None, **given)
    begun.created_at = BEGAN
    return begun


def dossier(of: Transfer, today: date, **more: Any) -> Dossier:
    """What is known of it on a day of the receiving site."""
    return Dossier(transfer=of, today=today, zone=ZONE, **more)


def taken(of: Transfer, gate: Gate, decided_at: datetime, **more: Any) -> GateDecision:
    """A decision by which a gate was passed."""
    given: dict[str, Any] = {"verdict": GateVerdict.passed, "state": DecisionState.taken, "proposed_by": "ana"} | more
    return GateDecision(
        number="GD-1", gate=gate, decided_at=decided_at, updated_at=decided_at, **columns_of(of), **given
    )


def noted(unit: Unit, noted_at: datetime, until: datetime | None = None, **more: Any) -> GateBlocking:
    """Something of a unit's that blocked from one instant until another."""
    given: dict[str, Any] = {"gate": Gate.initiation, "rule": "team", "transfer_id": UUID(int=1)} | more
    return GateBlocking(unit=unit, noted_at=noted_at, until=until, **given)


def at(day: int, hour: int = 12) -> datetime:
    """An instant so many days after the transfer began, by the receiving site's clock."""
    first = datetime(BEGAN.year, BEGAN.month, BEGAN.day, hour, tzinfo=ZONE)
    return first + timedelta(days=day)
