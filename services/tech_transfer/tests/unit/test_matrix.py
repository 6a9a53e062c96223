"""The matrix: what is unknown blocks, and so does a high effect without a control."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from runtime.problems import RuleViolated
from services.tech_transfer.tests.designing import DIGEST, cell, cpp, cqa
from services.tech_transfer.tests.unit.test_lifecycles import transfer
from tech_transfer.gates.dossier import Dossier
from tech_transfer.qbd.matrix import Matrix
from tech_transfer.qbd.required import qbd_matrix
from tech_transfer.qbd_cells.model import QbdCell, refuse_unfit
from tech_transfer.qbd_cells.schemas import AssessCell

OF = transfer()
CONTROL: dict[str, Any] = {"control": "an alarm stops the press", "control_evidence": DIGEST}


def assessed(row: Any, column: Any, effect: str, **more: Any) -> QbdCell:
    """A cell of the transfer's matrix."""
    return QbdCell.begin(OF, row, column, AssessCell(**cell(row.id, column.id, effect, **more)), "ana")


def why(kind: str = "process", **more: Any) -> list[str]:
    """What the gate says is not so."""
    of = transfer(kind=kind)
    return [each.why for each in qbd_matrix(Dossier(transfer=of, today=date(2026, 2, 2), **more))]


def test_nothing_named_is_not_met_and_methods_alone_are_not_asked() -> None:
    nothing = ["no critical quality attribute is named", "no critical process parameter is named"]
    assert why() == why("packaging") == why("process_and_analytical") == nothing
    assert why("analytical") == []
    assert why(cqas=[cqa(OF)]) == nothing[1:]


def test_each_pair_is_to_be_assessed_and_a_high_effect_to_be_controlled() -> None:
    rows, columns = [cqa(OF, "Q2"), cqa(OF, "Q1")], [cpp(OF, "P1")]
    assert why(cqas=rows, cpps=columns) == ["nobody assessed Q1 by P1", "nobody assessed Q2 by P1"]
    cells = [assessed(rows[0], columns[0], "none"), assessed(rows[1], columns[0], "high")]
    assert why(cqas=rows, cpps=columns, cells=cells) == ["Q1 rests highly on P1, and no control of that is stated"]
    cells[1].assess(AssessCell(**cell(rows[1].id, columns[0].id, "high"), **CONTROL, reason="x"), "ana")
    assert why(cqas=rows, cpps=columns, cells=cells) == []
    assert Matrix.of(rows, columns, cells).complete


def test_what_was_withdrawn_is_not_in_it() -> None:
    rows, columns = [cqa(OF, "Q1"), cqa(OF, "Q2")], [cpp(OF)]
    cells = [assessed(rows[0], columns[0], "high"), assessed(rows[1], columns[0], "low")]
    rows[0].withdraw("x")
    matrix = Matrix.of(rows, columns, cells)
    assert ([each.code for each in matrix.cqas], len(matrix.cells), matrix.complete) == (["Q2"], 1, True)
    with pytest.raises(RuleViolated) as refused:
        refuse_unfit(OF, rows[0], columns[0])
    assert refused.value.extensions["fields"] == ["cqa_id"]


def test_many_parameters_are_counted() -> None:
    (said,) = why(cqas=[cqa(OF)], cpps=[cpp(OF, f"P{place:02}") for place in range(12)])
    assert said.endswith("P08, P09 and 2 more")


def test_a_cell_is_of_one_transfer_and_is_not_changed_without_a_reason() -> None:
    with pytest.raises(RuleViolated):
        refuse_unfit(OF, cqa(OF), cpp(transfer()))
    known = assessed(cqa(OF), cpp(OF), "high")
    with pytest.raises(RuleViolated) as refused:
        known.assess(AssessCell(**cell(uuid4(), uuid4(), "none")), "ana")
    assert refused.value.extensions["fields"] == ["reason"]
    with pytest.raises(ValueError, match="go together"):
        AssessCell(**cell(uuid4(), uuid4(), "high", control="x"))


def test_an_attribute_has_limits_or_words() -> None:
    assert cqa(OF, lower=None, requirement="white").requirement == "white"
    for wrong in ({"lower": None}, {"requirement": "white"}, {"upper": 1}):
        with pytest.raises(RuleViolated):
            cqa(OF, **wrong)
