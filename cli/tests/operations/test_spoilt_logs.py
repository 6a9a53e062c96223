"""A log that breaks off before its end, one that goes on after a restore, and what a command says of either."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cli.backups import programs
from cli.backups.restoring import restore_command
from cli.backups.segments import Segment, gaps, on_the_way, way
from cli.failures import Failure
from tests.backed import Backed, value

TELL = "INSERT INTO event (number) VALUES ($1) RETURNING to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS.USOF')"
SIZE = 2**24

pytestmark = pytest.mark.timeout(300)


async def done(backed: Backed, *arguments: str, status: int = 0) -> Any:
    result = await asyncio.to_thread(backed.entente, *arguments)
    assert result.exit_code == status, (result.stdout, result.stderr)
    return result


async def wrong(backed: Backed) -> list[str]:
    said: list[str] = json.loads((await asyncio.to_thread(backed.entente, "backup", "check", "--json")).stdout)["wrong"]
    return said


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


async def test_a_bit_that_flipped_in_the_log_is_found_before_it_loses_what_follows(backed: Backed) -> None:
    async with backed.receiving():
        await done(backed, "backup", "base")
        for number in range(4):
            await backed.value(TELL, number)
            if number < 3:
                await backed.value("SELECT pg_switch_wal()")
        await backed.received()
        rehearsed = json.loads((await done(backed, "backup", "rehearse", "--json")).stdout)
        assert rehearsed["recovered_to"] == rehearsed["received_to"]
        assert await wrong(backed) == []
        (last,) = backed.wal.glob("*.partial")
        flip(last, 100)
        (said,) = await wrong(backed)
        assert "breaks at" in said, "also where it is still written, for the server knows what was received"
        flip(last, 100)
        flip(sorted(backed.wal.iterdir())[-2], 100)
        (said,) = await wrong(backed)
        assert "the log breaks at" in said
        refused = await done(backed, "backup", "rehearse", status=2)
        assert "the log breaks at" in refused.stderr
        to = str(backed.folder / "new")
        assert "is spoilt" in (await done(backed, "restore", "prepare", "--to", to, status=2)).stderr
        assert "Prepare it" in (await done(backed, "restore", "recover", "--to", to, status=2)).stderr
        await done(backed, "restore", "prepare", "--to", to, "--accept-loss")
        backed.wal.rename(backed.folder / "away")
        await done(backed, "restore", "recover", "--to", to)
        assert not (backed.folder / "new" / "data" / "recovery.signal").exists(), "it waits for nothing"


async def test_after_a_restore_to_a_moment_the_log_is_received_again(backed: Backed) -> None:
    async with backed.receiving():
        await done(backed, "backup", "base")
        moments = []
        for number in range(4):
            moments.append(await backed.value(TELL, number))
            await backed.value("SELECT pg_switch_wal()")
        await backed.received()
    await asyncio.to_thread(backed.server.kill)
    before, first = sorted(path.name for path in backed.wal.iterdir()), backed.server
    async with backed.restored("to-a-moment", "--at", moments[2]) as server:
        backed.server = server
        assert any("timeline 2" in each for each in await wrong(backed))
        async with backed.receiving():
            await backed.value(TELL, 7)
            await backed.received()
            aside = [path.name for path in (backed.folder / "backups" / "set-aside").glob("*/*")]
            assert aside, "it is kept"
            assert set(aside) < set(before)
            await done(backed, "backup", "rehearse")
            assert await wrong(backed) == []
        async with backed.receiving():
            await backed.value(TELL, 8)
            await backed.received()
    async with backed.restored("to-the-end") as again:
        assert await value(again.dsn, "SELECT array_agg(number ORDER BY number) FROM event") == [0, 1, 7, 8]
    backed.server = first


async def test_nothing_that_is_received_is_wrong_also_while_the_receiver_runs(backed: Backed) -> None:
    async with backed.receiving():
        await done(backed, "backup", "base")
        for path in backed.wal.iterdir():
            path.unlink()
        assert any("no write-ahead log was received" in each for each in await wrong(backed))


async def test_a_manifest_that_was_made_anew_is_noticed(backed: Backed) -> None:
    taken = json.loads((await done(backed, "backup", "base", "--json")).stdout)
    file = backed.folder / "backups" / "base" / f"{taken['name']}.json"
    file.write_text(json.dumps(taken | {"manifest_sha256": "0" * 64}))
    assert any("another manifest" in each for each in await wrong(backed))


def test_only_a_file_that_is_not_there_ends_the_log(tmp_path: Path) -> None:
    wal, to = tmp_path / "it's $HOME 100%", tmp_path / "given"
    wal.mkdir()

    def run(name: str) -> "subprocess.CompletedProcess[str]":
        command = restore_command(wal).replace("%f", name).replace("%p", str(to)).replace("%%", "%")
        return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True)

    assert run("0A").returncode == 1
    (wal / "0A.partial").write_text("still written")
    assert (run("0A").returncode, to.read_text()) == (0, "still written")
    (wal / "0A").write_text("whole")
    assert (run("0A").returncode, to.read_text()) == (0, "whole")
    (wal / "0B").mkdir()
    failed = run("0B")
    assert (failed.returncode, bool(failed.stderr)) == (126, True)
    wal.rename(tmp_path / "away")
    failed = run("0A")
    assert (failed.returncode, bool(failed.stderr)) == (126, True)


def test_what_a_timeline_holds_behind_its_end_fills_no_gap(tmp_path: Path) -> None:
    for name in ("01:3", "01:4", "01:5", "01:6", "02:4", "02:6"):
        timeline, number = name.split(":")
        with (tmp_path / f"000000{timeline}{0:08X}{int(number):08X}").open("wb") as file:
            file.truncate(SIZE)
    (tmp_path / "00000002.history").write_text("1\t0/4000100\tbefore 2026-03-01 09:59:00+00\n")
    found = [segment for path in tmp_path.iterdir() if (segment := Segment.of(path))]
    went = on_the_way(found, way(tmp_path))
    assert [(each.timeline, each.number) for each in went] == [(1, 3), (2, 4), (2, 6)]
    assert gaps(went, 3 * SIZE) == ["1 segments lack, the first at 0/5000000"]


def test_how_a_server_is_to_be_trusted_is_told_to_its_programs() -> None:
    told = programs.server("postgresql://p:s@db.example/postgres?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    assert (told["PGSSLMODE"], told["PGSSLROOTCERT"]) == ("verify-full", "/etc/ca.pem")
    with pytest.raises(Failure, match="options, which is not known"):
        programs.server("postgresql://p:s@db.example/postgres?options=-cjit%3Doff")
