"""Each transition of a stage at another partner's site, as a move of a lifecycle test."""

from collections.abc import Callable
from typing import Any

from quality_events.stages.terms import Begun, Ended
from tests.quality_records import NOW

ENDED = Ended(started_at="2026-02", ended_at="2026-03")
STAGE_MOVES: dict[str, Callable[[Any], object]] = {
    "start": lambda one: one.start(Begun(started_at="2026-02"), "ana"),
    "end": lambda one: one.end(ENDED, "ana"),
    "confirm": lambda one: one.confirm("1.0", "0" * 64, ["DEV-1"], ["DEV-1"], "bea", NOW),
    "review": lambda one: one.review("0" * 64, "qa", NOW),
    "give_back": lambda one: one.give_back("the leaflet", NOW),
    "take_back": lambda one: one.take_back("it was never sent", "ana"),
    "withdraw": lambda one: one.withdraw("packed here"),
    "leave": lambda one: one.leave("the batch was given up"),
}
