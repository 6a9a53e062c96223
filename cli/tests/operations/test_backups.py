"""A server is lost, and comes back: to its end, to a moment, or not at all where something of it is not whole."""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.backups import taking
from cli.backups.pruning import prune
from cli.backups.segments import Segment, gaps, segments
from cli.backups.store import Store, named
from cli.failures import Failure
from contracts import clock
from tests.backed import Backed, value
from tests.whole import only_whole

TELL = "INSERT INTO event (number) VALUES ($1) RETURNING to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS.USOF')"
TOLD = "SELECT array_agg(number ORDER BY number) FROM event"
SIZE = 2**24
# As a server has it that came of a restore to a moment before.
OF_A_RESTORE = "ALTER SYSTEM SET recovery_target_time = '2026-01-01 00:00:00+00'"

pytestmark = pytest.mark.timeout(300)


async def base(backed: Backed) -> Any:
    done = await asyncio.to_thread(backed.entente, "backup", "base", "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


async def test_a_lost_server_comes_back_to_a_moment_and_a_rehearsal_said_so_before(backed: Backed) -> None:
    await _wrong(backed, is_there=False)
    await backed.value(OF_A_RESTORE)
    await backed.value(TELL, 1)
    async with backed.receiving():
        await base(backed)
        moments = [await backed.value(TELL, number) for number in (2, 3)]
        await backed.value("SELECT pg_switch_wal()")
        await backed.value(TELL, 4)
        await backed.received()
        assert await _wrong(backed) == ["no restore was ever rehearsed"]
        rehearsed = await asyncio.to_thread(backed.entente, "backup", "rehearse", "--json")
        assert rehearsed.exit_code == 0, rehearsed.stderr
        assert json.loads(rehearsed.stdout)["databases"]["postgres"] == {"tables": 1, "rows": 4}
        assert await _wrong(backed) == []
        await asyncio.to_thread(backed.server.kill)
    (wrong,) = await _wrong(backed)
    assert wrong.startswith("the server does not answer")
    async with backed.restored("to-a-moment", "--at", moments[1]) as server:
        assert await value(server.dsn, TOLD) == [1, 2]
        assert await value(server.dsn, "SELECT NOT pg_is_in_recovery()")


@only_whole
async def test_what_was_received_last_of_a_lost_server_is_restored(backed: Backed) -> None:
    """Its segment was still written: it lies there under another name."""
    async with backed.receiving():
        await base(backed)
        for number in range(3):
            await backed.value(TELL, number)
            await backed.value("SELECT pg_switch_wal()")
        await backed.value(TELL, 3)
        await backed.received()
        await asyncio.to_thread(backed.server.kill)
    async with backed.restored("to-the-end") as server:
        assert await value(server.dsn, TOLD) == [0, 1, 2, 3]
    min(path for path in backed.wal.iterdir() if path.name.endswith("4")).unlink()
    refused = await asyncio.to_thread(backed.entente, "restore", "prepare", "--to", str(backed.folder / "new"))
    assert (refused.exit_code, "1 segments lack" in refused.stderr) == (2, True)


@only_whole
async def test_a_receiver_that_ended_is_noticed(backed: Backed) -> None:
    async with backed.receiving():
        pass
    await backed.eventually(lambda: backed.value("SELECT NOT active FROM pg_replication_slots"))
    wrong = await _wrong(backed)
    assert wrong[0] == "there is no base backup"
    assert "`entente backup wal` does not run" in wrong[-1]


async def _wrong(backed: Backed, *, is_there: bool = True) -> list[str]:
    done = await asyncio.to_thread(backed.entente, "backup", "check", "--json")
    if not is_there:
        assert (done.exit_code, "there is no folder" in done.stderr) == (2, True)
        return []
    wrong: list[str] = json.loads(done.stdout)["wrong"]
    assert done.exit_code == (1 if wrong else 0)
    return wrong


async def test_what_cannot_be_restored_is_said_before_anything_is_written(backed: Backed) -> None:
    taken = await base(backed)
    there, new = backed.folder / "there", backed.folder / "new"
    there.mkdir()
    (there / "something").touch()

    async def refused(said: str, *arguments: str) -> None:
        done = await asyncio.to_thread(backed.entente, "restore", "prepare", *arguments)
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
        assert not new.exists()

    await refused("is not empty", "--to", str(there))
    await refused("no base backup fits that", "--to", str(new), "--at", "2020-01-01T00:00:00Z")
    await refused("does not say its offset", "--to", str(new), "--at", "2099-01-01T00:00:00")
    await refused(taken["name"], "--to", str(new), "--backup", "another")
    data = backed.folder / "backups" / "base" / taken["name"]
    file = max(data.glob("base/*/*"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    await refused("checksum mismatch", "--to", str(new))
    done = await asyncio.to_thread(backed.entente, "backup", "check")
    assert (done.exit_code, "checksum mismatch" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("numbers", "start", "lacking"),
    [
        ([5, 6, 7], 5, []),
        ([5, 7], 5, ["1 segments lack, the first at 0/6000000"]),
        ([6, 7], 5, ["1 segments lack, the first at 0/5000000"]),
        ([3, 4], 5, ["1 segments lack, the first at 0/5000000"]),
        ([], 5, ["no write-ahead log was received"]),
        ([255, 256], 255, []),
    ],
)
def test_a_gap_in_the_log_is_found(tmp_path: Path, numbers: list[int], start: int, lacking: list[str]) -> None:
    for number in numbers:
        path = tmp_path / f"00000001{number // 256:08X}{number % 256:08X}"
        with path.open("wb") as file:
            file.truncate(SIZE)
    found = [segment for path in tmp_path.iterdir() if (segment := Segment.of(path))]
    assert sorted(each.number for each in found) == numbers
    assert gaps(found, start * SIZE + 40) == lacking


async def test_what_is_pruned_is_what_no_backup_that_stays_needs(backed: Backed) -> None:
    old = await base(backed)
    backed.wal.mkdir()
    for number in range(1, 6):
        with (backed.wal / f"00000001{0:08X}{number:08X}").open("wb") as file:
            file.truncate(SIZE)
    store = Store(backed.folder / "backups")
    (only,) = store.bases()
    with pytest.raises(Failure, match="too few"):
        prune(store, 1)
    assert prune(store, 2).segments == only.starts // SIZE - 1, "of one backup all is kept"
    # Others of later times, of the very same files.
    for name, start in (("30000101T000000Z", "0/4000028"), ("30000102T000000Z", "0/5000028")):
        shutil.copytree(store.data(only.name), store.data(name))
        store.data(f"{name}.json").write_text(json.dumps(old | {"name": name, "start": start}))
    pruned = prune(store, 2)
    assert pruned.bases == [only.name]
    assert [each.number for each in segments(backed.wal)] == [4, 5]
    assert [each.name for each in store.bases()] == ["30000101T000000Z", "30000102T000000Z"]


def test_what_cannot_be_taken_leaves_alone_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moment, nobody = datetime(2026, 3, 1, tzinfo=UTC), "postgresql://127.0.0.1:1/postgres"
    monkeypatch.setattr(clock, "now", lambda: moment)
    store = Store(tmp_path)
    with pytest.raises(Failure, match="pg_basebackup failed"):
        taking.base(store, nobody)
    assert list(store.data("").iterdir()) == []
    others = store.data(f"{named(moment)}.partial") / "PG_VERSION"
    others.parent.mkdir()
    others.touch()
    with pytest.raises(Failure, match="or one is taken"):
        taking.base(store, nobody)
    assert others.exists()
    (tmp_path / "a file").touch()
    with pytest.raises(Failure, match="no backup can lie"):
        taking.base(Store(tmp_path / "a file"), nobody)
