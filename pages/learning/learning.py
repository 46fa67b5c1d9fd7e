"""Learning: how the numbers of a network are found, from one step for one image to the landscape of all of them."""

import streamlit as st

from pages.learning import setting as chosen
from pages.learning import takehome
from pages.learning.back import shown_layers, way_back
from pages.learning.landscape import NOT_MEASURED, landscape, measured
from pages.learning.sentences import as_it_answers, back_traveled, landscape_seen, step_taken
from pages.learning.settings import outcome, settings
from pages.learning.slope import SAMPLES, slope
from pages.learning.step import step
from pages.shared import lesson
from pages.shared.choices import OneOf
from pages.shared.sidebar import Selection, current
from pages.shared.takehome import take_home
from pages.shared.views import opened


def one_step(selection: Selection) -> None:
    """Take one step apart: logits, softmax, loss, the slope of a weight, the new weight, the new loss."""
    with st.container(horizontal=True, gap="small"):
        setting = chosen.choose_images(selection)
        rate = chosen.choose_rate()
    weight = step(setting, rate)
    lesson.insight(step_taken(setting, rate, weight))
    take_home("learning.home", lambda: takehome.of_step(setting, rate, weight))
    lesson.note(f"The slopes promise the loss less the rate × the sum of all squared slopes. {as_it_answers(setting)}")


def one_weight(selection: Selection) -> None:
    """Draw the loss over one weight, and steps down it at any rate."""
    with st.container(horizontal=True, gap="small"):
        setting = chosen.choose_images(selection, usual=chosen.MANY)
    weight = slope(setting)
    lesson.insight(
        "The slope says which way is down, not how far. A small learning rate crawls, a good one falls, a large one "
        "jumps over the valley, and a still larger one climbs out of it."
    )
    take_home("learning.home", lambda: takehome.of_slope(setting, weight))
    lesson.note(f"Between {SAMPLES} measured losses the curve is interpolated. {as_it_answers(setting)}")


def layer_by_layer(selection: Selection) -> None:
    """Draw the slope's way back through the network, on the maps of the way forward."""
    with st.container(horizontal=True, gap="small"):
        setting = chosen.choose_images(selection, alone=True)
    if not shown_layers(setting.snapshot):
        st.info("This network has no layer with feature maps. Choose another run in the sidebar.")
        return
    picked = way_back(setting)
    lesson.insight(back_traveled(setting))
    take_home("learning.home", lambda: takehome.of_way_back(setting, picked))
    lesson.note(
        "Drawn are the maps whose filters this image moves most; the strips show all of them. Maps: black is zero, "
        "white each one’s largest value; where there are negative ones, and for slopes, blue is positive, white zero, "
        f"orange negative. Slopes by the square root of their size, one range a layer. {as_it_answers(setting)}"
    )


def all_weights(selection: Selection) -> None:
    """Draw the landscape around the run's way, and three optimizers on it."""
    run, snapshot = selection.run, selection.snapshot
    assert run is not None
    assert snapshot is not None
    with st.spinner("The loss is being measured around this run’s way."):
        found = measured(run, selection.dataset)
    if found is None:
        st.info(NOT_MEASURED)
        return
    landscape(run, found, snapshot.epoch)
    lesson.insight(landscape_seen(found))
    take_home("learning.home", lambda: takehome.of_landscape(run, found))
    lesson.note(
        f"Of the snapshots’ squared distances from the last, {100 * found.explained[0]:.0f} % lie across, "
        f"{100 * found.explained[1]:.0f} % upward (principal components, Li et al. 2018); one unit is the "
        "distance from the run’s start to its end. The snapshots lie a little off this plane, and the losses told of "
        "them are their own. The run learned from batches in all directions; the three follow the slope of this "
        "picture and stay in it."
    )


def each_setting(selection: Selection) -> None:
    """Draw what every setting of training does to the same small network."""
    setting = settings()
    lesson.insight(outcome(setting))
    take_home("learning.home", lambda: takehome.of_settings(setting))
    lesson.note(
        "A small network of its own (four convolutions of 8 and 16 filters), learned from 8,000 images of CIFAR-10 in "
        "eight passes, three seeds, bands of one standard deviation; every setting varied from the same usual ones: "
        "Adam, rate 0.001, batches of 100. More than chance: a mean is further from the usual one than twice the "
        "largest deviation. Too little of everything to tell how good a network can get."
    )


VIEWS = {
    "Step": (one_step, "How does a network find its numbers?"),
    "Slope": (one_weight, "How far should a step go?"),
    "Way back": (layer_by_layer, "How does every weight get its slope?"),
    "Landscape": (all_weights, "What does the way down look like?"),
    "Settings": (each_setting, "What does each setting do?"),
}


@st.fragment
@lesson.explained()
def draw(view: str, selection: Selection) -> None:
    """Draw one view; what is chosen in it reruns this part alone."""
    VIEWS[view][0](selection)


selection, views = current(), OneOf("learning.view", tuple(VIEWS))
view = opened("Learning", views, {name: lead for name, (_, lead) in VIEWS.items()}, room=(14, 13))
with lesson.explained():
    if selection.snapshot is None:
        st.info(selection.missing)
    else:
        lesson.when_warm(lambda: draw(view, selection))
