"""Untrusted pictures become small RGB arrays, or a refusal in three sentences; nothing else ever happens."""

import io
import struct
import subprocess
import sys
import textwrap
import threading
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data import uploads
from core.errors import UploadError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def encode(image, format_, **options):
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def picture(width=64, height=32):
    """Red at the top left, green at the top right, blue below."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:, :] = BLUE
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    return Image.fromarray(pixels)


def read(image, format_="PNG", **options):
    return uploads.read_image(encode(image, format_, **options), "picture")


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width, height, depth=8, color=0, rows=b"", extra=b""):
    """A PNG written by hand; `rows` are the unfiltered rows, each with its leading zero."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def refusal(data):
    with pytest.raises(UploadError) as caught:
        uploads.read_image(data, "secret-name.png")
    message = str(caught.value)
    expected, received = message.index("Expected "), message.index(" Received ")
    assert expected == 0 < received
    assert message.count(". ") >= 2, "expected, received, remedy"
    assert "secret-name" not in message
    return message


class TestFormats:
    @pytest.mark.parametrize("format_", FORMATS)
    def test_each_admitted_format(self, format_):
        options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}.get(format_, {})
        upload = read(picture(), format_, **options)

        assert upload.format == {"WEBP": "WebP"}.get(format_, format_)
        assert upload.size == (64, 32)
        assert upload.pixels.dtype == np.uint8
        assert upload.notes == ()
        np.testing.assert_allclose(upload.pixels.astype(int), np.asarray(picture()).astype(int), atol=6)
        if format_ != "JPEG":
            np.testing.assert_array_equal(upload.pixels, np.asarray(picture()))

    def test_the_content_decides_and_not_the_name(self):
        assert uploads.read_image(encode(picture(), "JPEG"), "picture.png").format == "JPEG"

    @pytest.mark.parametrize("format_", ["TIFF", "ICO", "PPM", "TGA", "PDF", "JPEG2000", "ICNS", "SGI", "PCX"])
    def test_every_other_format_is_refused(self, format_):
        assert "Expected a JPEG, HEIC, PNG, WebP, AVIF, GIF or BMP picture. Received a" in refusal(
            encode(picture(), format_)
        )

    @pytest.mark.parametrize("data", [b"%!PS-Adobe-3.0 EPSF-3.0", b"<svg/>", b"#!/bin/sh", b"\0" * 100, b"text"])
    def test_what_is_no_picture_is_refused(self, data):
        refusal(data)

    def test_nothing_is_refused(self):
        assert "an empty file" in refusal(b"")

    def test_several_pictures_in_one_jpeg(self):
        """Phones save a preview beside the picture; that is no animation."""
        buffer = io.BytesIO()
        picture().save(buffer, "MPO", save_all=True, append_images=[picture()])
        upload = uploads.read_image(buffer.getvalue(), "phone.jpg")

        assert (upload.format, upload.notes) == ("JPEG", ())


