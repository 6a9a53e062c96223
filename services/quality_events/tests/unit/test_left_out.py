"""A lot that a source leaves out of an open deviation was named, and is asked about."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_events.deviations.model import Deviation
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import WORLD, batch, condition
from tests.quality_records import report


@given(st.permutations(range(4)))
def test_every_lot_that_a_revision_ever_named_is_known_in_whatever_order_they_come(order: list[int]) -> None:
    named = [(WORLD.lot(),), (WORLD.lot(), WORLD.lot()), (), (WORLD.lot(),)]
    whose: dict[str, Any] = {"site_id": WORLD.site, "partner_id": WORLD.maker}
    told = [
        replace(report(n + 1), **whose, lots=named[n], batches={each.id: each.id for each in named[n]})
        for n in range(4)
    ]
    deviation, lots, _ = Deviation.report(told[order[0]], "DEV-2026-00001")
    for n in order[1:]:
        rule = deviation.amend if told[n].revision > deviation.source_revision else deviation.take_earlier_revision
        lots += rule(told[n], lots)[0]
    out = {each.lot_id: each.left_out_by_revision is not None for each in lots}
    assert out == {each.id: at < 3 for at, of_it in enumerate(named) for each in of_it}
    assert deviation.batch_ids == [each.batch_id for each in lots if each.left_out_by_revision is None]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Verdict.unknown),
        ({"classification": "critical"}, Verdict.unknown),
        ({"classification": "minor"}, Verdict.met),
        ({"classification": "critical", "state": "closed"}, Verdict.met),
        ({"left_out_by_revision": None}, Verdict.not_met),
    ],
)
def test_it_is_quality_that_takes_a_lot_out(more: dict[str, Any], expected: Verdict) -> None:
    one: dict[str, Any] = {"id": str(WORLD.site), "number": "DEV-1", "state": "reported", "impact": None, "own": True}
    one |= {"partner_id": str(WORLD.maker), "classification": None, "due": None, "since": "2018-12-01"}
    one |= {"awaited_side": "sponsor", "made": True, "left_out_by_revision": 2}
    found = condition(batch([], deviations=[one | more]), "deviations_settled")
    assert (found.verdict, found.stateable) == (expected, expected == Verdict.unknown)
