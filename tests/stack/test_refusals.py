"""A service that somebody broke into can do its own work, and nothing else."""

import subprocess
from pathlib import Path

from tests.stack.conftest import ROOT


def test_a_service_has_no_more_than_it_needs() -> None:
    program = Path(__file__).with_name("refused.py").read_text()
    inside = ["docker", "compose", "exec", "-T", "kpi-worker", "python", "-"]
    done = subprocess.run(inside, cwd=ROOT, input=program, capture_output=True, text=True, timeout=100)
    assert done.stdout.splitlines() == [
        "write_anothers_topic TopicAuthorizationFailedError",
        "open_anothers_database InsufficientPrivilegeError",
        "read_without_a_role InsufficientPrivilegeError",
        "change_the_program OSError",
    ], done.stdout + done.stderr
