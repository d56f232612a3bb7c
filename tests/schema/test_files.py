"""A file is written whole or not at all."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from schema.files import write_atomically


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "digest.csv"
    target.write_bytes(b"old")
    with write_atomically(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [target]


def test_an_error_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "digest.csv"
    target.write_bytes(b"old")
    with suppress(KeyboardInterrupt), write_atomically(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [target]


def test_what_cannot_be_forced_onto_the_disk_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with (
        pytest.raises(OSError, match="No space left"),
        write_atomically(tmp_path / "page.html") as file,
    ):
        file.write(b"<html>")
    assert not [*tmp_path.iterdir()]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError),
        write_atomically(tmp_path / "none" / "page.html") as file,
    ):
        file.write(b"<html>")
