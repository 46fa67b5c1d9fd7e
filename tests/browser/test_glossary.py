"""Words are explained where they first stand on a page: by pointer, keyboard and finger, in components too."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pages.shared.glossary import WORDS
from tests.browser.conftest import eventually, open_page
from tests.browser.test_shell import PAGES

WANTED = {
    "": {"head", "logits", "re-encoded", "feature map"},
    "dataset": {"near-duplicate"},
    "kernels": {"stride", "padding", "dilation", "convolution"},
    "kernels?kernels.view=Random": {"kernel", "filter"},
    "network": {"parameters", "multiply-adds", "receptive field", "stride", "padding", "filter"},
    "learning?learning.view=Settings&learning.setting=batch+normalization": {"batch normalization"},
    "learning?learning.view=Settings&learning.setting=residual+branch": {"residual branch"},
    "training?data=digits": {"loss", "slope", "running average", "validation"},
    "predictions": {"logits", "softmax", "argmax"},
    "activations": {"layer name", "feature map", "filter"},
}
MARKED = """() => {
    const found = [];
    const look = (root) => root.querySelectorAll("*").forEach((each) => {
        if (each.matches("dfn.word")) found.push(each.dataset.word);
        if (each.shadowRoot) look(each.shadowRoot);
    });
    look(document);
    return found;
}"""


@pytest.mark.parametrize("name", WANTED)
def test_words_are_marked_once_a_page(page: Page, app_url: str, name: str) -> None:
    open_page(page, f"{app_url}/{name}")

    def check() -> None:
        marked = page.evaluate(MARKED)
        assert set(marked) >= WANTED[name]
        assert len(marked) == len(set(marked))

    eventually(check, timeout_s=90)  # some stand in what waits for TensorFlow


def test_a_word_is_explained_to_pointer_and_keyboard(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/network")
    word, tip = page.locator('dfn[data-word="receptive field"]'), page.locator(".word-tip")
    word.hover()
    expect(tip).to_have_text("receptive field: The square of input pixels that one value can depend on.")
    page.mouse.move(5, 700)
    expect(tip).to_be_hidden()
    word.focus()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    box = page.locator('dfn[data-word="kernel"]').bounding_box()
    assert box is not None
    said = page.locator('dfn[data-word="kernel"]').evaluate(
        "word => word.getRootNode().getElementById(word.getAttribute('aria-describedby')).textContent"
    )
    assert said == next(each.says for each in WORDS if each.name == "kernel")


def test_a_tap_explains_and_the_label_of_a_field_does_not_open_it(browser: Browser, app_url: str) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    open_page(page, f"{app_url}/kernels")
    page.locator('dfn[data-word="dilation"]').tap()
    tip = page.locator(".word-tip")
    expect(tip).to_contain_text("The spacing of a kernel's weights")
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.locator("h1").first.tap()
    expect(tip).to_be_hidden()
    phone.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marked_words_break_no_rule_of_accessibility(browser: Browser, app_url: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 720})  # type: ignore[arg-type]
    page = context.new_page()
    for name in PAGES[:3]:
        open_page(page, f"{app_url}/{name}")
        word = page.locator("dfn.word").first
        word.focus()
        expect(page.locator(".word-tip")).to_be_visible()
        found = Axe().run(page, context=[["dfn.word"], [".word-tip"], [".lesson-note"], [".lesson-insight"]])
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]] == []
    context.close()
