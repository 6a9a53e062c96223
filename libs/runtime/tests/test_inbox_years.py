"""Through years of a topic each handler is given each fact once, whatever the inbox has forgotten by then."""

import pytest

from notes.installation import Installation
from notes.releases import OLD, SECOND, heard
from notes.years import Years, forget
from tests.whole import WHOLE

REGISTERED, AGAIN = ":PartnerRegistered", "second:PartnerRegistered"
KNOWN = "SELECT count(*) FROM inbox"


async def given_each_once(installation: Installation, count: int) -> None:
    """Both groups have been given all facts, none twice."""
    found = await heard(installation)
    once = [*range(count)]
    assert {name: sorted(numbers) for name, numbers in found.items()} == {REGISTERED: once, AGAIN: once}


async def quiet(years: Years, days: int) -> None:
    """Nothing happens for so long but that everything is read, and twice forgotten."""
    years.pass_by(days)
    while not await years.at_end():
        await years.apply()
    await years.mark()
    for _ in range(2):
        await forget(years.installation)


async def test_a_handler_that_has_read_nothing_yet_has_no_floor(installation: Installation) -> None:
    years = Years(installation, seed=1)
    await years.install(OLD)
    years.record(2)
    await quiet(years, 200)
    await years.install(SECOND)
    await forget(installation)
    await years.end()
    await given_each_once(installation, 2)


async def test_while_it_is_rolled_back_a_handler_s_floor_stands(installation: Installation) -> None:
    years = Years(installation, seed=2)
    await years.install(SECOND)
    years.record(2)
    await quiet(years, 200)
    await years.install(OLD)
    years.record(2)
    await quiet(years, 200)
    await years.install(SECOND)
    await years.end()
    await given_each_once(installation, 4)


async def test_what_a_log_lost_before_it_was_read_is_new_when_it_is_sent_again(installation: Installation) -> None:
    """The service was away for half a year, and so was the broker's disk; then the ledger fills the topic again."""
    years = Years(installation, seed=3)
    await years.install(SECOND)
    years.record(2)
    await quiet(years, 1)
    years.record(3)
    years.pass_by(180)
    await years.lose(2)
    await quiet(years, 1)
    await quiet(years, 60)
    years.refill()
    await quiet(years, 1)
    await given_each_once(installation, 5)
    await quiet(years, 100)
    assert await installation.value(KNOWN) == 0, "in the end it is forgotten"
    years.replay(from_=0)
    await years.end()
    await given_each_once(installation, 5)


@pytest.mark.parametrize("seed", range(4 if WHOLE else 1))
async def test_through_years_each_group_is_given_each_fact_once(installation: Installation, seed: int) -> None:
    """Five hundred steps by chance; the whole run goes through them more than once."""
    years, forgot = Years(installation, seed), False
    await years.install(OLD)
    for number in range(500):
        if number in (150, 400):
            await years.install(SECOND)
        elif number == 300:
            await years.install(OLD)  # for good, as it seems
        await years.step()
        forgot = forgot or await installation.value(KNOWN) < await installation.value("SELECT count(*) FROM heard")
    assert forgot, "or this shows nothing"
    await years.end()
    await given_each_once(installation, years.count)