class TestLimits:
    def test_ten_megabytes_and_one_byte(self):
        content = encode(picture(), "PNG")
        assert uploads.read_image(content + b"\0" * (uploads.BYTES_LIMIT - len(content)), "x").size == (64, 32)
        assert "at most 10 MB" in refusal(content + b"\0" * (uploads.BYTES_LIMIT - len(content) + 1))

    @pytest.mark.parametrize("format_", FORMATS)
    def test_too_many_pixels_are_refused_without_making_room_for_them(self, format_):
        """In a process of its own, whose memory is measured; 144 megapixels are 430 MB."""
        script = f"""
            import resource
            from PIL import Image
            from core.data import uploads
            from core.errors import UploadError
            content = {self._content(format_)!r}
            Image.init()
            peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            before = peak()
            try:
                uploads.read_image(content, "bomb")
            except UploadError as error:
                print(error)
            assert peak() - before < 40_000_000, peak() - before
        """
        run = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
        )
        assert "megapixels. Received 12,000 x 12,000 pixels (144 megapixels)" in run.stdout, run

    def _content(self, format_):
        """A small picture whose header claims 12,000 x 12,000 pixels."""
        content = bytearray(encode(picture(), format_))
        if format_ == "PNG":
            return png_of(12_000, 12_000)
        if format_ == "JPEG":
            frame = content.index(b"\xff\xc0")
            content[frame + 5 : frame + 9] = struct.pack(">HH", 12_000, 12_000)
        elif format_ == "WEBP":
            content[26:30] = struct.pack("<HH", 12_000, 12_000)
        elif format_ == "GIF":
            content[6:10] = struct.pack("<HH", 12_000, 12_000)
        else:
            content[18:26] = struct.pack("<ii", 12_000, 12_000)
        return bytes(content)

    def test_the_largest_number_a_header_can_hold(self):
        assert "at most 50 megapixels. Received 4,294,967,295 x" in refusal(png_of(2**32 - 1, 2**32 - 1))

    def test_fifty_megapixels_are_kept_small(self):
        upload = uploads.read_image(encode(Image.new("P", (10_000, 5_000)), "PNG"), "large")

        assert upload.size == (10_000, 5_000)
        assert upload.pixels.shape == (512, 1024, 3)
        assert upload.notes == ("It was reduced from 10,000 x 5,000 to 1,024 x 512 pixels.",)

    @pytest.mark.parametrize("size, shape", [((30_000, 1), (1, 1024, 3)), ((1, 30_000), (1024, 1, 3))])
    def test_a_thread_of_pixels(self, size, shape):
        assert read(Image.new("L", size, 9)).pixels.shape == shape

    @pytest.mark.parametrize("size", [(30_001, 1), (1, 30_001)])
    def test_too_long_a_side(self, size):
        assert "at most 30,000 pixels along a side" in refusal(encode(Image.new("L", size), "PNG"))

    def test_not_a_single_pixel(self):
        refusal(png_of(0, 5))

    def test_a_jpeg_of_countless_passes(self):
        content = encode(Image.new("L", (8000, 6000)), "JPEG", progressive=True)
        last = content[content.rindex(b"\xff\xda") : -2]

        assert uploads.read_image(content, "usual").size == (8000, 6000)
        assert "far too many parts" in refusal(content[:-2] + last * 100 + b"\xff\xd9")

    def test_text_that_unpacks_to_gigabytes_is_not_even_looked_at(self):
        png = encode(picture(), "PNG")
        bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 2_000_000))
        upload = uploads.read_image(png[:33] + bomb * 200 + png[33:], "x")

        np.testing.assert_array_equal(upload.pixels, np.asarray(picture()))

    def test_pixels_that_unpack_to_more_than_the_header_says(self):
        content = png_of(4, 4, rows=b"\0" * 50_000_000)

        assert uploads.read_image(content, "x").pixels.shape == (4, 4, 3)


