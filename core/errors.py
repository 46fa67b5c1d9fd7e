"""The exceptions whose text a page may show to a visitor.

Every message is three short sentences: what was expected, what was received, what to do about it.
Anything that is not a `ConvscopeError` is a defect: it is logged and answered with a calm general sentence.

    ConvscopeError
    ├── DataError           a data set is missing, incomplete or damaged
    │   └── DownloadError   fetching it failed
    ├── UploadError         an untrusted file was refused
    ├── KernelError         a kernel or an option of a convolution makes no sense
    ├── ArchitectureError   a stack of layers cannot be built
    │   └── TooLargeError   it could be built, but would fill too much memory
    ├── BusyError           too many others ask the networks at this moment
    ├── RunError            a run folder is missing, damaged or belongs to somebody else
    └── TrainingError       a training request was refused
"""


class ConvscopeError(Exception):
    """Base of every error that Convscope explains to its visitor."""


class DataError(ConvscopeError):
    """A data set is missing, incomplete or damaged."""


class DownloadError(DataError):
    """A download failed, was canceled or did not have the expected checksum."""


class UploadError(ConvscopeError):
    """An untrusted file was refused."""


class KernelError(ConvscopeError):
    """A kernel or an option of a convolution makes no sense."""


class ArchitectureError(ConvscopeError):
    """A stack of layers cannot be built; `layer` is the index of the layer that breaks it."""

    def __init__(self, message: str, *, layer: int | None = None) -> None:
        super().__init__(message)
        self.layer = layer


class TooLargeError(ArchitectureError):
    """A stack of layers that could be built, but whose outputs would fill too much memory."""


class BusyError(ConvscopeError):
    """Too many others ask the networks at this moment."""


class RunError(ConvscopeError):
    """A run folder is missing, damaged or belongs to somebody else."""


class TrainingError(ConvscopeError):
    """A training request was refused."""
