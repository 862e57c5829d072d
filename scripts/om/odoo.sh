# Odoo itself: fetched, verified, unpacked into the cache, and called. Sourced by ./om.
# shellcheck shell=bash

# Whether Odoo has still to be fetched.
lacks_odoo() {
    [ -z "${OM_ODOO:-}" ] && [ -z "$(cached_odoo)" ]
}

# ensure_odoo: sets ODOO_PATH (for PYTHONPATH), ODOO_ADDONS (for addons_path) and
# ODOO_VERSION, for people.
ensure_odoo() {
    if [ -n "${OM_ODOO:-}" ]; then
        use_other_odoo "$OM_ODOO"
        return
    fi
    local tree version
    ! lacks_odoo || fetch_odoo
    version=$(cached_odoo)
    tree=$CACHE/odoo-$version
    ODOO_PATH=$tree/usr/lib/python3/dist-packages
    ODOO_ADDONS=$ODOO_PATH/odoo/addons
    ODOO_VERSION=$version
    [ "$version" = "$ODOO_DEB_VERSION" ] || ODOO_VERSION="$version (newer than the tested $ODOO_DEB_VERSION)"
}

# The version in the cache: the pinned one, else the newest that was taken in its place.
cached_odoo() {
    if [ -d "$CACHE/odoo-$ODOO_DEB_VERSION" ]; then
        echo "$ODOO_DEB_VERSION"
    elif [ "${OM_ODOO_EXACT:-}" != 1 ]; then
        for tree in "$CACHE"/odoo-*; do
            case $tree in *.partial) ;; *) echo "${tree##*/odoo-}" ;; esac
        done | newer_of_series
    fi
}

# newer_of_series: of the versions on standard input, one a line, the newest of the pinned
# one's series that is newer than it; nothing if there is none.
newer_of_series() {
    local version best=''
    while read -r version; do
        case $version in "$ODOO_SERIES".*) ;; *) continue ;; esac
        dpkg --compare-versions "$version" gt "${best:-$ODOO_DEB_VERSION}" 2>/dev/null && best=$version
    done
    printf '%s' "$best"
}

# An installed Odoo, a source checkout, or a tree like our cache's.
use_other_odoo() {
    local given=$1 candidate found=''
    for candidate in "$given" "$given/usr/lib/python3/dist-packages" "$(dirname -- "$given")"; do
        [ -f "$candidate/odoo/release.py" ] && found=$(cd -- "$candidate" && pwd -P) && break
    done
    ODOO_VERSION="$ODOO_SERIES of $given"
    [ -n "$found" ] || die "OM_ODOO=$given holds no Odoo: odoo/release.py is not there."
    grep -Eq '^version_info = \(19, 0,' "$found/odoo/release.py" ||
        die "OM_ODOO=$given is not Odoo 19.0: $(grep -E '^version_info' "$found/odoo/release.py")."
    ODOO_PATH=$found
    ODOO_ADDONS=$found/odoo/addons
    [ ! -d "$found/addons/web" ] || ODOO_ADDONS=$found/addons,$ODOO_ADDONS
}

# A mirror of the system's: apt tells those whose lists it has.
package_site() {
    ! command -v apt-get >/dev/null ||
        apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u | head -n 1
}

