"""Whether a changed fact may keep its version.

Both directions matter, because topics keep everything: readers of the old release meet new facts, and a reader of the
new release, which builds itself from the whole history, meets old ones. So one change alone is compatible: a further
optional property. Old readers ignore it, and new readers cope with facts that lack it. Even what looks harmless breaks
one of them: a further value of an enumeration, or a property that is no longer required, stops readers that run today.
Anything else is a new ``...v2`` fact, published beside this one until consumers have moved.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_WORDS_FOR_PEOPLE = {"title", "description", "examples", "deprecated", "$comment", "$defs", "$schema"}
_FOLLOWED = {"$ref", "anyOf", "properties", "required", "items", "enum", "const"}


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a reader of either schema could not read of the other's facts, a sentence each; empty when compatible.

    References into ``$defs`` are followed, so a renamed definition is no change.
    """
    return list(_Comparison(old, new).changes(old, new, "the fact"))


class _Comparison:
    """Two documents, and the pairs of definitions that are being compared (a definition may contain itself)."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._open: set[tuple[str, str]] = set()

    def changes(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """The breaking changes between two places of the documents."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if pair in self._open:
            return
        if all(pair):
            self._open.add(pair)
        try:
            yield from self._resolved(_resolve(old, self._old), _resolve(new, self._new), where)
        finally:
            self._open.discard(pair)

    def _resolved(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        if "anyOf" in old or "anyOf" in new:
            (old_options, old), (new_options, new) = _divided(old), _divided(new)
            yield from self._alternatives(old_options, new_options, where)
        yield from _keywords(old, new, where)
        yield from _values(old, new, where)
        yield from self._properties(old, new, where)
        if "items" in old and "items" in new:
            yield from self.changes(old["items"], new["items"], f"each item of {where}")
        elif ("items" in old) != ("items" in new):
            yield f"{where}: what its items are is {'no longer' if 'items' in old else 'newly'} said"

    def _alternatives(self, before: list[Schema], after: list[Schema], where: str) -> Iterator[str]:
        gone, added = list(before), list(after)
        for option in before:
            same = next((other for other in added if not list(self.changes(option, other, where))), None)
            if same is not None:
                gone.remove(option)
                added.remove(same)
        for option in gone:
            namesake = next((other for other in added if _name(other) == _name(option)), None)
            if namesake is not None:
                added.remove(namesake)
                yield from self.changes(option, namesake, where)
            else:
                yield f"{where}: may no longer be {_name(option)}; facts of the past are"
        for option in added:
            yield f"{where}: may now be {_name(option)}; readers that run today do not know that"

    def _properties(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            place = name if where == "the fact" else f"{where}.{name}"
            if name not in after:
                yield f"{place}: is gone; readers that run today rely on it"
                continue
            if name in was_required - is_required:
                yield f"{place}: is no longer required; readers that run today refuse a fact without it"
            if name in is_required - was_required:
                yield f"{place}: is required now; facts of the past may lack it"
            yield from self.changes(schema, after[name], place)
        for name in after.keys() - before.keys() & is_required:
            place = name if where == "the fact" else f"{where}.{name}"
            yield f"{place}: is new and required; facts of the past lack it"


def _resolve(schema: Schema, document: Schema) -> Schema:
    """The schema with the definition that it refers to; what stands beside the reference (a default) stays."""
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target | {name: value for name, value in schema.items() if name != "$ref"}
    return schema


def _divided(schema: Schema) -> tuple[list[Schema], Schema]:
    """The kinds of value that a place takes, and what is said beside them, such as a default."""
    if "anyOf" in schema:
        return schema["anyOf"], {name: value for name, value in schema.items() if name != "anyOf"}
    beside = {"default"}
    kind = {name: value for name, value in schema.items() if name not in beside}
    return [kind], {name: value for name, value in schema.items() if name in beside}


def _keywords(old: Schema, new: Schema, where: str) -> Iterator[str]:
    """Type, format, pattern, bounds, default, topic, key: whatever is not followed must stay as it is."""
    for name in sorted((old.keys() | new.keys()) - _WORDS_FOR_PEOPLE - _FOLLOWED):
        if name not in new:
            yield f"{where}: {name} {old[name]!r} is gone; readers that run today rely on it"
        elif name not in old:
            yield f"{where}: {name} {new[name]!r} is new; facts of the past need not fit it"
        elif old[name] != new[name]:
            yield f"{where}: {name} was {old[name]!r} and is {new[name]!r}"


def _values(old: Schema, new: Schema, where: str) -> Iterator[str]:
    before, after = _enumerated(old), _enumerated(new)
    if before is None and after is None:
        return
    if before is None or after is None:
        yield f"{where}: its values are {'newly' if before is None else 'no longer'} enumerated"
        return
    for value in before:
        if value not in after:
            yield f"{where}: may no longer be {value!r}; facts of the past are"
    for value in after:
        if value not in before:
            yield f"{where}: may now be {value!r}; readers that run today do not know that"


def _enumerated(schema: Schema) -> list[Any] | None:
    values: list[Any] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return values


def _name(schema: Schema) -> str:
    words = [schema[name] for name in ("$ref", "type", "format", "pattern") if name in schema]
    return " ".join(str(word).removeprefix("#/$defs/") for word in words) or str(schema)
