"""Batch records in B2MML as tests write them, and what is read in them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from partner_feeds.language import BatchRecordMapping, load_any
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.translation.b2mml import translate_records

NOW, ZONE = datetime(2026, 6, 1, tzinfo=UTC), ZoneInfo("Europe/Ljubljana")
V07, V0401 = "http://www.mesa.org/xml/B2MML", "http://www.wbf.org/xml/BatchML-V0401"
EVENT = "<Event><EntryID>{}</EntryID><TimeStamp>{}</TimeStamp><EventType>{}</EventType>{}</Event>"
AT = "2026-03-15T04:05:00+01:00"
MAPPING = """
format: b2mml
code: batch-records
version: 1
units: {KG: kg}
parameters: {Force: main_force}
tests: {HARD: hardness}
words: {Pass: complies}
material_key: "{material}/{number}"
lots_of: MaterialInformation
"""


def mapping(**changes: Any) -> BatchRecordMapping:
    found = load_any(MAPPING)
    assert isinstance(found, BatchRecordMapping)
    return found.model_copy(update=changes)


def read(text: str | bytes, **changes: Any) -> list[Answer]:
    """The answers about a document, by the mapping with these changes."""
    content = text.encode() if isinstance(text, str) else text
    return list(translate_records(mapping(**changes), [content], now=NOW, time_zone=ZONE))


def record(*inside: str, status: str = "Complete", **own: str) -> str:
    fields = {"ID": "EBR-1", "BatchID": "B-7", "MaterialDefinitionID": "VEL-100", "LastChangedDate": AT} | own
    head = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return (
        f'<BatchProductionRecord xmlns="{V07}">{head}<RecordStatus>{status}</RecordStatus>'
        f"{''.join(inside)}</BatchProductionRecord>"
    )


def events(*each: str) -> str:
    return f"<Events>{''.join(each)}</Events>"


def value(text: str, unit: str, key: str = "") -> str:
    named = f"<Key>{key}</Key>" if key else ""
    return f"<Value><ValueString>{text}</ValueString><UnitOfMeasure>{unit}</UnitOfMeasure>{named}</Value>"


def records(answers: list[Answer], kind: type) -> list[Any]:
    return [each for answer in answers if isinstance(answer, Accepted) for each in answer.records if type(each) is kind]


def errors(answers: list[Answer]) -> list[tuple[str, str, str]]:
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    return [(error.field, error.value, error.reason) for answer in refused for error in answer.errors]
