"""Which Odoo is taken when Debian's suite moves, tried with repositories of our own."""

import subprocess

import pytest

from ..support import ROOT
from .test_om import user_environment

PINNED = "19.0.0+dfsg-1"
# The functions of ./om with a repository of one folder in place of Debian's, and with
# packages of a few bytes. The checksum of the pinned one is that of the one made here.
SCRIPT = """
set -euo pipefail
ROOT=$1
for part in common system odoo; do source "$ROOT/scripts/om/$part.sh"; done
ODOO_DEB_VERSION=19.0.0+dfsg-1 ODOO_WEB_DEBS=''
DEB=$2/odoo-19_${ODOO_DEB_VERSION}_all.deb
ODOO_DEB_SHA256=${CHECKSUM:-$(cut -d' ' -f1 <(sha256sum "$DEB"))}
private_apt_options() {
    echo "deb [trusted=yes] file:$REPOSITORY ./" >"$1/sources.list"
    APT_OPTIONS=(-o "Dir::Etc::sourcelist=$1/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$1/lists" -o "Dir::Cache=$1/cache"
        -o APT::Sandbox::User="$(id -un)" -o APT::Update::Error-Mode=any)
}
need_space() { :; }
REPOSITORY=$2
mkdir -p "$VAR/log" "$CACHE"
ensure_odoo
echo "VERSION $ODOO_VERSION"
"""


@pytest.fixture
def repository(tmp_path):
    """Make a repository with these versions of odoo-19."""

    def make(*versions):
        folder = tmp_path / "repository"
        folder.mkdir()
        index = ""
        for version in versions:
            top = tmp_path / f"package-{version}"
            code = top / "usr/lib/python3/dist-packages/odoo"
            code.mkdir(parents=True)
            (code / "release.py").write_text("version_info = (19, 0, 0)\n")
            (top / "DEBIAN").mkdir()
            (top / "DEBIAN/control").write_text(
                f"Package: odoo-19\nVersion: {version}\nArchitecture: all\n"
                "Maintainer: nobody <nobody@example.org>\nDescription: an example\n"
            )
            file = folder / f"odoo-19_{version}_all.deb"
            run("dpkg-deb", "--build", "--root-owner-group", top, file)
            control = run("dpkg-deb", "--field", file).strip()
            digest = run("sha256sum", file).split()[0]
            size = file.stat().st_size
            index += f"{control}\nFilename: ./{file.name}\nSize: {size}\n"
            index += f"SHA256: {digest}\n\n"
        (folder / "Packages").write_text(index)
        return folder

    return make


def run(*command):
    return subprocess.check_output([*map(str, command)], text=True)


@pytest.fixture
def ensure(tmp_path):
    """What ./om takes from a repository."""

    def call(folder, **more):
        return subprocess.run(
            ["bash", "-c", SCRIPT, "bash", ROOT, folder],
            env=user_environment(
                OM_VAR=str(tmp_path / "var"), OM_CACHE=str(tmp_path / "cache"), **more
            ),
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def test_the_pinned_one_is_taken_where_it_is(repository, ensure):
    done = ensure(repository(PINNED, "19.0.0+dfsg-2"))
    assert done.stdout.splitlines()[-1:] == [f"VERSION {PINNED}"], done.stderr
    assert "newer" not in done.stderr


def test_a_newer_one_of_the_series_takes_its_place(repository, ensure, tmp_path):
    folder = repository("19.0.0+dfsg-2", "19.0.20270101+dfsg-1", "20.0.0+dfsg-1")
    expected = f"VERSION 19.0.20270101+dfsg-1 (newer than the tested {PINNED})"
    done = ensure(folder)
    assert done.stdout.splitlines()[-1:] == [expected], done.stderr
    assert "is newer than the tested" in done.stderr
    # The second time it is there already.
    (folder / "Packages").unlink()
    again = ensure(folder)
    assert again.stdout.splitlines()[-1:] == [expected], again.stderr
    exact = ensure(folder, OM_ODOO_EXACT="1")
    assert exact.returncode == 2, "continuous integration tests the pinned one"


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ([], "no odoo-19 any more"),
        (["19.0~rc1+dfsg-1"], "none of it Odoo 19.0 newer"),
        (["20.0.0+dfsg-1"], "none of it Odoo 19.0 newer"),
    ],
)
def test_without_one_the_way_out_is_said(repository, ensure, versions, words):
    done = ensure(repository(*versions))
    assert done.returncode == 2
    assert words in done.stderr and "OM_ODOO=/path" in done.stderr
    assert "Traceback" not in done.stderr


def test_exact_takes_no_other(repository, ensure):
    done = ensure(repository("19.0.0+dfsg-2"), OM_ODOO_EXACT="1")
    assert done.returncode == 2
    assert "OM_ODOO_EXACT=1" in done.stderr and "19.0.0+dfsg-2" in done.stderr


def test_another_file_under_the_pinned_name_is_refused(repository, ensure, tmp_path):
    done = ensure(repository(PINNED), CHECKSUM="0" * 64)
    assert done.returncode == 2
    assert "not the pinned one" in done.stderr
    assert not list((tmp_path / "cache").glob("odoo-*")), "nothing of it is kept"
