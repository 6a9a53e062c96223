"""``entente doctor``."""

import json
import socket
from typing import Any

import pytest

from cli.checks import installation, machine
from cli.data_folder import DataFolder


def test_this_machine_can_run_a_demo(entente: Any) -> None:
    """Else this test could not run either."""
    answer = json.loads(entente("doctor", "--json").stdout)
    checks = {check["name"]: check for check in answer["checks"]}
    assert checks["Python"]["ok"]
    assert checks["PostgreSQL"]["ok"], checks["PostgreSQL"]
    assert "none runs" in checks["installation"]["why"]
    assert all(set(check) == {"name", "ok", "why", "what_to_do"} for check in checks.values())


def test_an_installation_that_does_not_answer_is_exit_status_1(entente: Any) -> None:
    done = entente("doctor", "--url", "http://127.0.0.1:9", "--token", "any", "--json")
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert answer["ok"] is False
    assert [check["name"] for check in answer["checks"] if not check["ok"]] == ["installation"]


def test_why_it_is_not_ready_is_read_where_that_is_told(entente: Any, answering: Any) -> None:
    answering.status, answering.body = 503, {"detail": "kpi: topic quality-events.batch is missing"}
    asked = ("doctor", "--url", answering.url, "--token", "secret", "--json")
    done = entente(*asked, "--operations", f"{answering.url}/operations/")
    (check,) = (check for check in json.loads(done.stdout)["checks"] if check["name"] == "installation")
    assert not check["ok"]
    assert "topic quality-events.batch is missing" in check["why"]
    (headers,) = (headers for _, path, headers, _ in answering.asked if path == "/operations/readyz")
    assert "Authorization" not in headers


def test_where_that_is_not_known_it_says_what_to_name(entente: Any, answering: Any) -> None:
    answering.status, answering.body = 503, {"detail": "not ready yet"}
    done = entente("doctor", "--url", answering.url, "--token", "secret")
    assert "ENTENTE_OPERATIONS_URL" in done.stdout
    gone = entente("doctor", "--url", answering.url, "--token", "secret", ENTENTE_OPERATIONS_URL="http://127.0.0.1:9")
    assert "http://127.0.0.1:9, which knows why, cannot be reached" in gone.stdout


def test_parked_facts_are_told_with_what_to_do(entente: Any, answering: Any) -> None:
    answering.body = {"parked": 3, "outbox_pending": 0, "lag": 0}
    done = entente("doctor", "--url", answering.url, "--token", "any")
    assert done.exit_code == 1
    assert "3 facts parked" in done.stdout
    assert "entente parked list --service kpi" in done.stdout


def test_records_that_a_timer_set_aside_are_told_with_what_to_do(entente: Any, answering: Any) -> None:
    answering.body = {"parked": 0, "outbox_pending": 0, "lag": 0, "set_aside": 2}
    done = entente("doctor", "--url", answering.url, "--token", "x")
    assert done.exit_code == 1
    assert "2 records set aside" in done.stdout
    assert "GET /api/kpi/v1/set-aside says why" in " ".join(done.stdout.split())


def test_a_service_whose_worker_is_gone_is_told_though_its_api_answers(entente: Any, answering: Any) -> None:
    answering.body = {"parked": 0, "outbox_pending": 0, "lag": None, "relay_leads": False}
    done = entente("doctor", "--url", answering.url, "--token", "x")
    assert done.exit_code == 1
    assert "no worker of it sends or hears facts now" in " ".join(done.stdout.split())


def test_a_taken_port_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(machine, "USUAL_PORT", other.getsockname()[1])
        check = machine._port(DataFolder(tmp_path))
    assert not check.ok
    assert "--port" in check.what_to_do


@pytest.mark.parametrize(("theirs", "ok"), [(1000.0, True), (999.0, True), (980.0, False), (1020.0, False)])
def test_clocks_that_differ_are_told(theirs: float, ok: bool) -> None:
    assert installation._clock(theirs, before=1000.2, after=1000.3).ok is ok
