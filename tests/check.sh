#!/bin/bash
# Installs what is missing, builds with warnings as errors and runs the
# tests. The last line is "N passed, N failed".
#
# usage: tests/check.sh [TEST ...]
# RTMS_CHECK_BUILD   build folder; default: build-check
# RTMS_CHECK_SETUP   further arguments of meson setup
# RTMS_CHECK_WRAP    what to run each test program under
set -u

source_folder=$(cd "$(dirname "$0")/.." && pwd)
build=${RTMS_CHECK_BUILD:-$source_folder/build-check}

fail ()
{
  echo "$1"
  echo "0 passed, 1 failed"
  exit 1
}

sh "$source_folder/tests/install-packages.sh" gdb || fail "Installing failed."
if [ ! -f "$build/build.ninja" ]; then
  # shellcheck disable=SC2086
  meson setup "$build" "$source_folder" -Dwerror=true -Dtests=enabled \
    -Dsimulator=enabled ${RTMS_CHECK_SETUP:-} || fail "Configuring failed."
fi
ninja -C "$build" || fail "Building failed."
rm -f "$build"/meson-logs/testlog*.json
meson test -C "$build" --print-errorlogs \
  ${RTMS_CHECK_WRAP:+--timeout-multiplier 10 --wrap "$RTMS_CHECK_WRAP"} "$@"
python3 "$source_folder/tests/count-tests.py" "$build"/meson-logs/testlog*.json
