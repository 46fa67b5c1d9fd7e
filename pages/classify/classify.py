"""Classify: the visitor's own pictures, what the network answers, and where the answer rests."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charts.bars import probability_bars
from core.charts.maps import heat_overlay
from core.charts.numbers import spelled
from core.data.uploads import square_input
from core.model import warm
from core.training.snapshot import Snapshot
from pages.classify import fooling, methods, pictures, takehome
from pages.classify.cropper import cropper, square_of
from pages.classify.pictures import KeptPicture
from pages.shared import lesson
from pages.shared.flow import can_show, flow
from pages.shared.mosaic import mosaic
from pages.shared.picking import clicked
from pages.shared.picture import image
from pages.shared.sidebar import Selection, current
from pages.shared.takehome import Offer, take_home

SEEN = "min(100%, max(8.5rem, 21vh))"  # what lies below the network's picture stays on the first screen


def crop_key(picture: KeptPicture) -> str:
    """Return the key of a picture's cropper."""
    return f"classify.crop.{picture.id}"


def network_input(picture: KeptPicture) -> NDArray[np.uint8]:
    """Return the 32 x 32 pixels inside the picture's square; they are cut anew only where it has moved."""
    place = square_of(picture.kept.size, crop_key(picture))
    seen = st.session_state.setdefault("classify.seen", {})
    if picture.id not in seen or seen[picture.id][0] != place:
        seen[picture.id] = place, square_input(picture.kept.parts, place)
    return seen[picture.id][1]


def choose_picture(everything: list[KeptPicture]) -> int:
    """Return the position of the chosen picture: the one clicked, else the newest, else the first."""
    picked = clicked("classify.mosaic")
    if picked is not None and picked < len(everything):
        st.session_state["classify.chosen"] = everything[picked].id
    ids = [picture.id for picture in everything]
    chosen = st.session_state.get("classify.chosen")
    return ids.index(chosen) if chosen in ids else 0


def draw_pictures(everything: list[KeptPicture], inputs: NDArray[np.uint8], chosen: int, answers: list[str]) -> None:
    """Draw all pictures small with their answers, and the chosen one large with its crop."""
    names = [picture.name for picture in everything]
    captions = [f"{name}: {answer}" for name, answer in zip(names, answers, strict=True)] if answers else names
    mosaic(inputs, key="classify.mosaic", captions=captions, columns=6, selected=chosen, cell="4.4rem")
    picture = everything[chosen]
    cropper(picture.kept.size, picture.preview, picture.name, key=crop_key(picture))
    for sentence in picture.notes:
        lesson.note(sentence)
    pictures.offer_removal(picture)


def draw_answer(snapshot: Snapshot, pixels: NDArray[np.uint8], values: NDArray[np.float64]) -> None:
    """Draw what the network sees, where its answer rests, and the probability of every class."""
    names = current().dataset.class_names
    method, explained = methods.choose(names, int(values.argmax()))
    explanation, name = cached.explanation(method, snapshot, pixels.tobytes(), explained), names[explained]
    seen, rests = st.columns(2, gap="small", wrap=False)
    with seen:
        what = "What the network sees: 32 × 32 pixels."
        image(pixels, "the picture as the network sees it", width=SEEN, caption=what)
    with rests:
        overlay = heat_overlay(pixels, explanation.heat)
        why = explanation.sentence.format(answer=name)
        image(overlay, f"where the answer {name} rests", width=SEEN, caption=why)
    st.html(probability_bars(values, names))


def draw_page(selection: Selection) -> None:
    """Draw pictures on the left, the answer on the right."""
    dataset, snapshot = selection.dataset, selection.snapshot
    left, right = st.columns(2, gap="medium")
    with left:
        everything = pictures.receive()
    chosen = choose_picture(everything)
    inputs = np.stack([network_input(picture) for picture in everything])
    answers: list[str] = []
    with right:
        if snapshot is None:
            st.info(selection.missing)
        elif not warm.is_warm():
            lesson.when_warm(lambda: None)
        else:
            probabilities = cached.probabilities(snapshot, inputs.tobytes())
            answers = [dataset.class_names[values.argmax()] for values in probabilities]
            draw_answer(snapshot, inputs[chosen], probabilities[chosen])
    with left, st.container(key="classify.pictures"):
        draw_pictures(everything, inputs, chosen, answers)
    names = ", ".join(dataset.class_names)
    lesson.insight(
        f"All it knows is {names}: a picture of anything else still gets one of these {spelled(dataset.classes)}, "
        "often with confidence."
    )
    if snapshot and answers:
        explained = methods.chosen_class(dataset.class_names, int(probabilities[chosen].argmax()))
        methods.tell(snapshot, inputs[chosen], explained, dataset.class_names[explained])
        methods.compare(snapshot, inputs[chosen], explained, dataset.class_names[explained])
        fooling.draw(dataset, snapshot, inputs[chosen])
        named = [picture.name for picture in everything]  # not the pictures: what is removed leaves no trace
        take_home("classify.home", lambda: offer(snapshot, inputs, probabilities, chosen, named))
    if snapshot and can_show(snapshot.architecture):
        lesson.heading("The whole network at work on it")
        with st.container(key="classify.network"):
            flow(inputs[chosen], snapshot, key="classify.flow")


def offer(
    snapshot: Snapshot, inputs: NDArray[np.uint8], values: NDArray[np.float64], chosen: int, named: list[str]
) -> Offer:
    """Return what there is to take home of the chosen picture, and of all of them."""
    pixels, class_names, method = inputs[chosen], current().dataset.class_names, methods.chosen_method().value()
    explained = methods.chosen_class(class_names, int(values[chosen].argmax()))
    return takehome.offer(
        snapshot,
        pixels,
        named[chosen],
        lambda: heat_overlay(pixels, cached.explanation(method, snapshot, pixels.tobytes(), explained).heat),
        lambda: takehome.probabilities_csv(named, values, class_names),
        class_names,
        [*methods.files(snapshot, pixels, explained), *fooling.files(snapshot, pixels)],
    )


lesson.opening("Classify", "What does the network say about your own picture?")
with lesson.explained():
    draw_page(current())
