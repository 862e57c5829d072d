# PostgreSQL: a private cluster below var/, or a given server. Sourced by ./om.
# shellcheck shell=bash

uses_external_database() {
    [ -n "${OM_DATABASE_URL:-}" ] || [ -n "$(setting_of db_host)" ]
}

# The newest server's programs that this machine has (13 is Odoo's least).
postgres_bin() {
    local directory
    while read -r directory; do
        [ -x "$directory/initdb" ] && echo "$directory" && return
    done < <(compgen -G '/usr/lib/postgresql/*/bin' | sort -t/ -k5,5nr)
    return 0
}

ensure_postgres() {
    if [ -n "${OM_DATABASE_URL:-}" ]; then
        use_database_url "$OM_DATABASE_URL"
    elif [ -n "$(setting_of db_host)" ]; then
        export PGHOST PGPORT PGUSER PGPASSWORD
        PGHOST=$(setting_of db_host)
        PGPORT=$(setting_of db_port)
        PGUSER=$(setting_of db_user)
        PGPASSWORD=$(setting_of db_password)
    else
        ensure_cluster
    fi
    [ -n "${PGPORT:-}" ] || unset PGPORT
    [ -n "${PGPASSWORD:-}" ] || unset PGPASSWORD
    export PGDATABASE=postgres
    psql --no-psqlrc -qAtc 'SELECT 1' >/dev/null 2>"$VAR/log/psql.log" ||
        die "the database server does not answer: $(tail -n 1 "$VAR/log/psql.log")"
    local version
    version=$(sql 'SHOW server_version_num')
    [ "$version" -ge 130000 ] || die "PostgreSQL 13 or newer is needed; this server is $(sql 'SHOW server_version')."
}

# postgresql://user:password@host:port/ ; percent-encoded as libpq takes it.
use_database_url() {
    local fields
    fields=$("$PYTHON" - "$1" <<'PY'
import sys
from urllib.parse import parse_qs, unquote, urlsplit

url = urlsplit(sys.argv[1])
if url.scheme not in ("postgresql", "postgres"):
    sys.exit(1)
host = url.hostname or parse_qs(url.query).get("host", [""])[0]
for value in (host, url.port or "", url.username or "", url.password or ""):
    print(unquote(str(value)))
PY
    ) || die "OM_DATABASE_URL is no postgresql:// address."
    export PGHOST PGPORT PGUSER PGPASSWORD
    { read -r PGHOST; read -r PGPORT; read -r PGUSER; read -r PGPASSWORD; } <<<"$fields" || true
    [ -n "$PGHOST" ] && [ -n "$PGUSER" ] || die "OM_DATABASE_URL must name a host and a user."
}

