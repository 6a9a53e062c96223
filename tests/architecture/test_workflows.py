"""What `.ci/run` has no time or programs for, another job of our workflows runs."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("workflow", "target"),
    [
        *(("nightly", each) for each in ("test-whole", "test-late", "up-test", "k8s-validate", "mutations")),
        ("ci", "identity-test"),
    ],
)
def test_a_workflow_runs(workflow: str, target: str) -> None:
    jobs = yaml.safe_load((ROOT / f".github/workflows/{workflow}.yml").read_text("utf-8"))["jobs"].values()
    assert f"make {target}" in {step.get("run", "") for job in jobs for step in job["steps"]}


def test_overlays_are_looked_at_before_anything_lands() -> None:
    """Where something renders them; elsewhere the run says that they were not."""
    run = (ROOT / ".ci/run").read_text("utf-8")
    assert "make k8s-validate" in run
    assert "NOT LOOKED AT" in run
