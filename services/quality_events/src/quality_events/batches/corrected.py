"""What comes to be known of a batch, or is corrected, also after its record was handed in or it was decided.

What is another than what was reviewed is reviewed again (21 CFR 211.192), and asked about where the batch is out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlmodel import Field

from contracts import DayOrMonth, Moment, clock
from contracts.batches import LinkKind
from contracts.quality_events import BatchManufactured
from quality_events.batches import record
from quality_events.batches.fields import RecordColumns, StatedColumns
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.terms import BatchState as State
from quality_events.genealogy.model import BatchLink, Lineage
from quality_events.metadata import INSTANT
from runtime.problems import RuleViolated

REVIEWABLE: Final = frozenset({State.under_review, State.dispositioned})
"""What is amended, or comes late, after the decision is reviewed like all else; the batch stays decided."""


class Corrected(StatedColumns, RecordColumns):
    """What people state of a batch beside its start and its completion."""

    aliases_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """Since when its other numbers are these; of those that were stated before that was kept nobody knows it."""

    def keep_beside(self, said: dict[str, Any]) -> None:
        """Keep what another source says; where that is of another making, nobody reviewed the record beside it."""
        before = self.of_another_making
        super().keep_beside(said)
        if self.of_another_making != before:
            self.undo_reviews()

    def made_otherwise(self) -> BatchManufactured:
        """It was made otherwise than was reviewed; the fact is told once more, for those who weigh that."""
        self.undo_reviews()
        return self.batch_manufactured()

    def take_description(
        self,
        work_order: str | None,
        aliases: Sequence[str] | None,
        dates: tuple[Moment | None, DayOrMonth | None],
        applied_changes: Sequence[str] | None,
    ) -> BatchManufactured | None:
        """Take over what is given."""
        before, told = self._of_making(), self.told_when_made
        self.work_order = work_order or self.work_order
        if aliases is not None and sorted(set(aliases)) != self.aliases:
            self.aliases, self.aliases_at = sorted(set(aliases)), clock.now()
        self.applied_changes = self.applied_changes if applied_changes is None else sorted(set(applied_changes))
        self.state_dates(*dates)
        if self.state in REVIEWABLE and self._of_making() != before:
            return self.made_otherwise()
        return self.told_anew(told)

    def take_late_stage(self, stage: Stage, known: BatchStage | None, by: str) -> BatchStage | None:
        """Who states it makes an entry of the record; what is known like that changes nothing: None.

        Raises RuleViolated while it runs.
        """
        if known and known.says(stage):
            return None
        if stage.ended_at is None:
            why = f"{self.number}: its record is here, for which every stage has ended: state when {stage.step} did"
            raise RuleViolated(why, fields=["ended_at"])
        made = BatchStage.state(self.id, stage, known, by)
        self.record_authors = record.authors([by], self)
        return made

    def take_lineage(self, lineage: Lineage) -> list[BatchLink]:
        """The edges; a merge counts as made and expires with the first of its inputs."""
        links = lineage.links(self)
        if lineage.kind == LinkKind.merged:
            self.manufacture_date, self.expiry_date = lineage.earliest_dates()
        return links

    def _of_making(self) -> tuple[str | None, str | None, list[str], list[str]]:
        return self.manufacture_date, self.expiry_date, self.applied_changes, self.aliases
