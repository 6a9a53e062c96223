"""A laboratory's results, built of a row: most of its files ends here."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Dict
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Any

from contracts.partner_feeds import ResultRole, TestStage
from partner_feeds.language.mapping import Mapping
from partner_feeds.language.rules import Replicates, TestResultRule
from partner_feeds.records.model import LAST_REVISION, LONGEST_CODE, Record, TestResult
from partner_feeds.translation import parts
from partner_feeds.translation.cells import Values
from partner_feeds.translation.limits import bounds, unit_shared
from partner_feeds.translation.parts import Part, RowFault, text_of, written_of
from partner_feeds.translation.provenance import provenance
from partner_feeds.translation.pulls import pull
from partner_feeds.translation.results import result, said
from partner_feeds.translation.stored_cells import Value
from partner_feeds.values.qualified import Withdrawn, takes_back
from partner_feeds.values.texts import Coded

_TEST, _VALUE = "\x00test\x00", "\x00value\x00"
"""Marks in an id for the result's own test and value: cells never hold a control character."""

_EXACT = Context(prec=60)
"""For a sum: of a hundred numbers of 38 digits every digit is kept."""
_MEAN = Context(prec=30, rounding=ROUND_HALF_EVEN)
"""For a mean, which is rounded to the limit's decimals later, and only there."""


Found = tuple[Value, str, Part, Part, tuple[Decimal, ...]]
"""A value of a row, its column, what gives its test and its unit, and the determinations that it is made of."""

Find = Callable[[Values], Found | None]


def results_of(mapping: Mapping, rule: TestResultRule) -> Callable[[Values], Iterable[Record]]:
    """Builds a result of each filled test column and of each group of replicates, or one result of a row."""
    template_of = parts.required_id(rule.id.replace("{test}", _TEST).replace("{value}", _VALUE))
    shared, finders = _what_results_share(mapping, rule), [*_single(mapping, rule), *_several(mapping, rule)]
    withdrawn, tests, voided = _withdrawn(rule), _names(mapping, rule), _voided(rule)

    def build(values: Values) -> Iterator[Record]:
        takes_back = withdrawn(values)
        found = [] if takes_back else [each for find in finders if (each := find(values)) is not None]
        if not found and not takes_back:
            return
        template, common = template_of(values), {name: part(values) for name, part in shared.items()}
        for column, test in tests(values) if takes_back else ():
            yield voided(_id_of(template, test, "", column), test, common)
        for value, column, test_of, unit, determinations in found:
            test = test_of(values)
            id_ = _id_of(template, test, value, column)
            if isinstance(value, Decimal):
                more = {"determinations": determinations, **common} if determinations else common
                yield TestResult(record_id=id_, test=test, value=value, unit=unit(values) or "1", **more)
            elif isinstance(value, Withdrawn):
                yield voided(id_, test, common)
            else:
                yield TestResult(record_id=id_, test=test, **said(value, unit, values), **common)

    return build


def _id_of(template: str, test: str, value: Value, column: str) -> str:
    """A result's own id. Raises RowFault for one that is too long."""
    id_ = template.replace(_TEST, written_of(test))
    if _VALUE in id_:
        id_ = id_.replace(_VALUE, text_of(value))
    if len(id_) > LONGEST_CODE:
        raise RowFault(column, id_, f"the record's id becomes longer than {LONGEST_CODE} characters")
    return id_


def _voided(rule: TestResultRule) -> Callable[[str, str, Dict[str, Any]], TestResult]:
    """Takes back what was reported under an id."""
    changes: dict[str, Any] = {"laboratory_limits": None, "stability": None, "provenance": None}
    if rule.revision is None:
        changes["revision"] = LAST_REVISION

    def voided(id_: str, test: str, common: Dict[str, Any]) -> TestResult:
        return TestResult(record_id=id_, test=test, unit="1", voided=True, **{**common, **changes})

    return voided


def _single(mapping: Mapping, rule: TestResultRule) -> Iterator[Find]:
    """Finds the value of each column of tests, or the one of the row."""
    if rule.test is not None and rule.value is not None:
        yield _one(mapping, rule, rule.value, parts.required_text(rule.test, "the test's code"))
    for column in rule.tests:
        yield _one(mapping, rule, column, _always(_test_of(mapping, column)))


