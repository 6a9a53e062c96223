"""``entente audit show``: a record's history as a person reads it."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cli.services import WITH_A_LEDGER

ID = "019e0000-0000-7000-8000-000000000001"
TOLD = "2026-03-14 09:30:00 UTC: ana (quality) changed deviation: state from reported to classified."


@pytest.mark.parametrize("record", [ID, "DEV-2026-48151", "oos-2026-00017", "P-2026-31337"])
def test_a_history_is_told_line_by_line(entente: Any, answering: Any, record: str) -> None:
    answering.body = {"items": [{"text": TOLD, "at": "2026-03-14T09:30:00Z", "id": str(uuid4())}], "next": None}
    done = entente("audit", "show", record, "--url", answering.url, "--token", "any")
    assert done.exit_code == 0, done.stderr
    assert set(done.stdout.splitlines()) == {TOLD}


def test_what_operators_did_to_several_services_is_told_in_the_order_of_time(entente: Any, answering: Any) -> None:
    said = {"retry": "2026-03-14T09:30:00Z", "replay": "2026-03-14T09:30:00.5Z"}
    answering.body = {"items": [{"text": text, "at": at} for text, at in said.items()], "next": None}
    done = entente("audit", "show", "operations", "--url", answering.url, "--token", "any")
    lines = done.stdout.splitlines()
    assert len(lines) == len(said) * len(WITH_A_LEDGER)
    assert {line.partition(": ")[0] for line in lines} == set(WITH_A_LEDGER)
    told = [line.partition(": ")[2] for line in lines]
    assert told == sorted(told, key=list(said).index)


def test_that_nothing_was_operated_yet_is_told(entente: Any, answering: Any) -> None:
    answering.body = {"items": [], "next": None}
    done = entente("audit", "show", "operations", "--url", answering.url, "--token", "any")
    assert (done.exit_code, done.stdout) == (0, "no operations yet\n")


@pytest.mark.parametrize("record", [ID, "operations"])
def test_who_may_see_no_history_at_all_is_told_why(entente: Any, answering: Any, record: str) -> None:
    answering.status, answering.body = 403, {"detail": "this takes one of the roles quality, lab"}
    done = entente("audit", "show", record, "--url", answering.url, "--token", "any")
    assert done.exit_code == 2
    assert "this takes one of the roles quality, lab" in done.stderr
    assert "nothing is known" not in done.stderr


def test_a_numbers_letters_may_be_small(entente: Any, answering: Any) -> None:
    answering.body = {"items": [], "next": None}
    entente("audit", "show", "dev-2026-32664", "--url", answering.url, "--token", "any")
    assert answering.asked[0][1].endswith("/deviations?number=DEV-2026-32664")


def test_what_is_no_number_is_told(entente: Any, answering: Any) -> None:
    done = entente("audit", "show", "B-1", "--url", answering.url, "--token", "any")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "neither an id nor a number" in done.stderr
    assert "DEV-..." in done.stderr
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    assert [each for each in re.findall(r"[A-Z]+-(?=\.\.\.)", done.stderr) if each not in readme] == []


def test_a_record_that_nobody_knows_is_told(entente: Any, answering: Any) -> None:
    answering.body = {"items": [], "next": None}
    done = entente("audit", "show", "DEV-2026-00001", "--url", answering.url, "--token", "any")
    assert done.exit_code == 2
    assert "you are no party to it" in done.stderr
