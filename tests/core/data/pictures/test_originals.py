import gc
import io

import numpy as np
import pytest
from PIL import Image

from core.data import uploads
from core.data.pictures import originals
from core.data.pictures.originals import Room


def upload(width: int, height: int) -> uploads.Upload:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "PNG")
    return uploads.read_image(stream.getvalue(), "noise.png")


class Owner:
    pass


def test_room_is_free_again_when_its_owner_is_gone() -> None:
    room, owner = Room(10), Owner()
    assert room.take(owner, 7)
    assert not room.take(Owner(), 4)
    assert room.free == 3
    del owner
    gc.collect()
    assert room.free == 10


def test_a_file_is_kept_as_it_is_while_there_is_room() -> None:
    picture = upload(300, 200)
    kept = originals.keep(picture.parts, picture.pixels, taken=0)
    assert kept.is_original
    assert kept.size == (300, 200)
    assert originals.ROOM.free <= originals.TOTAL_BYTES - len(picture.parts.content)


def test_a_visitor_keeps_no_more_files_than_the_bound_allows() -> None:
    picture = upload(1500, 900)
    kept = originals.keep(picture.parts, picture.pixels, taken=originals.VISITOR_BYTES - 1)
    assert not kept.is_original
    assert kept.size == (1024, 614)
    assert len(kept.parts.content) < len(picture.parts.content)


def test_all_visitors_keep_no_more_files_than_the_bound_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = upload(300, 200)
    monkeypatch.setattr(originals, "ROOM", Room(2 * len(picture.parts.content)))
    kept = [originals.keep(picture.parts, picture.pixels, taken=0) for _ in range(4)]
    assert [one.is_original for one in kept] == [True, True, False, False]
    shown = uploads.square_input(kept[2].parts, (0, 0, 200)).astype(int)
    assert np.abs(shown - uploads.square_input(kept[0].parts, (0, 0, 200))).max() <= 12  # JPEG on noise
