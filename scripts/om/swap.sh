# How a database is made, upgraded or restored so that an interruption at any point loses
# nothing: beside the one in use, put in place last. Sourced by ./om and by docker/om.
# shellcheck shell=bash
#
# NAME.making is what is being made. It carries a mark, a comment on the database and a
# file in its folder of files, and only what carries the mark is ever removed; what stands
# in the way without a mark is moved aside to NAME.aside-DATE or refused. The marks:
#
#   om: making KIND ID   NAME.making is not finished: it may be removed
#   om: ready KIND ID    NAME.making is complete: only the names remain to be changed
#   om: placed KIND ID   NAME is the new one: only the tidying remains
#   om: replaced KIND ID NAME.before is the one before, the new one is in place
#
# KIND is create, restore or update. The files of a database in use are only added to.
# Needs from the sourcing script: die, note, sql, filestore_of NAME, credentials_of NAME.

MARK_FILE=.om-making

# sql STATEMENT [DATABASE [STATEMENT...]]: bare values, one row a line.
sql() {
    local database=${2:-postgres} statement arguments=(-c "$1")
    for statement in "${@:3}"; do
        arguments+=(-c "$statement")
    done
    PGOPTIONS="-c client_min_messages=warning" psql --no-psqlrc -v ON_ERROR_STOP=1 -qAt "${arguments[@]}" \
        -d "$database" 9>&-
}

valid_database_name() {
    [[ $1 =~ ^[a-z][a-z0-9_-]{0,40}$ ]] ||
        die "'$1' is no database name: small letters, digits, _ and -, at most 41, a letter first."
}

# A server that does not answer is not the same as a database that is not there.
database_exists() {
    local found
    found=$(sql "SELECT 1 FROM pg_database WHERE datname = '$1'") || die "the database server does not answer."
    [ "$found" = 1 ]
}

