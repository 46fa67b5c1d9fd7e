"""The visitor's own network: built on one page, trained on another, kept in the address of both."""

import streamlit as st

from core.model.structure.architecture import Architecture
from pages.shared.choices import Coded

_CLASSES = "network.classes"
"""Key of the session: how many classes the data had when the network was last looked at."""

OWN_NETWORK = "your own"
"""How the training page's settings call this network, on the screen and in the URL."""


def network_choice(classes: int) -> Coded:
    """Return the choice of a network that tells so many classes apart; the tutorial's until one is built."""
    usual = Architecture.tutorial(classes=classes)
    return Coded("network.own", Architecture.from_text, writes=Architecture.to_text, name="network", usual=usual)


def chosen(classes: int) -> Architecture:
    """Return the visitor's network. Its head follows where other data with other classes are chosen.

    Args:
        classes: of the data it is to be trained on.
    """
    choice = network_choice(classes)
    network: Architecture = choice.value()
    before, st.session_state[_CLASSES] = st.session_state.get(_CLASSES, classes), classes
    if before != classes and network.classes == before:
        network = network.with_classes(classes)
        choice.choose(network)
    return network
