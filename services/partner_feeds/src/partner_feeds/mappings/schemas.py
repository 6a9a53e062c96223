"""Answers about mappings."""

from typing import Self

from partner_feeds.mappings.model import MappingFields, MappingVersion
from serving.shown import Shown


class MappingRead(MappingFields, Shown):
    """A version of a mapping as its readers see it; the document has an address of its own."""

    mapping_version: int
    """The version that the document states."""

    @classmethod
    def of(cls, record: MappingVersion) -> Self:
        """The readable form of a record."""
        return cls.model_validate(record.model_dump(warnings=False) | {"mapping_version": record.number})
