#!/bin/bash
# Builds everything and records a simulated meeting to meeting.mp4 and
# meeting.mkv, without a Zoom account.
#
# usage: tests/demo.sh [FOLDER]     where the recordings go; default: here
# RTMS_DEMO_SECONDS                 length of the meeting; default: 20
set -eu

source_folder=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mkdir -p "${1:-.}" && cd "${1:-.}" && pwd)
seconds=${RTMS_DEMO_SECONDS:-20}
build=$source_folder/build-demo

sh "$source_folder/tests/install-packages.sh"
echo "Building ..."
[ -f "$build/build.ninja" ] ||
  meson setup "$build" "$source_folder" -Dtests=disabled >"$folder/build.log"
ninja -C "$build" >>"$folder/build.log" ||
  { tail -n 40 "$folder/build.log"; exit 1; }
rm -f "$folder/build.log"

export GST_PLUGIN_PATH=$build/gst/rtms
export PATH=$build/tests/simulator:$PATH
export ZM_RTMS_CLIENT=rtms-simulator ZM_RTMS_SECRET=rtms-simulator-secret

cd "$folder"
rm -f started.json started-2.json meeting.mp4 meeting.mkv
rtms-simulator --duration "$seconds" --meetings 2 --strict --wait 30 \
  --payload-out started.json >simulator.log &
simulator=$!
trap 'kill $simulator 2>/dev/null || true' EXIT
until grep -qs '^listening' simulator.log; do
  kill -0 $simulator || { cat simulator.log; exit 1; }
  read -r -t 0.1 <> <(:) || true
done

show_and_run ()
{
  echo
  echo "$1" | sed '1s/^/$ /'
  bash -c "exec $1" >"$2.log" 2>&1 &
}

show_and_run 'gst-launch-1.0 -e rtmssrc name=z payload-location=started.json \
    audio-rate=48000 fill-silence=true fill-video=true \
    z.video ! h264parse ! video/x-h264,stream-format=avc3 ! mux. \
    z.audio ! audioconvert ! avenc_aac ! mux. \
    z.transcript ! mux. \
    mp4mux name=mux ! filesink location=meeting.mp4' meeting.mp4
mp4=$!
show_and_run 'gst-launch-1.0 -e rtmssrc name=z payload-location=started-2.json \
    audio-rate=48000 fill-silence=true fill-video=true \
    z.video ! h264parse ! video/x-h264,stream-format=avc3 ! capssetter \
    caps=video/x-h264,colorimetry=bt709,framerate=25/1,pixel-aspect-ratio=1/1 \
    ! mux. z.audio ! audioconvert ! opusenc ! mux. z.transcript ! mux. \
    matroskamux name=mux offset-to-zero=true ! filesink location=meeting.mkv' meeting.mkv
mkv=$!
echo

begin=$SECONDS
while kill -0 $mp4 2>/dev/null || kill -0 $mkv 2>/dev/null; do
  printf '\rrecording %3d s of %s s   meeting.mp4 %6d KiB   meeting.mkv %6d KiB ' \
    $((SECONDS - begin)) "$seconds" \
    $(($(stat -c %s meeting.mp4 2>/dev/null || echo 0) / 1024)) \
    $(($(stat -c %s meeting.mkv 2>/dev/null || echo 0) / 1024))
  read -r -t 1 <> <(:) || true
done
echo
wait $mp4 || { cat meeting.mp4.log; exit 1; }
wait $mkv || { cat meeting.mkv.log; exit 1; }
wait $simulator || { cat simulator.log; exit 1; }
trap - EXIT

status=0
for file in meeting.mp4 meeting.mkv; do
  echo
  found=$(gst-discoverer-1.0 "$file")
  echo "$found" | sed -n '/^Properties/,$p' | grep -v '^$'
  # Decoded from end to end; a decoder's complaint is an error or a warning.
  if ! complaints=$(gst-launch-1.0 -q uridecodebin uri="file://$folder/$file" \
      name=d d. ! queue ! videoconvert ! fakesink \
      d. ! queue ! audioconvert ! fakesink 2>&1) || [ -n "$complaints" ]; then
    echo "$file does not decode: $complaints"
    status=1
  fi
  echo "$found" | awk -v seconds="$seconds" -v file="$file" '
    /^ *(video|audio|subtitles)[ #:(]/ { kinds[$1] = 1 }
    / *Duration:/ { split($2, t, ":"); length_ = t[1] * 3600 + t[2] * 60 + t[3] }
    END {
      # Silence comes first, from when the pipeline plays.
      off = length_ - seconds
      if (off < -0.2 || off > 3) {
        print file " is " length_ " s long instead of " seconds " s"
        exit 1
      }
    }' || status=1
done
rm -f simulator.log meeting.mp4.log meeting.mkv.log started.json started-2.json
echo
echo "$folder/meeting.mp4"
echo "$folder/meeting.mkv"
exit $status
