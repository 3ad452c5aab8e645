#!/bin/bash
# Runs the element tests under ThreadSanitizer. The last line is
# "N passed, N failed".
#
# ThreadSanitizer must see what orders threads. GLib's mutexes and conditions
# are futexes, and reference counts of GLib and GStreamer are atomics, of
# which it knows nothing unless the libraries are built for it too: with the
# system's, each use of a GMutex would be a false report, and suppressing
# those would hide the true ones. So GLib and GStreamer's core are built here
# (three minutes, kept in build-tsan-libs), from the distribution's sources of
# the installed versions. Their own argument checks are off: they read
# reference counts without order.
set -u

source_folder=$(cd "$(dirname "$0")/.." && pwd)
libs=$source_folder/build-tsan-libs
prefix=$libs/prefix

units="ext_transport ext_websocket elements_downstream elements_errors
elements_fill elements_hostile elements_lifecycle elements_notices
elements_pads elements_storm elements_streaming"

fail ()
{
  echo "$1"
  echo "0 passed, 1 failed"
  exit 1
}

# get_source PACKAGE BINARY: unpacks the sources of BINARY's version, or what
# the distribution has in its place by now
get_source ()
{
  local version options
  version=$(dpkg-query -W -f '${Version}' "$2") || return 1
  apt-cache policy "$2" | awk -v keys="$keys" '$4 == "Packages" ||
    $5 == "Packages" { split($3, s, "/"); print "deb-src " keys $2, s[1], s[2] }' |
    sort -u >sources.list
  options=(-o "Dir::Etc::sourcelist=$PWD/sources.list"
    -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$PWD/lists"
    -o APT::Sandbox::User=root)
  mkdir -p lists/partial
  apt-get "${options[@]}" update -qq &&
    { apt-get "${options[@]}" source -qq --download-only "$1=$version" ||
      apt-get "${options[@]}" source -qq --download-only "$1"; } &&
    mkdir -p "$1" &&
    tar xf "$1"_*.orig.tar.xz -C "$1" --strip-components=1
}

# build PACKAGE ARGUMENT ...
build ()
{
  local package=$1
  shift
  # shellcheck disable=SC2086
  CC=clang PKG_CONFIG_PATH=$prefix/lib/pkgconfig meson setup \
    "$package/build" "$package" --prefix="$prefix" --libdir=lib \
    --wrap-mode=nodownload -Dbuildtype=debugoptimized -Db_sanitize=thread \
    -Db_lundef=false -Dnls=disabled "$@" >"$package.log" 2>&1 &&
    ninja -C "$package/build" install >>"$package.log" 2>&1 ||
    { tail -n 40 "$package.log"; return 1; }
}

build_libraries ()
{
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg keys=
  [ ! -f $keyring ] || keys="[signed-by=$keyring] "
  rm -rf "$libs" && mkdir -p "$libs" && cd "$libs" || return 1
  get_source glib2.0 libglib2.0-0 &&
    build glib2.0 -Dtests=false -Dglib_checks=false -Dlibmount=disabled \
      -Dselinux=disabled -Dlibelf=disabled &&
    get_source gstreamer1.0 libgstreamer1.0-0 &&
    build gstreamer1.0 -Dtests=disabled -Dexamples=disabled \
      -Dbenchmarks=disabled -Dtools=disabled -Dintrospection=disabled \
      -Dlibunwind=disabled -Dlibdw=disabled -Dglib-checks=disabled \
      -Dbash-completion=disabled -Dptp-helper-permissions=none &&
    touch "$libs/complete"
}

sh "$source_folder/tests/install-packages.sh" clang flex bison xz-utils ||
  fail "Installing failed."
[ -f "$libs/complete" ] || (build_libraries) ||
  fail "GLib and GStreamer could not be built."

export CC=clang
export RTMS_CHECK_BUILD=$source_folder/build-tsan
export RTMS_CHECK_SETUP="-Db_sanitize=thread -Db_lundef=false"
# As in sanitize.sh: a thread's variables may be taken for some of 200 TB.
options=intercept_tls_get_addr=0:atexit_sleep_ms=100
# Only for the tests: no other program runs with these libraries.
export RTMS_CHECK_WRAP="env LD_LIBRARY_PATH=$prefix/lib \
GST_PLUGIN_SYSTEM_PATH_1_0=$prefix/lib/gstreamer-1.0 \
GST_REGISTRY_1_0=$libs/registry.bin GST_REGISTRY_FORK=no GST_TRACERS= \
G_SLICE=always-malloc \
TSAN_OPTIONS=suppressions=$source_folder/tests/tsan.supp:$options"
# shellcheck disable=SC2086
bash "$source_folder/tests/check.sh" $units
