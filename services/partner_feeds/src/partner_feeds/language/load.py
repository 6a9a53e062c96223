"""Mappings from YAML. Whatever is wrong with one is reported by its place, before a file is read by it."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError

from partner_feeds.language.batch_records import BatchRecordMapping
from partner_feeds.language.faults import MappingFault, MappingInvalid, faults_of
from partner_feeds.language.mapping import Mapping

LONGEST_MAPPING = 256_000
"""Characters: the longest real mapping has a tenth of it."""


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


AnyMapping = Mapping | BatchRecordMapping
"""Of tables, or of batch records."""


def load(text: str) -> Mapping:
    """A mapping of tables from YAML. Raises MappingInvalid with all its faults, and for a mapping of another format."""
    mapping = load_any(text)
    if not isinstance(mapping, Mapping):
        raise MappingInvalid((MappingFault("format", f"{mapping.format} is no format of tables"),))
    return mapping


def load_any(text: str) -> AnyMapping:
    """A mapping from YAML, of whichever format it names. Raises MappingInvalid with all its faults."""
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
    model = BatchRecordMapping if content.get("format") == "b2mml" else Mapping
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise MappingInvalid(faults_of(error, model)) from error


@lru_cache(maxsize=1)
def shipped() -> dict[str, Mapping]:
    """The mappings that come with the project, by their code."""
    return {mapping.code: mapping for mapping in map(load, shipped_documents())}


def shipped_documents() -> list[str]:
    """The documents of the mappings that come with the project, for ``POST /v1/mappings``."""
    folder = files("partner_feeds") / "shipped"
    return sorted(each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".yaml"))
