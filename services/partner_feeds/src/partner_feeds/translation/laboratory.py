"""A laboratory's results, built of a row: most of its files ends here."""

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Dict
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Any

from contracts.partner_feeds import ResultRole, TestStage
from partner_feeds.language.mapping import Mapping
from partner_feeds.language.rules import LimitsRule, Replicates, TestResultRule
from partner_feeds.records.model import LAST_REVISION, LONGEST_CODE, Bounds, Record, TestResult
from partner_feeds.translation import parts
from partner_feeds.translation.cells import Values
from partner_feeds.translation.parts import Part, RowFault, text_of
from partner_feeds.translation.results import result, said
from partner_feeds.translation.stored_cells import Value
from partner_feeds.values.qualified import Withdrawn

_TEST, _VALUE = "\x00test\x00", "\x00value\x00"
"""Marks in an id for the result's own test and value: cells never hold a control character."""

_EXACT = Context(prec=60)
"""For a sum: of a hundred numbers of 38 digits every digit is kept."""
_MEAN = Context(prec=30, rounding=ROUND_HALF_EVEN)
"""For a mean, which is rounded to the limit's decimals later, and only there."""


Found = tuple[Value, str, Part, Part, tuple[Decimal, ...]]
"""A value of a row, its column, what gives its test and its unit, and the determinations that it is made of."""


def results_of(mapping: Mapping, rule: TestResultRule) -> Callable[[Values], Iterable[Record]]:
    """Builds a result of each filled test column and of each group of replicates, or one result of a row."""
    template = rule.id.replace("{test}", _TEST).replace("{value}", _VALUE)
    record_id, by_value = parts.required_text(template, "the record's id"), _VALUE in template
    shared, single, several = _what_results_share(mapping, rule), list(_single(mapping, rule)), _several(mapping, rule)
    withdrawn, tests = _withdrawn(rule), _names(mapping, rule)

    def build(values: Values) -> Iterator[Record]:
        if withdrawn(values):
            yield from void(values)
            return
        found: list[Found] = [
            (value, column, test, unit, ())
            for column, read, test, unit in single
            if (value := read(values)) is not None
        ]
        found += [group for find in several if (group := find(values)) is not None]
        if not found:
            return
        template, common = record_id(values), {name: part(values) for name, part in shared.items()}
        for value, column, test, unit, determinations in found:
            name = test(values)
            id_ = template.replace(_TEST, name)
            if by_value:
                id_ = id_.replace(_VALUE, text_of(value))
            _must_be_short(id_, column)
            if not isinstance(value, Decimal):
                yield words(id_, name, value, unit, values, common)
            else:
                more = {"determinations": determinations, **common} if determinations else common
                yield TestResult(record_id=id_, test=name, value=value, unit=unit(values) or "1", **more)

    def words(id_: str, test: str, value: Value, unit: Part, values: Values, common: dict[str, Any]) -> TestResult:
        if isinstance(value, Withdrawn):
            return voided(id_, test, common)
        return TestResult(record_id=id_, test=test, **said(value, unit, values), **common)

    def void(values: Values) -> Iterator[Record]:
        template, common = record_id(values), {name: part(values) for name, part in shared.items()}
        for column, test in tests(values):
            id_ = template.replace(_TEST, test).replace(_VALUE, "")
            _must_be_short(id_, column)
            yield voided(id_, test, common)

    def voided(id_: str, test: str, common: dict[str, Any]) -> TestResult:
        last = {"revision": LAST_REVISION} if rule.revision is None else {}
        given = common | {"laboratory_limits": None} | last
        return TestResult(record_id=id_, test=test, unit="1", voided=True, **given)

    return build


def _must_be_short(id_: str, column: str) -> None:
    if len(id_) > LONGEST_CODE:
        raise RowFault(column, id_, f"the record's id becomes longer than {LONGEST_CODE} characters")


def _single(mapping: Mapping, rule: TestResultRule) -> Iterator[tuple[str, Part, Part, Part]]:
    """The column of each test's value, the value, the test's code, and the unit."""
    if rule.test is not None and rule.value is not None:
        code = parts.required_text(rule.test, "the test's code")
        yield rule.value, result(mapping.columns, rule.value), code, parts.unit(mapping.columns, rule.value)
    for column in rule.tests:
        code = _always(mapping.columns[column].name or column)
        yield column, result(mapping.columns, column), code, parts.unit(mapping.columns, column)


def _always(code: str) -> Part:
    return lambda values: code


_MADE: Dict[str, Callable[[tuple[Decimal, ...]], Decimal]] = {
    "min": min,
    "max": max,
    "mean": lambda found: _MEAN.divide(reduce(_EXACT.add, found), Decimal(len(found))),
}


def _several(mapping: Mapping, rule: TestResultRule) -> list[Callable[[Values], Found | None]]:
    return [
        _group(group, _always(test), parts.unit(mapping.columns, group.columns[0]))
        for test, group in rule.replicates.items()
    ]


def _group(group: Replicates, test: Part, unit: Part) -> Callable[[Values], Found | None]:
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
        return False

    return withdrawn


def _names(mapping: Mapping, rule: TestResultRule) -> Callable[[Values], Iterable[tuple[str, str]]]:
    """The tests that a row is about, filled or not, each with a column."""
    if rule.test is not None and rule.value is not None:
        code, column = parts.required_text(rule.test, "the test's code"), rule.value
        return lambda values: [(column, code(values))]
    named = [(column, mapping.columns[column].name or column) for column in rule.tests]
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
    return shared | ({"laboratory_limits": _bounds(rule.limits)} if rule.limits else {})


def _bounds(rule: LimitsRule) -> Callable[[Values], Any]:
    lower, upper = parts.cell(rule.lower), parts.cell(rule.upper)

    def read(values: Values) -> Bounds | None:
        bounds = Bounds(lower(values), upper(values))
        if bounds.lower is not None and bounds.upper is not None and bounds.lower > bounds.upper:
            raise RowFault(rule.lower or "", text_of(bounds.lower), f"lies above {rule.upper}: which one is which?")
        return None if bounds == Bounds() else bounds

    return read
