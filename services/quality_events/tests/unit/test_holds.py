"""The rules of holds: they stand beside the batch's state, and each side lifts its own."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from contracts import Lot, Side
from contracts.batches import BatchHeld
from quality_events.batches.model import Batch
from quality_events.batches.terms import BatchState
from quality_events.holds.model import BatchHold
from quality_events.holds.terms import HoldState
from runtime.lifecycle import allowed_now
from runtime.problems import RuleViolated

NOW = datetime(2026, 5, 9, 9, tzinfo=UTC)
LOT = Lot(id=uuid4(), number="B-1", material="AMLO-5", product_id=uuid4(), site_id=uuid4(), partner_id=uuid4())


def placed(batch: Batch, side: Side, **more: Any) -> tuple[BatchHold, BatchHeld]:
    """A hold that one side placed."""
    given: dict[str, Any] = {"number": "HOLD-2026-10001", "markets": [], "reason": "broken seal", "by": "ana"}
    return BatchHold.place(batch, side=side, **given | more, now=NOW)


@pytest.mark.parametrize("state", BatchState)
def test_a_batch_is_held_in_any_state_and_keeps_it(state: BatchState) -> None:
    batch = Batch.announce(LOT)
    batch.state = state
    hold, held = placed(batch, Side.sponsor, markets=["DE", "AT", "DE"])
    assert (batch.state, hold.state, hold.markets) == (state, HoldState.open, ["AT", "DE"])
    assert (held.batch_id, held.lot, held.by_side, held.markets) == (batch.id, LOT, Side.sponsor, ("AT", "DE"))
    assert hold.parties == [LOT.partner_id]


@pytest.mark.parametrize("side", [Side.sponsor, Side.maker])
def test_only_the_side_that_placed_it_lifts_it(side: Side) -> None:
    hold, _ = placed(Batch.announce(LOT), side)
    ways = {Side.sponsor: hold.lift, Side.maker: hold.lift_as_maker}
    other = ways.pop(Side.maker if side == Side.sponsor else Side.sponsor)
    assert allowed_now(hold) == [ways[side].__name__]
    with pytest.raises(RuleViolated, match=f"placed by the {side}"):
        other(LOT, "tested again", "zoe", NOW)
    lifted = ways[side](LOT, "tested again", "petra", NOW)
    assert (hold.state, hold.lifted_by, hold.lifted_at) == (HoldState.lifted, "petra", NOW)
    assert (lifted.reason, lifted.lift_reason) == ("broken seal", "tested again")