# Debian's signed package by a private apt configuration, so that nothing of the system's
# is changed, into the cache. Interrupted, it leaves no tree there.
fetch_odoo() {
    local tree work=$CACHE/fetch site version
    command -v apt-get >/dev/null ||
        die "Odoo is fetched with apt, which this machine lacks: give an Odoo 19 with OM_ODOO=/path."
    need_space "$CACHE" 2500 "Odoo"
    step "looking for Odoo $ODOO_DEB_VERSION"
    site=$(package_site)
    [ -n "$site" ] || die "apt knows no package mirror: run apt-get update once, or give OM_ODOO=/path."
    rm -rf -- "$work"
    mkdir -p "$work"/{lists,cache/archives,debs}/partial
    private_apt_options "$work" "$site"
    run_logged "$VAR/log/odoo-fetch.log" apt-get "${APT_OPTIONS[@]}" update ||
        die_of "$VAR/log/odoo-fetch.log" "the package mirror gave no list of Odoo"
    choose_odoo
    tree=$CACHE/odoo-$version
    rm -rf -- "$tree.partial"
    step "fetching Odoo $version"
    download_odoo "$work" "$version"
    step "unpacking Odoo"
    local deb
    for deb in "$work"/debs/*.deb; do
        run_logged "$VAR/log/odoo-fetch.log" unpack "$deb" "$tree.partial" ||
            die_of "$VAR/log/odoo-fetch.log" "${deb##*/} could not be unpacked"
    done
    complete_web_files "$tree.partial"
    mv -- "$tree.partial" "$tree"
    rm -rf -- "$work"
}

# unpack DEB FOLDER: of the languages Chinese only, the others are 0.8 of 1.3 GB.
unpack() {
    mkdir -p -- "$2"
    dpkg-deb --fsys-tarfile "$1" |
        tar --extract --directory "$2" --no-same-owner --warning=no-timestamp --exclude='*/i18n/[!z]*.po' --exclude='*/i18n/z[!h]*.po'
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

# choose_odoo: sets version, the caller's: the pinned one where the suite has it, else a
# newer one of the same series; a moving suite must not end every new installation.
choose_odoo() {
    local offered
    offered=$(apt-cache "${APT_OPTIONS[@]}" madison odoo-19 | awk -F'|' '{gsub(/ /, "", $2); print $2}' | sort -u)
    if grep -Fqx -- "$ODOO_DEB_VERSION" <<<"$offered"; then
        version=$ODOO_DEB_VERSION
        return
    fi
    local way_out="keep a copy of Odoo $ODOO_SERIES (a source checkout, or a package unpacked) and name it by OM_ODOO=/path"
    [ -n "$offered" ] ||
        die "Debian's suite offers no odoo-19 any more: $way_out."
    [ "${OM_ODOO_EXACT:-}" != 1 ] ||
        die "the mirror offers odoo-19 $(xargs <<<"$offered"), not the tested $ODOO_DEB_VERSION, and OM_ODOO_EXACT=1 takes no other: move config/odoo.pin after testing, or $way_out."
    version=$(newer_of_series <<<"$offered")
    [ -n "$version" ] ||
        die "the mirror offers odoo-19 $(xargs <<<"$offered"), none of it Odoo $ODOO_SERIES newer than the tested $ODOO_DEB_VERSION: $way_out."
    note "Odoo $version is newer than the tested $ODOO_DEB_VERSION, which the mirror has no more; OM_ODOO_EXACT=1 refuses it."
}

# download_odoo FOLDER VERSION: apt compares each file with the signed list of its suite.
download_odoo() {
    local work=$1 version=$2 deb
    # shellcheck disable=SC2086  # words on purpose
    (cd -- "$work/debs" && run_logged "$VAR/log/odoo-fetch.log" \
        apt-get "${APT_OPTIONS[@]}" download "odoo-19=$version" $ODOO_WEB_DEBS) ||
        die_of "$VAR/log/odoo-fetch.log" "Odoo could not be downloaded"
    [ "$version" = "$ODOO_DEB_VERSION" ] || return 0
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
    # Without libpq's default: Odoo takes it for the only database it may name. And with
    # Python's compiled files, which container images like to forbid: each start would
    # compile Odoo anew for five seconds.
    ODOO_ENVIRONMENT=(env -u PGDATABASE -u PYTHONDONTWRITEBYTECODE ODOO_RC="$SETTINGS" PYTHONPATH="$ODOO_PATH" PYTHONWARNINGS=ignore::DeprecationWarning)
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
