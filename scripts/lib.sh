# What the scripts that start servers share; sourced, not run. Works with bash 3.2, on Linux and macOS.

say() {
    echo "$(basename "$0"): $*" >&2
}

die() {
    say "$*"
    exit 1
}

# install NAME OF-DEBIAN OF-BREW: installs a package.
install_package() {
    if command -v apt-get >/dev/null; then
        local sudo=
        if [ "$(id -u)" -ne 0 ]; then
            command -v sudo >/dev/null \
                || die "$1 is missing and only root may install it: apt-get install $2"
            sudo=sudo
        fi
        say "installing $1 with apt-get"
        $sudo apt-get update -qq >&2
        $sudo env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$2" >&2
    elif command -v brew >/dev/null; then
        say "installing $1 with brew"
        brew install "$3" >&2
    else
        die "$1 is missing: install it, or set DATABASE_URL and PGBOUNCER_URL"
    fi
}

# The user that servers run as, which refuse to run as root.
user=
if [ "$(id -u)" -eq 0 ]; then
    for candidate in postgres nobody; do
        if id "$candidate" >/dev/null 2>&1; then
            user=$candidate
            break
        fi
    done
    [ -n "$user" ] || die "servers do not run as root, and there is no user 'postgres' or 'nobody'"
fi

# Runs a command as the user that servers run as.
as_server() {
    if [ -z "$user" ]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$user" -- "$@"
    else
        su -s /bin/sh "$user" -c "$(printf '%q ' "$@")"
    fi
}

own() {
    if [ -n "$user" ]; then
        chown -R "$user" "$1"
    fi
}

# A port that is probably free.
some_port() {
    echo $((20000 + RANDOM % 12000))
}

# Calls `stop_server`, removes the folder `$dir` and ends the command, however the script ends.
clean_up() {
    local status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$command_pid" ] && kill -0 "$command_pid" 2>/dev/null; then
        kill -TERM -- "-$command_pid" 2>/dev/null || true
        wait "$command_pid" 2>/dev/null || true
    fi
    stop_server || true
    rm -rf "$dir"
    exit "$status"
}

command_pid=
clean_up_at_the_end() {
    trap clean_up EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
}

run() {
    if [ -t 0 ]; then
        # On a terminal the command may want to read from it, so it stays in the foreground; Ctrl-C
        # reaches both of us.
        "$@"
    else
        # A shell that waits for a foreground command handles a signal only afterwards. In the
        # background and in a process group of its own, the command can be ended with all it started.
        set -m
        "$@" <&0 &
        command_pid=$!
        set +m
        wait "$command_pid"
    fi
}
