"""The reader of batches takes the real forms of a batch and nothing else."""

import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.batches import read_batch
from core.errors import DataError


@pytest.fixture
def pixels():
    return np.random.default_rng(1).integers(0, 256, (20, 32, 32, 3), np.uint8)


@pytest.mark.parametrize("form", ["official", "modern"])
def test_both_forms_give_pixels_and_labels(make, pixels, form):
    images, labels = read_batch(getattr(make, form)(pixels), images=20, name="data_batch_1")

    assert images.dtype == labels.dtype == np.uint8
    np.testing.assert_array_equal(images, pixels)
    np.testing.assert_array_equal(labels, np.arange(20) % 10)


def test_the_handmade_official_form_is_a_real_pickle(make, pixels):
    batch = pickle.loads(make.official(pixels), encoding="bytes")

    np.testing.assert_array_equal(batch[b"data"], make.rows(pixels))
    assert batch[b"labels"] == make.labels(20)


def test_the_first_row_holds_red_then_green_then_blue():
    """By hand: 1,024 ones, 1,024 twos, 1,024 threes are an image whose every pixel is (1, 2, 3)."""
    row = np.repeat(np.array([1, 2, 3], np.uint8), 1024)[np.newaxis]

    images, _ = read_batch(pickle.dumps({b"data": row, b"labels": [0]}, protocol=2), images=1, name="test_batch")

    assert (images == [1, 2, 3]).all()


class _Call:
    """Pickles to a call of any function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    "function, arguments",
    [
        (os.system, ("touch owned",)),
        (eval, ("open('owned', 'w')",)),
        (getattr, ("", "join")),
        (np.load, ("owned",)),
        (np.fromfile, ("owned",)),
        (Path, ("owned",)),
        (bytearray, (10,)),
    ],
)
def test_no_function_is_ever_called(tmp_path, monkeypatch, function, arguments):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps({b"data": _Call(function, *arguments), b"labels": [0]}, protocol=2)

    with pytest.raises(DataError, match="cannot be read"):
        read_batch(content, images=1, name="test_batch")
    assert not list(tmp_path.iterdir())


def test_names_in_dotted_form_lead_nowhere(make):
    content = b"\x80\x02cnumpy\nndarray.tofile\n."

    with pytest.raises(DataError):
        read_batch(content, images=1, name="test_batch")


@pytest.mark.parametrize("protocol", [0, 3, 4, 5])
def test_other_instructions_than_those_of_cifar10_are_refused(protocol):
    content = pickle.dumps({b"data": bytearray(3072), b"labels": [0]}, protocol=protocol)

    with pytest.raises(DataError, match="cannot be read"):
        read_batch(content, images=1, name="test_batch")


@pytest.mark.parametrize(
    "bomb",
    [
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # a memo position that would take 16 GB
        b"\x80\x02T\xff\xff\xff\x7fabc.",  # bytes that claim 2 GB
        b"\x80\x02X\xff\xff\xff\x7fabc.",  # text that claims 2 GB
        b"\x80\x02\x8a\xffabc.",  # a number of 255 bytes
        b"\x80\x02cnumpy\nndarray\n(J\xff\xff\xff\x7ftR.",
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nJ\xff\xff\xff\x7f\x85U\x01b\x87R.",
        b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
        b"\x80\x02" + b")" + b"\x85" * 100_000 + b".",
    ],
)
def test_bombs_are_refused(bomb):
    with pytest.raises(DataError):
        read_batch(bomb, images=1, name="test_batch")


def _batch(data=None, labels=None):
    rows = np.zeros((20, 3072), np.uint8) if data is None else data
    return pickle.dumps({b"data": rows, b"labels": [0] * 20 if labels is None else labels}, protocol=2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        pickle.dumps([1, 2], protocol=2),
        pickle.dumps({b"data": b"", b"labels": []}, protocol=2),
        pickle.dumps({b"labels": [0] * 20}, protocol=2),
        _batch(data=np.zeros((19, 3072), np.uint8)),
        _batch(data=np.zeros((20, 3071), np.uint8)),
        _batch(data=np.zeros((20, 3072), np.int32)),
        _batch(data=np.zeros((20, 3072), object)),
        _batch(labels=[0] * 19),
        _batch(labels=[10] * 20),
        _batch(labels=[-1] * 20),
        _batch(labels=[True] * 20),
        _batch(labels=[0.0] * 20),
        _batch(labels=(0,) * 20),
        _batch(labels=[None] * 20),
    ],
)
def test_anything_but_a_whole_batch_is_refused_in_three_sentences(content):
    with pytest.raises(DataError, match=r"Expected test_batch to be .* Received .* Replace it "):
        read_batch(content, images=20, name="test_batch")


def test_shape_and_bytes_must_agree(make, pixels):
    content = make.official(pixels).replace(b"K\x14M\x00\x0c\x86", b"K\x28M\x00\x0c\x86")

    with pytest.raises(DataError):
        read_batch(content, images=40, name="data_batch_1")


def test_every_truncation_is_noticed(make, pixels):
    content = make.official(pixels)

    for length in (*range(60), *range(60, len(content), 997), len(content) - 1):
        with pytest.raises(DataError):
            read_batch(content[:length], images=20, name="data_batch_1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_never_raise_anything_else(make, pixels, changes):
    content = bytearray(make.official(pixels))
    for position, value in changes:
        content[position] = value

    try:
        images, labels = read_batch(bytes(content), images=20, name="data_batch_1")
    except DataError:
        return
    assert images.shape == (20, 32, 32, 3)
    assert labels.max() <= 9


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_never_raise_anything_else(content):
    with pytest.raises(DataError):
        read_batch(b"\x80\x02" + content, images=20, name="data_batch_1")


def test_length_prefixes_are_checked_against_the_file():
    content = b"\x80\x02T" + struct.pack("<i", -1) + b"."

    with pytest.raises(DataError):
        read_batch(content, images=20, name="data_batch_1")
