"""``make incoming``: what partners' systems may send, as JSON Schemas of the published language, from the models.

The library knows no service, so the schemas lie there as files; ``make check`` compares them with partner-feeds.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contracts.schemas import DIALECT, Described
from partner_feeds.examples import EVENT_OF
from partner_feeds.records.model import Record
from partner_feeds.records.types import RECORD_TYPES

FOLDER = Path(__file__).parents[1] / "libs/contracts/src/contracts/received"


def main() -> None:
    """Write the files, or with ``--check`` end with 1 and name what differs."""
    wanted = {FOLDER / f"{type_}.json": _text(type_, record) for type_, record in RECORD_TYPES.items()}
    found = {path: path.read_text("utf-8") for path in FOLDER.glob("*.json")}
    differ = [path for path in sorted(wanted | found) if wanted.get(path) != found.get(path)]
    if differ and "--check" in sys.argv:
        sys.exit(f"{', '.join(path.name for path in differ)}: not what partner-feeds takes: run make incoming")
    for path in differ:
        if path in wanted:
            path.write_text(wanted[path], "utf-8")
        else:
            path.unlink()


def _text(type_: str, record: type[Record]) -> str:
    fields = _untitled(TypeAdapter(record).json_schema(schema_generator=Described))
    schema: dict[str, Any] = {"$schema": DIALECT, "x-type": type_, **fields}
    return json.dumps(schema | {"title": record.__name__, "examples": [EVENT_OF[type_]]}, indent=2) + "\n"


def _untitled(node: Any) -> Any:
    """Without titles that repeat a field's name."""
    if isinstance(node, list):
        return [_untitled(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {name: _untitled(value) for name, value in node.items() if not (name == "title" and isinstance(value, str))}


if __name__ == "__main__":
    main()
