"""The builder of test results: most of a laboratory's file ends here."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from contracts import Moment
from contracts.partner_feeds import ResultRole, TestStage
from partner_feeds.language.rules import TestResultRule
from partner_feeds.records.model import LONGEST_CODE, LotCode, Record, TestResult
from partner_feeds.translation import builders
from partner_feeds.translation.builders import Build, RequiredLot, Scope
from partner_feeds.translation.texts import RowFault, Values, filled_in, required_text, text_of

_TEST, _VALUE = "\x00test\x00", "\x00value\x00"
"""Stand in an id for the result's own test and value: cells never hold a control character."""


def results(rule: TestResultRule, scope: Scope, lot: RequiredLot) -> Build:
    """Builds a result of each filled test column, or one result per row."""
    of_row = _what_results_share(rule, scope, lot)
    tests = _tests(rule, scope)
    record_id = required_text(_marked(rule.id), scope.slots, "the record's id")
    by_value = _VALUE in _marked(rule.id)

    def build(values: Values) -> Iterator[Record]:
        found = [
            (test, column, value, unit) for test, column, slot, unit in tests if (value := values[slot]) is not None
        ]
        if not found:
            return
        marked_id = record_id(values)
        lot_code, occurred_at, revision, stage, role, laboratory = of_row(values)
        for test, column, value, unit in found:
            name = test(values)
            id_ = marked_id.replace(_TEST, name)
            if by_value:
                id_ = id_.replace(_VALUE, text_of(value))
            if len(id_) > LONGEST_CODE:
                raise RowFault(column, id_, f"the record's id becomes longer than {LONGEST_CODE} characters")
            number = value if isinstance(value, Decimal) else None
            yield TestResult(
                record_id=id_,
                revision=revision,
                occurred_at=occurred_at,
                lot=lot_code,
                laboratory=laboratory,
                test=name,
                stage=stage,
                role=role,
                value=number,
                text=None if number is not None else text_of(value),
                unit=unit(values) or "1",
            )

    return build


def _marked(template: str) -> str:
    return template.replace("{test}", _TEST).replace("{value}", _VALUE)


Test = tuple[Callable[[Values], str], str, int, Callable[[Values], str | None]]
"""The test's code, the column of its value, that column's slot, and the unit."""


def _tests(rule: TestResultRule, scope: Scope) -> list[Test]:
    if rule.test is not None and rule.value is not None:
        code = required_text(rule.test, scope.slots, "the test's code")
        return [(code, rule.value, scope.slots[rule.value], builders.unit_of(scope, rule.value))]
    return [
        (_always(scope.name_of(column)), column, scope.slots[column], builders.unit_of(scope, column))
        for column in rule.tests
    ]


def _always(code: str) -> Callable[[Values], str]:
    return lambda values: code


Shared = tuple[LotCode, Moment, int, TestStage, ResultRole, str | None]


def _what_results_share(rule: TestResultRule, scope: Scope, lot: RequiredLot) -> Callable[[Values], Shared]:
    occurred_at = builders.moment_of(scope, rule.occurred_at)
    revision = builders.revision_of(scope, rule.revision)
    stage = builders.word_of(scope, rule.stage, TestStage, "stage")
    role = builders.word_of(scope, rule.role, ResultRole, "role")
    laboratory = filled_in(rule.laboratory, scope.slots) if rule.laboratory else None

    def read(values: Values) -> Shared:
        return (
            lot(values),
            occurred_at(values),
            revision(values),
            stage(values),
            role(values),
            laboratory(values) if laboratory else None,
        )

    return read
