# shellcheck shell=bash
# Versions: which image a name means, whether it is what was published, which schema it works with, which ran. Sourced.
#
# state/versions holds a line for each change, with tabs between: time, what was done (found, update, rollback), version,
# id of its image, its schema, good or failed, id of the image before, digest at the registry.

# image_of NAME: id of an image that is here; nothing where it is not.
image_of() {
    docker image inspect --format '{{.Id}}' "$1" 2> /dev/null || true
}

label() {
    docker image inspect --format "{{with .Config.Labels}}{{index . \"org.opencontainers.image.$2\"}}{{end}}" "$1"
}

# digest_of ID: under which the registry of $image knows it; nothing where it was built here.
digest_of() {
    docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" | sed -n "s|^$image@||p" | head -n 1
}

# schemas_of ID: all schemas that an image knows, its own one last.
schemas_of() {
    docker run --rm --network none --entrypoint python "$1" -c \
        'from paleobc.store.schema_versions import schemas; print(*schemas())'
}

knows() {  # schemas_of's answer, and a schema
    case " $1 " in *" $2 "*) return 0 ;; *) return 1 ;; esac
}

# From a registry is an image whose name says which, or whose; all others are built here.
is_from_registry() {
    case $image in */*) return 0 ;; *) return 1 ;; esac
}

# running: id of the image of the pages; of the one that .env names where none is there.
running() {
    local container
    container=$(compose ps --all --quiet web | head -n 1)
    if [ -n "$container" ]; then
        docker inspect --format '{{.Image}}' "$container"
    else
        image_of "$image:$(setting PALEOBC_VERSION latest)"
    fi
}

# fetch NAME [DIGEST]: the id of an image that may be used, pulled if it can be; refuses any other.
fetch() {
    local id digest known
    if is_from_registry; then
        if ! docker pull --quiet "$image:$1${2:+@$2}" >&2; then
            id=$(image_of "$image:$1")
            [ -n "$id" ] && [ -z "${2:-}" ] && [ "$1" != "$follow" ] || refuse "$image:$1 cannot be pulled."
            say "$image:$1 cannot be pulled; the one that is here is taken." >&2
        fi
    fi
    id=$(image_of "$image:$1${2:+@$2}")
    [ -n "$id" ] || refuse "There is no image $image:$1${2:+@$2}."
    digest=$(digest_of "$id")
    if [ "$1" != "$follow" ] && [ -e "$state/versions" ]; then
        known=$(awk -F '\t' -v v="$1" '$3 == v && $6 == "good" { id = $4 } END { print id }' "$state/versions")
        [ -z "$known" ] || [ "$known" = "$id" ] ||
            refuse "$image:$1 is another image than the one that ran here under this name. Names of releases do not move:
find out who changed it; nothing was changed here."
    fi
    signed "$digest" || refuse "The signature of $image:$1 is missing or wrong; nothing was changed."
    printf '%s\n' "$id"
}

# signed DIGEST: whether an image is signed by whom .env names; true where it names nobody.
signed() {
    local key identity
    key=$(setting PALEOBC_COSIGN_KEY)
    identity=$(setting PALEOBC_COSIGN_IDENTITY)
    [ -n "$key$identity" ] || return 0
    [ -n "$1" ] || { say "An image without a digest of a registry has no signature." >&2; return 1; }
    if [ -n "$key" ]; then
        cosign verify --key "$key" "$image@$1" > /dev/null
    else
        cosign verify --certificate-identity-regexp "$identity" --certificate-oidc-issuer \
            "$(setting PALEOBC_COSIGN_ISSUER https://token.actions.githubusercontent.com)" "$image@$1" > /dev/null
    fi
}

# lasting NAME ID: a name for an image that stays: a moving one becomes the commit it was made of.
lasting() {
    local commit other
    [ "$1" = "$follow" ] || { printf '%s\n' "$1"; return; }
    commit=$(label "$2" revision)
    [[ $commit =~ ^[0-9a-f]{40}$ ]] || commit=image
    other=$(image_of "$image:$commit")
    if [ "$commit" = image ] || { [ -n "$other" ] && [ "$other" != "$2" ]; }; then  # several were made of one commit
        commit=${commit:0:12}-$(cut -c 8-19 <<< "$2")
    fi
    printf '%s\n' "$commit"
}

# ran ACTION VERSION ID SCHEMA RESULT BEFORE: note that something was changed.
ran() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(now)" "$1" "$2" "$3" "$4" "$5" "$6" "$(digest_of "$3")" >> "$state/versions"
    sync "$state/versions"
}

# before: name and id of the version that was there before this one; going back twice goes back by two.
before() {
    awk -F '\t' '$6 == "good" {
            if ($2 == "rollback") { while (n > 0 && id[n] != $4) n--; if (n > 0) next }
            if (id[n] == $4) { version[n] = $3; next }
            id[++n] = $4; version[n] = $3
        } END { if (n > 1) print version[n - 1] "\t" id[n - 1] }' "$state/versions" 2> /dev/null || true
}

# left ID: whether an image failed here, or somebody went back from it.
left() {
    [ -e "$state/versions" ] || return 1
    awk -F '\t' -v id="$1" '$4 == id { is_left = $6 == "failed" } $2 == "rollback" && $7 == id && $6 == "good" { is_left = 1 }
        END { exit !is_left }' "$state/versions"
}
