"""What HTTP asks of every service: media types, methods, and what a refusal shows."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest


@pytest.mark.parametrize(
    "kind",
    [
        *("text/plain", "application/x-www-form-urlencoded", "application/xml", ""),
        *("application/problem+json", "application/merge-patch+json"),
    ],
)
async def test_a_body_of_another_type_is_refused_as_that(notes: Any, kind: str) -> None:
    answer = await notes.client.post("/notes", content='{"text": "a"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:entente:problem:unsupported-media-type")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
async def test_a_body_of_json_is_taken(notes: Any, kind: str) -> None:
    answer = await notes.client.post("/notes", content='{"text": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == 201


async def test_a_body_that_is_not_utf_8_is_told_where_and_what_would_be_right(notes: Any) -> None:
    content = '{"text": "Ärger"}'.encode("latin-1")
    answer = await notes.client.post("/notes", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:entente:problem:invalid-request")
    (error,) = answer.json()["errors"]
    assert error == {"field": "body", "reason": "byte 11 is not UTF-8: JSON is sent in UTF-8", "value": "0xc4"}


async def test_head_answers_as_get_does_without_a_body(notes: Any) -> None:
    made = (await notes.client.post("/notes", json={"text": "a"})).json()
    for path in ("/notes", f"/notes/{made['id']}", f"/notes/{uuid4()}"):
        get, head = await notes.client.get(path), await notes.client.head(path)
        assert (head.status_code, head.content) == (get.status_code, b""), path
        assert {**head.headers} == {**get.headers}, path


async def test_a_method_that_a_path_has_not_is_told_all_that_it_has(notes: Any) -> None:
    async def allowed(path: str) -> tuple[int, str]:
        answer: httpx.Response = await notes.client.delete(path)
        assert answer.json()["type"] == "urn:entente:problem:method-not-allowed"
        return answer.status_code, answer.headers["allow"]

    assert await allowed("/notes") == (405, "GET, HEAD, POST")
    assert await allowed(f"/notes/{uuid4()}") == (405, "GET, HEAD, PUT")


async def test_what_was_given_is_shown_as_json(notes: Any) -> None:
    body = {"text": None, "rank": True, "parties": {"a": None}, "other": "Ärger"}
    errors = (await notes.client.post("/notes", json=body)).json()["errors"]
    shown = {error["field"]: error["value"] for error in errors}
    assert shown["body.text"] == "null"
    assert shown["body.parties"] == '{"a": null}'
    assert shown["body.other"] == "Ärger"
    (missing,) = (await notes.client.post("/notes", json={})).json()["errors"]
    assert missing == {"field": "body.text", "reason": "Field required"}, "and not all that was given in its place"


async def test_who_sends_no_body_is_told_which_one_and_shown_an_example(notes: Any) -> None:
    refused = await notes.client.post("/notes")
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (422, "body")
    said, _, example = error["reason"].partition(", such as ")
    schema = said.rpartition("/")[2].removesuffix(")")
    document = notes.app.openapi()
    assert said == f"the request has no body: send {schema} (/openapi.json#/components/schemas/{schema})"
    assert document["components"]["schemas"][schema]["properties"].keys() >= json.loads(example).keys() > set()


async def test_too_large_a_body_is_a_problem_whether_its_length_is_said_or_not(notes: Any) -> None:
    async def pieces() -> Any:
        for _ in range(12):
            yield b" " * 100_000

    for content in (b" " * 1_100_000, pieces()):
        answer = await notes.client.post("/notes", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["limit"]) == (413, 1_000_000)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("limit", ["1_0", "١٢", "0x5", "1e400", "true"])
async def test_a_number_of_a_query_is_written_in_plain_digits(notes: Any, limit: str) -> None:
    answer = await notes.client.get("/notes", params={"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["value"]) == (422, limit)


async def test_a_request_without_a_token_is_told_what_to_send(notes: Any) -> None:
    for header in ("", "Basic eDp5", "Bearer", "Bearer "):
        answer: httpx.Response = await notes.client.get("/notes", headers={"Authorization": header})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="entente"')
        assert "Authorization: Bearer" in answer.json()["detail"]
