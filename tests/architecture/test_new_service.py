"""`make new-service` makes a service that passes every check: tried in a copy of this checkout."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.checkouts import run
from tests.whole import only_whole

ROOT = Path(__file__).parents[2]


def test_the_workspace_knows_the_service(checkout: Path) -> None:
    before = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    after = tomllib.loads((checkout / "pyproject.toml").read_text())["tool"]
    assert set(after["mypy"]["mypy_path"]) - set(before["mypy"]["mypy_path"]) == {"services/cold_chain/src"}
    assert "cold_chain" in after["importlinter"]["root_packages"]
    lists = ("modules", "source_modules", "forbidden_modules")
    for old, new in zip(before["importlinter"]["contracts"], after["importlinter"]["contracts"], strict=True):
        for name in lists:
            added = {"cold_chain"} if "quality_events" in old.get(name, []) else set()
            assert set(new.get(name, [])) - set(old.get(name, [])) == added, old["name"]


def test_an_installation_knows_the_service(checkout: Path) -> None:
    assert run(checkout, "-m", "scripts.everywhere").returncode == 0
    compose = yaml.safe_load((checkout / "docker-compose.yml").read_text())["services"]
    for kind in ("api", "worker"):
        new, old = compose[f"cold-chain-{kind}"], compose[f"kpi-{kind}"]
        assert new["command"] == ["cold_chain.main:create"]
        assert new | {"command": 0, "env_file": 0} == old | {"command": 0, "env_file": 0}
    assert "import service cold-chain\n" in (checkout / "deploy/compose/Caddyfile").read_text()
    program = "from cli.services import MOUNTED; from cli.installing import states; "
    program += "print(*MOUNTED, len(states()))"
    assert "contracting cold-chain event-stream 9" in run(checkout, "-c", program).stdout


@only_whole
@pytest.mark.timeout(200)
def test_what_kubernetes_is_told_lacks_it_until_it_is_written_anew(checkout: Path) -> None:
    assert "run `make k8s`" in run(checkout, "-m", "scripts.kubernetes", "--check").stderr
    assert run(checkout, "-m", "scripts.kubernetes").returncode == 0
    told = checkout / "deploy/k8s"
    documents = {
        each["metadata"]["name"] for each in yaml.safe_load_all((told / "base/services/cold-chain.yaml").read_text())
    }
    assert documents == {"cold-chain", "cold-chain-api", "cold-chain-worker"}
    assert "cold-chain.yaml" in yaml.safe_load((told / "base/services/kustomization.yaml").read_text())["resources"]
    assert "kafka-cold-chain username=cold-chain password" in (told / "components/passwords/services.txt").read_text()


@pytest.mark.timeout(450)
@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "services/cold_chain", "pyproject.toml"),
        ("ruff", "format", "--check", "services/cold_chain"),
        ("mypy", "services/cold_chain"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_the_service_passes_every_check(checkout: Path, command: tuple[str, ...]) -> None:
    done = run(checkout, "-m", *command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(200)
def test_services_stay_independent_of_it(checkout: Path) -> None:
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = run(checkout, "-c", program)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Services never import one another KEPT" in done.stdout


@pytest.mark.timeout(300)
def test_its_own_tests_pass(checkout: Path, postgres_dsn: str, kafka: Any) -> None:
    servers = {"DATABASE_URL": postgres_dsn, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    chosen = ["--broker", "external"] if kafka.durable else ["--broker", "embedded"]
    done = run(checkout, "-m", "pytest", "services/cold_chain", "-q", "-p", "no:cacheprovider", *chosen, **servers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


@pytest.mark.timeout(300)
@only_whole
def test_an_aggregate_inside_it_passes_its_tests(checkout: Path, postgres_dsn: str, kafka: Any) -> None:
    done = run(checkout, "-m", "scripts.new_aggregate", "cold-chain", "temperature_entry")
    assert done.returncode == 0, done.stderr
    assert "nothing to write" in run(checkout, "scripts/migration.py", "cold-chain", "Nothing").stdout
    model = checkout / "services/cold_chain/src/cold_chain/temperature_entries/model.py"
    severity = '    severity: str = Field(default="minor", index=True)\n'
    model.write_text(model.read_text().replace("    title: str\n", f"    title: str\n{severity}", 1))
    drafted = run(checkout, "scripts/migration.py", "cold-chain", "Severity")
    assert drafted.returncode == 0, drafted.stdout + drafted.stderr
    written = run(checkout, "scripts/schema.py", "cold-chain")
    assert written.returncode == 0, written.stderr
    drawn = run(checkout, "scripts/pictures.py", "--check")
    assert drawn.returncode == 0, drawn.stderr
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        checked = run(checkout, "-m", *command, "services/cold_chain")
        assert checked.returncode == 0, checked.stdout + checked.stderr
    servers = {"DATABASE_URL": postgres_dsn, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
    chosen = ["--broker", "external"] if kafka.durable else ["--broker", "embedded"]
    tested = run(checkout, "-m", "pytest", "services/cold_chain", "-q", "-p", "no:cacheprovider", *chosen, **servers)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "7 passed" in tested.stdout
    assert run(checkout, "-m", "scripts.new_aggregate", "cold-chain", "temperature_entry").returncode == 2
    assert "there are" in run(checkout, "-m", "scripts.new_aggregate", "warm-chain", "entry").stderr


REFUSED = [("Cold Chain", "lower-case"), ("kpi", "is there already"), ("json", "called"), ("class", "lower-case")]


@pytest.mark.parametrize(("name", "why"), REFUSED)
def test_a_name_that_cannot_be_is_refused(checkout: Path, name: str, why: str) -> None:
    before = (checkout / "pyproject.toml").read_text()
    done = run(checkout, "-m", "scripts.new_service", name)
    assert done.returncode == 2
    assert why in done.stderr
    assert (checkout / "pyproject.toml").read_text() == before