# read_mark DATABASE: sets STAGE, KIND and ID, empty where the database has no mark of ours.
read_mark() {
    local comment
    comment=$(sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'") ||
        die "the database server does not answer."
    STAGE='' KIND='' ID=''
    [[ $comment != "om: "* ]] || read -r STAGE KIND ID <<<"${comment#om: }"
}

# The mark's ID in the folder of a database's files, nothing without one.
folder_mark_of() {
    cat -- "$(filestore_of "$1")/$MARK_FILE" 2>/dev/null || true
}

has_files() {
    [ -n "$(find "$(filestore_of "$1")" -type f -print -quit 2>/dev/null)" ]
}

# installed_versions DATABASE: lines "add-on version" for scripts/compare_versions.py.
installed_versions() {
    sql "SELECT name || ' ' || latest_version FROM ir_module_module
         WHERE state IN ('installed', 'to upgrade') AND (name = 'base' OR name LIKE 'om\\_%')" "$1"
}

# begin_making NAME KIND [TEMPLATE]: NAME.making with its mark, empty or a copy.
begin_making() {
    local name=$1 kind=$2 template=${3:-} making=$1.making folder id statement
    id=$(date -u +%Y%m%d-%H%M%S)-$$
    folder=$(filestore_of "$making")
    mkdir -p -- "$folder"
    echo "$id" >"$folder/$MARK_FILE"
    statement="CREATE DATABASE \"$making\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
    [ -z "$template" ] || statement="CREATE DATABASE \"$making\" TEMPLATE \"$template\""
    # One call: nothing comes between the database and its mark. By its name the call is
    # found again, should we be killed (undo_begun).
    PGAPPNAME="om $making" sql "$statement" postgres "COMMENT ON DATABASE \"$making\" IS 'om: making $kind $id'" || {
        undo_making "$name"
        die "the database $making could not be made (see above); nothing was changed."
    }
    if [ -n "$template" ]; then
        copy_settings "$template" "$making"
        copy_files "$template" "$making"
    fi
}

# What belongs to a database and does not come with its template: owner, limits, settings, rights.
copy_settings() {
    local statements
    statements=$(sql "
        WITH source AS (SELECT * FROM pg_database WHERE datname = '$1'),
        setting AS (
            SELECT setrole, split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value
            FROM pg_db_role_setting, unnest(setconfig) AS entry
            WHERE setdatabase = (SELECT oid FROM source))
        SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s;', '$2', datconnlimit) FROM source WHERE datconnlimit <> -1
        UNION ALL
        SELECT format('ALTER %s SET %I TO %s;',
            CASE setrole WHEN 0 THEN format('DATABASE %I', '$2')
                ELSE format('ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), '$2') END, name,
            CASE WHEN name IN ('search_path', 'temp_tablespaces') THEN value ELSE quote_literal(value) END)
        FROM setting
        UNION ALL
        SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC;', '$2') FROM source WHERE datacl IS NOT NULL
        UNION ALL
        SELECT format('GRANT %s ON DATABASE %I TO %s;', privilege_type, '$2',
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
        FROM source, aclexplode(datacl)
        UNION ALL
        SELECT format('ALTER DATABASE %I OWNER TO %I;', '$2', pg_get_userbyid(datdba)) FROM source
        WHERE pg_get_userbyid(datdba) <> current_user")
    [ -z "$statements" ] || sql "$statements"
}

# copy_files FROM TO: what TO lacks. Odoo never changes a stored file, so that a second
# name for it is a copy; where the file system knows no second names, it is copied.
copy_files() {
    local from to
    from=$(filestore_of "$1") to=$(filestore_of "$2")
    [ -d "$from" ] || return 0
    mkdir -p -- "$to"
    link_tree "$from" "$to" -l || link_tree "$from" "$to" -p
}

# link_tree FROM TO -l|-p: each folder and file but the mark. A file is brought under
# another name first, so that an interrupted copy is never taken for the file.
link_tree() (
    cd -- "$1"
    find . -mindepth 1 -type d -printf '%P\0' | (cd -- "$2" && xargs -0r mkdir -p --)
    find . -type f ! -name "$MARK_FILE" -printf '%P\0' | while IFS= read -r -d '' file; do
        [ -e "$2/$file" ] || printf '%s\0' "$file"
    done | {
        if [ "$3" = -l ]; then
            xargs -0r cp -l -n --parents -t "$2" -- 2>/dev/null
        else
            copy_whole "$2"
        fi
    }
)

copy_whole() {
    local file
    while IFS= read -r -d '' file; do
        cp -p -- "$file" "$1/$file$MARK_FILE"
        mv -- "$1/$file$MARK_FILE" "$1/$file"
    done
}

# read_dump DATABASE FILE: all of it or nothing; what went wrong is on standard error.
read_dump() {
    # pg_dump 17 writes a setting that older servers do not know.
    sed -i '/^SET transaction_timeout = 0;$/d' "$2"
    psql --no-psqlrc -q -v ON_ERROR_STOP=1 --single-transaction -d "$1" -f "$2" >&2 </dev/null 9>&-
}

# The folder of an unpacked archive becomes a folder of files as Odoo has it.
place_restored_files() {
    local work=$1
    rm -f -- "$work/dump.sql"
    [ -d "$work/filestore" ] || return 0
    find "$work/filestore" -mindepth 1 -maxdepth 1 ! -name "$MARK_FILE" -exec mv -t "$work" -- {} +
    rm -rf -- "$work/filestore"
}

# Removes what carries the mark of a making: the database NAME.making, its files and passwords.
undo_making() {
    local making=$1.making
    [ -z "$(folder_mark_of "$making")" ] || rm -rf -- "$(filestore_of "$making")"
    rm -f -- "$(credentials_of "$making")"
    read_mark "$making"
    [ -z "$STAGE" ] || sql "DROP DATABASE \"$making\" WITH (FORCE)"
}

# publish NAME: NAME.making, complete, becomes NAME, which is not there yet.
publish() {
    local name=$1 making=$1.making
    read_mark "$making"
    sql "COMMENT ON DATABASE \"$making\" IS 'om: ready $KIND $ID'"
    publish_ready "$name" "$KIND" "$ID"
}

# The rest of publish, also after an interruption within it.
publish_ready() {
    local name=$1 kind=$2 id=$3 making=$1.making
    if [ "$(folder_mark_of "$making")" = "$id" ]; then
        free_the_place "$name"
        mv -T -- "$(filestore_of "$making")" "$(filestore_of "$name")"
    fi
    sql "ALTER DATABASE \"$making\" RENAME TO \"$name\"; COMMENT ON DATABASE \"$name\" IS 'om: placed $kind $id'"
    finish_placing "$name" "$id"
}

# put_in_place NAME: NAME.making, upgraded, takes the place of NAME: one transaction, after
# the files. Nothing is taken from NAME's files; what the new one no longer names, Odoo
# itself collects later.
put_in_place() {
    local name=$1 making=$1.making before=$1.before id
    read_mark "$making"
    id=$ID
    copy_files "$making" "$name"
    sql "ALTER DATABASE \"$name\" RENAME TO \"$before\"; COMMENT ON DATABASE \"$before\" IS 'om: replaced update $id';
         ALTER DATABASE \"$making\" RENAME TO \"$name\"; COMMENT ON DATABASE \"$name\" IS 'om: placed update $id'" || {
        undo_making "$name"
        die "$name was used by another program and is as it was before: end that program and repeat."
    }
    finish_placing "$name" "$id"
}

# Tidies up behind a database that has its place, also after an interruption within.
finish_placing() {
    local name=$1 id=$2 making=$1.making before=$1.before
    [ ! -e "$(credentials_of "$making")" ] || mv -- "$(credentials_of "$making")" "$(credentials_of "$name")"
    [ "$(folder_mark_of "$making")" != "$id" ] || rm -rf -- "$(filestore_of "$making")"
    read_mark "$before"
    [ "$STAGE" != replaced ] || sql "DROP DATABASE \"$before\" WITH (FORCE)"
    rm -f -- "$(filestore_of "$name")/$MARK_FILE"
    sql "COMMENT ON DATABASE \"$name\" IS NULL"
}

# Moves files and passwords aside that a database of this name has left.
free_the_place() {
    local name=$1 aside
    aside=$1.aside-$(date +%Y%m%d-%H%M%S)
    if has_files "$name"; then
        mv -T -- "$(filestore_of "$name")" "$(filestore_of "$aside")"
        note "files of a database $name that is not there were in the way: they are now in $(filestore_of "$aside")."
    fi
    if [ -e "$(credentials_of "$name")" ]; then
        mv -- "$(credentials_of "$name")" "$(credentials_of "$aside")"
    fi
}

# A database or folder NAME.making without our mark is somebody's: it goes aside.
set_making_aside() {
    local making=$1.making aside
    aside=$1.aside-$(date +%Y%m%d-%H%M%S)
    if database_exists "$making"; then
        sql "ALTER DATABASE \"$making\" RENAME TO \"$aside\"" ||
            die "the database $making is in the way and in use: end the program that uses it."
        note "the database $making carries no mark of a making: it is now $aside."
    fi
    if [ -d "$(filestore_of "$making")" ]; then
        # Empty is nobody's.
        has_files "$making" || find "$(filestore_of "$making")" -depth -type d -empty -delete
        [ ! -d "$(filestore_of "$making")" ] || {
            mv -T -- "$(filestore_of "$making")" "$(filestore_of "$aside")"
            note "the files of $making carry no mark of a making: they are now in $(filestore_of "$aside")."
        }
    fi
}

# recover NAME: goes on with what was interrupted, or takes it back, and says which.
recover() {
    local name=$1 before=$1.before kind
    read_mark "$name"
    if [ "$STAGE" = placed ]; then
        kind=$KIND
        finish_placing "$name" "$ID"
        if [ "$kind" = update ]; then
            note "an update of $name was interrupted after it was through: $name is the upgraded database."
        else
            note "the $kind of $name was interrupted after it was through: $name is complete."
        fi
    fi
    recover_making "$name"
    ! database_exists "$before" || recover_before "$name"
}

recover_making() {
    local name=$1 making=$1.making kind
    read_mark "$making"
    kind=$KIND
    case $STAGE in
        ready)
            if [ "$(folder_mark_of "$making")" = "$ID" ] || [ "$(folder_mark_of "$name")" = "$ID" ]; then
                publish_ready "$name" "$kind" "$ID"
                note "the $kind of $name was interrupted at its last step: $name is complete now."
            else
                undo_making "$name"
                note "the $kind of $name was interrupted and its files are gone: what was made of it was removed."
            fi
            ;;
        making)
            undo_making "$name"
            if [ "$kind" = update ]; then
                note "an update of $name was interrupted before it was through: $name is the database as it was before."
            else
                note "the $kind of $name was interrupted before it was through: what was made of it was removed."
            fi
            ;;
        *)
            # A mark on the folder alone: interrupted before the database was made, after
            # it was removed, or while the server made it.
            if [ -n "$(folder_mark_of "$making")" ]; then
                undo_begun "$name"
                rm -rf -- "$(filestore_of "$making")"
            fi
            rm -f -- "$(credentials_of "$making")"
            set_making_aside "$name"
            ;;
    esac
}

# undo_begun NAME: a server that makes a database goes on when its client is gone, or only
# then begins, and the mark does not follow. The folder is marked only where there is no
# such database, so that one beside a marked folder is ours.
undo_begun() {
    local name=$1 making=$1.making working
    while true; do
        working=$(sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = 'om $making'") ||
            die "the database server does not answer."
        [ "$working" != 0 ] || break
        sleep 0.1
    done
    database_exists "$making" || return 0
    sql "DROP DATABASE \"$making\" WITH (FORCE)"
    if database_exists "$name"; then
        note "an update of $name was interrupted before it was through: $name is the database as it was before."
    else
        note "the making of $name was interrupted before it was through: what was made of it was removed."
    fi
}

# NAME.before is left by a swap, or by a release that upgraded NAME itself and kept a copy.
recover_before() {
    local name=$1 before=$1.before
    read_mark "$before"
    if ! database_exists "$name"; then
        sql "ALTER DATABASE \"$before\" RENAME TO \"$name\"; COMMENT ON DATABASE \"$name\" IS NULL" ||
            die "the database $before is in use: end the program that uses it."
        note "an update of $name was interrupted before it was through: $name is the database as it was before."
    elif [ "$STAGE" = replaced ]; then
        sql "DROP DATABASE \"$before\" WITH (FORCE)"
    else
        die "a database $before stands beside $name: an update by an older release was interrupted, $name may be half" \
            "upgraded and $before is as it was. Rename one of them: the other is then $name (./om psql -d postgres -c" \
            "'ALTER DATABASE \"$name\" RENAME TO \"$name-half\"' goes back, the same with \"$before\" keeps $name)."
    fi
}

# refuse_orphaned_files NAME: a new database must not begin among the files of another
# that is only not there now (another server, a dropped or renamed database).
refuse_orphaned_files() {
    ! has_files "$1" ||
        die "there is no database $1 on this server, but its files are in $(filestore_of "$1"): is it the right server? Bring" \
            "the database back with restore, which moves the files aside, or move that folder away yourself."
}

# The server of a database and its update exclude each other, whoever starts them.
# serving_lock shared|exclusive FILE: held on descriptor 8 until the process ends.
serving_lock() {
    mkdir -p -- "$(dirname -- "$2")"
    exec 8>"$2"
    flock "--$1" --nonblock 8
}
