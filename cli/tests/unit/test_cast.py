"""What the demo is about holds together."""

from cli.demo import cast
from partner_feeds.language import shipped
from partner_feeds.language.rules import TestResultRule


def test_the_files_products_have_the_codes_1_to_25() -> None:
    assert [product.code for product in cast.FILED_PRODUCTS] == [str(code) for code in range(1, 26)]
    assert len({product.name for product in cast.PRODUCTS}) == len(cast.PRODUCTS)


def test_every_files_product_has_the_shipped_limit_and_no_other() -> None:
    for product in cast.FILED_PRODUCTS:
        (limit,) = (each for each in product.limits if "report_only" not in each)
        assert (limit["test"], limit["stage"], limit["lower"], limit["decimals"]) == (
            "dissolution_min",
            "release",
            80,
            0,
        )


def test_the_specification_knows_every_test_that_the_shipped_mapping_reports_of_a_product() -> None:
    mapping = shipped()["tablets-laboratory"]
    rules = [rule for rule in mapping.records if isinstance(rule, TestResultRule) and rule.lot == "batch"]
    reported = {(mapping.columns[test].name or test, rule.stage) for rule in rules for test in rule.tests}
    for product in cast.FILED_PRODUCTS:
        assert {(limit["test"], limit["stage"]) for limit in product.limits} == reported


def test_feeds_of_files_are_translated_by_a_shipped_mapping() -> None:
    mapped = {feed.code: feed.mapping for feed in cast.FEEDS if feed.mapping}
    assert set(mapped.values()) == set(shipped())
    assert all((feed.format == "csv") == (feed.mapping is not None) for feed in cast.FEEDS)


def test_the_laboratorys_file_speaks_of_the_first_manufacturers_lots() -> None:
    (feed,) = [feed for feed in cast.FEEDS if feed.code == "tablets-laboratory"]
    assert feed.company is cast.LABORATORY
    assert feed.manufacturer is cast.TABLETS


def test_each_simulated_product_has_a_maker_with_both_feeds() -> None:
    for product in cast.SIMULATED_PRODUCTS:
        assert {cast.MES[cast.MADE_AT[product.code]], cast.LIMS[cast.MADE_AT[product.code]]} <= {
            feed.code for feed in cast.FEEDS
        }
    assert set(cast.MADE_AT.values()) == {cast.TABLETS, cast.LIQUIDS}
