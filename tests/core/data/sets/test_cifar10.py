"""CIFAR-10 is found in its order, converted once and whole, and mapped read-only."""

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.archive import BATCHES, FOLDER, TRAIN_BATCHES
from core.data.sets import cifar10, sample
from core.errors import DataError


def conversions(settings):
    """Return the names of everything below the folder of conversions."""
    folder = settings.home / "data" / "cifar10"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def check(dataset, pictures):
    np.testing.assert_array_equal(dataset.train.images, np.concatenate([pictures[name] for name in TRAIN_BATCHES]))
    np.testing.assert_array_equal(dataset.test.images, pictures["test_batch"])
    np.testing.assert_array_equal(dataset.train.labels, np.arange(100) % 10)
    np.testing.assert_array_equal(dataset.test.labels, np.arange(20) % 10)
    np.testing.assert_array_equal(dataset.train.indices, np.arange(100))


class TestFind:
    def test_nowhere(self, settings, edition):
        assert cifar10.find(settings, edition) is None
        with pytest.raises(DataError, match=r"Expected all 60,000 .* Received none, .* CONVSCOPE_CIFAR10"):
            cifar10.load(settings, edition)

    def test_the_folder_above_the_batches(self, settings, edition, folder):
        assert cifar10.find(replace(settings, cifar10=folder), edition) == folder / FOLDER

    def test_the_folder_of_the_batches(self, settings, edition, folder):
        assert cifar10.find(replace(settings, cifar10=folder / FOLDER), edition) == folder / FOLDER

    def test_the_archive(self, settings, edition, archive_file):
        assert cifar10.find(replace(settings, cifar10=archive_file), edition) == archive_file

    def test_the_folder_of_the_archive(self, settings, edition, archive_file, tmp_path):
        named = archive_file.rename(tmp_path / cifar10.ARCHIVE_NAME)

        assert cifar10.find(replace(settings, cifar10=tmp_path), edition) == named

    @pytest.mark.parametrize("place", [f"{FOLDER}-target/{FOLDER}", FOLDER])
    def test_the_keras_cache(self, settings, edition, folder, tmp_path, monkeypatch, place):
        monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
        cache = tmp_path / "keras" / "datasets" / place
        cache.parent.mkdir(parents=True)
        (folder / FOLDER).rename(cache)

        assert cifar10.find(settings, edition) == cache

    def test_an_interrupted_keras_cache_is_passed_over(self, settings, edition, folder, tmp_path, monkeypatch):
        monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
        cache = tmp_path / "keras" / "datasets" / FOLDER
        cache.parent.mkdir(parents=True)
        (folder / FOLDER).rename(cache)
        (cache / "data_batch_5").write_bytes(b"half")

        assert cifar10.find(settings, edition) is None

    def test_our_own_download(self, settings, edition, archive_file):
        downloaded = cifar10.convert(archive_file, settings, edition, downloaded=True)
        archive_file.unlink()

        assert cifar10.find(settings, edition) == downloaded
        assert len(cifar10.load(settings, edition).train) == 100

    def test_a_chosen_source_comes_before_the_others(self, settings, edition, folder, archive_file):
        cifar10.convert(archive_file, settings, edition, downloaded=True)

        assert cifar10.find(replace(settings, cifar10=folder), edition) == folder / FOLDER

    def test_a_chosen_path_that_does_not_exist_is_reported(self, settings, edition, archive_file, tmp_path):
        cifar10.convert(archive_file, settings, edition, downloaded=True)

        with pytest.raises(DataError, match=r"Expected CONVSCOPE_CIFAR10 .* which does not exist. Correct the path"):
            cifar10.find(replace(settings, cifar10=tmp_path / "absent"), edition)

    def test_a_chosen_folder_without_batches_is_reported(self, settings, edition, tmp_path):
        with pytest.raises(DataError, match="holds neither"):
            cifar10.find(replace(settings, cifar10=tmp_path), edition)

    @pytest.mark.parametrize("name", BATCHES)
    def test_a_missing_batch_is_named(self, settings, edition, folder, name):
        (folder / FOLDER / name).unlink()

        with pytest.raises(DataError, match=rf"Expected six batches .* where {name} is missing or cut short\. Unpack"):
            cifar10.find(replace(settings, cifar10=folder), edition)

    def test_two_missing_batches_are_named(self, settings, edition, folder):
        (folder / FOLDER / "data_batch_2").unlink()
        (folder / FOLDER / "test_batch").write_bytes(b"cut short")

        with pytest.raises(DataError, match="data_batch_2, test_batch are missing or cut short"):
            cifar10.find(replace(settings, cifar10=folder), edition)


