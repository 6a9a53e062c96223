"""How many connections to PostgreSQL processes may have open while a release takes over, at the most that scales."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runtime.settings import Settings

Document = Mapping[str, Any]
RESERVED = 20
"""For superusers, the operator, jobs, and whoever looks."""


def too_few(documents: Sequence[Document]) -> Iterator[str]:
    """A sentence where PostgreSQL takes fewer than there may be."""
    needed = RESERVED + sum(_of(document, documents) for document in documents if document["kind"] == "Deployment")
    for name, allowed in _allowed(documents):
        if allowed < needed:
            yield f"{name} takes {allowed} connections, and there may be {needed}"


def _of(deployment: Document, documents: Sequence[Document]) -> int:
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    if labels.get("entente.io/uses-database") != "true":
        return 0
    surge = int(deployment["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxSurge", 0))
    # One that is told to end holds its own while it drains, and is no longer counted when the next one starts.
    return (_most(deployment, documents) + 2 * surge) * _each(deployment, documents)


def _each(deployment: Document, documents: Sequence[Document]) -> int:
    """Of one process: an API has a pool for itself and one for partners, a worker a pool and its relay."""
    env = {each["name"]: each.get("value") for each in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    if "ENTENTE_ROLE" not in env:
        return int(env["KC_DB_POOL_MAX_SIZE"])
    said = [each["data"]["ENTENTE_POOL_SIZE"] for each in documents if "ENTENTE_POOL_SIZE" in each.get("data", {})]
    pool = int(env.get("ENTENTE_POOL_SIZE") or next(iter(said), Settings.model_fields["pool_size"].default))
    return 2 * pool if env["ENTENTE_ROLE"] == "api" else pool + 1


def _most(deployment: Document, documents: Sequence[Document]) -> int:
    name = deployment["metadata"]["name"]
    for each in documents:
        spec = each.get("spec", {})
        if spec.get("scaleTargetRef", {}).get("name") == name:
            return int(spec.get("maxReplicas") or spec["maxReplicaCount"])
    return int(deployment["spec"].get("replicas", 1))


def _allowed(documents: Sequence[Document]) -> Iterator[tuple[str, int]]:
    for each in documents:
        if each["kind"] == "Cluster":
            yield "Cluster postgres", int(each["spec"]["postgresql"]["parameters"]["max_connections"])
        elif each["kind"] == "StatefulSet" and each["metadata"]["name"] == "postgres":
            args = " ".join(each["spec"]["template"]["spec"]["containers"][0]["args"])
            if said := re.search(r"max_connections=(\d+)", args):
                yield "StatefulSet postgres", int(said[1])
