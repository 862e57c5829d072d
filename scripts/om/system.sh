# Debian packages and the Python environment. Sourced by ./om.
# shellcheck shell=bash

# Found once for a command, by prepare_tools: the system's Python, and the environment
# that belongs to it.
FOUND_PYTHON='' VENV=''

# have_cjk_font: PDFs and screenshots need a font with Chinese glyphs.
have_cjk_font() {
    compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || {
        command -v fc-list >/dev/null && [ -n "$(fc-list ':lang=zh' 2>/dev/null | head -n 1)" ]
    }
}

have_python_venv() {
    local python
    python=$(find_python) && "$python" -c 'import ensurepip, venv' 2>/dev/null
}

# The first Python that Odoo 19 and the pinned packages accept (3.11 to 3.13).
find_python() {
    local candidate
    [ -z "$FOUND_PYTHON" ] || {
        echo "$FOUND_PYTHON"
        return
    }
    for candidate in ${OM_PYTHON:-} /usr/bin/python3 python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# Debian packages that are missing for making the Python environment, one per line.
missing_packages() {
    # What is made already needs nothing for its making.
    [ -e "$VENV/.complete" ] || have_python_venv || echo python3-venv
    ! lacks_barcodes || echo python3-rl-renderpm
    [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
}

# Those that are wanted from the first database on.
missing_database_packages() {
    if ! uses_external_database; then
        [ -n "$(postgres_bin)" ] || echo postgresql
    else
        command -v psql >/dev/null || echo postgresql-client
    fi
}

# Those that only tests want.
missing_test_packages() {
    [ -n "$(find_chromium)" ] || echo chromium
    # Papers are tested with the engine that prints them.
    command -v chromium-headless-shell >/dev/null || paper_engine_package
    command -v git >/dev/null || echo git
    # The browser's driver is a program of its own that links to it.
    compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || echo libatomic1
}

# Those that only papers want.
missing_paper_packages() {
    [ -n "$(find_paper_engine)" ] || paper_engine_package
    have_cjk_font || echo fonts-noto-cjk
}

# Reportlab's drawing of barcodes: a wheel up to Python 3.12, Debian's package after it.
DEBIAN_BARCODES='/usr/lib/python3/dist-packages/_rl_renderPM.cpython-*.so'

lacks_barcodes() {
    local python
    # Without a Python yet the one of the release will be installed.
    if python=$(find_python); then
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 13))' || return 1
    else
        [ "$(debian_release)" -ge 13 ] || return 1
    fi
    ! compgen -G "$DEBIAN_BARCODES" >/dev/null
}

# The number of Debian's release: 12 for bookworm, and for what is no Debian.
debian_release() {
    local number
    number=$(. /etc/os-release 2>/dev/null && [ "${ID:-}" = debian ] && echo "${VERSION_ID:-99}")
    echo "${number:-12}"
}

# What can print papers: best the Chromium without a window.
find_paper_engine() {
    command -v chromium-headless-shell || command -v wkhtmltopdf || find_chromium
}

# Other systems than Debian have no such package.
paper_engine_package() {
    if grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
        echo chromium-headless-shell
    else
        echo wkhtmltopdf
    fi
}

# A browser for the tests.
find_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome || true
}

# The monitoring system that tests let post its alerts: Debian's, unpacked and not
# installed, since installed it would run as a service of the machine's. Without it, or
# without a network, its test says why it is skipped.
find_alertmanager() {
    command -v prometheus-alertmanager ||
        compgen -G "$CACHE/alertmanager/usr/bin/prometheus-alertmanager" || true
}

