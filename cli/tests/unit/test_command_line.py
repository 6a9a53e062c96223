"""What every command keeps to: exit statuses, one JSON object, and errors that say what to do."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from cli.commands import sign
from cli.data_folder import DataFolder
from cli.failures import Failure
from cli.installation import Installation

OPERATIONS = [
    ["parked", "list"],
    ["parked", "explain", "1"],
    ["parked", "retry"],
    ["replay", "--service", "kpi"],
    ["rebuild", "--service", "kpi"],
    ["kpi", "rebuild"],
    ["feed", "import", __file__, "--feed", "any"],
]
words = " ".join


@pytest.mark.parametrize("command", OPERATIONS, ids=words)
def test_without_an_installation_a_command_says_how_to_start_one(entente: Any, command: list[str]) -> None:
    done = entente(*command)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "entente demo" in done.stderr
    assert "ENTENTE_URL" in done.stderr
    assert "ENTENTE_DATA for a demo in a folder of its own" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", OPERATIONS, ids=words)
def test_an_installation_that_cannot_be_reached_is_exit_status_2(entente: Any, command: list[str]) -> None:
    done = entente(*command, "--url", "http://127.0.0.1:9", "--token", "any", "--json")
    assert done.exit_code == 2
    answer = json.loads(done.stdout)
    assert "http://127.0.0.1:9 cannot be reached" in answer["error"]
    assert "entente doctor" in answer["what_to_do"]


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (401, "x", "fresh token"),
        (403, "forbidden", "a role that may do this"),
        (403, "second-person-required", "the token of another person"),
        (403, "not-named", "POST /api/partner-registry/v1/qp-capacities"),
        (503, "x", "entente doctor"),
    ],
)
def test_a_refusal_says_what_to_do(entente: Any, answering: Any, status: int, kind: str, advice: str) -> None:
    problem = {"type": f"urn:entente:problem:{kind}", "detail": "for a reason of its own"}
    answering.status, answering.body = status, problem
    done = entente("kpi", "rebuild", "--url", answering.url, "--token", "any")
    assert done.exit_code == 2
    assert "for a reason of its own" in done.stderr
    assert advice in done.stderr


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("1 invalid: body.reason", "1 invalid: body.reason: is missing"),
        ("the mapping has faults", "the mapping has faults: body.reason: is missing"),
    ],
)
def test_a_field_that_is_wrong_is_named_once(entente: Any, answering: Any, detail: str, told: str) -> None:
    errors = [{"field": "body.reason", "reason": "is missing"}]
    answering.status = 422
    answering.body = {"type": "urn:entente:problem:invalid-request", "detail": detail, "errors": errors}
    done = entente("kpi", "rebuild", "--url", answering.url, "--token", "any", "--json")
    assert json.loads(done.stdout)["error"].endswith(f"rebuilds: {told}")


def test_without_a_terminal_nobody_waits_for_a_passphrase(
    answering: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering.body = {"subject": "vera"}
    monkeypatch.setattr("sys.stdin", io.StringIO())
    demo = Installation(answering.url, lambda: "any", local=DataFolder(tmp_path))
    with demo, pytest.raises(Failure, match="passphrase of vera") as refused:
        sign.logged_in(demo, "0" * 64, "")
    assert all(each in refused.value.advice for each in ("ENTENTE_PASSPHRASE", "--passphrase", "--id-token"))


def test_the_token_and_the_url_may_come_from_the_environment(entente: Any, answering: Any) -> None:
    answering.body = {"changed": True, "buckets": 3, "different": 0, "differences": []}
    why = ("--reason", "a sum was doubted")
    done = entente("kpi", "rebuild", "--json", *why, ENTENTE_URL=answering.url, ENTENTE_TOKEN="mine")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["buckets"] == 3
    method, path, headers, body = answering.asked[0]
    assert (method, path) == ("POST", "/api/kpi/v1/rebuilds")
    assert headers["Authorization"] == "Bearer mine"
    assert json.loads(body) == {"compare": False, "reason": "a sum was doubted"}


def test_a_rebuild_waits_until_every_partition_is_read(entente: Any, answering: Any) -> None:
    answering.body = {"partitions": 16, "partitions_to_read": 0, "lag": None}
    done = entente("rebuild", "--service", "kpi", "--url", answering.url, "--token", "any", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["service"] == "kpi"
    asked = [(method, path) for method, path, _, _ in answering.asked]
    assert asked == [("POST", "/api/kpi/v1/projection-rebuilds"), ("GET", "/api/kpi/v1/status")]


def test_a_rebuild_that_goes_on_is_watched_and_not_begun_anew(entente: Any, answering: Any) -> None:
    answering.body = {"partitions_to_read": 0, "lag": None}
    done = entente("rebuild", "--service", "kpi", "--watch", "--url", answering.url, "--token", "any")
    assert done.exit_code == 0, done.stderr
    assert {(method, path) for method, path, _, _ in answering.asked} == {("GET", "/api/kpi/v1/status")}


def test_sums_that_differ_are_exit_status_1(entente: Any, answering: Any) -> None:
    answering.body = {"changed": False, "buckets": 3, "different": 1, "differences": []}
    done = entente("kpi", "rebuild", "--compare", "--url", answering.url, "--token", "any")
    assert done.exit_code == 1
    assert "1 of them differed" in done.stdout


def test_parked_facts_that_still_fail_are_exit_status_1(entente: Any, answering: Any) -> None:
    answering.body = {"applied": 2, "failed": [{"id": 7, "key": "k", "reason": "no such site"}]}
    done = entente("parked", "retry", "--service", "kpi", "--url", answering.url, "--token", "any", "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert answer["applied"] == 2
    assert answer["failed"] == [{"service": "kpi", "id": 7, "key": "k", "reason": "no such site"}]


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["replay"],
        ["replay", "--service", "billing"],
        ["rebuild"],
        ["rebuild", "--service", "billing"],
        ["replay", "--service", "kpi", "--since", "yesterday"],
        ["parked", "list", "--service", "billing"],
        ["feed", "import", "/no/such/file", "--feed", "x"],
        ["feed", "import", __file__],
        ["feed", "import", __file__, "--feed", "x", "--mapping", __file__],
        ["kpi", "rebuild", "--url", "nonsense", "--token", "any"],
    ],
    ids=words,
)
def test_wrong_use_is_exit_status_2_without_a_traceback(entente: Any, answering: Any, arguments: list[str]) -> None:
    done = entente(*arguments, ENTENTE_URL=answering.url, ENTENTE_TOKEN="any")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert answering.asked == []


def test_a_token_may_come_with_the_line_break_of_a_file(entente: Any, answering: Any) -> None:
    answering.body = {"changed": True, "buckets": 3, "different": 0, "differences": []}
    done = entente("kpi", "rebuild", ENTENTE_URL=answering.url, ENTENTE_TOKEN=" mine\r\n")
    assert done.exit_code == 0, done.stderr
    assert answering.asked[0][2]["Authorization"] == "Bearer mine"


@pytest.mark.parametrize("token", ["secret\nsecret", "secret secret", '"secret"', "sécret"], ids=ascii)
@pytest.mark.parametrize("command", [["kpi", "rebuild"], ["doctor"]], ids=words)
def test_what_is_no_token_is_told_and_never_shown(entente: Any, answering: Any, command: list[str], token: str) -> None:
    done = entente(*command, "--json", ENTENTE_URL=answering.url, ENTENTE_TOKEN=token)
    assert done.exit_code == 2
    answer = json.loads(done.stdout)
    assert "the token that was given is none" in answer["error"]
    assert "entente token" in answer["what_to_do"]
    assert "cret" not in done.output
    assert answering.asked == []


def test_a_process_can_only_wait_for_a_database_that_there_is(entente: Any) -> None:
    done = entente("install", "wait", "event-stream")
    assert done.exit_code == 2
    assert "no service 'event-stream' that keeps a database" in done.stderr
    assert "quality_events" in done.stderr
