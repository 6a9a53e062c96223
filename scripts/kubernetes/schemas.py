"""``python -m scripts.kubernetes.schemas FOLDER FILE...``: what deploy/k8s/schemas holds, from others' definitions.

FOLDER has the core kinds as JSON schemas of one release (``_definitions.json``), each FILE a custom resource's
definition. Of them we keep the kinds that deploy/k8s uses, and no descriptions; a field that none of them knows is
refused. Sources and licences: deploy/k8s/schemas/README.md.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "deploy/k8s/schemas"
CORE = {
    "v1": ("core.v1", "ConfigMap Namespace PersistentVolumeClaim Service ServiceAccount"),
    "apps/v1": ("apps.v1", "Deployment StatefulSet"),
    "autoscaling/v2": ("autoscaling.v2", "HorizontalPodAutoscaler"),
    "batch/v1": ("batch.v1", "CronJob Job"),
    "networking.k8s.io/v1": ("networking.v1", "NetworkPolicy"),
    "policy/v1": ("policy.v1", "PodDisruptionBudget"),
    "rbac.authorization.k8s.io/v1": ("rbac.v1", "Role RoleBinding"),
}
"""By version what its definitions are called, and the kinds that we use."""
_METADATA = {"type": "object", "required": ["name"]}


def main(folder: str, *files: str) -> None:
    """Write a file of all core kinds, which share most of what they say, and one for each custom resource."""
    definitions = json.loads((Path(folder) / "_definitions.json").read_text())["$defs"]
    of = [(version, package, kind) for version, (package, kinds) in CORE.items() for kind in kinds.split()]
    kinds = {f"{version}/{kind}": f"io.k8s.api.{package}.{kind}" for version, package, kind in of}
    needed = sorted({each for name in kinds.values() for each in _needed(name, definitions)})
    _write("core", {"kinds": kinds, "$defs": {each: _bare(definitions[each]) for each in needed}})
    for file in files:
        resource = yaml.safe_load(Path(file).read_text())["spec"]
        version, schema = _kept(resource)
        _write(f"{resource['names']['kind']}.{resource['group']}.{version}", schema)


def _needed(name: str, definitions: dict[str, Any]) -> set[str]:
    """The definitions that one refers to, itself included."""
    found, waiting = set[str](), [name]
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += _pointed_at(definitions[each])
    return found


def _pointed_at(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"].rpartition("/")[2]] if isinstance(schema.get("$ref"), str) else []
        return own + [each for value in schema.values() for each in _pointed_at(value)]
    return [each for value in schema for each in _pointed_at(value)] if isinstance(schema, list) else []


def _kept(resource: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The version that we use, closed to fields that it does not know."""
    versions = [each for each in resource["versions"] if each["served"]]
    chosen = next((each for each in versions if each["name"] in ("v1", "v1beta2")), versions[0])
    schema = _closed(_bare(chosen["schema"]["openAPIV3Schema"]))
    schema["properties"] = {"apiVersion": {}, "kind": {}, "metadata": _METADATA, "spec": schema["properties"]["spec"]}
    return str(chosen["name"]), schema


def _bare(schema: Any) -> Any:
    """Without descriptions; a property of that name stays."""
    if isinstance(schema, dict):
        return {
            key: _bare(value)
            for key, value in schema.items()
            if not (key == "description" and isinstance(value, str)) and not key.startswith("x-kubernetes-v")
        }
    return [_bare(each) for each in schema] if isinstance(schema, list) else schema


def _closed(schema: Any) -> Any:
    """As the API server with strict validation reads it: what is not named is not known."""
    if not isinstance(schema, dict):
        return [_closed(each) for each in schema] if isinstance(schema, list) else schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if schema.pop("x-kubernetes-int-or-string", False):
        closed["type"] = ["integer", "string"]
    if (
        isinstance(schema.get("properties"), dict)
        and "type" in schema
        and not schema.get("x-kubernetes-preserve-unknown-fields")
    ):
        closed.setdefault("additionalProperties", False)
    return closed


def _write(name: str, schema: dict[str, Any]) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(schema, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
