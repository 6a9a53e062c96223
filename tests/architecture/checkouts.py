"""A copy of this checkout, to make new things in and run them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".bootstrap", ".entente", ".*_cache", ".hypothesis", "__pycache__", "node_modules", "docs"
)
KNOWN = ROOT / ".mypy_cache"
"""What `make check` learned of the libraries, where it has run: they are the same in a copy."""


def run(checkout: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module or script on the copy's packages instead of those that are installed."""
    sources = [*checkout.glob("libs/*/src"), *checkout.glob("services/*/src"), checkout / "cli" / "src"]
    path = os.pathsep.join(map(str, sources))
    # A run inside a run: what pytest-xdist tells its workers is not meant for it.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=checkout,
        env=inherited | {"PYTHONPATH": path, "MYPY_CACHE_DIR": str(checkout / "mypy")} | environment,
        capture_output=True,
        text=True,
        timeout=400,
    )


def with_a_service(copy: Path) -> Path:
    """A copy of this checkout with one service more, cold_chain."""
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    if KNOWN.exists():
        shutil.copytree(KNOWN, copy / "mypy")
    done = run(copy, "-m", "scripts.new_service", "cold-chain")
    assert done.returncode == 0, done.stderr
    assert "make install" in done.stdout
    named = re.findall(r"\b(?:cli|services)/[\w./-]+", done.stdout)
    assert [path for path in named if not (copy / path).exists()] == []
    return copy
