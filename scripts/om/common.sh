# Settings, messages and locks. Sourced by ./om.
# shellcheck shell=bash

VAR=${OM_VAR:-$ROOT/var}
CACHE=${OM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/om}
STARTED=$(date +%s%N)

# shellcheck source=../../config/odoo.pin
source "$ROOT/config/odoo.pin"

# One sentence for people, exit code 2: the caller's request could not be carried out.
die() {
    printf 'om: %s\n' "$*" >&2
    exit 2
}

note() {
    printf 'om: %s\n' "$*" >&2
}

# Progress with the seconds since ./om started.
step() {
    local elapsed=$((($(date +%s%N) - STARTED) / 100000000))
    printf '[%3d.%d s] %s\n' $((elapsed / 10)) $((elapsed % 10)) "$*" >&2
}

seconds() {
    local elapsed=$((($(date +%s%N) - STARTED) / 100000000))
    printf '%d.%d' $((elapsed / 10)) $((elapsed % 10))
}

# Two ./om at once must not install or create the same thing twice.
# lock NAME: waits for the others; released when the process (and what it runs) ends.
lock() {
    local name=$1
    mkdir -p "$VAR/lock"
    exec 9>"$VAR/lock/$name"
    if ! flock -n 9; then
        note "waiting for another ./om that is at work ($name) ..."
        flock 9
    fi
}

unlock() {
    exec 9>&-
}

# What ./om reset may delete: the checkout's var/, and a folder that ./om itself has made.
FOLDER_MARK=.om-var

make_own_folder() {
    local entries
    mkdir -p -- "$1" 2>/dev/null || return 1
    [ ! -e "$1/$FOLDER_MARK" ] || return 0
    entries=$(ls -A -- "$1") || return 1
    [ -n "$entries" ] || echo "Made by ./om, deleted by ./om reset." >"$1/$FOLDER_MARK"
}

owns_folder() {
    [ -e "$1/$FOLDER_MARK" ] || [ "$(readlink -f -- "$1")" = "$(readlink -f -- "$ROOT/var")" ]
}

# need_space DIRECTORY MEGABYTES WHAT-FOR
need_space() {
    local directory=$1 wanted=$2 purpose=$3 free
    mkdir -p "$directory" 2>/dev/null || die "cannot write to $directory: check its owner and permissions."
    free=$(($(df -Pk -- "$directory" | awk 'NR == 2 {print $4}') / 1024))
    [ "$free" -ge "$wanted" ] ||
        die "the disk of $directory is full: $purpose needs $wanted MB, $free MB are free."
}

# run_logged LOGFILE COMMAND...: output to the log, where the caller's sentence points;
# nobody can open it after a run of continuous integration, so there its end is shown.
run_logged() {
    local log=$1
    shift
    mkdir -p "$(dirname -- "$log")"
    if ! "$@" >>"$log" 2>&1 </dev/null 9>&-; then
        [ -z "${CI:-}" ] || tail -n 30 -- "$log" >&2
        return 1
    fi
}

# cause_of LOGFILE: the last line of a log that tells why something failed, for the
# sentence that a person reads first. Summaries that follow the cause are passed over.
cause_of() {
    local telling='(^|[^a-z])(e:|err:|error|fatal|critical|failed|cannot|could not|no space|not valid|not trusted|expired|refused|timed out|unable|denied|missing|no such|resolv)'
    local summary='some index files failed|have been ignored|rolling back|database system is shut down|^hint:|a complete log of this run|errors were encountered|no matching distribution|could not find a version'
    local text line
    text=$(tail -n 200 -- "$1" 2>/dev/null | sed -E 's/\x1b\[[0-9;]*[A-Za-z]//g; s/^[[:space:]]+//; s/[[:space:]]+$//')
    line=$(grep -Ei -- "$telling" <<<"$text" | grep -Eiv -- "$summary" | tail -n 1)
    [ -n "$line" ] || line=$(grep -v '^$' <<<"$text" | tail -n 1)
    [ "${#line}" -le 300 ] || line=${line:0:299}…
    printf '%s' "${line:-no output}"
}

# die_of LOGFILE SENTENCE: what could not be done, why in the program's own words, and
# where the rest stands.
die_of() {
    local log=$1
    shift
    die "$* ($(cause_of "$log")). The whole log: $log"
}

# A value that follows an option, or one clear sentence.
value_of() {
    [ $# -ge 2 ] && [ -n "$2" ] || die "the option $1 wants a value."
    printf '%s' "$2"
}
