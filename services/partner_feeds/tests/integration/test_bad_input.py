"""What cannot be taken is answered by row and field with what would be right; the good rows beside it are taken."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.world import number_of

CSV = {"Content-Type": "text/csv"}


async def unread() -> AsyncIterator[bytes]:
    """A body that nobody may read."""
    for message in ["the body was read"]:
        yield pytest.fail(message)


def cell(field: str, value: object) -> Callable[[Any], str]:
    """A file whose second row has a bad cell."""
    return lambda business: business.file(business.batch(), business.batch() | {field: value}, business.batch())


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        pytest.param("dissolution_min", "95,1", "use a decimal point: 95.1", id="decimal comma"),
        pytest.param("dissolution_min", "NaN", "not a number", id="NaN"),
        pytest.param("dissolution_min", "=1+1", "a formula is not taken", id="formula"),
        pytest.param("start", "nov.99", "future", id="from the future"),
        pytest.param("start", "13.2018", "", id="no date"),
        pytest.param("batch", "", "is blank", id="nothing where something must be"),
        pytest.param("code", "NOBODY", "register the product in partner-registry and replay", id="unknown product"),
    ],
)
async def test_a_bad_cell(business: Any, published: Any, field: str, value: str, reason: str) -> None:
    answer = await business.send(cell(field, value)(business))
    assert (answer["accepted"], answer["refused"], answer["state"]) == (2, 1, "partly_translated")
    (error,) = answer["errors"]
    assert (error["row"], error["field"], error["value"]) == (3, field, value)
    assert reason in error["reason"]
    assert [line["outcome"] for line in answer["records"]] == ["accepted", "refused", "accepted"]
    facts = await published(answer["message_id"])
    (quarantined,) = (fact for fact in facts if fact["_type"] == "MessageQuarantined")
    assert (quarantined["refused"], quarantined["feed"]) == (1, business.lims_feed)
    assert quarantined["first_reason"].startswith(f"row 3: {field}: ")
    assert quarantined["_parties"] == str(business.laboratory), "what was wrong concerns the sender alone"
    assert len(facts) == 6, "two starts, two completions, what was quarantined and whose turn it is"


async def test_a_row_that_is_broken(business: Any) -> None:
    good = business.file(business.batch()).splitlines()
    answer = await business.send("\n".join([*good, "1;2;3", good[1].replace("B0", "C0")]))
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert (answer["errors"][0]["row"], answer["errors"][0]["field"]) == (3, "")
    assert "too few cells: 3" in answer["errors"][0]["reason"]


async def test_bytes_that_are_not_utf_8(business: Any) -> None:
    file = business.file(business.batch(), business.batch("B-é"), business.batch()).encode("latin-1")
    answer = await business.send(file)
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    error = answer["errors"][0]
    assert (error["row"], error["field"]) == (3, "batch")
    assert "not UTF-8" in error["reason"]
    kept = await business.lims.get(f"/messages/{answer['message_id']}/content")
    assert kept.content == file


async def test_a_byte_order_mark_and_a_repeated_header(business: Any) -> None:
    header, row = business.file(business.batch()).splitlines()
    answer = await business.send(("\ufeff" + "\n".join([header, row, header])).encode())
    assert (answer["accepted"], answer["refused"]) == (1, 1)
    assert answer["errors"][0]["row"] == 3
    assert "header line is repeated" in answer["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        pytest.param(lambda text: "", "", "the file is empty", id="empty"),
        pytest.param(
            lambda text: text.replace("lactose_water", "lactose_watr"),
            "lactose_watr",
            "nearest: lactose_water",
            id="column",
        ),
        pytest.param(lambda text: text.replace(";", ","), "", "separated by a comma", id="delimiter"),
        pytest.param(lambda text: b"\x00\x01\x02;\xff\n" * 3, "", "", id="nonsense"),
    ],
)
async def test_a_file_that_cannot_be_read_is_quarantined(
    business: Any, change: Callable[[str], Any], field: str, reason: str
) -> None:
    answer = await business.send(change(business.file(business.batch())))
    assert (answer["accepted"], answer["refused"], answer["state"]) == (0, 1, "quarantined")
    assert answer["errors"][0]["row"] == 1
    assert any(error["field"] == field and reason in error["reason"] for error in answer["errors"])


@pytest.mark.parametrize(("column", "value"), [("size", -1), ("size", 0), ("batch_yield", -5)])
async def test_a_batch_that_cannot_be_is_refused_by_its_column(business: Any, column: str, value: int) -> None:
    answer = await business.send(business.file(business.batch(), business.batch(**{column: value})))
    assert (answer["accepted"], answer["refused"]) == (1, 1)
    assert [(error["row"], error["field"], error["value"]) for error in answer["errors"]] == [(3, column, str(value))]


async def test_a_header_alone_is_told(business: Any) -> None:
    answer = await business.send(business.file())
    assert (answer["accepted"], answer["refused"], answer["state"]) == (0, 0, "translated")
    assert answer["notices"] == ["the file has a header and no rows: there was nothing to take"]


async def test_a_refused_value_that_no_database_can_hold(business: Any) -> None:
    """A null character, and half of a surrogate pair."""
    bad = business.event("BatchStart") | {"source": "a\x00b"}
    answer = await business.send_events(business.event("BatchStart"), bad, business.event("BatchStart"))
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert (answer["errors"][0]["field"], answer["errors"][0]["value"]) == ("source", "a\\x00b")


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        ({"planned_quantity": {"value": 1, "unit": "furlongs"}}, "data.planned_quantity.unit", "not a UCUM unit"),
        ({"planned_quantity": {"value": 0, "unit": "kg"}}, "data.planned_quantity", "more than 0"),
        ({"occurred_at": "2190-01-01"}, "data.occurred_at", "in the future"),
        ({"lot": {"material": "NOBODY", "number": "1"}}, "data.lot.material", "unknown product code"),
        ({"colour": "blue"}, "data.colour", "unknown field"),
        ({"record_id": None}, "data.record_id", "is missing"),
    ],
)
async def test_a_bad_event(business: Any, data: dict[str, Any], field: str, reason: str) -> None:
    bad = business.event("BatchStart", **data)
    answer = await business.send_events(business.event("BatchStart"), bad, business.event("BatchStart"))
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    (error,) = answer["errors"]
    assert (error["row"], error["field"]) == (2, field)
    assert reason in error["reason"]


async def test_an_unknown_site_and_another_partners_are_refused_alike(business: Any) -> None:
    """An answer must not tell which sites other partners have."""
    lot = {"material": business.code, "number": "1"}
    unknown = business.event("BatchStart", lot=lot | {"site": "S-nowhere"})
    foreign = business.event("BatchStart", lot=lot | {"site": number_of("S", business.laboratory_site)})
    own = business.event("BatchStart", lot=lot | {"site": number_of("S", business.site)})
    answer = await business.send_events(unknown, foreign, own)
    assert [line["outcome"] for line in answer["records"]] == ["refused", "refused", "accepted"]
    first, second = answer["errors"]
    assert (first["field"], second["field"]) == ("data.lot.site", "data.lot.site")
    assert first["reason"] == second["reason"]
    assert "register it in partner-registry" in first["reason"]


async def test_deeply_nested_json_and_a_batch_that_breaks_off(business: Any) -> None:
    good = json.dumps(business.event("BatchStart"))
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    answer = await business.send(f"[{good}, {deep}, {good}]", business.mes_feed, **headers)
    assert [line["outcome"] for line in answer["records"]] == ["accepted", "refused", "duplicate"]
    assert "nested too deeply" in answer["errors"][0]["reason"]
    broken = await business.send(f"[{good}, {{", business.mes_feed, **headers)
    assert [line["outcome"] for line in broken["records"]] == ["duplicate", "refused"]


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Content-Type": "application/json"}, 415, "unsupported-media-type"),
        ({}, 415, "unsupported-media-type"),
        ({"Content-Type": "application/cloudevents+json"}, 415, "unsupported-media-type"),
        (CSV | {"Message-Id": "two words"}, 400, "invalid-message-id"),
        (CSV | {"Content-Length": "999999999999"}, 413, "too-large"),
    ],
)
async def test_a_request_that_is_refused_before_its_body_is_read(
    business: Any, headers: dict[str, str], status: int, kind: str
) -> None:
    answer = await business.lims.post(f"/feeds/{business.lims_feed}/messages", content=unread(), headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:entente:problem:{kind}"
    if status == 415:
        assert answer.json()["accepted"] == ["text/csv"]


async def test_who_is_refused_before_the_body_is_read(business: Any, service: Any) -> None:
    async def status(client: Any, feed: str = business.lims_feed) -> int:
        return int((await client.post(f"/feeds/{feed}/messages", content=unread(), headers=CSV)).status_code)

    nobody = service.as_("quality")
    nobody.headers["Authorization"] = "Bearer nonsense"
    assert await status(nobody) == 401
    assert await status(service.as_("inspector")) == 403
    assert await status(business.lims, "no-such-feed") == 404
    assert await status(business.mes) == 403, "the maker sees the laboratory's feed, and may not send to it"
    stranger = service.as_("partner_system", partner_id=business.site)
    assert await status(stranger) == 404


async def test_a_misspelt_dry_run_is_refused_and_nothing_is_taken(business: Any) -> None:
    file = business.file(business.batch(dissolution_min=90))
    path = f"/feeds/{business.lims_feed}/messages"
    trial = await business.lims.post(path, params={"dryrun": "true"}, content=file, headers=CSV)
    assert (trial.status_code, trial.json()["type"]) == (422, "urn:entente:problem:unknown-parameter")
    assert "there is no parameter dryrun; possible: dry_run, values" in trial.json()["detail"]
    assert (await business.send(file))["accepted"] == 1


async def test_of_two_values_of_a_parameter_none_is_taken(business: Any) -> None:
    file = business.file(business.batch(dissolution_min=90))
    path = f"/feeds/{business.lims_feed}/messages"
    twice = await business.lims.post(path, params={"dry_run": ["true", "false"]}, content=file, headers=CSV)
    assert (twice.status_code, twice.json()["type"]) == (422, "urn:entente:problem:repeated-parameter")
    assert (await business.send(file))["accepted"] == 1