class TestLoad:
    def test_a_folder(self, settings, edition, folder, pictures):
        dataset = cifar10.load(replace(settings, cifar10=folder), edition)

        check(dataset, pictures)
        assert dataset.figures_note == "on re-encoded CIFAR-10"
        assert "re-encoded" in dataset.origin

    def test_an_archive(self, settings, edition, archive_file, pictures):
        dataset = cifar10.load(replace(settings, cifar10=archive_file), edition)

        check(dataset, pictures)
        assert not dataset.figures_note
        assert "official pixels" in dataset.origin

    def test_archive_and_folder_of_the_same_pixels_have_one_fingerprint(self, settings, edition, folder, archive_file):
        from_folder = cifar10.load(replace(settings, cifar10=folder), edition)
        from_archive = cifar10.load(replace(settings, cifar10=archive_file), edition)

        assert from_folder.fingerprint == from_archive.fingerprint
        assert len(from_folder.fingerprint) == 16

    def test_the_official_first_test_images_mark_a_folder_as_official(self, settings, edition, folder, make):
        (folder / FOLDER / "test_batch").write_bytes(make.official(sample.load().test.images))
        assert not cifar10.load(replace(settings, cifar10=folder), edition).figures_note

        almost = sample.load().test.images.copy()
        almost[19, 31, 31, 2] ^= 1
        (folder / FOLDER / "test_batch").write_bytes(make.official(almost))
        assert cifar10.load(replace(settings, cifar10=folder), edition).figures_note

    def test_arrays_are_mapped_and_read_only(self, settings, edition, folder):
        dataset = cifar10.load(replace(settings, cifar10=folder), edition)

        for split in (dataset.train, dataset.test):
            base = split.images.base
            while base is not None and not isinstance(base, np.memmap):
                base = base.base
            assert isinstance(base, np.memmap)
            assert base.mode == "r"
            for array in (split.images, split.labels, split.indices):
                with pytest.raises(ValueError, match="read-only"):
                    array[0] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                split.images.flags.writeable = True

    def test_a_later_start_converts_nothing(self, settings, edition, folder):
        chosen = replace(settings, cifar10=folder)
        cifar10.load(chosen, edition)
        (target,) = (settings.home / "data" / "cifar10").iterdir()
        before = {path.name: path.stat().st_mtime_ns for path in target.iterdir()}
        cifar10.load(chosen, edition)

        assert {path.name: path.stat().st_mtime_ns for path in target.iterdir()} == before
        assert cifar10.is_converted(folder / FOLDER, chosen, edition)

    def test_another_source_never_shows_stale_pixels(self, settings, edition, folder, make, pictures, tmp_path):
        other = tmp_path / "other" / FOLDER
        other.mkdir(parents=True)
        for name in BATCHES:
            (other / name).write_bytes(make.modern(pictures[name] ^ 1))

        first = cifar10.load(replace(settings, cifar10=folder), edition)
        second = cifar10.load(replace(settings, cifar10=other), edition)
        again = cifar10.load(replace(settings, cifar10=folder), edition)

        np.testing.assert_array_equal(second.test.images, first.test.images ^ 1)
        np.testing.assert_array_equal(again.test.images, first.test.images)
        assert first.fingerprint == again.fingerprint != second.fingerprint

    def test_a_changed_source_is_converted_anew_and_the_old_conversion_goes(
        self, settings, edition, folder, make, pictures
    ):
        chosen = replace(settings, cifar10=folder)
        first = cifar10.load(chosen, edition)
        (folder / FOLDER / "data_batch_1").write_bytes(make.official(pictures["data_batch_1"] ^ 1))
        second = cifar10.load(chosen, edition)

        assert (second.train.images[:20] == pictures["data_batch_1"] ^ 1).all()
        assert (first.train.images[:20] == pictures["data_batch_1"]).all(), "what is open stays readable"
        assert len(conversions(settings)) == 1


