from xml.etree import ElementTree

from core.charts.network_drawing import draw
from core.charts.network_file import network_file
from core.model.structure.architecture import Architecture
from pages.shared.volumes import volumes

SVG = "{http://www.w3.org/2000/svg}"


def test_the_file_is_whole_and_draws_what_the_page_draws() -> None:
    drawn = volumes(Architecture.tutorial())
    file = ElementTree.fromstring(network_file(drawn, picture="data:image/png;base64,AAAA"))
    page = ElementTree.fromstring(draw(drawn, picture="data:image/png;base64,AAAA"))
    assert file.tag == f"{SVG}svg"
    left, top, width, height = map(float, file.attrib["viewBox"].split())
    assert (left, width, height) == (0, float(file.attrib["width"]), float(file.attrib["height"]))
    style, paper, *parts = file
    assert paper.attrib["y"] == f"{top:.1f}"
    stripped = ElementTree.tostring(file, encoding="unicode").count("class=")
    assert stripped == ElementTree.tostring(page, encoding="unicode").count("class=")
    assert len(parts) == len(page)
    assert len(file.findall(f"{SVG}g[@class='volume learned']")) == 5
    assert "32 × 32 × 3" in "".join(file.itertext())
    assert "var(" not in (style.text or "") and "color-mix" not in (style.text or "")


def test_a_name_with_signs_of_xml_stays_text() -> None:
    drawn = volumes(Architecture.from_text("u-c16p-(c16p-c16pl)-r-m4-f-d10l"))
    assert ElementTree.fromstring(network_file(drawn)).tag == f"{SVG}svg"
