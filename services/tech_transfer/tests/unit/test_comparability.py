"""Comparability with the sending site's lots, continued verification, and how many batches a protocol asks for."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from contracts.transfer_batches import RunRule, TransferBatchKind
from runtime.problems import RuleViolated
from tech_transfer.comparabilities.rules import compared
from tech_transfer.comparabilities.schemas import ComparabilityState as State
from tech_transfer.ppq_series.planning import required
from tech_transfer.ppq_series.schemas import Protocol
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import NameBatch
from tech_transfer.verifications.rules import MadeLot, asked, left_out, signals
from tests.qualifying_batches import ASSAY, PROTOCOL

PAST = [Decimal(100) + Decimal(n % 5 - 2) for n in range(10)]
NOW = [Decimal("99.9"), Decimal("100.0"), Decimal("100.2")]


def test_lots_are_comparable_within_one_and_a_half_standard_deviations_of_the_past() -> None:
    found = compared(PAST, NOW, None, None)
    assert found.state == State.equivalent
    assert found.limit == Decimal("2.23606797750")
    assert found.difference is not None
    assert abs(found.difference - Decimal("0.0333333333333")) < Decimal("1e-6")
    assert compared(PAST, [value + 2 for value in NOW], None, None).state == State.not_equivalent


def test_another_limit_and_few_historical_lots_are_justified() -> None:
    for history, limit in ((PAST, Decimal(1)), (PAST[:9], None)):
        with pytest.raises(RuleViolated, match="justification"):
            compared(history, NOW, limit, None)
    assert compared(PAST[:9], NOW, Decimal(3), "fewer were made").state == State.equivalent


@pytest.mark.parametrize(
    ("history", "receiving", "limit", "why"),
    [
        (PAST, NOW[:2], None, "2 results"),
        ([Decimal(1)] * 10, NOW, None, "do not vary"),
        ([Decimal(1)] * 10, [Decimal(1)] * 3, Decimal(1), "vary"),
    ],
)
def test_what_cannot_be_compared_says_why(history: Any, receiving: Any, limit: Any, why: str) -> None:
    found = compared(history, receiving, limit, "said")
    assert found.state == State.not_assessed
    assert why in (found.not_assessed or "")


def test_a_run_signals_one_far_away_and_eight_on_one_side() -> None:
    steady = [(f"L{n}", Decimal(100 + (-1) ** n)) for n in range(30)]
    assert signals(steady) == []
    (far,) = signals([*steady, ("FAR", Decimal(104))])
    assert (far.rule, far.lot) == (RunRule.beyond_three_s, "FAR")
    (eighth,) = signals([*steady, *((f"H{n}", Decimal("100.5")) for n in range(8))])
    assert (eighth.rule, eighth.lot) == (RunRule.eight_on_one_side, "H7")
    assert signals([("A", Decimal(1)), ("B", Decimal(1))]) == []
    shifted = [(f"S{n}", Decimal(100) + (-1) ** n * Decimal("3.2")) for n in range(6)]
    assert len(signals([*steady, *shifted])) == 6, (
        "by the spread of the first thirty, which 3.2 lies three times beyond"
    )
    assert (asked(29), asked(30)) == (1.00, 1.33)


def test_verified_are_ppq_batches_and_what_was_begun_after_the_closure() -> None:
    bulk = uuid4()

    def made(number: str, day: int, **more: Any) -> MadeLot:
        given: dict[str, Any] = {"bulk": uuid4(), "rejected": False, "strength": "10 mg", "qualifying": False}
        return MadeLot(number=number, started_at=f"2026-03-{day:02}T00:00:00Z", **given | more)

    lots = [
        made("ENGINEERING", 1),
        made("PPQ", 2, qualifying=True),
        made("PPQ-REJECTED", 3, qualifying=True, rejected=True),
        *(made("BULK", 11, bulk=bulk), made("PART", 11, bulk=bulk), made("NEW", 12)),
        *(made("OTHER", 13, strength="5 mg"), made("UNSAID", 13, strength=None), made("REJECTED", 14, rejected=True)),
        replace(made("UNKNOWN", 15), started_at=None),
    ]
    out = left_out(lots, "10 mg", datetime(2026, 3, 10, tzinfo=UTC))
    assert {each.number for each in lots} - out.keys() == {"PPQ", "BULK", "NEW"}
    assert out["PART"] == "it is of one bulk with BULK"
    assert (out["OTHER"], out["UNSAID"]) == ("it is of 5 mg", "nothing told of which strength it is")
    assert "rejected" in out["REJECTED"]
    assert "before the transfer was closed" in out["ENGINEERING"]


def engineering(*values: str, limits: Any = (ASSAY,)) -> list[TransferBatch]:
    rows = [each | {"text": None} for each in limits]
    result: dict[str, Any] = {
        "attribute": "Assay",
        "unit": "%",
        "qualifier": None,
        "counts": True,
        "determinations": [],
        "text": None,
    }
    made: dict[str, Any] = {"kind": TransferBatchKind.engineering, "limits": rows, "state": "conforming"}
    return [TransferBatch(**made, results=[result | {"value": value}]) for value in values]


def test_a_protocol_asks_for_three_or_what_is_justified_or_what_follows() -> None:
    protocol = Protocol.model_validate(PROTOCOL)
    assert required(protocol, []) == 3
    risk = PROTOCOL | {"basis": "risk", "required": 5, "justification": "12 points"}
    assert required(Protocol.model_validate(risk), []) == 5
    interval = Protocol.model_validate(PROTOCOL | {"basis": "tolerance_interval"})
    assert required(interval, engineering("99.5", "100", "100.5", "100.1", "99.9")) == 5
    for too_little in ([], ["100"], ["100", "100"]):
        with pytest.raises(RuleViolated, match="no two values"):
            required(interval, engineering(*too_little))
    with pytest.raises(RuleViolated, match="no number"):
        required(interval, engineering("97", "103", "100"))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"basis": "risk"}, "risk points"),
        ({"required": 2}, "justified by risk"),
        ({"bracketed": ["20 mg"], "strengths": ["10 mg", "30 mg"]}, "bracketing_why"),
        ({"bracketed": ["20 mg"], "bracketing_why": "same granules"}, "two extremes"),
        ({"strengths": ["10 mg", "10 mg"]}, "each strength once"),
        ({"limits": [ASSAY, ASSAY]}, "each attribute once"),
        ({"limits": [{"attribute": "Assay", "unit": "%"}]}, "a lower or an upper limit, or a text"),
        ({"limits": [ASSAY | {"lower": "104"}]}, "above the upper"),
        ({"limits": [ASSAY | {"unit": "percents"}]}, "UCUM"),
    ],
)
def test_a_protocol_that_says_too_little_is_refused(given: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Protocol.model_validate(PROTOCOL | given)


def test_a_batch_has_the_limits_of_its_series_or_its_own() -> None:
    named = {"transfer_id": uuid4(), "lot": "L1", "strength": "10 mg", "scale": "200 kg"}
    for given in ({"kind": "ppq"}, {"kind": "engineering"}, {"kind": "ppq", "series_id": uuid4(), "limits": [ASSAY]}):
        with pytest.raises(ValidationError):
            NameBatch.model_validate(named | given)
    assert NameBatch.model_validate(named | {"kind": "engineering", "limits": [ASSAY]}).at_scale
