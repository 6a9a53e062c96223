"""``make test CHANGED=1``: the tests of what changed since main. All, also those end to end, run before it lands."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = [*ROOT.glob("*/pyproject.toml"), *ROOT.glob("[ls]*/*/pyproject.toml")]


def chosen(changed: list[str]) -> set[str]:
    """The packages that changed, those that need them, and the rules of the house; for files of no package, all."""
    needs = {}
    for path in PROJECTS:
        project = tomllib.loads(path.read_text())
        needs[str(path.parent.relative_to(ROOT))] = (
            project["project"]["name"],
            set(project["tool"].get("uv", {}).get("sources", {})),
        )
    code = [file for file in changed if not file.endswith(".md") and not file.startswith("docs/")]
    found = {folder for folder in needs if any(file.startswith(f"{folder}/") for file in code)}
    if any(not file.startswith(tuple(f"{folder}/" for folder in needs)) for file in code):
        return {*needs, "tests"}
    while more := {each for each in needs if needs[each][1] & {needs[one][0] for one in found}} - found:
        found |= more
    return {*found, "tests/architecture"}


def _git(*command: str) -> list[str]:
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


if __name__ == "__main__":
    (base,) = _git("merge-base", "HEAD", sys.argv[1] if len(sys.argv) > 1 else "main")
    files = _git("diff", "--name-only", base) + _git("ls-files", "--others", "--exclude-standard")
    print(*sorted(chosen(files)))
