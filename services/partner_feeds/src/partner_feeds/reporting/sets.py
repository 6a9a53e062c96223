"""A laboratory's results in sets: what is new of a lot is one fact, not one for each cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts import Lot, Moment
from contracts.partner_feeds import ReportedResult, TestResultsReported, TestStage
from directory.queries import Place
from partner_feeds.reporting.codes import Scope
from runtime.outbox import sets


@dataclass(frozen=True, slots=True)
class Result:
    """A result, and what it has in common with the others of its set."""

    lot: Lot
    laboratory: Place
    stage: TestStage
    occurred_at: Moment
    parties: tuple[UUID, ...]
    reported: ReportedResult

    @property
    def content(self) -> dict[str, Any]:
        """All that is reported of it, as JSON."""
        lot = self.lot.model_dump(mode="json", include={"id", "material", "number", "site_id"})
        shared = {"lot": lot, "stage": str(self.stage), "occurred_at": str(self.occurred_at)}
        return shared | {"laboratory_site_id": str(self.laboratory.id)} | self.reported.model_dump(mode="json")

    @property
    def place(self) -> tuple[Any, ...]:
        """What those of one set have in common. The lot by its id: to compare all of it takes longer."""
        return self.lot.id, self.laboratory.id, self.stage, self.occurred_at, self.parties


def in_sets(new: Iterable[Result], amended: Iterable[Result], scope: Scope) -> Iterator[TestResultsReported]:
    """The facts about results: what is new of a lot's, stage's and moment's together, and each amendment alone."""
    groups: dict[tuple[Any, ...], list[Result]] = {}
    for result in new:
        groups.setdefault(result.place, []).append(result)
    for group in (*groups.values(), *([result] for result in amended)):
        first = group[0]
        for results in sets(each.reported for each in group):
            yield TestResultsReported(
                occurred_at=first.occurred_at,
                lot=first.lot,
                laboratory_site_id=first.laboratory.id,
                laboratory_partner_id=first.laboratory.partner_id,
                stage=first.stage,
                parties=first.parties,
                results=results,
                feed_id=scope.feed.id,
                message_id=scope.message_id,
                **scope.of_facts,
            )
