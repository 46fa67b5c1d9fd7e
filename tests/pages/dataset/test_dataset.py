import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Visit, assert_calm


def texts(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def digits(app: AppTest) -> AppTest:
    app.selectbox(key="sidebar.data").set_value("digits").run()
    assert_calm(app)
    return app


def test_the_sample_opens_at_test_image_0_and_says_what_is_missing(visit: Visit) -> None:
    app = visit("dataset")
    assert app.number_input(key="image.index").value == 0
    assert "(20, 32, 32, 3)" in app.code[0].value
    assert "(50000, 32, 32, 3)" in texts(app)
    assert "index 0 is red" in texts(app)
    assert "As the tutorial prints it" in texts(app)


def test_any_image_can_be_named_by_its_index(visit: Visit) -> None:
    app = visit("dataset")
    app.number_input(key="image.index").set_value(19).run()
    assert_calm(app)
    assert app.number_input(key="image.index").max == 19


def test_class_filter_and_pages_of_the_digits(visit: Visit) -> None:
    app = digits(visit("dataset"))
    everything = app.number_input(key="dataset.page").max
    app.selectbox(key="dataset.class").set_value("seven").run()
    assert_calm(app)
    assert 1 < app.number_input(key="dataset.page").max < everything
    app.number_input(key="dataset.page").set_value(app.number_input(key="dataset.page").max).run()
    assert_calm(app)


def test_a_page_that_a_filter_leaves_behind_becomes_the_last_one(visit: Visit) -> None:
    app = digits(visit("dataset"))
    app.number_input(key="dataset.page").set_value(app.number_input(key="dataset.page").max).run()
    app.selectbox(key="dataset.class").set_value("one").run()
    assert_calm(app)
    assert app.number_input(key="dataset.page").value == app.number_input(key="dataset.page").max


def test_switching_data_forgets_a_class_that_it_lacks(visit: Visit) -> None:
    app = visit("dataset")
    app.selectbox(key="dataset.class").set_value("frog").run()
    app = digits(app)
    assert app.selectbox(key="dataset.class").value == "all classes"


def test_shuffling_takes_a_seed(visit: Visit) -> None:
    app = visit("dataset")
    assert app.number_input(key="dataset.shuffle").value is None
    app.number_input(key="dataset.shuffle").set_value(3).run()
    assert_calm(app)


def test_splits_have_their_own_numbers_of_images(visit: Visit) -> None:
    app = digits(visit("dataset"))
    last = {}
    for split in ("train", "test"):
        app.button_group(key="image.split").set_value(split).run()
        assert_calm(app)
        last[split] = app.number_input(key="image.index").max
    assert last["train"] > last["test"]


@pytest.mark.cifar10
def test_cifar10_prints_what_the_tutorial_prints(cifar10_environment: object, visit: Visit) -> None:
    app = visit("dataset")
    printed = app.code[0].value
    assert "(50000, 32, 32, 3)" in printed
    assert "(10000, 32, 32, 3)" in printed
    assert "[6, 9, 9, 4, 1]  frog, truck, truck, deer, automobile" in printed
    assert "uint8" in printed
    assert texts(app).count(">5,000<") == 10
