"""A laboratory that explains what speaks against its data."""

from typing import Any
from uuid import UUID

from contracts.data_integrity import DataIntegrityFlagged, FlagState

EXPLAINED = {"explanation": "it was typed from the printout, which is in the notebook"}


async def explain(tracking: Any, bus: Any, set_id: str, flags: int = 1) -> None:
    """Answer all that speaks against the data of a set, as soon as so many flags were raised on it."""
    told = await bus.told(DataIntegrityFlagged, flags, set_id=UUID(set_id), state=FlagState.open)
    quality = tracking.as_("quality", subject="dora")
    for each in told:
        path = f"/data-integrity-flags/{each.flag_id}"
        if (await quality.get(path)).json()["state"] == FlagState.open:
            await quality.done(f"{path}/answer", EXPLAINED)
