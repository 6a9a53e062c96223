"""The order in which rows are locked, by everybody who holds several of them.

First what says which companies there are (``duplicates.known``), and the record by which they are united, merge or are
sold; then sites, what is judged there and its certificates, then registrations; and then partners. Several of one kind
by their ids. Of two who lock some in different orders each may wait for the other: PostgreSQL ends one of them, and
that may be what a person signed.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from runtime.work import Work

_PARTNERS: Final = "SELECT FROM partner WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
_SITES: Final = "SELECT FROM site WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"


async def hold_partners(work: Work, ids: Iterable[UUID]) -> None:
    """In a command about several partners lock them, before the first one is asked for."""
    await work.flush()
    await work.connection.execute(_PARTNERS, [*ids])


async def hold_sites(work: Work, ids: Iterable[UUID]) -> None:
    """In a command about several sites lock them, before the first one is asked for."""
    await work.flush()
    await work.connection.execute(_SITES, [*ids])
