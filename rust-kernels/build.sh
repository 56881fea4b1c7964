#!/usr/bin/env bash
# Builds the kernels, scalar and SIMD, into pylib/pramana/data/kernels with their manifest.
#   rust-kernels/build.sh [kernel...]     default: vector text graph rules
# Skips the work when nothing it depends on has changed since the last time.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
out="$here/../pylib/pramana/data/kernels"
target="$here/target"
kernels=("${@:-vector}")
[ $# -gt 0 ] || kernels=(vector text graph rules)

say() { printf 'kernels: %s\n' "$*"; }
die() { printf 'kernels: %s\n' "$*" >&2; exit 1; }

# --- which Rust ---------------------------------------------------------------------------------------------
if command -v rustup >/dev/null && rustup target list --installed | grep -qx wasm32-unknown-unknown; then
    toolchain=rustup
    rustc=rustc
elif [ -x /usr/bin/cargo ] && [ -d /usr/lib/rustlib/src/rust/library/vendor ]; then
    # Debian's compiler knows the target but ships no library for it, so the library is built from its source.
    # Unstable for everyone else, hence RUSTC_BOOTSTRAP; its dependencies are vendored, so nothing is fetched.
    toolchain=debian
    rustc=/usr/bin/rustc
    linker="$(compgen -c wasm-ld | sort -V | tail -n 1)"
    [ -n "$linker" ] || die "no wasm-ld: apt-get install lld-19"
    # A module without imports has nowhere to print a panic, so it traps at once and the messages, a tenth of its
    # size, stay out. Only a library built along with the kernel can do so; compilers before 1.91 lack the strategy.
    panic="-Zunstable-options -Cpanic=immediate-abort"
    # shellcheck disable=SC2086 # two arguments
    RUSTC_BOOTSTRAP=1 "$rustc" $panic --print cfg >/dev/null 2>&1 || panic=""
else
    die "no Rust for wasm32: 'rustup target add wasm32-unknown-unknown', or on Debian" \
        "'apt-get install rustc-web cargo-web rust-web-src lld-19'"
fi

wasm_opt="$here/../web/node_modules/.bin/wasm-opt"
[ -x "$wasm_opt" ] || wasm_opt="$(command -v wasm-opt || true)"

# --- is anything to be done ---------------------------------------------------------------------------------
sources_hash() {
    {
        "$rustc" --version
        [ -z "$wasm_opt" ] || "$wasm_opt" --version
        printf '%s\n' "$toolchain" "${kernels[@]}"
        cd "$here"
        find Cargo.toml Cargo.lock build.sh manifest.py abi arithmetic "${kernels[@]}" -type f -not -path '*/tests/*' -print0 2>/dev/null |
            LC_ALL=C sort -z | xargs -0 sha256sum
    } | sha256sum | cut -d' ' -f1
}

mkdir -p "$out" "$target"
exec 9>"$target/kernels.lock"
flock 9

stamp="$target/kernels.stamp"
wanted="$(sources_hash)"
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && python3 "$here/manifest.py" --check "$out"; then
    say "up to date"
    exit 0
fi

# --- build --------------------------------------------------------------------------------------------------
# One target directory per feature set: Cargo would otherwise rebuild everything at each change of RUSTFLAGS.
has_simd() { # graph and rules walk more than they compute, so they are built once
    [ "$1" != rules ] && [ "$1" != graph ]
}

compile() {
    local build="$1" features="$2" flags packages=()
    for kernel in "${kernels[@]}"; do
        [ "$build" = scalar ] || has_simd "$kernel" || continue
        packages+=(-p "$kernel")
    done
    [ "${#packages[@]}" -gt 0 ] || return 0
    # Panic messages hold paths: without the remapping the bytes would depend on where the checkout lies.
    flags="--remap-path-prefix=$here=/pramana $features"
    local arguments=(build --release --locked --target wasm32-unknown-unknown --target-dir "$target/$build"
        "${packages[@]}")
    say "compiling ${kernels[*]} ($build, $toolchain)"
    if [ "$toolchain" = rustup ]; then
        (cd "$here" && RUSTFLAGS="$flags" cargo "${arguments[@]}")
    else
        (cd "$here" && RUSTC_BOOTSTRAP=1 PATH="/usr/bin:$PATH" RUSTFLAGS="$flags -C linker=$linker $panic" /usr/bin/cargo \
            --config 'source.crates-io.replace-with="vendored"' \
            --config 'source.vendored.directory="/usr/lib/rustlib/src/rust/library/vendor"' \
            "${arguments[@]}" -Zbuild-std=std,panic_abort)
    fi
}

# The features that rustc enables by default; naming them keeps wasm-opt from assuming others.
default_features=(--mvp-features --enable-bulk-memory --enable-mutable-globals --enable-multivalue
    --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext)

optimise() {
    local from="$1" to="$2"
    shift 2
    if [ -n "$wasm_opt" ]; then
        "$wasm_opt" -O3 "${default_features[@]}" "$@" --strip-debug --strip-producers --strip-target-features \
            "$from" -o "$to.new"
    else
        cp "$from" "$to.new"
    fi
    mv "$to.new" "$to"
}

[ -n "$wasm_opt" ] || say "no wasm-opt (npm's binaryen in web/): the modules are not optimised further"
compile scalar "-C target-feature=-simd128"
compile simd "-C target-feature=+simd128"
for kernel in "${kernels[@]}"; do
    optimise "$target/scalar/wasm32-unknown-unknown/release/$kernel.wasm" "$out/$kernel.scalar.wasm"
    if has_simd "$kernel"; then
        optimise "$target/simd/wasm32-unknown-unknown/release/$kernel.wasm" "$out/$kernel.simd.wasm" --enable-simd
    else
        rm -f "$out/$kernel.simd.wasm"
    fi
done
python3 "$here/manifest.py" "$out"
printf '%s\n' "$wanted" >"$stamp"
