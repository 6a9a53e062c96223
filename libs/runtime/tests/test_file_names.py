"""The name of a file as its sender says it, or none where it cannot be read."""

import pytest
from fastapi import Request

from serving.uploads import file_name


def named(header: str) -> str | None:
    return file_name(Request({"type": "http", "headers": [(b"content-disposition", header.encode("latin-1"))]}))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="results.csv"', "results.csv"),
        ("attachment; filename*=UTF-8''%C5%BD26.csv", "Ž26.csv"),
        ("attachment; filename*0=results; filename*1=.csv", "results.csv"),
        ('attachment; filename="a\x7fb.csv"', "ab.csv"),
        ("attachment", None),
        ("", None),
        ("attachment; filename*=x''%00; filename*0*=a''b", None),
        (f"attachment; filename*{'9' * 5_000}=a", None),
        ("attachment; filename*=a\x00b''c", None),
        ("attachment; filename*=idna''%ff", None),
        ("attachment; filename*=punycode''%ff", None),
    ],
)
def test_a_name_is_read_or_there_is_none(header: str, name: str | None) -> None:
    assert named(header) == name
