"""Of what a product is made: the tree of materials, from the substance to the finished pack. Pure functions."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from runtime.problems import RuleViolated


class MaterialKind(StrEnum):
    """How far a material is made, in the order in which one is made from the other."""

    substance = "substance"
    intermediate = "intermediate"
    bulk = "bulk"
    finished_pack = "finished_pack"


_ORDER: Final = [*MaterialKind]


class Material(Protocol):
    """What the tree asks of a product."""

    id: UUID
    code: str
    kind: MaterialKind | None


def check_tree(
    own: Material, components: Sequence[Material], used_in: Sequence[Material], below: Collection[UUID]
) -> None:
    """Raises RuleViolated where a product would be made of what is made later, or of itself.

    ``used_in`` are made of this one, ``below`` is all that its components are made of.
    """
    faults = [why for each in components if (why := _fault(each, own))]
    faults += [why for each in used_in if (why := _fault(own, each))]
    if own.id in below or own.id in {each.id for each in components}:
        faults.append(f"{own.code} would be made of itself")
    if faults:
        raise RuleViolated("; ".join(faults))


def _fault(component: Material, product: Material) -> str | None:
    """Why a product cannot be made of a component; None where it can."""
    for each in (component, product):
        if each.kind is None:
            return f"the kind of {each.code} is not known: say that first"
    of, made = (_ORDER.index(MaterialKind(each.kind)) for each in (component, product) if each.kind)
    if of < made or component.kind == product.kind == MaterialKind.intermediate:
        return None
    return f"{product.code}, a {product.kind}, is not made of {component.code}, a {component.kind}"
