"""Colors are converted to sRGB as files describe them: by hand, and by formulas written here once more."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.data import uploads
from core.data.pictures.color import Color, to_srgb
from tests.core.data.pictures.files import (
    QUARTERS,
    chunk,
    cmyk_profile,
    color_png,
    encode,
    gray_profile,
    png,
    quarters,
    rgb_profile,
)

CONVERTED = "Its colors were converted to sRGB, as its file describes them."
P3 = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
COLORS = np.array([QUARTERS], np.uint8)


def read(content: bytes) -> uploads.Upload:
    return uploads.read_image(content, "picture")


def encoded(light: float) -> int:
    """sRGB's level of linear light (IEC 61966-2-1)."""
    level = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * level)


def assert_linear(upload: uploads.Upload) -> None:
    """The file's values are linear light: 60 of 255 is level 133, for example."""
    expected = [[encoded(value / 255) for value in color] for color in QUARTERS]
    assert expected[0] == [229, 133, 110]
    np.testing.assert_allclose(upload.pixels[0], expected, atol=2)
    assert CONVERTED in upload.notes


class TestProfiles:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF"])
    def test_an_icc_profile_is_heeded(self, format: str) -> None:
        options = {"JPEG": {"quality": 98, "subsampling": 0}, "WEBP": {"lossless": True}}.get(format, {"quality": 98})
        upload = read(encode(quarters(), format, icc_profile=rgb_profile(1.0), **options))
        expected = [[encoded(value / 255) for value in color] for color in QUARTERS]
        corners = upload.pixels[[16, 16, 48, 48], [24, 72, 24, 72]]
        np.testing.assert_allclose(corners, expected, atol=6)
        assert CONVERTED in upload.notes

    def test_the_primaries_of_a_profile(self) -> None:
        content = encode(Image.fromarray(COLORS), "PNG", icc_profile=rgb_profile(2.2, swapped=True))
        np.testing.assert_allclose(read(content).pixels[..., ::-1], COLORS, atol=6)

    def test_a_profile_that_says_srgb_in_other_words_changes_nothing(self) -> None:
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        upload = read(encode(Image.fromarray(COLORS), "PNG", icc_profile=srgb))
        np.testing.assert_array_equal(upload.pixels, COLORS)
        assert upload.notes == ()

    @pytest.mark.parametrize("mode", ["L", "LA"])
    def test_a_gray_profile(self, mode: str) -> None:
        values = Image.fromarray(np.array([[0, 60, 128, 255]], np.uint8)).convert(mode)
        upload = read(encode(values, "PNG", icc_profile=gray_profile(1.0)))
        expected = [encoded(value / 255) for value in (0, 60, 128, 255)]
        np.testing.assert_allclose(upload.pixels[0, :, 0], expected, atol=2)

    def test_a_profile_of_printing_inks(self) -> None:
        """Cyan leaves no trace on this press, where the usual rule would make it cyan."""
        inks = np.zeros((16, 48, 4), np.uint8)
        inks[:, :16, 0], inks[:, 32:, 3] = 255, 255
        upload = read(encode(Image.fromarray(inks, "CMYK"), "JPEG", quality=98, icc_profile=cmyk_profile()))
        np.testing.assert_allclose(upload.pixels[8, [8, 24, 40]], [(255,) * 3, (255,) * 3, (0,) * 3], atol=6)
        assert upload.notes == (CONVERTED,)

    @pytest.mark.parametrize(
        "profile", [b"no profile", gray_profile(1.0), cmyk_profile(), rgb_profile(1.0)[:200], bytes(3000)]
    )
    def test_a_profile_that_is_damaged_or_about_something_else_is_passed_over(self, profile: bytes) -> None:
        upload = read(encode(Image.fromarray(COLORS), "PNG", icc_profile=profile))
        np.testing.assert_array_equal(upload.pixels, COLORS)

    def test_a_profile_of_megabytes(self) -> None:
        """Pillow refuses the file: it unpacks at most one."""
        profile = rgb_profile(1.0) + bytes(3_000_000)
        packed = b"name\0\0" + zlib.compress(profile)
        assert_linear(read(color_png(COLORS, chunk(b"iCCP", packed))))

    def test_a_profile_that_unpacks_to_gigabytes_is_cut(self) -> None:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(bytes(2**20)) for _ in range(500)) + packer.flush()
        upload = read(color_png(COLORS, chunk(b"iCCP", b"name\0\0" + packed)))
        np.testing.assert_array_equal(upload.pixels, COLORS)

    def test_transparency_beside_a_profile(self) -> None:
        """Half of linear 60 over white: its level 133 and 255 meet in the middle."""
        image = Image.new("RGBA", (4, 4), (60, 60, 60, 128))
        upload = read(encode(image, "PNG", icc_profile=rgb_profile(1.0)))
        np.testing.assert_allclose(upload.pixels, 194, atol=2)
        assert upload.notes == (CONVERTED, "Its transparent parts stand on white.")


