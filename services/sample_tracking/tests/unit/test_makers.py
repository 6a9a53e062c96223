"""Who made a lot whose site was sold, by the sales and by when its making ended."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from sample_tracking.lots.makers import Sale, maker_of

FIRST, SECOND, THIRD = (uuid4() for _ in range(3))


def sale(seller: UUID, buyer: UUID, month: int) -> Sale:
    """On the 10th of a month in Vienna."""
    return Sale(seller, buyer, date(2018, month, 10), datetime(2018, month, 9, 23, tzinfo=UTC))


SALES = [sale(FIRST, SECOND, 1), sale(SECOND, THIRD, 2)]


@pytest.mark.parametrize(
    ("ended", "maker"),
    [
        ("2018-01-09", FIRST),
        ("2018-01-10", SECOND),
        ("2018-01-09T22:59:59Z", FIRST),
        ("2018-01-09T23:00:00Z", SECOND),
        ("2017-12", FIRST),
        ("2018-01", SECOND),
        ("2018-02", THIRD),
        ("2018-02-09", SECOND),
        ("2018-02-10", THIRD),
        (None, THIRD),
    ],
)
def test_a_lot_is_whose_the_site_was_when_its_making_ended(ended: str | None, maker: UUID) -> None:
    for named in (FIRST, SECOND, THIRD):
        assert maker_of(named, ended, SALES) == maker, "whoever is named"


def test_whom_no_known_sale_names_is_believed() -> None:
    assert maker_of(THIRD, "2018-03-01", SALES[:1]) == THIRD, "of a sale that is told later"
    assert maker_of(THIRD, "2018-03-01", []) == THIRD
