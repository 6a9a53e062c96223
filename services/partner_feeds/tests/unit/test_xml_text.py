"""XML as it is read: in flat memory, and nothing in it that does harm."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from partner_feeds.language import BatchRecordMapping, load_any
from partner_feeds.readers.xml_text import Broken, Closed, Element, Opened, Piece, Plan, TooLarge, pieces
from partner_feeds.records.answers import Accepted
from partner_feeds.translation.b2mml import translate_records

PLAN = Plan(lambda namespace: namespace == "u", "u", {"list"}, {"plan"}, {"root"})
MEGABYTE = 1_000_000
EVENT = (
    b"<Event><EntryID>1</EntryID><TimeStamp>2026-03-15T04:05:00Z</TimeStamp><EventType>Operator</EventType>"
    b"<EventSubType>Exception</EventSubType><MessageText>Press stopped</MessageText></Event>\n"
)


def read(*chunks: bytes) -> list[Piece]:
    return list(pieces(chunks, PLAN))


def test_a_document_in_pieces() -> None:
    text = b'<root xmlns="u"><a k="v"> x<!-- y -->z <b/></a><plan><c/></plan><o xmlns="w"><a/></o>'
    text += b"<list><d>1</d></list></root>"
    found = read(text)
    assert found == read(*(text[at : at + 1] for at in range(len(text))))
    assert [type(each) for each in found] == [Opened, Element, Opened, Element, Closed, Closed]
    assert found[1] == Element("a", {"k": "v"}, "xz", [Element("b")])
    assert isinstance(found[-1], Closed)
    assert len(found[-1].digest) == 64


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'<!DOCTYPE root [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><root xmlns="u">&b;</root>', "a document type"),
        (b'<!DOCTYPE root SYSTEM "file:///etc/passwd"><root xmlns="u"/>', "a document type"),
        (b'<root xmlns="u">&secret;</root>', "no readable XML: Entity 'secret' not defined"),
        (b'<root xmlns="u">' + b"<list>" * 100_000, "nested more than 64 deep"),
        (b'<root xmlns="u">' + b"<a>" * 100_000, "nested more than 64 deep"),
        (b'<root xmlns="u"><o xmlns="w">' + b"<a>" * 100_000, "nested more than 64 deep"),
        (b'<root xmlns="u"><a></root>', "no readable XML"),
        (b'<root xmlns="u"><a>', "no readable XML"),
        (b'<root xmlns="u">\xff</root>', "no readable XML"),
        (b"\x00\x01", "no readable XML"),
        (b"<root/>", "root of the namespace (none) is not known here"),
    ],
)
def test_what_is_not_taken_is_refused_by_name(text: bytes, reason: str) -> None:
    last = read(text)[-1]
    assert isinstance(last, Broken)
    assert last.reason.startswith(reason)


def test_an_element_that_is_too_large_is_named_and_the_next_one_is_read() -> None:
    many = b'<root xmlns="u"><a>' + b"<b/>" * 30_000 + b"</a><a>" + b"x" * 2 * MEGABYTE + b"</a><c/></root>"
    assert read(many)[1:4] == [TooLarge("a"), TooLarge("a"), Element("c")]


class Large:
    """A batch record of many events, which is made anew for each who reads it."""

    def __init__(self, megabytes: int) -> None:
        self._megabytes = megabytes

    def __iter__(self) -> Iterator[bytes]:
        yield b'<BatchProductionRecord xmlns="http://www.mesa.org/xml/B2MML"><ID>1</ID><LotID>L</LotID><Events>'
        for first in range(0, self._megabytes * MEGABYTE // len(EVENT), 500):
            yield b"".join(EVENT.replace(b">1<", b">%d<" % number) for number in range(first, first + 500))
        yield b"</Events><MaterialDefinitionID>M</MaterialDefinitionID><CreationDate>2026-03-16</CreationDate>"
        yield b"</BatchProductionRecord>"


def test_a_large_record_is_read_in_flat_memory() -> None:
    mapping = load_any("format: b2mml\ncode: large\nversion: 1\n")
    assert isinstance(mapping, BatchRecordMapping)
    tracemalloc.start()
    answers = translate_records(mapping, Large(1), now=datetime(2026, 6, 1, tzinfo=UTC))
    taken = sum(isinstance(answer, Accepted) for answer in answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken > 4_000
    assert peak < 2 * MEGABYTE
