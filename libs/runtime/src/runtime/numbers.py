"""Numbers that people use, such as DEV-2026-48151."""

from runtime.work import Work


async def next_number(work: Work, prefix: str, sequence: str) -> str:
    """A new number, with the year. Numbers are scattered, so that none tells how many there are."""
    number = await work.connection.fetchval("SELECT next_number($1::text::regclass)", sequence)
    return f"{prefix}-{work.now:%Y}-{number}"
