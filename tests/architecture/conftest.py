"""What the tests of the house look at: its files, and its services' apps."""

import importlib
import subprocess
from pathlib import Path

import pytest
from fastapi import FastAPI

from runtime.settings import Settings
from scripts.kubernetes.validation import FOLDER, OVERLAYS, rendered
from tests.architecture.checkouts import with_a_service
from tests.overlays import Documents

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file that is in git or would go there."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(ROOT / name for name in set(listing.stdout.split("\0")) if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def apps() -> dict[str, FastAPI]:
    """The app of every service, by its package; none of them is started."""
    packages = sorted(path.parent.name for path in (ROOT / "services").glob("*/pyproject.toml"))
    return {name: importlib.import_module(f"{name}.main").create(Settings(local=True)) for name in packages}


@pytest.fixture(scope="session")
def overlays() -> dict[str, Documents]:
    """What Kubernetes is told, by the overlay; whoever changes documents changes a copy."""
    return {name: rendered(FOLDER / "overlays" / name) for name in OVERLAYS}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout with one service more, cold_chain."""
    return with_a_service(tmp_path_factory.mktemp("checkout") / "entente")
