"""The KPIs that Entente brings along, read from ``shipped.toml``."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

from uuid_utils.compat import uuid7

from kpi.definitions.model import in_order
from kpi.definitions.schemas import DefineKpi, SetTarget


def read() -> Iterator[tuple[DefineKpi, int, SetTarget | None]]:
    """Each shipped KPI, its formula's version and its general target, where the specification gives one.

    Raises ValueError for a file that users' own definitions would not be allowed to be.
    """
    text = (files("kpi.definitions") / "shipped.toml").read_text()
    for given in tomllib.loads(text, parse_float=Decimal)["kpi"]:
        formula_version, target = given.pop("formula_version"), given.pop("target", None)
        body = DefineKpi.model_validate(given)
        aim = SetTarget.model_validate(target) if target else None
        if aim and not in_order(body.direction, aim.value, aim.value if aim.amber is None else aim.amber, aim.red):
            raise ValueError(f"the bounds of the target of {body.code} are out of order")
        yield body, formula_version, aim


def rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of ``kpi_definition`` and of ``kpi_target`` that a migration inserts."""
    definitions, targets = [], []
    for body, formula_version, aim in read():
        definitions.append({"id": uuid7(), "formula_version": formula_version, **body.model_dump()})
        if aim:
            amber = aim.value if aim.amber is None else aim.amber
            targets.append({"id": uuid7(), "code": body.code, "value": aim.value, "amber": amber, "red": aim.red})
    return definitions, targets