class TestSquare:
    """A square is cut from the picture's own pixels."""

    def test_a_small_subject_of_a_large_photo_keeps_its_pixels(self):
        """200 pixels of 8000: in a copy of 1024 they would be 26, and stripes of 4 pixels gone."""
        pixels = np.full((6000, 8000), 30, np.uint8)
        pixels[4000:4200, 5000:5200] = (np.arange(200) // 25 % 2 * 200).astype(np.uint8)
        upload = read(Image.fromarray(pixels))
        seen = uploads.square_input(upload.parts, (5000, 4000, 200))

        expected = uploads.to_network_input(np.repeat(pixels[4000:4200, 5000:5200, None], 3, axis=-1))
        np.testing.assert_array_equal(seen, expected)

    @pytest.mark.parametrize("place", [(0, 0, 700), (123, 45, 333), (700, 300, 1), (0, 0, 1600)])
    def test_against_numpy(self, place):
        noise = np.random.default_rng(0).integers(0, 256, (1600, 2100, 3), np.uint8)
        left, top, side = place
        seen = uploads.square_input(read(Image.fromarray(noise)).parts, place)
        exact = uploads.to_network_input(noise[top : top + side, left : left + side])

        assert np.abs(seen.astype(int) - exact).mean() <= 1.5
        assert np.abs(seen.astype(int) - exact).max() <= 12

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_of_a_turned_picture(self, orientation):
        exif = Image.Exif()
        exif[0x0112] = orientation
        noise = np.random.default_rng(0).integers(0, 256, (40, 64, 3), np.uint8)
        upload = read(Image.fromarray(noise), exif=exif)
        left, top, side = 5, 9, 24

        np.testing.assert_array_equal(
            uploads.square_input(upload.parts, (left, top, side)),
            uploads.to_network_input(upload.pixels[top : top + side, left : left + side]),
        )

    def test_of_a_large_jpeg(self):
        """The decoder gives a reduced picture where the square is large, the full one where it is small."""
        wave = (128 + 100 * np.sin(np.arange(3000) / 40)[:, None] * np.cos(np.arange(4000) / 70)).astype(np.uint8)
        upload = read(Image.fromarray(wave), "JPEG", quality=95)
        for left, top, side in ((0, 0, 3000), (500, 700, 900), (3000, 2000, 100)):
            expected = uploads.to_network_input(np.repeat(wave[top : top + side, left : left + side, None], 3, axis=-1))
            np.testing.assert_allclose(
                uploads.square_input(upload.parts, (left, top, side)).astype(int), expected.astype(int), atol=6
            )


class TestColor:
    def test_palette(self):
        upload = read(picture().quantize(3))

        np.testing.assert_array_equal(upload.pixels, np.asarray(picture()))

    @pytest.mark.parametrize("mode", ["L", "1"])
    def test_gray_and_black_and_white(self, mode):
        gray = Image.fromarray(np.where(np.arange(64).reshape(8, 8) % 2, 255, 0).astype(np.uint8)).convert(mode)

        np.testing.assert_array_equal(
            read(gray).pixels, np.asarray(gray.convert("L"))[..., np.newaxis].repeat(3, axis=2)
        )

    def test_cmyk(self):
        """By hand: cyan is white paper without red, black ink leaves nothing."""
        inks = (
            np.array([[(255, 0, 0, 0), (0, 0, 0, 255), (0, 0, 0, 0)]], np.uint8).repeat(16, axis=0).repeat(16, axis=1)
        )
        upload = read(Image.fromarray(inks, "CMYK"), "JPEG", quality=100)

        np.testing.assert_allclose(upload.pixels[8, [8, 24, 40]], [(0, 255, 255), (0, 0, 0), WHITE], atol=3)
        assert upload.notes == ("Its printing colors were converted without their color profile.",)

    def test_sixteen_bit_gray_is_scaled_and_not_clipped(self):
        """By hand: 65535 is 255, half of it 128 and 257 is 1."""
        values = np.array([[0, 257, 300, 25700, 32768, 65535]], np.uint16)
        upload = read(Image.fromarray(values))

        assert upload.pixels[0, :, 0].tolist() == [0, 1, 1, 100, 128, 255]
        assert upload.notes == ("Its 16 bits a channel were scaled to 8.",)

    def test_sixteen_bit_color_is_scaled_and_not_clipped(self):
        values = np.array([0, 300, 65535, 25700, 32768, 513], ">u2")
        upload = uploads.read_image(png_of(2, 1, depth=16, color=2, rows=b"\0" + values.tobytes()), "deep")

        np.testing.assert_allclose(upload.pixels[0], [(0, 1, 255), (100, 128, 2)], atol=1)
        assert upload.notes == ("Its 16 bits a channel were scaled to 8.",)

    def test_sixteen_bit_gray_with_transparency(self):
        values = np.array([65535, 65535, 0, 0], ">u2")  # opaque white, hidden black
        upload = uploads.read_image(png_of(2, 1, depth=16, color=4, rows=b"\0" + values.tobytes()), "deep")
        assert (upload.pixels == 255).all()

        values = np.array([30000, 0], ">u2")
        hidden = chunk(b"tRNS", struct.pack(">H", 30000))
        upload = uploads.read_image(png_of(2, 1, depth=16, rows=b"\0" + values.tobytes(), extra=hidden), "deep")
        assert upload.pixels[0].tolist() == [[255] * 3, [0] * 3]
        assert "Its transparent parts stand on white." in upload.notes

    @pytest.mark.parametrize("format_", ["PNG", "WEBP"])
    def test_transparency_stands_on_white(self, format_):
        """By hand: half-transparent red over white is (255, 127, 127)."""
        image = Image.new("RGBA", (3, 1))
        for x, color in enumerate([(255, 0, 0, 255), (255, 0, 0, 128), (0, 0, 255, 0)]):
            image.putpixel((x, 0), color)
        upload = read(image, format_, **({"lossless": True} if format_ == "WEBP" else {}))

        assert upload.pixels[0].tolist() == [[255, 0, 0], [255, 127, 127], [255, 255, 255]]
        assert upload.notes == ("Its transparent parts stand on white.",)

    def test_an_alpha_channel_without_transparency_is_not_mentioned(self):
        assert read(picture().convert("RGBA")).notes == ()

    @pytest.mark.parametrize(
        "image, transparency",
        [
            (Image.new("L", (2, 2), 7), 7),
            (Image.new("RGB", (2, 2), (7, 8, 9)), (7, 8, 9)),
            (picture(2, 2).quantize(3), b"\0\0\0"),
            (Image.new("1", (2, 2), 1), 255),
        ],
    )
    def test_one_color_that_stands_for_transparency(self, image, transparency):
        upload = read(image, transparency=transparency)

        assert (upload.pixels == 255).all()

    def test_gray_with_alpha(self):
        image = Image.new("LA", (1, 1), (0, 51))

        assert read(image).pixels[0, 0].tolist() == [204] * 3

    def test_transparency_of_a_large_picture_is_composed_before_it_is_reduced(self):
        """Opaque red beside hidden green must give pink, never a tinge of green."""
        pixels = np.zeros((8, 2048, 4), np.uint8)
        pixels[:, ::2] = (255, 0, 0, 255)
        pixels[:, 1::2] = (0, 255, 0, 0)
        upload = read(Image.fromarray(pixels))

        np.testing.assert_allclose(upload.pixels, np.broadcast_to([255, 128, 128], (4, 1024, 3)), atol=1)


class TestOrientation:
    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_every_orientation_is_undone(self, format_, orientation):
        """Independent of Pillow's own way: turn by NumPy, as Exif defines it, and expect the upright picture."""
        upright = np.asarray(picture(64, 48))
        stored = {
            1: upright,
            2: upright[:, ::-1],
            3: upright[::-1, ::-1],
            4: upright[::-1],
            5: upright.transpose(1, 0, 2),
            6: np.rot90(upright),
            7: upright[::-1, ::-1].transpose(1, 0, 2),
            8: np.rot90(upright, -1),
        }[orientation]
        exif = Image.Exif()
        exif[0x0112] = orientation
        options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(format_, {})
        upload = read(Image.fromarray(np.ascontiguousarray(stored)), format_, exif=exif, **options)

        assert upload.size == (64, 48)
        np.testing.assert_allclose(upload.pixels.astype(int), upright.astype(int), atol=6)
        assert upload.notes == (() if orientation == 1 else ("It was turned upright, as the camera noted.",))

    @pytest.mark.parametrize(
        "exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*" + b"\xff" * 60]
    )
    def test_a_note_that_is_nonsense_is_ignored(self, exif):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert read(picture(), "JPEG", exif=exif).size == (64, 32)

    @pytest.mark.parametrize("value", [0, 9, 65535])
    def test_an_orientation_that_does_not_exist_is_ignored(self, value):
        exif = Image.Exif()
        exif[0x0112] = value

        assert read(picture(), "JPEG", exif=exif).size == (64, 32)


