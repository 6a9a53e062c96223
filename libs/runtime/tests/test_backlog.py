"""Partners take turns with what was fetched of a partition; nothing is lost, doubled, or out of its key's order."""

import weakref

import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from runtime import backlog
from runtime.backlog import Backlog, Turns
from runtime.offsets import Fenced

PARTITION = TopicPartition("t", 0)


def logged(offset: int, lane: str, key: str = "", value: bytes = b"{}") -> ConsumerRecord:
    """A record at an offset, of a fact whose parties are the lane."""
    headers = (("ce_parties", lane.encode()), ("ce_id", f"id-{offset}".encode()))
    return ConsumerRecord("t", 0, offset, 0, 0, (key or f"{lane}{offset}").encode(), value, None, 1, 2, headers)


def waiting(*records: ConsumerRecord) -> Backlog:
    found = Backlog(PARTITION, records[0].offset, 7)
    found.add(records)
    return found


def offsets(records: list[ConsumerRecord]) -> list[int]:
    return [record.offset for record in records]


def test_a_record_behind_a_file_is_applied_ahead_and_the_offset_waits_for_the_file() -> None:
    file = [logged(offset, "laboratory") for offset in range(10, 310)]
    held = waiting(*file, logged(310, "rival"))
    ahead = held.turn("rival", 100)
    assert offsets(ahead) == [310]
    claim = held.claim(ahead)
    assert (claim.stored, claim.rewinds, claim.next, claim.last_id) == (10, 7, None, None)
    held.applied(ahead)
    assert (held.stored, held.lanes) == (10, ["laboratory"])
    most = held.turn("laboratory", 250)
    assert (held.claim(most).next, held.claim(most).last_id) == (260, "id-259")
    held.applied(most)
    rest = held.turn("laboratory", 250)
    assert offsets(rest) == [*range(260, 310)]
    assert (held.claim(rest).next, held.claim(rest).last_id) == (311, "id-310"), "over what was applied ahead, too"
    held.applied(rest)
    assert (held.stored, held.lanes) == (311, [])


def test_what_lies_behind_its_own_key_in_another_lane_waits_for_it() -> None:
    held = waiting(logged(0, "a", "batch"), logged(1, "a,b", "batch"), logged(2, "a,b", "other"))
    assert offsets(held.turn("a,b", 10)) == [2]
    held.applied(held.turn("a,b", 10))
    assert held.turn("a,b", 10) == []
    turn = Turns().next([held])
    assert turn
    assert (turn[1], offsets(turn[2])) == ("a", [0])
    held.rest("a", 60)
    assert Turns().next([held]) is None, "it waits for one that rests"


def test_markers_of_transactions_leave_gaps_that_the_offset_passes() -> None:
    held = waiting(logged(3, "a"), logged(7, "b"), logged(9, "a"))
    held.applied(held.turn("a", 10))
    assert held.stored == 4
    held.applied(held.turn("b", 10))
    assert (held.stored, held.lanes) == (10, [])


@pytest.mark.parametrize("offset", [2, 7])
def test_what_lies_before_what_is_there_was_fetched_for_another_place(offset: int) -> None:
    held = Backlog(PARTITION, 3, 0)
    if offset > 3:
        held.add([logged(7, "a")])
    with pytest.raises(Fenced):
        held.add([logged(offset, "a")])


def test_no_more_is_fetched_than_may_be_held() -> None:
    held = waiting(*(logged(offset, "a") for offset in range(backlog.MOST)))
    filled = [held.full]
    for records in (1, backlog.MOST):
        held.applied(held.turn("a", records))
        filled.append(held.full)
    held.add([logged(backlog.MOST, "b", value=b" " * backlog.MOST_BYTES)])
    filled.append(held.full)
    held.applied(held.turn("b", 1))
    assert [*filled, held.full] == [True, False, False, True, False]


def test_a_key_that_rests_holds_up_nothing_but_what_follows_on_it() -> None:
    log = logged(0, "a"), logged(1, "a", "stuck"), logged(2, "a"), logged(3, "a", "stuck"), logged(4, "a,b", "stuck")
    held = waiting(*log, logged(5, "a,b"))
    held.rest(b"stuck", 60)
    assert offsets(held.turn("a", 10)) == [0, 2]
    assert offsets(held.turn("a,b", 10)) == [5]
    held.applied([*held.turn("a", 10), *held.turn("a,b", 10)])
    assert (held.stored, held.lanes) == (1, ["a", "a,b"])
    assert Turns().next([held]) is None
    held.rest(b"stuck", -1)
    assert offsets(held.turn("a", 10)) == [1], "until it works nothing of its key is in one batch with it"
    held.applied(held.turn("a", 10))
    held.add([logged(6, "a", "stuck")])
    assert offsets(held.turn("a", 10)) == [3], "one of its key waits in another lane before the next"
    held.applied([*held.turn("a", 10), *held.turn("a,b", 10)])
    held.applied(held.turn("a,b", 10))
    held.add([logged(7, "a", "stuck")])
    assert offsets(held.turn("a", 10)) == [6, 7]


def test_a_turn_tries_no_more_than_one_that_failed_alone_and_others_with_it() -> None:
    held = waiting(*(logged(offset, "a") for offset in range(6)))
    for offset in (0, 1, 4):
        held.rest(f"a{offset}".encode(), -1)
    assert offsets(held.turn("a", 10)) == [0, 2, 3, 5]


