"""What is mounted at the origin is what the command, the home page and the installation know."""

import json
import re
import tomllib
from pathlib import Path

import yaml

from cli.origin.security import HEADERS
from cli.services import MOUNTED, WITH_A_LEDGER
from scripts import everywhere

ROOT = Path(__file__).parents[2]


def test_the_home_page_shows_the_services_that_are_mounted() -> None:
    panels = (ROOT / "cli/src/cli/origin/static/panels.js").read_text("utf-8")
    (shown,) = re.findall(r"^export const SERVICES = (\[.*?\]);$", panels, re.MULTILINE | re.DOTALL)
    assert json.loads(shown) == list(MOUNTED)


def test_a_service_that_keeps_a_database_keeps_a_ledger() -> None:
    kept = {path.parent.name.replace("_", "-") for path in (ROOT / "services").glob("*/migrations")}
    assert set(WITH_A_LEDGER) == kept & set(MOUNTED)


def test_the_command_installs_what_it_mounts() -> None:
    project = tomllib.loads((ROOT / "cli/pyproject.toml").read_text("utf-8"))
    wanted = {f"entente-{name}" for name in MOUNTED}
    assert wanted <= set(project["project"]["dependencies"])
    assert wanted <= set(project["tool"]["uv"]["sources"])


def test_a_service_that_is_missing_somewhere_is_found() -> None:
    assert everywhere.missing("kpi", keeps=True) == everywhere.missing("event_stream", keeps=False) == []
    assert set(everywhere.missing("cold_chain", keeps=True)) == {place.file for place in everywhere.PLACES}
    assert everywhere.missing("event_stream", keeps=True) == [everywhere.COMPOSE], "it has no worker"


def test_a_service_that_no_contract_between_packages_holds_is_found() -> None:
    contracts = (ROOT / everywhere.CONTRACTS).read_text("utf-8")
    assert everywhere.left_out("kpi", contracts) == []
    for entry in re.finditer(r'"(services/kpi/src|kpi)",?\s*', contracts):
        assert len(everywhere.left_out("kpi", contracts[: entry.start()] + contracts[entry.end() :])) == 1, entry


def test_the_gateway_says_to_browsers_what_the_origin_of_a_demo_says() -> None:
    gateway = (ROOT / everywhere.CADDY).read_text("utf-8")
    assert dict(re.findall(r'^\t\t\?([\w-]+) "(.*)"$', gateway, re.MULTILINE)) == HEADERS


def test_what_runs_in_containers_is_pinned_and_careful() -> None:
    """Of processes of ours all writes nothing and may do nothing; only the gateway is reached from outside."""
    services = yaml.safe_load((ROOT / everywhere.COMPOSE).read_text("utf-8"))["services"]
    for name, each in services.items():
        image, _, version = each["image"].rpartition(":")
        assert image, f"{name} says no version"
        assert version not in ("latest", "edge", "v3"), name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert each["mem_limit"], name
        assert ("ports" in each) == (name == "gateway"), name
        if image.startswith("entente/"):
            assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"]), name


def test_what_the_guide_says_of_settings_reaches_the_containers() -> None:
    """A variable that compose does not pass on says nothing, whatever an operator writes into `.env`."""
    guide = (ROOT / "docs/guides/install-with-compose.md").read_text("utf-8")
    settings = re.findall(r"`(ENTENTE_\w+)`", guide.partition("\n## Settings\n")[2].partition("\n## ")[0])
    compose = (ROOT / everywhere.COMPOSE).read_text("utf-8")
    assert settings
    assert [name for name in settings if f"${{{name}:-" not in compose] == []


def test_operations_are_told_of_both_administrators_and_of_every_login() -> None:
    services = yaml.safe_load((ROOT / everywhere.COMPOSE).read_text("utf-8"))["services"]
    operations = services["operations"]
    assert operations["env_file"] == [services[name]["env_file"] for name in ("topics", "databases")]
    assert operations["environment"] == services["databases"]["environment"]
    assert operations["profiles"] == ["operations"], "it is not there but by hand"


def test_the_log_of_postgresql_repeats_nothing_that_somebody_entered() -> None:
    """A slow statement is logged with its parameters, a refused one with the key or the row that it met."""
    kubernetes = (f"deploy/k8s/components/{name}.yaml" for name in ("postgres/postgres", "cloudnative-pg/cluster"))
    for file in (everywhere.COMPOSE, *kubernetes):
        text = (ROOT / file).read_text("utf-8")
        assert re.search(r"log_parameter_max_length(=|: \")0\b", text), file
        assert re.search(r"log_error_verbosity(=|: )terse\b", text), file
