#!/usr/bin/env bash
# Sets up, builds, checks, tests and runs Pramana. `./build.sh help` lists the commands.
#
# Rules of the file: every step is skipped when nothing that it reads has changed since it last succeeded; what
# takes time says so; a failure shows the end of its log; what cannot be helped here is one line that says what to do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

ROOT="$PWD"
LOGS=out/logs
STAMPS=out/stamps
JUNIT=out/junit
PACKS=out/packs
WORDNET=/usr/share/wordnet
PORT=8765
VENV="$ROOT/.venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1 NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false

die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# ------------------------------------------------------------------------------------------------ steps and stamps

ticker() { # NAME: says every now and then that NAME is still being done
    local name="$1" began=$SECONDS pause=20
    [ -t 1 ] && pause=1
    while sleep "$pause"; do
        if [ -t 1 ]; then printf '\r  %s … %ds' "$name" $((SECONDS - began)); else
            printf '  %s … %ds\n' "$name" $((SECONDS - began)); fi
    done
}

# Runs COMMAND with its output in a log, and leaves its exit status in $status. Never call it in a condition: bash
# would ignore `set -e` inside.
status=0
failures=() # said once more at the end, where they are seen

attempt() { # NAME COMMAND…
    local name="$1" log began=$SECONDS ticking
    log="$LOGS/${name//[^a-zA-Z0-9]/-}.log"
    shift
    mkdir -p "$LOGS"
    [ -t 1 ] || printf '  %s …\n' "$name"
    ticker "$name" &
    ticking=$!
    # The ticker must not outlive an interrupt.
    trap 'kill "$ticking" 2>/dev/null; exit 130' INT TERM
    set +e
    (set -e; trap - INT TERM; "$@") >"$log" 2>&1
    status=$?
    set -e
    { kill "$ticking" && wait "$ticking"; } 2>/dev/null || true
    trap - INT TERM
    [ -t 1 ] && printf '\r\033[K'
    if [ "$status" -eq 0 ]; then
        printf '  ✓ %s (%ds)\n' "$name" $((SECONDS - began))
    else
        printf '  ✗ %s failed after %ds, exit status %d; the end of %s:\n' "$name" $((SECONDS - began)) "$status" "$log"
        # One line can be a megabyte: an error inside Pyodide prints its own source.
        tail -n 40 "$log" | cut -c1-400 | sed 's/^/    /'
        failures+=("$name" "$(grep -E '^(FAILED|ERROR) ' "$log" | cut -c1-300 | sed 's/^/    /' | head -n 10 || true)")
    fi
}

step() { # NAME COMMAND…: as attempt, and a failure ends everything
    attempt "$@"
    [ "$status" -eq 0 ] || exit 1
}

fingerprint() { # PATH…: a hash over the names and contents of the files below
    find "$@" -type f -not -path '*/node_modules/*' -not -path '*/target*/*' -not -name '*.pyc' -print0 |
        LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-32
}

done_before() { # NAME FINGERPRINT
    [ "$(cat "$STAMPS/$1" 2>/dev/null || true)" = "$2" ]
}

