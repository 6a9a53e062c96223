"""What may be a document, and whether bytes are what they are called."""

import re
import zipfile
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping
from lzma import LZMAError
from typing import IO, Final

from contracting.documents.store import PIECE

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"
ENDINGS: Mapping[str, str] = {PDF: ".pdf", DOCX: ".docx", TEXT: ".txt"}
"""The media types that are taken, each with how the names of its files end."""
_MOST_PARTS = 10_000
_PARTS_LISTED = "[Content_Types].xml"
_LARGEST_LIST = 1_000_000
"""Bytes of a document's list of its parts."""
_TAIL = 1024
"""In which a PDF ends (ISO 32000-1, 7.5.5, as its readers look for it)."""
_DAMAGED: Final = (
    *(zipfile.BadZipFile, OSError, ValueError, EOFError),
    # Encrypted, or packed as nobody here knows; and what the method of compression raises by itself.
    *(NotImplementedError, RuntimeError, zlib.error, LZMAError),
)
"""What reading an archive raises that may say anything of itself."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def is_named_as(media_type: str, file_name: str) -> bool:
    """Whether a file's name says the media type, and names no folder."""
    return file_name.lower().endswith(ENDINGS[media_type]) and not {"/", "\\"} & set(file_name)


def what_is_wrong(media_type: str, file: IO[bytes]) -> str | None:
    """Why bytes are not of the media type, in words; None where they are. ``file`` is read from its beginning."""
    file.seek(0)
    return _CHECKS[media_type](file)


def _pdf(file: IO[bytes]) -> str | None:
    if not re.match(rb"%PDF-[12]\.[0-9]", file.read(8)):
        return "these bytes are no PDF: one begins with %PDF- and its version"
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    if b"%%EOF" not in file.read():
        return "this PDF does not end with %%EOF: it was cut off, send it whole"
    return None


def _docx(file: IO[bytes]) -> str | None:
    if file.read(4) != b"PK\x03\x04":
        return "these bytes are no DOCX: one is a ZIP archive"
    try:
        with zipfile.ZipFile(file) as archive:
            return _parts(archive)
    except _DAMAGED:
        return "this archive is damaged, cut off or encrypted: no DOCX can be read from it"


def _parts(archive: zipfile.ZipFile) -> str | None:
    names = archive.namelist()
    if len(names) > _MOST_PARTS:
        return f"this archive has {len(names)} parts, more than any document"
    if missing := {"word/document.xml", _PARTS_LISTED}.difference(names):
        return f"this archive is no DOCX: it has no {min(missing)}"
    if archive.getinfo(_PARTS_LISTED).file_size > _LARGEST_LIST:
        return "this archive is no DOCX: its list of parts is larger than any document's"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "this document has macros: save it without them"
    with archive.open(_PARTS_LISTED) as listed:
        types = listed.read(_LARGEST_LIST)
    if f"{DOCX}.main+xml".encode() not in types:
        return "this archive is no DOCX: its list of parts names no word processor's document"
    return None


def _text(file: IO[bytes]) -> str | None:
    decoder, empty = getincrementaldecoder("utf-8")(), True
    try:
        while piece := file.read(PIECE):
            if found := _CONTROL.search(decoder.decode(piece)):
                return f"plain text does not hold the control character U+{ord(found[0]):04X}"
            empty = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return f"plain text is taken in UTF-8, and {error.reason}"
    return "there are no bytes" if empty else None


_CHECKS: Mapping[str, Callable[[IO[bytes]], str | None]] = {PDF: _pdf, DOCX: _docx, TEXT: _text}
