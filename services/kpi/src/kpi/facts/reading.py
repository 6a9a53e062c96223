"""What other services' facts state, in the words of the ledger. Pure: one fact in, one statement out."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from contracts import Lot, Moment, Recorded
from contracts.partner_feeds import RecordContradicted
from contracts.quality_events import (
    BatchManufactured,
    DeviationAmended,
    DeviationCancelled,
    DeviationClosed,
    DeviationFact,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosConclusion,
    OosFact,
    OosLinked,
    OosOpened,
    OosReopened,
)
from contracts.sample_tracking import EvaluatedResult, Evaluation, ResultsReported
from kpi.facts.ledger import Dimensions, Measured, Source, Statement
from kpi.facts.moments import as_text, days_between, hours_between, month_of
from kpi.measures import Code
from kpi.once.model import Said

ONE = Decimal(1)
OF_A_RESULT = (Code.test_evaluated, Code.oos, Code.result_unjudged)
OF_WHAT_IS_AMENDED = (Code.test_evaluated, Code.result_unjudged)
"""What counts as the newest revision of a result gives it; an OOS counts whatever its laboratory amends it to."""
OF_AN_OOS_TEST = (Code.oos_test,)
OF_ITS_CONCLUSION = (Code.oos_test_concluded, Code.oos_test_invalidated)
OF_A_LOT = (Code.lot_manufactured, Code.lot_yield, Code.lot_right_first_time)
"""What counts once of what goes by several names (``kpi.once``)."""
OF_A_BATCH = (Code.batch_manufactured, Code.batch_yield, Code.right_first_time)
_OF_AN_OPENED_OOS = (Code.oos_opened, Code.oos_open)
_OF_A_CONCLUSION = (Code.oos_concluded, Code.oos_confirmed, Code.oos_invalidated, Code.oos_closure_days, Code.oos_open)
_OF_A_RAISED_DEVIATION = (Code.deviation, Code.notification_hours, Code.deviation_open)
_OF_A_CLOSURE = (Code.deviation_closure_days, Code.deviation_open)


_OF_CLOCKS = {
    *(Code.deviation_open, Code.notification_hours, Code.deviation_closure_days),
    *(Code.oos_opened, Code.oos_open, Code.oos_closure_days),
}
"""What history does not measure: when it was loaded says nothing of how long anybody took."""


class _Reader:
    """Collects what one fact states about one subject."""

    def __init__(self, subject_id: UUID, source: Source, dimensions: Dimensions, *, historic: bool = False):
        self._subject_id, self._source, self._dimensions, self._historic = subject_id, source, dimensions, historic
        self._measured: list[Measured] = []

    def measure(self, measure: Code, moment: Moment, value: Decimal = ONE) -> None:
        """It measured this much at that moment."""
        if self._historic and measure in _OF_CLOCKS:
            return
        when = as_text(moment), month_of(moment)
        self._measured.append(Measured(measure, value, *when, self._dimensions, self._source))

    def statement(self, measures: tuple[str, ...]) -> Statement:
        """All that it says of these measures."""
        return Statement(self._subject_id, measures, tuple(self._measured), self._source)

    def said(self, name: UUID) -> Said:
        """All that it says under a name that may be another one of the same thing."""
        return Said(self._subject_id, name, tuple(sorted(self._measured)))


def _of_lot(subject_id: UUID, source: Source, lot: Lot, *, historic: bool = False) -> _Reader:
    # The maker's number, also where another laboratory tested: its dimensions are the lot's.
    return _Reader(subject_id, source, Dimensions(lot.partner_id, lot.site_id, lot.product_id), historic=historic)


def _of_deviation(recorded: Recorded[DeviationFact]) -> _Reader:
    fact = recorded.fact
    dimensions = Dimensions(fact.partner_id, fact.site_id, fact.product_id)
    return _Reader(fact.deviation_id, Source.of(recorded), dimensions, historic=fact.historic)


def result(fact: ResultsReported, source: Source, found: EvaluatedResult) -> Statement:
    """A test, when the result was held against a specification, and an OOS, when it lies outside.

    No laboratory takes an OOS out of the evaluation by amending it: whether it was one, its investigation finds.
    """
    reader = _of_lot(found.result_id, source, fact.lot)
    # What is not reportable counts nowhere, and a revision that a newer one overtook at the source is no test.
    reportable = found.reportable is not False
    counts = found.superseded_by is None and reportable
    if found.evaluation is not Evaluation.not_evaluated and counts:
        reader.measure(Code.test_evaluated, fact.occurred_at)
    if found.evaluation is Evaluation.out_of_specification and reportable:
        reader.measure(Code.oos, fact.occurred_at)
    if found.unjudged and counts:
        reader.measure(Code.result_unjudged, fact.occurred_at)
    return reader.statement(OF_A_RESULT)


def oos_test(fact: ResultsReported, source: Source, found: EvaluatedResult) -> Said:
    """That a result lies outside its specification: its test does, of which it may be one of several revisions."""
    reader = _of_lot(found.result_id, source, fact.lot)
    if found.evaluation is Evaluation.out_of_specification and found.reportable is not False:
        reader.measure(Code.oos_test, fact.occurred_at)
    return reader.said(found.result_id)


def contradicted(recorded: Recorded[RecordContradicted]) -> Statement:
    """A record that was told twice and is not the same: its maker's, whoever sent it."""
    fact = recorded.fact
    dimensions = Dimensions(fact.maker_id, fact.site_id, fact.product_id)
    reader = _Reader(fact.contradiction_id, Source.of(recorded), dimensions)
    reader.measure(Code.record_contradicted, fact.occurred_at)
    return reader.statement((Code.record_contradicted,))


