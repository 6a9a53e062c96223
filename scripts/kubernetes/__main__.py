"""``make k8s``: what deploy/k8s has for each service and each topic, from the lists of an installation."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cli.services import MOUNTED, WITH_A_LEDGER
from scripts.kubernetes import operators, processes

FOLDER = Path(__file__).parents[2] / "deploy/k8s"
MADE = "# Made by `make k8s` from the lists of services and of facts: change those, or scripts/kubernetes.\n"


def main() -> None:
    """Write the files, or with ``--check`` end with 1 where one is not what the lists say."""
    written = dict(files())
    strange = {path for path in FOLDER.rglob("*.*") if path.read_text("utf-8").startswith(MADE)} - written.keys()
    if "--check" not in sys.argv:
        for path in strange:
            path.unlink()
        for path, text in written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    elif strange or any(not path.exists() or path.read_text("utf-8") != text for path, text in written.items()):
        sys.exit("deploy/k8s holds what the lists of services and facts no longer say: run `make k8s`")


def files() -> Iterator[tuple[Path, str]]:
    """Each file with its text."""
    for name in MOUNTED:
        yield FOLDER / f"base/services/{name}.yaml", _text(processes.of(name))
    together = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    listed = together | {"resources": [f"{name}.yaml" for name in MOUNTED]}
    yield FOLDER / "base/services/kustomization.yaml", _text([listed])
    yield FOLDER / "base/databases.yaml", _text([processes.databases(WITH_A_LEDGER)])
    yield FOLDER / "base/operations.yaml", _text([processes.operations(WITH_A_LEDGER)])
    yield FOLDER / "components/kafka/topics.yaml", _text([processes.topics(MOUNTED)])
    yield FOLDER / "components/passwords/services.txt", MADE + "".join(f"{line}\n" for line in processes.passwords())
    yield from ((FOLDER / "components" / name, _text(found)) for name, found in operators.files().items())


def _text(documents: Sequence[Mapping[str, Any]]) -> str:
    return MADE + yaml.dump_all(documents, Dumper=_Plain, sort_keys=False, width=118, allow_unicode=True)


class _Plain(yaml.SafeDumper):
    """Writes out what stands twice, where the library would point from the second to the first."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


if __name__ == "__main__":
    main()
