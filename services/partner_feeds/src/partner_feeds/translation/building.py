"""The rules of a mapping as functions that build records of a row's values: they are compiled once per file."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from contracts import Classification
from contracts.partner_feeds import ResultRole, TestStage
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
    LONGEST_CODE,
    LONGEST_TEXT,
    BatchCompletion,
    BatchStart,
    Deviation,
    MaterialUsed,
    ProcessData,
    Record,
    TestResult,
)
from partner_feeds.translation import parts
from partner_feeds.translation.cells import Values
from partner_feeds.translation.parts import Part, RowFault, text_of
from partner_feeds.translation.results import result, said

Build = Callable[[Values], Iterable[Record]]
"""Builds a rule's records of a row. Raises RowFault."""

_TEST, _VALUE = "\x00test\x00", "\x00value\x00"
"""Marks in an id for the result's own test and value: cells never hold a control character."""


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
            return _test_results(mapping, rule)
        case DeviationRule():
            return _deviation(mapping, rule)


def _one(record: type[Record], **of: Part) -> Build:
    """Builds one record of a row, its parts in this order: the first that fails is the one that is reported."""
    return lambda values: (record(**{name: part(values) for name, part in of.items()}),)


def _identity(rule: Rule) -> dict[str, Part]:
    return {"record_id": parts.required_text(rule.id, "the record's id"), "revision": parts.revision(rule.revision)}


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


def _test_results(mapping: Mapping, rule: TestResultRule) -> Build:
    """Builds a result of each filled test column, or one result per row: most of a laboratory's file ends here."""
    template = rule.id.replace("{test}", _TEST).replace("{value}", _VALUE)
    record_id, by_value = parts.required_text(template, "the record's id"), _VALUE in template
    shared = _what_results_share(mapping, rule)
    tests = list(_tests(mapping, rule))

    def build(values: Values) -> Iterator[Record]:
        found = [
            (value, column, test, unit) for column, read, test, unit in tests if (value := read(values)) is not None
        ]
        if not found:
            return
        id_of_all = record_id(values)
        common = {name: part(values) for name, part in shared.items()}
        for value, column, test, unit in found:
            name = test(values)
            id_ = id_of_all.replace(_TEST, name)
            if by_value:
                id_ = id_.replace(_VALUE, text_of(value))
            if len(id_) > LONGEST_CODE:
                raise RowFault(column, id_, f"the record's id becomes longer than {LONGEST_CODE} characters")
            if isinstance(value, Decimal):
                yield TestResult(record_id=id_, test=name, value=value, unit=unit(values) or "1", **common)
            else:
                yield TestResult(record_id=id_, test=name, **said(value, unit, values), **common)

    return build


def _tests(mapping: Mapping, rule: TestResultRule) -> Iterator[tuple[str, Part, Part, Part]]:
    """The column of each test's value, the value, the test's code, and the unit."""
    if rule.test is not None and rule.value is not None:
        code = parts.required_text(rule.test, "the test's code")
        yield rule.value, result(mapping.columns, rule.value), code, parts.unit(mapping.columns, rule.value)
    for column in rule.tests:
        code = _always(mapping.columns[column].name or column)
        yield column, result(mapping.columns, column), code, parts.unit(mapping.columns, column)


def _always(code: str) -> Part:
    return lambda values: code


def _what_results_share(mapping: Mapping, rule: TestResultRule) -> dict[str, Part]:
    return {
        "lot": _lot(mapping, rule.lot),
        "occurred_at": _when(rule.occurred_at),
        "revision": parts.revision(rule.revision),
        "stage": parts.word(parts.required_text(rule.stage, "stage"), TestStage, "stage"),
        "role": parts.word(parts.required_text(rule.role, "role"), ResultRole, "role"),
        "laboratory": parts.text(rule.laboratory or None),
    }
