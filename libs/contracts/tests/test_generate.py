"""``python -m contracts.generate``: what it writes, what it names, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import contracts, generate

FACT = "libs/contracts/schemas/io.entente.DeviationClassified.v1.json"


def run(root: Path, *arguments: str) -> int:
    return generate.main(list(arguments), root=root, library=root / "libs/contracts")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose generated files are current."""
    (examples := tmp_path / "libs/contracts/examples").mkdir(parents=True)
    for contract in contracts():
        (examples / f"{contract.type}.json").touch()
    assert run(tmp_path) == 0
    assert run(tmp_path, "--check") == 0
    return tmp_path


def test_what_is_committed_is_what_the_facts_say() -> None:
    check = subprocess.run(
        [sys.executable, "-m", "contracts.generate", "--check"], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stderr


def test_an_example_that_nobody_wrote_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / FACT.replace("schemas", "examples")).unlink()
    assert run(checkout, "--check") == 1
    assert "DeviationClassified.v1.json is missing: write an example" in capsys.readouterr().err


@pytest.mark.parametrize("path", [FACT, "docs/asyncapi.json"])
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_drift_is_named_and_mended(checkout: Path, path: str, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkout / path
    right = file.read_text("utf-8")
    if how == "gone":
        file.unlink()
    else:
        file.write_text(right.replace("The sponsor set", "Somebody set"), "utf-8")
    assert run(checkout, "--check") == 1
    assert f"{path} is not what the facts say" in capsys.readouterr().err
    assert how == "changed" or not file.exists(), "--check writes nothing"
    assert run(checkout) == 0
    assert file.read_text("utf-8") == right


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_promise_is_never_overwritten(
    checkout: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = checkout / FACT
    promised = json.loads(file.read_text("utf-8"))
    promised["properties"]["severity"] = {"type": "integer"}
    file.write_text(json.dumps(promised), "utf-8")
    (checkout / "docs/asyncapi.json").unlink()
    assert run(checkout, *arguments) == 1
    said = capsys.readouterr().err
    assert f"{FACT} would break its readers" in said
    assert "severity: is gone" in said
    assert "Publish a v2 beside it" in said
    assert json.loads(file.read_text("utf-8")) == promised
    assert not (checkout / "docs/asyncapi.json").exists(), "nothing is written while something is refused"


def test_a_fact_is_never_withdrawn(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkout / "libs/contracts/schemas/io.entente.KettleBoiled.v1.json"
    file.write_text("{}", "utf-8")
    assert run(checkout) == 1
    assert "topics keep it for ever" in capsys.readouterr().err
    assert file.exists()
