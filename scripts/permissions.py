"""``make permissions``: who may do what, route by route, as a page that people read and reviews compare."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from contracts import Grant, Role, Side
from runtime.access import EVERYBODY, READERS, SPONSORS, Requirement, requirement
from runtime.settings import Settings

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/permissions.md"
_GROUPS = {"everybody": EVERYBODY, "everybody but admin": READERS, "the sponsor's people": SPONSORS}
_HEAD = """# Who may do what

A role alone is the sponsor's; `role (side)` acts for the organisation that the record itself names on that side (ADR
0012). What somebody may read is a matter of parties, besides. Where another person is needed, a column says than whom;
where an electronic signature is, what it means (ADR 0028).

Written by `make permissions` from the routes; `make check` compares. A change here is a change of access: look twice.
"""


def main() -> None:
    """Write the page, or with ``--check`` end with 1 where it is not what the routes say."""
    packages = sorted(path.parent.name for path in (ROOT / "services").glob("*/pyproject.toml"))
    page = "\n".join([_HEAD, *(line for package in packages for line in _of_service(package))])
    if "--check" not in sys.argv:
        PAGE.write_text(page)
    elif PAGE.read_text() != page:
        sys.exit("docs/permissions.md is not what the routes say: look at what `make permissions` changes in it")


def _of_service(package: str) -> Iterator[str]:
    yield from (
        f"## {package.replace('_', '-')}",
        "",
        "| route | who | another person than | signed |",
        "|---|---|---|---|",
    )
    app = importlib.import_module(f"{package}.main").create(Settings(local=True))
    yield from sorted(_rows(app))
    yield ""


def _rows(app: FastAPI) -> Iterator[str]:
    for context in iter_route_contexts(app.router.routes):
        route, path = context.original_route, context.path or ""
        if isinstance(route, APIRoute) and path.startswith("/v1/"):
            needs = requirement(route.endpoint)
            others = ", ".join(f"`{field}`" for field in sorted(needs.independent_of))
            for method in sorted(route.methods or ()):
                yield f"| `{path.removeprefix('/v1')}` {method} | {_who(needs)} | {others} | {needs.signed} |"


def _who(needs: Requirement) -> str:
    roles = {grant.role for grant in needs.grants if grant.side is Side.sponsor}
    for name, group in _GROUPS.items():
        if needs.grants == {Grant(role, Side.sponsor) for role in group}:
            return name
    sides = sorted(f"{grant.role} ({grant.side})" for grant in needs.grants if grant.side is not Side.sponsor)
    return ", ".join([*(role for role in Role if role in roles), *sides])


if __name__ == "__main__":
    main()
