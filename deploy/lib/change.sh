# shellcheck shell=bash
# One version instead of another: all containers together, and back by itself where anything fails. Sourced.
#
# While it goes on state/change says from which version to which; a power cut leaves it there, and whoever comes next
# goes back first. Volumes are never removed, and what the database was is kept until the new version is well.
ours=(worker weights backup web)

# change ACTION VERSION ID SCHEMA: from $from, $from_id, $from_schema, which is what runs.
change() {
    local scales
    scales=$(counts)
    printf '%s=%s\n' action "$1" from "$from" from_id "$from_id" from_schema "$from_schema" to "$2" to_id "$3" \
        to_schema "$4" scales "$scales" | whole "$state/change" || refuse "deploy/$state cannot be written."
    trap '' HUP INT TERM PIPE  # from here on it ends or goes back, whoever leaves
    if replace "$2" "$3" "$4" "$from_id" && ./smoke; then
        ended "$1" "$2" "$3" "$4" good
        report "$1 to $2 is done; before it was $from."
        return 0
    fi
    say "$1 to $2 failed; what its services said is in deploy/$state/failed.log."
    (umask 077 && { compose ps --all && compose logs --no-color --tail 50; } > "$state/failed.log" 2>&1) || true
    go_back failed
    return 3
}

# replace VERSION ID SCHEMA OTHER: let every container be of an image; OTHER is that of the schema that is there now.
replace() {
    say "Replacing what runs by $1."
    compose up --detach --wait database &&
        compose stop worker weights backup &&  # runs end meanwhile, or wait for the next worker; the pages answer
        fitting "$3" "$4" &&
        docker tag "$2" "$image:$1" &&
        choose PALEOBC_VERSION "$1" &&
        start
}

# start [SECONDS]: all of it, migrated by the service that does so, until it is healthy.
start() {
    local -a scales
    read -r -a scales <<< "$(noted scales)"
    compose up --detach --wait --wait-timeout "${1:-$(setting PALEOBC_HEALTH_SECONDS 300)}" "${scales[@]}"
}

# fitting SCHEMA OTHER: where the database has another schema, keep a copy of it, and go back with the image OTHER if
# that knows both; to a later one it is brought by the new version itself.
fitting() {
    local present
    present=$(database_schema) && [ -n "$present" ] || return 1
    [ "$present" != "$1" ] || return 0
    compose stop web && keep_copy "$present" || return 1
    [[ $present > $1 ]] || return 0
    say "The database goes from its schema $present back to $1."
    migrate_with "$2" --to "$1"
}

migrate_with() {  # ID WORDS: Compose starts an image by a name, which lasts as long as this
    local name="under-way"
    docker tag "$1" "$image:$name" && PALEOBC_VERSION=$name compose run --rm --no-deps -T migrate admin migrate "${@:2}"
}

# keep_copy SCHEMA: the database as it is, beside itself; nobody may be connected meanwhile.
keep_copy() {
    alone_with paleobc && sql postgres "DROP DATABASE IF EXISTS paleobc_before" &&
        sql postgres "CREATE DATABASE paleobc_before TEMPLATE paleobc" &&
        { cat "$state/change" && echo "copy=$1"; } | whole "$state/change"
}

alone_with() {
    sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$1'" > /dev/null
}

# take_copy: the database becomes what it was; what it is now stays beside it, under another name.
take_copy() {
    local aside
    aside="paleobc_aside_$(date -u +%Y%m%d%H%M%S)"
    [ "$(noted copy)" = "$(noted from_schema)" ] && alone_with paleobc && alone_with paleobc_before || return 1
    sql postgres "ALTER DATABASE paleobc RENAME TO $aside; ALTER DATABASE paleobc_before RENAME TO paleobc" &&
        say "The database is what it was before; what it became is kept as $aside."
}

