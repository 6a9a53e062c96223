"""``make pictures``: the lifecycles in the services' READMEs, drawn from the models' transitions.

A Mermaid diagram whose first line is ``%% package.module:Model`` is that model's; the others are their authors'.
"""

import importlib
import re
import sys
from pathlib import Path

from runtime import lifecycle

ROOT = Path(__file__).parents[1]
_DRAWN = re.compile(r"```mermaid\n%% ([\w.]+):(\w+)\n.*?```", re.DOTALL)


def main() -> None:
    """Write the pictures, or with ``--check`` end with 1 where one is not what the transitions say."""
    other, texts = [], {readme: readme.read_text() for readme in sorted((ROOT / "services").glob("*/README.md"))}
    if broken := [f"{readme.relative_to(ROOT)}:{line}" for readme, text in texts.items() for line in left_open(text)]:
        # Before anything is drawn: what stands between two such diagrams would be lost.
        sys.exit(f"the fences at {', '.join(broken)} are never closed: two diagrams would be one")
    for readme, text in texts.items():
        drawn = _DRAWN.sub(_block, text)
        if drawn != text and "--check" in sys.argv:
            other.append(str(readme.relative_to(ROOT)))
        elif drawn != text:
            readme.write_text(drawn)
    if other:
        sys.exit(f"the lifecycles in {', '.join(other)} are not what the models say: `make pictures` draws them")


def left_open(text: str) -> list[int]:
    """The lines on which a fence opens that nothing closes before the next one opens, or before the end."""
    lost, opened = list[int](), 0
    for line, words in enumerate(text.splitlines(), 1):
        if words.startswith("```"):
            closes = opened and words.strip() == "```"
            lost += [opened] if opened and not closes else []
            opened = 0 if closes else line
    return [*lost, opened] if opened else lost


def picture(model: type) -> str:
    """A lifecycle as a Mermaid state diagram.

    The record begins in the state that its column has by default; without one, in any to which no move leads.
    """
    moves = [
        (source, target, f"{row.name} (signed)" if row.needs.signed else row.name)
        for row in lifecycle.table(model)
        for source in sorted(row.source)
        for target in sorted(row.targets[source])
    ]
    state, targets = model.model_fields["state"], {target for _, target, _ in moves}  # type: ignore[attr-defined]
    initial = sorted({*state.annotation} - targets) if state.is_required() else [state.default]
    ends = (targets | {*initial}) - {source for source, target, _ in moves if source != target}
    lines = ["stateDiagram-v2", *(f"    [*] --> {each}" for each in initial)]
    lines += [f"    {source} --> {target}: {name}" for source, target, name in moves]
    return "\n".join([*lines, *(f"    {end} --> [*]" for end in sorted(ends))])


def _block(found: re.Match[str]) -> str:
    module, name = found.groups()
    model = getattr(importlib.import_module(module), name)
    return f"```mermaid\n%% {module}:{name}\n{picture(model)}\n```"


if __name__ == "__main__":
    main()