stamp() { # NAME FINGERPRINT
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

# ----------------------------------------------------------------------------------------------------------- set-up

find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

check_node() {
    command -v node >/dev/null || die "Node 20 or newer is needed and there is no node: see https://nodejs.org/"
    command -v npm >/dev/null || die "npm is needed and is not there; it comes with Node"
    local major
    major="$(node --version | sed 's/^v\([0-9]*\).*/\1/')"
    [ "$major" -ge 20 ] || die "Node 20 or newer is needed; this is $(node --version)"
}

rustup_has_wasm() {
    command -v rustup >/dev/null && rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown
}

debian_rust() { # whether Debian's toolchain can build for wasm32
    [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library/vendor ] && [ -n "$(compgen -c wasm-ld)" ]
}

missing_packages() { # the Debian packages that are needed and not there
    [ -n "$(find_python)" ] || printf '%s\n' python3 python3-venv
    [ -x /usr/bin/chromium ] || printf '%s\n' chromium
    [ -x /usr/bin/firefox-esr ] || printf '%s\n' firefox-esr
    # A browser without a font draws nothing.
    [ -n "$(find /usr/share/fonts -name '*.?tf' -print -quit 2>/dev/null)" ] || printf '%s\n' fonts-liberation
    if ! rustup_has_wasm; then
        debian_rust || printf '%s\n' rustc-web cargo-web rust-web-src lld-19
        [ -x /usr/bin/clippy-driver ] || printf '%s\n' rust-web-clippy
    fi
    command -v rustfmt >/dev/null || printf '%s\n' rustfmt-web
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -q -y --no-install-recommends "$@"
}

setup_packages() {
    local missing
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -eq 0 ] && return
    command -v apt-get >/dev/null ||
        die "this is not Debian; please install what these packages would bring: ${missing[*]}"
    [ "$(id -u)" -eq 0 ] || die "packages are missing; please run, as root: apt-get install ${missing[*]}"
    step "Debian packages: ${missing[*]}" install_packages "${missing[@]}"
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -eq 0 ] || die "still missing after installing: ${missing[*]}"
}

