import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from core.web import unsent


def element(text: str, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend([0, len(fragment)])
    message.delta.new_element.text.body = text
    message.delta.fragment_id = fragment
    return message


def sent() -> list[str]:
    """Return what a browser gets when a fragment's run begins before a page's run was sent."""
    queue = ForwardMsgQueue()
    for message in (element("page"), element("fragment", "f"), ForwardMsg(script_finished="FINISHED_SUCCESSFULLY")):
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(element("fragment anew", "f"))
    return [each.delta.new_element.text.body or each.WhichOneof("type") for each in queue.flush()]


def test_a_finished_page_is_sent_whole_though_a_fragment_runs_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # put back after
    assert sent() == ["page", "script_finished", "fragment anew"], (
        "Streamlit does not do it any more: core/web/unsent.py can go"
    )
    unsent.keep()
    assert sent() == ["page", "fragment", "script_finished", "fragment anew"]


def test_a_newer_run_of_the_page_still_takes_the_place_of_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    unsent.keep()
    queue = ForwardMsgQueue()
    queue.enqueue(element("page"))
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty()
