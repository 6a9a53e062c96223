"""The two stores of documents: each gives back what was kept, whole, or says that it cannot."""

import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile

import httpx
import pytest
from pydantic import SecretStr

from contracting.documents.folder import FolderStore
from contracting.documents.s3 import BucketStore
from contracting.documents.settings import DocumentSettings, settings_for
from contracting.documents.store import DocumentStore, NotKept, StoreAway, unchanged
from identity.installed import Unfit
from runtime.settings import Settings

LARGE = os.urandom(12_000_000)
"""More than is sent to a bucket at once."""


def digest(bytes_: bytes) -> str:
    return hashlib.sha256(bytes_).hexdigest()


@pytest.fixture(scope="module")
def bucket() -> Iterator[DocumentSettings]:
    """A bucket of moto's, a server of another project's that speaks as S3 does."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    httpx.put(f"{endpoint}/documents").raise_for_status()
    yield DocumentSettings(
        store="s3://documents/of/entente",
        s3_endpoint=endpoint,
        s3_key="us",
        s3_secret=SecretStr("secret"),
        s3_closed_network=True,
    )
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> DocumentStore:
    return FolderStore(tmp_path) if request.param == "folder" else BucketStore(request.getfixturevalue("bucket"))


async def read(store: DocumentStore, sha256: str) -> bytes:
    return b"".join([piece async for piece in unchanged(sha256, await store.open(sha256))])


@pytest.mark.parametrize("bytes_", [b"x", LARGE], ids=["small", "large"])
async def test_what_was_kept_is_given_back_and_twice_is_once(store: DocumentStore, bytes_: bytes) -> None:
    with SpooledTemporaryFile(max_size=1000) as file:
        file.write(bytes_)
        await asyncio.gather(*(store.keep(digest(bytes_), BytesIO(bytes_)) for _ in range(3)))
        await store.keep(digest(bytes_), file)
    assert await read(store, digest(bytes_)) == bytes_


async def test_what_was_never_kept_is_not_there(store: DocumentStore) -> None:
    with pytest.raises(NotKept):
        await store.open(digest(b"never"))


async def test_what_was_damaged_is_not_given_out_whole(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    await store.keep(digest(LARGE), BytesIO(LARGE))
    kept = tmp_path / digest(LARGE)[:2] / digest(LARGE)
    kept.write_bytes(LARGE[:-1] + bytes([LARGE[-1] ^ 1]))
    given: list[bytes] = []

    async def read_on() -> None:
        async for piece in unchanged(digest(LARGE), await store.open(digest(LARGE))):
            given.append(piece)

    with pytest.raises(StoreAway, match="not those that were kept"):
        await read_on()
    assert len(b"".join(given)) < len(LARGE)


async def test_a_bucket_that_is_away_is_said_to_be(bucket: DocumentSettings) -> None:
    gone = BucketStore(bucket.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"}))
    with pytest.raises(StoreAway, match=r"127\.0\.0\.1:9"):
        await gone.keep(digest(b"x"), BytesIO(b"x"))
    with pytest.raises(StoreAway, match=r"127\.0\.0\.1:9"):
        await gone.open(digest(b"x"))


async def test_a_folder_that_cannot_be_written_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreAway):
        await FolderStore(tmp_path / "file").keep(digest(b"x"), BytesIO(b"x"))


KILLED = """
import asyncio, io, os, signal, sys
from pathlib import Path
from contracting.documents.folder import FolderStore
class Kills(io.BytesIO):
    def read(self, size=-1):
        piece = super().read(size)
        if self.tell() > 2_000_000:
            os.kill(os.getpid(), signal.SIGKILL)
        return piece
asyncio.run(FolderStore(Path(sys.argv[1])).keep(sys.argv[2], Kills(b"x" * 5_000_000)))
"""


async def test_a_process_that_is_killed_while_it_writes_leaves_nothing_half(tmp_path: Path) -> None:
    bytes_ = b"x" * 5_000_000
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(tmp_path), digest(bytes_))
    assert await process.wait() == -signal.SIGKILL
    store = FolderStore(tmp_path)
    with pytest.raises(NotKept):
        await store.open(digest(bytes_))
    (left,) = (tmp_path / "incoming").iterdir()
    os.utime(left, (0, 0))
    await store.keep(digest(bytes_), BytesIO(bytes_))
    assert list((tmp_path / "incoming").iterdir()) == []
    assert await read(store, digest(bytes_)) == bytes_


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "ENTENTE_DOCUMENTS_STORE is not set"),
        ({"STORE": "documents"}, "ENTENTE_DOCUMENTS_STORE is 'documents': give a folder by its whole path"),
        ({"STORE": "s3://documents", "S3_ENDPOINT": "http://store:9000"}, "must begin with https"),
    ],
)
def test_a_process_that_was_not_told_where_documents_go_does_not_start(
    told: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(f"ENTENTE_DOCUMENTS_{name}", value)
    with pytest.raises(Unfit, match=why):
        settings_for(Settings())


def test_a_worker_keeps_no_documents_and_a_demo_keeps_them_beside_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_for(Settings(role="worker")).store == ""
    monkeypatch.setenv("ENTENTE_DOCUMENTS_STORE", "/elsewhere")
    assert settings_for(Settings(role="api")).store == "/elsewhere"
    assert settings_for(Settings(local=True, jwks="/data/demo/jwks.json")).store == "/data/demo/documents"


async def test_pieces_that_are_all_there_are_all_given() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    assert [piece async for piece in unchanged(digest(b"ab"), pieces())] == [b"a", b"b"]
