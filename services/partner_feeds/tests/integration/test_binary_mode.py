"""A CloudEvent in binary mode over HTTP, as SDKs and event gateways send one by default."""

import json
from typing import Any


def as_binary(event: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """An event's body and headers in binary mode."""
    data = json.dumps(event["data"])
    headers = {f"ce-{name}": value for name, value in event.items() if name != "data"}
    return data, headers | {"Content-Type": "application/json; charset=utf-8"}


async def test_it_becomes_a_fact_and_is_known_when_it_comes_again(business: Any, published: Any) -> None:
    body, headers = as_binary(business.event("BatchStart", record_id="mes/9"))
    answer = await business.send(body, business.mes_feed, **headers)
    assert (answer["accepted"], answer["state"]) == (1, "translated")
    (fact,) = await published(answer["message_id"])
    assert fact["source"]["id"] == "mes/9"
    again = await business.send(body, business.mes_feed, **headers)
    assert again["message_id"] == answer["message_id"]


async def test_it_is_tried_and_its_faults_have_their_places(business: Any) -> None:
    body, headers = as_binary(business.event("BatchStart", occurred_at="yesterday"))
    path = f"/feeds/{business.mes_feed}/messages?dry_run=true"
    answer = await business.mes.post(path, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert [(error["row"], error["field"]) for error in answer.json()["errors"]] == [(1, "data.occurred_at")]


async def test_json_without_the_attributes_is_told_the_right_form(business: Any) -> None:
    body, headers = as_binary(business.event("BatchStart"))
    path = f"/feeds/{business.mes_feed}/messages"
    answer = await business.mes.post(path, content=body, headers={"Content-Type": headers["Content-Type"]})
    assert answer.status_code == 415
    assert "ce-specversion, ce-id, ce-source and ce-type as headers" in answer.json()["detail"]