# go_back RESULT: to the version from which state/change began, and why; exit code 4 where that cannot be.
go_back() {
    local from from_id schema to action
    from=$(noted from) from_id=$(noted from_id) schema=$(noted from_schema)
    say "Going back to $from."
    if ! { compose up --detach --wait database && compose stop "${ours[@]}" && fitting_again "$schema" &&
        docker tag "$from_id" "$image:$from" && choose PALEOBC_VERSION "$from" && start 900 && ./smoke; }; then
        stuck
    fi
    to=$(noted to) action=$(noted action)
    ended "$action" "$to" "$(noted to_id)" "$schema" "$1"
    report "$action to $to: $1; $from runs again, with all its data."
}

# fitting_again SCHEMA: what was entered after an update stays; what a rollback took from the database comes again.
fitting_again() {
    local present
    present=$(database_schema) || return 1
    if [[ $present > $1 ]]; then
        migrate_with "$(noted to_id)" --to "$1" || take_copy
    elif [[ $present < $1 ]]; then
        take_copy || say "The database is brought to its schema $1 anew."
    fi
}

stuck() {
    report "Going back to $(noted from) failed. Nothing is lost. See deploy/$state/log and docker compose ps; then: deploy/update --finish"
    exit 4
}

# ended ACTION VERSION ID SCHEMA RESULT: nothing is under way any more.
ended() {
    ran "$1" "$2" "$3" "$4" "$5" "$(noted from_id)"
    rm "$state/change" && sync "$state"
    compose exec -T database true && sql postgres "DROP DATABASE IF EXISTS paleobc_before" || true
    docker image rm --no-prune "$image:under-way" > /dev/null 2>&1 || true
}

# finish: go back from what a power cut left half done. It says nothing of the version, which may be tried again.
finish() {
    [ ! -e "$state/backup-stopped" ] || backups_go_on
    [ -e "$state/change" ] || return 0
    trap '' HUP INT TERM PIPE
    say "$(noted action) to $(noted to) was broken off."
    go_back "broken off"
}

noted() {
    sed -n "s/^$1=//p" "$state/change" 2> /dev/null | tail -n 1
}

# counts: how many containers each service has now, so that it has as many afterwards; nothing where none runs.
counts() {
    local service
    [ -n "$(compose ps --quiet web)" ] || return 0
    for service in "${ours[@]}"; do
        printf -- '--scale %s=%d ' "$service" "$(compose ps --all --quiet "$service" | wc -l)"
    done
}

# present: what runs now, as $from, $from_id and $from_schema; noted if somebody else brought it.
present() {
    follow=$(setting PALEOBC_FOLLOW latest)
    from_id=$(running)
    [ -n "$from_id" ] || refuse "There is no image $image:$(setting PALEOBC_VERSION latest) yet: pull or build it first."
    compose up --detach --wait database || refuse "The database does not start; see docker compose logs database."
    from_schema=$(database_schema) || refuse "Nothing was started yet: docker compose up --detach --wait"
    from=$(name_of "$from_id")
    [ "$(awk -F '\t' '$6 == "good" { id = $4 } END { print id }' "$state/versions" 2> /dev/null)" = "$from_id" ] ||
        ran found "$from" "$from_id" "$from_schema" good -
    # A name that moves is given up, so that nothing but an update moves this installation.
    docker tag "$from_id" "$image:$from" && choose PALEOBC_VERSION "$from"
}

# name_of ID: what .env calls what runs, or state/versions, or the commit it was made of.
name_of() {
    local name
    name=$(setting PALEOBC_VERSION latest)
    [ "$(image_of "$image:$name")" = "$1" ] ||
        name=$(awk -F '\t' -v id="$1" '$4 == id { name = $3 } END { print name }' "$state/versions" 2> /dev/null || true)
    lasting "${name:-$follow}" "$1"
}

# back_up: exit code 3 of it says that there is a backup, and something to look at.
back_up() {
    local code=0
    say "Making a backup."
    : > "$state/backup-stopped"
    compose stop backup  # it may be making one, and there is one at a time
    compose run --rm --no-deps -T backup admin backup || code=$?
    backups_go_on
    [ "$code" = 0 ] || [ "$code" = 3 ]
}

backups_go_on() {
    compose start backup || say "The service backup does not start."
    rm "$state/backup-stopped"
}
