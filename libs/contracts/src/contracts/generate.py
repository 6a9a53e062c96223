"""``python -m contracts.generate [--check]``: golden JSON Schemas and the AsyncAPI document, from the facts.

Run it in a checkout after a fact was added or changed. A golden schema is what the world was promised: it is never
overwritten with one that breaks readers.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.asyncapi import document
from contracts.compatibility import breaking_changes
from contracts.fact import contracts
from contracts.schemas import schema_of

_LIBRARY = Path(__file__).parents[2]
_ROOT = _LIBRARY.parents[1]


@dataclass(frozen=True, slots=True)
class Difference:
    """A generated file that is not what the facts say."""

    path: Path
    text: str
    """What it must hold; nothing for a file that belongs to no fact."""
    broken: list[str] = field(default_factory=list)
    """Why it cannot be written: what readers could no longer read."""


def differences(schemas: Path, asyncapi: Path) -> list[Difference]:
    """The files that differ from the facts: golden schemas in ``schemas``, and the document ``asyncapi``."""
    wanted = {schemas / f"{contract.type}.json": schema_of(contract) for contract in contracts()}
    found = [_difference(path, schema, golden=True) for path, schema in wanted.items()]
    found += [
        Difference(path, "", ["its fact is gone; topics keep it for ever, and so must the language"])
        for path in sorted(schemas.glob("*.json"))
        if path not in wanted
    ]
    found.append(_difference(asyncapi, document(), golden=False))
    return [difference for difference in found if difference is not None]


def _difference(path: Path, content: dict[str, Any], *, golden: bool) -> Difference | None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    before = path.read_text("utf-8") if path.exists() else ""
    if before == text:
        return None
    broken = breaking_changes(json.loads(before), content) if golden and before else []
    return Difference(path, text, broken)


def main(arguments: list[str] | None = None, *, root: Path = _ROOT, library: Path = _LIBRARY) -> int:
    """Write what differs, or with ``--check`` only name it. The exit status: 0 all is well, 1 it is not."""
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what differs")
    check = parser.parse_args(arguments).check
    found = differences(library / "schemas", root / "docs" / "asyncapi.json")
    refused = [difference for difference in found if difference.broken]
    for difference in refused:
        print(f"{difference.path.relative_to(root)} would break its readers:", file=sys.stderr)
        for sentence in difference.broken:
            print(f"  {sentence}", file=sys.stderr)
    if refused:
        print(
            "Publish a v2 beside it: a new class under a new type that ends in v2, while v1 stays as it is. "
            "Only a fact that was never published may change: remove its golden file first.",
            file=sys.stderr,
        )
        return 1
    for difference in found:
        shown = difference.path.relative_to(root)
        if check:
            print(f"{shown} is not what the facts say: run python -m contracts.generate", file=sys.stderr)
        else:
            difference.path.parent.mkdir(parents=True, exist_ok=True)
            difference.path.write_text(difference.text, "utf-8")
            print(f"wrote {shown}")
    examples = [library / "examples" / f"{contract.type}.json" for contract in contracts()]
    missing = [example.relative_to(root) for example in examples if not example.exists()]
    for example in missing:
        print(f"{example} is missing: write an example message of the fact there, by hand", file=sys.stderr)
    return 1 if missing or (check and found) else 0


if __name__ == "__main__":
    sys.exit(main())
