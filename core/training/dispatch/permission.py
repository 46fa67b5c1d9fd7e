"""Who may control a run: its owner, and the lecturer.

The lecturer is whoever knows `CONVSCOPE_LECTURER_TOKEN`, or came by the link that the server's log prints where none is
set. The link and the screens that used it are good until the server restarts or a lecturer revokes them.
"""

import hmac
import secrets
import threading

from core.config import Settings
from core.training.runs.run import Run

_MAX_SCREENS = 1000


class Permission:
    """Decides it; the link's secret, and those of the screens that came by it, are gone with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._link = secrets.token_urlsafe(24)
        self._screens: dict[str, None] = {}

    @property
    def link_secret(self) -> str:
        """What the link holds."""
        return self._link

    def admit(self, token: str) -> str | None:
        """Return a new screen's secret for whoever brings the link's secret or the set token; else None."""
        with self._lock:
            if not (_equal(token, self._link) or _equal(token, Settings.from_environ().lecturer_token)):
                return None
            screen = secrets.token_urlsafe(24)
            self._screens[screen] = None
            while len(self._screens) > _MAX_SCREENS:
                self._screens.pop(next(iter(self._screens)))
            return screen

    def knows(self, screen: str) -> bool:
        """Return whether a screen came by the link and was not revoked; takes as long whichever it is."""
        with self._lock:
            return sum(_equal(screen, each) for each in self._screens) > 0  # a sum: it looks at every one

    def revoke(self) -> None:
        """Forget all screens, and make the link another one."""
        with self._lock:
            self._link = secrets.token_urlsafe(24)
            self._screens.clear()

    def may_control(self, run: Run, owner: str, *, token: str | None = None) -> bool:
        """Return whether this visitor may control `run`: its owner, or whoever has a lecturer's token or screen."""
        if run.shipped:
            return False
        lecturer = _equal(token, Settings.from_environ().lecturer_token) or self.knows(token or "")
        return lecturer or _equal(run.config.owner, owner)


def _equal(one: str | None, other: str | None) -> bool:
    """Compare in a time that tells nothing about where they differ; nothing equals nothing."""
    return bool(one) and bool(other) and hmac.compare_digest(str(one).encode(), str(other).encode())
