"""docs/operations/sizing.md is what follows from the figures that were measured."""

import tomllib
from typing import Any

from benchmarks.sizing import FIGURES, PAGE, SERVICES, page
from cli.databases import packages


def figures() -> dict[str, Any]:
    return tomllib.loads(FIGURES.read_text())


def test_the_page_is_what_follows_from_the_figures() -> None:
    assert PAGE.read_text() == page(figures()), "write it by `python -m benchmarks.sizing`"


def test_every_database_was_measured() -> None:
    assert set(figures()["a_result"]["databases"]) == set(SERVICES) == set(packages())


def test_a_page_says_gigabytes_of_what_was_bytes() -> None:
    kinds = {"records": 400, "audit": 300, "ledger": 300, "inbox": 0}
    a_result = {"write_ahead_log": 5200, "kafka": 500, "databases": dict.fromkeys(SERVICES, kinds)}
    written = page(figures() | {"a_result": a_result})
    assert "| databases, all services | 70 GB, and 0 GB of inboxes | 700 GB |" in written
    assert "| Kafka, one copy | 5 GB | 50 GB; 150 GB with three |" in written
    assert "| write-ahead log | 52 GB, " in written
    assert "| 1 GB for each week between base backups |" in written
