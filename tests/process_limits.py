"""Limits of a process, batches that are judged by them, and each step that their records may take."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from quality_events.batches.stages import BatchStage
from quality_events.limit_explanations.model import LimitExplanation
from quality_events.process_limits.model import ProcessLimits
from quality_events.process_limits.schemas import StateProcessLimits
from quality_events.process_limits.terms import (
    Limited,
    LimitExplained,
    LimitsVersion,
    LongestTime,
    Making,
    Point,
    StepPoint,
    YieldRange,
)
from tests.dossiers import WORLD

EARLY = datetime(2018, 1, 2, 12, tzinfo=UTC)
VIENNA: dict[str, Any] = {"zone": "Europe/Vienna", "site_id": WORLD.site}
PRESSED = YieldRange("compression", Decimal(95), Decimal("101.5"))
END, START = (Point("granulation", StepPoint.end), Point("compression", StepPoint.start))
HELD = LongestTime(END, START, Decimal(72))


def version(number: str = "PL-1", revision: int = 1, valid_from: date = date(2018, 1, 1), **more: Any) -> LimitsVersion:
    given: dict[str, Any] = {"id": uuid4(), "confirmed_at": EARLY, "yields": [PRESSED], "times": [HELD]}
    return LimitsVersion(**(given | more), number=number, revision=revision, valid_from=valid_from)


def stage(step: str = "compression", planned: Any = None, actual: Any = None, **more: Any) -> BatchStage:
    amounts: dict[str, Any] = {}
    for name, given_ in (("planned", planned), ("actual", actual)):
        amounts |= {f"{name}_quantity": Decimal(given_[0]), f"{name}_unit": given_[1]} if given_ else {}
    of_it: dict[str, Any] = {"started_at": "2018-11-06", "ended_at": "2018-11-07", "site_id": WORLD.site} | more
    return BatchStage(batch_id=uuid4(), step=step, equipment=[], recorded_by=["ana"], **amounts, **of_it)


def made(*stages: BatchStage, **more: Any) -> Making:
    return Making(**(VIENNA | {"started_at": "2018-11-05", "stages": stages} | more))


def kg(value: str) -> tuple[str, str]:
    return value, "kg"


OWN = WORLD.site
V1, V2 = version(), version("PL-2", 2, date(2018, 6, 1))
FOR_SITE = version("PL-3", 1, date(2018, 8, 1), site_id=OWN)
GOOD = (
    stage("granulation", ended_at="2018-11-05"),
    stage(planned=kg("240"), actual=kg("239"), started_at="2018-11-06"),
)
LOW = (GOOD[0], stage(planned=kg("240"), actual=kg("220"), started_at="2018-11-06"))
FOUND = "yield of compression: 220 kg of 240 kg, about 91.6667 %; PL-1 asks for 95 to 101.5 %"


def explained(**more: Any) -> LimitExplained:
    of_it: dict[str, Any] = {"id": uuid4(), "number": "LEX-1", "deviation": "DEV-1", "found": FOUND, "settled": True}
    return LimitExplained(**({"limit_name": "yield of compression"} | of_it | more))


def limited(*stages: BatchStage, by: Sequence[LimitExplained] = (), **more: Any) -> Limited:
    return Limited(making=made(*stages, **more), versions=[version()], explained=by)


AT = {"step": "coating", "point": "end"}
BODY: dict[str, Any] = {
    "material": "AMLO-5", "partner_id": str(UUID(int=1)), "valid_from": "2026-02-01", "evidence": "0b" * 32,
    "yields": [{"step": "compression", "at_least": "95", "at_most": "101.5"}],
}  # fmt: skip


def process_limits() -> ProcessLimits:
    """Limits that one person stated."""
    return ProcessLimits.state_anew(StateProcessLimits.model_validate(BODY), "PL-1", WORLD.product, 1, "msat")


def explanation() -> LimitExplanation:
    """A deviation that explains a yield."""
    of_it: dict[str, Any] = {
        "batch_id": uuid4(),
        "partner_id": WORLD.maker,
        "deviation_id": uuid4(),
        "parties": [WORLD.maker],
    }
    return LimitExplanation(
        **of_it, number="LEX-1", limit_name="yield of compression", found=FOUND, explanation="x", explained_by="eva"
    )


Moves = dict[str, Callable[[Any], object]]
LIMITS_MOVES: Moves = {
    "confirm": lambda one: one.confirm("qa", EARLY),
    "reject": lambda one: one.reject("the master record says 90"),
    "propose_withdrawal": lambda one: one.propose_withdrawal(one.valid_from, "a slip", "eva"),
    "withdraw": lambda one: one.withdraw("qa"),
    "refuse_withdrawal": lambda one: one.refuse_withdrawal("it was none"),
}
EXPLANATION_MOVES: Moves = {
    "withdraw": lambda one: one.withdraw("the hopper was empty", "qa", EARLY),
    "lapse": lambda one: one.lapse("DEV-1 was cancelled", EARLY),
}
