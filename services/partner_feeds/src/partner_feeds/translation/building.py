"""The rules of a mapping as functions that build records of a row's values: they are compiled once per file."""

from collections.abc import Callable, Iterable

from contracts import Classification
from partner_feeds.language.mapping import Mapping
from partner_feeds.language.rules import (
    BatchCompletionRule,
    BatchStartRule,
    DeviationRule,
    ProcessDataRule,
    Rule,
    TestResultRule,
)
from partner_feeds.records.model import (
    LONGEST_TEXT,
    BatchCompletion,
    BatchStart,
    Deviation,
    MaterialUsed,
    ProcessData,
    Record,
)
from partner_feeds.translation import laboratory, parts
from partner_feeds.translation.cells import Values
from partner_feeds.translation.parts import Part

Build = Callable[[Values], Iterable[Record]]
"""Builds a rule's records of a row. Raises RowFault."""


def compile_rules(mapping: Mapping) -> list[Build]:
    """The mapping's rules, in its order."""
    return [_conditional(rule, _build(mapping, rule)) for rule in mapping.records]


def _conditional(rule: Rule, build: Build) -> Build:
    """Nothing is built of a row in which a column of ``when`` is blank or one of ``unless`` is filled."""
    if not rule.when and not rule.unless:
        return build

    def build_if(values: Values) -> Iterable[Record]:
        filled = all(values[column] is not None for column in rule.when)
        return build(values) if filled and all(values[column] is None for column in rule.unless) else ()

    return build_if


def _build(mapping: Mapping, rule: Rule) -> Build:
    match rule:
        case BatchStartRule():
            return _batch_start(mapping, rule)
        case BatchCompletionRule():
            return _batch_completion(mapping, rule)
        case ProcessDataRule():
            return _process_data(mapping, rule)
        case TestResultRule():
            return laboratory.results_of(mapping, rule)
        case DeviationRule():
            return _deviation(mapping, rule)


def _one(record: type[Record], **of: Part) -> Build:
    """Builds one record of a row, its parts in this order: the first that fails is the one that is reported."""
    return lambda values: (record(**{name: part(values) for name, part in of.items()}),)


def _identity(rule: Rule) -> dict[str, Part]:
    return {"record_id": parts.required_id(rule.id), "revision": parts.revision(rule.revision)}


def _when(column: str) -> Part:
    return parts.required_cell(column, "must say when it happened")


def _lot(mapping: Mapping, name: str) -> Part:
    return parts.required_lot(name, mapping.lots[name])


def _batch_start(mapping: Mapping, rule: BatchStartRule) -> Build:
    inputs = [parts.optional_lot(name, mapping.lots[name]) for name in rule.inputs]

    def used(values: Values) -> tuple[MaterialUsed, ...]:
        lots = [lot for find in inputs if (lot := find(values)) is not None]
        return tuple(MaterialUsed(lot.material, lot.number) for lot in lots)

    return _one(
        BatchStart,
        inputs=used,
        **_identity(rule),
        occurred_at=_when(rule.occurred_at),
        lot=_lot(mapping, rule.lot),
        planned_quantity=parts.amount(mapping.columns, rule.planned_quantity),
    )


def _batch_completion(mapping: Mapping, rule: BatchCompletionRule) -> Build:
    return _one(
        BatchCompletion,
        **_identity(rule),
        occurred_at=_when(rule.occurred_at),
        lot=_lot(mapping, rule.lot),
        completed_at=parts.cell(rule.completed_at),
        actual_quantity=parts.amount(mapping.columns, rule.actual_quantity),
        yield_percent=parts.cell(rule.yield_percent),
        stage_yields=parts.named_values(mapping.columns, rule.stage_yields),
    )


def _process_data(mapping: Mapping, rule: ProcessDataRule) -> Build:
    build = _one(
        ProcessData,
        values=parts.named_values(mapping.columns, rule.values),
        **_identity(rule),
        occurred_at=parts.cell(rule.occurred_at),
        lot=_lot(mapping, rule.lot),
        step=parts.required_text(rule.step, "the process step"),
    )
    return lambda values: build(values) if any(values[column] is not None for column in rule.values) else ()


def _deviation(mapping: Mapping, rule: DeviationRule) -> Build:
    lots = [parts.optional_lot(name, mapping.lots[name]) for name in rule.lots]
    description, proposed = parts.text(rule.description, LONGEST_TEXT), parts.text(rule.proposed_classification)
    return _one(
        Deviation,
        partner_aware_at=parts.required_cell(rule.partner_aware_at, "the clock starts when the partner knew"),
        **_identity(rule),
        occurred_at=_when(rule.occurred_at),
        title=parts.required_text(rule.title, "the title"),
        description=lambda values: description(values) or "",
        category=parts.required_text(rule.category, "the category"),
        site=parts.text(rule.site or None),
        lots=lambda values: tuple(lot for find in lots if (lot := find(values)) is not None),
        discovered_at=parts.cell(rule.discovered_at),
        proposed_classification=parts.word(proposed, Classification, "proposed_classification"),
    )
