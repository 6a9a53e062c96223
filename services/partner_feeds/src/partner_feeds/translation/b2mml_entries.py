"""The entries of a batch record, each as the content of our records."""

from collections.abc import Iterator
from typing import Any

from contracts.partner_feeds import TestStage
from partner_feeds.readers.xml_text import Element
from partner_feeds.records.batch_records import MaterialUse, ProcessExcursion
from partner_feeds.records.model import ProcessData, TestResult
from partner_feeds.translation.b2mml_materials import Around, Content, material_use
from partner_feeds.translation.b2mml_words import (
    MATERIALS,
    PARAMETERS,
    RESULTS,
    USE_OF_EVENT,
    Fault,
    Reading,
    id_of,
    is_excursion,
    kinds_of,
    word_of,
    written,
)


def contents(element: Element, around: Around, reading: Reading) -> Iterator[Content]:
    """What becomes of an element; nothing of most. Raises Fault."""
    if element.name == "Event":
        yield from _event(element, around, reading)
    elif element.name in MATERIALS:
        yield from material_use(element, around, reading)
    elif element.name == "Sample":
        yield from _sample(element, around, reading)
    elif element.name in PARAMETERS:
        yield from _parameter(element, around, reading)


def _event(event: Element, around: Around, reading: Reading) -> Iterator[Content]:
    kind, at = word_of(event, "EventSubType").lower(), event.text_at("TimeStamp")
    values = [each for each in event.all("Value") if each.text_at("Key") in reading.mapping.parameters]
    if not (is_excursion(event) or kind in USE_OF_EVENT or values):
        return
    common: dict[str, Any] = {"occurred_at": reading.moment("TimeStamp", at), "lot": _lot(around)}
    id_ = event.text_at("EntryID")
    first = around.entry(id_) if id_ else around.unnamed("Event")
    step = event.text_at("ProceduralElementReference") or around.step or None
    if is_excursion(event):
        yield ProcessExcursion, first | common | {"step": step} | _excursion(event, reading)
    elif kind in USE_OF_EVENT:
        for nth, value in enumerate(event.all("Value"), start=1):
            entry = first if nth == 1 else around.entry(first["record_id"].removeprefix(f"{around.record_id}/"), nth)
            use = {"use": USE_OF_EVENT[kind], "quantity": reading.amount("Value", value)}
            named = reading.lot(value.text_at("Key"))
            yield MaterialUse, entry | common | {"step": step} | use | named
    else:
        given = [_named_value(each.text_at("Key"), each, reading) for each in values]
        yield ProcessData, first | common | {"step": step or "batch", "values": given}


def _lot(around: Around) -> dict[str, str]:
    if around.lot is None:
        raise Fault("", "", "the record names no batch: give LotID or BatchID, and MaterialDefinitionID")
    return around.lot


def _excursion(event: Element, reading: Reading) -> dict[str, Any]:
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
    if limits:
        value = next(iter(event.all("Value")), limits[0])
        content |= {"limit": reading.number("AlarmData/AlarmLimit", limits[0].text_at("ValueString"))}
        content |= reading.amount("Value", value) if value is not limits[0] else {}
        unit = reading.unit("AlarmData/AlarmLimit/UnitOfMeasure", limits[0].text_at("UnitOfMeasure"))
        if content.setdefault("unit", unit) != unit:
            raise Fault("AlarmData/AlarmLimit", unit, f"the limit is in {unit}, the value in {content['unit']}")
    return content


def _sample(sample: Element, around: Around, reading: Reading) -> Iterator[Content]:
    for test in sample.all("SampleTest"):
        code = test.text_at("TestCode") or test.text_at("TestName")
        tests = reading.mapping.tests
        if tests is not None and code not in tests:
            raise Fault("SampleTest/TestCode", code, f"is none of the mapping's tests: {', '.join(tests)}")
        for result in test.all(*RESULTS):
            at = next((each.text_at("TimeStamp") for each in (result, test, sample) if each.text_at("TimeStamp")), "")
            values = result.all("Results", "Result", "Value")
            if len(values) != 1:
                raise Fault("SampleTest", "", f"{len(values)} values in one result: write a result for each")
            yield (
                TestResult,
                _identity_of_result(sample, result, code, around)
                | {"occurred_at": reading.moment("SampleTest/TimeStamp", at), "lot": _lot(around)}
                | {"test": code if tests is None else tests[code], "stage": TestStage.intermediate}
                | reading.result("SampleTest/Result", values[0]),
            )


def _identity_of_result(sample: Element, result: Element, code: str, around: Around) -> dict[str, Any]:
    id_, of_sample = result.text_at("EntryID"), sample.text_at("EntryID")
    return around.entry(id_) if id_ else around.unnamed(f"{of_sample or 'Sample'}/{code}")


def _parameter(element: Element, around: Around, reading: Reading) -> Iterator[Content]:
    name = id_of(element)
    if name not in reading.mapping.parameters:
        return
    at = element.text_at("TimeStamp")
    value = next(iter(element.all("Value", "OtherValue", "OtherInfoValue")), element)
    yield (
        ProcessData,
        around.unnamed("/".join(filter(None, (around.step, name))))
        | {"occurred_at": reading.moment("TimeStamp", at) if at else around.step_ended or None, "lot": _lot(around)}
        | {"step": around.step or "batch", "values": [_named_value(name, value, reading)]},
    )


def _named_value(name: str, value: Element, reading: Reading) -> dict[str, Any]:
    """A value under its name in our records: a number where it is one, else a text."""
    text, unit = written(value), value.text_at("UnitOfMeasure")
    try:
        content: Any = reading.number("Value", text)
    except Fault:
        # What the source says is a number is not taken as a text.
        if value.text_at("DataType").lower() not in ("", "string", "boolean", "datetime"):
            raise
        content = text
    own = reading.mapping.parameters[name]
    return {"name": own, "value": content, "unit": reading.unit("Value/UnitOfMeasure", unit) if unit else None}
