"""SVG and pixels say the same: every part lies in its place in both."""

import base64
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from core.charts.drawing import ACCENT, Drawing

SVG = "{http://www.w3.org/2000/svg}"
FONT = str(Path(__file__).parents[3] / "pages" / "shared" / "fonts" / "ibm-plex-sans-400.woff2")
CHECKERS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [0, 0, 0]]], np.uint8)
COLOR = tuple(bytes.fromhex(ACCENT[1:]))


def drawn() -> Drawing:
    drawing = Drawing(100, 60)
    drawing.box((10, 10), 20, 5, ACCENT)
    drawing.picture(CHECKERS, (40, 10), 8, 8)
    drawing.dot((70, 20), 5, ACCENT)
    drawing.line([(10, 40), (90, 40)], ACCENT, width=2, dashed=True)
    drawing.words("a < b & c", (10, 56))
    return drawing


def test_every_part_is_painted_in_its_place() -> None:
    pixels = drawn().pixels(FONT, scale=2)
    assert pixels.shape == (120, 200, 3)
    assert (pixels[20:30, 20:60] == COLOR).all()
    assert (pixels[19, 20:60] == 255).all() and (pixels[20:30, 60] == 255).all()
    np.testing.assert_array_equal(pixels[20:36, 80:96], CHECKERS.repeat(8, axis=0).repeat(8, axis=1))
    assert (
        tuple(pixels[40, 140]) == COLOR and tuple(pixels[40, 140 - 9]) == COLOR and (pixels[40, 140 - 12] == 255).all()
    )
    assert tuple(pixels[80, 22]) == COLOR and (pixels[80, 20 + 2 * 8] == 255).all()  # a dash, and what is between two
    assert (pixels[90:120, 20:90] < 128).any()


def test_svg_is_whole_and_holds_the_same_parts() -> None:
    file = ElementTree.fromstring(drawn().svg())
    paper, box = file.findall(f"{SVG}rect")
    assert (paper.attrib["width"], paper.attrib["height"]) == ("100", "60")
    assert [float(box.attrib[name]) for name in ("x", "y", "width", "height")] == [10, 10, 20, 5]
    (image,) = file.findall(f"{SVG}image")
    encoded = base64.b64decode(image.attrib["href"].partition(",")[2])
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encoded))), CHECKERS)
    assert [float(file.find(f"{SVG}circle").attrib[name]) for name in ("cx", "cy", "r")] == [70, 20, 5]  # type: ignore[union-attr]
    assert file.findtext(f"{SVG}text") == "a < b & c"
    assert file.find(f"{SVG}polyline").attrib["points"] == "10.0,40.0 90.0,40.0"  # type: ignore[union-attr]
