"""Whoever builds on the APIs reads in their documents what each schema, field and parameter means."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from contracts.described import describe
from contracts.glossary import glossary

WHEN = ("Null", "None")
"""So begins a sentence of when something is null: what it is comes before."""


def places(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each place of a document that must say what it means, and what it says."""
    for name, schema in document["components"]["schemas"].items():
        yield name, schema.get("description", "")
        for field, place in schema.get("properties", {}).items():
            yield f"{name}.{field}", place.get("description", "")
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation.get("description", "")
            for parameter in operation.get("parameters", ()):
                yield f"{method} {path}?{parameter['name']}", parameter.get("description", "")


def test_every_schema_field_and_parameter_says_what_it_means(apps: dict[str, FastAPI]) -> None:
    silent = {
        place for app in apps.values() for place, said in places(app.openapi()) if not said or said.startswith(WHEN)
    }
    assert silent == set(), "a docstring under the field says it, or for all of its name contracts/glossary.toml"


def test_the_glossary_has_no_word_that_nobody_uses(apps: dict[str, FastAPI]) -> None:
    names = {place for app in apps.values() for place, _ in places(app.openapi())}
    names |= {place.rpartition("?")[2].rpartition(".")[2] for place in names}
    assert glossary().keys() - names == set()


def test_a_word_is_explained_in_a_sentence() -> None:
    assert [name for name, said in glossary().items() if not (said[0].isupper() and said.endswith("."))] == []


def test_what_stands_under_a_field_counts_more_than_its_word(apps: dict[str, FastAPI]) -> None:
    """Also where a class inherits the field, and of a word of a closed set."""
    schemas = apps["quality_events"].openapi()["components"]["schemas"]
    told = {name: each["description"] for name, each in schemas["DispositionRead"]["properties"].items()}
    assert told["right_first_time"] == f"{glossary()['right_first_time']} Null before each intended market is decided."
    assert told["batch"].startswith("Its number is the lot's")
    assert told["decided_at"] == f"{glossary()['decided_at']} RFC 3339, answered in UTC."
    assert "- `withdrawn`: Recalled." in schemas["DispositionState"]["description"]
    assert schemas["Lot"]["properties"]["number"]["description"] == glossary()["Lot.number"] != told["number"]


def test_no_field_of_a_transfer_is_explained_by_another_records_word(apps: dict[str, FastAPI]) -> None:
    said = dict(places(apps["tech_transfer"].openapi()))
    theirs = {
        *("TeamMember.unit", "TeamMember.role", "GateCondition.unit", "ActionRead.unit", "State.evidence"),
        *("StatedResult.tested_at", "TransferResultRead.counts", "TransferResultRead.refused", "InvalidateRun.side"),
        *("IdentifyGap.what", "GapRead.severity", "PlanSeries.basis", "PpqSeriesRead.justification"),
        *("StateParameters.parameters", "BatchResult.attribute", "RecordLesson.recommendation", "HeldDayRead.holder"),
        *("MethodTransferRead.analysts", "MethodTransferRead.evaluated_by", "ClosureReportDetail.sections"),
    }
    assert {place for place in theirs if said[place].startswith(glossary()[place.partition(".")[2]])} == set()


def test_a_filter_says_what_the_field_says(apps: dict[str, FastAPI]) -> None:
    document = apps["quality_events"].openapi()
    parameters = document["paths"]["/v1/complaints"]["get"]["parameters"]
    (severity,) = (each["description"] for each in parameters if each["name"] == "severity")
    word = glossary()["ComplaintRead.severity"]
    assert severity == f"{word} Null until quality has judged it. Repeatable: any of them."


def test_what_says_nothing_would_be_seen() -> None:
    document: dict[str, Any] = {
        "components": {"schemas": {"Kettle": {"properties": {"spout": {}, "number": {}}}}},
        "paths": {},
    }
    describe(document)
    assert [place for place, said in places(document) if not said] == ["Kettle", "Kettle.spout"]
