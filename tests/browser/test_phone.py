"""A phone: the chosen stands above the choice, and taps are called taps; what fingers do is in test_touch.py."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import open_page, settled

SAID = """main => {
  const said = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll(':not(style, script)')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.checkVisibility()) said.push(...[...element.childNodes].filter((node) => node.nodeType === 3));
    }
  };
  walk(main);
  return said.map((node) => node.data).join(' ');
}"""
"""Every word on the page, in components too."""

POINTING = re.compile(r"\b(point(ing)? (at|and)|hover|arrow keys|click)\b", re.IGNORECASE)


def top_of(found: Locator) -> float:
    box = found.first.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize(
    ("address", "chosen", "grid"),
    [
        ("dataset", ".closeup", ".mosaic"),
        ("predictions", ".lesson-facts", ".mosaic"),
        ("activations?activations.beside=close-up", ".closeup", ".mosaic >> nth=-1"),
        ("classify", "[data-testid=stColumn] img", ".mosaic"),
    ],
)
def test_chosen_image_stands_above_the_grid(phone: Page, app_url: str, address: str, chosen: str, grid: str) -> None:
    open_page(phone, f"{app_url}/{address}")
    expect(phone.locator(chosen).first).to_be_visible()
    expect(phone.locator(grid).first).to_be_visible()
    assert top_of(phone.locator(chosen)) < top_of(phone.locator(grid))
    assert top_of(phone.locator(chosen)) < 844


def test_number_of_the_image_is_whole(phone: Page, app_url: str) -> None:
    open_page(phone, f"{app_url}/dataset")
    more = phone.get_by_test_id("stNumberInputStepUp").last.bounding_box()
    assert more is not None and more["x"] + more["width"] <= 390 - 16


@pytest.mark.parametrize(
    "address",
    [
        "",
        "kernels",
        "kernels?kernels.view=Learned",
        "predictions",
        "network",
        "classify",
        "learning?learning.view=Landscape",
    ],
)
def test_no_word_of_pointing_where_one_taps(phone: Page, app_url: str, address: str) -> None:
    open_page(phone, f"{app_url}/{address}")
    expect(phone.locator(".lesson-note, .lesson-insight").first).to_be_visible()
    settled(phone)
    assert POINTING.findall(phone.locator("[data-testid=stMain]").evaluate(SAID)) == []
