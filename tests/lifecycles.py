"""What every service asks of its lifecycles: no sequence of moves escapes the table, and what has ended stays."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from runtime.lifecycle import NotAllowedNow, table
from runtime.problems import RuleViolated

Moves = tuple[Callable[[], Any], Mapping[str, Callable[[Any], object]], set[Any]]
"""How a new record is made, a move for each transition, and the states that nothing leaves."""


def assert_a_move_each(model: type, of_it: Moves) -> None:
    """Each transition has a move here, or nothing would try it."""
    assert {row.name for row in table(model)} == set(of_it[1])


def assert_the_table_holds(model: type, of_it: Moves, data: st.DataObject) -> None:
    """Whatever is tried in whatever order leads where the table says, or changes nothing."""
    make, moves, ended = of_it
    record, rows = make(), {row.name: row for row in table(model)}
    for name in data.draw(st.lists(st.sampled_from(sorted(moves)), max_size=12)):
        before = record.state
        try:
            moves[name](record)
        except (NotAllowedNow, RuleViolated):
            assert record.state == before
            continue
        assert before in rows[name].source
        assert record.state in rows[name].targets[before]
        assert before not in ended or record.state == before
