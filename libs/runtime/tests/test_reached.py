"""A process waits for a database of its release, which its own login can see, and not for one that is behind."""

import asyncpg
import pytest

from installation import reached
from notes.installation import MIGRATIONS, Installation

WANTED = {"migration": 29, "plumbing": 7}


@pytest.mark.parametrize(
    ("told", "misses"),
    [
        ('{"migration": 29, "plumbing": 7}', ""),
        ('{"migration": 30, "plumbing": 8, "more": 1}', ""),
        ('{"migration": 28, "plumbing": 7}', "it has not got migration 29"),
        ('{"migration": 30}', "it has not got plumbing 7"),
        (None, "it has not got migration 29 and plumbing 7"),
        ("the database of the quality unit", "it has not got migration 29 and plumbing 7"),
        ("[29, 7]", "it has not got migration 29 and plumbing 7"),
    ],
)
def test_what_is_told_is_enough_or_says_what_lacks(told: str | None, misses: str) -> None:
    assert reached.missing(told, WANTED) == misses


async def test_a_login_without_rights_sees_how_far_its_database_is(installation: Installation) -> None:
    url = installation.settings.database_of("notes")
    connection = await asyncpg.connect(installation.admin)
    await connection.execute(f'COMMENT ON DATABASE "{url.rsplit("/", 1)[1]}" IS NULL')
    await connection.close()
    assert "has not got migration" in await reached.lacking(url, MIGRATIONS)
    await reached.tell(installation.admin, MIGRATIONS)
    assert await reached.lacking(url, MIGRATIONS) == ""


async def test_a_database_that_is_not_there_yet_is_waited_for(installation: Installation) -> None:
    beside = installation.settings.database_of("notes") + "_of_tomorrow"
    assert "does not answer" in await reached.lacking(beside, MIGRATIONS)
    assert "does not answer" in await reached.lacking("postgresql://nobody:x@127.0.0.1:9/notes", MIGRATIONS)
