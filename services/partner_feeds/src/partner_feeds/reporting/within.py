"""What the records of one file are to each other, where no feed is asked what it knows."""

from partner_feeds.records.answers import Accepted, LeftOut, Refused, RowError
from partner_feeds.reporting.digests import digest_of
from partner_feeds.reporting.outcomes import Outcome, RowOutcome, outcome_of
from partner_feeds.reporting.revisions import Novelty, Revisions

MOST_RECORDS = 1_000_000
"""Records whose ids are kept: of what follows it is not known whether it came before."""
_CONTRADICTS = (
    "a {} of this id stands above under revision {} with other content, and would be a conflict: give each its own id, "
    "or a correction a higher revision"
)


class WithinFile:
    """Holds each record of a file against those above it, by id and revision."""

    def __init__(self) -> None:
        self._known = Revisions()

    def outcome(self, answer: Accepted | Refused | LeftOut) -> RowOutcome:
        """What would become of a row of a feed that knows nothing yet."""
        if isinstance(answer, Refused):
            return RowOutcome.of(answer.outcome_of, Outcome.refused, answer.errors)
        if isinstance(answer, LeftOut):
            return RowOutcome(answer.row, Outcome.left_out)
        return self._of_taken(answer)

    def _of_taken(self, answer: Accepted) -> RowOutcome:
        if not answer.records:
            return RowOutcome(answer.row, Outcome.without_record)
        found = set[Novelty]()
        errors = []
        for record in answer.records:
            kind = type(record).__name__
            what = Novelty.new
            if len(self._known) < MOST_RECORDS or (kind, record.record_id) in self._known:
                what = self._known.novelty((kind, record.record_id), record.revision, digest_of(record))
            found.add(what)
            if what is Novelty.contradicting:
                reason = _CONTRADICTS.format(kind, record.revision)
                errors.append(RowError.of(answer.row, "", record.record_id, reason))
        if errors:
            return RowOutcome.of(answer.row, Outcome.conflict, errors)
        return RowOutcome(answer.row, outcome_of(found))
