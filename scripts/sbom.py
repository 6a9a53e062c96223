"""``make sbom``: what is installed here, as CycloneDX, with the digests of the lock; nothing is asked of anybody.

What only builds, checks or tests is in scope ``excluded``: it is not where the platform runs.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib.metadata import requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
Digests = dict[tuple[str, str], list[str]]


def main() -> None:
    """Write ``sbom.cdx.json``. Ends with 1 where something is installed that the lock does not have."""
    command = ["-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", "-o", "-", sys.executable]
    made = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True).stdout
    document = json.loads(made)
    if strange := complete(document, digests_of((ROOT / "requirements.lock").read_text())):
        sys.exit(
            f"installed, and not in requirements.lock: {', '.join(strange)}; run `make install` in a clean checkout"
        )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    root = {"type": "application", "bom-ref": "entente", "name": project["name"], "version": project["version"]}
    document["metadata"]["component"] = root | {"licenses": [{"license": {"id": project["license"]}}]}
    ours = sorted(each["bom-ref"] for each in document["components"] if _is_ours(each))
    document["dependencies"].append({"ref": "entente", "dependsOn": ours})
    (ROOT / "sbom.cdx.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    print(f"sbom.cdx.json: {len(document['components'])} components")


def digests_of(lock: str) -> Digests:
    """The SHA-256 of the files of each name and version that a lock names."""
    entries = re.split(r"\n(?=[\w.-]+==)", lock)
    found = ((re.match(r"([\w.-]+)==([\w.!+]+)", entry), entry) for entry in entries)
    return {
        (canonicalize_name(name[1]), name[2]): re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
        for name, entry in found
        if name
    }


def complete(document: dict[str, Any], digests: Digests) -> list[str]:
    """Add scopes and digests, and take out the paths of this machine; give what no lock knows."""
    refs: dict[str, str] = {canonicalize_name(each["name"]): each["bom-ref"] for each in document["components"]}
    needs = needed(canonicalize_name(each["name"]) for each in document["components"] if _is_ours(each))
    document["dependencies"] = [
        {"ref": refs[name], "dependsOn": sorted(refs[one] for one in needs[name] if one in refs)}
        for name in sorted(needs.keys() & refs.keys())
    ]
    strange = []
    for each in document["components"]:
        each["scope"] = "required" if canonicalize_name(each["name"]) in needs else "excluded"
        references = [one for one in each.get("externalReferences", []) if not one["url"].startswith("file:")]
        known = digests.get((canonicalize_name(each["name"]), each["version"]))
        if known:
            # Which of a release's files is installed depends on the machine: any of these it may be.
            distribution = {
                "type": "distribution",
                "url": f"pkg:pypi/{canonicalize_name(each['name'])}",
                "comment": "files that the lock allows",
            }
            references.append(distribution | {"hashes": [{"alg": "SHA-256", "content": one} for one in known]})
        elif not _is_ours(each):
            strange.append(f"{each['name']} {each['version']}")
        each["externalReferences"] = references
    return strange


def _requires(name: str) -> Iterable[str]:
    return requires(name) or ()


def _is_ours(component: dict[str, Any]) -> bool:
    return str(component["name"]).startswith("entente-")


def needed(roots: Iterable[str], asks: Callable[[str], Iterable[str]] = _requires) -> dict[str, set[str]]:
    """By name what each needs here, of all that the roots need: an extra only where somebody asks for it."""
    found: dict[str, set[str]] = defaultdict(set)
    waiting, seen = [(root, "") for root in roots], set[tuple[str, str]]()
    while waiting:
        if (one := waiting.pop()) in seen:
            continue
        seen.add(one)
        name, extra = one
        found[name] |= set()
        for each in map(Requirement, asks(name)):
            if each.marker is None or each.marker.evaluate({"extra": extra}):
                found[name].add(canonicalize_name(each.name))
                waiting += [(canonicalize_name(each.name), asked) for asked in ("", *each.extras)]
    return found


if __name__ == "__main__":
    main()
