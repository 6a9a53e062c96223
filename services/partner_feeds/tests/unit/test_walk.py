"""The packages follow the way of a row, and the picture in the README is true."""

import re
import tomllib
from pathlib import Path

import pytest

import partner_feeds

SOURCE = Path(partner_feeds.__file__).parent
SERVICE = Path(__file__).parents[2]
ARROW = re.compile(r'^    (\w+) -[-.](?: "[^"]+" [-.]-)?> (\w+)', re.MULTILINE)


@pytest.fixture(scope="module")
def way() -> list[str]:
    """The packages in the order in which a row walks, as import-linter holds them to it."""
    settings = tomllib.loads((SERVICE.parents[1] / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["type"] == "layers" and "partner_feeds" in each["name"])
    layers = [layer.strip("()").removeprefix("partner_feeds.") for layer in reversed(contract["layers"])]
    return [layer for layer in layers if (SOURCE / layer).is_dir()]


def test_every_package_has_its_place_and_its_line_in_the_readme(way: list[str]) -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages == set(way)
    table = re.findall(r"^\| (`.*?`) \|", (SERVICE / "README.md").read_text("utf-8"), re.MULTILINE)
    named = [package for line in table for package in re.findall(r"`(\w+)`", line)]
    assert sorted(named, key=way.index) == named
    assert packages - set(named) <= {"directory"}


def test_the_picture_goes_one_way(way: list[str]) -> None:
    readme = (SERVICE / "README.md").read_text("utf-8")
    arrows = [(a, b) for a, b in ARROW.findall(readme) if a in way and b in way]
    assert {package for arrow in arrows for package in arrow} >= set(way) - {"directory", "records", "mappings"}
    assert [(a, b) for a, b in arrows if way.index(a) >= way.index(b)] == []