# Sets CLUSTER, its socket's folder and the operating-system user that runs the server.
locate_cluster() {
    local id
    id=$(printf '%s' "$VAR" | sha256sum | cut -c1-10)
    CLUSTER=$VAR/postgres
    CLUSTER_USER=$(id -un)
    if [ "$(id -u)" = 0 ]; then
        # PostgreSQL refuses to run as root; its user may not get into our folder.
        CLUSTER_USER=postgres
        id postgres >/dev/null 2>&1 || die "the user postgres is missing: install Debian's package postgresql."
        mkdir -p "$VAR"
        (cd / && runuser -u postgres -- test -x "$VAR") || CLUSTER=/var/lib/om-$id
    fi
    SOCKET=$CLUSTER/socket
    # A socket's path has 107 bytes at most.
    [ $((${#SOCKET} + 16)) -le 107 ] || SOCKET=/tmp/om-$id
}

as_cluster_user() {
    if [ "$(id -un)" = "$CLUSTER_USER" ]; then
        (cd / && "$@" 9>&-)
    else
        (cd / && runuser -u "$CLUSTER_USER" -- "$@" 9>&-)
    fi
}

cluster_runs() {
    as_cluster_user "$PGBIN/pg_ctl" -D "$CLUSTER/data" status >/dev/null 2>&1
}

ensure_cluster() {
    PGBIN=$(postgres_bin)
    export PATH=$PGBIN:$PATH
    locate_cluster
    lock postgres
    [ -e "$CLUSTER/.complete" ] || make_cluster
    local made_by
    made_by=$(as_cluster_user cat "$CLUSTER/data/PG_VERSION")
    if [[ $PGBIN != */postgresql/$made_by/bin ]]; then
        PGBIN=/usr/lib/postgresql/$made_by/bin
        [ -x "$PGBIN/postgres" ] ||
            die "this checkout's databases were made by PostgreSQL $made_by, which is not installed: install postgresql-$made_by."
        export PATH=$PGBIN:$PATH
    fi
    prepare_socket
    if ! cluster_runs; then
        need_space "$(dirname -- "$CLUSTER")" 500 "the database"
        as_cluster_user "$PGBIN/pg_ctl" -D "$CLUSTER/data" -l "$CLUSTER/log" -w -t 60 \
            -o "-c unix_socket_directories='$SOCKET'" start >/dev/null 2>&1 ||
            die "PostgreSQL does not start: $(as_cluster_user tail -n 2 "$CLUSTER/log" | xargs)"
        POSTGRES_STARTED_HERE=yes
    fi
    unlock
    unset PGPORT PGPASSWORD
    export PGHOST=$SOCKET PGUSER=om
}

# The folder of the socket belongs to the server's user and to nobody else.
prepare_socket() {
    as_cluster_user mkdir -p -m 700 "$SOCKET"
    [ "$(stat -c '%U %a' "$SOCKET")" = "$CLUSTER_USER 700" ] ||
        die "$SOCKET belongs to somebody else: remove it, or set OM_VAR to a shorter path."
}

# Interrupted, it leaves its mark of an unfinished cluster behind and starts anew; a folder
# with neither mark is not ours to delete.
make_cluster() {
    need_space "$(dirname -- "$CLUSTER")" 500 "the database"
    step "making the private PostgreSQL cluster"
    mkdir -p "$(dirname -- "$CLUSTER")"
    if [ -e "$CLUSTER/.making" ]; then
        ! cluster_runs || as_cluster_user "$PGBIN/pg_ctl" -D "$CLUSTER/data" -m fast -w stop >/dev/null 2>&1 || true
        note "the making of the PostgreSQL cluster was interrupted: what was made of it is removed."
        remove_cluster
    fi
    mkdir -m 700 "$CLUSTER" 2>/dev/null || [ -z "$(ls -A -- "$CLUSTER")" ] ||
        die "$CLUSTER is in the way: it has no mark of a complete cluster (.complete) and none of an unfinished one" \
            "(.making). If it holds your databases, make an empty file .complete in it; else move it away."
    : >"$CLUSTER/.making"
    [ "$(id -u)" != 0 ] || chown "$CLUSTER_USER": "$CLUSTER"
    # C sorts fast; the character type must be UTF-8's, or trigrams skip Chinese text.
    as_cluster_user "$PGBIN/initdb" -D "$CLUSTER/data" -U om --auth-local=peer --auth-host=reject \
        -E UTF8 --lc-collate=C --lc-ctype=C.UTF-8 --lc-messages=C >>"$VAR/log/initdb.log" 2>&1 ||
        die "PostgreSQL's initdb failed: $(tail -n 1 "$VAR/log/initdb.log")"
    as_cluster_user tee -a "$CLUSTER/data/postgresql.conf" >/dev/null <<'CONF'
# Added by ./om: local socket only, sized for one contractor on one machine. Compiling
# Odoo's generated statements takes longer than running them, and so does dividing one
# among processes, which the requests of other people keep busy.
listen_addresses = ''
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_connections = 100
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 0
log_min_duration_statement = 5000
CONF
    as_cluster_user tee "$CLUSTER/data/pg_hba.conf" >/dev/null <<<'local all om peer map=om'
    printf 'om %s om\n' "$(id -un)" "$CLUSTER_USER" root | sort -u |
        as_cluster_user tee "$CLUSTER/data/pg_ident.conf" >/dev/null
    as_cluster_user touch "$CLUSTER/.complete"
    rm -f -- "$CLUSTER/.making"
}

# From the first step on it carries the mark of what may be removed; the mark goes last.
remove_cluster() {
    [ ! -e "$CLUSTER/.complete" ] || mv -- "$CLUSTER/.complete" "$CLUSTER/.making"
    [ -e "$CLUSTER/.making" ] || return 0
    rm -rf -- "$CLUSTER/data" "$CLUSTER/socket" "$CLUSTER/log"
    rm -f -- "$CLUSTER/.making"
    rmdir -- "$CLUSTER" 2>/dev/null || true
}

# stop_cluster: only when nothing else is connected, unless "force" is said.
stop_cluster() {
    uses_external_database && return
    PGBIN=$(postgres_bin)
    locate_cluster
    [ -n "$PGBIN" ] && [ -e "$CLUSTER/.complete" ] && cluster_runs || return 0
    if [ "${1:-}" != force ]; then
        local others
        others=$(PGHOST=$SOCKET PGUSER=om PGDATABASE=postgres sql \
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
        [ "$others" = 0 ] || return 0
    fi
    as_cluster_user "$PGBIN/pg_ctl" -D "$CLUSTER/data" -m fast -w stop >/dev/null
}

om_psql() {
    prepare
    local database=om
    if [ "${1:-}" = -d ]; then
        database=$(value_of "$@")
        shift 2
    fi
    psql -d "$database" "$@"
}
