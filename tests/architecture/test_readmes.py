"""A service's README names all that the service emits, consumes and answers."""

import importlib
import re
from collections import Counter
from pathlib import Path

import pytest
from fastapi import FastAPI

from contracts.fact import contracts
from tests.architecture.conftest import ROOT

COLLECTION = re.compile(r"/v1/[a-z-]+")
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/pyproject.toml"))


def readme(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text()


def forms(name: str) -> set[str]:
    """How a text may name a fact: CoaIssued, and behind another of its kind -Issued."""
    return {name, *(f"-{name[place.start() :]}" for place in re.finditer("[A-Z]", name) if place.start())}


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_names_each_fact_that_its_service_emits_or_consumes(service: str) -> None:
    emitted = {each.type for each in contracts() if each.producer == service.replace("_", "-")}
    consumers = Path(ROOT / "services" / service / "src" / service / "consumers.py")
    handled = importlib.import_module(f"{service}.consumers").subscriptions.handled() if consumers.exists() else ()
    words = {*re.findall(r"-?\b[A-Z]\w+", readme(service))}
    of_types = {type_.split(".")[-2] for type_ in emitted.union(type_ for _, type_, _ in handled)}
    assert {each for each in of_types if words.isdisjoint(forms(each))} == set()


def test_a_readme_names_each_collection_that_its_service_alone_answers(apps: dict[str, FastAPI]) -> None:
    answered = {name: set(COLLECTION.findall(" ".join(app.openapi()["paths"]))) for name, app in apps.items()}
    services_of = Counter(collection for of_one in answered.values() for collection in of_one)
    own = {name: {each for each in of_one if services_of[each] == 1} for name, of_one in answered.items()}
    assert all(own.values())
    assert {name: each - {*COLLECTION.findall(readme(name))} for name, each in own.items()} == {
        name: set() for name in apps
    }
