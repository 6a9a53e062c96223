"""The capability that the lots of a series show, and who reports what is not shown."""

import pytest

from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.test_lifecycles import NOW, series
from tech_transfer.ppq_series.capability import of_lots
from tech_transfer.ppq_series.schemas import CapabilityRead, SeriesState
from tech_transfer.statistics import tolerance
from tech_transfer.transfer_batches.results import LotResults
from tests.qualifying_batches import ASSAY

STEADY = ["99.6", "100.4", "99.8", "100.2", "99.9", "100.1", "99.7", "100.3", "100.0", "100.1"]


def shown(*lots: tuple[str, ...], criticality: str = "critical") -> CapabilityRead:
    """What lots show of the assay, each with its determinations."""
    limits = [ASSAY | {"text": None, "criticality": criticality}]
    of_it = {"attribute": "Assay", "unit": "%", "text": None, "qualifier": None, "counts": True}
    made = [
        LotResults(f"L{place}", limits, [of_it | {"value": found[0], "determinations": found}])
        for place, found in enumerate(lots)
    ]
    (capability,) = of_lots(limits, made)
    return capability


@pytest.mark.parametrize(("criticality", "coverage"), [("critical", 0.99), ("major", 0.95), ("minor", 0.90)])
def test_more_lies_within_the_interval_of_what_is_more_critical(criticality: str, coverage: float) -> None:
    found = shown(*((value,) for value in STEADY), criticality=criticality)
    assert (found.n, float(found.coverage)) == (10, coverage)
    away = tolerance.two_sided(10, coverage) * float(found.sd or 0)
    assert float(found.tolerance_upper or 0) == pytest.approx(100.01 + away, abs=1e-6)


def test_determinations_of_one_lot_are_not_lots() -> None:
    found = shown(("99.0", "100.0", "101.0", "100.0"), ("99.5", "100.5"), ("100.0", "100.2", "100.4"))
    assert ([str(each) for each in found.values], found.lots, found.n) == (["100", "100", "100.2"], 3, 3)
    assert found.not_assessed == "3 results are fewer than 10"
    many = shown(*((str(float(value) - 1), str(float(value) + 1)) for value in STEADY))
    assert (many.lots, many.n, many.ppk is None) == (10, 10, False)
    assert many.cpk is not None, "by the spread within lots"
    assert many.cpk < (many.ppk or 0)


@pytest.mark.parametrize(
    ("lots", "verdict"),
    [(["95.1", "100", "104.9"], "not_assessed"), (["97.6", *STEADY[:-1], "102.3", "98.6", "101.4"], "not_capable")],
)
def test_what_is_not_shown_is_reported_by_quality_with_a_reason(lots: list[str], verdict: str) -> None:
    found = shown(*((value,) for value in lots))
    assert found.verdict == verdict
    one = series()
    one.state = SeriesState.conforming
    for justification, by_quality in ((None, True), ("x", False)):
        with pytest.raises(RuleViolated, match=f"Assay .{verdict.replace('_', ' ')}"):
            one.report([found], [], justification, NOW, by_quality=by_quality)
    one.report([found], [], "x", NOW, by_quality=True)
    assert (one.state, one.report_justification) == (SeriesState.reported, "x")


def test_what_is_shown_needs_no_reason() -> None:
    found = shown(*((value,) for value in STEADY))
    assert found.verdict == "capable"
    one = series()
    one.state = SeriesState.conforming
    one.report([found], [], None, NOW, by_quality=False)
    assert one.state == SeriesState.reported
