# shellcheck shell=bash disable=SC2034,SC2016,SC2012
# A private PostgreSQL for tests and benchmarks: source this file.
#
#   postgres_find                     sets PG_BIN (folder with initdb, pg_ctl, postgres); installs Debian's package if it may
#   postgres_start FOLDER [OPTION…]   makes a cluster in FOLDER, starts it on a free port of 127.0.0.1; sets POSTGRES_URL;
#                                     an OPTION is a line of postgresql.conf, such as fsync=off
#   postgres_stop FOLDER              stops it and removes FOLDER
#
# PostgreSQL refuses to run as root, so everything runs as an unprivileged user when the caller is root.

. scripts/lib/packages.sh

postgres_find() {
    _postgres_look && return 0
    _postgres_install && _postgres_look && return 0
    cat >&2 <<'HELP'
No PostgreSQL server programs (initdb, pg_ctl, postgres) found; the tests run on SQLite and on PostgreSQL.
Get them in one of these ways, then run this again:
  Debian, Ubuntu    sudo apt-get install postgresql
  Fedora            sudo dnf install postgresql-server
  macOS             brew install postgresql
  elsewhere         set CHUANYU_TEST_PG_BIN to the folder that holds them
No server needs to run: a private one is started and removed again.
HELP
    return 1
}

_postgres_look() {
    local folder
    PG_BIN=""
    for folder in "${CHUANYU_TEST_PG_BIN:-}" "$(_postgres_on_path)" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
        /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
        if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
            PG_BIN=$folder
            return 0
        fi
    done
    return 1
}

# The folder that really holds the programs: links on the PATH may stand alone.
_postgres_on_path() {
    local program
    program=$(command -v initdb) && dirname "$(readlink -f "$program")"
}

_postgres_install() {
    command -v apt-get >/dev/null || return 1
    local as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    # Without this, the package would make and start a cluster of its own.
    [ -e /etc/postgresql-common/createcluster.conf ] || {
        $as_root mkdir -p /etc/postgresql-common 2>/dev/null || return 1
        echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    }
    packages_install postgresql
}

# The user PostgreSQL runs as: `postgres`, else `nobody`, when we are root.
_postgres_user() {
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

_postgres_run() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        local user
        user=$(_postgres_user)
        (cd / && HOME=/ setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@")
    elif command -v runuser >/dev/null; then
        (cd / && runuser -u "$(_postgres_user)" -- "$@")
    else
        (cd / && su -s /bin/sh "$(_postgres_user)" -c "$(printf '%q ' "$@")")
    fi
}

postgres_start() {
    local folder=$1 data="$1/data" option port _
    shift
    mkdir -p "$folder"
    chmod 755 "$folder"
    [ "$(id -u)" -ne 0 ] || chown "$(_postgres_user)" "$folder"
    _postgres_run "$PG_BIN/initdb" -D "$data" -U register -A trust -E UTF8 --locale=C --lc-collate=C --lc-ctype=C.UTF-8 --no-sync >/dev/null || return 1
    for option in "$@"; do
        _postgres_run sh -c 'echo "$1" >>"$2/postgresql.conf"' sh "$option" "$data"
    done
    # Nobody can reserve a port for somebody else: take one at random and, when it is in use, another.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 30000))
        if _postgres_run "$PG_BIN/pg_ctl" -D "$data" -l "$folder/log" -w -t 60 -s \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" start >/dev/null 2>&1; then
            POSTGRES_URL="postgres://register@127.0.0.1:$port/postgres"
            return 0
        fi
        grep -q "Address already in use" "$folder/log" 2>/dev/null || break
    done
    echo "PostgreSQL did not start:" >&2
    tail -n 20 "$folder/log" >&2
    return 1
}

postgres_stop() {
    local folder=$1
    [ -n "$folder" ] && [ -d "$folder" ] || return 0
    if [ -f "$folder/data/postmaster.pid" ]; then
        _postgres_run "$PG_BIN/pg_ctl" -D "$folder/data" -m immediate -w -s stop >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
}
