"""A new release takes the place of the old one while people work: no request fails, and nothing is lost."""

import asyncio
import os
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from runtime.jobs import pause
from tests.stack.places import ROOT, Kubernetes
from tests.stack.test_restarts import heard

pytestmark = pytest.mark.timeout(2400)
NEXT = os.environ.get("ENTENTE_NEXT_RELEASE", "next")
"""The tag of the image of another release, which the cluster has."""
AT_ONCE = 4
READ = {
    "partner-registry": "/products",
    "quality-events": "/batches",
    "sample-tracking": "/specifications",
    "kpi": "/me",
}
"""By service what somebody looks at meanwhile."""
OVERLAY = """
resources: [../../deploy/k8s/overlays/dev]
images: [{{name: entente/platform, newTag: {tag}}}]
replacements:
  - source:
      kind: Deployment
      name: front
      fieldPath: spec.template.spec.containers.[name=entente].image
      options: {{delimiter: ":", index: 1}}
    targets: [{{select: {{kind: Job}}, fieldPaths: [metadata.name], options: {{delimiter: "-", index: 1}}}}]
"""
"""As an operator's own overlay names a release."""


def release(place: Kubernetes, tag: str) -> None:
    """Apply a release, and return when it alone serves."""
    folder = ROOT / ".entente/k8s"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(OVERLAY.format(tag=tag))
    place.kubectl("apply", "-k", str(folder))
    for deployment in place.kubectl("get", "deployments", "-l", "entente.io/process=true", "-o", "name").split():
        place.kubectl("rollout", "status", deployment, "--timeout=900s", patience=1000)


async def test_a_release_takes_over_without_a_failed_or_lost_request(
    service: Callable[[str], Any], place: Kubernetes, patiently: Any
) -> None:
    registry, stream = service("partner-registry"), service("event-stream")
    readers = {name: service(name) for name in READ}
    products: list[str] = []
    failed: list[str] = []
    stopping, seen = asyncio.Event(), 0

    async def answered(what: str, asked: Any, status: int) -> Any:
        try:
            answer = await asked
        except Exception as error:  # whatever it is, a person sees that it did not work
            failed.append(f"{what}: {error!r}")
            return None
        if answer.status_code != status:
            failed.append(f"{what}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer.json()

    async def write() -> None:
        while not await pause(stopping, 0.2):
            body = {"code": f"R-{uuid4().hex}", "name": "Tablets", "dosage_form": "tablet"}
            if made := await answered("POST /products", registry.client.post("/products", json=body), 201):
                products.append(made["id"])

    async def read() -> None:
        nonlocal seen
        while not await pause(stopping, 0.2):
            for name, path in READ.items():
                await answered(f"GET {name}{path}", readers[name].client.get(path), 200)
                seen += 1

    working = [asyncio.create_task(each()) for each in (*[write] * AT_ONCE, read)]
    try:
        await asyncio.to_thread(release, place, NEXT)
        await asyncio.to_thread(release, place, "dev")
    finally:
        stopping.set()
        await asyncio.gather(*working)
    print(f"{len(products)} products made and {seen} pages read meanwhile")
    assert failed == []
    assert len(products) > AT_ONCE
    facts = await patiently(lambda: heard(stream.client, set(products)), 60)
    assert {product: len(ids) for product, ids in facts.items()} == dict.fromkeys(products, 1)
