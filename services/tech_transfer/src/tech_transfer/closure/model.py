"""A closure report and its lifecycle (WHO TRS 1044 annex 4: the transfer report; 21 CFR 11)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from sqlmodel import ARRAY, Field, String

from contracts import Role, Side
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from serving.canonical import sha256
from tech_transfer.closure.schemas import ClosureFields, ClosureState
from tech_transfer.metadata import Table
from tech_transfer.transfers.part import WaitingPart

WRITERS: Final = frozenset({Role.msat, Role.quality})


class ClosureReport(ClosureFields, WaitingPart, Table, table=True):
    """What became of a transfer. The sponsor's alone: it names on whom the days were waited for, of every side."""

    __tablename__ = "closure_report"

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {ClosureState.draft: {Side.sponsor}}
    signed_as: ClassVar[Mapping[str, str]] = {"transfer": "transfer_number", "digest of the whole": "digest"}
    content: str
    """Its sections, as canonical JSON."""
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who had it written: somebody else signs."""

    @transition(source={ClosureState.draft}, target=None, by=WRITERS)
    def refresh(self, content: str, by: str, now: datetime) -> None:
        """The records are asked anew."""
        self.content, self.digest, self.written_at = content, sha256(content), now
        self.prepared_by = sorted({*self.prepared_by, by})

    @transition(
        source={ClosureState.draft},
        target=ClosureState.signed,
        by={Role.quality},
        independent_of={"prepared_by"},
        signed="the transfer is closed, and this report says what became of it",
    )
    def sign(
        self, changed: Sequence[str], ownerless: Sequence[str], unended: Sequence[str], by: str, now: datetime
    ) -> None:
        """Quality signs, where the records still tell the same, and what is open is somebody's outside the transfer.

        No critical gap is open then: under a transfer that is closed none can end.
        """
        if changed:
            why = f"records tell another thing now of {', '.join(changed)}: refresh it, and look at that"
            raise RuleViolated(f"{self.number}: {why}", changed=list(changed))
        if ownerless:
            why = f"{', '.join(ownerless)}: open, and nobody outside the team owns it: assign or finish it"
            raise RuleViolated(why, actions=list(ownerless))
        if unended:
            why = "critical, or was so, and neither closed nor accepted: have both units agree to its mitigation"
            how = "then MSAT endorses how it ends, and quality signs it off"
            raise RuleViolated(f"{', '.join(unended)}: {why}, {how}", gaps=list(unended))
        self.signed_by, self.signed_at = by, now
