"""Files that a visitor's browser has sent: taken out of the server's memory by the page that reads them."""

from collections.abc import Sequence

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from core.errors import UploadError

Received = UploadedFile | DeletedFile
"""What the state of an uploader holds: a file, or what is left of one that was taken."""


def take(file: Received) -> bytes:
    """Return a file's bytes; neither Streamlit nor the uploader's state keeps them.

    Streamlit would hold every file for as long as the visitor's session lasts. The uploader goes on listing it.

    Raises:
        UploadError: the file was taken before, or freed because nobody asked for it in time.
    """
    if isinstance(file, DeletedFile):
        raise UploadError("Expected a file that has just come. Received one that is no longer here. Choose it again.")
    data = file.getvalue()
    discard(file)
    return data


def discard(file: Received) -> None:
    """Let Streamlit forget a file's bytes."""
    if isinstance(file, DeletedFile):
        return
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    file.seek(0)
    file.truncate()


def name_of(file: Received) -> str:
    """Return what the visitor calls the file, any text."""
    return "a file" if isinstance(file, DeletedFile) else file.name


def listed(value: Sequence[Received] | Received | None) -> list[Received]:
    """Return the files of an uploader's state, whatever form it has."""
    if value is None:
        return []
    return [value] if isinstance(value, UploadedFile | DeletedFile) else list(value)
