#!/bin/bash
# Installs what the other receivers need, builds, and compares; all arguments
# go to compare.py. The full comparison takes hours:
#   tests/bench/run.sh --output figures
# This one takes minutes, and gives the same ratios less exactly:
#   tests/bench/run.sh --paced 50,200 --duration 10 --repeat 3 \
#     --profiles light --schemes wss --output figures
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${RTMS_BENCH_BUILD:-$here/../../build-bench}

sh "$here/../install-packages.sh" nodejs node-ws python3-websockets \
  python3-gi gir1.2-gstreamer-1.0 gir1.2-gst-plugins-base-1.0 \
  python3-matplotlib
[ -f "$build/build.ninja" ] ||
  meson setup "$build" "$here/../.." -Dtests=enabled -Dbuildtype=release
ninja -C "$build"
# Debian's own interpreter, which has Debian's modules.
exec /usr/bin/python3 "$here/compare.py" --build "$build" "$@"
