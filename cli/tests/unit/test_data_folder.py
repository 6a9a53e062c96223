"""The data folder: who holds it, and what only its owner may read."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.data_folder import DataFolder, default_folder
from cli.failures import Failure

HOLDER = """
import sys, time
from pathlib import Path
from cli.data_folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
with folder.held():
    folder.note_state(url="http://127.0.0.1:8123")
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_demo_at_a_time_and_none_is_left_behind_by_a_kill(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.running() is None
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert (folder.running() or {})["url"] == "http://127.0.0.1:8123"
        with pytest.raises(Failure, match=r"http://127\.0\.0\.1:8123"), folder.held():
            pass
        holder.kill()
    assert folder.running() is None
    with folder.held():
        assert folder.running() is None  # it is still starting: nobody knows yet where it will be


def test_passwords_are_random_kept_and_for_their_owner_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    first = folder.passwords(["kpi", "partner_feeds"])
    assert first["kpi"] != first["partner_feeds"]
    assert len(first["kpi"]) == 32
    more = folder.passwords(["kpi", "portfolio"])
    assert more["kpi"] == first["kpi"]
    assert set(more) == {"kpi", "partner_feeds", "portfolio"}
    assert stat.S_IMODE((tmp_path / "passwords.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["passwords.json"]


def test_a_folder_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ENTENTE_DATA", str(tmp_path))
    assert default_folder() == tmp_path
    assert DataFolder().must_be_named
    monkeypatch.delenv("ENTENTE_DATA")
    assert not DataFolder().must_be_named
    assert default_folder().parts[-2:] == (".entente", "demo")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="cannot make the data folder"):
        DataFolder(tmp_path / "file" / "demo").make()
