"""Numbers that people use, such as DEV-2026-00042."""

from runtime.work import Work


async def next_number(work: Work, prefix: str, sequence: str) -> str:
    """The next number of a sequence, with the year. Gaps are possible: a rolled-back command keeps its number."""
    value = await work.connection.fetchval("SELECT nextval($1::text::regclass)", sequence)
    return f"{prefix}-{work.now:%Y}-{value:05}"
