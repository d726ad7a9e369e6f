# SPDX-License-Identifier: MIT
#
# For scripts to source before they do anything: with --help, prints the comment that opens the script and ends.

if [ "${1:-}" = --help ]; then
  script=$0
  [ -f "$script" ] || script=$OLDPWD/$0  # the script may have changed the folder
  sed -n '3,${/^#/!q; s/^# \{0,1\}//p;}' "$script" | sed '1{/^$/d;}'
  exit
fi
