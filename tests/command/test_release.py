"""A changed add-on has a higher version than in the last release."""

import sys

import pytest

from ..support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import release  # noqa: E402


@pytest.fixture
def addon(tmp_path):
    folder = tmp_path / "om_example"
    (folder / "models").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "__manifest__.py").write_text('{"version": "19.0.1.9.0"}')
    (folder / "models" / "example.py").write_text("LIMIT = 1\n")
    return folder


@pytest.fixture
def released(addon):
    row = f"om_example {release.version_of(addon)} {release.digest_of(addon)}"
    return release.read_list(f"# name version digest\n{row}\n")


def set_version(addon, version):
    (addon / "__manifest__.py").write_text(f'{{"version": "{version}"}}')


def test_unchanged(addon, released):
    (addon / "tests" / "test_example.py").write_text("# no database knows of it\n")
    assert list(release.check(addon, released)) == []


@pytest.mark.parametrize("name", ["models/example.py", "views/example.xml"])
def test_changed_asks_for_a_higher_version(addon, released, name):
    (addon / name).parent.mkdir(exist_ok=True)
    (addon / name).write_text("LIMIT = 2\n")
    (complaint,) = release.check(addon, released)
    assert "om_example" in complaint and "raise it" in complaint
    set_version(addon, "19.0.1.10.0")
    assert list(release.check(addon, released)) == []


def test_lower_version(addon, released):
    set_version(addon, "19.0.1.8.9")
    (complaint,) = release.check(addon, released)
    assert "lower than the release" in complaint


def test_every_addon_of_the_list_is_here():
    listed = release.read_list(release.LIST.read_text("utf-8"))
    here = {manifest.parent.name for manifest in ROOT.glob("addons/*/__manifest__.py")}
    assert listed and set(listed) <= here
    dumps = {path.name for path in ROOT.glob("tests/upgrade/release-*.tar.xz")}
    for version in {version for version, _digest in listed.values()}:
        assert f"release-{version}.tar.xz" in dumps
