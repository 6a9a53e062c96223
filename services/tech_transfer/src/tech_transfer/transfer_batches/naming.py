"""Whether a batch was chosen for a series before anybody could know what it shows: pure rules.

A batch shows something of a run whose making began after that run did, and that was named before its results were
known. Others were chosen by what they show. When something was known is when it was told, and not when it came here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tech_transfer.transfer_batches.begun import begun_before
from tech_transfer.transfer_batches.known import Known

BEGUN_EARLY: Final = "its making began before the protocol was approved"
BEGUN_BEFORE_RUN: Final = "its making began before the run in which it is named, which a restart began"
CHOSEN_AFTERWARDS: Final = "it was named after its results were known, and quality has not justified that"
NO_BEGIN: Final = "nothing tells when its making began"


@dataclass(frozen=True, slots=True)
class Naming:
    """When a batch was named, and for which run of which protocol; all is None of one that no series asks for."""

    approved_at: datetime | None = None
    """When the protocol was approved, by which the first run begins."""
    run_began_at: datetime | None = None
    """When a restart began the run, where one did."""
    named_at: datetime | None = None
    justified: bool = False
    """Whether quality said why it counts although its results were known."""

    def after_results(self, known: Known) -> bool:
        """Whether results of the lot, or a decision on it, had been told as it was named."""
        told = known.results_told_at
        return self.named_at is not None and told is not None and told < self.named_at

    def begun_early(self, started_at: str | None) -> str | None:
        """Why its making is known to have begun too early; None where it is not."""
        for instant, why in ((self.approved_at, BEGUN_EARLY), (self.run_began_at, BEGUN_BEFORE_RUN)):
            if begun_before(started_at, instant):
                return why
        return None

    def against(self, known: Known) -> list[str]:
        """Why it shows nothing, however good it is."""
        early = self.begun_early(known.started_at)
        late = CHOSEN_AFTERWARDS if self.after_results(known) and not self.justified else None
        return [why for why in (early, late) if why]

    def not_known(self, known: Known) -> list[str]:
        """What is not known of when its making began."""
        if known.started_at is None:
            return [NO_BEGIN] if self.approved_at else []
        asked = (self.approved_at, "the protocol was approved"), (self.run_began_at, "a restart began its run")
        unclear = [what for instant, what in asked if begun_before(known.started_at, instant) is None]
        return [f"it is not known whether its making began after {what}" for what in unclear]
