"""Of what products are made, and by which codes partners know them: rules without I/O."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from partner_registry.partner_products.model import PartnerProduct
from partner_registry.partner_products.schemas import RecordPartnerProduct
from partner_registry.products.materials import MaterialKind as Kind
from partner_registry.products.model import Product
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OWNER = uuid4()


def product(kind: Kind | None = None) -> Product:
    given = {"code": f"A-{kind}", "name": "Amlo", "dosage_form": "tablet", "strengths": ["5 mg"]}
    return Product.register(now=NOW, kind=kind, **given)[0]


@pytest.mark.parametrize("own", [*Kind, None])
@pytest.mark.parametrize("component", [*Kind, None])
def test_a_product_is_made_of_what_is_made_before_it(own: Kind | None, component: Kind | None) -> None:
    one, of, order = product(), product(component), [*Kind]
    allowed = bool(own and component) and (order.index(component) < order.index(own) or own == component == order[1])
    if allowed:
        one.describe(own, ["Amlodipin", "Amlodipin"], [of], [], [])
        assert (one.component_ids, one.other_names) == ([of.id], ["Amlodipin"])
    else:
        with pytest.raises(RuleViolated, match=r"is not (made of|known)"):
            one.describe(own, [], [of], [], [])


def test_nothing_is_made_of_itself_and_what_is_made_of_it_stays_later() -> None:
    one, pack = product(Kind.bulk), product(Kind.finished_pack)
    with pytest.raises(RuleViolated, match="a finished_pack, is not made of A-bulk, a finished_pack"):
        one.describe(Kind.finished_pack, [], [], [pack], [])
    step = product(Kind.intermediate)
    with pytest.raises(RuleViolated, match="made of itself"):
        step.describe(Kind.intermediate, [], [product(Kind.intermediate)], [], [step.id])


def known(code: str | None, product_id: UUID, since: int, until: int | None = None) -> PartnerProduct:
    of = product()
    of.id = product_id
    body = RecordPartnerProduct(
        partner_id=OWNER, product_id=product_id, partner_code=code, valid_from=date(2026, 3, since)
    )
    made = PartnerProduct.record(body, of, "x")
    if until:
        made.end(date(2026, 3, until), "x")
    return made


ONE, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("code", "of", "since", "until", "free"),
    [
        ("4711", OTHER, 1, None, False),
        ("4711", OTHER, 1, 9, True),
        ("4711", OTHER, 1, 10, False),
        ("4712", OTHER, 1, None, True),
        ("4712", ONE, 1, None, True),
        ("4711", ONE, 20, None, False),
        (None, OTHER, 1, None, True),
    ],
)
def test_a_code_means_one_product_on_each_day(
    code: str | None, of: UUID, since: int, until: int | None, free: bool
) -> None:
    made = known("4711", ONE, 10)
    if free:
        made.check_alone([known(code, of, since, until)])
    else:
        with pytest.raises(RuleViolated, match="end that before"):
            made.check_alone([known(code, of, since, until)])
