"""Keeps what a page's run has drawn until it is sent, though a run of one of its fragments begins before that.

When a fragment's run begins, Streamlit throws away what it had drawn and not yet sent of that fragment, for it is drawn
anew at once; but that the whole page is finished is still sent. A browser takes away whatever a finished page did not
draw: the fragment's element is gone for some frames, and with it what a visitor had unfolded, pointed at or focused.
That came to one of ten first visitors, while TensorFlow's import holds back the thread that sends.
"""

from typing import Any

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


def keep() -> None:
    """Send all of it in the order in which it was drawn, for all sessions of this process.

    Raises:
        AttributeError: this version of Streamlit has no such method; see what it does instead.
    """
    queue: Any = ForwardMsgQueue
    clear = queue.clear

    def clear_for_pages(
        self: Any, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if fragment_ids_this_run:
            self._delta_index_map = {}  # what comes now is not to take the place of what waits
        else:
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)

    queue.clear = clear_for_pages
