"""The list of breakages speaks of what is there."""

from pathlib import Path

import pytest

from tests.mutations.breakages import BREAKAGES, Breakage

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_breakages_text_stands_once_and_its_test_is_there(breakage: Breakage) -> None:
    assert (ROOT / breakage.file).read_text().count(breakage.text) == 1
    file, _, name = breakage.test.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text()
