"""What is deployed to watch an installation is whole: no query asks for what nobody tells, and no alert is mute."""

import importlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from cli.services import MOUNTED
from scripts import boards

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/observability/prometheus/rules/entente.yml"
PROMTOOL = shutil.which("promtool")
LABELS = re.compile(r"\{[^}]*\}|\b(?:by|on|without) \([^)]*\)|\[[^]]*\]|\boffset \w+|\"[^\"]*\"")
NAMES = re.compile(r"[a-z_][a-z0-9_]*(?::[a-z0-9_]+)*:?[a-z0-9_]*(?=\W|$)")
WORDS = {"rate", "increase", "changes", "sum", "max", "topk", "histogram_quantile", "and", "or", "unless"}
FROM_PROMETHEUS = {"up"}


def rules() -> list[dict[str, Any]]:
    """Each rule, recorded or alerting."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def names_in(query: str) -> set[str]:
    """The names of the metrics that a query asks for."""
    return {name for name in NAMES.findall(LABELS.sub(" ", query)) if not name.isdigit()} - WORDS


def told() -> set[str]:
    """The names of all series that services, with what they import, may have."""
    for name in MOUNTED:
        importlib.import_module(f"{name.replace('-', '_')}.main")
    found = set()
    for family in REGISTRY.collect():
        endings = {"histogram": ("_bucket", "_count", "_sum"), "counter": ("_total",)}.get(family.type, ("",))
        found |= {f"{family.name}{ending}" for ending in endings}
    return found


def test_the_names_in_a_query_are_seen() -> None:
    query = 'max by (a, b) (entente_x{c="d"}) or 0 * sum by (a) (rate(y_bucket[5m])) > service_name:z:p95_5m'
    query += " unless y_bucket offset 30m"
    assert names_in(query) == {"entente_x", "y_bucket", "service_name:z:p95_5m"}


def test_every_query_asks_for_what_a_service_tells() -> None:
    known = told() | FROM_PROMETHEUS | {rule["record"] for rule in rules() if "record" in rule}
    asked = [*boards.queries(), *((rule.get("alert") or rule["record"], rule["expr"]) for rule in rules())]
    assert {where: names_in(query) - known for where, query in asked if names_in(query) - known} == {}
    assert len(asked) > 50


def test_whatever_is_told_of_ours_is_on_a_board_or_in_an_alert() -> None:
    asked = {name for _, query in boards.queries() for name in names_in(query)}
    asked |= {name for rule in rules() for name in names_in(rule["expr"])}
    ours = {name for name in told() if name.startswith("entente_") and not name.endswith(("_count", "_sum"))}
    assert ours - asked == {"entente_facts_parked_total"}, "the count of those parked now is what somebody looks at"


def test_what_each_replica_tells_of_a_database_is_not_added_up() -> None:
    """Only what a process knows of itself is: its share of the partitions, the streams that it keeps open."""
    own = {"entente_consumer_lag_facts", "entente_stream_readers"}
    asked = [*boards.queries(), *((rule.get("alert") or rule["record"], rule["expr"]) for rule in rules())]
    summed = re.compile(r"\bsum by \([^)]*\) \((entente_\w+)")
    assert {name for _, query in asked for name in summed.findall(query)} == own


def test_each_alert_has_a_page_for_who_is_woken_a_severity_and_a_case() -> None:
    cases = yaml.safe_load(RULES.with_suffix(".test.yml").read_text())["tests"]
    tried = {each["alertname"] for case in cases for each in case["alert_rule_test"] if each["exp_alerts"]}
    assert tried == alerts().keys()
    assert {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")} - {"README"} == alerts().keys()
    for name, alert in alerts().items():
        assert alert["labels"]["severity"] in ("critical", "warning")
        assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"
        text = (ROOT / alert["annotations"]["runbook_url"]).read_text()
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Look here first", "What to do", "Whom to wake", "It is over when"], name


def test_no_service_is_missed() -> None:
    watched = {target for each in boards.targets() for target in each["targets"]}
    assert {target.partition(":")[0].rpartition("-")[0] for target in watched} == set(MOUNTED)
    assert all(path.read_text() == text for path, text in boards.files()), "run `make boards`"


@pytest.mark.skipif(PROMTOOL is None, reason="promtool, of Debian's package prometheus, is not here")
def test_rules_do_what_their_cases_say() -> None:
    for words in (["check", "config", "--syntax-only", "../prometheus.yml"], ["test", "rules", "entente.test.yml"]):
        done = subprocess.run(["promtool", *words], cwd=RULES.parent, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
