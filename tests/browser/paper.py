"""What a printed page looks like, read from the PDF: on which sheet each of its parts falls, and where."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page

SHEET, MARGIN = (595.0, 842.0), 33.5
"""A4 and its margins, in points: 12 mm, less what rounding takes."""

_MARK = """() => {
  const parts = '[data-testid="stMainBlockContainer"] [data-testid="stElementContainer"]';
  const shown = [...document.querySelectorAll(parts)].filter((part) => part.checkVisibility());
  return shown.map((part, at) => {
    const link = document.createElement('a');
    link.href = `https://part.invalid/${at}`;
    link.style.cssText = 'position: absolute; inset: 0;';
    if (getComputedStyle(part).position === 'static') part.style.position = 'relative';
    part.append(link);
    if (part.querySelector('.lesson-part')) return 'heading';
    return part.querySelector('.lesson-insight, .lesson-note') ? 'sentence' : 'part';
  });
}"""
"""A link over each part: a PDF says of each link where it is, on every sheet that shows a piece of it."""

_LINK = re.compile(rb"(\d+) 0 obj\n<</Type /Annot\n/Subtype /Link.*?/Rect \[(.*?)\].*?part\.invalid/(\d+)\)", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one sheet shows of one part, in points from the sheet's lower left corner."""

    sheet: int
    part: int
    box: tuple[float, ...]


def assert_prints_whole(page: Page) -> None:
    """Print the page as it is, and once more lower: no part is cut or leaves what it belongs to, no sheet is empty."""
    kinds: list[str] = page.evaluate(_MARK)
    pieces, sheets = _printed(page)
    assert {piece.sheet for piece in pieces} == set(range(sheets)), "a sheet is empty"
    _assert_whole(kinds, pieces)
    tallest = max(pieces, key=lambda piece: piece.box[3] - piece.box[1])
    lower = (sum(tallest.box[1::2]) / 2 - MARGIN) % (SHEET[1] - 2 * MARGIN)  # its middle falls on the end of a sheet
    page.evaluate(
        """down => document.querySelector('[data-testid="stMainBlockContainer"]')
            .insertAdjacentHTML('afterbegin', `<div style="height: ${down}pt"></div>`)""",
        lower,
    )
    _assert_whole(kinds, _printed(page)[0])


def _assert_whole(kinds: list[str], pieces: list[Piece]) -> None:
    assert [piece.part for piece in pieces] == sorted({piece.part for piece in pieces}), "a part is on two sheets"
    on = {piece.part: piece.sheet for piece in pieces}
    for piece in pieces:
        left, bottom, right, top = piece.box
        assert MARGIN <= left < right <= SHEET[0] - MARGIN, (piece, kinds[piece.part])
        assert MARGIN <= bottom < top <= SHEET[1] - MARGIN, (piece, kinds[piece.part])
    for part in on:
        if kinds[part] == "heading" and part + 1 in on:
            assert on[part] == on[part + 1], "a heading stands alone"
        if kinds[part] == "sentence" and part - 1 in on:
            assert on[part] == on[part - 1], "a sentence left its picture"


def _printed(page: Page) -> tuple[list[Piece], int]:
    text = page.pdf(prefer_css_page_size=True, print_background=True)
    links = {int(number): (int(part), box) for number, box, part in _LINK.findall(text)}
    found = [
        Piece(sheet=sheet, part=links[number][0], box=tuple(map(float, links[number][1].split())))
        for sheet, listed in enumerate(re.findall(rb"/Annots \[(.*?)\]", text))
        for number in map(int, re.findall(rb"(\d+) 0 R", listed))
        if number in links
    ]
    return sorted(found, key=lambda piece: (piece.part, piece.sheet)), max(map(int, re.findall(rb"/Count (\d+)", text)))
