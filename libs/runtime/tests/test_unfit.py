"""``python -m serving`` with what a developer's machine has: it says what is missing, and ends."""

import json
import os

import pytest

from serving.process import main


@pytest.mark.parametrize(
    ("told", "arguments", "begins"),
    [
        ({}, [], ["ENTENTE_ISSUER", "ENTENTE_JWKS", "ENTENTE_DATABASE_URL", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS"]),
        ({"ENTENTE_LOCAL": "true"}, ["--host", "192.0.2.1"], ["ENTENTE_LOCAL"]),
    ],
    ids=["nothing", "local-for-others"],
)
def test_what_is_not_fit_to_be_relied_on_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], told: dict[str, str], arguments: list[str],
    begins: list[str],
) -> None:  # fmt: skip
    for name in [name for name in os.environ if name.startswith("ENTENTE_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["serving", "notes.main:create", "--port", "0", *arguments])
    assert main() == 1
    said = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert (said["level"], said["event"]) == ("critical", "cannot run")
    assert [reason.split()[0] for reason in said["reasons"]] == begins