def batch(recorded: Recorded[BatchManufactured], right_first_time: Decimal = ONE) -> Statement:
    """A batch in the month in which it was completed, where that is known; its yield where the partner states one."""
    fact = recorded.fact
    completed = fact.completed_at or fact.occurred_at
    reader = _of_lot(fact.batch_id, Source.of(recorded), fact.lot)
    reader.measure(Code.batch_manufactured, completed)
    reader.measure(Code.right_first_time, completed, right_first_time)
    if fact.yield_percent is not None:
        reader.measure(Code.batch_yield, completed, fact.yield_percent)
    return reader.statement(OF_A_BATCH)


def lot(recorded: Recorded[BatchManufactured]) -> Said:
    """The same of the goods: their other numbers may stand as batches, too."""
    fact = recorded.fact
    completed = fact.completed_at or fact.occurred_at
    reader = _of_lot(fact.batch_id, Source.of(recorded), fact.lot)
    reader.measure(Code.lot_manufactured, completed)
    reader.measure(Code.lot_right_first_time, completed)
    if fact.yield_percent is not None:
        reader.measure(Code.lot_yield, completed, fact.yield_percent)
    return reader.said(fact.lot.id)


def raised(recorded: Recorded[DeviationRaised]) -> Statement:
    """A deviation, open from the partner's awareness on, and how long the sponsor waited to be told."""
    return _open_deviation(recorded, recorded.fact.occurred_at, recorded.fact.sponsor_aware_at)


def amended(recorded: Recorded[DeviationAmended]) -> Statement:
    """All that was said when it was raised, as it is now: it may be of another product, or of another month."""
    fact = recorded.fact
    if fact.departure_occurred_at is None or fact.sponsor_aware_at is None:
        return _of_deviation(recorded).statement(())  # a fact from before these were told: what was counted stays
    return _open_deviation(recorded, fact.departure_occurred_at, fact.sponsor_aware_at)


def linked(recorded: Recorded[DeviationLinked]) -> Statement:
    """The same as before, of the product that its lots turned out to be of. A cancelled one counts for nothing."""
    fact = recorded.fact
    reader = _of_deviation(recorded)
    if fact.cancelled:
        return reader.statement(())
    reader.measure(Code.deviation, fact.departure_occurred_at)
    waited = hours_between(fact.partner_aware_at, fact.sponsor_aware_at)
    reader.measure(Code.notification_hours, fact.sponsor_aware_at, waited)
    if fact.closed_at is None:
        reader.measure(Code.deviation_open, fact.partner_aware_at)
    elif (days := days_between(fact.partner_aware_at, fact.closed_at)) is not None:
        reader.measure(Code.deviation_closure_days, fact.closed_at, days)
    return reader.statement((*_OF_A_RAISED_DEVIATION, *_OF_A_CLOSURE))


