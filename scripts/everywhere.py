"""Where an installation names its services: ``make check`` finds one that is missing, ``make new-service`` adds one.

Topics, logins, rights in Kafka and databases are computed from these lists, or from the folders of services, and need
no entry of their own. Dashboards and what Kubernetes is told are written from them (`make boards k8s`), which `make
check` compares.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMPOSE, CADDY, CONTRACTS = "docker-compose.yml", "deploy/compose/Caddyfile", "pyproject.toml"
_PROCESS = '    {{<<: *{kind}, command: ["{package}.main:create"], env_file: .entente/compose/{name}.env}}\n'
LAST = "event-stream"
"""A new service stands before it: what leaves the house comes last."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry that each service has in a file."""

    file: str
    sign: str
    """By which the entry is known."""
    entry: str
    before: str
    """What a new entry is put before, as a regular expression: a formatter may have broken the lines anew."""
    kept: bool = False
    """Whether only a service that keeps a database has it."""

    def names(self, package: str) -> bool:
        """Whether the file has the service's entry."""
        wanted = self.sign.format(name=package.replace("_", "-"), package=package)
        return wanted in (ROOT / self.file).read_text("utf-8")

    def add(self, package: str) -> None:
        """Give the service its entry."""
        file = ROOT / self.file
        text, entry = file.read_text("utf-8"), self.entry.format(name=package.replace("_", "-"), package=package)
        changed, count = re.subn(self.before, lambda found: entry + found[0], text)
        if count != 1:
            raise SystemExit(f"{self.file} does not have {self.before!r} once: add {entry!r} by hand")
        file.write_text(changed, "utf-8")


def _process(kind: str) -> tuple[str, str, str, str]:
    entry = f"  {{name}}-{kind}:\n" + _PROCESS.replace("{kind}", kind)
    return COMPOSE, f"\n  {{name}}-{kind}:", entry, f"  {LAST}-api:"


PLACES = (
    Place("cli/pyproject.toml", '"entente-{name}",', '    "entente-{name}",\n', f'    "entente-{LAST}",\n'),
    Place(
        "cli/pyproject.toml", "\nentente-{name} = ", "entente-{name} = {{ workspace = true }}\n", f"entente-{LAST} = "
    ),
    Place("cli/src/cli/services.py", '"{name}"', '"{name}", ', f'"{LAST}",?\\s*\\)\\n"""In the order'),
    Place("cli/src/cli/origin/static/panels.js", '"{name}"', '"{name}", ', f'"{LAST}"\\];'),
    Place(*_process("api")),
    Place(*_process("worker"), kept=True),
    Place(CADDY, "\timport service {name}\n", "\timport service {name}\n", f"\timport service {LAST}\n"),
)


def missing(package: str, keeps: bool) -> list[str]:
    """The files that do not name a service; ``keeps``: whether it has a database."""
    return [place.file for place in PLACES if (keeps or not place.kept) and not place.names(package)]


def left_out(package: str, text: str) -> list[str]:
    """Lists in CONTRACTS, of packages or of folders, that name all others with a database and not this one."""
    others = {each.parent.name for each in (ROOT / "services").glob("*/migrations")} - {package}
    found = []
    for items in re.findall(r"\[([^\[\]]*)\]", text):
        for form in ('"{}"', '"services/{}/src"'):
            if all(form.format(each) in items for each in others) and form.format(package) not in items:
                found.append(f"{CONTRACTS}: [{' '.join(items.split())}]")
    return found


def add(package: str) -> None:
    """Name a new service in each of them."""
    for place in PLACES:
        if not place.names(package):
            place.add(package)


def main() -> None:
    """End with 1, and say where, if a service of the workspace is missing somewhere."""
    folders = sorted(path.parent for path in (ROOT / "services").glob("*/pyproject.toml"))
    found, contracts = dict[str, list[str]](), (ROOT / CONTRACTS).read_text("utf-8")
    for folder in folders:
        keeps = (folder / "migrations").is_dir()
        found[folder.name] = [*missing(folder.name, keeps), *(left_out(folder.name, contracts) if keeps else ())]
    if said := [f"{package} is missing in {', '.join(files)}" for package, files in found.items() if files]:
        sys.exit("\n".join(said))


if __name__ == "__main__":
    main()
