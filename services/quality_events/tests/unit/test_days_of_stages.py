"""A stage that a person states lies within the days of its batch, where both are known as precisely as that takes."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts import Lot, Moment
from quality_events.batches import works
from quality_events.batches.days import refuse_after_completion, refuse_before_start
from quality_events.batches.model import Batch
from quality_events.batches.terms import Completion, Source, Start
from runtime.problems import RuleViolated

VIENNA, NEW_YORK = "Europe/Vienna", "America/New_York"


def made(began: Moment = date(2026, 3, 2), completed: Moment | None = date(2026, 3, 20)) -> Batch:
    """A batch that was begun and made."""
    lot = Lot(id=uuid4(), number="B-1", material="P", product_id=None, site_id=uuid4(), partner_id=uuid4())
    batch = Batch.announce(lot)
    batch.start(Start(Source("mes"), began))
    batch.complete(Completion(Source("mes"), date(2026, 4, 1), completed_at=completed))
    return batch


@pytest.mark.parametrize(
    ("said", "there", "refused"),
    [
        ({"started_at": "2026-03-01"}, VIENNA, ["started_at"]),
        ({"started_at": "2026-03-02"}, VIENNA, None),
        ({"started_at": "2026-03"}, VIENNA, None),
        ({"started_at": "2026-02"}, VIENNA, ["started_at"]),
        ({"started_at": "2026-03", "ended_at": "2026-03-01"}, VIENNA, ["ended_at"]),
        ({"started_at": "2026-03-01T23:30:00Z"}, VIENNA, None),
        ({"started_at": "2026-03-01T22:30:00Z"}, VIENNA, ["started_at"]),
        ({"started_at": "2026-03-01"}, NEW_YORK, None),
    ],
)
def test_no_stage_lies_before_the_batch_began(said: Any, there: str, refused: Any) -> None:
    assert fields(refuse_before_start, made(), VIENNA, "packaging", said, there) == refused


@pytest.mark.parametrize(
    ("step", "said", "making", "refused"),
    [
        ("compression", {"started_at": "2026-03-19", "ended_at": "2026-03-20"}, works.WHOLE, None),
        ("compression", {"started_at": "2026-03-19", "ended_at": "2026-03-21"}, works.WHOLE, ["ended_at"]),
        ("filling", {"started_at": "2026-03-21"}, works.WHOLE, ["started_at"]),
        ("compression", {"started_at": "2026-03", "ended_at": "2026-03"}, works.WHOLE, None),
        ("packaging", {"started_at": "2026-03-21", "ended_at": "2026-03-22"}, works.WHOLE, None),
        ("visual inspection", {"started_at": "2026-03-21"}, works.WHOLE, None),
        ("packaging", {"started_at": "2026-03-20", "ended_at": "2026-03-22"}, works.HANDLING, ["ended_at"]),
    ],
)
def test_no_step_of_the_making_lies_after_it_and_bulk_is_packed_then(
    step: str, said: Any, making: Any, refused: Any
) -> None:
    assert fields(refuse_after_completion, made(), VIENNA, step, said, VIENNA, making) == refused
    undated = made(completed=None)
    assert fields(refuse_after_completion, undated, VIENNA, step, said, VIENNA, making) is None, "nobody said when"


def fields(refuse: Any, *given: Any) -> list[str] | None:
    """What is refused; None where nothing is."""
    try:
        refuse(*given)
    except RuleViolated as refused:
        return list(refused.extensions["fields"])
    return None
