# Odoo itself: fetched, verified, unpacked into the cache, and called. Sourced by ./om.
# shellcheck shell=bash

# ensure_odoo: sets ODOO_PATH (for PYTHONPATH) and ODOO_ADDONS (for addons_path).
ensure_odoo() {
    if [ -n "${OM_ODOO:-}" ]; then
        use_other_odoo "$OM_ODOO"
        return
    fi
    local tree=$CACHE/odoo-$ODOO_DEB_VERSION
    [ -d "$tree" ] || fetch_odoo "$tree"
    ODOO_PATH=$tree/usr/lib/python3/dist-packages
    ODOO_ADDONS=$ODOO_PATH/odoo/addons
}

# An installed Odoo, a source checkout, or a tree like our cache's.
use_other_odoo() {
    local given=$1 candidate found=''
    for candidate in "$given" "$given/usr/lib/python3/dist-packages" "$(dirname -- "$given")"; do
        [ -f "$candidate/odoo/release.py" ] && found=$(cd -- "$candidate" && pwd -P) && break
    done
    [ -n "$found" ] || die "OM_ODOO=$given holds no Odoo: odoo/release.py is not there."
    grep -Eq '^version_info = \(19, 0,' "$found/odoo/release.py" ||
        die "OM_ODOO=$given is not Odoo 19.0: $(grep -E '^version_info' "$found/odoo/release.py")."
    ODOO_PATH=$found
    ODOO_ADDONS=$found/odoo/addons
    [ ! -d "$found/addons/web" ] || ODOO_ADDONS=$found/addons,$ODOO_ADDONS
}

# fetch_odoo TREE: Debian's signed package by a private apt configuration, so that
# nothing of the system's is changed. Interrupted, it leaves TREE absent.
fetch_odoo() {
    local tree=$1 work=$CACHE/fetch site
    command -v apt-get >/dev/null ||
        die "Odoo is fetched with apt, which this machine lacks: give an Odoo 19 with OM_ODOO=/path."
    need_space "$CACHE" 2500 "Odoo"
    step "fetching Odoo $ODOO_DEB_VERSION"
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u | head -n 1)
    [ -n "$site" ] || die "apt knows no package mirror: run apt-get update once, or give OM_ODOO=/path."
    rm -rf -- "$work" "$tree.partial"
    mkdir -p "$work"/{lists,cache/archives,debs}/partial
    private_apt_options "$work" "$site"
    run_logged "$VAR/log/odoo-fetch.log" apt-get "${APT_OPTIONS[@]}" update ||
        die "the package mirror cannot be reached: is there a network? See $VAR/log/odoo-fetch.log."
    download_odoo "$work"
    step "unpacking Odoo"
    local deb
    for deb in "$work"/debs/*.deb; do
        run_logged "$VAR/log/odoo-fetch.log" dpkg-deb -x "$deb" "$tree.partial" ||
            die "unpacking ${deb##*/} failed (disk full?): see $VAR/log/odoo-fetch.log."
    done
    complete_web_files "$tree.partial"
    mv -- "$tree.partial" "$tree"
    rm -rf -- "$work"
}

private_apt_options() {
    local work=$1 site=$2 suite
    for suite in bookworm sid; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"
    done >"$work/sources.list"
    APT_OPTIONS=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache"
        -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" -o APT::Update::Error-Mode=any)
}

download_odoo() {
    local work=$1 deb offered
    offered=$(apt-cache "${APT_OPTIONS[@]}" madison odoo-19 | awk -F'|' 'NR == 1 {gsub(/ /, "", $2); print $2}')
    [ "$offered" = "$ODOO_DEB_VERSION" ] ||
        die "the mirror has moved on: it offers odoo-19 '${offered:-none}', config/odoo.pin names $ODOO_DEB_VERSION. Move the pin after testing, or give an Odoo 19 with OM_ODOO=/path."
    # shellcheck disable=SC2086  # words on purpose
    (cd -- "$work/debs" && run_logged "$VAR/log/odoo-fetch.log" \
        apt-get "${APT_OPTIONS[@]}" download odoo-19/sid $ODOO_WEB_DEBS) ||
        die "Odoo could not be downloaded: see $VAR/log/odoo-fetch.log."
    deb=$(echo "$work"/debs/odoo-19_*.deb)
    echo "$ODOO_DEB_SHA256  $deb" | sha256sum --check --quiet >/dev/null 2>&1 ||
        die "the downloaded Odoo is not the pinned one (its checksum differs from config/odoo.pin)."
}

# Debian leaves one web file out; the client would log an error at each start.
complete_web_files() {
    local lib=$1/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation
    mkdir -p "$lib"
    [ -e "$lib/selfie_segmentation.js" ] || : >"$lib/selfie_segmentation.js"
}

# The settings file that every Odoo process reads: odoo.conf and this machine's paths.
write_settings() {
    SETTINGS=$VAR/odoo.conf
    local oca added new
    oca=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/odoo/addons
    added=$(
        setting_default addons_path "$ODOO_ADDONS,$oca,$ROOT/addons"
        setting_default data_dir "$VAR/data"
        setting_default db_host "$PGHOST"
        setting_default db_user "$PGUSER"
        [ -z "${PGPORT:-}" ] || setting_default db_port "$PGPORT"
        [ -z "${PGPASSWORD:-}" ] || setting_default db_password "$PGPASSWORD"
    )
    new=$(printf '%s\n# Added by ./om for this machine:\n%s\n' "$(cat "$ROOT/odoo.conf")" "$added")
    # Without libpq's default: Odoo takes it for the only database it may name.
    ODOO_ENVIRONMENT=(env -u PGDATABASE ODOO_RC="$SETTINGS" PYTHONPATH="$ODOO_PATH" PYTHONWARNINGS=ignore::DeprecationWarning)
    [ -e "$SETTINGS" ] && [ "$new" = "$(cat "$SETTINGS")" ] && return
    (umask 077 && printf '%s\n' "$new" >"$SETTINGS.new")
    mv -- "$SETTINGS.new" "$SETTINGS"
}

# What odoo.conf sets itself stays; ConfigParser refuses a name that comes twice.
setting_default() {
    grep -Eq "^[[:space:]]*$1[[:space:]]*=" "$ROOT/odoo.conf" || printf '%s = %s\n' "$1" "$2"
}

setting_of() {
    sed -nE "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$/\1/p" "$ROOT/odoo.conf" | tail -n 1
}

# A file and not -m odoo: the process of the websockets is started by the program's name.
ODOO_PROGRAM=$ROOT/scripts/server/odoo_server.py

# odoo ARGUMENTS: the program, with our environment.
odoo() {
    "${ODOO_ENVIRONMENT[@]}" "$PYTHON" "$ODOO_PROGRAM" "$@" 9>&-
}

om_odoo() {
    prepare
    odoo "$@"
}

# Compare the record of acts with its lines, evidence and seals, and with the facts.
om_verify() {
    local name=om
    while [ $# -gt 0 ]; do
        case $1 in
            --db | -d) name=$(value_of "$@"); shift 2 ;;
            *) die "verify does not know '$1'." ;;
        esac
    done
    valid_database_name "$name"
    prepare
    database_exists "$name" || die "there is no database $name: ./om run makes it."
    odoo shell --no-http --log-level=error -d "$name" <"$ROOT/scripts/server/verify.py"
}

om_shell() {
    prepare
    local database=(-d om)
    case " $* " in
        *" -d"* | *" --database"*) database=() ;;
    esac
    odoo shell --no-http --log-level=warn "${database[@]}" "$@"
}
