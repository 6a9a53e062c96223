"""Which facts a filter lets through."""

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from contracts import contracts
from event_stream.filters import Filter, full_types
from event_stream.places import Place
from runtime.problems import Problem

RAISED = "io.entente.DeviationRaised.v1"


def record(type_: str = RAISED, parties: str = "", key: str = "k", **data: Any) -> Any:
    headers = {"specversion": "1.0", "id": str(uuid4()), "source": "/test", "type": type_, "parties": parties}
    headers["time"] = "2026-01-01T00:00:00Z"
    return SimpleNamespace(
        key=key.encode(),
        value=json.dumps(data).encode(),
        headers=[(f"ce_{name}", value.encode()) for name, value in headers.items()],
    )


def test_no_names_are_all_facts() -> None:
    assert full_types([]) == {contract.type for contract in contracts()}


def test_a_short_name_and_a_full_one_mean_the_same() -> None:
    assert full_types(["DeviationRaised"]) == full_types([RAISED]) == {RAISED}


def test_a_name_that_no_fact_has_is_refused_with_what_is_near() -> None:
    with pytest.raises(Problem, match="DeviationRaised") as refused:
        full_types(["DeviationRaised", "DeviatonRaised"])
    assert refused.value.status == 400


def test_only_the_topics_of_the_types_are_read() -> None:
    assert Filter(full_types(["DeviationRaised", "BatchStarted"])).topics() == [
        "quality-events.batch",
        "quality-events.deviation",
    ]


@pytest.mark.parametrize("place", ["lot", "lots", None])
def test_a_partner_is_found_among_parties_or_anywhere_in_the_fact(place: str | None) -> None:
    partner = uuid4()
    asked = Filter(full_types([]), partner=partner)
    data: dict[str, Any] = {"laboratory_partner_id": str(partner)}
    nesting: dict[str | None, dict[str, Any]] = {"lot": {"lot": data}, "lots": {"lots": [{}, data]}, None: data}
    assert asked.event(record(parties=f"{uuid4()},{partner}"))
    assert asked.event(record(**nesting[place]))
    assert asked.event(record(partner_id=str(uuid4()))) is None
    assert asked.event(record(remark=str(partner))) is None


def test_a_party_is_never_one_by_being_named_in_a_fact() -> None:
    partner = uuid4()
    reader = Filter(full_types([]), party=partner)
    assert reader.event(record(partner_id=str(partner))) is None
    assert reader.event(record(partner_id=str(partner), parties=str(uuid4()))) is None
    assert reader.event(record(parties=str(partner)))


def test_a_partner_that_asks_for_another_one_gets_what_both_are_party_to() -> None:
    mine, other = uuid4(), uuid4()
    reader = Filter(full_types([]), partner=other, party=mine)
    assert reader.event(record(parties=str(other))) is None
    assert reader.event(record(parties=str(mine))) is None
    assert reader.event(record(parties=f"{mine},{other}"))


def test_site_key_and_type_narrow() -> None:
    site = uuid4()
    assert Filter(full_types([]), site=site).event(record(lot={"site_id": str(site)}))
    assert Filter(full_types([]), site=site).event(record(site_id=str(uuid4()))) is None
    assert Filter(full_types([]), key="k").event(record())
    assert Filter(full_types([]), key="other").event(record()) is None
    assert Filter(full_types(["BatchStarted"])).event(record()) is None


def test_an_id_is_read_back_as_it_was_written() -> None:
    assert Place.parse("quality-events.deviation:3:57") == Place("quality-events.deviation", 3, 57)