def test_of_what_is_applied_ahead_no_more_is_kept_than_where_it_was() -> None:
    held, ahead = waiting(logged(0, "a")), [logged(offset, "b") for offset in range(1, 100)]
    kept = [weakref.ref(record) for record in ahead]
    held.add(ahead)
    held.applied(held.turn("b", 100))
    ahead.clear()
    assert [record for record in kept if record()] == []
    claim = held.claim(held.turn("a", 1))
    assert (claim.next, claim.last_id) == (100, "id-99")


def test_a_fact_that_is_stuck_lets_a_member_look_ahead_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "FURTHEST", 30)
    held = waiting(logged(0, "a"))
    held.rest(b"a0", 60)
    filled = []
    for offset in range(1, 30):
        filled.append(held.full)
        held.add([logged(offset, "b")])
        held.applied(held.turn("b", 1))
    assert (any(filled), held.full) == (False, True)
    held.rest(b"a0", -1)
    held.applied(held.turn("a", 1))
    assert (held.full, held.stored) == (False, 30)


def test_what_waits_for_a_fact_that_is_stuck_leaves_room_for_a_rivals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MOST", 10)
    held = waiting(*(logged(offset, "a", "stuck") for offset in range(25)))
    filled = [held.full]
    held.rest(b"stuck", 60)
    filled.append(held.full)
    held.add([logged(25, "rival")])
    assert offsets(held.turn("rival", 10)) == [25]
    held.add([logged(offset, "b") for offset in range(26, 35)])
    assert [*filled, held.full] == [True, False, True], "ten that may be applied"


def test_the_bytes_of_what_was_applied_are_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "MOST_BYTES", 100)
    held = waiting(logged(0, "stuck"))
    filled = []
    for offset in range(1, 20):
        held.add([logged(offset, "a", value=b"x" * 60)])
        filled.append(held.full)
        held.applied(held.turn("a", 1))
    held.add([logged(offset, "a", value=b"x" * 60) for offset in (20, 21)])
    assert (any(filled), held.full) == (False, True)


def told_of(turns: Turns, *backlogs: Backlog) -> list[tuple[int, str]]:
    """Partition and lane of each turn, until nothing waits."""
    taken = []
    while turn := turns.next(backlogs):
        held, lane, records = turn
        held.applied(records)
        taken.append((held.partition.partition, lane))
    return taken


def test_lanes_take_turns_and_so_do_the_partitions_of_one() -> None:
    first, second = waiting(logged(0, "a"), logged(1, "a"), logged(2, "b")), Backlog(TopicPartition("t", 1), 0, 0)
    second.add([logged(0, "a"), logged(1, "a")])
    turns = Turns()
    turns.most = 1
    assert told_of(turns, first, second) == [(0, "a"), (0, "b"), (1, "a"), (0, "a"), (1, "a")]


def test_a_laboratory_has_no_more_turns_for_working_for_many_makers() -> None:
    laboratory = waiting(*(logged(number, f"maker{number % 30},laboratory") for number in range(3000)))
    turns = Turns()
    for _ in range(3):
        held, _, records = turns.next([laboratory]) or (laboratory, "", [])
        held.applied(records)
    laboratory.add([logged(3000, "rival")])
    assert told_of(turns, laboratory)[0] == (0, "rival")


def test_a_lane_that_rests_holds_nobody_up() -> None:
    held = waiting(logged(0, "a"), logged(1, "b"), logged(2, "a"))
    held.rest("a", 60)
    assert told_of(Turns(), held) == [(0, "b")]
    assert (held.waiting, held.stored) == ({"a": 2}, 0)
    held.rest("a", -1)
    assert told_of(Turns(), held) == [(0, "a")]
    assert (held.waiting, held.stored) == ({}, 3)


def test_a_turn_takes_as_many_as_its_time_allows() -> None:
    turns = Turns()
    expected = [(200, 0.001, 400), (1, 0.01, 400), (400, 0.4, 100), (100, 10.0, 50), (50, 0.01, 100), (100, 0.09, 111)]
    for records, seconds, most in expected:
        turns.took(records, seconds)
        assert turns.most == most


def test_a_fact_that_tells_of_much_takes_as_much_of_a_turn() -> None:
    large = waiting(*(logged(number, "a", value=b"x" * 50_000) for number in range(100)))
    assert len(large.turn("a", 200)) == 4, "a fiftieth of so many small ones"
    assert len(large.turn("a", 1)) == 1, "and never none"


Told = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=40)
Chosen = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5), st.booleans()), max_size=60)


@given(Told, Chosen)
def test_whoever_has_a_turn_each_record_is_applied_once_and_a_key_in_order(
    told: list[tuple[str, str]], turns: list[tuple[str, int, bool]]
) -> None:
    log = [logged(2 * number, lane, key) for number, (lane, key) in enumerate(told)]
    fetched, applied = iter(log), list[ConsumerRecord]()
    held = waiting(next(fetched))

    def take(lane: str, most: int) -> None:
        records = held.turn(lane, most)
        claim = held.claim(records)
        held.applied(records)
        applied.extend(records)
        assert 0 < len(records) <= most
        assert held.stored == (claim.stored if claim.next is None else claim.next)
        assert {record.offset for record in log if record.offset < held.stored} <= {*offsets(applied)}

    for lane, most, arrives in turns:
        if arrives and (record := next(fetched, None)):
            held.add([record])
        if held.turn(lane, most):
            take(lane, most)
    held.add(fetched)
    while turn := Turns().next([held]):
        take(turn[1], 3)
    assert sorted(offsets(applied)) == offsets(log)
    assert held.stored == log[-1].offset + 1
    for key in "xyz":
        own = [record.offset for record in applied if record.key == key.encode()]
        assert own == sorted(own)
