"""What of a record's past no partner reads: the columns that its own answer does not show either."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias, get_args

from fastapi import APIRouter
from pydantic import BaseModel

from serving.shown import Shown


class Unread(NamedTuple):
    """The columns of a table that are not read in its records' past."""

    by_partners: Sequence[str]
    by_anybody: Sequence[str]
    """Until the record is in the state ``until``: what one person types while another must not see it."""
    until: str
    by_later_owners: Sequence[str] = ()
    """Of a record that goes from partner to partner, as long as it was not the asker's: what the owner of the time had
    planned of it."""
    whys_apart: bool = False
    """Why somebody of another organisation changed it: two that are rivals see one record."""


Withheld: TypeAlias = Mapping[str, Unread]
"""By the names of tables."""
UNSAID: Final = frozenset(
    {"id", "version", "created_at", "updated_at", "awaited_side", "awaited_partner_id", "awaited_since"}
)
"""Columns of every record that no history names: they follow from the rest."""


class Records(APIRouter):
    """The routes of one kind of record, and what a partner does not read of it."""

    withheld: Withheld = MappingProxyType({})


def withheld(model: type[Any], *answers: type[BaseModel]) -> Withheld:
    """The columns of a record's table that no answer has, nor a part of one (``record_version``: its record's version).

    Who prepared a decision, and for whom else a record is kept, is the sponsor's to know. What the model names as
    ``sealed`` nobody reads before the record is ``sealed_until``; what it names as ``of_its_owner`` no partner reads of
    the time when ``partner_id`` was another one. Where its ``whys_apart`` says so, a partner reads its own reasons.
    """
    shown = {name for answer in answers for name in _names(answer)}
    unshown = sorted({column.name for column in model.__table__.columns} - shown - UNSAID)
    apart = getattr(model, "whys_apart", False)
    sealed = sorted(getattr(model, "sealed", ())), getattr(model, "sealed_until", "")
    return {model.__tablename__: Unread(unshown, *sealed, sorted(getattr(model, "of_its_owner", ())), apart)}


def _names(answer: type[BaseModel], within: tuple[type[BaseModel], ...] = ()) -> Iterator[str]:
    """The names of an answer's fields, and those of its parts: by themselves, and behind what the part is called."""
    for name, field in answer.model_fields.items():
        yield name
        if not within and name in Shown.model_fields:  # what every record shows says nothing of this one's columns
            continue
        for part in _parts(field.annotation):
            if part not in within:
                for inner in _names(part, (*within, answer)):
                    yield from (inner, f"{name}_{inner}", f"{name.rpartition('_')[0]}_{inner}")


def _parts(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models of which a value may be, also in a list or where it may be absent."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)
