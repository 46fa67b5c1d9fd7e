import os
import time
from pathlib import Path

import pytest

from core.training.runs.files import MAX_JSON_BYTES, Remembered, read_json, replacing, write_json


def test_a_failed_replacement_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert read_json(path) == {"a": 1}
    assert [child.name for child in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00", "[" * 100_000, '{"a":' * 100_000, "9" * 5000])
def test_damaged_json_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert read_json(tmp_path / "a.json") is None
    assert read_json(tmp_path / "missing.json") is None


def test_json_larger_than_any_of_ours_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": "' + "x" * MAX_JSON_BYTES + '"}')
    assert read_json(tmp_path / "a.json") is None


def test_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    path, reads = tmp_path / "a.json", []
    remembered = Remembered(lambda path: reads.append(path) or read_json(path), at_most=2)
    assert remembered(path) is None
    write_json(path, {"a": 1})
    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))
    assert [remembered(path) for _ in range(5)] == [{"a": 1}] * 5
    assert len(reads) == 2
    write_json(path, {"a": 2})
    assert remembered(path) == {"a": 2}
    write_json(path, {"a": 3})  # perhaps within one tick of the file system's clock
    assert remembered(path) == {"a": 3}


def test_with_room_kept_a_value_is_told_although_no_file_can_be_made(tmp_path: Path) -> None:
    """As on a full disk: the temporary file cannot be made, so the value goes where the old one was."""
    path = tmp_path / "a.json"
    write_json(path, {"state": "running"}, room=2048)
    (tmp_path / f".a-{os.getpid()}.json").mkdir()
    write_json(path, {"state": "failed", "message": "x" * 1000}, room=2048)
    assert read_json(path) == {"state": "failed", "message": "x" * 1000}
    write_json(path, {"state": "failed"}, room=2048)
    assert read_json(path) == {"state": "failed"}
    with pytest.raises(OSError):
        write_json(path, {"message": "x" * 5000}, room=2048)
    with pytest.raises(OSError):
        write_json(path, {})
