"""``make new-service NAME=x``: a service that passes every check, made from scripts/service_template."""

import importlib.util
import keyword
import re
import subprocess
import sys
from pathlib import Path
from string import Template

from scripts import everywhere

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "scripts" / "service_template"
SUFFIX = ".template"
_LIST = re.compile(r"^(?P<head>\w+ = \[)(?P<items>[^\]]*)\]", re.MULTILINE)


class Refused(Exception):
    """The name cannot be taken."""


def main(arguments: list[str]) -> int:
    """Make the service and say what comes next. Exit status 2 for a name that cannot be taken."""
    if len(arguments) != 1:
        print("say what it is called: make new-service NAME=cold_chain", file=sys.stderr)
        return 2
    try:
        package = check(arguments[0])
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 2
    folder = write(package)
    register(package)
    everywhere.add(package)
    tidy(folder, ROOT / "cli/src/cli/services.py")
    print(what_next(package))
    return 0


def check(name: str) -> str:
    """The package's name for a service's. Raises Refused with what would be right."""
    package = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", package) or keyword.iskeyword(package):
        raise Refused(f"{name!r} cannot be a package's name: write lower-case words, such as cold_chain")
    if (ROOT / "services" / package).exists():
        raise Refused(f"services/{package} is there already")
    if importlib.util.find_spec(package) is not None:
        raise Refused(f"a Python package is called {package!r} already: choose another name")
    return package


def write(package: str) -> Path:
    """Fill the template."""
    words = {"package": package, "name": package.replace("_", "-"), "Name": package.replace("_", " ").capitalize()}
    folder = ROOT / "services" / package
    for source in sorted(TEMPLATE.rglob(f"*{SUFFIX}")):
        parts = [package if part == "package" else part for part in source.relative_to(TEMPLATE).parts]
        target = folder.joinpath(*parts).with_name(source.name.removesuffix(SUFFIX))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text()).substitute(words))
    return folder


def register(package: str) -> None:
    """Put the service into the lists of the root's pyproject.toml that name every service."""
    file = ROOT / "pyproject.toml"
    services = {each.parent.name for each in (ROOT / "services").glob("*/pyproject.toml")} - {package}

    def extended(match: re.Match[str]) -> str:
        items = match["items"]
        for form in ("{}", "services/{}/src"):
            present = sorted(form.format(service) for service in services if f'"{form.format(service)}"' in items)
            if present:
                items = _inserted(items, form.format(package), present)
        return f"{match['head']}{items}]"

    file.write_text(_LIST.sub(extended, file.read_text()))


def _inserted(items: str, new: str, present: list[str]) -> str:
    """A list's text with a new item, in alphabetical order among those of its kind."""
    later = [item for item in present if item > new]
    if later:
        return re.sub(rf'(\s*)"{re.escape(later[0])}"', rf'\1"{new}",\g<0>', items, count=1)
    return re.sub(rf'([ \n]*)"{re.escape(present[-1])}"', rf'\g<0>,\1"{new}"', items, count=1)


def tidy(*files: Path) -> None:
    """Where an import stands depends on the service's name, and a list's lines on how many there are."""
    for command in (["format", "--quiet"], ["check", "--quiet", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *map(str, files)], check=True, cwd=ROOT)


def what_next(package: str) -> str:
    """What a person does now."""
    return f"""services/{package} is there. What comes next:
  make install                                     install it into .venv
  .venv/bin/pytest services/{package}              its tests
  make check                                       style, types, imports, generated files
  services/{package}/README.md                     say what it owns, emits and listens to
  services/{package}/src/{package}/items           make the example yours: rename it, or delete it and its migration
  make permissions pictures clients boards k8s     what is generated from all services
It is in every list of services already: the demo, the commands, the home page, docker-compose.yml and its gateway;
`make check` finds one that is missing. Topics, logins and rights in Kafka follow from what it publishes and listens to.
docs/guides/add-a-service.md goes through it, and docs/guides/add-a-fact.md is for what it publishes."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
