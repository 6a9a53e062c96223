"""What is wrong with a mapping, by place and in the words of whoever wrote it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from partner_feeds.language import any_rule, columns, rules
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.form import HeaderForm, Limits
from partner_feeds.values.texts import nearest


class MappingFault(NamedTuple):
    """One thing that is wrong with a mapping, and where."""

    where: str
    reason: str


class MappingInvalid(ValueError):
    """A mapping that cannot be used."""

    def __init__(self, faults: tuple[MappingFault, ...]) -> None:
        super().__init__(
            "; ".join(f"{fault.where}: {fault.reason}" if fault.where else fault.reason for fault in faults)
        )
        self.faults = faults


_MODELS: dict[str, type[BaseModel]] = {
    "limits": Limits,
    "header": HeaderForm,
    "lots": any_rule.LotRule,
    "text": columns.TextColumn,
    "number": columns.NumberColumn,
    "date": columns.DateColumn,
    "BatchStart": rules.BatchStartRule,
    "BatchCompletion": rules.BatchCompletionRule,
    "ProcessData": rules.ProcessDataRule,
    "TestResult": rules.TestResultRule,
    "Deviation": rules.DeviationRule,
}
_FORMS_OF_CODES = ("dict[str,str]", "tuple[str, ...]")
_FIELDS = "fields are wanted here, such as {field: value}"
_WHOLE = "a whole number is wanted"
_TAGS = {
    "'holds'": "must say what it holds: text, number or date",
    "'record'": "must say which record: " + ", ".join(name for name in _MODELS if name[0].isupper()),
}


def faults_of(error: ValidationError, model: type[BaseModel] = Mapping) -> tuple[MappingFault, ...]:
    """Every fault once: a value that may have two forms is tried in both."""
    return tuple(dict.fromkeys(_faults(error, model)))


def _faults(error: ValidationError, model: type[BaseModel]) -> Iterator[MappingFault]:
    for each in error.errors(include_url=False):
        where = _place(each["loc"])
        if each["type"] == "extra_forbidden":
            name = str(each["loc"][-1])
            yield MappingFault(where, f"unknown field{nearest(name, _fields_beside(each['loc'], model))}")
        elif each["type"] == "value_error":
            for line in str(each["ctx"]["error"]).splitlines():
                yield MappingFault(where, line)
        elif not _was_there(each):
            reason = _REASONS.get(each["type"])
            yield MappingFault(where, reason(each["input"], each.get("ctx", {})) if reason else each["msg"])


def _was_there(each: ErrorDetails) -> bool:
    """A list whose items are wrong is not too short as well: pydantic counts only the good ones."""
    return each["type"] == "too_short" and len(each["input"]) >= each["ctx"]["min_length"]


def _list(given: Any, _: dict[str, Any]) -> str:
    return "a list is wanted" + (f", such as [{given}]" if isinstance(given, str) and given else "")


_REASONS: dict[str, Callable[[Any, dict[str, Any]], str]] = {
    "missing": lambda _, __: "must be given",
    "tuple_type": _list,
    "dict_type": lambda _, __: _FIELDS,
    "model_type": lambda _, __: _FIELDS,
    "model_attributes_type": lambda _, __: _FIELDS,
    "too_short": lambda given, wanted: f"{len(given)} given, and at least {wanted['min_length']} wanted",
    "too_long": lambda given, wanted: f"{len(given)} given, and at most {wanted['max_length']} wanted",
    "string_type": lambda _, __: "text is wanted",
    "string_too_short": lambda _, wanted: f"at least {wanted['min_length']} characters are wanted",
    "string_too_long": lambda _, wanted: f"at most {wanted['max_length']} characters are wanted",
    "string_pattern_mismatch": lambda _, __: "write lower-case words with hyphens, such as release-results",
    "bool_parsing": lambda _, __: "write true or false",
    "bool_type": lambda _, __: "write true or false",
    "int_parsing": lambda _, __: _WHOLE,
    "int_type": lambda _, __: _WHOLE,
    "greater_than_equal": lambda _, wanted: f"must be {wanted['ge']} or more",
    "less_than_equal": lambda _, wanted: f"must be {wanted['le']} or less",
    "literal_error": lambda _, wanted: f"must be {wanted['expected']}",
    "union_tag_not_found": lambda _, wanted: _TAGS[wanted["discriminator"]],
    "union_tag_invalid": lambda _, wanted: f"{wanted['tag']!r} is none of {wanted['expected_tags']}",
}
"""By pydantic's type of error: what would be right, given the input and pydantic's context."""


def _fields_beside(place: tuple[int | str, ...], whole: type[BaseModel]) -> list[str]:
    """The fields that the model at this place has, in a mapping of this model."""
    model = _MODELS.get(str(place[-2]) if len(place) > 1 else "") or _MODELS.get(str(place[0])) or whole
    return list(model.model_fields)


def _place(place: tuple[int | str, ...]) -> str:
    """``records[0].lot``: pydantic's path without the names of the models and forms that it tried."""
    path = ""
    for index, step in enumerate(place):
        if isinstance(step, int):
            path += f"[{step}]"
        elif not ((index == 2 and step in _MODELS) or (index == 4 and step in _FORMS_OF_CODES)):
            path += f".{step}" if path else step
    return path