class TestAnimation:
    @pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG"])
    def test_the_first_frame_stands_for_it(self, format_):
        options = {"lossless": True} if format_ == "WEBP" else {}
        frames = [Image.new("RGB", (20, 10), color) for color in (GREEN, BLUE, RED)]
        upload = read(frames[0], format_, save_all=True, append_images=frames[1:], **options)

        assert (upload.pixels == GREEN).all()
        assert upload.notes == ("Its first frame stands for the animation.",)

    def test_one_color_of_a_palette_that_is_transparent(self):
        image = Image.new("P", (2, 1))
        image.putpalette([10, 20, 30, 40, 50, 60])
        image.putpixel((1, 0), 1)

        assert read(image, transparency=1).pixels[0].tolist() == [[10, 20, 30], [255, 255, 255]]

    def test_a_transparent_gif(self):
        image = Image.new("P", (4, 4), 0)
        image.putpalette([10, 20, 30, 0, 0, 0])

        assert (read(image, "GIF", transparency=0).pixels == 255).all()

    def test_a_first_frame_smaller_than_the_screen(self):
        content = bytearray(encode(Image.new("L", (2, 2), 200), "GIF"))
        content[6:10] = struct.pack("<HH", 4, 4)

        assert uploads.read_image(bytes(content), "x").pixels.shape == (4, 4, 3)