make_venv() { # PYTHON
    [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import pip' || "$1" -m venv --clear "$VENV"
    "$VENV/bin/pip" install --editable '.[all]'
}

setup() {
    check_node
    setup_packages
    local python wanted
    python="$(find_python)"
    [ -n "$python" ] || die "Python 3.11 or newer with venv is needed: apt-get install python3 python3-venv"

    wanted="$("$python" --version) $(fingerprint pyproject.toml)"
    if ! { [ -x "$VENV/bin/pramana" ] && done_before venv "$wanted"; }; then
        step "Python packages into .venv" make_venv "$python"
        stamp venv "$wanted"
    fi
    # From here on, python3 is the environment's: also for what we call.
    export PATH="$VENV/bin:$PATH" VIRTUAL_ENV="$VENV"

    wanted="$(node --version) $(fingerprint web/package.json web/package-lock.json)"
    if ! { [ -d web/node_modules ] && done_before npm "$wanted"; }; then
        step "npm packages into web/node_modules" npm ci --prefix web
        stamp npm "$wanted"
    fi
}

# ------------------------------------------------------------------------------------------------------------ build

kernels_built=""
build_kernels() { # it knows itself when there is nothing to do
    [ -z "$kernels_built" ] || return 0
    step "kernels" rust-kernels/build.sh
    kernels_built=1
}

build_host() {
    local wanted
    wanted="$(fingerprint web/src web/build.mjs web/package-lock.json pyproject.toml)"
    if [ -f pylib/pramana/data/host.js ] && done_before host "$wanted"; then return; fi
    step "JavaScript for the wheel" node web/build.mjs host
    stamp host "$wanted"
}

make_wheel() {
    mkdir -p dist
    rm -f dist/pramana-*.whl
    # In this environment, not in an isolated one: building needs no network.
    python -m hatchling build --target wheel --directory dist
}

build_wheel() {
    local wanted
    build_kernels
    build_host
    wanted="$(fingerprint pylib/pramana pyproject.toml README.md LICENSE-MIT LICENSE-APACHE NOTICE)"
    if compgen -G 'dist/pramana-*.whl' >/dev/null && done_before wheel "$wanted"; then return; fi
    step "wheel" make_wheel
    stamp wheel "$wanted"
}

build_web() {
    local wanted packs=()
    build_kernels
    [ ! -d "$PACKS" ] || packs=("$PACKS")
    wanted="$(fingerprint web pylib/pramana pyproject.toml NOTICE "${packs[@]}")"
    if [ -f dist/web/pramana-precache.json ] && done_before web "$wanted"; then return; fi
    step "dist/web" node web/build.mjs site
    stamp web "$wanted"
}

build_npm() {
    local wanted
    build_web
    wanted="$(fingerprint dist/web web/npm web/npm_package.mjs LICENSE-MIT LICENSE-APACHE NOTICE)"
    if compgen -G 'dist/npm/pramana-*.tgz' >/dev/null && done_before npm-package "$wanted"; then return; fi
    step "npm package" node web/build.mjs npm
    stamp npm-package "$wanted"
}

# ----------------------------------------------------------------------------------------------------------- checks

passed=0 failed=0

check_one() { # NAME FINGERPRINT COMMAND…
    local name="$1" wanted="$2" stamp_name="check-${1//[^a-zA-Z0-9]/-}"
    shift 2
    if [ -n "$wanted" ] && done_before "$stamp_name" "$wanted"; then
        passed=$((passed + 1))
        return
    fi
    attempt "$name" "$@"
    if [ "$status" -eq 0 ]; then
        passed=$((passed + 1))
        [ -z "$wanted" ] || stamp "$stamp_name" "$wanted"
    else
        failed=$((failed + 1))
    fi
}

cargo_native() {
    (cd rust-kernels && cargo "$@")
}

clippy_wasm() { # simd | scalar
    local feature="+simd128"
    [ "$1" = simd ] || feature="-simd128"
    cd rust-kernels
    local arguments=(--locked --target wasm32-unknown-unknown --target-dir "target/clippy-$1")
    if rustup_has_wasm; then
        RUSTFLAGS="-C target-feature=$feature" cargo clippy "${arguments[@]}" -- -D warnings
    else
        # Debian ships the library for wasm32 as source only; see build.sh there.
        RUSTC_BOOTSTRAP=1 PATH="/usr/bin:$PATH" RUSTC_WORKSPACE_WRAPPER=/usr/bin/clippy-driver \
            RUSTFLAGS="-C target-feature=$feature -D warnings" CLIPPY_ARGS="-Dwarnings" \
            /usr/bin/cargo --config 'source.crates-io.replace-with="vendored"' \
            --config 'source.vendored.directory="/usr/lib/rustlib/src/rust/library/vendor"' \
            check "${arguments[@]}" -Zbuild-std=std,panic_abort
    fi
}

types_of_javascript() {
    local project
    for project in tsconfig.json tsconfig.worker.json tsconfig.node.json; do
        web/node_modules/.bin/tsc --project "web/$project"
    done
}

biome_check() {
    cd web
    node_modules/.bin/biome check --error-on-warnings
}

generated_files() {
    python pylib/tools/gen_protocol.py --check
    python pylib/tools/gen_unicode.py --check
    python pylib/tools/gen_api.py --check
}

run_checks() {
    printf 'check\n'
    local python rust web
    python="$(fingerprint pyproject.toml pylib tests web/serve.py web/drive.py rust-kernels/manifest.py)"
    rust="$(cargo --version) $(fingerprint rust-kernels)"
    web="$(fingerprint web pylib/pramana/protocol.json)"
    check_one "ruff format" "$python" ruff format --check --quiet .
    check_one "ruff" "$python" ruff check --output-format concise .
    check_one "mypy" "$python" mypy
    check_one "generated files" "$python $rust $web $(fingerprint docs)" generated_files
    check_one "layers" "$python" pytest -q tests/test_layers.py
    check_one "rustfmt" "$rust" cargo_native fmt --all --check
    check_one "clippy" "$rust" cargo_native clippy --locked --all-targets --target-dir target/host -- -D warnings
    check_one "clippy wasm simd" "$rust" clippy_wasm simd
    check_one "clippy wasm scalar" "$rust" clippy_wasm scalar
    check_one "tsc" "$web" types_of_javascript
    check_one "biome" "$web" biome_check
}

# ------------------------------------------------------------------------------------------------------------ tests

count_cargo() { # adds the numbers of `cargo test`
    local numbers
    numbers="$(awk '/^test result:/ {p += $4; f += $6} END {print p + 0, f + 0}' "$LOGS/cargo-test.log")"
    count "$numbers"
}

count_junit() { # FILE: adds the numbers of one pytest run
    count "$(python - "$1" <<'PY'
import sys
from pathlib import Path
from xml.etree import ElementTree

path = Path(sys.argv[1])
suites = ElementTree.parse(path).getroot().iter("testsuite") if path.exists() else []
totals = [[int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")] for suite in suites]
tests, failures, errors, skipped = [sum(column) for column in zip(*totals)] or [0, 0, 0, 0]
print(tests - failures - errors - skipped, failures + errors)
PY
)"
}

count() { # "PASSED FAILED": a run that failed without a failed test, or that ran nothing, is a failure
    local more_passed="${1% *}" more_failed="${1#* }"
    if [ "$more_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$more_passed" -eq 0 ]; }; then more_failed=1; fi
    passed=$((passed + more_passed))
    failed=$((failed + more_failed))
}

pytest_suite() { # NAME SECONDS PATH…
    local name="$1" limit="$2" report
    report="$JUNIT/${name//[^a-zA-Z0-9]/-}.xml"
    shift 2
    mkdir -p "$JUNIT"
    rm -f "$report"
    attempt "$name" timeout --kill-after=30 "$limit" pytest -q --junit-xml="$report" "$@"
    tail -n 1 "$LOGS/${name//[^a-zA-Z0-9]/-}.log" | cut -c1-200 | sed 's/^/    /'
    count_junit "$report"
}

run_tests() {
    printf 'test\n'
    attempt "cargo test" cargo_native test --locked --target-dir target/host
    count_cargo
    pytest_suite "python tests" 1200 tests --ignore=tests/browser --ignore=tests/pyodide --numprocesses=2
    pytest_suite "pyodide tests" 900 tests/pyodide
    pytest_suite "browser tests" 1500 tests/browser --numprocesses=2 --dist=loadgroup
}

# --------------------------------------------------------------------------------------------------------- commands

heading() { printf '%s\n' "$1"; }

build_all() {
    heading "set-up"
    setup
    heading "build"
    build_wheel
    build_web
}

command_setup() {
    build_all
    printf 'ready: .venv/bin/pramana, dist/web/ and %s\n' "$(compgen -G 'dist/pramana-*.whl')"
}

setup_wordnet() {
    [ -f "$WORDNET/data.noun" ] && return
    command -v apt-get >/dev/null ||
        die "there is no WordNet in $WORDNET; Debian has it in the package wordnet-base, other systems elsewhere"
    [ "$(id -u)" -eq 0 ] || die "WordNet is missing; please run, as root: apt-get install wordnet-base"
    step "Debian packages: wordnet-base" install_packages wordnet-base
    [ -f "$WORDNET/data.noun" ] || die "wordnet-base is installed, and $WORDNET/data.noun is still not there"
}

build_wordnet() {
    local wanted
    wanted="$(fingerprint "$WORDNET" pylib/tools/wordnet_pack.py web/wordnet.json)"
    if [ -f "$PACKS/wordnet.csv" ] && done_before wordnet "$wanted"; then return; fi
    mkdir -p "$PACKS"
    step "WordNet" python pylib/tools/wordnet_pack.py --dict "$WORDNET" "$PACKS"
    cp web/wordnet.json "$PACKS/"
    stamp wordnet "$wanted"
}

command_wordnet() { # apart from the rest, since few need it and it is 12 MB
    setup
    setup_wordnet
    build_wordnet
    build_web
}

command_kernels() { setup; build_kernels; }
command_wheel() { setup; build_wheel; }
command_web() { setup; build_web; }
command_npm() { setup; build_npm; }

summary() { # one line, after the names of what failed; fails if anything did
    [ "${#failures[@]}" -eq 0 ] || printf '%s\n' "${failures[@]}"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

command_check() {
    setup
    build_kernels
    build_host
    run_checks
    summary
}

setup_webkit() { # its one test is skipped where it cannot be installed, and says so
    if command -v WebKitWebDriver >/dev/null && command -v Xvfb >/dev/null; then return; fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then return; fi
    attempt "Debian packages: webkit2gtk-driver xvfb" install_packages webkit2gtk-driver xvfb
}

setup_tests() { # what the tests alone need
    local wanted
    setup_webkit
    wanted="$(node --version) $(fingerprint tests/npm/package.json tests/npm/package-lock.json)"
    if ! { [ -d tests/npm/node_modules ] && done_before test-npm "$wanted"; }; then
        step "npm packages into tests/npm/node_modules" npm ci --ignore-scripts --prefix tests/npm
        stamp test-npm "$wanted"
    fi
}

command_test() {
    build_all
    build_npm
    setup_tests
    run_checks
    run_tests
    summary
}

command_size() {
    build_all
    build_npm
    node web/sizes.mjs
}

setup_peers() { # what the benchmarks alone need; one that cannot be installed is reported by them
    local wanted
    wanted="$(python --version) $(fingerprint pyproject.toml)"
    if ! { python -c 'import scipy, igraph, clingo, pyoxigraph' 2>/dev/null && done_before bench-python "$wanted"; }; then
        attempt "Python peers into .venv" pip install --editable '.[bench]'
        [ "$status" -ne 0 ] || stamp bench-python "$wanted"
    fi
    wanted="$(node --version) $(fingerprint tests/bench/peers/package.json tests/bench/peers/package-lock.json)"
    if ! { [ -d tests/bench/peers/node_modules ] && done_before bench-npm "$wanted"; }; then
        attempt "npm peers" npm ci --prefix tests/bench/peers
        [ "$status" -ne 0 ] || stamp bench-npm "$wanted"
    fi
    if [ ! -f "$WORDNET/data.noun" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        attempt "Debian packages: wordnet-base" install_packages wordnet-base
    fi
    [ ! -f "$WORDNET/data.noun" ] || build_wordnet
}

command_bench() {
    build_all
    setup_peers
    python -m tests.bench "$@"
}

command_run() {
    local once=""
    while [ $# -gt 0 ]; do
        case "$1" in
            --once) once=1 ;;
            --port) PORT="${2:-}"; shift ;;
            --port=*) PORT="${1#*=}" ;;
            *) die "run knows --once and --port N, not $1" ;;
        esac
        shift || die "--port needs a number"
    done
    [[ "$PORT" =~ ^[0-9]+$ && "$PORT" -ge 1 && "$PORT" -le 65535 ]] || die "a port is a number from 1 to 65535, not '$PORT'"
    # Now and not after the build.
    if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
        die "port $PORT is in use: stop what listens there, or take another with --port"
    fi
    build_all
    heading "drive"
    python web/drive.py --port "$PORT"
    [ -n "$once" ] || exec python web/serve.py --port "$PORT"
}

