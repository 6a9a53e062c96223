"""What the rules of all records have, and how a row names a lot."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from partner_feeds.language.naming import ANY, REVISION, OptionalText, Text


class Strict(BaseModel):
    """Of which every field is known: a misspelt one is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LotRule(Strict):
    """How a row names a lot."""

    material: Text
    """The product's code, or that of another material: a text, of which columns stand in braces. For:
    ``"{Product}"``."""
    number: Text
    """The lot's number. For: ``"{Batch}"``."""
    site: OptionalText = None
    """The number of the maker's site, where it is not that of the feed. For: a laboratory that tests for several
    plants."""


class AnyRule(Strict):
    """What any record has."""

    id: Text
    """The record's own id: the same whenever the same thing is reported again, and another for anything else. Of a
    result ``{test}`` and ``{value}`` mean its own. Words stand in it as their source writes them, and tests by their
    columns, so that it stays when the mapping translates them otherwise. For: ``"{Sample}/{test}"``, or
    ``"{Sample}/{Replicate}/{test}"`` where a sample is tested twice."""
    revision: Annotated[str | None, REVISION] = None
    """A column that counts corrections, or that says when the record was last changed; a higher one amends. For:
    ``Version``, ``Approved at``. Without it, other content under a known id is a conflict."""
    when: Annotated[tuple[str, ...], ANY] = ()
    """The record is made only of rows in which these columns are filled. For: batches that are not made yet have no
    end."""
    unless: Annotated[tuple[str, ...], ANY] = ()
    """The record is made only of rows in which these columns are blank. For: a column *cancelled on*."""