class TestDamage:
    @pytest.mark.parametrize("format_", FORMATS)
    def test_every_truncation_is_refused_or_read(self, format_):
        content = encode(picture(200, 150), format_)
        for length in range(1, len(content), max(1, len(content) // 60)):
            try:
                assert uploads.read_image(content[:length], "cut").size == (200, 150)
            except UploadError as error:
                assert "Expected a" in str(error)

    @pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
    def test_half_a_picture_is_refused(self, format_):
        noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 80, 3), np.uint8))
        content = encode(noise, format_)

        assert "damaged or cut short" in refusal(content[: len(content) // 2])

    @settings(deadline=None, max_examples=300)
    @given(signature=st.sampled_from(["", "PNG", "JPEG", "WEBP", "GIF", "BMP"]), tail=st.binary(max_size=400))
    @example(signature="JPEG", tail=b"")
    def test_random_bytes_never_raise_anything_but_an_upload_error(self, signature, tail):
        start = {"PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF\x40\0\0\0WEBPVP8"}
        data = start.get(signature, {"GIF": b"GIF89a", "BMP": b"BM"}.get(signature, b"")) + tail

        self._read_or_refuse(data)

    @settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
    @given(
        seed=st.sampled_from([(format_, mode) for format_ in FORMATS for mode in ("RGB", "P", "L", "special")]),
        changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
        cut=st.one_of(st.none(), st.floats(0, 1)),
        inserted=st.tuples(st.floats(0, 1), st.binary(max_size=12)),
    )
    def test_changed_files_never_raise_anything_but_an_upload_error(self, seed, changes, cut, inserted):
        data = bytearray(_seed(*seed))
        for share, value in changes:
            data[int(share * (len(data) - 1))] = value
        position = int(inserted[0] * len(data))
        data[position:position] = inserted[1]

        self._read_or_refuse(bytes(data[: int(cut * len(data))] if cut is not None else data))

    def _read_or_refuse(self, data):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                upload = uploads.read_image(data, "any")
            except UploadError as error:
                assert str(error).startswith("Expected ")
                return
        height, width, channels = upload.pixels.shape
        assert 1 <= max(height, width) <= uploads.LONGEST_SIDE
        assert (channels, upload.pixels.dtype) == (3, np.uint8)
        assert upload.format in ("PNG", "JPEG", "WebP", "GIF", "BMP")

    def test_warnings_turned_into_errors_are_refusals_too(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            refusal(png_of(12_000, 12_000))

    def test_many_threads_at_once(self):
        contents = [encode(picture(4000 + i, 3100), "JPEG") for i in range(4)]
        sizes = []
        threads = [
            threading.Thread(target=lambda data=data: sizes.append(uploads.read_image(data, "x").size))
            for data in contents
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert sorted(sizes) == [(4000 + i, 3100) for i in range(4)]


def _seed(format_, mode):
    """A valid file; "special" is the form with the most that can go wrong."""
    if mode != "special":
        image = picture(24, 20).convert("RGB" if (format_, mode) == ("JPEG", "P") else mode)
        return encode(image, format_)
    exif = Image.Exif()
    exif[0x0112] = 6
    if format_ == "PNG":
        return encode(Image.new("LA", (9, 9), (3, 100)), "PNG", exif=exif)
    if format_ == "JPEG":
        return encode(Image.new("CMYK", (24, 20)), "JPEG", progressive=True, exif=exif)
    if format_ == "GIF":
        return encode(picture(), "GIF", save_all=True, append_images=[picture().rotate(90)], transparency=0)
    if format_ == "WEBP":
        return encode(picture().convert("RGBA"), "WEBP", save_all=True, append_images=[picture().rotate(90)], exif=exif)
    return encode(Image.new("1", (24, 20)), "BMP")


class TestName:
    @pytest.mark.parametrize(
        "name, plain",
        [
            ("cat.png", "cat.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\cat.png", "cat.png"),
            ("a\nb\tc\r.png", "a b c .png"),
            ("\x1b[31mred\x00.png", "[31mred.png"),
            ("photo\u202egnp.exe", "photognp.exe"),
            ("zero\u200bwidth\ufeff.png", "zerowidth.png"),
            ("", "unnamed"),
            ("/", "unnamed"),
            ("\u2028", "unnamed"),
            ("Kätzchen 猫.png", "Kätzchen 猫.png"),
            ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
            ("\ud800.png", ".png"),
        ],
    )
    def test_names_become_one_line_of_text(self, name, plain):
        assert uploads.read_image(encode(picture(), "PNG"), name).name == plain

    def test_a_long_name_keeps_its_beginning_and_its_end(self):
        name = uploads.read_image(encode(picture(), "PNG"), "a" * 5000 + "-final.png").name

        assert len(name) == uploads.NAME_LIMIT
        assert name.startswith("aaaa")
        assert name.endswith("…aa-final.png")

    @settings(deadline=None)
    @given(st.text(max_size=200))
    def test_any_name(self, name):
        plain = uploads.plain_name(name)

        assert 1 <= len(plain) <= uploads.NAME_LIMIT
        assert plain.isprintable()
        plain.encode()


class TestCropAndScale:
    def test_the_square_lies_in_the_center(self):
        pixels = np.arange(6 * 10 * 3, dtype=np.uint8).reshape(6, 10, 3)

        np.testing.assert_array_equal(uploads.crop_square(pixels), pixels[:, 2:8])
        np.testing.assert_array_equal(uploads.crop_square(pixels.transpose(1, 0, 2)), pixels.transpose(1, 0, 2)[2:8])

    @given(st.integers(1, 50), st.integers(1, 50))
    def test_the_square_always_fits(self, width, height):
        left, top, side = uploads.square_at((width, height))

        assert side == min(width, height)
        assert 0 <= left <= width - side
        assert 0 <= top <= height - side

    @pytest.mark.parametrize("factor", [1, 2, 5, 20])
    def test_the_network_sees_means_of_cells(self, factor):
        """Against NumPy's mean over cells."""
        pixels = np.random.default_rng(3).integers(0, 256, (32 * factor, 32 * factor, 3), np.uint8)
        expected = pixels.reshape(32, factor, 32, factor, 3).mean(axis=(1, 3))

        assert uploads.to_network_input(pixels).dtype == np.uint8
        np.testing.assert_allclose(uploads.to_network_input(pixels), expected, atol=1)

    def test_nothing_is_skipped(self):
        """One white line in 512 must leave a trace, which sampling every 16th row would lose."""
        pixels = np.zeros((512, 512, 3), np.uint8)
        pixels[9] = 255

        assert (uploads.to_network_input(pixels)[0] == 16).all()

    def test_small_pictures_have_pixels_repeated(self):
        pixels = np.random.default_rng(3).integers(0, 256, (8, 8, 3), np.uint8)

        np.testing.assert_array_equal(uploads.to_network_input(pixels), pixels.repeat(4, axis=0).repeat(4, axis=1))

    def test_a_crop_is_taken_as_it_is(self):
        pixels = np.random.default_rng(3).integers(0, 256, (64, 200, 3), np.uint8)

        assert uploads.to_network_input(uploads.crop_square(pixels)).shape == (32, 32, 3)

    @pytest.mark.parametrize(
        "shape, dtype", [((32, 32), "u1"), ((32, 32, 4), "u1"), ((0, 5, 3), "u1"), ((32, 32, 3), "f4")]
    )
    def test_other_arrays_are_refused(self, shape, dtype):
        with pytest.raises(ValueError, match=r"Expected a picture, uint8 .* Received .* Pass"):
            uploads.to_network_input(np.zeros(shape, dtype))

    def test_shrink(self):
        pixels = np.full((300, 700, 3), 7, np.uint8)

        assert uploads.shrink(pixels, 512).shape == (219, 512, 3)
        assert (uploads.shrink(pixels, 512) == 7).all()
        assert uploads.shrink(pixels, 700).shape == pixels.shape
        assert uploads.shrink(pixels, 1).shape == (1, 1, 3)

    def test_results_are_read_only(self):
        upload = read(picture())
        for array in (upload.pixels, uploads.to_network_input(upload.pixels), uploads.shrink(upload.pixels, 8)):
            assert not array.flags.writeable


def test_a_file_is_read_as_the_square_in_its_middle():
    """Red and blue to its left and right; a photograph that the camera held sideways is turned first."""
    pixels = np.zeros((64, 128, 3), np.uint8)
    pixels[:, :32], pixels[:, 96:] = RED, BLUE
    pixels[:32, 32:96], pixels[32:, 32:96] = WHITE, GREEN
    expected = np.repeat(np.array([WHITE, GREEN], np.uint8), 16, axis=0)[:, np.newaxis].repeat(32, axis=1)
    sideways = Image.Exif()
    sideways[0x0112] = 6
    upright, turned = Image.fromarray(pixels), Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90)
    for data in (encode(upright, "PNG"), encode(turned, "PNG", exif=sideways)):
        found = uploads.read_square(data)
        assert np.array_equal(found, expected)
        assert not found.flags.writeable
    for damaged in (b"", b"no picture", encode(upright, "PNG")[:200]):
        with pytest.raises(UploadError):
            uploads.read_square(damaged)