command_clean() {
    rm -rf dist out rust-kernels/target pylib/pramana/data/kernels pylib/pramana/data/host.js
    rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
    if [ "${1:-}" = --all ]; then rm -rf .venv web/node_modules tests/*/node_modules tests/bench/peers/node_modules; fi
}

command_help() {
    cat <<'TEXT'
./build.sh run [--once] [--port N]   set up, build, serve http://localhost:8765/, drive the page once and show what
                                     it found; --once exits then instead of serving on
./build.sh setup                     make everything ready and run nothing
./build.sh test                      set up, build, check, and run all tests; ends with "N passed, N failed"
./build.sh check                     format, lint, types, layers, generated files
./build.sh kernels | wheel | web     build rust-kernels, dist/pramana-*.whl, dist/web
./build.sh npm                       build dist/npm/pramana-*.tgz
./build.sh wordnet                   make WordNet a pack that dist/web offers, in out/packs/; installs wordnet-base
./build.sh bench [--tiny] [--only native|page] [--part memory|graphs|rules|knowledge|reasoning|wordnet]…
                 [--out FILE] [--docs FILE]
                                     measure, and compare with peers in the same run; installs these at first
./build.sh size                      print the size of what is shipped; fails over budget
./build.sh clean [--all]             remove what was built; --all: .venv and node_modules too
Logs are in out/logs/.
TEXT
}

command="${1:-help}"
[ $# -eq 0 ] || shift
case "$command" in
    run | setup | test | check | kernels | wheel | web | npm | wordnet | bench | size | clean | help) "command_$command" "$@" ;;
    -h | --help) command_help ;;
    *) die "there is no command '$command'; ./build.sh help lists them" ;;
esac
