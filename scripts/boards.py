"""``make boards``: Grafana's dashboards from deploy/observability/boards.toml, and where Prometheus finds us."""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.services import MOUNTED, WITH_A_LEDGER

FOLDER = Path(__file__).parents[1] / "deploy/observability"
OPERATIONS_PORT = 9000
"""Of a process in the image."""
_SOURCE = {"type": "prometheus", "uid": "prometheus"}
_WIDTH, _HEIGHT, _COLUMNS = 8, 8, 3


def main() -> None:
    """Write the files, or with ``--check`` end with 1 where one is not what the boards and the services say."""
    written = dict(files())
    shown = FOLDER / "grafana/dashboards"
    strange = {path for path in shown.glob("*.json") if path not in written}
    if "--check" not in sys.argv:
        for path in strange:
            path.unlink()
        for path, text in written.items():
            path.write_text(text)
    elif strange or any(not path.exists() or path.read_text() != text for path, text in written.items()):
        sys.exit("deploy/observability holds what boards.toml and cli/services.py no longer say: run `make boards`")


def files() -> Iterator[tuple[Path, str]]:
    """Each file with its text."""
    for given in boards():
        yield FOLDER / f"grafana/dashboards/{given['uid']}.json", _text(dashboard(given))
    yield FOLDER / "prometheus/targets.json", _text(targets())


def boards() -> list[dict[str, Any]]:
    """The boards as they are written."""
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "boards.toml").read_text())["board"]
    return found


def queries() -> Iterator[tuple[str, str]]:
    """Each query of each panel, with where it stands."""
    for given in boards():
        for panel in given["panel"]:
            for query in panel["queries"]:
                yield f"{given['title']}: {panel['title']}", query["expr"]


def targets() -> list[dict[str, Any]]:
    """The processes of each service: one that answers, and where it keeps a ledger one that works."""
    return [
        {"targets": [f"{name}-{role}:{OPERATIONS_PORT}"], "labels": {"entente_role": role}}
        for name in MOUNTED
        for role in (("api", "worker") if name in WITH_A_LEDGER else ("api",))
    ]


def dashboard(given: dict[str, Any]) -> dict[str, Any]:
    """A board as Grafana reads it."""
    return {
        "uid": given["uid"],
        "title": given["title"],
        "description": given["about"],
        "tags": ["entente"],
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_variable(*each) for each in given.get("choose", {}).items()]},
        "panels": [_panel(number, panel) for number, panel in enumerate(given["panel"])],
    }


def _variable(name: str, query: str) -> dict[str, Any]:
    chosen = {"includeAll": True, "allValue": ".*", "multi": True, "current": {"text": "All", "value": "$__all"}}
    return {"name": name, "type": "query", "datasource": _SOURCE, "query": query, "refresh": 2, **chosen}


def _panel(number: int, given: dict[str, Any]) -> dict[str, Any]:
    kind = given.get("kind", "timeseries")
    row, column = divmod(number, _COLUMNS)
    at_once = {"instant": kind == "table", "range": kind != "table", "format": "table" if kind == "table" else None}
    return {
        "id": number + 1,
        "title": given["title"],
        "description": given.get("about", ""),
        "type": kind,
        "datasource": _SOURCE,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": given["unit"]}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": query["expr"], "legendFormat": query["legend"]}
            | {name: value for name, value in at_once.items() if value is not None}
            for place, query in enumerate(given["queries"])
        ],
    }


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
