# shellcheck shell=bash
# What the commands beside compose.yaml stand on: words, choices in .env, Compose, one of them at a time. Sourced.
state=state
# What is chosen is in .env: a variable of the shell of whoever calls would silently win over it.
unset PALEOBC_IMAGE PALEOBC_VERSION
export COMPOSE_PROGRESS=quiet

# Where a line cannot be shown, as the terminal is gone, the work goes on.
say() {
    { printf '%s\n' "$*" || true; } 2> /dev/null
    { printf '%s %s\n' "$(now)" "$*" >> "$state/log" || true; } 2> /dev/null
}

refuse() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

now() {
    date -u +%Y-%m-%dT%H:%M:%SZ
}

# setting NAME [DEFAULT]: what .env says.
setting() {
    local found
    found=$(sed -n "s/^$1=//p" .env | tail -n 1 | sed "s/^\([\"']\)\(.*\)\1\$/\2/")
    printf '%s\n' "${found:-${2:-}}"
}

# choose NAME VALUE: write it into .env, all at once; the file is safe on the disk before it counts.
choose() {
    [ "$(setting "$1")" != "$2" ] || return 0
    NAME=$1 VALUE=$2 awk 'BEGIN { name = ENVIRON["NAME"] "=" } index($0, name) != 1
        END { print name ENVIRON["VALUE"] }' .env | whole .env
}

# whole FILE: the standard input becomes that file, or nothing changes.
whole() {
    (umask 077 && cat > "$1.new") && sync "$1.new" && mv "$1.new" "$1" && sync .
}

compose() {
    docker compose "$@" < /dev/null
}

# sql DATABASE QUESTION: ask the server of the database itself.
sql() {
    compose exec -T --env PGOPTIONS="-c client_min_messages=warning" database psql --quiet --no-psqlrc --username paleobc --dbname "$1" --set ON_ERROR_STOP=1 \
        --tuples-only --no-align --command "$2"
}

database_schema() {
    sql paleobc "SELECT version_num FROM alembic_version"
}

# Begin: in the folder of compose.yaml, alone.
begin() {
    [ -e .env ] || refuse "There is no deploy/.env yet: run deploy/init first."
    (umask 077 && mkdir -p "$state")
    exec 9> "$state/lock"
    flock --nonblock 9 || refuse "Another update, rollback or rotation is under way; wait until it ends."
    image=$(setting PALEOBC_IMAGE paleobc)
}

# report SUBJECT: tell it, and whom PALEOBC_REPORT names: a program that is given the subject, and the last lines.
report() {
    local teller
    say "$1"
    teller=$(setting PALEOBC_REPORT)
    [ -z "$teller" ] || tail -n 40 "$state/log" | timeout 60 "$teller" "paleobc: $1" 9>&- || say "$teller could not tell it."
}
