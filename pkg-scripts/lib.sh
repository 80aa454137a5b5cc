# What the scripts share. Sourced, never run. Kept to what bash 3.2 (macOS) understands.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

# One compiled wasm binary a line: name | environment | arguments of cargo | compiler flags, added to .cargo/config.toml's.
# threads: the standard library that rustup brings knows no wasm threads, so its own is built, which stable Rust takes only
# with RUSTC_BOOTSTRAP. The flags are those that wasm-bindgen needs to start the module in several workers.
# shellcheck disable=SC2034
flavours='
relaxed | | | -C target-feature=+simd128,+relaxed-simd
simd128 | | | -C target-feature=+simd128
scalar  | | |
threads | RUSTC_BOOTSTRAP=1 | --features threads -Z build-std=std,panic_abort | -C target-feature=+simd128,+relaxed-simd,+atomics,+bulk-memory -C link-arg=--shared-memory -C link-arg=--import-memory -C link-arg=--max-memory=1073741824 -C link-arg=--export=__wasm_init_tls -C link-arg=--export=__tls_size -C link-arg=--export=__tls_align -C link-arg=--export=__tls_base
'

# each_flavour COMMAND [NAME...]: calls COMMAND with name, environment, arguments and flags of the named flavours, or of all.
each_flavour() {
  local command=$1 wanted flavour environment arguments flags
  shift
  wanted=" $* "
  while IFS='|' read -r flavour environment arguments flags <&3; do
    flavour=${flavour// /}
    [ -n "$flavour" ] || continue
    case $wanted in "  " | *" $flavour "*) "$command" "$flavour" "$environment" "$arguments" "$flags" ;; esac
  done 3<<<"$flavours"
}

# Either would replace .cargo/config.toml's flags and the flavour's, silently.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() { printf 'skipscope: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# need TOOL "what to install": one line and out when TOOL is missing.
need() { have "$1" || die "$1 is missing: $2"; }

# --- Stamps: a step is skipped when the content of all its inputs is what it was at its last success. ---------------------

if have sha256sum; then sha256=(sha256sum); else sha256=(shasum -a 256); fi

sha256_of() { "${sha256[@]}" "$1" | cut -d ' ' -f 1; }

# hash_of PATH...: one hash over the names and contents of files and folders, less what the builds themselves write.
hash_of() {
  find "$@" \( -name node_modules -o -path www/dist -o -path www/.stamp \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 "${sha256[@]}" | "${sha256[@]}" | cut -d ' ' -f 1
}

fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; } # fresh STAMP HASH
stamp() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1"; } # stamp STAMP HASH

# --- Tools --------------------------------------------------------------------------------------------------------------

need_node() {
  need node "install Node 20.19 or newer from https://nodejs.org"
  need npm "it comes with Node (20.19 or newer, https://nodejs.org); on Debian it is a package of its own, npm"
  # Vite's own range: 20 from 20.19 on, 22 from 22.12 on, anything later.
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' ||
    die "Node $(node --version) is too old: install Node 20.19 or newer (of the 22 line, 22.12 or newer) from https://nodejs.org"
}

need_rust() {
  need rustup "install Rust from https://rustup.rs (just installed? open a new shell)"
  need cargo "install Rust from https://rustup.rs (just installed? open a new shell)"
  have cc || have gcc || have clang ||
    die "no C compiler, which Rust links with: install one (Debian: build-essential, macOS: xcode-select --install)"
}

# The version that Cargo.lock holds of a crate.
locked_version() { awk -v name="\"$1\"" '$1 == "name" { hit = $3 == name } hit && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' Cargo.lock; }

# The folder of the wasm-bindgen tools that equal the locked crate: on PATH, or in target/tools. Fails when in neither.
wasm_bindgen_bin() {
  local want folder
  want="wasm-bindgen $(locked_version wasm-bindgen)"
  for folder in "$(dirname "$(command -v wasm-bindgen || echo /nowhere/x)")" "$root/target/tools/bin"; do
    if [ -x "$folder/wasm-bindgen-test-runner" ] && [ "$("$folder/wasm-bindgen" --version 2>/dev/null)" = "$want" ]; then
      echo "$folder"
      return
    fi
  done
  return 1
}

# npm_ci FOLDER: its locked packages, installed again only when the lock changed.
npm_ci() {
  local hash
  hash=$(hash_of "$1/package.json" "$1/package-lock.json")
  fresh "$1/node_modules/.stamp" "$hash" && return
  say "Packages of $1/ (npm)"
  (cd "$1" && npm ci --no-audit --no-fund) || die "npm could not install the packages of $1/: see its message above, and run this again when the registry can be reached"
  stamp "$1/node_modules/.stamp" "$hash"
}

# cargo's --config value that adds the given flags to .cargo/config.toml's: cargo joins the two lists, the file's first.
rustflags_config() {
  local list=
  for flag in "$@"; do list="$list\"$flag\", "; done
  echo "target.wasm32-unknown-unknown.rustflags=[${list%, }]"
}

# --- A browser: the system's, on Debian as root apt's, elsewhere Playwright's own. ----------------------------------------

find_browser() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" && return; done
  for name in "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    [ -x "$name" ] && echo "$name" && return
  done
  return 1
}
playwright() { (cd tests/browser && node_modules/.bin/playwright "$@"); }

set_up_browser() {
  if ! find_browser >/dev/null && [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then
    say "Chromium (apt)"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } ||
      note "apt could not install chromium: see its message above"
  fi
  if SKIPSCOPE_BROWSER=${SKIPSCOPE_BROWSER:-$(find_browser)}; then
    export SKIPSCOPE_BROWSER # what the browser tests open
  else
    say "Chromium (Playwright)"
    playwright install chromium || note "Playwright could not install its browser: see its message above"
  fi
}
