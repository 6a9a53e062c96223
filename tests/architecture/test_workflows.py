"""What no run of CI has time or programs for, the nightly one runs."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("target", ["test-whole", "k8s-validate", "mutations", "identity-test"])
def test_the_nightly_run_runs(target: str) -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text("utf-8"))["jobs"].values()
    assert f"make {target}" in {step.get("run", "") for job in jobs for step in job["steps"]}


def test_overlays_are_looked_at_before_anything_lands() -> None:
    """Where something renders them; elsewhere the run says that they were not."""
    run = (ROOT / ".ci/run").read_text("utf-8")
    assert "make k8s-validate" in run
    assert "NOT LOOKED AT" in run
