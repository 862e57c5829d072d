# The server: started, watched, stopped. Sourced by ./om.
# shellcheck shell=bash

om_run() {
    local name=om port host='' detach='' content=history engagements='' url
    port=$(setting_of http_port)
    port=${port:-8069}
    while [ $# -gt 0 ]; do
        case $1 in
            --port) port=$(value_of "$@"); shift 2 ;;
            --host) host=$(value_of "$@"); shift 2 ;;
            --db | -d) name=$(value_of "$@"); shift 2 ;;
            --detach) detach=yes; shift ;;
            --empty) content=empty; shift ;;
            --engagements) engagements=yes; shift ;;
            *) die "run does not know '$1': see ./om help." ;;
        esac
    done
    valid_database_name "$name"
    [[ $port =~ ^[0-9]+$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] || die "'$port' is no port number."
    if [ -n "$engagements" ]; then
        [ "$content" = empty ] || die "--engagements goes with --empty; without it the engagements are there anyway."
        content=engagements
    fi
    host=${host:-$(setting_of http_interface)}
    host=${host:-127.0.0.1}
    ! runs_already "$name" || return 0
    prepare meanwhile
    starting_lock "$name"
    ! runs_already "$name" || return 0
    port_is_free "$host" "$port" || die "the port $port of $host is taken: choose another with --port."
    ensure_database "$name" "$content"
    await_packages
    serving_lock shared "$VAR/lock/serving-$name" || die "an update of $name is at work: wait for its end."
    url=http://$(browser_host "$host"):$port
    set_address "$name" "$url"
    if [ -n "$detach" ]; then
        start_detached "$name" "$host" "$port" "$url"
    else
        serve "$name" "$host" "$port" "$url"
    fi
}

# Whether the server of a database runs; says so, and where.
runs_already() {
    local pid
    pid=$(server_pid "$1")
    [ -n "$pid" ] || return 1
    note "the server of $1 runs already (process $pid); ./om stop ends it."
    print_welcome "$1" "$(cat "$VAR/run/$1.url")"
}

# Two ./om run at once start one server: the later one waits until that is written down.
# Held on descriptor 7, as the database has its own lock meanwhile.
starting_lock() {
    mkdir -p "$VAR/lock"
    exec 7>"$VAR/lock/starting-$1"
    if ! flock -n 7; then
        note "waiting for another ./om that starts the server of $1 ..."
        flock 7
    fi
}

# set_address DATABASE URL: links in mails and on labels lead to where the server listens,
# unless the settings name a public address.
set_address() {
    sql "UPDATE ir_config_parameter SET value = '$2' WHERE key = 'web.base.url' AND NOT EXISTS (
             SELECT FROM ir_config_parameter WHERE key = 'web.base.url.freeze' AND value NOT IN ('', 'False'))" "$1"
}

# om_create: the database without the server (used by the tests and by ./om run).
om_create() {
    local name=om content=history
    while [ $# -gt 0 ]; do
        case $1 in
            --db | -d) name=$(value_of "$@"); shift 2 ;;
            --content) content=$(value_of "$@"); shift 2 ;;
            *) die "create does not know '$1'." ;;
        esac
    done
    valid_database_name "$name"
    case $content in
        empty | engagements | history) ;;
        *) die "the content of a new database is empty, engagements or history, not '$content'." ;;
    esac
    prepare meanwhile
    ensure_database "$name" "$content"
    await_packages
}

# What to type into a browser on this machine.
browser_host() {
    case $1 in
        127.0.0.1 | 0.0.0.0 | ::) echo localhost ;;
        *) echo "$1" ;;
    esac
}

port_is_free() {
    "$PYTHON" - "$1" "$2" <<'PY'
import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in host else socket.AF_INET
with socket.socket(family) as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError:
        sys.exit(1)
PY
}

server_arguments() {
    printf '%s\0' server -d "$1" "--db-filter=^$1\$" "--http-interface=$2" "--http-port=$3"
}

