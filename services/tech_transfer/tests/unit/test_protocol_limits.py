"""Whether a protocol asks all that quality attributes ask, and what follows where it does not."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from contracts import Side
from runtime.problems import RuleViolated
from services.tech_transfer.tests.designing import cqa, in_python
from services.tech_transfer.tests.unit.test_lifecycles import NOW, PROTOCOL, series, transfer
from services.tech_transfer.tests.unit.test_qualified_gates import dossier
from tech_transfer.cqas.model import Cqa
from tech_transfer.gates.terms import Unit
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.required import ppq_series
from tech_transfer.ppq_series.schemas import SeriesState
from tech_transfer.transfer_batches.attributes import departing, kept
from tech_transfer.transfer_batches.results import LotResults
from tech_transfer.transfer_batches.schemas import AttributeLimits
from tech_transfer.transfer_batches.values import plain_values, unit_of


def assay(**more: Any) -> Cqa:
    """An assay from 95 to 105 %."""
    return cqa(transfer(), "CQA-ASSAY", **in_python({"name": "Assay", "lower": "95", "upper": "105"} | more))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"lower": "95", "upper": "105"}, None),
        ({"attribute": "cqa-assay", "lower": "0.97", "upper": "1.03", "unit": "1"}, None),
        ({"lower": "94.9", "upper": "105"}, "asks from 95 to 105 %"),
        ({"lower": "95", "upper": "105.1"}, "asks from 95 to 105 %"),
        ({"lower": "97"}, "asks from 95 to 105 %"),
        ({"lower": "97", "upper": "103", "unit": "mg"}, "mg cannot be compared with %"),
        ({"text": "whatever"}, "no text stands"),
        ({"lower": "95", "upper": "105", "criticality": "major"}, "critical, and not major"),
        ({"attribute": "Water", "upper": "2"}, "no limits for it"),
    ],
)
def test_limits_lie_within_those_of_the_attribute(said: Any, why: str | None) -> None:
    limits = AttributeLimits.model_validate({"attribute": "Assay"} | said)
    found = departing([limits], [assay()])
    assert list(found) == ([] if why is None else ["CQA-ASSAY"])
    assert why is None or why in found["CQA-ASSAY"]


def test_each_row_of_an_attribute_is_asked_and_words_are_not_compared() -> None:
    rows = [{"attribute": "Assay", "lower": "50"}, {"attribute": "CQA-ASSAY", "lower": "95", "upper": "105"}]
    assert departing([AttributeLimits.model_validate(each) for each in rows], [assay()])
    white = assay(lower=None, upper=None, requirement="white")
    assert departing([AttributeLimits(attribute="Assay", text="white tablets")], [white]) == {}


@pytest.mark.parametrize(
    ("attribute", "also_called"), [("cqa-assay", ["Assay"]), (" ASSAY", ["CQA-ASSAY"]), ("Water", [])]
)
def test_limits_keep_what_their_attribute_was_called(attribute: str, also_called: list[str]) -> None:
    (found,) = kept([AttributeLimits.model_validate({"attribute": attribute, "upper": "105"})], [assay()])
    assert found.also_called == also_called
    (later,) = kept([found], [assay(name="Content")])
    assert later.also_called == [*also_called, *(["Content"] if also_called else [])]


def test_values_are_found_by_any_name_and_first_by_the_own_one() -> None:
    of_it: dict[str, Any] = {"value": "100", "unit": "%", "qualifier": None, "counts": True, "determinations": []}
    results = [of_it | {"attribute": "CQA-ASSAY"}, of_it | {"attribute": "Assay", "value": "1"}]
    by_code = {"attribute": "CQA-ASSAY", "unit": "%", "also_called": ["Assay"]}
    assert plain_values(LotResults("L1", [by_code], results[:1]), "assay") == [Decimal(100)]
    both = LotResults("L1", [by_code, {"attribute": "Assay", "unit": "%"}], results)
    assert (plain_values(both, "assay"), plain_values(both, "cqa-assay")) == ([Decimal(1)], [Decimal(100)])
    assert (plain_values(both, "Water"), unit_of(both, "Water")) == ([], None)


def lacking(state: SeriesState) -> PpqSeries:
    """A series that conforms, and of whose transfer an attribute was tightened since."""
    one = series()
    one.approve_protocol("petra", NOW)
    one.state, one.conforms = state, True
    one.follow_attributes([assay()])
    assert one.lacking == []
    one.follow_attributes([assay(lower="99")])
    return one


def test_an_attribute_that_is_tightened_later_unmakes_what_the_series_shows() -> None:
    one = lacking(SeriesState.conforming)
    (unmet,) = ppq_series(dossier(ppq_series=[one]))
    assert (unmet.unit, "asks less" in unmet.why) == (Unit.sponsor, True)
    one.fails, one.state = True, SeriesState.failed
    with pytest.raises(RuleViolated, match="redesign it"):
        one.restart("x", uuid4(), None, NOW)
    one.fails, one.state = False, SeriesState.conforming
    one.follow_attributes([assay()])
    assert ppq_series(dossier(ppq_series=[one])) == []


@pytest.mark.parametrize("state", [SeriesState.running, SeriesState.conforming, SeriesState.reported])
def test_it_is_redesigned_without_a_failure(state: SeriesState) -> None:
    one = lacking(state)
    assert one.turn() == {Side.sponsor}
    one.redesign(PROTOCOL, 3, "tightened", None, None, [], by="ana")
    assert (one.state, one.design, one.lacking, one.conforms) == (SeriesState.planned, 2, [], False)
    assert (one.runs_ended[0]["capa_id"], one.is_approved) == (None, False)
    one.state = state
    with pytest.raises(RuleViolated, match="nothing failed"):
        one.redesign(PROTOCOL, 3, "x", None, None, [], by="ana")


def test_a_failure_takes_a_capa_and_what_nobody_began_takes_none() -> None:
    one = series()
    one.redesign(PROTOCOL, 3, "a wrong number", None, None, [], by="ana")
    assert one.runs_ended == []
    one.state, one.fails = SeriesState.failed, True
    with pytest.raises(RuleViolated, match="name the CAPA"):
        one.redesign(PROTOCOL, 3, "x", None, "a failure ended the run: name the CAPA", [], by="ana")
