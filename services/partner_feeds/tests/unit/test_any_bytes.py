"""Whatever the bytes: nothing raises, every row is answered once, and it does not matter where chunks are cut."""

import json
from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from partner_feeds.records.answers import Accepted, Answer, Notice, Refused

HEADER = "lot;product;made;shift;assay;mass;viscosity;viscosity unit;remark"
GOOD = "L1;P1;3.2.2026;zgodnja;99.1;250;;;fine"

Translate = Callable[..., list[Answer]]

pieces = [b";", b'"', b"\n", b"\r", b"\r\n", b"1", b"9,5", b"\xff", GOOD.encode(), HEADER.encode()]
ragged = st.lists(st.sampled_from(pieces))
cells = st.text(st.characters(codec="utf-8", exclude_characters=';"\r\n'), max_size=12)
full_rows = st.lists(st.lists(cells, min_size=9, max_size=9).map(";".join), max_size=8)
words = st.text(max_size=10)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@given(st.binary())
def test_any_bytes_are_answered(answers: Translate, content: bytes) -> None:
    assert answers(content)


@given(ragged)
def test_any_rows_are_answered_in_order_and_once(answers: Translate, parts: list[bytes]) -> None:
    found = answers(HEADER.encode() + b"\n" + b"".join(parts))
    lines = [answer.row for answer in found if not isinstance(answer, Notice)]
    assert all(before < after for before, after in pairwise(lines))


@given(full_rows)
def test_each_row_is_accepted_or_refused(answers: Translate, lines: list[str]) -> None:
    found = answers("\n".join([HEADER, *lines]))
    filled = [at for at, line in enumerate(lines, start=2) if line.strip("; \t")]
    assert [answer.row for answer in found if isinstance(answer, Accepted | Refused)] == filled


@given(st.binary(max_size=400) | ragged.map(b"".join), st.lists(st.integers(min_value=0, max_value=600), max_size=20))
def test_where_chunks_are_cut_does_not_matter(answers: Translate, content: bytes, cuts: list[int]) -> None:
    content = HEADER.encode() + b"\r\n" + content
    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    assert answers([content[start:end] for start, end in pairwise(edges)]) == answers(content)


@given(st.binary(), st.booleans())
def test_any_message_is_answered(events: Translate, body: bytes, batched: bool) -> None:
    assert events(body, batched=batched)


@given(st.lists(json_values, min_size=1, max_size=4), st.dictionaries(words, json_values, max_size=4))
def test_any_events_are_answered_one_by_one(events: Translate, values: list[object], data: dict[str, object]) -> None:
    start = {"specversion": "1.0", "id": "1", "source": "s", "type": "io.entente.feed.BatchStart.v1", "data": data}
    found = events(json.dumps([*values, start]), batched=True)
    assert [answer.row for answer in found] == list(range(1, len(values) + 2))
    assert all(isinstance(answer, Refused) for answer in found)
