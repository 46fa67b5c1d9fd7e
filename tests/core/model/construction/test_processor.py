import os
import platform
import subprocess
import sys

import pytest

from core.model.construction import processor


def test_who_switches_onednn_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, on in (("0", False), ("1", True)):
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", value)
        assert "TF_ENABLE_ONEDNN_OPTS" not in processor.environment()
        assert processor.onednn() == on
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    assert processor.environment().get("TF_ENABLE_ONEDNN_OPTS") == ("1" if "avx2" in processor.flags() else None)


def test_who_tunes_the_c_library_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    assert ("GLIBC_TUNABLES" in processor.environment()) == (platform.system() == "Linux")
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.arena_max=1")
    assert "GLIBC_TUNABLES" not in processor.environment()


def test_onednn_pools_fast_with_avx512(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    assert processor.pools_fast() == (not processor.flags() or "avx512f" in processor.flags())
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "avx2")
    assert not processor.pools_fast()
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert not processor.pools_fast()


def test_tensorflow_takes_onednn_where_it_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow tells so itself in its log; the worker's environment, and none, as this processor has it."""
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    expected = processor.onednn()
    for environment, on in (({}, expected), ({"TF_ENABLE_ONEDNN_OPTS": "0"}, False)):
        told = subprocess.run(
            [sys.executable, "-c", "import tensorflow"],
            env=os.environ | environment | {"TF_CPP_MIN_LOG_LEVEL": "0"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ("oneDNN custom operations are on" in told.stderr) == on
