"""``entente feed import``: what is sent, and what is told of the answer."""

import json
from pathlib import Path
from typing import Any

import pytest

MAPPING = """
code: weights
version: 1
format: csv
columns:
  lot: {holds: text, required: true}
  day: {holds: date, format: YYYY-MM-DD, required: true}
  weight: {holds: number, unit: mg}
lots:
  batch: {material: X-1, number: "{lot}"}
records:
  - record: TestResult
    id: "{lot}/{test}"
    occurred_at: day
    lot: batch
    stage: release
    tests: [weight]
"""
ANSWER = {"message_id": "m-1", "state": "translated", "accepted": 2, "duplicate": 1, "refused": 0} | dict.fromkeys(
    ("amended", "conflict", "unjudged", "left_out", "without_record"), 0
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weights of june.csv"
    path.write_text("lot,day,weight\nA1,2020-06-01,101.5\nA2,2020-06-02,99\n")
    return path


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "weights.yaml"
    path.write_text(MAPPING)
    return path


def test_the_file_goes_out_as_it_is_with_its_name(entente: Any, answering: Any, file: Path) -> None:
    answering.body = ANSWER | {"errors": []}
    done = entente("feed", "import", str(file), "--feed", "weights", "--url", answering.url, "--token", "t", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == ANSWER | {"errors": [], "notices": [], "values": []}
    method, path, headers, body = answering.asked[0]
    assert (method, path) == ("POST", "/api/partner-feeds/v1/feeds/weights/messages")
    assert headers["Content-Type"] == "text/csv"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''weights%20of%20june.csv"
    assert body == file.read_bytes()


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (b"PK\x03\x04 a workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"[Header]\nlot,day\n", "text/csv"),
        (b'[\n  {"specversion": "1.0"}]', "application/cloudevents-batch+json"),
        (b'{"specversion": "1.0"}', "application/cloudevents+json"),
        (b'{"results": []}', "application/json"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><BatchProductionRecord/>', "application/xml"),
        ("<b:BatchProductionRecord xmlns:b='urn:b'/>".encode("utf-16"), "application/xml"),
        (b"<LOQ;lot\n", "text/csv"),
        (b'{"lot": "L-1"}\n{"lot": "L-2"}\n', "application/jsonl"),
    ],
)
def test_a_file_is_what_it_holds_whatever_its_name(
    entente: Any, answering: Any, tmp_path: Path, content: bytes, type_: str
) -> None:
    file = tmp_path / "export.dat"
    file.write_bytes(content)
    answering.body = ANSWER | {"errors": []}
    send = ("feed", "import", str(file), "--feed", "weights", "--url", answering.url, "--token", "t", "--dry-run")
    assert entente(*send).exit_code == 0
    _, path, headers, _ = answering.asked[0]
    assert headers["Content-Type"] == type_
    assert path.endswith("?dry_run=true&values=0")


def test_refused_records_are_told_by_row_and_field_and_are_exit_status_1(
    entente: Any, answering: Any, file: Path
) -> None:
    error = {"row": 3, "field": "weight", "value": "9,9", "reason": "a decimal comma: write 9.9"}
    answering.body = ANSWER | {"refused": 1, "errors": [error]}
    done = entente("feed", "import", str(file), "--feed", "weights", "--url", answering.url, "--token", "t")
    assert done.exit_code == 1
    assert "a decimal comma: write 9.9" in done.stdout
    assert "2 accepted, 1 duplicate, 1 refused\nmessage m-1\n" in done.stdout


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_sender_who_cannot_know_whether_it_arrived_may_send_again(
    entente: Any, answering: Any, file: Path, status: int | None
) -> None:
    answering.status, answering.body = status or 200, {"detail": "the process stops"}
    url = answering.url if status else "http://127.0.0.1:9"
    done = entente("feed", "import", str(file), "--feed", "weights", "--url", url, "--token", "t")
    assert done.exit_code == 2
    assert "What was sent may have been taken: send it again, nothing is taken twice." in done.stderr
    answering.status = 422
    refused = entente("feed", "import", str(file), "--feed", "weights", "--url", answering.url, "--token", "t")
    assert "send it again" not in refused.stderr


def test_a_mapping_is_tried_here_before_anybody_approves_it(entente: Any, file: Path, mapping: Path) -> None:
    done = entente("feed", "import", str(file), "--mapping", str(mapping), "--dry-run", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["accepted"] == 2
    file.write_text(file.read_text() + "A3,2020-06-03,heavy\n")
    again = entente("feed", "import", str(file), "--mapping", str(mapping), "--dry-run", "--json")
    answer = json.loads(again.stdout)
    assert again.exit_code == 1
    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert (answer["errors"][0]["row"], answer["errors"][0]["field"]) == (4, "weight")


def test_a_mapping_that_cannot_be_used_is_told_with_its_faults(entente: Any, file: Path, mapping: Path) -> None:
    mapping.write_text(MAPPING.replace("tests: [weight]", "tests: [wait]"))
    done = entente("feed", "import", str(file), "--mapping", str(mapping), "--dry-run", "--json")
    assert done.exit_code == 2
    assert "wait" in json.loads(done.stdout)["error"]
