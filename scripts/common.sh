# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scripts share: where they are, how they speak, how they print their help.
# shellcheck disable=SC2034  # used by the scripts that source this
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The system's python3 has Debian's modules; another one first in PATH may not.
export PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH" PYTHON=/usr/bin/python3
jobs=$(nproc)

# When the first script began, which may have called this one: a step says in which minute it begins.
export DEV_BEGAN=${DEV_BEGAN:-$(date +%s)}
step() { printf '\n== %s (minute %d)\n' "$*" $((($(date +%s) - DEV_BEGAN) / 60)); }
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

needs_value() {
    [[ ${2:-} ]] || die "${0##*/}: $1 needs a value (./dev ${0##*/} --help)"
}
# known_case FOLDER TEXT: a case below it has TEXT in its folder and name, as the suites look for it.
known_case() {
    local file
    while read -r file; do
        [[ $(dirname "$file")/$(sed -n 's/^name: //p' "$root/$1/$file") != *"$2"* ]] || return 0
    done < <(find "$root/$1" -name '*.yaml' -printf '%P\n')
    die "${0##*/}: no case in $1 is called '$2'"
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