class TestChunks:
    def test_gamma(self) -> None:
        assert_linear(read(color_png(COLORS, chunk(b"gAMA", struct.pack(">I", 100_000)))))

    def test_gamma_of_gray(self) -> None:
        values = np.array([[0, 60, 128, 255]], np.uint8)
        upload = read(png(values, chunk(b"gAMA", struct.pack(">I", 100_000)), color_type=0))
        expected = [encoded(value / 255) for value in (0, 60, 128, 255)]
        np.testing.assert_allclose(upload.pixels[0, :, 0], expected, atol=2)

    @pytest.mark.parametrize("gamma", [0, 45_455])
    def test_a_gamma_that_says_nothing_new(self, gamma: int) -> None:
        upload = read(color_png(COLORS, chunk(b"gAMA", struct.pack(">I", gamma))))
        np.testing.assert_array_equal(upload.pixels, COLORS)
        assert upload.notes == ()

    def test_chromaticities(self) -> None:
        """The primaries of Display P3, expected as Chromium shows the file."""
        content = color_png(COLORS, chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", P3))
        expected = [(219, 37, 13), (0, 174, 49), (35, 80, 199), (225, 200, 64)]
        np.testing.assert_allclose(read(content).pixels[0], expected, atol=2)

    @pytest.mark.parametrize("data", [bytes(32), struct.pack(">8I", *[31270, 32900] * 4)])
    def test_chromaticities_that_make_no_sense_are_passed_over(self, data: bytes) -> None:
        content = color_png(COLORS, chunk(b"gAMA", struct.pack(">I", 45_455)), chunk(b"cHRM", data))
        np.testing.assert_allclose(read(content).pixels, COLORS, atol=6)

    def test_codes(self) -> None:
        """Display P3, expected as Chromium shows the file."""
        expected = [(217, 42, 23), (0, 173, 52), (40, 81, 197), (224, 199, 65)]
        content = color_png(COLORS, chunk(b"cICP", bytes([12, 13, 0, 1])))
        np.testing.assert_allclose(read(content).pixels[0], expected, atol=2)

    def test_codes_come_before_profiles_these_before_srgb_and_that_before_gamma(self) -> None:
        gamma = chunk(b"gAMA", struct.pack(">I", 20_000))
        profile = chunk(b"iCCP", b"name\0\0" + zlib.compress(rgb_profile(1.0)))
        srgb = chunk(b"sRGB", b"\0")
        linear = chunk(b"cICP", bytes([1, 8, 0, 1]))
        assert_linear(read(color_png(COLORS, gamma, linear, srgb)))
        assert_linear(read(color_png(COLORS, gamma, profile)))
        np.testing.assert_array_equal(read(color_png(COLORS, gamma, srgb)).pixels, COLORS)

    @pytest.mark.parametrize("codes", [(2, 2, 0, 1), (1, 99, 0, 1), (99, 13, 0, 1), (12, 13, 0, 0), (12, 13, 6, 1)])
    def test_codes_that_mean_nothing_here_are_passed_over(self, codes: tuple[int, ...]) -> None:
        np.testing.assert_array_equal(read(color_png(COLORS, chunk(b"cICP", bytes(codes)))).pixels, COLORS)


@pytest.mark.parametrize("transfer", [1, 4, 5, 8, 13, 16, 18])
def test_every_curve_keeps_black_and_rises(transfer: int) -> None:
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    converted, _ = to_srgb(ramp, Color(codes=(1, transfer)))
    values = np.asarray(converted)[0, :, 0].astype(int)
    assert values[0] == 0
    assert values[-1] == 255
    assert (np.diff(values) >= 0).all()


def test_white_of_high_dynamic_range_is_white() -> None:
    """203 cd/m2 is level 0.58 of PQ (ITU-R BT.2408)."""
    image = Image.new("L", (1, 1), round(0.5807 * 255))
    assert abs(to_srgb(image, Color(codes=(9, 16)))[0].getpixel((0, 0))[0] - 255) <= 2
