"""The entries of a batch record, each as the content of our records."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from partner_feeds.readers.xml_text import Element
from partner_feeds.records.answers import LONGEST_VALUE
from partner_feeds.records.batch_records import MaterialUse, ProcessExcursion
from partner_feeds.records.model import ProcessData
from partner_feeds.translation.b2mml.materials import Around, Content, Make, material_use
from partner_feeds.translation.b2mml.reading import Fault, Reading, together
from partner_feeds.translation.b2mml.samples import results
from partner_feeds.translation.b2mml.words import (
    MATERIALS,
    PARAMETERS,
    USE_OF_EVENT,
    called_off,
    id_of,
    is_excursion,
    kinds_of,
    word_of,
    written,
)

_TEXTS: Final = ("", "string", "boolean", "datetime")
_WITH_COMMA: Final = re.compile(r"[+-]?[0-9][0-9.' ]*,[0-9]+").fullmatch
_OF_A_VALUE: Final = {"ValueString", "Value", "UnitOfMeasure", "DataType", "Key"}


def contents(element: Element, around: Around, reading: Reading) -> Iterator[Make]:
    """What becomes of an element; nothing of most."""
    if element.name == "Event":
        yield from _event(element, around, reading)
    elif element.name in MATERIALS:
        yield from material_use(element, around, reading)
    elif element.name == "Sample":
        yield from results(element, around, reading)
    elif element.name in PARAMETERS:
        yield from _parameter(element, around, reading)


def _event(event: Element, around: Around, reading: Reading) -> Iterator[Make]:
    kind, values = word_of(event, "EventSubType").lower(), event.all("Value")
    listed = [each for each in values if each.text_at("Key") in reading.mapping.parameters]
    if not (is_excursion(event) or kind in USE_OF_EVENT or listed):
        if kind and word_of(event, "EventType").lower() == "material":
            yield partial(_not_taken, word_of(event, "EventSubType"))
        return
    id_ = event.text_at("EntryID")
    first = around.entry(id_) if id_ else around.unnamed("Event")
    common = partial(_of_event, event, around, reading)
    if is_excursion(event):
        yield lambda: (ProcessExcursion, first | together(common, partial(_excursion, event, around, reading)))
    elif kind in USE_OF_EVENT and (said := called_off(event, "EventStatus", "Status")):
        yield partial(_called_off, said)
    elif kind in USE_OF_EVENT:
        own_id = first["record_id"].removeprefix(f"{around.record_id}/")
        for nth, value in enumerate(values or [Element("Value")], start=1):
            entry = first if nth == 1 else around.entry(own_id, nth)
            yield partial(_use, entry | {"use": USE_OF_EVENT[kind]}, common, value, reading)
    elif given := [each for each in listed if not _is_blank(each)]:
        yield lambda: (ProcessData, first | _recorded(common, given, reading))


def _of_event(event: Element, around: Around, reading: Reading) -> dict[str, Any]:
    """When, of which batch, and in which step."""
    step = event.text_at("ProceduralElementReference") or around.step
    at = event.text_at("TimeStamp")
    return {"step": step or None} | together(lambda: {"occurred_at": reading.moment("TimeStamp", at)}, around.batch)


def _use(entry: dict[str, Any], common: Any, value: Element, reading: Reading) -> Content:
    return MaterialUse, entry | together(
        common, lambda: {"quantity": reading.quantity("Value", value)}, lambda: reading.lot(value.text_at("Key"))
    )


def _recorded(common: Any, values: list[Element], reading: Reading) -> dict[str, Any]:
    found = together(common, lambda: {"values": _values(values, reading)})
    return found | {"step": found["step"] or "batch"}


def _values(values: list[Element], reading: Reading) -> list[dict[str, Any]]:
    keys = [each.text_at("Key") for each in values]
    if several := next((key for key in keys if keys.count(key) > 1), ""):
        raise Fault("Value/Key", several, f"{keys.count(several)} values: which one is meant? Write an event for each")
    return [_named_value(key, value, reading) for key, value in zip(keys, values, strict=True)]


def _excursion(event: Element, around: Around, reading: Reading) -> dict[str, Any]:
    content: dict[str, Any] = {
        "event_id": event.text_at("EntryID") or "Event",
        "kind": "Exception" if "exception" in kinds_of(event) else word_of(event, "EventType"),
        "text": event.text_at("MessageText") or event.text_at("Description"),
    }
    attributes = {id_of(each).lower(): each for each in event.all("UserAttribute")}
    for name in ("risk", "status"):
        of_attribute = written(attributes[name]) if name in attributes else ""
        content[name] = event.text_at(name.capitalize()) or of_attribute or None
    limits = [limit for alarm in event.all("AlarmData") for limit in alarm.all("AlarmLimit")]
    return content | (_passed(event, limits, around, reading) if limits else {})


def _passed(event: Element, limits: list[Element], around: Around, reading: Reading) -> dict[str, Any]:
    """The limit that was passed, the value, and their unit. Of several nobody says which is meant: none is taken."""
    value, limit = _single("values", event.all("Value"), around), _single("limits", limits, around)
    found = reading.amount("Value", value) if value else {}
    if limit is None:
        return found
    stated = reading.amount("AlarmData/AlarmLimit", limit)
    number, unit = stated["value"], stated["unit"]
    if found.setdefault("unit", unit) != unit:
        raise Fault("AlarmData/AlarmLimit", unit, f"the limit is in {unit}, the value in {found['unit']}")
    return found | {"limit": number}


def _single(names: str, elements: list[Element], around: Around) -> Element | None:
    if len(elements) > 1:
        texts = ", ".join(written(each) for each in elements)[:LONGEST_VALUE]
        around.told.append(
            f"names {len(elements)} {names} ({texts}), and none is taken: write an event for each limit that was passed"
        )
    return elements[0] if len(elements) == 1 else None


def _parameter(element: Element, around: Around, reading: Reading) -> Iterator[Make]:
    """A parameter that the mapping lists. A blank or nil value is no error, and becomes nothing, like a blank cell of a
    table: the MES has the parameter, and recorded none."""
    name = id_of(element)
    if name not in reading.mapping.parameters:
        return
    entry = around.unnamed("/".join(filter(None, (around.step, name))))
    values = element.all("Value", "OtherValue", "OtherInfoValue")
    if len(values) == 1 and _is_blank(values[0]):
        return
    yield lambda: (ProcessData, entry | _of_parameter(name, element, values or [element], around, reading))


def _of_parameter(
    name: str, element: Element, values: list[Element], around: Around, reading: Reading
) -> dict[str, Any]:
    at = element.text_at("TimeStamp")
    return {"step": around.step or "batch"} | together(
        lambda: {"occurred_at": reading.moment("TimeStamp", at) if at else around.step_ended or None},
        around.batch,
        lambda: {"values": [_one_value(name, values, reading)]},
    )


def _one_value(name: str, values: list[Element], reading: Reading) -> dict[str, Any]:
    if len(values) > 1:
        texts = ", ".join(written(each) for each in values)
        raise Fault("Value", texts, f"{len(values)} values: which one is meant? Write a parameter for each")
    return _named_value(name, values[0], reading)


def _named_value(name: str, value: Element, reading: Reading) -> dict[str, Any]:
    """A value under its name in our records: a number where it is one, else a text, which has no unit."""
    text, unit, kind = written(value), value.text_at("UnitOfMeasure"), value.text_at("DataType").lower()
    own = {"name": reading.mapping.parameters[name]}
    if unit or not text or kind not in _TEXTS:
        # What the source says is a number is not taken as a text.
        return own | together(
            lambda: {"value": reading.number("Value", text)},
            lambda: {"unit": reading.unit("Value/UnitOfMeasure", unit) if unit else None},
        )
    try:
        number = reading.number("Value", text)
    except Fault as fault:
        if not kind and _WITH_COMMA(text):
            raise Fault("Value", text, f"{fault.reason}; a text says so by the DataType string") from fault
        return own | {"value": text, "unit": None}
    # 0010 is another code than 10.
    return own | {"value": text if kind == "string" and str(number) != text else number, "unit": None}


def _called_off(said: str) -> Content:
    raise Fault("EventStatus", said, "is said not to have happened: leave it out of the record")


def _not_taken(kind: str) -> Content:
    reason = "is a movement of material that is not taken: of what came back, or was scrapped, nothing would be known"
    raise Fault("EventSubType", kind, f"{reason}; Consume and Produce are taken")


def _is_blank(value: Element) -> bool:
    """Whether a value is blank or nil, and holds nothing else that could be one."""
    return not written(value) and all(each.name in _OF_A_VALUE or not each.text for each in value.children)