def _open_deviation(recorded: Recorded[DeviationFact], occurred_at: Moment, sponsor_aware_at: datetime) -> Statement:
    reader = _of_deviation(recorded)
    partner_aware_at = recorded.fact.partner_aware_at
    reader.measure(Code.deviation, occurred_at)
    reader.measure(Code.deviation_open, partner_aware_at)
    reader.measure(Code.notification_hours, sponsor_aware_at, hours_between(partner_aware_at, sponsor_aware_at))
    return reader.statement(_OF_A_RAISED_DEVIATION)


def closed(recorded: Recorded[DeviationClosed]) -> Statement:
    """A deviation is open no longer; how long it was, in the month in which it closed."""
    fact = recorded.fact
    reader = _of_deviation(recorded)
    days = days_between(fact.partner_aware_at, fact.occurred_at)
    if days is not None:
        reader.measure(Code.deviation_closure_days, fact.occurred_at, days)
    return reader.statement(_OF_A_CLOSURE)


def cancelled(recorded: Recorded[DeviationCancelled]) -> Statement:
    """It was no deviation after all: nothing that was counted of it holds."""
    return _of_deviation(recorded).statement((*_OF_A_RAISED_DEVIATION, Code.deviation_closure_days))


def _of_oos(recorded: Recorded[OosFact]) -> _Reader:
    fact = recorded.fact
    return _of_lot(fact.investigation_id, Source.of(recorded), fact.lot, historic=fact.historic)


def oos_opened(recorded: Recorded[OosOpened]) -> Statement:
    """An investigation, open until it is concluded."""
    reader = _of_oos(recorded)
    reader.measure(Code.oos_opened, recorded.fact.opened_at)
    reader.measure(Code.oos_open, recorded.fact.opened_at)
    return reader.statement(_OF_AN_OPENED_OOS)


def oos_concluded(recorded: Recorded[OosConcluded]) -> Statement:
    """An investigation's conclusion and how long it took, in the month of the conclusion."""
    reader = _of_oos(recorded)
    _measure_conclusion(reader, recorded.fact.conclusion, recorded.fact.opened_at, recorded.fact.occurred_at)
    return reader.statement(_OF_A_CONCLUSION)


def oos_reopened(recorded: Recorded[OosReopened]) -> Statement:
    """It is open again since it was opened first, and nothing that was counted of its conclusion holds."""
    reader = _of_oos(recorded)
    reader.measure(Code.oos_open, recorded.fact.opened_at)
    return reader.statement(_OF_A_CONCLUSION)


def oos_test_conclusion(recorded: Recorded[OosConcluded] | Recorded[OosLinked] | Recorded[OosReopened]) -> Said:
    """What was concluded of the test of which the result is a revision: nothing while it is open."""
    fact, reader = recorded.fact, _of_oos(recorded)
    if not isinstance(fact, OosReopened) and fact.conclusion:
        concluded_at = fact.concluded_at if isinstance(fact, OosLinked) else fact.occurred_at
        if concluded_at:
            reader.measure(Code.oos_test_concluded, concluded_at)
            if fact.conclusion is OosConclusion.invalidated:
                reader.measure(Code.oos_test_invalidated, concluded_at)
    return reader.said(fact.result_id)


def oos_linked(recorded: Recorded[OosLinked]) -> Statement:
    """The same as before, of the product that its lot turned out to be of."""
    fact = recorded.fact
    reader = _of_oos(recorded)
    reader.measure(Code.oos_opened, fact.opened_at)
    if fact.conclusion and fact.concluded_at:
        _measure_conclusion(reader, fact.conclusion, fact.opened_at, fact.concluded_at)
    else:
        reader.measure(Code.oos_open, fact.opened_at)
    return reader.statement((*_OF_AN_OPENED_OOS, *_OF_A_CONCLUSION))


def _measure_conclusion(reader: _Reader, conclusion: OosConclusion, opened_at: datetime, concluded_at: Moment) -> None:
    reader.measure(Code.oos_concluded, concluded_at)
    if conclusion is OosConclusion.confirmed:
        reader.measure(Code.oos_confirmed, concluded_at)
    if conclusion is OosConclusion.invalidated:
        reader.measure(Code.oos_invalidated, concluded_at)
    if (days := days_between(opened_at, concluded_at)) is not None:
        reader.measure(Code.oos_closure_days, concluded_at, days)
