"""Commands of administrators: what they say where nobody told them which servers are meant."""

from pathlib import Path
from typing import Any

import pytest

from cli.ledgers.comparing import Compared

ASKING_DATABASES = [
    ["ledger", "compare"],
    ["ledger", "refill", "--reason", "why"],
    ["restore", "settle", "--reason", "why"],
    ["retention"],
]


@pytest.mark.parametrize("command", ASKING_DATABASES, ids=" ".join)
def test_without_a_server_a_command_says_what_to_give(entente: Any, command: list[str]) -> None:
    done = entente(*command, ENTENTE_PASSWORDS="{}", ENTENTE_ADMIN_DATABASE_URL="")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "ENTENTE_ADMIN_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [*ASKING_DATABASES, ["install", "databases"]], ids=" ".join)
def test_settings_that_lack_or_are_wrong_are_named_and_no_value_is_shown(entente: Any, command: list[str]) -> None:
    lacking = entente(*command)
    assert (lacking.exit_code, "passwords is missing" in lacking.stderr) == (2, True), lacking.stderr
    wrong = entente(*command, ENTENTE_PASSWORDS='{"kpi": ["swordfish"]}')
    assert (wrong.exit_code, "passwords.kpi is no text" in wrong.stderr) == (2, True), wrong.stderr
    assert "swordfish" not in wrong.stderr
    assert "Traceback" not in lacking.stderr + wrong.stderr


def test_a_refill_and_a_restore_want_a_reason(entente: Any) -> None:
    for command in (["ledger", "refill"], ["restore", "settle"]):
        done = entente(*command, ENTENTE_PASSWORDS="{}", ENTENTE_ADMIN_DATABASE_URL="postgresql://nobody@127.0.0.1:9/x")
        assert (done.exit_code, "no reason was given" in done.stderr) == (2, True), done.stderr


def test_what_was_saved_is_never_written_over(entente: Any, tmp_path: Path) -> None:
    there = tmp_path / "lost.json"
    there.write_text("the evidence of another day")
    done = entente("ledger", "compare", "--save", str(there), ENTENTE_PASSWORDS="{}")
    assert (done.exit_code, "is there already" in done.stderr) == (2, True)
    assert there.read_text() == "the evidence of another day"


def test_what_is_saved_of_all_partners_is_for_its_account_alone(
    entente: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def compare(settings: Any, package: str, services: Any, since: Any) -> Compared:
        return Compared(package)

    monkeypatch.setattr("cli.ledgers.comparing.compare", compare)
    saved = tmp_path / "lost.json"
    done = entente("ledger", "compare", "--save", str(saved), ENTENTE_PASSWORDS="{}")
    assert (done.exit_code, saved.stat().st_mode & 0o777) == (0, 0o600), done.stderr


def test_a_base_backup_of_no_server_is_refused_with_what_to_give(entente: Any, tmp_path: Path) -> None:
    done = entente("backup", "base", "--folder", str(tmp_path / "new"), ENTENTE_ADMIN_DATABASE_URL="")
    assert (done.exit_code, "ENTENTE_ADMIN_DATABASE_URL" in done.stderr) == (2, True), done.stderr
