# Databases: made, upgraded, saved, brought back. Sourced by ./om.
# shellcheck shell=bash

# Everything a command needs before it can touch a database.
prepare() {
    prepare_tools "${1:-}"
    ensure_postgres
    write_settings
}

filestore_of() {
    local data
    data=$(setting_of data_dir)
    echo "${data:-$VAR/data}/filestore/$1"
}

credentials_of() {
    echo "$VAR/credentials-$1"
}

# suite_addons [empty|engagements|history]: the add-ons of this release, by their folders;
# those that a database of such content gets.
suite_addons() {
    local manifest addon
    for manifest in "$ROOT"/addons/*/__manifest__.py; do
        addon=$(basename -- "$(dirname -- "$manifest")")
        case ${1:-}:$addon in
            empty:om_engagements | empty:om_demo | engagements:om_demo) ;;
            *) echo "$addon" ;;
        esac
    done
}

join_by_comma() {
    paste -sd,
}

# addons_for empty|engagements|history: what a new database gets, and of Odoo's own
# modules no other than what they stand on.
addons_for() {
    suite_addons "$1"
    grep -v '^#' "$ROOT/config/odoo-modules.txt"
}

# new_addons DATABASE CONTENT: what an upgrade adds. The invented history is made with a
# database; one that has another, of the release before, keeps that and gets no second.
new_addons() {
    comm -23 <(addons_for "${2/history/engagements}" | sort) \
        <(sql "SELECT name FROM ir_module_module WHERE state = 'installed'" "$1" | sort) | join_by_comma
}

# ensure_database NAME CONTENT: nothing if it is there; else made beside and renamed last
# (swap.sh). What an earlier command left unfinished is finished or taken back first.
ensure_database() {
    local name=$1 content=$2
    lock "database-$name"
    recover "$name"
    if database_exists "$name"; then
        check_release "$name"
    else
        create_database "$name" "$content"
    fi
    unlock
}

create_database() {
    local name=$1 content=$2 making=$1.making addons log=$VAR/log/create-$1.log
    refuse_orphaned_files "$name"
    addons=$(addons_for "$content" | join_by_comma)
    need_space "$VAR" 800 "a database"
    begin_making "$name" create
    : >"$log"
    # Only what puts it in place waits for the disk (sql), and with that for all before.
    local -x PGOPTIONS="${PGOPTIONS:-} -c synchronous_commit=off"
    step "creating the database $name: Odoo, China, Chinese"
    sql "CREATE EXTENSION IF NOT EXISTS pg_trgm" "$making"
    OM_PASSWORD=$(random_password) run_logged "$log" \
        "${ODOO_ENVIRONMENT[@]}" "$PYTHON" "$ROOT/scripts/server/initialize.py" "$making" CN zh_CN ||
        die "Odoo could not be initialised: see $log."
    step "installing $(suite_addons "$content" | join_by_comma)"
    run_logged "$log" odoo server -d "$making" -i "$addons" --skip-auto-install --stop-after-init --no-http ||
        die "the add-ons could not be installed: see $log."
    log_is_clean "$log" || die "the add-ons could not be installed: see $log."
    await_packages
    step "setting up the company$([ "$content" = history ] && echo ', the roles and an invented operating history')"
    provision "$making" "$content" "$log" || die "setting up the database failed: see $log."
    publish "$name"
    step "the database $name is ready"
}

# provision DATABASE CONTENT LOG: settings, logins, history; also after an upgrade. What
# the first visitor would wait for is made beside it.
provision() {
    local name=$1 content=$2 log=$3 drawing status=0
    run_script "$name" "$ROOT/scripts/bundles.py" >>"$log" 2>&1 &
    drawing=$!
    OM_CONTENT=$content OM_CREDENTIALS=$(credentials_of "$name") \
        run_script "$name" "$ROOT/scripts/provision.py" >>"$log" 2>&1 || status=1
    wait "$drawing" || status=1
    [ $status = 0 ] || [ -z "${CI:-}" ] || tail -n 30 -- "$log" >&2
    return $status
}

# run_script DATABASE FILE: a Python file in an Odoo shell, env at hand.
run_script() {
    odoo shell -d "$1" --no-http --log-level=warn <"$2"
}

random_password() {
    "$PYTHON" -c 'import secrets; print(secrets.token_urlsafe(12))'
}

# check_release DATABASE [accept-older]: refuses a database of another release.
check_release() {
    local verdict status=0 installed
    installed=$(installed_versions "$1" 2>/dev/null) || die "the database ${1%.making} is none of Odoo's."
    verdict=$("$PYTHON" "$ROOT/scripts/compare_versions.py" "$ROOT/addons" "$ODOO_SERIES" "./om update" <<<"$installed") ||
        status=$?
    case $status in
        0) ;;
        3) [ "${2:-}" = accept-older ] || die "the database $1 $verdict" ;;
        *) die "the database ${1%.making} $verdict" ;;
    esac
}

# open_database COMMAND [--db NAME]: sets DATABASE, which is there and locked until unlock;
# what an earlier command left unfinished is finished or taken back first.
open_database() {
    local command=$1
    shift
    DATABASE=om
    while [ $# -gt 0 ]; do
        case $1 in
            --db | -d) DATABASE=$(value_of "$@"); shift 2 ;;
            *) die "$command does not know '$1'." ;;
        esac
    done
    valid_database_name "$DATABASE"
    prepare
    lock "database-$DATABASE"
    recover "$DATABASE"
    database_exists "$DATABASE" || die "there is no database $DATABASE: ./om run makes it."
}

om_update() {
    open_database update "$@"
    local name=$DATABASE
    [ -z "$(server_pid "$name")" ] && serving_lock exclusive "$VAR/lock/serving-$name" ||
        die "the server of $name runs: stop it first with ./om stop."
    check_release "$name" accept-older
    local content log=$VAR/log/update-$name.log new size making=$name.making
    content=$(sql "SELECT value FROM ir_config_parameter WHERE key = 'om.content'" "$name")
    content=${content:-empty}
    new=$(new_addons "$name" "$content")
    size=$(($(sql "SELECT pg_database_size('$name')") / 1048576))
    need_space "$VAR" $((size + 300)) "the upgrade, which works on a copy,"
    : >"$log"
    step "copying $name: the upgrade works on the copy"
    begin_making "$name" update "$name"
    [ ! -e "$(credentials_of "$name")" ] || cp -p -- "$(credentials_of "$name")" "$(credentials_of "$making")"
    step "upgrading the add-ons of $name"
    if ! { run_logged "$log" odoo server -d "$making" -u "$(suite_addons | join_by_comma)" ${new:+-i "$new"} \
        --stop-after-init --no-http && log_is_clean "$log" && provision "$making" "$content" "$log"; }; then
        undo_making "$name"
        die "the upgrade failed, the database is as it was before: see $log."
    fi
    put_in_place "$name"
    unlock
    step "upgraded $name"
}

# om_check: what every way of starting the server asks first (config/production/serve).
om_check() {
    open_database check "$@"
    check_release "$DATABASE"
    unlock
}

# Odoo goes on after some errors of loading; for us they are failures.
log_is_clean() {
    ! grep -E '^[^ ]+ [^ ]+ [0-9]+ (ERROR|CRITICAL) ' "$1" >&2
}

om_backup() {
    local file='' name=om drill='' status=0
    while [ $# -gt 0 ]; do
        case $1 in
            -d | --db) name=$(value_of "$@"); shift 2 ;;
            --drill) drill=yes; shift ;;
            -*) die "backup does not know '$1'." ;;
            *) file=$1; shift ;;
        esac
    done
    valid_database_name "$name"
    if [ -n "$drill" ]; then
        drill "$name" "$file"
        return
    fi
    [ -n "$file" ] || die "name the file: ./om backup FILE [-d DB]."
    [ ! -e "$file" ] || die "$file exists already: choose another name."
    prepare
    make_archive "$name" "$file" || status=$?
    step "saved $name as $file, $(du -h -- "$file" | cut -f1)"
    [ $status -eq 0 ] || note "not everything could be saved: see above."
    return $status
}

# make_archive NAME FILE: nothing has the name FILE until it is complete and checked.
# Returns 1 where files of the database were damaged or missing, but all else is saved.
make_archive() {
    local name=$1 file=$2 partial=$2.partial log=$VAR/log/backup.log status=0 size
    database_exists "$name" || die "there is no database $name."
    size=$(($(sql "SELECT pg_database_size('$name')") / 4194304))
    need_space "$(dirname -- "$file")" $((size + 200)) "the backup"
    : >"$log"
    step "saving $name"
    (umask 077 && "$PYTHON" "$ROOT/scripts/archive.py" make "$partial" "$name" "$(filestore_of "$name")") \
        >>"$log" 2>&1 </dev/null 9>&- || status=$?
    case $status in
        0 | 3) cat -- "$log" >&2 ;;
        *)
            rm -f -- "$partial"
            die_of "$log" "the backup failed, nothing was kept."
            ;;
    esac
    step "verifying"
    "$PYTHON" "$ROOT/scripts/archive.py" verify "$partial" || {
        mv -- "$partial" "$file.damaged"
        die "the backup is not complete (see above); it was kept as $file.damaged."
    }
    mv -- "$partial" "$file"
    [ $status -eq 0 ] || return 1
}

# drill NAME [FILE]: can what was saved be brought back? FILE, or what is saved now, is
# restored beside, compared row by row and file by file, and removed.
drill() {
    local name=$1 file=$2 scratch=$1-drill own='' status=0 work log=$VAR/log/drill.log
    valid_database_name "$scratch"
    [ -z "$file" ] || [ -f "$file" ] || die "there is no file $file."
    prepare
    if [ -z "$file" ]; then
        own=$VAR/run/$scratch.zip
        mkdir -p "$VAR/run"
        rm -f -- "$own"
        make_archive "$name" "$own" || status=$?
        file=$own
    fi
    file=$(readlink -f -- "$file")
    lock "database-$scratch"
    recover "$scratch"
    need_space "$VAR" $(($(stat -c %s -- "$file") / 262144 + 300)) "the drill"
    : >"$log"
    step "restoring it beside, as $scratch.making"
    begin_making "$scratch" restore
    work=$(filestore_of "$scratch.making")
    if ! compare_restored "$scratch.making" "$work" "$file" "$log"; then
        status=1
    fi
    undo_making "$scratch"
    unlock
    [ -z "$own" ] || rm -f -- "$own"
    [ $status -eq 0 ] || die "the drill failed: see above and $log."
    step "the drill went well: every row and every file came back"
}

compare_restored() {
    local making=$1 work=$2 file=$3 log=$4 saved restored
    "$PYTHON" "$ROOT/scripts/archive.py" extract "$file" "$work" || return 1
    read_dump "$making" "$work/dump.sql" 2>>"$log" || return 1
    place_restored_files "$work"
    (check_release "$making" accept-older) || return 1
    step "comparing rows and files"
    saved=$("$PYTHON" "$ROOT/scripts/archive.py" rows "$file" | LC_ALL=C sort) || return 1
    restored=$(sql "SELECT format('%I.%I', nspname, relname) || ' ' || (xpath('/row/n/text()',
            query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', nspname, relname), false, true, '')))[1]
        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind = 'r' AND nspname = 'public'" "$making" | LC_ALL=C sort) || return 1
    diff <(echo "$saved") <(echo "$restored") >&2 || {
        note "the numbers of rows differ: < saved, > restored."
        return 1
    }
    "$PYTHON" "$ROOT/scripts/archive.py" compare "$file" "$work" || return 1
    note "$(wc -l <<<"$saved") tables with $(awk '{rows += $2} END {print rows}' <<<"$saved") rows," \
        "$(find "$work" -type f ! -name "$MARK_FILE" | wc -l) files."
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
    recover "$name"
    ! database_exists "$name" || die "the database $name exists: restore under another name with -d, or rename it first."
    local making=$name.making log=$VAR/log/restore.log work lacking
    need_space "$VAR" 1000 "the restored database"
    begin_making "$name" restore
    work=$(filestore_of "$making")
    step "reading $file"
    "$PYTHON" "$ROOT/scripts/archive.py" extract "$file" "$work" || {
        undo_making "$name"
        die "$file is no complete backup (see above); nothing was changed."
    }
    step "restoring $name"
    read_dump "$making" "$work/dump.sql" 2>>"$log" || {
        undo_making "$name"
        die "the database could not be restored: see $log."
    }
    place_restored_files "$work"
    (check_release "$making" accept-older) || {
        undo_making "$name"
        exit 2
    }
    publish "$name"
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
    owns_folder "$VAR" || die "$VAR was not made by ./om: delete what is yours to delete yourself."
    om_stop
    if ! uses_external_database && { [ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1; }; then
        locate_cluster
        remove_cluster
        [ "$SOCKET" = "$CLUSTER/socket" ] || rm -rf -- "$SOCKET"
    fi
    rm -rf -- "$VAR"/{data,lock,log,run} "$VAR"/credentials-* "$VAR"/odoo.conf "$VAR/$FOLDER_MARK"
    if rmdir -- "$VAR" 2>/dev/null; then
        step "deleted $VAR"
    else
        step "deleted what ./om had made in $VAR; the rest is not its own and was left"
    fi
}
