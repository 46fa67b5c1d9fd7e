"""Training as a person sees it: the digits from start to finish, a reload in the middle, stop, and the time machine."""

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from core.training.runs.run import Run
from pages.shared import component, modules
from tests.browser.conftest import assert_calm, open_page, settled
from tests.browser.server import end, free_port, start

START_S = 180_000

CLICK = """label => [...document.querySelectorAll("a.lesson-link")]
    .find((link) => link.textContent.startsWith(label)).click()"""
"""At once: a click of Playwright's waits until the link has stood still for a while, and each epoch replaces it."""


def live(page: Page) -> object:
    return page.locator(".live")


def step(page: Page) -> int:
    return int(page.locator(".live").get_attribute("data-step") or 0)


def start_digits(page: Page, app_url: str, epochs: int, rate: str = "") -> None:
    open_page(page, f"{app_url}/training?data=digits&training.digits.epochs={epochs}{rate}")
    page.get_by_role("button", name="Train", exact=True).last.click()
    expect(page).to_have_url(re.compile("run=(digits|custom)-"))
    expect(page.locator(".live")).to_have_attribute("data-run", re.compile("^(digits|custom)-"))


def trained_steps(page: Page, more_than: int) -> None:
    page.wait_for_function(
        """least => [...document.querySelectorAll("*")].some((one) =>
            Number(one.shadowRoot?.querySelector(".live")?.dataset.step) > least)""",
        arg=more_than,
        timeout=START_S,
    )


def test_digits_train_from_start_to_finish_and_the_curve_grows(page: Page, app_url: str) -> None:
    start_digits(page, app_url, epochs=4)
    expect(page.locator(".live .state")).to_have_text(re.compile("Waiting|Training"))
    trained_steps(page, 5)
    first = int(page.locator(".live .plot.loss").get_attribute("data-points") or 0)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".live .state")).to_have_text("Finished", timeout=START_S)
    assert int(page.locator(".live .plot.loss").get_attribute("data-points") or 0) > first
    assert step(page) == 4 * 45
    accuracy = re.search(r"validation ([\d.]+) %", page.locator(".live .key.accuracy").inner_text())
    assert accuracy and float(accuracy[1]) > 70
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    expect(page.get_by_role("button", name="Restart")).to_be_visible()
    expect(page).to_have_url(re.compile("epoch=4"))  # the sidebar has followed


def test_a_reload_in_the_middle_changes_nothing_and_stop_stops(page: Page, app_url: str, browser: Browser) -> None:
    start_digits(page, app_url, epochs=30)
    trained_steps(page, 45)
    page.reload()
    settled(page)
    trained_steps(page, 90)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    watcher = browser.new_context().new_page()
    open_page(watcher, page.url)
    trained_steps(watcher, 90)
    expect(watcher.get_by_role("button", name="Stop")).to_have_count(0)
    watcher.context.close()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".live .state")).to_have_text("Stopped", timeout=30_000)
    stopped = step(page)
    page.get_by_role("button", name="Step one epoch").click()
    expect(page.locator(".live .state")).to_have_text("Paused", timeout=START_S)
    assert step(page) > stopped
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("was deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("was deleted.")).to_have_count(0)
    expect(page.locator(".live .state")).to_have_text("Paused")


def test_a_second_visitor_waits_in_line(page: Page, app_url: str, browser: Browser) -> None:
    start_digits(page, app_url, epochs=30)
    trained_steps(page, 5)
    second = browser.new_context().new_page()
    start_digits(second, app_url, epochs=2)
    expect(second.locator(".live .state")).to_have_text("Waiting")
    expect(second.locator(".live .what")).to_contain_text(
        "number 1 in the queue. The training process is shared in turns"
    )
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".live .state")).to_have_text("Stopped", timeout=30_000)
    expect(second.locator(".live .state")).to_have_text("Finished", timeout=START_S)
    second.context.close()


def test_a_pause_shows_at_once_and_until_the_worker_has_heard(page: Page, app_url: str) -> None:
    """The whole stretch is watched from within the page: it may be over sooner than a test can look."""
    start_digits(page, app_url, epochs=30)
    trained_steps(page, 45)
    page.locator(".live .wish").evaluate(
        """wish => { window.wishes = []; new MutationObserver(() => window.wishes.push(wish.textContent)).observe(
            wish, {childList: true, characterData: true, subtree: true}); }"""
    )
    pause = page.get_by_role("button", name="Pause", exact=True)
    pause.evaluate("button => { button.click(); window.asked = button.classList.contains('asked'); }")
    expect(page.locator(".live .state")).to_have_text("Paused", timeout=START_S)
    expect(page.locator(".live .wish")).to_have_text("", timeout=START_S)
    assert page.evaluate("window.asked")
    assert page.evaluate("window.wishes")[0] == "Pausing after this step"
    assert set(page.evaluate("window.wishes")) == {"Pausing after this step", ""}
    page.get_by_role("button", name="Step one epoch").click()
    expect(page.locator(".live .wish")).to_have_text(re.compile("Pausing after epoch"))
    expect(page.locator(".live .wish")).to_have_text("", timeout=START_S)
    expect(page.locator(".live .state")).to_have_text("Paused", timeout=START_S)


