"""A laboratory's file with a mapping of one result, and what a right reader finds in it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, LeftOut, Refused
from partner_feeds.translation.about import Origin
from partner_feeds.translation.files import translate

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Vienna")
HEADER = "Charge;Tag;Wert"


def document(file: dict[str, Any], columns: dict[str, Any], record: dict[str, Any], lot: str) -> str:
    """A mapping of one result, ``Wert``, of a lot ``Charge`` at ``Tag``, with what a case changes."""
    given: dict[str, Any] = {
        "Charge": {"holds": "text", "required": "true"},
        "Tag": {"holds": "date", "format": "D.M.YYYY", "required": "true"},
        "Wert": {"holds": "number", "unit": "%", "name": "gehalt"},
    }
    for name, change in columns.items():
        given[name] = given.get(name, {}) | change
    rule = {"record": "TestResult", "id": "{Charge}/{test}", "occurred_at": "Tag", "lot": "los", "stage": "release"}
    mapping = {"code": "werte", "version": "1", "delimiter": ";", "decimal": "comma"} | file
    mapping |= {"columns": given, "lots": {"los": {"material": "P1", "number": lot}}}
    used = {"tests": ["Wert"]} if not {"tests", "test", "replicates"} & record.keys() else {}
    return yaml.safe_dump(mapping | {"records": [rule | used | record]}, allow_unicode=True, sort_keys=False)


@dataclass
class Case:
    """A file, what its mapping says beyond the plain one, and what a right reader finds in it."""

    name: str
    lines: str | bytes
    taken: list[str] = field(default_factory=list)
    """``lot value qualifier`` of each result."""
    refused: dict[int, str] = field(default_factory=dict)
    """By row, some words of the reason."""
    left_out: int = 0
    file: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)


def check(case: Case) -> None:
    """Read the file, and find what the case says: no more and no less."""
    changed = {name: {key: value for key, value in column.items()} for name, column in case.columns.items()}
    text = document(case.file, changed, case.record, "{Charge}").replace(": null", ": ''")
    mapping = load("\n".join(line for line in text.splitlines() if not line.rstrip().endswith(": ''")))
    content = case.lines if isinstance(case.lines, bytes) else case.lines.encode()
    origin = Origin("werte_20260504.csv", date(2026, 5, 4))
    taken, refused, left_out = list[str](), dict[int, str](), 0
    for answer in translate(mapping, [content], now=NOW, time_zone=ZONE, origin=origin):
        match answer:
            case Accepted(records=records):
                for record in records:
                    result: Any = record
                    said = "voided" if result.voided else result.text if result.value is None else result.value
                    taken.append(f"{result.lot.number} {said} {result.qualifier or ''}".strip())
            case Refused(row=row, errors=errors):
                refused[errors[0].row if errors else row] = " ".join(error.reason for error in errors)
            case LeftOut():
                left_out += 1
    assert taken == case.taken
    assert refused.keys() == case.refused.keys(), refused
    for row, words in case.refused.items():
        assert words in refused[row]
    assert left_out == case.left_out
