# Tests, linters, benchmarks. Sourced by ./om.
# shellcheck shell=bash

om_test() {
    prepare_for_tests
    run_module tests.run "$@"
}

om_bench() {
    prepare
    run_module tests.bench.run "$@"
}

# The browser is wanted, not needed: without it browser tests say why they are skipped.
prepare_for_tests() {
    if root_prefix >/dev/null; then
        prepare test
    else
        prepare
    fi
    fetch_alertmanager
}

# run_module MODULE ARGUMENTS: a Python module of this project that works with databases.
run_module() {
    cd -- "$ROOT"
    "${ODOO_ENVIRONMENT[@]}" OM_CHROMIUM="$(find_chromium)" \
        OM_ALERTMANAGER="$(find_alertmanager)" OM_ROOT="$ROOT" OM_STATE="$VAR" \
        OM_PYTHON="$PYTHON" OM_ODOO_PROGRAM="$ODOO_PROGRAM" "$PYTHON" -m "$@"
}

om_lint() {
    prepare_tools
    cd -- "$ROOT"
    local failed='' files
    mapfile -t files < <(git ls-files -co --exclude-standard -- '*.py')
    check "ruff check" "$VENV/bin/ruff" check "${files[@]}"
    check "ruff format" "$VENV/bin/ruff" format --check "${files[@]}"
    check "pylint-odoo" env PYTHONPATH="$ODOO_PATH" "$VENV/bin/pylint" --rcfile=.pylintrc addons/*
    local scripts=(om scripts/om/*.sh .ci/run docker/om docker/make-secrets.sh config/production/serve
        config/production/rotate)
    # One call each: bash takes further names for arguments.
    # shellcheck disable=SC2016
    check "bash syntax" bash -c 'for file; do bash -n "$file" || exit 1; done' bash "${scripts[@]}"
    if command -v shellcheck >/dev/null; then
        check "shellcheck" shellcheck -x "${scripts[@]}"
    fi
    check "project rules" env PYTHONPATH="$ODOO_PATH" "$PYTHON" scripts/lint.py
    [ -z "$failed" ] || exit 1
    step "lint is clean"
}

# check NAME COMMAND...: a linter's output only when it complains.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        step "$name: ok"
    else
        step "$name: FAILED"
        printf '%s\n' "$output" >&2
        failed=yes
    fi
}

om_i18n() {
    local name=om
    if [ "${1:-}" = -d ]; then
        name=$(value_of "$@")
    fi
    prepare
    run_script "$name" "$ROOT/scripts/export_terms.py"
}
