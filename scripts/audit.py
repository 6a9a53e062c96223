"""``make audit-dependencies``: what is known to be wrong with the versions of the lock, by the advisories of OSV.

Nothing is resolved or installed, so no index of packages is asked. Behind a mirror ``ENTENTE_ADVISORIES`` names the
mirror of OSV's interface.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "bootstrap.lock")
_SOURCE = "https://api.osv.dev/v1/query"
CLEAN, FOUND, UNKNOWN = 0, 1, 2


def main() -> int:
    """Exit status 1: something is known. 2: it could not be looked up, and nothing is known of anything."""
    source = os.environ.get("ENTENTE_ADVISORIES", _SOURCE)
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    command += ["--vulnerability-service", "osv", "--osv-url", source, "--timeout", "15"]
    command += [word for lock in LOCKS for word in ("--requirement", str(ROOT / lock))]
    done = subprocess.run(command, capture_output=True, text=True)
    outcome = judged(done.returncode, done.stdout + done.stderr)
    if outcome is UNKNOWN:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"NOT AUDITED: {source} could not be asked ({last}).", file=sys.stderr)
        print("Name a mirror of it in ENTENTE_ADVISORIES, or run this where it can be reached.", file=sys.stderr)
    else:
        print(done.stdout + done.stderr, end="")
    return outcome


def judged(status: int, said: str) -> int:
    """What the run of pip-audit means: it ends with 1 for a finding, and for a source that it could not ask as well."""
    if status == 0 and "No known vulnerabilities found" in said:
        return CLEAN
    return FOUND if status == 1 and "known vulnerabilit" in said and "Found" in said else UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
