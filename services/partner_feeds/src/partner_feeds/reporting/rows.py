"""Rows into facts, outside the database: what a thread does while the event loop serves others."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from contracts.partner_feeds import DeviationReported, Reported
from directory.queries import Directory
from partner_feeds.records.answers import Accepted, Answer, LeftOut, Notice, Refused, RowError
from partner_feeds.reporting.codes import Resolver, Scope, Unresolved
from partner_feeds.reporting.facts import fact_of
from partner_feeds.reporting.fields import field_of
from partner_feeds.reporting.judging import Judge
from partner_feeds.reporting.known import Sent
from partner_feeds.reporting.mismatches import Mismatch
from partner_feeds.reporting.revisions import Novelty
from partner_feeds.reporting.sets import Result

_MOVED = "a {} of this id was reported of another lot, which it stays with: report this lot under an id of its own"


@dataclass(slots=True)
class Row:
    """A row's facts with what they are compared by; or what was wrong with it."""

    number: int
    facts: list[Reported | Result] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    novelties: list[Novelty] = field(default_factory=list)
    """What each of them is to those that came before, once they are compared."""
    materials: list[str] = field(default_factory=list)
    """The codes of a deviation's lots that are no product's."""
    errors: list[RowError] = field(default_factory=list)
    unjudged: dict[int, RowError] = field(default_factory=dict)
    """What of its facts nobody can judge, by their place."""
    conflicts: list[RowError] = field(default_factory=list)
    """What was not taken, since it is known with other content."""
    left_out: bool = False
    mismatches: list[Mismatch] = field(default_factory=list)
    """Limits that its laboratory tests against, and that are not the specification's."""

    def refuse(self, errors: Iterable[RowError]) -> None:
        """Take nothing of the row."""
        self.errors += errors
        self.facts, self.sent, self.unjudged, self.mismatches = [], [], {}, []


def resolve(scope: Scope, directory: Directory, judge: Judge, answers: Iterable[Answer]) -> list[Row]:
    """Each row as facts. A row of which one record is refused is refused whole."""
    resolver = Resolver(scope, directory)
    return [_row(resolver, judge, answer) for answer in answers if not isinstance(answer, Notice)]


def _row(resolver: Resolver, judge: Judge, answer: Answer) -> Row:
    if isinstance(answer, Refused):
        return Row(answer.outcome_of, errors=list(answer.errors))
    row = Row(answer.row, left_out=isinstance(answer, LeftOut))
    if not isinstance(answer, Accepted):
        return row
    errors: dict[RowError, None] = {}
    for record in answer.records:
        try:
            fact = fact_of(record, resolver)
        except Unresolved as unresolved:
            name = field_of(resolver.scope.mapping, record, unresolved.part)
            errors[RowError.of(row.number, name, unresolved.value, unresolved.reason)] = None
            continue
        if isinstance(fact, DeviationReported):
            row.materials += sorted({lot.material for lot in fact.lots if lot.product_id is None})
        elif isinstance(fact, Result):
            if found := judge.why_not(fact):
                name = field_of(resolver.scope.mapping, record, found.part)
                row.unjudged[len(row.facts)] = RowError.of(row.number, name, found.value, found.reason)
            if mismatch := judge.mismatch(fact):
                row.mismatches.append(mismatch)
        row.facts.append(fact)
        row.sent.append(Sent.of(record, fact, row.number))
    if errors:
        row.refuse(errors)
    return row


def refuse_moved(rows: Iterable[Row], moved: Container[Sent]) -> None:
    """Refuse the rows that would carry what was reported of one batch over to another."""
    for row in rows:
        if wrong := [each for each in row.sent if each in moved]:
            row.refuse(RowError.of(row.number, "", each.id, _MOVED.format(each.fact)) for each in wrong)
