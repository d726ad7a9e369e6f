# SPDX-License-Identifier: MIT
#
# For the scripts in tools/ and .ci/, which source it from the top of the project: packages that are
# missing, and what all builds have in common.

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

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages PACKAGE...: installs those Debian packages that are missing. Without apt-get it only warns.
need_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "warning: no apt-get; if this fails, install what corresponds to these Debian packages: $*" >&2
    return 0
  fi

  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  say "Installing ${missing[*]}"
  local apt_get=(env DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet=2 -o Dpkg::Use-Pty=0
    -o DPkg::Lock::Timeout=300)
  as_root "${apt_get[@]}" update </dev/null
  as_root "${apt_get[@]}" install --no-install-recommends "${missing[@]}" </dev/null
}

# thrice COMMAND...: runs it until it succeeds, three times at most. For ratios of times: what else the
# machine does can spoil one run, a regression spoils all.
thrice() {
  local run
  for run in 1 2 3; do
    ! "$@" || return 0
    echo "run $run of 3 failed"
  done
  return 1
}

# newest_clang: the newest version of clang that this system has a package for.
newest_clang() {
  apt-cache pkgnames clang- | sed -n 's/^clang-\([0-9]\+\)$/\1/p' | sort -n | tail -n 1
}

# What the program and its library need, whoever builds them.
build_packages=(g++ cmake ninja-build pkg-config libcli11-dev libcpp-httplib-dev
  libcurl4-openssl-dev libmicrohttpd-dev libssl-dev)

if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi
