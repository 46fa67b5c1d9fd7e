from tests.pages.conftest import Visit

PAGES = ("dataset", "kernels", "network", "training", "predictions", "activations", "classify")


def test_every_stop_has_a_picture_and_a_link(visit: Visit) -> None:
    app = visit("overview")
    pictures = [block.proto.body for block in app.get("html") if "route-picture" in block.proto.body]
    assert len(pictures) == len(PAGES)
    assert all("<img" in picture or "<svg" in picture for picture in pictures)
    assert [link.proto.page for link in app.get("page_link")] == list(PAGES)


def test_state_of_data_and_models_is_told(visit: Visit) -> None:
    text = " ".join(block.proto.body for block in visit("overview").get("html"))
    assert "CIFAR-10, 20 images" in text or "20 images" in text


def test_pictures_follow_the_epoch(visit: Visit) -> None:
    app = visit("overview")
    trained = [block.proto.body for block in app.get("html")]
    app.select_slider(key="sidebar.epoch").set_value(0).run()
    random_start = [block.proto.body for block in app.get("html")]
    assert len(trained) == len(random_start)
    assert sum(a != b for a, b in zip(trained, random_start, strict=True)) >= 2
