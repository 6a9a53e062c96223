"""What is said about a batch: one rule for a single record and for hundreds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import Lot, Moment, Quantity
from contracts.quality_events import BatchManufactured, BatchStarted
from quality_events.batches.model import Batch
from quality_events.batches.terms import Authority, BatchState, Completion, Source, Start
from quality_events.batches.went_in import Amount

PARTNER = uuid4()


def batch() -> Batch:
    """An announced batch."""
    return Batch.announce(
        Lot(id=uuid4(), number="1", material="P", product_id=None, site_id=uuid4(), partner_id=PARTNER)
    )


def start(revision: int = 1, source: str = "mes", on: str = "2018-11", planned: int | None = None) -> Start:
    """A statement about the start."""
    quantity = Quantity(value=Decimal(planned), unit="kg") if planned else None
    return Start(Source(source, revision), on, quantity)


def completion(revision: int = 1, source: str = "mes", percent: int = 90) -> Completion:
    """A statement about the completion."""
    return Completion(Source(source, revision), reported_on="2018-12", yield_percent=Decimal(percent))


def test_a_batch_starts_and_is_made() -> None:
    one = batch()
    started, made = one.record_start(start()), one.record_completion(completion())
    assert isinstance(started, BatchStarted)
    assert isinstance(made, BatchManufactured)
    assert (one.state, one.started_on, one.completed_at) == (BatchState.manufactured, date(2018, 11, 1), None)
    assert made.occurred_at == "2018-12"


def test_a_late_start_leaves_the_batch_made() -> None:
    one = batch()
    one.record_completion(completion())
    assert one.record_start(start()) is not None
    assert (one.state, one.started_at) == (BatchState.manufactured, "2018-11")


def test_an_amendment_replaces_and_an_old_revision_does_not() -> None:
    one = batch()
    one.record_start(start(revision=2, on="2018-11"))
    assert one.record_start(start(revision=2, on="2019-01")) is None
    assert one.record_start(start(revision=1, on="2019-01")) is None
    assert one.record_start(start(revision=3, on="2018-10", planned=5)) is not None
    assert (one.started_at, one.planned_quantity) == ("2018-10", Decimal(5))


def test_another_source_fills_in_only() -> None:
    one = batch()
    one.record_start(start())
    assert one.record_start(start(source="lab", on="2019-01", planned=7)) is not None
    assert (one.started_at, one.planned, one.start_source) == ("2018-11", Quantity(value=Decimal(7), unit="kg"), "mes")
    assert one.record_start(start(source="lab", planned=9)) is None
    one.record_completion(completion(percent=90))
    assert one.record_completion(completion(source="lab", revision=5, percent=80)) is None
    assert one.yield_percent == 90


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_what_was_planned_is_the_same_in_any_order(order: tuple[int, ...]) -> None:
    """The maker names no quantity; who was granted to report does, and amends it."""
    granted = partial(start, source="lab", on="2019-01")
    told = [start(), start(revision=2), granted(planned=100), granted(revision=2, planned=200)]
    told[2:] = [replace(each, source=replace(each.source, authority=Authority.granted)) for each in told[2:]]
    one = batch()
    for n in order:
        one.record_start(told[n])
    assert (one.start_source, one.planned) == ("mes", Quantity(value=Decimal(200), unit="kg"))
    assert one.record_start(start(revision=3, planned=50)) is not None
    assert one.planned == Quantity(value=Decimal(50), unit="kg"), "the maker's own word goes before"


def test_a_product_joins_and_nobody_does() -> None:
    one, product = batch(), uuid4()
    known = one.lot.model_copy(update={"product_id": product})
    assert one.join(known)
    assert (one.product_id, one.parties) == (product, [PARTNER])
    assert not one.join(one.lot)
    assert not one.join(one.lot.model_copy(update={"product_id": UUID(int=1)}))
    assert one.product_id == product


GRANTED = Source("lab", authority=Authority.granted)


@given(order=st.permutations(range(5)))
def test_what_the_maker_says_of_its_batch_stands_whoever_spoke_first(order: list[int]) -> None:
    said: list[Start | Completion] = [
        Start(GRANTED, "2019-01"),
        start(on="2018-11"),
        Completion(GRANTED, reported_on="2019-02", yield_percent=Decimal(80)),
        completion(percent=90),
        completion(revision=2, percent=91),
    ]
    one = batch()
    for index in order:
        stated = said[index]
        one.record_start(stated) if isinstance(stated, Start) else one.record_completion(stated)
    assert (one.started_at, one.start_source, one.yield_percent) == ("2018-11", "mes", Decimal(91))
    assert [(each["of"], each["source"], each["yield_percent"]) for each in one.other_statements] == [
        ("completion", "lab", "80"),
        ("start", "lab", None),
    ]


@given(order=st.permutations(range(6)))
def test_revisions_of_one_source_end_the_same_in_any_order(order: list[int]) -> None:
    statements = [start(revision, on=f"2018-0{revision}", planned=revision) for revision in (1, 2, 3)]
    completions = [completion(revision, percent=90 + revision) for revision in (1, 2, 3)]
    one = batch()
    for index in order:
        if index < 3:
            one.record_start(statements[index])
        else:
            one.record_completion(completions[index - 3])
    assert (one.state, one.started_at, one.planned_quantity) == (BatchState.manufactured, "2018-03", Decimal(3))
    assert one.yield_percent == Decimal(93)


def made(on: Moment | None = None, source: str = "mes", *, revision: int = 1, **more: Any) -> Completion:
    """A statement about the completion, by a record of the maker's or, with less ``authority``, of another's."""
    said = {"authority": more.pop("authority", Authority.maker)}
    amount = Quantity(value=Decimal(str(more.pop("amount"))), unit=more.pop("unit", "kg")) if "amount" in more else None
    return Completion(Source(source, revision, **said), date(2026, 4, 1), completed_at=on, actual=amount, **more)


DAY, MONTH = date(2026, 3, 20), "2026-03"
SECOND: list[tuple[Completion, Completion, bool]] = [
    (made(DAY), made(DAY, "mes-2"), False),
    (made(DAY), made(MONTH, "mes-2"), False),
    (made(DAY), made(date(2026, 3, 21), "mes-2"), True),
    (made(DAY), made(None, "mes-2"), True),
    (made(DAY, amount=9), made(DAY, "mes-2"), False),
    (made(DAY, amount=9), made(DAY, "mes-2", amount=9000, unit="g"), False),
    (made(DAY, amount=9), made(DAY, "mes-2", amount=8), True),
    (made(DAY, amount=9), made(DAY, "mes-2", amount=9, unit="L"), True),
    (made(DAY, yield_percent=Decimal(90)), made(DAY, "mes-2", yield_percent=Decimal("90.0")), False),
    (made(DAY, yield_percent=Decimal(90)), made(DAY, "mes-2", yield_percent=Decimal(91)), True),
    (made(DAY), made(date(2026, 3, 21), "lab", authority=Authority.granted), False),
]


@pytest.mark.parametrize(("first", "second", "asked"), SECOND)
def test_a_second_completion_is_asked_about_in_whichever_order_they_come(
    first: Completion, second: Completion, asked: bool
) -> None:
    said: list[Start | Completion] = [start(on="2026-03"), first, second]
    for told in permutations(said):
        one = batch()
        for each in told:
            one.record_start(each) if isinstance(each, Start) else one.record_completion(each)
        assert bool(one.of_another_making) is asked


def test_a_source_that_agrees_in_its_next_revision_is_asked_about_no_more() -> None:
    one = batch()
    for each in (made(DAY), made(MONTH, "mes-2", amount=9), made(date(2026, 3, 1), "mes-3")):
        one.record_completion(each)
    assert [each["source"] for each in one.second_completions] == ["mes-3"]
    one.record_completion(made(DAY, "mes-3", revision=2))
    assert one.second_completions == []
    one.other_statements = [made(MONTH, "old").written() | {"at": "2026-02"}]
    del one.other_statements[0]["authority"]
    assert one.second_completions, "whose it is was not kept before"


@pytest.mark.parametrize("value", ["1e5000", "9" * 5000, "0." + "1" * 31, "NaN", "-1"])
def test_no_amount_is_longer_than_what_reads_it(value: str) -> None:
    with pytest.raises(ValidationError):
        Amount.model_validate({"value": value, "unit": "kg"})
