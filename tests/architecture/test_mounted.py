"""What is mounted at the origin is what the command, the home page and the installation know."""

import json
import re
import tomllib
from pathlib import Path

from cli.services import MOUNTED, WITH_A_LEDGER

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
