# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts share: where they are, how they speak, how they print their help.
# shellcheck disable=SC2034  # used by the scripts that source this
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The system's python3 has Debian's modules; another one first in PATH may not.
export PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH" PYTHON=/usr/bin/python3
jobs=$(nproc)

step() { printf '\n== %s\n' "$*"; }
die() {
    echo "dev: $*" >&2
    exit 1
}

# Before anything is built: what was asked for is what there is.
nothing_more() {
    (($# == 0)) || die "${0##*/}: unknown argument '$1' (./dev ${0##*/} --help)"
}
known_kernel() {
    [[ " 6.1 6.12 newest " == *" $1 "* ]] || die "${0##*/}: there is no kernel '$1', only 6.1, 6.12 and newest"
}

# usage_on_help "$@": prints the comment block at the top of the calling script and stops.
usage_on_help() {
    case ${1:-} in
        -h | --help)
            sed -n '3,/^[^#]/{s/^# \{0,1\}//p}' "$0" | sed 's/^help: //'
            exit 0
            ;;
    esac
}
