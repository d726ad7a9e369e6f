# SPDX-License-Identifier: MIT
#
# For scripts to source before they do anything: with --help, prints the comment that opens the script and ends.

if [ "${1:-}" = --help ]; then
  script=$0
  [ -f "$script" ] || script=$OLDPWD/$0  # the script has changed the folder already
  sed -n '3,${/^#/!q; s/^# \{0,1\}//p;}' "$script" | sed '1{/^$/d;}'
  exit
fi
