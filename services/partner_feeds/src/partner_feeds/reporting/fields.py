"""What a sender calls the part of a record that was refused: a column of the file, or a path in the JSON."""

from partner_feeds.language import AnyMapping, BatchRecordMapping, Mapping
from partner_feeds.language.any_column import PLACEHOLDER
from partner_feeds.language.rules import DeviationRule, Rule, TestResultRule
from partner_feeds.records.model import Deviation, LotCode, Record, TestResult

_PATHS = {
    "material": "data.lot.material",
    "number": "data.lot.number",
    "site": "data.lot.site",
    "laboratory": "data.laboratory",
    "test": "data.test",
    "unit": "data.unit",
    "value": "data.value",
    "quantity": "data.quantity",
}
_PATHS_OF_DEVIATIONS = {"material": "data.lots", "site": "data.site"}

_OWN = ("planned_quantity", "actual_quantity", "yield_percent")
"""Parts that a record has itself, and a rule takes whole from one column."""


_ELEMENTS = {
    "material": "MaterialDefinitionID",
    "number": "LotID",
    "test": "SampleTest/TestCode",
    "unit": "UnitOfMeasure",
    "value": "SampleTest/Result",
    "quantity": "Quantity",
}


def field_of(mapping: AnyMapping | None, record: Record, part: str) -> str:
    """The column, element, or without a mapping path, that gave this part of a record; nothing for the whole of it."""
    if isinstance(mapping, BatchRecordMapping):
        return _ELEMENTS.get(part, "")
    if part in _OWN:
        rules = [rule for rule in mapping.records if _makes(rule, record)] if mapping else []
        return next((column for rule in rules if (column := getattr(rule, part))), f"data.{part}")
    if mapping is None:
        return (_PATHS_OF_DEVIATIONS if isinstance(record, Deviation) else _PATHS).get(part, "")
    rules = [rule for rule in mapping.records if _makes(rule, record)]
    if isinstance(record, TestResult) and part in ("test", "unit", "value"):
        return next(filter(None, (_of_result(mapping, rule, record, part) for rule in rules)), "")
    templates = (template for rule in rules for template in _templates(mapping, rule, part))
    columns = (found[1] for template in templates if (found := PLACEHOLDER.search(template)))
    return next(columns, "")


def _of_result(mapping: Mapping, rule: Rule, result: TestResult, part: str) -> str:
    """The column of a result's value, or the one beside it that gives its test or its unit."""
    assert isinstance(rule, TestResultRule)  # noqa: S101  (no other makes a result)
    named = (column for column in rule.tests if (mapping.columns[column].name or column) == result.test)
    value = rule.value or next(named, "")
    if part == "test" and rule.test and (found := PLACEHOLDER.search(rule.test)):
        return found[1]
    beside = getattr(mapping.columns.get(value), "unit_column", None) if part == "unit" else None
    return beside or value


def _makes(rule: Rule, record: Record) -> bool:
    if rule.record != type(record).__name__:
        return False
    if isinstance(rule, TestResultRule) and isinstance(record, TestResult):
        return rule.stage == record.stage or PLACEHOLDER.search(rule.stage) is not None
    return True


def _templates(mapping: Mapping, rule: Rule, part: str) -> list[str]:
    """The texts of the mapping that a part of the rule's record is put together from."""
    if part == "laboratory":
        return [rule.laboratory or ""] if isinstance(rule, TestResultRule) else []
    if part not in LotCode.__annotations__:
        return []
    of_the_site = [rule.site or ""] if isinstance(rule, DeviationRule) and part == "site" else []
    lots = rule.lots if isinstance(rule, DeviationRule) else (rule.lot,)
    return of_the_site + [getattr(mapping.lots[name], part) or "" for name in lots]
