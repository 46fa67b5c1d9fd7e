import os
import subprocess
import sys

import pytest

from core.config import Settings


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("CONVSCOPE_TRAINING", "false", "on or off"),
        ("CONVSCOPE_DOWNLOAD", "0", "on or off"),
        ("CONVSCOPE_MAX_EPOCHS", "0", "a whole number above 0"),
        ("CONVSCOPE_MAX_EPOCHS", "ten", "a whole number above 0"),
        ("CONVSCOPE_MAX_RUN_HOURS", "6h", "a number above 0"),
        ("CONVSCOPE_QUOTA_GB", "0,5", "a number above 0"),
        ("CONVSCOPE_FREE_GB", "-1", "a number above 0"),
        ("CONVSCOPE_TRAINING_MEMORY_GB", "nan", "a number above 0"),
        ("CONVSCOPE_TRAINING_MEMORY_GB", "inf", "a number above 0"),
    ],
)
def test_nonsense_ends_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, expected: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(ValueError, match=f"Expected {expected} in {variable}. Received {text!r}. Write"):
        Settings.from_environ()


def test_what_is_not_said_or_empty_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TRAINING", "MAX_EPOCHS", "MAX_RUN_HOURS", "QUOTA_GB", "TRAINING_MEMORY_GB"):
        monkeypatch.setenv(f"CONVSCOPE_{variable}", "")
    settings = Settings.from_environ()
    assert (settings.training, settings.max_epochs, settings.max_run_s) == (True, 30, 6 * 3600)
    assert settings.quota_bytes == 20e9
    assert 0 < settings.training_memory_bytes <= 3e9


def test_what_is_said_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "OFF")
    monkeypatch.setenv("CONVSCOPE_MAX_EPOCHS", "7")
    monkeypatch.setenv("CONVSCOPE_FREE_GB", "0.25")
    settings = Settings.from_environ()
    assert (settings.training, settings.max_epochs, settings.free_bytes) == (False, 7, 0.25e9)


def test_the_server_says_the_sentence_and_nothing_else() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import app"],
        env={**os.environ, "CONVSCOPE_TRAINING": "no"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    sentence = "Expected on or off in CONVSCOPE_TRAINING. Received 'no'. Write one of these two words."
    assert [line for line in ended.stderr.splitlines() if "CONVSCOPE" in line or "Traceback" in line] == [sentence]
