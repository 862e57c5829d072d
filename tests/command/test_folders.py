"""What ./om may delete: what it has made itself and marked so."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from .test_om import assert_refused, om


@pytest.fixture
def folder():
    """A folder that PostgreSQL's user may enter, so that the cluster is below it."""
    path = Path(tempfile.mkdtemp(prefix="om-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def var(folder):
    """A folder of settings and databases of its own; its server is ended."""
    path = folder / "var"
    yield path
    om("stop", OM_VAR=path)


def query(var):
    return om("psql", "-d", "postgres", "-Atc", "SELECT 6 * 7", OM_VAR=var)


class TestCluster:
    def test_unmarked_is_refused(self, var):
        """A cluster that has lost its mark may hold all databases there are."""
        data = var / "postgres" / "data"
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text("15\n")
        assert_refused(query(var), "no mark of a complete cluster", ".complete")
        assert (data / "PG_VERSION").read_text() == "15\n"

    def test_interrupted_making_begins_anew(self, var):
        cluster = var / "postgres"
        (cluster / "data").mkdir(parents=True)
        (cluster / "data" / "half").write_text("made")
        (cluster / ".making").touch()
        process = query(var)
        assert process.returncode == 0, process.stderr
        assert "was interrupted" in process.stderr
        assert process.stdout.strip() == "42"
        assert not (cluster / ".making").exists()
        assert not (cluster / "data" / "half").exists()
        # A complete one is used as it is, whatever else lies in it.
        again = query(var)
        assert "making" not in again.stderr
        assert again.stdout.strip() == "42"


class TestReset:
    def test_what_is_not_its_own_stays(self, var):
        assert query(var).returncode == 0
        (var / "letter.txt").write_text("mine")
        process = om("reset", "--yes", OM_VAR=var)
        assert process.returncode == 0, process.stderr
        assert "not its own" in process.stderr
        assert [path.name for path in var.iterdir()] == ["letter.txt"]

    def test_folder_that_it_did_not_make(self, folder):
        (folder / "letter.txt").write_text("mine")
        (folder / "data").mkdir()
        (folder / "data" / "photo").write_text("mine")
        process = om("reset", "--yes", OM_VAR=folder)
        assert_refused(process, "was not made by ./om")
        assert (folder / "data" / "photo").read_text() == "mine"
        assert sorted(os.listdir(folder)) == ["data", "letter.txt"]

    def test_its_own_goes_as_a_whole(self, var):
        assert query(var).returncode == 0
        process = om("reset", "--yes", OM_VAR=var)
        assert process.returncode == 0, process.stderr
        assert not var.exists()
