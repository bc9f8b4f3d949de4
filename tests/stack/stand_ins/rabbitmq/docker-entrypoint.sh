#!/bin/sh
# The public image's entry point does nothing else where the container does not run as root.
set -eu
exec "$@"
