import pytest

from core.config import SHIPPED_RUNS
from core.training.dispatch.permission import Permission
from core.training.runs.run import Run


def test_the_link_admits_any_number_of_screens_until_it_is_revoked() -> None:
    permission = Permission()
    link = permission.link_secret
    screens = [permission.admit(link) for _ in range(3)]
    assert len(set(screens)) == 3 and all(permission.knows(screen or "") for screen in screens)
    permission.revoke()
    assert not any(permission.knows(screen or "") for screen in screens)
    assert permission.admit(link) is None and permission.link_secret != link


def test_other_secrets_admit_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    permission = Permission()
    assert [permission.admit(wrong) for wrong in ("", "x", permission.link_secret[:-1])] == [None] * 3
    assert not permission.knows("") and not permission.knows(permission.link_secret)
    monkeypatch.setenv("CONVSCOPE_LECTURER_TOKEN", "set by the owner")
    assert permission.admit("set by the owner")


def test_screens_are_bounded() -> None:
    permission = Permission()
    first = permission.admit(permission.link_secret) or ""
    for _ in range(1000):
        permission.admit(permission.link_secret)
    assert not permission.knows(first)


def test_shipped_runs_obey_no_lecturer() -> None:
    shipped = Run(SHIPPED_RUNS / "digits")
    assert not Permission().may_control(shipped, shipped.config.owner, token="x")
