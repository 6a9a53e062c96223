"""What is told of dependencies: of what the platform consists, and whether anything is known against it."""

import re
from pathlib import Path

import pytest

from scripts.audit import CLEAN, FOUND, UNKNOWN, judged
from scripts.sbom import digests_of, needed

ROOT = Path(__file__).parents[2]
REQUIRES = {
    "ours": ["Plain>=1", "rich[extra]; python_version >= '3'", "never; python_version < '3'"],
    "plain": ["pytest; extra == 'tests'"],
    "rich": ["more; extra == 'extra'", "unasked; extra == 'other'"],
}


def test_an_extra_is_needed_where_somebody_asks_for_it() -> None:
    found = needed(["ours"], lambda name: REQUIRES.get(name, []))
    assert found == {"ours": {"plain", "rich"}, "plain": set(), "rich": {"more"}, "more": set()}


def test_the_lock_gives_digests_of_each_version() -> None:
    first, second = "0" * 64, "1" * 64
    lock = f"# made\na==1 \\\n    --hash=sha256:{first} \\\n    --hash=sha256:{second}\n    # via b\nB_c==2.0\n"
    assert digests_of(lock) == {("a", "1"): [first, second], ("b-c", "2.0"): []}
    real = digests_of((ROOT / "requirements.lock").read_text())
    assert all(real.values())
    assert "fastapi" in {name for name, _ in real}


@pytest.mark.parametrize(
    ("status", "said", "means"),
    [
        (0, "No known vulnerabilities found", CLEAN),
        (1, "Found 2 known vulnerabilities in 1 package", FOUND),
        (1, "requests.exceptions.ConnectionError: no route", UNKNOWN),
        (0, "", UNKNOWN),
    ],
)
def test_what_could_not_be_asked_is_not_taken_for_clean(status: int, said: str, means: int) -> None:
    assert judged(status, said) == means


def test_what_installs_all_else_is_pinned_by_digest() -> None:
    lock = (ROOT / "bootstrap.lock").read_text()
    assert re.search(r"^uv==[\d.]+ \\$", lock, re.MULTILINE)
    assert len(digests_of(lock)) == 1
    assert "--require-hashes -r bootstrap.lock" in (ROOT / "Makefile").read_text()


def test_what_runs_in_the_pipeline_is_pinned_by_digest() -> None:
    """A tag can be moved to other code; a commit cannot. Its version stands beside it, for people."""
    used = [
        line.strip()
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert used
    assert [line for line in used if not re.fullmatch(r"- uses: [\w./-]+@[0-9a-f]{40}  # v[\d.]+", line)] == []
