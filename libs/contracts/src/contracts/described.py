"""What each schema, field and parameter of an OpenAPI document means.

The docstring under a field says what it means there, the published language's glossary what its name means everywhere.
pydantic would read docstrings while a service starts, which took a second; here they are read with the document.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from contracts.glossary import glossary

REPEATABLE = "Repeatable: any of them."
"""What a filter says that says no more."""
_NOT_OURS = {"builtins", "pydantic", "sqlmodel", "enum", "typing", "abc"}


def describe(document: Mapping[str, Any]) -> None:
    """Let each schema, field and parameter of a document say what it means, where it does not yet."""
    words, schemas, classes = glossary(), document["components"]["schemas"], dict[str, list[type]]()
    for each in {*_subclasses(BaseModel), *_subclasses(Enum)}:
        classes.setdefault(each.__name__, []).append(each)
    for name, schema in schemas.items():
        said = _said(schema, classes)
        _describe(schema, "One page of a list." if name.startswith("Page_") else "")
        if values := [f"- `{value}`: {said[value]}" for value in schema.get("enum", ()) if value in said]:
            schema["description"] = "\n".join([schema.get("description", ""), "", *values])
        for field, place in schema.get("properties", {}).items():
            word = words.get(f"{name}.{field}") or words.get(field, "")
            found = place.get("description") or said.get(field) or word
            if found.startswith(("Null", "None")):  # when it is null, and not what it is
                found = f"{word} {found}".strip()
            _describe(place, found + _form(place), anew=True)
    for item in document["paths"].values():
        for operation in item.values():
            fields = _listed(operation, schemas)
            for parameter in operation.get("parameters", ()):
                found = fields.get(parameter["name"], {}).get("description") or words.get(parameter["name"], "")
                many = parameter.get("description") == REPEATABLE
                _describe(parameter, f"{found} {REPEATABLE if many else ''}".strip(), anew=many)


def _describe(place: dict[str, Any], text: str, *, anew: bool = False) -> None:
    if text and (anew or not place.get("description")):
        place["description"] = text


def _listed(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of what an operation lists: a filter that says no more is by the field of its name."""
    match operation["responses"].get("200"):
        case {"content": {"application/json": {"schema": {"$ref": str(reference)}}}}:
            name = reference.rpartition("/")[2].removeprefix("Page_").removesuffix("_")
            fields: Mapping[str, Any] = schemas.get(name, {}).get("properties", {})
            return fields
    return {}


def _form(place: Mapping[str, Any]) -> str:
    """How an instant is written."""
    match sorted({each["format"] for each in place.get("anyOf", [place]) if "format" in each}):
        case ["date-time"]:
            return " RFC 3339, answered in UTC."
        case ["date", "date-time"]:
            return " An instant (RFC 3339), or a day or month where no more is known."
    return ""


def _said(schema: Mapping[str, Any], classes: Mapping[str, list[type]]) -> Mapping[str, str]:
    """What a schema's class, or one that it inherits from, says under each of its fields."""
    found: dict[str, str] = {}
    candidates: list[type] = classes.get(schema.get("title", ""), [])
    for each in candidates:
        if (inspect.cleandoc(each.__doc__) if each.__doc__ else None) == schema.get("description"):
            found |= said_of(each)
    return found


def said_of(each: type[Any]) -> Mapping[str, str]:
    """What a class, or one that it inherits from, says under each of its fields."""
    found: dict[str, str] = {}
    for base in reversed(each.__mro__):
        if base.__module__.partition(".")[0] not in _NOT_OURS:
            found |= _docstrings(base.__module__).get(base.__name__, {})
    return found


def _subclasses(of: type[Any]) -> Iterator[type[Any]]:
    for each in of.__subclasses__():
        yield from (each, *_subclasses(each))


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """The docstrings under the fields of each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {each.name: dict(_of_fields(each)) for each in tree.body if isinstance(each, ast.ClassDef)}


def _of_fields(of: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, behind in pairwise(of.body):
        match field, behind:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name.rstrip("_"), inspect.cleandoc(text)
