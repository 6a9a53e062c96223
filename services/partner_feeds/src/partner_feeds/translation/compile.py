"""One builder per kind of record."""

from collections.abc import Callable, Iterator
from typing import assert_never

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
from partner_feeds.translation import builders
from partner_feeds.translation.builders import Build, Scope
from partner_feeds.translation.results import results
from partner_feeds.translation.texts import RowFault, Values, filled_in, required_text


def compile_rules(mapping: Mapping) -> list[Build]:
    """The mapping's rules as functions of a row's values."""
    slots = {name: slot for slot, name in enumerate(mapping.columns)}
    lots = {name: builders.lot_of(rule, slots) for name, rule in mapping.lots.items()}
    scope = Scope(mapping.columns, slots, lots)
    return [_conditional(_build(mapping, rule, scope), rule, slots) for rule in mapping.records]


def _conditional(build: Build, rule: Rule, slots: dict[str, int]) -> Build:
    """Nothing is built of a row in which ``when`` is blank or ``unless`` is filled."""
    filled, blank = [slots[name] for name in rule.when], [slots[name] for name in rule.unless]
    if not filled and not blank:
        return build

    def build_if(values: Values) -> Iterator[Record]:
        if all(values[slot] is not None for slot in filled) and all(values[slot] is None for slot in blank):
            yield from build(values)

    return build_if


def _build(mapping: Mapping, rule: Rule, scope: Scope) -> Build:
    if isinstance(rule, DeviationRule):
        return _deviation(rule, scope, [builders.optional_lot(scope, name, mapping.lots[name]) for name in rule.lots])
    lot = builders.required_lot(scope, rule.lot, mapping.lots[rule.lot])
    match rule:
        case BatchStartRule():
            inputs = [builders.optional_lot(scope, name, mapping.lots[name]) for name in rule.inputs]
            return _batch_start(rule, scope, lot, inputs)
        case BatchCompletionRule():
            return _batch_completion(rule, scope, lot)
        case ProcessDataRule():
            return _process_data(rule, scope, lot)
        case TestResultRule():
            return results(rule, scope, lot)
        case _:
            assert_never(rule)


def _batch_start(rule: BatchStartRule, scope: Scope, lot: builders.RequiredLot, inputs: list[builders.LotOf]) -> Build:
    record_id = required_text(rule.id, scope.slots, "the record's id")
    revision = builders.revision_of(scope, rule.revision)
    occurred_at = builders.moment_of(scope, rule.occurred_at)
    planned = builders.amount_of(scope, rule.planned_quantity)

    def build(values: Values) -> Iterator[Record]:
        used = [found for input_lot in inputs if (found := input_lot(values)) is not None]
        yield BatchStart(
            record_id=record_id(values),
            revision=revision(values),
            occurred_at=occurred_at(values),
            lot=lot(values),
            planned_quantity=planned(values),
            inputs=tuple(MaterialUsed(each.material, each.number) for each in used),
        )

    return build


def _batch_completion(rule: BatchCompletionRule, scope: Scope, lot: builders.RequiredLot) -> Build:
    record_id = required_text(rule.id, scope.slots, "the record's id")
    revision = builders.revision_of(scope, rule.revision)
    occurred_at = builders.moment_of(scope, rule.occurred_at)
    completed_at = builders.optional_moment_of(scope, rule.completed_at)
    actual, yield_percent = (
        builders.amount_of(scope, rule.actual_quantity),
        builders.number_of(scope, rule.yield_percent),
    )
    stage_yields = builders.named_values(scope, rule.stage_yields)

    def build(values: Values) -> Iterator[Record]:
        yield BatchCompletion(
            record_id=record_id(values),
            revision=revision(values),
            occurred_at=occurred_at(values),
            lot=lot(values),
            completed_at=completed_at(values),
            actual_quantity=actual(values),
            yield_percent=yield_percent(values),
            stage_yields=stage_yields(values),
        )

    return build


def _process_data(rule: ProcessDataRule, scope: Scope, lot: builders.RequiredLot) -> Build:
    record_id = required_text(rule.id, scope.slots, "the record's id")
    revision, occurred_at = (
        builders.revision_of(scope, rule.revision),
        builders.optional_moment_of(scope, rule.occurred_at),
    )
    step = required_text(rule.step, scope.slots, "the process step")
    named_values = builders.named_values(scope, rule.values)

    def build(values: Values) -> Iterator[Record]:
        found = named_values(values)
        if found:
            yield ProcessData(
                record_id=record_id(values),
                revision=revision(values),
                occurred_at=occurred_at(values),
                lot=lot(values),
                step=step(values),
                values=found,
            )

    return build


def _deviation(rule: DeviationRule, scope: Scope, lots: list[builders.LotOf]) -> Build:
    record_id = required_text(rule.id, scope.slots, "the record's id")
    revision = builders.revision_of(scope, rule.revision)
    occurred_at = builders.moment_of(scope, rule.occurred_at)
    title = required_text(rule.title, scope.slots, "the title")
    description = filled_in(rule.description or "", scope.slots, LONGEST_TEXT)
    category = required_text(rule.category, scope.slots, "the category")
    site = filled_in(rule.site, scope.slots) if rule.site else None
    discovered_at = builders.instant_of(scope, rule.discovered_at)
    aware_at = builders.instant_of(scope, rule.partner_aware_at)
    proposed = _proposed(rule, scope)

    def build(values: Values) -> Iterator[Record]:
        aware = aware_at(values)
        if aware is None:
            raise RowFault(rule.partner_aware_at, "", "is blank, and the clock starts when the partner knew")
        yield Deviation(
            record_id=record_id(values),
            revision=revision(values),
            occurred_at=occurred_at(values),
            title=title(values),
            description=description(values) or "",
            category=category(values),
            site=site(values) if site else None,
            lots=tuple(found for lot in lots if (found := lot(values)) is not None),
            discovered_at=discovered_at(values),
            partner_aware_at=aware,
            proposed_classification=proposed(values),
        )

    return build


def _proposed(rule: DeviationRule, scope: Scope) -> Callable[[Values], Classification | None]:
    text = rule.proposed_classification
    if text is None:
        return lambda values: None
    given = filled_in(text, scope.slots)
    word = builders.word_of(scope, text, Classification, "proposed_classification")
    return lambda values: None if given(values) is None else word(values)
