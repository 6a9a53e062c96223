"""``make mutations``: break the code in a copy of the checkout, in one place after the other, and see a test fail.

Exit status 1 when a test is red before anything is broken, or stays green although something is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local import KafkaServer, PostgresServer
from tests.mutations.breakages import BREAKAGES, Breakage

ROOT = Path(__file__).parents[2]


def main(words: list[str]) -> int:
    """Try the breakages whose name holds one of the words, or all; print what became of each."""
    chosen = [each for each in BREAKAGES if not words or any(word in each.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="entente-mutations-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs under another account where we are root
        postgres, kafka = PostgresServer(folder / "postgres", durable=False), KafkaServer(folder / "kafka")
        try:
            postgres.start()
            kafka.start()
            servers = {"DATABASE_URL": postgres.dsn, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers}
            copy = _copied(folder / "checkout")
            whole = _tests(copy, servers, *sorted({each.test for each in chosen}))
            if not chosen or whole.returncode != 0:
                print("nothing is chosen" if not chosen else f"red before anything is broken:\n{whole.stdout}")
                return 1
            return int(any([not _turns_red(copy, servers, breakage) for breakage in chosen]))
        finally:
            kafka.stop()
            postgres.stop()


def _copied(copy: Path) -> Path:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listing.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return copy


def _turns_red(copy: Path, servers: dict[str, str], breakage: Breakage) -> bool:
    files = [copy / breakage.file, *(copy.glob("**/schema.txt") if breakage.of_the_schema else ())]
    before = {file: file.read_text() for file in files}
    assert before[files[0]].count(breakage.text) == 1, f"not once in {breakage.file}: {breakage.text}"
    files[0].write_text(before[files[0]].replace(breakage.text, breakage.instead))
    if breakage.of_the_schema:
        _run(copy, {}, "scripts/schema.py").check_returncode()
    done = _tests(copy, servers, breakage.test)
    for file, text in before.items():
        file.write_text(text)
    red = re.search(r"^FAILED ", done.stdout, re.MULTILINE) is not None  # a test that could not begin is an ERROR
    why = re.findall(r"^E   +(.*)", done.stdout, re.MULTILINE)
    said = f"red: {why[0]}" if red and why else "STAYS GREEN" if done.returncode == 0 else done.stdout
    print(f"{breakage.name}: {said}", flush=True)
    return red


def _tests(copy: Path, servers: dict[str, str], *tests: str) -> subprocess.CompletedProcess[str]:
    return _run(copy, servers, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--broker", "external", *tests)


def _run(copy: Path, servers: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy's packages instead of those that are installed."""
    sources = [*copy.glob("*/src"), *copy.glob("[ls]*/*/src"), copy / "libs/runtime/tests/notes/src"]
    # No compiled modules: a source that was changed twice within a second would be taken for unchanged.
    environment = {"PYTHONPATH": os.pathsep.join(map(str, sources)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=copy, env=os.environ | servers | environment, capture_output=True, text=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
