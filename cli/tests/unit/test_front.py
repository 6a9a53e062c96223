"""The origin of services that run in processes of their own."""

import pytest

from cli.origin.front import together


@pytest.mark.parametrize(
    ("states", "whole"),
    [(["ready", "ready"], "ready"), (["ready", "degraded"], "degraded"), (["degraded", ""], ""), (["", "ready"], "")],
)
def test_all_are_as_well_as_the_one_that_is_worst(states: list[str], whole: str) -> None:
    assert together(states) == whole