class TestDamage:
    def test_an_archive_with_another_checksum(self, settings, edition, archive_file):
        with archive_file.open("ab") as file:
            file.write(b"\0")

        with pytest.raises(DataError, match=r"Expected the official archive with MD5 .* Fetch it again"):
            cifar10.load(replace(settings, cifar10=archive_file), edition)
        assert conversions(settings) == []

    def test_a_folder_with_a_damaged_batch(self, settings, edition, folder):
        path = folder / FOLDER / "data_batch_4"
        path.write_bytes(path.read_bytes()[:-40])

        with pytest.raises(DataError, match=r"Expected data_batch_4 to be one of CIFAR-10's batches"):
            cifar10.load(replace(settings, cifar10=folder), edition)
        assert conversions(settings) == []

    def test_a_folder_with_a_batch_far_too_large(self, settings, edition, folder):
        with (folder / FOLDER / "data_batch_4").open("r+b") as file:
            file.truncate(10**12)

        with pytest.raises(DataError, match="a file of 1000000 MB"):
            cifar10.load(replace(settings, cifar10=folder), edition)
        assert conversions(settings) == []

    def test_classes_out_of_balance(self, settings, edition, folder, pictures, make):
        path = folder / FOLDER / "test_batch"
        path.write_bytes(make.official(pictures["test_batch"]).replace(b"K\x00K\x01K\x02", b"K\x00K\x01K\x03", 1))

        with pytest.raises(DataError, match=r"Expected 2 images of each class .* Received 2, 2, 1, 3, 2"):
            cifar10.load(replace(settings, cifar10=folder), edition)
        assert conversions(settings) == []

    def test_a_home_that_is_a_file(self, settings, edition, folder, tmp_path):
        (tmp_path / "file").write_text("")

        with pytest.raises(DataError, match=r"Expected to convert .* set CONVSCOPE_HOME to another folder"):
            cifar10.load(replace(settings, cifar10=folder, home=tmp_path / "file" / "home"), edition)

    def test_a_full_disk(self, settings, edition, folder):
        """The operating system refuses to let files grow, as on a full disk; in a process of its own."""
        script = f"""
            import resource
            from dataclasses import replace
            from pathlib import Path
            from core.config import Settings
            from core.data.sets import cifar10
            from core.errors import DataError
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            home, folder = Path({str(settings.home)!r}), Path({str(folder)!r})
            settings = replace(Settings.from_environ(), home=home, cifar10=folder)
            try:
                cifar10.load(settings, cifar10.Edition(md5="", batch_images={edition.batch_images}))
            except DataError as error:
                print(error)
        """
        said = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
        )

        assert "File too large. Make room there, or set CONVSCOPE_HOME" in said.stdout, said.stderr
        assert conversions(settings) == []

    @pytest.mark.parametrize("damage", ["truncate", "remove", "manifest", "format"])
    def test_a_damaged_conversion_is_made_anew(self, settings, edition, folder, pictures, damage):
        chosen = replace(settings, cifar10=folder)
        cifar10.load(chosen, edition)
        (target,) = (settings.home / "data" / "cifar10").iterdir()
        if damage == "truncate":
            os.truncate(target / "train-images.npy", 1000)
        elif damage == "remove":
            (target / "test-labels.npy").unlink()
        elif damage == "manifest":
            (target / "manifest.json").write_text("{")
        else:
            manifest = json.loads((target / "manifest.json").read_text())
            (target / "manifest.json").write_text(json.dumps({**manifest, "format": 0}))

        assert not cifar10.is_converted(folder / FOLDER, chosen, edition)
        check(cifar10.load(chosen, edition), pictures)

    def test_a_damaged_own_download_counts_as_none(self, settings, edition, archive_file):
        downloaded = cifar10.convert(archive_file, settings, edition, downloaded=True)
        os.truncate(downloaded / "train-images.npy", 1000)

        assert cifar10.find(settings, edition) is None


