"""A move for each transition of the records of quality by design and of risks."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from contracts import Lot
from contracts.tech_transfer import Gate
from services.tech_transfer.tests.designing import CPP, CQA, cell, cpp, cqa, in_python
from tech_transfer.cpps.model import Cpp
from tech_transfer.cpps.schemas import CppRanges
from tech_transfer.cqas.model import Cqa
from tech_transfer.process_readings.model import ProcessReading
from tech_transfer.process_readings.rules import ReportedValue
from tech_transfer.qbd.terms import DesignState
from tech_transfer.qbd_cells.model import QbdCell
from tech_transfer.qbd_cells.schemas import AssessCell
from tech_transfer.risks.model import Risk
from tech_transfer.risks.schemas import TransferRiskState
from tech_transfer.risks.scores import Scores
from tech_transfer.target_profiles.model import TargetProfile
from tech_transfer.target_profiles.schemas import ProfileElement
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tests.lifecycles import Moves

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)


def risk(of: Transfer, *, sponsor_only: bool = False, scores: Scores | None = None) -> Risk:
    """A risk of a transfer, scored at its gate."""
    given = {"failure_mode": "x", "effect": "x", "sponsor_only": sponsor_only}
    return Risk.begin(of, "TR-1", scores or Scores(4, 2, 2), "ana", NOW, **given)


def assessed(of: Transfer, effect: str = "low", **more: Any) -> QbdCell:
    """A cell of a transfer's matrix."""
    row, column = cqa(of), cpp(of)
    return QbdCell.begin(of, row, column, AssessCell(**cell(row.id, column.id, effect, **more)), "ana")


def reading(of: Transfer) -> tuple[ProcessReading, Cpp, Lot]:
    """How a batch made by the receiving unit stands to a parameter, before anything is known of it."""
    site, partner = of.receiving_site_id, of.receiving_partner_id
    lot = Lot(id=uuid4(), number="L-1", material="x", product_id=of.product_id, site_id=site, partner_id=partner)
    column = cpp(of)
    about = columns_of(of) | {"lot_id": lot.id, "lot_number": lot.number, "cpp_id": column.id, "cpp": column.code}
    return ProcessReading(**about), column, lot


def design_moves(transfer: Callable[[], Transfer]) -> dict[type, Moves]:
    """By model: how a new one is made, a move for each transition, and the states that nothing leaves."""
    again = AssessCell(**cell(uuid4(), uuid4(), "none"), reason="x")
    outside = [ReportedValue(in_python({"upper": "16"})["upper"], None, "kN", "PO-1", 1)]
    _, column, lot = reading(transfer())
    return {
        TargetProfile: (
            lambda: TargetProfile(**columns_of(transfer()), elements=[]),
            {"revise": lambda it: it.revise([ProfileElement(element="route", aim="oral")], "x")},
            set(),
        ),
        Cqa: (
            lambda: cqa(transfer()),
            {"revise": lambda it: it.revise(**in_python(CQA), reason="x"), "withdraw": lambda it: it.withdraw("x")},
            {DesignState.withdrawn},
        ),
        Cpp: (
            lambda: cpp(transfer()),
            {"revise": lambda it: it.revise(CppRanges(**CPP), "x"), "withdraw": lambda it: it.withdraw("x")},
            {DesignState.withdrawn},
        ),
        QbdCell: (lambda: assessed(transfer()), {"assess": lambda it: it.assess(again, "ana")}, set()),
        ProcessReading: (
            lambda: reading(transfer())[0],
            {"take": lambda it: it.take(column, lot, [] if it.told else outside, NOW)},
            set(),
        ),
        Risk: (
            lambda: risk(transfer()),
            {
                "rescore": lambda it: it.rescore(Gate.planning, Scores(5, 5, 5), "x", "ana", NOW),
                "close": lambda it: it.close("x"),
            },
            {TransferRiskState.closed},
        ),
    }
