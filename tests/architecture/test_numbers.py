"""The numbers by which people name records: each kind has letters of its own, and whoever knows a number finds it."""

import re
from pathlib import Path

from fastapi import FastAPI

from cli.commands.audit import CALLED, NUMBERED

GIVEN = re.compile(r'next_number\(\w+, "([A-Z]+)", "(\w+)"\)')


def _given(files: list[Path]) -> set[tuple[str, str]]:
    """The letters before a number, and the sequence from which it is."""
    sources = [path for path in files if path.suffix == ".py" and "src" in path.parts and "services" in path.parts]
    return {found for path in sources for found in GIVEN.findall(path.read_text("utf-8"))}


def test_no_letters_are_of_two_kinds_of_records(files: list[Path]) -> None:
    letters = [letters for letters, _ in _given(files)]
    assert sorted(letters) == sorted(set(letters))
    assert set(letters) == set(NUMBERED), "`entente audit show` finds a record by its number"


def test_each_list_is_asked_by_the_number(apps: dict[str, FastAPI]) -> None:
    for letters, (service, collection) in NUMBERED.items():
        listing = apps[service.replace("-", "_")].openapi()["paths"][f"/v1/{collection}"]["get"]
        assert CALLED.get(letters, "number") in {each["name"] for each in listing["parameters"]}, letters