serve() {
    local name=$1 host=$2 port=$3 url=$4 arguments pid status=0
    mapfile -d '' arguments < <(server_arguments "$name" "$host" "$port")
    print_welcome "$name" "$url"
    note "Ctrl-C ends the server."
    become_server "$name" "$url" "${ODOO_ENVIRONMENT[@]}" "$PYTHON" "$ODOO_PROGRAM" "${arguments[@]}" 7>&- 9>&- &
    pid=$!
    await_written "$name" "$pid"
    exec 7>&-
    # Ctrl-C reaches the server by itself; a second signal would cut its ending short.
    trap ':' INT
    trap 'kill -TERM "$pid" 2>/dev/null || true' TERM
    # A signal ends one wait; the server then needs its time to end.
    while kill -0 "$pid" 2>/dev/null; do
        status=0
        wait "$pid" || status=$?
    done
    trap - INT TERM
    rm -f -- "$VAR/run/$name".{pid,url}
    [ -z "${POSTGRES_STARTED_HERE:-}" ] || stop_cluster
    # From 128 on: ended by a signal, as it should be.
    [ $status -eq 0 ] || [ $status -ge 128 ] || die "the server ended with an error."
}

# become_server NAME URL COMMAND...: written down before it begins, so that whenever ./om
# is killed, no server goes on that ./om stop does not know.
become_server() {
    mkdir -p "$VAR/run"
    echo "$2" >"$VAR/run/$1.url"
    echo "$BASHPID" >"$VAR/run/$1.pid"
    exec "${@:3}"
}

# await_written NAME PROCESS: until it is written down, and is the server.
await_written() {
    until [ "$(cat "$VAR/run/$1.pid" 2>/dev/null)" = "$2" ] && is_server "$2"; do
        kill -0 "$2" 2>/dev/null || return 0
        sleep 0.05
    done
}

is_server() {
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q -- odoo_server.py
}

start_detached() {
    local name=$1 host=$2 port=$3 url=$4 arguments log=$VAR/log/server-$1.log pid tries=0
    mapfile -d '' arguments < <(server_arguments "$name" "$host" "$port")
    step "starting the server"
    # In the background setsid goes on as the same process.
    become_server "$name" "$url" setsid "${ODOO_ENVIRONMENT[@]}" "$PYTHON" "$ODOO_PROGRAM" "${arguments[@]}" \
        >>"$log" 2>&1 </dev/null 7>&- 9>&- &
    pid=$!
    until answers "$host" "$port"; do
        tries=$((tries + 1))
        kill -0 "$pid" 2>/dev/null && [ $tries -lt 600 ] || {
            tail -n 5 -- "$log" >&2
            kill "$pid" 2>/dev/null || true
            rm -f -- "$VAR/run/$name".{pid,url}
            die "the server did not start: see $log."
        }
        sleep 0.2
    done
    step "the server answers"
    print_welcome "$name" "$url"
}

# The health page only answers when the registry of the database can be loaded.
answers() {
    "$PYTHON" - "$1" "$2" <<'PY' 2>/dev/null
import sys
import urllib.request

host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(sys.argv[1], sys.argv[1])
url = f"http://{host}:{sys.argv[2]}/web/login"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
with opener.open(url, timeout=60) as answer:
    sys.exit(answer.status != 200)
PY
}

# The process of a database's server, if it is still ours and alive.
server_pid() {
    local file=$VAR/run/$1.pid pid
    [ -f "$file" ] || return 0
    pid=$(cat "$file")
    if kill -0 "$pid" 2>/dev/null && is_server "$pid"; then
        echo "$pid"
    elif ! is_starting "$pid"; then
        rm -f -- "$file" "$VAR/run/$1.url"
    fi
}

# A process of ./om run that has written itself down and is about to become the server.
is_starting() {
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -Eq -- '/om run( |$)'
}

print_welcome() {
    local name=$1 url=$2 file=$VAR/credentials-$1
    printf '\n  %s\n\n' "$url"
    if [ -r "$file" ]; then
        printf '  %-14s %-18s %s\n' login password person
        while IFS=$'\t' read -r login password person; do
            printf '  %-14s %-18s %s\n' "$login" "$password" "$person"
        done <"$file"
        printf '\n  (kept in %s)\n\n' "$file"
    fi
}

om_stop() {
    [ $# -eq 0 ] || die "stop takes no arguments."
    local file name pid waited
    for file in "$VAR"/run/*.pid; do
        [ -e "$file" ] || continue
        name=$(basename -- "$file" .pid)
        pid=$(server_pid "$name")
        [ -n "$pid" ] || continue
        kill "$pid" 2>/dev/null || true
        waited=0
        while kill -0 "$pid" 2>/dev/null && [ $waited -lt 100 ]; do
            sleep 0.1
            waited=$((waited + 1))
        done
        kill -9 "$pid" 2>/dev/null || true
        rm -f -- "$VAR/run/$name".{pid,url}
        step "stopped the server of $name"
    done
    stop_cluster force
}