class TestConcurrency:
    def test_a_conversion_that_is_stopped_leaves_nothing(self, settings, edition, folder):
        class StopError(Exception):
            pass

        def stop(done):
            assert [name[0] for name in conversions(settings)] == ["."], "work in progress has a name of its own"
            if done == 4:
                raise StopError

        with pytest.raises(StopError):
            cifar10.convert(folder / FOLDER, settings, edition, on_batch=stop)
        assert conversions(settings) == []

    def test_eight_threads_at_once(self, settings, edition, folder, pictures):
        chosen, results = replace(settings, cifar10=folder), []
        threads = [threading.Thread(target=lambda: results.append(cifar10.load(chosen, edition))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(results) == 8
        for dataset in results:
            check(dataset, pictures)
        assert len(conversions(settings)) == 1

    def test_three_processes_at_once(self, settings, edition, folder, pictures):
        script = f"""
            from dataclasses import replace
            from pathlib import Path
            from core.config import Settings
            from core.data.sets import cifar10
            home, folder = Path({str(settings.home)!r}), Path({str(folder)!r})
            settings = replace(Settings.from_environ(), home=home, cifar10=folder)
            print(cifar10.load(settings, cifar10.Edition(md5="", batch_images={edition.batch_images})).fingerprint)
        """
        command = [sys.executable, "-c", textwrap.dedent(script)]
        processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        said = {process.communicate()[0].strip() for process in processes}

        dataset = cifar10.load(replace(settings, cifar10=folder), edition)
        check(dataset, pictures)
        assert said == {dataset.fingerprint}
        assert len(conversions(settings)) == 1

    def test_what_a_dead_process_left_is_removed_after_an_hour(self, settings, edition, folder):
        chosen = replace(settings, cifar10=folder)
        parent = settings.home / "data" / "cifar10"
        old, new = parent / ".unfinished-old", parent / ".unfinished-new"
        for path in (old, new):
            path.mkdir(parents=True)
            (path / "train-images.npy").write_bytes(b"half")
        two_hours_ago = time.time() - 7200
        os.utime(old, (two_hours_ago, two_hours_ago))
        cifar10.load(chosen, edition)

        assert not old.exists()
        assert new.exists()

    def test_a_killed_conversion_is_never_taken_for_whole(self, settings, edition, folder, pictures):
        script = f"""
            import os, signal
            from pathlib import Path
            from dataclasses import replace
            from core.config import Settings
            from core.data.sets import cifar10
            home, folder = Path({str(settings.home)!r}), Path({str(folder)!r})
            settings = replace(Settings.from_environ(), home=home, cifar10=folder)
            edition = cifar10.Edition(md5="", batch_images={edition.batch_images})
            kill = lambda done: done == 6 and os.kill(os.getpid(), signal.SIGKILL)
            cifar10.convert(cifar10.find(settings, edition), settings, edition, on_batch=kill)
        """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=Path.cwd())

        assert done.returncode == -9
        assert len(conversions(settings)) == 1
        chosen = replace(settings, cifar10=folder)
        assert not cifar10.is_converted(folder / FOLDER, chosen, edition)
        check(cifar10.load(chosen, edition), pictures)


def test_the_official_edition():
    assert cifar10.OFFICIAL.md5 == "c58f30108f718f92721af3d95e74349a"
    assert cifar10.OFFICIAL.train_images == 50_000
    assert cifar10.OFFICIAL.batch_images == 10_000
