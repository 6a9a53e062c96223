"""Mappings from YAML. Whatever is wrong with one is told by place, before a file meets it."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from partner_feeds.answers import nearest
from partner_feeds.mappings import columns, rules
from partner_feeds.mappings.model import Limits, Mapping

LONGEST_MAPPING = 256_000
"""Characters: the longest real mapping has a tenth of it."""


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


class _Loader(yaml.BaseLoader):
    """Every scalar is text, so that ``no`` is a word and ``1.0`` keeps its zero; the model decides what it is."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("anchors and aliases (& and *) are not taken: write it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.YAMLError(f"line {line}: a field's name must be plain text")
            if key.value in seen:
                raise yaml.YAMLError(f"line {line}: {key.value!r} is given twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(text: str) -> Mapping:
    """A mapping from YAML. Raises MappingInvalid with all its faults."""
    if len(text) > LONGEST_MAPPING:
        raise MappingInvalid((MappingFault("", f"longer than {LONGEST_MAPPING} characters"),))
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  (a BaseLoader: it makes only text, lists and dicts)
    except yaml.YAMLError as error:
        raise MappingInvalid((MappingFault("", f"no readable YAML: {error}"),)) from error
    except RecursionError as error:
        raise MappingInvalid((MappingFault("", "nested too deeply"),)) from error
    if not isinstance(content, dict):
        raise MappingInvalid((MappingFault("", "a mapping begins with code: and version:"),))
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise MappingInvalid(tuple(_faults(error))) from error


@lru_cache(maxsize=1)
def shipped() -> dict[str, Mapping]:
    """The mappings that come with the project, by their code."""
    return {mapping.code: mapping for mapping in map(load, shipped_documents())}


def shipped_documents() -> list[str]:
    """The documents of the mappings that come with the project, for ``POST /v1/mappings``."""
    folder = files("partner_feeds") / "shipped"
    return sorted(each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".yaml"))


def _faults(error: ValidationError) -> Iterator[MappingFault]:
    for each in error.errors(include_url=False):
        where = _place(each["loc"])
        if each["type"] == "extra_forbidden":
            name = str(each["loc"][-1])
            yield MappingFault(where, f"unknown field{nearest(name, _fields_beside(each['loc']))}")
        elif each["type"] == "value_error":
            for line in str(each["ctx"]["error"]).splitlines():
                yield MappingFault(where, line)
        else:
            yield MappingFault(where, each["msg"])


_MODELS: dict[str, type[BaseModel]] = {
    "limits": Limits,
    "lots": rules.LotRule,
    "text": columns.TextColumn,
    "number": columns.NumberColumn,
    "date": columns.DateColumn,
    "BatchStart": rules.BatchStartRule,
    "BatchCompletion": rules.BatchCompletionRule,
    "ProcessData": rules.ProcessDataRule,
    "TestResult": rules.TestResultRule,
    "Deviation": rules.DeviationRule,
}


def _fields_beside(place: tuple[int | str, ...]) -> list[str]:
    """The fields that the model at this place has."""
    model = _MODELS.get(str(place[-2]) if len(place) > 1 else "") or _MODELS.get(str(place[0])) or Mapping
    return list(model.model_fields)


def _place(place: tuple[int | str, ...]) -> str:
    """``records[0].lot``: pydantic's path without the names of the models that it tried."""
    path = ""
    for index, step in enumerate(place):
        if isinstance(step, int):
            path += f"[{step}]"
        elif not (index == 2 and step in _MODELS):
            path += f".{step}" if path else step
    return path