def test_one_question_at_a_time_however_often_the_tab_is_looked_at(page: Page, app_url: str) -> None:
    """Two questions at once would have the same steps answered twice."""
    page.add_init_script(
        """
        let under = 0;
        window.most = 0;
        const ask = window.fetch;
        window.fetch = async (url, ...rest) => {
            if (!String(url).includes("live/runs/")) return ask(url, ...rest);
            window.most = Math.max(window.most, ++under);
            if (under === 1) document.dispatchEvent(new Event("visibilitychange"));
            try { return await ask(url, ...rest); } finally { under -= 1; }
        };"""
    )
    start_digits(page, app_url, epochs=30)
    trained_steps(page, 45)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".live .state")).to_have_text("Stopped", timeout=30_000)
    assert page.evaluate("window.most") == 1


def test_a_run_that_no_server_trains_says_that_it_waits(page: Page, app_url: str) -> None:
    def queued(route: Route) -> None:
        answer = route.fetch().json()
        answer["status"] |= {"state": "queued", "active": True, "phase": ""}
        route.fulfill(json=answer | {"position": None})

    page.route("**/live/runs/digits?*", queued)
    open_page(page, f"{app_url}/training?data=digits&run=digits")
    expect(page.locator(".live .state")).to_have_text("Waiting")
    expect(page.locator(".live .what")).to_have_text("for a server that trains")
    page.unroute_all(behavior="ignoreErrors")


def test_the_label_of_the_smoothing_is_true_for_a_long_run(page: Page, app_url: str) -> None:
    """Of the more than 15,000 steps of this run, every eighth is sent."""
    open_page(page, f"{app_url}/training?run=fast")
    label, slider = page.locator(".live .smoothing output"), page.get_by_label("Smoothing in steps")
    expect(page.locator(".live")).to_have_attribute("data-run", "fast")
    expect(label).to_have_text("300 steps")
    slider.press("Home")
    expect(label).to_have_text("1 step of 8")
    slider.press("End")
    expect(label).to_have_text("600 steps")


def test_a_run_can_be_taken_home_while_it_trains(page: Page, app_url: str) -> None:
    """Every epoch draws the page anew; a link asked for at that moment must stay good."""
    start_digits(page, app_url, epochs=30)
    trained_steps(page, 45)
    page.get_by_role("button", name="Take home").click()
    forms = set()
    for label in ("Numbers", "Network after epoch", "Numbers", "Script", "Numbers", "TensorBoard", "Numbers"):
        expect(page.get_by_role("link", name=label)).to_be_visible()
        with page.expect_download() as arriving:
            page.evaluate(CLICK, label)
        assert arriving.value.path().stat().st_size > 500
        forms.add(Path(arriving.value.suggested_filename).suffix)
    assert forms == {".zip", ".keras", ".py"}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop").click()


