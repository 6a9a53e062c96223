"""``make k8s-validate``: each overlay as kustomize renders it, held against schemas and against what we promise.

Needs kubectl or kustomize, no cluster and no network.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

from scripts.kubernetes import promises

FOLDER = Path(__file__).parents[2] / "deploy/k8s"
OVERLAYS = ("dev", "production")


def main() -> None:
    """Say what is wrong with each overlay, and end with 1 where something is."""
    if not renderer():
        sys.exit("neither kubectl nor kustomize is there: one of them renders what is to be looked at")
    failed = False
    for overlay in OVERLAYS:
        documents = rendered(FOLDER / "overlays" / overlay)
        found = wrong(documents)
        print("\n".join(f"{overlay}: {each}" for each in found or [f"{len(documents)} resources, as they must be"]))
        failed |= bool(found)
    sys.exit(failed)


def renderer() -> list[str]:
    """The command that renders a folder; none where there is no program for it."""
    for command in (["kubectl", "kustomize"], ["kustomize", "build"]):
        if shutil.which(command[0]):
            return command
    return []


def rendered(folder: Path) -> list[dict[str, Any]]:
    """The resources of a folder. Raises CalledProcessError where it is none of kustomize."""
    done = subprocess.run([*renderer(), str(folder)], stdout=subprocess.PIPE, check=True, timeout=60)
    return _documents(done.stdout)


def written() -> dict[str, list[dict[str, Any]]]:
    """By file the resources that stand there, as they are before an overlay puts them together. Patches are none."""
    told = {path: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.rglob("kustomization.yaml")}
    patches = {
        path.parent / patch["path"]
        for path, each in told.items()
        for patch in each.get("patches", ())
        if "path" in patch
    }
    return {
        str(path.relative_to(FOLDER)): _documents(path.read_text("utf-8"))
        for path in sorted({*FOLDER.rglob("*.yaml")} - told.keys() - patches)
    }


def _documents(text: str | bytes) -> list[dict[str, Any]]:
    # By libyaml: what is written in Python takes seconds for an overlay.
    return [document for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if document]


def wrong(documents: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with resources that are applied together, a sentence each."""
    return [*(each for document in documents for each in misshapen(document)), *promises.broken(documents)]


def misshapen(document: Mapping[str, Any]) -> Iterator[str]:
    """What the API server would refuse, or silently leave out."""
    validator = _validator(document["apiVersion"], document["kind"])
    if validator is None:
        yield f"{promises.name_of(document)}: no schema of {document['apiVersion']} {document['kind']} is kept"
        return
    for error in validator.iter_errors(document):
        yield f"{promises.name_of(document)}: {'.'.join(map(str, error.instance_path))}: {error.message[:300]}"


@cache
def _validator(version: str, kind: str) -> Draft202012Validator | None:
    core = json.loads((FOLDER / "schemas/core.json").read_text())
    if first := core["kinds"].get(f"{version}/{kind}"):
        return Draft202012Validator({"$ref": f"#/$defs/{first}", "$defs": core["$defs"]})
    group, _, number = version.rpartition("/")
    file = FOLDER / f"schemas/{kind}.{group}.{number}.json"
    return Draft202012Validator(json.loads(file.read_text())) if file.exists() else None


if __name__ == "__main__":
    main()
