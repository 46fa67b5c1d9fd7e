import pytest

from core.config import SHIPPED_RUNS
from core.training.permission import LecturerAccess, may_control
from core.training.runs import Run


def test_the_link_admits_any_number_of_screens_until_it_is_revoked() -> None:
    access = LecturerAccess()
    link = access.link_secret
    screens = [access.admit(link) for _ in range(3)]
    assert len(set(screens)) == 3 and all(access.knows(screen or "") for screen in screens)
    access.revoke()
    assert not any(access.knows(screen or "") for screen in screens)
    assert access.admit(link) is None and access.link_secret != link


def test_other_secrets_admit_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    access = LecturerAccess()
    assert [access.admit(wrong) for wrong in ("", "x", access.link_secret[:-1])] == [None] * 3
    assert not access.knows("") and not access.knows(access.link_secret)
    monkeypatch.setenv("CONVSCOPE_LECTURER_TOKEN", "set by the owner")
    assert access.admit("set by the owner")


def test_screens_are_bounded() -> None:
    access = LecturerAccess()
    first = access.admit(access.link_secret) or ""
    for _ in range(1000):
        access.admit(access.link_secret)
    assert not access.knows(first)


def test_shipped_runs_obey_no_lecturer() -> None:
    shipped = Run(SHIPPED_RUNS / "digits")
    assert not may_control(shipped, shipped.config.owner, token="x")
