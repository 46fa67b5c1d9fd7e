"""What a picture's values mean, and the same colors in sRGB, which is what screens, data sets and networks here use."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""x and y of white, red, green and blue (CIE 1931)."""

_D65 = (0.3127, 0.3290)
SRGB: Chromaticities = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)

PRIMARIES: dict[int, Chromaticities] = {
    1: SRGB,
    4: (0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
"""Color primaries by their number in ITU-T H.273, table 2."""

_LINEAR, SRGB_TRANSFER, _PQ, _HLG = 8, 13, 16, 18
VIDEO_TRANSFERS = (1, 6, 14, 15)
_TELEVISION = 2.4
_GAMMAS = {4: 2.2, 5: 2.8, _LINEAR: 1.0}
TRANSFERS = frozenset({*VIDEO_TRANSFERS, *_GAMMAS, SRGB_TRANSFER, _PQ, _HLG})
"""Transfer characteristics, by their number in ITU-T H.273, table 3, that are understood."""

_WHITE_NITS = 203.0
"""Diffuse white of high dynamic range pictures (ITU-R BT.2408); what is brighter is cut."""

_UNSEEN = 2
"""Levels of 255 that nobody sees: a description that changes no more says sRGB in other words."""

_LEVELS = np.arange(256) / 255
_SCREENS_GAMMA, _TOLERANCE = 2.2, 0.03
"""Programs write this gamma for pictures in sRGB, whose curve it follows within 6 levels."""

_SPACES = {"RGB": "RGB ", "L": "GRAY", "CMYK": "CMYK"}
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Color:
    """How a file describes its colors, in the order of precedence.

    Attributes:
        codes: primaries and transfer as in ITU-T H.273.
        profile: an ICC profile.
        is_srgb: the file says that it is sRGB.
        gamma: values to this power are linear light.
        chromaticities: where white and the primaries lie; heeded where a gamma stands beside them.
    """

    codes: tuple[int, int] | None = None
    profile: bytes = b""
    is_srgb: bool = False
    gamma: float | None = None
    chromaticities: Chromaticities | None = None


UNDESCRIBED = Color()
"""What browsers take for sRGB."""


def to_srgb(image: Image.Image, color: Color) -> tuple[Image.Image, bool]:
    """Convert a picture to sRGB.

    Args:
        image: in the mode RGB, L or CMYK.
        color: how its colors are described; a description that is damaged, unknown or about another kind of picture
            is passed over, as browsers do.

    Returns:
        RGB, and whether the description changed it.
    """
    described = _by_codes(image, color) or _by_profile(image, color.profile)
    if described is None and not color.is_srgb and image.mode != "CMYK":
        described = _by_gamma(image, color)
    return (image.convert("RGB"), False) if described is None else described


def _by_codes(image: Image.Image, color: Color) -> tuple[Image.Image, bool] | None:
    if color.codes is None or image.mode == "CMYK":
        return None
    primaries, transfer = color.codes
    if primaries not in PRIMARIES or transfer not in TRANSFERS:
        return None
    return _calibrated(image, _linear(_LEVELS, transfer), PRIMARIES[primaries])


def _by_gamma(image: Image.Image, color: Color) -> tuple[Image.Image, bool] | None:
    if color.gamma is None:
        return None
    chromaticities = color.chromaticities or SRGB
    if abs(color.gamma - _SCREENS_GAMMA) < _TOLERANCE and np.allclose(chromaticities, SRGB, atol=_TOLERANCE):
        return None
    return _calibrated(image, _LEVELS**color.gamma, chromaticities)


def _by_profile(image: Image.Image, profile: bytes) -> tuple[Image.Image, bool] | None:
    """Convert by an ICC profile; None where it is damaged or about another kind of picture."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode == "L" and source.profile.xcolor_space == _SPACES["RGB"]:
            image = image.convert("RGB")
        if source.profile.xcolor_space != _SPACES[image.mode]:
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), image.mode, "RGB")
        if not _changes(lambda probe: _transformed(probe, transform), image.mode):
            return None
        return _transformed(image, transform), True
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _transformed(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None  # it is None only where the picture is changed in place
    return converted


def _calibrated(
    image: Image.Image, curve: NDArray[np.float64], chromaticities: Chromaticities
) -> tuple[Image.Image, bool] | None:
    """Convert by a curve from levels to linear light, and by where white and the primaries lie."""
    try:
        matrix = np.linalg.inv(_to_xyz(SRGB)) @ _to_xyz(chromaticities)
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    if not np.isfinite(matrix).all():
        return None

    def convert(source: Image.Image) -> Image.Image:
        light = curve.astype(np.float32)[np.asarray(source.convert("RGB"))]  # (height, width, 3), linear
        return Image.fromarray(_encoded(light @ matrix.T.astype(np.float32)))

    if not _changes(convert, image.mode):
        return None
    return convert(image), True


def _changes(convert: Callable[[Image.Image], Image.Image], mode: str) -> bool:
    """Whether a conversion changes any color visibly, tried on colors from all over the range."""
    if mode == "CMYK":
        return True
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    if mode == "L":
        probe = Image.fromarray(steps[None])
    else:
        probe = Image.fromarray(np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3))
    before, after = (np.asarray(one.convert("RGB")).astype(int) for one in (probe, convert(probe)))
    return int(np.abs(before - after).max()) > _UNSEEN


def _linear(levels: NDArray[np.float64], transfer: int) -> NDArray[np.float64]:
    """Return linear light, white at 1, of levels 0..1 (ITU-T H.273, table 3; ITU-R BT.2100 for PQ and HLG)."""
    if transfer in _GAMMAS:
        return levels ** _GAMMAS[transfer]
    if transfer in VIDEO_TRANSFERS:
        return levels**_TELEVISION  # what screens do with it (ITU-R BT.1886)
    if transfer == _PQ:
        root = levels ** (1 / 78.84375)
        share = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        return share ** (1 / 0.1593017578125) * 10_000 / _WHITE_NITS
    if transfer == _HLG:
        scene = np.where(levels <= 0.5, levels**2 / 3, (np.exp((levels - 0.55991073) / 0.17883277) + 0.28466892) / 12)
        return scene**1.2 * 1000 / _WHITE_NITS
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def _encoded(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return sRGB levels of linear light (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1)
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (levels * 255 + 0.5).astype(np.uint8)


def _to_xyz(chromaticities: Chromaticities) -> NDArray[np.float64]:
    """Return the matrix from linear red, green and blue to CIE XYZ, white adapted to D65 (Bradford)."""
    (white, *primaries) = (_xyz(*chromaticities[start : start + 2]) for start in (0, 2, 4, 6))
    columns = np.stack(primaries, axis=-1)
    matrix = columns * np.linalg.solve(columns, white)
    cones = _BRADFORD @ _xyz(*_D65) / (_BRADFORD @ white)
    return np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD @ matrix


def _xyz(x: float, y: float) -> NDArray[np.float64]:
    return np.array([x / y, 1.0, (1 - x - y) / y])