def _test_of(mapping: Mapping, column: str) -> str:
    """The test of a column, which its source knows by the column."""
    return Coded(mapping.columns[column].name or column, column)


def _one(mapping: Mapping, rule: TestResultRule, column: str, test: Part) -> Find:
    read, unit = result(mapping.columns, column), unit_shared(mapping.columns, column, _limits(rule))
    return lambda values: None if (value := read(values)) is None else (value, column, test, unit, ())


def _limits(rule: TestResultRule) -> tuple[str | None, ...]:
    return (rule.limits.lower, rule.limits.upper) if rule.limits else ()


def _always(code: str) -> Part:
    return lambda values: code


_MADE: Dict[str, Callable[[tuple[Decimal, ...]], Decimal]] = {
    "min": min,
    "max": max,
    "mean": lambda found: _MEAN.divide(reduce(_EXACT.add, found), Decimal(len(found))),
}


def _several(mapping: Mapping, rule: TestResultRule) -> Iterator[Find]:
    """Finds the determinations of each group of replicates, which are in one unit."""
    for test, group in rule.replicates.items():
        unit = unit_shared(mapping.columns, group.columns[0], (*group.columns[1:], *_limits(rule)))
        yield _group(group, _always(test), unit)


def _group(group: Replicates, test: Part, unit: Part) -> Find:
    """All of a group, or none: a value that is made of fewer determinations than were agreed on is another one."""
    make, first = _MADE[group.value], group.columns[0]

    def find(values: Values) -> Found | None:
        found = tuple(value for column in group.columns if isinstance(value := values[column], Decimal))
        if found and len(found) < len(group.columns):
            blank = next(column for column in group.columns if values[column] is None)
            reason = f"is blank, and the {group.value} is of {len(group.columns)} determinations: give all, or none"
            raise RowFault(blank, "", reason)
        return (make(found), first, test, unit, found) if found else None

    return find


def _withdrawn(rule: TestResultRule) -> Callable[[Values], bool]:
    """Whether a row withdraws what was reported before."""
    words = [(column, frozenset(texts), frozenset(map(str.casefold, texts))) for column, texts in rule.void.items()]

    def withdrawn(values: Values) -> bool:
        for column, texts, in_any_case in words:
            given = values[column]
            if given in texts:
                return True
            if isinstance(given, str) and given.casefold() in in_any_case:
                reason = "is written otherwise under void in the mapping: is it the same? then list it there too"
                raise RowFault(column, given, reason)
            if isinstance(given, str) and takes_back(given):
                reason = "may take the result back: list it under void in the mapping, or say under codes what it means"
                raise RowFault(column, given, reason)
        return False

    return withdrawn


def _names(mapping: Mapping, rule: TestResultRule) -> Callable[[Values], Iterable[tuple[str, str]]]:
    """The tests that a row is about, filled or not, each with a column."""
    if rule.test is not None and rule.value is not None:
        code, column = parts.required_text(rule.test, "the test's code"), rule.value
        return lambda values: [(column, code(values))]
    named = [(column, _test_of(mapping, column)) for column in rule.tests]
    named += [(group.columns[0], test) for test, group in rule.replicates.items()]
    return lambda values: named


def _what_results_share(mapping: Mapping, rule: TestResultRule) -> dict[str, Part]:
    shared: dict[str, Part] = {
        "lot": parts.required_lot(rule.lot, mapping.lots[rule.lot]),
        "occurred_at": parts.required_cell(rule.occurred_at, "must say when it happened"),
        "revision": parts.revision(rule.revision),
        "stage": parts.word(parts.required_text(rule.stage, "stage"), TestStage, "stage"),
        "role": parts.word(parts.required_text(rule.role, "role"), ResultRole, "role"),
        "laboratory": parts.text(rule.laboratory or None),
    }
    if rule.limits:
        shared["laboratory_limits"] = bounds(rule.limits)
    if rule.stability:
        shared["stability"] = pull(rule.stability, shared["stage"])
    if rule.provenance:
        shared["provenance"] = provenance(rule.provenance)
    return shared