def test_a_number_out_of_range_followed_at_once_by_train_starts_nothing(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/training?data=digits&training.digits.epochs=2")
    before = page.url
    epochs = page.get_by_label("Epochs", exact=True)
    sentence = page.get_by_text("Expected epochs from 1 to 30. Received “999”. Type a whole number in that range.")
    epochs.fill("999")
    page.get_by_role("button", name="Train", exact=True).last.click(force=True)
    expect(sentence).to_be_visible()
    settled(page)
    assert "run=digits&" in f"{page.url}&"
    assert "run=digits&" in f"{before}&"
    epochs.fill("two")
    epochs.press("Enter")
    expect(page.get_by_text("Received “two”.")).to_be_visible()
    epochs.fill("3")
    page.get_by_role("button", name="Train", exact=True).last.click(force=True)
    expect(sentence).to_have_count(0)
    expect(page.get_by_text("Received “two”.")).to_have_count(0)


def test_nonsense_in_a_link_is_answered(page: Page, app_url: str) -> None:
    open_page(
        page,
        f"{app_url}/training?data=digits&training.view=Compare&training.compared=zebra&training.merged=7&training.measure=luck",
    )
    expect(page.get_by_text("This link asks for measure “luck”. There is: validation accuracy,")).to_be_visible()
    expect(page.get_by_text("This link asks for compared “zebra”. There is: ")).to_be_visible()
    expect(page.locator(".comparison")).to_have_attribute("data-lines", re.compile(r"[1-9]"))
    link = "training.recipe=Custom&training.custom.rate=fast&training.custom.flip=banana&training.custom.whitening=7"
    open_page(page, f"{app_url}/training?data=digits&{link}&training.custom.shift=99&training.network=mine")
    for sentence in (
        "This link asks for rate “fast”. Expected learning rate from 1e-06 to 10.",
        "This link asks for flip “banana”.",
        "This link asks for whitening “7”.",
        "This link asks for shift “99”.",
        "This link asks for network “mine”.",
    ):
        expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.001")
    expect(page.get_by_role("button", name="Train", exact=True).last).to_be_enabled()


def test_after_kill_9_of_the_server_the_page_comes_back_and_the_run_goes_on(
    context: BrowserContext, tmp_path: Path
) -> None:
    port = free_port()
    page = context.new_page()  # not the fixture's: a dead server is an error on the console
    server = start(tmp_path, port)
    try:
        start_digits(page, f"http://127.0.0.1:{port}", epochs=8)
        trained_steps(page, 45)
        server.kill()
        server.wait()
        expect(page.locator(".live .message")).to_contain_text("No connection to the server just now.")
        server = start(tmp_path, port)
        expect(page.locator(".live .state")).to_have_text("Interrupted", timeout=START_S)
        expect(page.locator(".live .message")).to_contain_text("resume it to go on from")
        done = int(page.locator(".live").get_attribute("data-epoch") or 0)
        assert done >= 1
        page.get_by_role("button", name="Resume").click()
        expect(page.locator(".live .state")).to_have_text("Finished", timeout=START_S)
        assert step(page) == 8 * 45
        (run,) = (tmp_path / "runs").iterdir()
        assert Run(run).epoch_table()["epoch"].tolist() == list(range(9))
        assert_calm(page)
    finally:
        end(server)


def test_values_under_the_pointer_are_exact(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/training?data=digits&run=digits")
    chart = page.locator(".live .plot.loss canvas")
    chart.focus()
    for _ in range(3):
        chart.press("ArrowLeft")
    expect(page.locator(".live .at")).to_have_text(
        re.compile(r"step 4\d\d: batch \d\.\d{3}, [\d.]+ %; smoothed \d\.\d{3}, ")
    )
    chart.press("Escape")
    expect(page.locator(".live .at")).to_have_text("")
    expect(page.locator(".live .key.loss")).to_contain_text(re.compile(r"validation 0\.\d{3}"))


def test_kernels_and_pinned_images_are_drawn(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/training")
    expect(page.locator(".live .kernels canvas")).to_have_attribute("data-drawn", "after epoch 10")
    colors = page.locator(".live .kernels canvas").evaluate(
        """canvas => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size"""
    )
    assert colors > 50
    expect(page.locator(".live .pinned .tile")).to_have_count(8)
    expect(page.locator(".live .about")).to_contain_text("on re-encoded CIFAR-10")


def test_two_runs_are_compared(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/training?data=digits&training.view=Compare")
    expect(page.locator(".comparison")).to_have_attribute("data-lines", re.compile(r"[1-9]"))
    expect(page.locator(".comparison .lines li").first).to_contain_text("%")
    page.get_by_label("Against").click()
    page.get_by_role("option", name="processor time").click()
    expect(page.locator(".comparison .lines li").first).to_contain_text(re.compile(r"\d s$"))
    page.get_by_label("Measure").click()
    page.get_by_role("option", name="validation loss").click()
    expect(page.locator(".comparison .lines li").first).not_to_contain_text("%")
    expect(page).to_have_url(re.compile(r"training\.measure=validation(\+|%20)loss"))
    open_page(page, page.url)
    expect(page.locator(".comparison .lines li").first).to_contain_text(re.compile(r"\d\.\d{3}, \d+ s$"))
    assert_calm(page)


def test_the_time_machine_moves_everything_and_the_sidebar_follows(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/training?training.view=Time+machine")
    machine = page.locator(".machine")
    expect(machine).to_have_attribute("data-epoch", "10", timeout=START_S)
    expect(machine.locator(".maps canvas")).to_have_attribute("data-drawn", "10")
    trained = machine.locator(".kernels canvas").evaluate("canvas => canvas.toDataURL()")
    machine.get_by_role("slider", name="Epoch").press("Home")
    expect(machine).to_have_attribute("data-epoch", "0")
    assert machine.locator(".kernels canvas").evaluate("canvas => canvas.toDataURL()") != trained
    expect(machine.locator(".confusion figcaption")).to_contain_text("10,000 test images, on re-encoded CIFAR-10")
    expect(page).to_have_url(re.compile(r"epoch=0"))
    machine.get_by_role("button", name="Play").click()
    expect(machine).to_have_attribute("data-epoch", "10")
    expect(page).to_have_url(re.compile(r"epoch=10"))


@pytest.mark.parametrize("classes", [2, 3, 10, 40, 100])
def test_guessing_lies_where_every_class_is_as_likely(page: Page, classes: int) -> None:
    script = modules.script(Path(component.__file__).parent / "js" / "chart.js")
    share, loss = page.evaluate(
        f"() => {{ const {{ guessing }} = {script}; return ['share', 'loss'].map((u) => guessing(u, {classes})); }}"
    )
    assert share["value"] == pytest.approx(1 / classes)
    assert float(share["text"].removeprefix("guessing: ").removesuffix(" %")) == pytest.approx(100 / classes, abs=0.05)
    assert loss["value"] == pytest.approx(math.log(classes))
    assert loss["text"] == f"ln {classes} = {math.log(classes):.3f}: guessing"
