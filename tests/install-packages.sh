#!/bin/sh
# Installs what building, testing and the demo need, on Debian and its kin.
# With all of it there, it does nothing and needs no rights.
set -eu

packages="gcc libc6-dev meson ninja-build pkg-config python3 python3-gi
gir1.2-gstreamer-1.0
libglib2.0-dev libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
libjson-glib-dev libsoup-3.0-dev libssl-dev zlib1g-dev
glib-networking openssl
gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-base-apps
gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
gstreamer1.0-libav gstreamer1.0-x espeak-ng ffmpeg fonts-dejavu-core $*"

missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
    grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  as_root=sudo
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -qq -y --no-install-recommends $missing >/dev/null
