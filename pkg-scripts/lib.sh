# What the scripts share. Sourced, never run. Kept to what bash 3.2 (macOS) understands.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

# One compiled wasm binary a line: name | environment | arguments of cargo | compiler flags, added to .cargo/config.toml's.
# threads, threads-simd128: the standard library that rustup brings knows no wasm threads, so its own is built, which stable
# Rust takes only with RUSTC_BOOTSTRAP. The flags are those that wasm-bindgen needs to start the module in several workers.
# Two of them, since Safari has threads but no relaxed SIMD.
build_std='-Z build-std=std,panic_abort'
shared='-C link-arg=--shared-memory -C link-arg=--import-memory -C link-arg=--max-memory=1073741824 -C link-arg=--export=__wasm_init_tls -C link-arg=--export=__tls_size -C link-arg=--export=__tls_align -C link-arg=--export=__tls_base'
flavours="
relaxed | | | -C target-feature=+simd128,+relaxed-simd
simd128 | | | -C target-feature=+simd128
scalar  | | |
threads | RUSTC_BOOTSTRAP=1 | --features threads $build_std | -C target-feature=+simd128,+relaxed-simd,+atomics,+bulk-memory $shared
threads-simd128 | RUSTC_BOOTSTRAP=1 | --features threads $build_std | -C target-feature=+simd128,+atomics,+bulk-memory $shared
"
# Those that the lab is compiled for. It trains on one thread, and nobody waits for scalar code to learn.
lab_flavours='relaxed simd128'

# Two lanes, which compile at once, each in a folder of its own: cargo locks a folder, and a crate that is optimised as a whole leaves
# every core but one idle. Within a lane the macros, which run on this machine, are compiled once.
wasm_target=target/wasm
lane_of() { case $1 in relaxed | scalar | threads) echo a ;; *) echo b ;; esac; } # lane_of FLAVOUR

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

# timed NAME COMMAND...: runs it, and says before and after. The times are listed again at the end of a build. Never to be
# followed by ||, which would switch off set -e in the command.
times=target/times.txt
timed() {
  local name=$1 began=$SECONDS
  shift
  say "$name"
  "$@"
  note "$name: $((SECONDS - began)) s"
  mkdir -p target
  printf '%5d s  %s\n' $((SECONDS - began)) "$name" >>"$times"
}

# together NAME=COMMAND...: runs commands at once, each one's lines behind its name. Waits for all, and fails where one failed.
together() {
  local pair name pid failed='' pids=()
  set -m # each a process group of its own, which Ctrl-C here ends as a whole
  for pair; do
    name=${pair%%=*}
    # shellcheck disable=SC2086 # a command and its arguments
    ({ ${pair#*=} 2>&1 | while IFS= read -r line; do printf '%-8s| %s\n' "$name" "$line"; done; } </dev/null) &
    pids+=($!)
  done
  set +m
  # shellcheck disable=SC2064 # the groups of now
  trap "$(printf 'kill -- -%d 2>/dev/null || true;' "${pids[@]}") exit 130" INT TERM
  for pair; do
    pid=${pids[0]} pids=("${pids[@]:1}")
    wait "$pid" || failed+=" ${pair%%=*}"
  done
  trap - INT TERM
  [ -z "$failed" ] || die "failed:$failed; see the lines above that begin with it"
}

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

in_folder() { (cd "$1" && shift && "$@"); } # in_folder FOLDER COMMAND...

npm_install() {
  in_folder "$1" npm ci --no-audit --no-fund ||
    die "npm could not install the packages of $1/: see its message above, and run this again when the registry can be reached"
}
# npm_ci FOLDER: its locked packages, installed again only when the lock changed.
npm_ci() {
  local hash
  hash=$(hash_of "$1/package.json" "$1/package-lock.json")
  fresh "$1/node_modules/.stamp" "$hash" && return
  timed "Packages of $1/ (npm)" npm_install "$1"
  stamp "$1/node_modules/.stamp" "$hash"
}

# cargo's --config value that adds the given flags to .cargo/config.toml's: cargo joins the two lists, the file's first.
rustflags_config() {
  local list=
  for flag in "$@"; do list="$list\"$flag\", "; done
  echo "target.wasm32-unknown-unknown.rustflags=[${list%, }]"
}

# build_site [KEEP]: the static site from what is compiled. KEEP: what is in www/dist/ stays there, for pages that are open.
build_site() {
  local hash
  site() { in_folder www npm run --silent build -- ${1:+--emptyOutDir=false}; }
  hash=$(hash_of www)
  fresh target/site.stamp "$hash" && [ -f www/dist/index.html ] && return
  timed "Site (vite)" site "${1:-}"
  stamp target/site.stamp "$hash"
}

# --- Browsers: the system's, on Debian as root apt's, for Chromium elsewhere Playwright's own. -----------------------------

find_browser() {
  local name
  # The shell first: no tab strip and no menus to draw, so the browser tests take two thirds of the time.
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" && return; done
  for name in "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    [ -x "$name" ] && echo "$name" && return
  done
  return 1
}
playwright() { (cd tests/browser && node_modules/.bin/playwright "$@"); }

# apt_install PACKAGE...: on Debian as root; says what did not work, and goes on.
apt_install() {
  [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release || return 0
  say "$* (apt)"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } ||
    note "apt could not install $*: see its message above"
}

set_up_browser() {
  find_browser >/dev/null || apt_install chromium-headless-shell
  have chromium || apt_install chromium # whole, for the tests of the camera; and for all where there is no such package
  if SKIPSCOPE_BROWSER=${SKIPSCOPE_BROWSER:-$(find_browser)}; then
    export SKIPSCOPE_BROWSER # what the browser tests open
  else
    say "Chromium (Playwright)"
    playwright install chromium || note "Playwright could not install its browser: see its message above"
  fi
}

# Firefox and WebKit, for tests/browser/engines; where they are missing these tests are skipped, and say so.
set_up_other_browsers() {
  have firefox-esr || apt_install firefox-esr
  have WebKitWebDriver && have Xvfb || apt_install webkit2gtk-driver xvfb
}