fetch_alertmanager() {
    local work=$CACHE/alertmanager.new
    [ -z "$(find_alertmanager)" ] || return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 0
    rm -rf "$work"
    mkdir -p "$work"
    if (cd "$work" && apt-get download prometheus-alertmanager) >>"$VAR/log/apt.log" 2>&1 &&
        dpkg-deb -x "$work"/*.deb "$work" >>"$VAR/log/apt.log" 2>&1; then
        rm -f "$work"/*.deb
        mv "$work" "$CACHE/alertmanager" 2>/dev/null || true
    fi
    rm -rf "$work"
}

# The way to root: empty as root, sudo where it asks nothing or somebody can answer.
root_prefix() {
    if [ "$(id -u)" = 0 ]; then
        return 0
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        echo sudo
    else
        return 1
    fi
}

# ensure_packages [test|meanwhile]: installs what is missing, or says what to install.
# "meanwhile" waits for what the Python environment wants only: the database's packages
# come beside the Python ones, the papers' beside the making of the database.
ensure_packages() {
    local now database papers all prefix
    now=$(missing_packages | xargs)
    database=$(missing_database_packages | xargs)
    papers=$(missing_paper_packages | xargs)
    [ "${1:-}" != test ] || now="$now $(missing_test_packages | xargs)"
    all=$(xargs -n 1 <<<"$now $database $papers" | sort -u | xargs)
    [ -n "$all" ] || return 0
    command -v apt-get >/dev/null ||
        die "these packages are missing and this is no Debian: $all."
    prefix=$(root_prefix) ||
        die "these packages are missing: $all. Install them with: apt-get install --no-install-recommends $all"
    need_space /var/cache/apt 1500 "installing $all"
    if [ "${1:-}" != meanwhile ]; then
        now=$all
        database=''
        papers=''
    fi
    if [ -n "$now" ]; then
        step "installing Debian packages: $now"
        # shellcheck disable=SC2086  # words on purpose
        install_packages "$prefix" $now ||
            die_of "$VAR/log/apt.log" "apt-get could not install $now"
    fi
    PAPER_PACKAGES=$papers
    # shellcheck disable=SC2086  # words on purpose
    [ -z "$database" ] || install_meanwhile $database
}

# install_meanwhile PACKAGE...: in the background, one apt-get at a time.
install_meanwhile() {
    local prefix
    prefix=$(root_prefix)
    # Nobody can answer a question of the background.
    [ -z "$prefix" ] || $prefix -v
    step "installing Debian packages meanwhile: $*"
    INSTALLING="$*"
    install_packages "$prefix" "$@" &
    INSTALLER=$!
}

# await_packages: what the background installs is there.
await_packages() {
    [ -n "${INSTALLER:-}" ] || return 0
    wait "$INSTALLER" ||
        die_of "$VAR/log/apt.log" "apt-get could not install $INSTALLING"
    INSTALLER=''
    # The background asked, and a variable of its own says so.
    PACKAGES_LISTED=yes
}

# install_packages PREFIX PACKAGE...
# shellcheck disable=SC2086  # the prefix is empty or a word
install_packages() {
    local prefix=$1 dropin=/etc/postgresql-common/createcluster.d/om.conf
    shift
    # Debian's postgresql would make and start a cluster of the system's; ours is private.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        $prefix mkdir -p "$(dirname $dropin)"
        echo 'create_main_cluster = false' | $prefix tee $dropin >/dev/null
    fi
    local status=0
    {
        list_packages "$prefix" &&
            run_logged "$VAR/log/apt.log" $prefix env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y --no-install-recommends "$@"
    } || status=1
    $prefix rm -f $dropin
    return $status
}

# list_packages PREFIX: asks the mirrors what they have, once in a command.
list_packages() {
    [ -z "${PACKAGES_LISTED:-}" ] || return 0
    # shellcheck disable=SC2086  # the prefix is empty or a word
    run_logged "$VAR/log/apt.log" $1 env DEBIAN_FRONTEND=noninteractive apt-get update || return
    PACKAGES_LISTED=yes
}

# One environment for each set of pins, outside the checkout: a second clone finds it ready.
python_environment() {
    local hash
    hash=$(cat "$ROOT"/config/requirements*.txt <("$(find_python)" -V) | sha256sum | cut -c1-12)
    echo "$CACHE/python-$hash"
}

# ensure_python [meanwhile]: "meanwhile" serves; what tests and linters want can wait.
ensure_python() {
    # A package that was installed may have brought the Python that comes first.
    [ -e "$VENV/.complete" ] || {
        FOUND_PYTHON=''
        VENV=$(python_environment)
    }
    PYTHON=$VENV/bin/python
    [ -e "$VENV/.complete" ] || make_python
    [ "${1:-}" = meanwhile ] || [ -e "$VENV/.tools" ] || add_python_tools
}

make_python() {
    need_space "$CACHE" 1200 "the Python environment"
    step "making the Python environment"
    local log=$VAR/log/python.log
    rm -rf -- "$VENV"
    run_logged "$log" "$(find_python)" -m venv "$VENV" ||
        die_of "$log" "Python's venv could not be made"
    run_logged "$log" "$PYTHON" -m pip install --quiet --require-hashes --no-deps \
        -r "$ROOT/config/requirements-bootstrap.txt" ||
        die_of "$log" "the installer of Python packages could not be fetched"
    {
        install_python -r "$ROOT/config/requirements.txt" &&
            install_python --no-deps -r "$ROOT/config/requirements-oca.txt"
    } || die_of "$log" "the Python packages could not be installed"
    link_debian_barcodes
    touch "$VENV/.complete"
}

add_python_tools() {
    step "adding the Python packages of tests and linters"
    install_python -r "$ROOT/config/requirements.txt" -r "$ROOT/config/requirements-dev.txt" ||
        die_of "$VAR/log/python.log" "the Python packages of tests and linters could not be installed"
    touch "$VENV/.tools"
}

install_python() {
    run_logged "$VAR/log/python.log" \
        "$VENV/bin/uv" pip install --quiet --python "$PYTHON" --require-hashes "$@"
}

# One file of the system's Python in our environment, and not all that is beside it.
link_debian_barcodes() {
    local file site
    site=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
    for file in $(compgen -G "$DEBIAN_BARCODES"); do
        compgen -G "$site/_rl_renderPM*" >/dev/null || ln -s "$file" "$site/"
    done
}

# For every Python from 3.11 on: packages that one of them alone needs say so.
om_lock() {
    prepare_tools
    local name compile=("$VENV/bin/uv" pip compile --quiet --upgrade --generate-hashes
        --no-header --no-annotate --universal --python-version 3.11)
    cd -- "$ROOT/config"
    for name in requirements requirements-dev requirements-bootstrap; do
        "${compile[@]}" "$name.in" -o "$name.txt"
    done
    "${compile[@]}" --no-deps requirements-oca.in -o requirements-oca.txt
}

# All that needs no database: packages, Python, Odoo.
prepare_tools() {
    make_own_folder "$VAR" && mkdir -p "$VAR/log" 2>/dev/null || die "cannot write to $VAR: check its owner and permissions."
    local fetching='' prefix said=$VAR/log/odoo-fetch.said
    lock setup
    mkdir -p "$CACHE" 2>/dev/null || die "cannot write to $CACHE: check its owner and permissions."
    # Beside all else that comes over the network; what it says comes when that is there.
    if lacks_odoo; then
        # A machine that never asked its mirrors knows none; fetching says so where nobody
        # can ask.
        [ -n "$(package_site)" ] || ! prefix=$(root_prefix) || list_packages "$prefix" || true
        fetch_odoo 2>"$said" &
        fetching=$!
    fi
    if FOUND_PYTHON=$(find_python); then
        VENV=$(python_environment)
    fi
    ensure_packages "${1:-}"
    ensure_python "${1:-}"
    if [ -n "$fetching" ]; then
        wait "$fetching" || fetching=failed
        cat -- "$said" >&2
        [ "$fetching" != failed ] || exit 2
    fi
    ensure_odoo
    await_packages
    # They begin once the processors wait for the database at times, not while they
    # unpack and compile.
    # shellcheck disable=SC2086  # words on purpose
    [ "${1:-}" != meanwhile ] || [ -z "${PAPER_PACKAGES:-}" ] || install_meanwhile $PAPER_PACKAGES
    unlock
}

om_setup() {
    prepare_tools "$@"
    step "ready: Python in $VENV, Odoo $ODOO_VERSION in $ODOO_PATH"
}
