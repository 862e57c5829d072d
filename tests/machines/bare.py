"""A bare Debian in a folder, entered without any daemon: where the README begins.

``mmdebstrap`` makes the root; namespaces of mounts and of processes hold what runs in
it; the network is the machine's own. How packages are reached from here (settings of
apt, the resolver, a proxy, certificates, an index of Python packages) is read off the
machine: nothing of it is in the project, and no package comes into the root by this.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Of apt's settings only how its mirrors are reached and believed.
APT_SETTING = re.compile(r"Acquire::(?:https?|Check-|Retries)\S* \".*\";")
PROXIES = ("http_proxy", "https_proxy", "no_proxy")
PIP_SETTINGS = ("index-url", "proxy", "timeout", "retries", "trusted-host")
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# Not where Debian's package puts its own: that is for ./om to install.
BUNDLE_INSIDE = "/run/certificates-of-the-host.crt"
BUNDLE_NAMES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
# The first process of the root takes in what has lost its parent, and ends everything
# by its own end.
HOLD = """
mount -t proc proc "$1/proc"
mount -t tmpfs -o mode=755 tmpfs "$1/run"
mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
[ ! -e "$2" ] || cp "$2" "$1$3"
exec chroot "$1" /bin/sh -c 'echo held; while :; do sleep 1 & wait $!; done'
"""


def missing_programs() -> list[str]:
    """What the machine lacks for making such roots, as Debian's packages."""
    programs = {"mmdebstrap": "mmdebstrap", "nsenter": "util-linux"}
    return [name for program, name in programs.items() if not shutil.which(program)]


class BareRoot:
    """One root of one release; ``close`` ends all that runs in it and removes it.

    :param suite: Debian's name of the release, such as ``trixie``
    :param folder: where it is made; not there yet
    """

    def __init__(self, suite: str, folder: Path) -> None:
        self.folder = folder
        settings = network_settings()
        command = ["mmdebstrap", "--quiet", "--variant=minbase"]
        command += [f"--aptopt={line}" for line in settings]
        started = time.monotonic()
        subprocess.run(
            [*command, suite, folder, mirror()], check=True, stdin=subprocess.DEVNULL
        )
        self.seconds = time.monotonic() - started
        shutil.copy("/etc/resolv.conf", folder / "etc" / "resolv.conf")
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
            + ["sh", "-ec", HOLD, "sh", folder, BUNDLE, BUNDLE_INSIDE],
            env={"PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._holder.stdout.readline() != "held\n":
            raise RuntimeError("the root could not be entered: are you root here?")
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children")
        self._first = children.read_text().split()[0]

    def run(self, *command: str, **options) -> subprocess.CompletedProcess:
        """A command in the root; its environment holds what a login's has, and how the
        network is reached."""
        enter = ["nsenter", f"--target={self._first}", "--mount", "--pid", "--root"]
        environment = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}
        return subprocess.run(
            [*enter, "--wd", *command],
            env=environment | network_environment(),
            stdin=subprocess.DEVNULL,
            **options,
        )

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()
        self._holder.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def mirror() -> str:
    """The site that this machine's apt takes Debian from, as ``./om`` finds it."""
    command = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]
    sites = subprocess.check_output(command, text=True).split()
    return min(set(sites))


def network_settings() -> list[str]:
    """The lines of apt's settings by which it reaches its mirrors from here."""
    dump = subprocess.check_output(["apt-config", "dump"], text=True)
    return [line for line in dump.splitlines() if APT_SETTING.fullmatch(line)]


def network_environment() -> dict[str, str]:
    """What programs must be told to reach the registries of packages from here."""
    found = {
        name: value for name, value in os.environ.items() if name.lower() in PROXIES
    }
    for setting in PIP_SETTINGS:
        name = "PIP_" + setting.replace("-", "_").upper()
        if value := os.environ.get(name) or pip_setting(setting):
            found[name] = value
    if "PIP_INDEX_URL" in found:
        found["UV_DEFAULT_INDEX"] = found["PIP_INDEX_URL"]
    if BUNDLE.is_file():
        found |= dict.fromkeys(BUNDLE_NAMES, BUNDLE_INSIDE)
    return found


def pip_setting(name: str) -> str:
    command = [os.environ["OM_PYTHON"], "-m", "pip", "config", "get", f"global.{name}"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
