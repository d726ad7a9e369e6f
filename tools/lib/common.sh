# SPDX-License-Identifier: MIT
#
# For the scripts in tools/ and .ci/, which source it from the top of the project: installs missing packages,
# and has what all builds share.

source tools/lib/help.sh

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "need root, or sudo, for: $*"
  fi
}

# trace_of PACKAGE: prints a program or a header of the Debian package; nothing if none is known.
trace_of() {
  case $1 in
    g++ | cmake | pkg-config | gcc | clang | python3 | git | strace | valgrind | openssl | curl | jq | meson) echo "$1" ;;
    ninja-build) echo ninja ;;
    libcli11-dev) echo CLI/CLI.hpp ;;
    libcpp-httplib-dev) echo httplib.h ;;
    libcurl4-openssl-dev) echo curl/curl.h ;;
    libmicrohttpd-dev) echo microhttpd.h ;;
    libssl-dev) echo openssl/ssl.h ;;
    doctest-dev) echo doctest/doctest.h ;;
  esac
}

# is_missing PACKAGE: without dpkg, only a package with a known trace can be found to be missing.
is_missing() {
  if command -v dpkg-query >/dev/null; then
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" != installed ]
    return
  fi
  local trace
  trace=$(trace_of "$1")
  case $trace in
    "") false ;;
    *.h | *.hpp) ! "${CXX:-g++}" -E -x c++ -include "$trace" /dev/null >/dev/null 2>&1 ;;
    *) ! command -v "$trace" >/dev/null ;;
  esac
}

# need_packages PACKAGE...: installs those Debian packages that are missing. Without apt-get it fails if one
# is missing, and names them.
need_packages() {
  local package missing=()
  for package in "$@"; do
    ! is_missing "$package" || missing+=("$package")
  done
  if ! command -v apt-get >/dev/null; then
    [ ${#missing[@]} -eq 0 ] || fail "no apt-get; install what corresponds to these Debian packages: ${missing[*]}"
    echo "warning: no apt-get; if this fails, see whether one of these is missing: $*" >&2
    return
  fi
  [ ${#missing[@]} -gt 0 ] || return 0

  say "Installing ${missing[*]}"
  local apt_get=(env DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet=2 -o Dpkg::Use-Pty=0
    -o DPkg::Lock::Timeout=300)
  as_root "${apt_get[@]}" update </dev/null
  as_root "${apt_get[@]}" install --no-install-recommends "${missing[@]}" </dev/null
}

# thrice COMMAND...: runs it until it succeeds, at most three times. For ratios of times: other load can spoil
# one run, but a regression spoils all.
thrice() {
  local run
  for run in 1 2 3; do
    ! "$@" || return 0
    echo "run $run of 3 failed"
  done
  return 1
}

# newest_clang: prints the newest clang that this system has a package for; without apt-cache, the newest
# that is installed.
newest_clang() {
  if command -v apt-cache >/dev/null; then apt-cache pkgnames clang-; else compgen -c clang-; fi |
    sed -n 's/^clang-\([0-9]\+\)$/\1/p' | sort -n | tail -n 1
}

# The packages that each build needs.
build_packages=(g++ cmake ninja-build pkg-config libcli11-dev libcpp-httplib-dev
  libcurl4-openssl-dev libmicrohttpd-dev libssl-dev)

if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi
