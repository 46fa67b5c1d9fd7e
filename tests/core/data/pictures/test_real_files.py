"""Whole pictures that decoders refuse or get wrong, and cut ones that must stay refused."""

import struct

import numpy as np
import pytest
from PIL import Image

from core.data import uploads
from core.errors import UploadError
from tests.core.data.pictures.files import HEIC, QUARTERS, chunk, color_png, encode, heic_of, png, quarters

COLORS = np.array([QUARTERS], np.uint8)
PASSED_OVER = "A damaged remark in its file was passed over."
NO_END = "Its file lacks its last bytes; the rest is shown."
WHITE = [255, 255, 255]


def read(content: bytes) -> uploads.Upload:
    return uploads.read_image(content, "picture")


def corners(upload: uploads.Upload) -> list[tuple[int, ...]]:
    height, width = upload.pixels.shape[:2]
    rows, columns = (height // 4, 3 * height // 4), (width // 4, 3 * width // 4)
    return [tuple(upload.pixels[row, column].tolist()) for row in rows for column in columns]


class TestDamagedRemarks:
    @pytest.mark.parametrize(
        "remark",
        [
            chunk(b"tEXt", b"Comment\0word", checksum=0),
            chunk(b"gAMA", struct.pack(">I", 100_000), checksum=7),
            chunk(b"gAMA", b"\1"),
            chunk(b"cHRM", bytes(31)),
            chunk(b"sRGB", b""),
            chunk(b"tEXt", b"Comment\0word", length=300),
            chunk(b"tEXt", b"Comment\0word", length=5),
            chunk(b"tEXt", b"Comment\0word", length=2**31),
        ],
    )
    def test_of_a_png_are_passed_over(self, remark: bytes) -> None:
        upload = read(color_png(COLORS, remark))
        np.testing.assert_array_equal(upload.pixels, COLORS)
        assert upload.notes == (PASSED_OVER,)

    def test_pixels_with_a_wrong_checksum_are_refused(self) -> None:
        content = bytearray(color_png(COLORS))
        content[content.index(b"IDAT") + 8] ^= 1
        with pytest.raises(UploadError, match="damaged or cut short"):
            read(bytes(content))


class TestMissingEnds:
    @pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"optimize": True}])
    @pytest.mark.parametrize("missing", [1, 2])
    def test_a_jpeg_without_its_end(self, options: dict[str, object], missing: int) -> None:
        content = encode(quarters(576, 384), "JPEG", quality=90, **options)
        upload = read(content[:-missing])
        np.testing.assert_allclose(corners(upload), QUARTERS, atol=6)
        assert upload.notes == (NO_END,)
        np.testing.assert_array_equal(upload.pixels, read(content).pixels)

    @pytest.mark.parametrize("options", [{}, {"progressive": True}])
    @pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
    def test_a_jpeg_that_is_cut_is_refused(self, options: dict[str, object], share: float) -> None:
        noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8))
        content = encode(noise, "JPEG", quality=90, **options)
        if options and share > 0.7:
            return  # a progressive picture's last pass adds what nobody misses
        with pytest.raises(UploadError, match="damaged or cut short"):
            read(content[: int(share * len(content))])

    def test_a_png_without_its_end(self) -> None:
        assert corners(read(encode(quarters(), "PNG")[:-12])) == list(QUARTERS)

    def test_a_png_that_is_cut_is_refused(self) -> None:
        noise = encode(Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8)), "PNG")
        with pytest.raises(UploadError, match="damaged or cut short"):
            read(noise[: int(0.9 * len(noise))])


class TestTransparency:
    @pytest.mark.parametrize("depth", [1, 2, 4, 8])
    def test_of_gray_in_every_depth(self, depth: int) -> None:
        """The value 1 is hidden, the value 0 black."""
        row = np.packbits(np.tile([0] * depth + [0] * (depth - 1) + [1], 8)[None], axis=1)
        upload = read(png(row, chunk(b"tRNS", b"\0\1"), depth=depth, color_type=0))
        assert upload.pixels[0].tolist() == [[0, 0, 0], WHITE] * 8

    def test_of_deep_color_is_exact(self) -> None:
        """Only one pixel has all 48 bits of the hidden color; two others differ in a single one."""
        values = [0x1234, 0x5678, 0x9ABC, 0x1235, 0x5678, 0x9ABC, 0x1234, 0x5678, 0x9ABD]
        row = np.frombuffer(struct.pack(">9H", *values), np.uint8)[None]
        upload = read(png(row, chunk(b"tRNS", struct.pack(">3H", *values[:3])), depth=16))
        assert upload.pixels[0].tolist() == [WHITE, [0x12, 0x56, 0x9A], [0x12, 0x56, 0x9A]]
        assert "Its transparent parts stand on white." in upload.notes

    def test_of_color_counts_the_bits_there_are(self) -> None:
        upload = read(color_png(COLORS, chunk(b"tRNS", struct.pack(">3H", 0x1000 + 200, 60, 40))))
        assert upload.pixels[0].tolist() == [WHITE, *map(list, QUARTERS[1:])]

    def test_a_gif_whose_frame_is_smaller_than_its_screen(self) -> None:
        content = bytearray(encode(Image.new("RGB", (48, 32), QUARTERS[1]).quantize(4), "GIF"))
        content[6:10] = struct.pack("<HH", 96, 64)
        upload = read(bytes(content))
        assert corners(upload) == [QUARTERS[1], (255,) * 3, (255,) * 3, (255,) * 3]
        assert upload.size == (96, 64)


