"""``make new-aggregate SERVICE=s NAME=x``: one more kind of record inside a service, in the shape of its example."""

import keyword
import re
import sys
from string import Template

from scripts.new_service import ROOT, SUFFIX, TEMPLATE, Refused, tidy

PARTS = (
    *(f"src/package/items/{name}.py" for name in ("__init__", "model", "schemas", "commands", "api")),
    "tests/unit/test_items.py",
    "tests/integration/test_items_api.py",
)
MIGRATION = "migrations/versions/0001_items.py"
_DOCSTRING = re.compile(r'""".*?"""', re.DOTALL)
_PICTURE = re.compile(r"```mermaid.*?```", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Make the aggregate and say what comes next. Exit status 2 for names that cannot be taken."""
    try:
        service, name = check(*arguments) if len(arguments) == 2 else refuse_count()
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 2
    write(service, name)
    mount(service, name)
    tidy(ROOT / "services" / service)
    print(what_next(service, name))
    return 0


def refuse_count() -> tuple[str, str]:
    """Raises Refused with what would be right."""
    raise Refused("say where and what: make new-aggregate SERVICE=quality-events NAME=complaint")


def check(service: str, name: str) -> tuple[str, str]:
    """The service's package and the record's name. Raises Refused with what would be right."""
    package, name = service.replace("-", "_"), name.replace("-", "_")
    if not (ROOT / "services" / package / "pyproject.toml").exists():
        known = ", ".join(sorted(each.parent.name for each in (ROOT / "services").glob("*/pyproject.toml")))
        raise Refused(f"there is no service {service!r}; there are {known}")
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or keyword.iskeyword(name) or name == "item":
        raise Refused(f"{name!r} cannot name a kind of record: write one in lower case, such as complaint")
    if not (ROOT / "services" / package / "migrations").exists():
        raise Refused(f"{service} stores nothing, and so has no records")
    if (ROOT / "services" / package / "src" / package / plural(name)).exists():
        raise Refused(f"{package} has {plural(name)} already")
    return package, name


def plural(name: str) -> str:
    """What many of them are called."""
    return f"{name[:-1]}ies" if re.search("[^aeiou]y$", name) else f"{name}s"


def rendered(source: str, package: str, name: str) -> str:
    """A file of the template, with the example's name replaced."""
    text = Template((TEMPLATE / f"{source}{SUFFIX}").read_text()).substitute(
        package=package, name=package, Name=package
    )
    camel, many = name.title().replace("_", ""), plural(name)
    article = "an" if name[0] in "aeiou" else "a"
    text = re.sub(r"\b([Aa])n item\b", lambda found: f"{found[1]}{article[1:]} {name}", text)
    text = text.replace('"items"', f'"{many.replace("_", "-")}"').replace("/items", f"/{many.replace('_', '-')}")
    text = text.replace("items", many).replace("Items", many.capitalize()).replace("Item", camel).replace("item", name)
    text = re.sub(r"\bIT\b", name[:3].upper(), text)
    prose = {word: word.replace("_", " ") for word in (many, many.capitalize(), name)}
    return _DOCSTRING.sub(lambda found: re.sub("|".join(prose), lambda word: prose[word[0]], found[0]), text)


def write(package: str, name: str) -> None:
    """Write the files, and the migration behind the last one."""
    folder = ROOT / "services" / package
    for source in PARTS:
        target = folder / source.replace("package", package).replace("items", plural(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rendered(source, package, name))
    versions = folder / "migrations" / "versions"
    last = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
    number = f"{int(last) + 1:04}"
    # What the service's partners publish stays as it is: this one's say nothing yet.
    text = rendered(MIGRATION, package, name).replace("    tables.partners_publish()\n", "")
    text = text.replace('revision = "0001"\ndown_revision = None', f'revision = "{number}"\ndown_revision = "{last}"')
    (versions / f"{number}_{plural(name)}.py").write_text(text)


def mount(package: str, name: str) -> None:
    """Put the routes into the service, and the lifecycle's picture into its README."""
    folder, many = ROOT / "services" / package, plural(name)
    main_ = folder / "src" / package / "main.py"
    text = main_.read_text()
    text = re.sub(r"routers=\[(.*?),?\s*\]", rf"routers=[\1, {many}.router]", text, count=1, flags=re.DOTALL)
    text = re.sub(
        rf"^from {package}\.", f"from {package}.{many}.api import {many}\n\\g<0>", text, count=1, flags=re.MULTILINE
    )
    main_.write_text(text)
    (picture,) = _PICTURE.findall(rendered("README.md", package, name))
    readme, title = folder / "README.md", name.replace("_", " ")
    article = "An" if name[0] in "aeiou" else "A"
    readme.write_text(f"{readme.read_text().rstrip()}\n\n## {article} {title}\n\n{picture}\n")


def what_next(package: str, name: str) -> str:
    """What a person does now."""
    many = plural(name)
    return f"""services/{package}/src/{package}/{many} is there. What comes next:
  make schema                    write down what the database holds now
  make permissions pictures      write down who may do what, and draw the lifecycle
  make clients                   generate the TypeScript client anew
  .venv/bin/pytest services/{package} -k {many}
  tests/architecture/bodies.py   an example of each body, and of its path parameter in world.py: the access matrix
  model.py                       make the example yours: fields, states, whose turn it is, who may do what
docs/guides/add-a-fact.md is for what it publishes."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
