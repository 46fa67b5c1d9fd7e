"""Archives give six batches or a reason, and write nothing anywhere."""

import gzip
import tarfile

import pytest

from core.data.archive import BATCHES, FOLDER, batches, verify
from core.errors import DataError


def _write(tmp_path, content):
    path = tmp_path / "made.tar.gz"
    path.write_bytes(content)
    return path


def test_six_batches_come_out_unchanged(archive_file, batch_files):
    assert dict(batches(archive_file)) == batch_files


def test_checksum_right_and_wrong(archive_file, edition, tmp_path):
    verify(archive_file, edition.md5)

    with pytest.raises(DataError, match=r"Expected .* MD5 .* Received .* Fetch it again"):
        verify(_write(tmp_path, archive_file.read_bytes()[:-1]), edition.md5)
    with pytest.raises(DataError, match="No such file"):
        verify(tmp_path / "absent", edition.md5)


def _special(name, type_, target="", size=0):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = type_, target, size
    return member, b""


@pytest.mark.parametrize(
    "member",
    [
        _special(f"{FOLDER}/data_batch_1", tarfile.SYMTYPE, "/etc/passwd"),
        _special(f"{FOLDER}/data_batch_1", tarfile.LNKTYPE, "../../etc/passwd"),
        _special(f"{FOLDER}/data_batch_1", tarfile.FIFOTYPE),
        _special(f"{FOLDER}/data_batch_1", tarfile.CHRTYPE),
        _special(f"{FOLDER}/data_batch_1", tarfile.DIRTYPE),
        _special("elsewhere", tarfile.DIRTYPE),
        _special(FOLDER, tarfile.SYMTYPE, "/tmp"),
        _special("../data_batch_1", tarfile.REGTYPE),
        _special("/data_batch_1", tarfile.REGTYPE),
        _special(f"/{FOLDER}/data_batch_1", tarfile.REGTYPE),
        _special(f"{FOLDER}/../data_batch_1", tarfile.REGTYPE),
        _special(f"{FOLDER}\\data_batch_1", tarfile.REGTYPE),
        _special(f"{FOLDER}/surprise.py", tarfile.REGTYPE),
        _special(f"./{FOLDER}/data_batch_1", tarfile.REGTYPE),
        _special("data_batch_1", tarfile.REGTYPE),
    ],
)
def test_every_other_member_ends_the_reading(tmp_path, make, member):
    path = _write(tmp_path, make.archive(member))

    with pytest.raises(DataError, match=r"Expected only the eight files .* Received the member"):
        list(batches(path))
    assert list(tmp_path.iterdir()) == [path]


def test_a_member_twice_is_refused(tmp_path, make):
    twice = make.regular(f"{FOLDER}/data_batch_1", b"x")

    with pytest.raises(DataError, match="data_batch_1"):
        list(batches(_write(tmp_path, make.archive(twice, twice))))


def test_a_missing_batch_is_named(tmp_path, make, batch_files):
    del batch_files["data_batch_3"]

    with pytest.raises(DataError, match="without data_batch_3"):
        list(batches(_write(tmp_path, make.pack(batch_files))))


def test_a_member_that_claims_too_much_is_refused_before_it_is_read(tmp_path):
    header, _ = _special(f"{FOLDER}/data_batch_1", tarfile.REGTYPE, size=10**12)

    with pytest.raises(DataError, match="data_batch_1"):
        list(batches(_write(tmp_path, gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 2048))))


def test_a_header_that_claims_too_much_does_not_fill_memory(tmp_path):
    """A name of a terabyte, backed by a gigabyte of zeros that gzip packs into one megabyte."""
    header, _ = _special("././@LongLink", tarfile.GNUTYPE_LONGNAME, size=2**40)
    zeros = gzip.compress(b"\0" * 2**24)
    path = _write(tmp_path, gzip.compress(header.tobuf(tarfile.GNU_FORMAT)) + zeros * 64)

    with pytest.raises(DataError, match="cannot be read to its end"):
        list(batches(path))


@pytest.mark.parametrize("keep", [0, 1, 9, 10, 11, 100, 5000, -1, -8])
def test_every_truncation_is_noticed(tmp_path, archive_file, keep):
    path = _write(tmp_path, archive_file.read_bytes()[:keep])

    with pytest.raises(DataError):
        list(batches(path))


def test_damaged_bytes_are_noticed(tmp_path, archive_file):
    content = bytearray(archive_file.read_bytes())
    content[len(content) // 2] ^= 0xFF

    with pytest.raises(DataError):
        list(batches(_write(tmp_path, bytes(content))))


def test_something_else_is_no_archive(tmp_path):
    with pytest.raises(DataError, match="Expected a whole archive"):
        list(batches(_write(tmp_path, b"<html>Not found</html>")))


def test_sparse_members_are_refused(tmp_path, batch_files):
    header = bytearray(_special(f"{FOLDER}/data_batch_1", tarfile.GNUTYPE_SPARSE)[0].tobuf(tarfile.GNU_FORMAT))

    with pytest.raises(DataError):
        list(batches(_write(tmp_path, gzip.compress(bytes(header) + b"\0" * 1024))))


def test_the_six_names():
    assert len(BATCHES) == 6
