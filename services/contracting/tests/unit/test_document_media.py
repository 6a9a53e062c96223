"""Whether the bytes of a document are what they are called."""

import re
import zipfile
from io import BytesIO

import pytest

from contracting.documents.media import DOCX, PDF, TEXT, what_is_wrong

WHOLE_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\nstartxref\n9\n%%EOF\n"
LISTED = f'<Types><Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'


def archive(method: int = zipfile.ZIP_DEFLATED, **parts: str) -> bytes:
    """A ZIP archive, the same at any time; a part's name has two underscores for a slash, and one before its ending."""
    names = {"types": "[Content_Types].xml"}
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as written:
        for name, text in parts.items():
            part = zipfile.ZipInfo(names.get(name) or name.replace("__", "/").replace("_", "."))
            written.writestr(part, text, method)
    return made.getvalue()


WHOLE_DOCX = archive(types=LISTED, word__document_xml="<w:document/>")


@pytest.mark.parametrize(
    ("media_type", "bytes_"),
    [
        (PDF, WHOLE_PDF),
        (PDF, WHOLE_PDF.replace(b"1.7", b"2.0") + b"\r\n" * 400),
        (DOCX, WHOLE_DOCX),
        (TEXT, "Ž:\tšest\r\n\f".encode()),
        (TEXT, "\ufeffwith a mark".encode()),
        (TEXT, b"a" * 999_999 + "ž".encode()),
    ],
)
def test_bytes_that_are_what_they_are_called_are_taken(media_type: str, bytes_: bytes) -> None:
    assert what_is_wrong(media_type, BytesIO(bytes_)) is None


@pytest.mark.parametrize(
    ("media_type", "bytes_", "why"),
    [
        (PDF, b"", "no PDF"),
        (PDF, b"\n" + WHOLE_PDF, "no PDF"),
        (PDF, b"<html>%PDF-1.7 %%EOF", "no PDF"),
        (PDF, WHOLE_PDF[:-6], "cut off"),
        (PDF, WHOLE_PDF + b" " * 1024, "cut off"),
        (PDF, WHOLE_DOCX, "no PDF"),
        (DOCX, WHOLE_PDF, "no DOCX"),
        (DOCX, b"", "no DOCX"),
        (DOCX, WHOLE_DOCX[:-10], "damaged, cut off"),
        (DOCX, WHOLE_DOCX[:60], "damaged, cut off"),
        (DOCX, archive(types=LISTED), "no word/document.xml"),
        (DOCX, archive(word__document_xml="x"), r"no \[Content_Types\].xml"),
        (DOCX, archive(types="<Types/>", word__document_xml="x"), "names no word processor's document"),
        (DOCX, archive(types="x" * 1_000_001, word__document_xml="x"), "larger than any document's"),
        (DOCX, archive(types=LISTED, word__document_xml="x", word__vbaProject_bin="x"), "has macros"),
        (TEXT, b"", "no bytes"),
        (TEXT, b"a\0b", r"U\+0000"),
        (TEXT, "č".encode("latin2"), "in UTF-8"),
        (TEXT, "č".encode()[:1], "in UTF-8"),
        (TEXT, WHOLE_DOCX, "plain text"),
    ],
)
def test_bytes_that_are_something_else_are_refused_with_what_is_wrong(media_type: str, bytes_: bytes, why: str) -> None:
    found = what_is_wrong(media_type, BytesIO(bytes_))
    assert found
    assert re.search(why, found), found


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_with_any_of_its_bytes_changed_is_refused_or_read(method: int) -> None:
    whole = archive(method, types=LISTED * 20, word__document_xml="<w:document/>")
    assert what_is_wrong(DOCX, BytesIO(whole)) is None
    found = {
        what_is_wrong(DOCX, BytesIO(whole[:at] + bytes([whole[at] ^ flipped]) + whole[at + 1 :]))
        for at in range(len(whole))
        for flipped in (0x01, 0x80, 0xFF)
    }
    assert "this archive is damaged, cut off or encrypted: no DOCX can be read from it" in found
