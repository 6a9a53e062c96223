"""How partners, sites and products are shown and asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

NONE: Literal["none"] = "none"
"""Asks for what has no product, such as tests of bought-in materials."""


class Dimension(StrEnum):
    """By what a number can be broken down."""

    partner = "partner"
    site = "site"
    product = "product"

    @property
    def column(self) -> str:
        """The column of facts and buckets."""
        return f"{self}_id"


@dataclass(frozen=True)
class Asked:
    """Partner, site and product as a caller names them: by id, or by number or code."""

    partner: Annotated[str | None, Query(description="a partner's id or number")] = None
    site: Annotated[str | None, Query(description="a site's id or number")] = None
    product: Annotated[
        str | None, Query(description="a product's id or code; `none` for what belongs to no product")
    ] = None


@dataclass(frozen=True)
class Chosen:
    """Which rows are meant: by dimension an id, or None for rows without one. An absent dimension does not matter."""

    ids: Mapping[Dimension, UUID | None]

    def conditions(self, first_parameter: int) -> tuple[str, list[UUID]]:
        """SQL conditions, each begun with AND, whose parameters are numbered from ``first_parameter`` on."""
        parts = ""
        values: list[UUID] = []
        for dimension, id in self.ids.items():
            if id is None:
                parts += f" AND {dimension.column} IS NULL"
            else:
                parts += f" AND {dimension.column} = ${first_parameter + len(values)}"
                values.append(id)
        return parts, values
