"""Credentials that stand in what Kubernetes is told, and not in a Secret."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_SECRET = ("PASSWORD", "SECRET", "TICKET_KEY", "PASSWORDS", "TOKEN")
_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@\"']*:([^/\s@\"']+)@")
_REFERENCE = re.compile(r"\$\(([A-Za-z0-9_]+)\)")
_FILLED_IN = "{password}"
"""Of which a process of ours makes what it was given by service."""


def aloud(document: Mapping[str, Any]) -> Iterator[str]:
    """What is said for everybody to read, a sentence each."""
    for where, text in _texts(document):
        for password in _IN_URL.findall(text):
            if _REFERENCE.sub("", password) not in ("", _FILLED_IN):
                yield f"a password in a URL is said aloud: {where}"
    if document["kind"] == "ConfigMap":
        for name, value in document.get("data", {}).items():
            if name.endswith(_SECRET) and value:
                yield f"{name} is said aloud"


def aloud_in(container: Mapping[str, Any]) -> Iterator[str]:
    """Variables whose value is a secret, or is put together of a variable that comes from no Secret."""
    variables = {each["name"]: each for each in container.get("env", ())}
    of_secrets = {name for name, each in variables.items() if "secretKeyRef" in each.get("valueFrom", {})}
    for name, variable in variables.items():
        value = variable.get("value", "")
        said = _words(value) if name.endswith(_SECRET) else _IN_URL.findall(value)
        for word in said:
            others = set(_REFERENCE.findall(word)) - of_secrets
            if others or (name.endswith(_SECRET) and _REFERENCE.sub("", word)):
                yield f"{name} of {container['name']} is said aloud"
                break


def _words(value: str) -> list[str]:
    """The secrets that a value holds: itself, or what its JSON has by name."""
    try:
        found = json.loads(value)
    except ValueError:
        found = value
    words = found.values() if isinstance(found, dict) else [found]
    return [str(each) for each in words if each != ""]


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(each, f"{where}.{number}")
    elif isinstance(value, str):
        yield where, value
