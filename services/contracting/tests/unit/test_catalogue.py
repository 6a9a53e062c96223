"""The catalogue of clauses: each is judged, or says which fact it waits for."""

import pytest

from contracting.clauses.catalogue import CatalogueClause, defaults, version
from contracting.clauses.terms import Clause
from gxp.clocks import Unit

EACH = pytest.mark.parametrize("clause", defaults(), ids=lambda clause: clause.code)


@EACH
def test_each_is_executed_or_says_what_it_waits_for(clause: CatalogueClause) -> None:
    assert clause.executed is (clause.waits_for is None)


@EACH
def test_an_agreement_can_be_drafted_with_each(clause: CatalogueClause) -> None:
    said = clause.model_dump(include=set(Clause.model_fields))
    Clause(**said, calendar="SI" if clause.unit == Unit.working_days else None)


def test_it_holds_what_is_executed_today() -> None:
    assert [each.code for each in defaults() if each.executed] == [
        *("notify_deviation", "notify_oos", "close_deviation", "conclude_oos", "announce_change"),
        *("deliver_batch_record", "answer_findings", "report_inspection", "permit_audit"),
        *("acknowledge_deviation", "classify_change"),
    ]
    assert (len(defaults()), version()) == (18, "1")
