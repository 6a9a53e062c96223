"""What the documents tell people to do can be done."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.main import app
from contracts import topics
from contracts.asyncapi import document
from runtime.topics import CONFIGURATION

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"^```(?:sh|bash|console|shell|text)?\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
WORD = re.compile(r"[a-z][a-z-]*")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def documents(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".md"]


def commands(text: str, program: str) -> Iterator[list[str]]:
    """The words that follow a program's name, wherever a document shows code."""
    for block, span in CODE.findall(text):
        for line in (block or span).splitlines():
            for part in re.split(r"[;&|]+", line.partition(" #")[0]):
                first, *rest = part.strip().removeprefix("$ ").split() or [""]
                if first.rsplit("/", 1)[-1] == program:
                    yield rest


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def unknown(command: Any, arguments: list[str]) -> str | None:
    """The first word that the command line does not know."""
    while hasattr(command, "commands") and arguments and WORD.fullmatch(arguments[0]):
        found = command.commands.get(arguments[0])
        if found is None:
            return arguments[0]
        command, arguments = found, arguments[1:]
    options = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    given = {word.partition("=")[0] for word in arguments if word.startswith("--")}
    return next(iter(sorted(given - options - {"--help"})), None)


def test_every_make_target_in_a_document_exists(files: list[Path]) -> None:
    for path in documents(files):
        for words in commands(path.read_text("utf-8"), "make"):
            for word in words:
                assert not WORD.fullmatch(word) or word in targets(), f"{path.relative_to(ROOT)}: make {word}"
                if "=" in word:
                    break


def test_every_command_in_a_document_exists(files: list[Path]) -> None:
    command = typer.main.get_command(app)
    for path in documents(files):
        for words in commands(path.read_text("utf-8"), "entente"):
            wrong = unknown(command, words)
            assert wrong is None, f"{path.relative_to(ROOT)}: entente {' '.join(words)}: there is no {wrong}"


def test_every_link_between_documents_leads_somewhere(files: list[Path]) -> None:
    for path in documents(files):
        for target in LINK.findall(path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} links to {target}"


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text("utf-8")
    for path in sorted(folder.glob("0*.md")):
        title = path.read_text("utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}]({path.name})" in index


def test_the_architecture_names_to_whom_each_service_listens() -> None:
    table = (ROOT / "docs/architecture.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\|([^|]+)\|$", table, re.MULTILINE))
    assert rows.keys() == {path.parent.name for path in ROOT.glob("services/*/README.md")}
    for service, listens in rows.items():
        if listens.strip() != "everything":
            consumers = importlib.import_module(f"{service}.consumers")
            told = {topic.partition(".")[0].replace("-", "_") for topic in consumers.subscriptions.topics()}
            named = set(re.findall(r"`(\w+)`", listens)) | ({service} if "itself" in listens else set())
            assert named == told, service


def test_the_published_document_tells_how_topics_are_made() -> None:
    channels = document()["channels"]
    for topic in topics():
        for name, value in channels[topic]["bindings"]["kafka"]["topicConfiguration"].items():
            assert CONFIGURATION[name] == (value[0] if isinstance(value, list) else str(value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Run `make demo ARGS=--quick` now.", [["demo", "ARGS=--quick"]]),
        ("```sh\ncd x && make test  # and wait\n$ make check\n```", [["test"], ["check"]]),
        ("Users make demands.", []),
    ],
)
def test_commands_are_found_in_code_only(text: str, words: list[list[str]]) -> None:
    assert list(commands(text, "make")) == words


def test_an_unknown_command_would_be_seen() -> None:
    command = typer.main.get_command(app)
    assert unknown(command, ["fly"]) == "fly"
    assert unknown(command, ["demo", "--wings"]) == "--wings"
    assert unknown(command, ["demo", "--port", "8123"]) is None