def test_a_number_beyond_the_palette_shows_its_last_color() -> None:
    """As browsers do; Pillow alone would show a shade of gray."""
    palette = chunk(b"PLTE", bytes([9, 8, 7, 200, 10, 20]))
    upload = read(png(np.array([[0, 1, 2, 200]], np.uint8), palette, color_type=3))
    assert upload.pixels[0].tolist() == [[9, 8, 7], [200, 10, 20], [200, 10, 20], [200, 10, 20]]


def test_an_animated_png_says_what_is_shown() -> None:
    control = chunk(b"acTL", struct.pack(">II", 2, 0))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 4, 1, 0, 0, 1, 1, 0, 0))
    assert read(color_png(COLORS, control, frame)).notes == ("Its first frame stands for the animation.",)
    assert read(color_png(COLORS, control)).notes == ("Its still picture stands for the animation.",)


def test_an_orientation_that_only_xmp_notes_is_left_alone() -> None:
    """As browsers do: programs that turn the pixels often leave this note behind."""
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    assert read(encode(quarters(), "JPEG", xmp=xmp)).size == (96, 64)
    assert read(encode(quarters(), "WEBP", xmp=xmp)).size == (96, 64)


class TestPhones:
    def test_heic(self) -> None:
        upload = read(HEIC)
        assert (upload.format, upload.size, upload.notes) == ("HEIC", (96, 64), ())
        np.testing.assert_allclose(corners(upload), QUARTERS, atol=6)

    @pytest.mark.parametrize("brand", [b"heix", b"mif1", b"msf1", b"miaf", b"hevc", b"hevx"])
    def test_heic_under_another_name(self, brand: bytes) -> None:
        upload = read(HEIC[:8] + brand + HEIC[12:])
        np.testing.assert_allclose(corners(upload), QUARTERS, atol=6)

    def test_heic_of_tiles(self) -> None:
        """As phones write it: here four tiles, of which the right and the lower ones are shown in part."""
        upload = read(heic_of(b"grid", 4, (180, 100)))
        assert upload.size == (180, 100)
        red, green, blue, _ = QUARTERS
        np.testing.assert_allclose(upload.pixels[8, 8 + 96], red, atol=6)
        np.testing.assert_allclose(upload.pixels[64 + 8, 60], green, atol=6)
        np.testing.assert_allclose(upload.pixels[50, 8 + 96], blue, atol=6)

    def test_heic_in_another_color_space(self) -> None:
        """The same values as Display P3."""
        content = HEIC.replace(b"colrnclx\0\1", b"colrnclx\0\x0c")
        upload = read(content)
        assert "Its colors were converted to sRGB, as its file describes them." in upload.notes
        np.testing.assert_allclose(
            corners(upload), [(217, 42, 23), (0, 173, 52), (40, 81, 197), (224, 199, 65)], atol=9
        )

    def test_heic_is_cut_in_squares_like_the_others(self) -> None:
        seen = uploads.square_input(read(HEIC).parts, (4, 4, 24))
        np.testing.assert_allclose(seen.reshape(-1, 3), np.tile(QUARTERS[0], (1024, 1)), atol=6)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_heic_that_is_cut_is_refused(self, share: float) -> None:
        with pytest.raises(UploadError, match=r"Expected a whole HEIC picture. .*export it again"):
            read(HEIC[: int(share * len(HEIC))])

    @pytest.mark.parametrize("side, received", [(8_000, "8,000 x 8,000 pixels"), (16_000, "one with far more")])
    def test_heic_that_claims_too_many_pixels(self, side: int, received: str) -> None:
        content = HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", side, side))
        with pytest.raises(UploadError, match=received):
            read(content)

    def test_heic_whose_pixels_are_more_than_it_claims(self) -> None:
        content = HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", 8, 8))
        with pytest.raises(UploadError, match="damaged or cut short"):
            read(content)

    def test_avif(self) -> None:
        upload = read(encode(quarters(), "AVIF", quality=95))
        assert (upload.format, upload.size, upload.notes) == ("AVIF", (96, 64), ())
        np.testing.assert_allclose(corners(upload), QUARTERS, atol=6)

    @pytest.mark.parametrize("orientation", [2, 3, 5, 6, 8])
    def test_avif_is_turned_upright(self, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        expected = read(encode(quarters(), "PNG", exif=exif))
        upload = read(encode(quarters(), "AVIF", quality=95, exif=exif))
        assert upload.size == expected.size
        np.testing.assert_allclose(corners(upload), corners(expected), atol=6)
