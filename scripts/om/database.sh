# Databases: made, upgraded, saved, brought back. Sourced by ./om.
# shellcheck shell=bash

# Everything a command needs before it can touch a database.
prepare() {
    prepare_tools "${1:-}"
    ensure_postgres
    write_settings
}

database_exists() {
    [ "$(sql "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}

filestore_of() {
    local data
    data=$(setting_of data_dir)
    echo "${data:-$VAR/data}/filestore/$1"
}

drop_database() {
    sql "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)"
    rm -rf -- "$(filestore_of "$1")"
}

# The add-ons of this release, by their folders.
suite_addons() {
    local manifest
    for manifest in "$ROOT"/addons/*/__manifest__.py; do
        basename -- "$(dirname -- "$manifest")"
    done
}

join_by_comma() {
    paste -sd,
}

# addons_for empty|engagements|history: what a new database gets.
addons_for() {
    local addon
    for addon in $(suite_addons); do
        [ "$1 $addon" = "empty om_engagements" ] || echo "$addon"
    done
    # The chart of accounts of mainland China.
    echo l10n_cn
}

# ensure_database NAME CONTENT: nothing if it is there; else made aside and renamed last,
# so that an interruption at any point leaves nothing that looks finished.
ensure_database() {
    local name=$1 content=$2
    lock "database-$name"
    if database_exists "$name"; then
        check_release "$name"
    else
        create_database "$name" "$content"
    fi
    unlock
}

create_database() {
    local name=$1 content=$2 making=$1.making addons log=$VAR/log/create-$1.log
    addons=$(addons_for "$content" | join_by_comma)
    need_space "$VAR" 800 "a database"
    drop_database "$making"
    rm -rf -- "$(filestore_of "$name")"
    : >"$log"
    step "creating the database $name: Odoo, China, Chinese"
    run_logged "$log" odoo db init "$making" --country CN --language zh_CN "--password=$(random_password)" ||
        die "Odoo could not be initialised: see $log."
    step "installing $addons"
    run_logged "$log" odoo server -d "$making" -i "$addons" --stop-after-init --no-http ||
        die "the add-ons could not be installed: see $log."
    log_is_clean "$log" || die "the add-ons could not be installed: see $log."
    step "setting up the company$([ "$content" = history ] && echo ', the roles and an invented operating history')"
    provision "$making" "$content" "$log"
    publish_database "$making" "$name"
    step "the database $name is ready"
}

# provision DATABASE CONTENT LOG: settings, logins, history; also after an upgrade.
provision() {
    local name=$1 content=$2 log=$3
    OM_CONTENT=$content OM_CREDENTIALS=$VAR/credentials-${name%.making} \
        run_script "$name" "$ROOT/scripts/provision.py" >>"$log" 2>&1 || {
        [ -z "${CI:-}" ] || tail -n 30 -- "$log" >&2
        die "setting up the database failed: see $log."
    }
}

# run_script DATABASE FILE: a Python file in an Odoo shell, env at hand.
run_script() {
    odoo shell -d "$1" --no-http --log-level=warn <"$2"
}

publish_database() {
    local making=$1 name=$2
    [ ! -d "$(filestore_of "$making")" ] || mv -- "$(filestore_of "$making")" "$(filestore_of "$name")"
    sql "ALTER DATABASE \"$making\" RENAME TO \"$name\""
}

random_password() {
    "$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(12))'
}

# check_release DATABASE [accept-older]: refuses a database of another release.
check_release() {
    local verdict status=0
    verdict=$(sql "SELECT name || ' ' || latest_version FROM ir_module_module
                   WHERE state IN ('installed', 'to upgrade') AND (name = 'base' OR name LIKE 'om\\_%')" "$1" 2>/dev/null |
        "$PYTHON" "$ROOT/scripts/compare_versions.py" "$ROOT/addons" "$ODOO_SERIES") || status=$?
    case $status in
        0) ;;
        3) [ "${2:-}" = accept-older ] || die "the database $1 $verdict" ;;
        *) die "the database ${1%.making} $verdict" ;;
    esac
}

om_update() {
    local name=om
    while [ $# -gt 0 ]; do
        case $1 in
            --db | -d) name=$(value_of "$@"); shift 2 ;;
            *) die "update does not know '$1'." ;;
        esac
    done
    prepare
    database_exists "$name" || die "there is no database $name: ./om run makes it."
    [ -z "$(server_pid "$name")" ] || die "the server of $name runs: stop it first with ./om stop."
    lock "database-$name"
    check_release "$name" accept-older
    local content log=$VAR/log/update-$name.log new before=$name.before
    content=$(sql "SELECT value FROM ir_config_parameter WHERE key = 'om.content'" "$name")
    content=${content:-empty}
    new=$(comm -23 <(addons_for "$content" | sort) \
        <(sql "SELECT name FROM ir_module_module WHERE state = 'installed'" "$name" | sort) | join_by_comma)
    : >"$log"
    step "keeping a copy of $name until the upgrade is through"
    sql "DROP DATABASE IF EXISTS \"$before\""
    sql "CREATE DATABASE \"$before\" TEMPLATE \"$name\"" ||
        die "$name is in use by another program: end it first."
    step "upgrading the add-ons of $name"
    if ! { run_logged "$log" odoo server -d "$name" -u "$(suite_addons | join_by_comma)" ${new:+-i "$new"} \
        --stop-after-init --no-http && log_is_clean "$log" && (provision "$name" "$content" "$log"); }; then
        sql "DROP DATABASE \"$name\" WITH (FORCE)"
        sql "ALTER DATABASE \"$before\" RENAME TO \"$name\""
        die "the upgrade failed, the database is as it was before: see $log."
    fi
    sql "DROP DATABASE \"$before\""
    unlock
    step "upgraded $name"
}

# Odoo goes on after some errors of loading; for us they are failures.
log_is_clean() {
    ! grep -E '^[^ ]+ [^ ]+ [0-9]+ (ERROR|CRITICAL) ' "$1" >&2
}

om_backup() {
    local file='' name=om partial
    while [ $# -gt 0 ]; do
        case $1 in
            -d | --db) name=$(value_of "$@"); shift 2 ;;
            -*) die "backup does not know '$1'." ;;
            *) file=$1; shift ;;
        esac
    done
    [ -n "$file" ] || die "name the file: ./om backup FILE [-d DB]."
    [ ! -e "$file" ] || die "$file exists already: choose another name."
    prepare
    database_exists "$name" || die "there is no database $name."
    partial=$file.partial
    need_space "$(dirname -- "$file")" 200 "the backup"
    step "saving $name"
    (umask 077 && run_logged "$VAR/log/backup.log" odoo db dump "$name" "$partial") || {
        rm -f -- "$partial"
        die "the backup failed: see $VAR/log/backup.log."
    }
    step "verifying"
    sql "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL" "$name" |
        "$PYTHON" "$ROOT/scripts/archive.py" verify "$partial" || {
        mv -- "$partial" "$file.damaged"
        die "the backup is not complete (see above); it was kept as $file.damaged."
    }
    mv -- "$partial" "$file"
    step "saved $name as $file, $(du -h -- "$file" | cut -f1)"
}

om_restore() {
    local file='' name=om
    while [ $# -gt 0 ]; do
        case $1 in
            -d | --db) name=$(value_of "$@"); shift 2 ;;
            -*) die "restore does not know '$1'." ;;
            *) file=$1; shift ;;
        esac
    done
    [ -n "$file" ] || die "name the file: ./om restore FILE [-d DB]."
    [ -f "$file" ] || die "there is no file $file."
    valid_database_name "$name"
    file=$(readlink -f -- "$file")
    prepare
    lock "database-$name"
    ! database_exists "$name" || die "the database $name exists: restore under another name with -d, or remove it with ./om reset."
    local making=$name.making work log=$VAR/log/restore.log
    need_space "$VAR" 1000 "the restored database"
    work=$(mktemp -d "$VAR/restore.XXXXXX")
    # shellcheck disable=SC2064  # the folder as it is now
    trap "rm -rf -- '$work'" EXIT
    step "reading $file"
    "$PYTHON" "$ROOT/scripts/archive.py" extract "$file" "$work" || die "$file is no complete backup (see above); nothing was changed."
    # pg_dump 17 writes a setting that older servers do not know.
    sed -i '/^SET transaction_timeout = 0;$/d' "$work/dump.sql"
    drop_database "$making"
    rm -rf -- "$(filestore_of "$name")"
    step "restoring $name"
    sql "CREATE DATABASE \"$making\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
    run_logged "$log" psql --no-psqlrc -q -v ON_ERROR_STOP=1 --single-transaction -d "$making" -f "$work/dump.sql" || {
        drop_database "$making"
        die "the database could not be restored: see $log."
    }
    mkdir -p "$(dirname -- "$(filestore_of "$making")")"
    [ ! -d "$work/filestore" ] || mv -- "$work/filestore" "$(filestore_of "$making")"
    (check_release "$making" accept-older) || {
        drop_database "$making"
        exit 2
    }
    publish_database "$making" "$name"
    unlock
    step "restored $name; its logins and passwords are those of the backup"
}

om_reset() {
    local answer=''
    case ${1:-} in
        --yes) answer=yes ;;
        '') ;;
        *) die "reset does not know '$1'." ;;
    esac
    if [ -z "$answer" ]; then
        [ -t 0 ] || die "reset deletes the databases and files in $VAR: say ./om reset --yes."
        read -r -p "Delete all databases, files and passwords in $VAR? Type yes: " answer
        [ "$answer" = yes ] || die "nothing was deleted."
    fi
    om_stop
    if ! uses_external_database && { [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1; }; then
        locate_cluster
        rm -rf -- "$CLUSTER"
        [ "$SOCKET" = "$CLUSTER/socket" ] || rm -rf -- "$SOCKET"
    fi
    rm -rf -- "$VAR"
    step "deleted $VAR"
}
