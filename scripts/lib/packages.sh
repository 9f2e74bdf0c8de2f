# Debian packages, for scripts to source. `packages_install NAME…` installs them where that is permitted without asking;
# `packages_need PROGRAM…` installs the packages of these names when the programs are missing, or says how to get them.

packages_install() {
    command -v apt-get >/dev/null || return 1
    local as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root="sudo -n"
    fi
    echo "Installing from Debian: $* …" >&2
    $as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        '(apt-get update && apt-get install -y --no-install-recommends "$@") >/dev/null' install "$@" >&2
}

packages_need() {
    local program missing=()
    for program in "$@"; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    packages_install "${missing[@]}" && return 0
    echo "Missing programs: ${missing[*]}. On Debian and Ubuntu: sudo apt-get install ${missing[*]}" >&2
    return 1
}
