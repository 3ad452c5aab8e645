#!/bin/bash
# What a user types: gst-inspect, gst-launch and rtms-simulator themselves.
# Reports as gst-check does, so that each check counts.
set -u

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
checks=0
failures=0
export LC_ALL=C.UTF-8
export ZM_RTMS_CLIENT=rtms-simulator ZM_RTMS_SECRET=rtms-simulator-secret

# check NAME COMMAND ...
check ()
{
  local name=$1
  shift
  checks=$((checks + 1))
  if ! "$@" >"$name.out" 2>&1; then
    failures=$((failures + 1))
    echo "FAILED $name"
    tail -n 30 "$name.out"
  fi
}

# simulate ARGUMENT ...: starts a simulator and waits until it listens
simulate ()
{
  rm -f started*.json sim.log
  "$RTMS_SIMULATOR" --payload-out started.json "$@" >sim.log 2>&1 &
  simulator=$!
  until grep -qs '^listening' sim.log; do
    kill -0 $simulator 2>/dev/null || { cat sim.log; return 1; }
    read -r -t 0.05 <> <(:) || true
  done
}

test_inspect_has_no_warning ()
{
  gst-inspect-1.0 rtms >plugin.txt 2>warnings.txt &&
    gst-inspect-1.0 rtmssrc >element.txt 2>>warnings.txt &&
    [ ! -s warnings.txt ] && grep -q 'rtmssrc' plugin.txt
}

test_wrong_secret_fails_at_once ()
{
  simulate --strict || return 1
  local begin=$SECONDS status=0
  timeout 20 gst-launch-1.0 -e rtmssrc payload-location=started.json \
    client-secret=wrong name=z z.audio ! fakesink >launch.txt 2>&1 || status=$?
  cat launch.txt
  wait $simulator && return 1
  [ $status -ne 0 ] && [ $status -ne 124 ] && [ $((SECONDS - begin)) -le 3 ] &&
    [ "$(grep -c '^ERROR: from' launch.txt)" -eq 1 ] &&
    grep -q 'INVALID_SIGNATURE (status 3).*client-secret' launch.txt &&
    ! grep -q 'wrong' launch.txt
}

test_interrupt_finalises_the_file ()
{
  simulate --strict --duration 30 || return 1
  gst-launch-1.0 -e rtmssrc payload-location=started.json name=z \
    z.video ! h264parse ! mux. z.audio ! audioconvert ! avenc_aac ! mux. \
    z.transcript ! mux. mp4mux name=mux ! filesink location=cut.mp4 \
    >launch.txt 2>&1 &
  local launch=$!
  until [ "$(stat -c %s cut.mp4 2>/dev/null || echo 0)" -gt 900000 ]; do
    kill -0 $launch || { cat launch.txt; return 1; }
    read -r -t 0.1 <> <(:) || true
  done
  kill -INT $launch
  wait $launch || { cat launch.txt; return 1; }
  wait $simulator || { cat sim.log; return 1; }
  gst-discoverer-1.0 cut.mp4 | tee found.txt
  grep -q 'H.264' found.txt && grep -q 'AAC' found.txt &&
    grep -q 'subtitles' found.txt
}

# Of 20 s of meeting there is room for a few: the message says so, and what
# was written plays to its end.
test_full_disk_leaves_a_file_that_plays ()
{
  simulate --duration 20 --speed 4 || return 1
  (
    # A limit on files is as good as a disk that is full.
    trap '' XFSZ
    ulimit -f 1000
    exec timeout 60 gst-launch-1.0 -e rtmssrc payload-location=started.json \
      name=z z.video ! h264parse ! mux. \
      z.audio ! audioconvert ! audioresample ! opusenc ! mux. \
      matroskamux name=mux ! filesink location=full.mkv
  ) >launch.txt 2>&1 && return 1
  cat launch.txt
  kill $simulator 2>/dev/null
  grep -q '^ERROR: from element .*filesink' launch.txt || return 1
  [ "$(stat -c %s full.mkv)" -le 1024000 ] &&
    gst-launch-1.0 -q uridecodebin uri="file://$PWD/full.mkv" name=d \
      d. ! queue ! videoconvert ! videoscale ! \
      video/x-raw,format=GRAY8,width=64,height=36 ! \
      filesink location=frames.raw \
      d. ! queue ! audioconvert ! audio/x-raw,format=S16LE,channels=1 ! \
      filesink location=sound.raw 2>errors.txt || { cat errors.txt; return 1; }
  # a second of each at the least: 25 frames, 48000 samples
  ls -l ./*.raw
  [ "$(stat -c %s frames.raw)" -gt $((25 * 64 * 36)) ] &&
    [ "$(stat -c %s sound.raw)" -gt 96000 ]
}

test_tls_with_a_private_certificate ()
{
  simulate --strict --duration 2 --tls --certificate-out ca.pem || return 1
  timeout 30 gst-launch-1.0 rtmssrc payload-location=started.json \
    allowed-hosts=localhost tls-ca-file=ca.pem media=audio ! \
    filesink location=tls.raw || return 1
  wait $simulator && [ "$(stat -c %s tls.raw)" -eq 64000 ]
}

test_tls_is_verified ()
{
  simulate --duration 2 --tls --wait 3 || return 1
  timeout 30 gst-launch-1.0 rtmssrc payload-location=started.json \
    allowed-hosts=localhost media=audio ! fakesink >launch.txt 2>&1 && return 1
  timeout 30 gst-launch-1.0 rtmssrc payload-location=started.json \
    media=audio ! fakesink >launch2.txt 2>&1 && return 1
  cat launch.txt launch2.txt
  kill $simulator
  grep -q 'certificate is not trusted' launch.txt &&
    grep -q 'allowed-hosts' launch2.txt
}

test_example_prints_what_is_said ()
{
  simulate --strict --duration 5 || return 1
  timeout 30 "$RTMS_MEETING_LOG" started.json >log.txt || return 1
  cat log.txt
  wait $simulator || return 1
  grep -q '^[0-9:]*  Zoë Müller: Good morning' log.txt &&
    grep -q '^5 s of audio' log.txt || return 1
  "$RTMS_MEETING_LOG" /does/not/exist 2>errors.txt && return 1
  grep -q 'payload-location' errors.txt
}

# What is written and shown in the meeting, besides what is said.
test_chat_and_share_are_written ()
{
  rm -f slide-*.jpg
  simulate --strict --scene presentation --duration 14 --speed 3 || return 1
  timeout 60 gst-launch-1.0 -e rtmssrc name=z payload-location=started.json \
    media=audio+share+chat+events text-format=json \
    z.share ! multifilesink location=slide-%03d.jpg \
    z.chat ! filesink location=chat.jsonl \
    z.events ! filesink location=events.jsonl || return 1
  wait $simulator || return 1
  python3 - <<'END'
import glob
import json

summary = next(line for line in open("sim.log") if line.startswith("summary"))
sent = json.loads(summary[len("summary "):])["meetings"][0]["media"]
assert len(glob.glob("slide-*.jpg")) == sent["share"]["messages"] > 0
chat = [json.loads(line)["content"] for line in open("chat.jsonl")]
assert len(chat) == sent["chat"]["messages"] > 0
assert any("Hello from Shanghai" in line["data"] for line in chat), chat
types = [json.loads(line).get("event", {}).get("event_type")
         for line in open("events.jsonl")]
assert 5 in types, types
END
}

# Each shows what the simulator sent, picture by picture.
test_players_play_a_uri ()
{
  local player
  for player in playbin3 uridecodebin3; do
    rm -f picture-*.jpg sound.wav
    simulate --strict --duration 5 || return 1
    case $player in
      playbin3)
        timeout 60 gst-launch-1.0 playbin3 uri="rtms://$PWD/started.json" \
          video-sink="videoconvert ! jpegenc ! \
            multifilesink location=picture-%03d.jpg" \
          audio-sink="audioconvert ! wavenc ! filesink location=sound.wav" ||
          return 1 ;;
      uridecodebin3)
        timeout 60 gst-launch-1.0 uridecodebin3 name=d \
          uri="rtms://$PWD/started.json?media=audio+video" \
          d. ! videoconvert ! jpegenc ! \
          multifilesink location=picture-%03d.jpg \
          d. ! audioconvert ! wavenc ! filesink location=sound.wav ||
          return 1 ;;
    esac
    wait $simulator || return 1
    [ "$(find . -name 'picture-*.jpg' | wc -l)" -eq "$(sed -n \
      's/^summary.*"video":{"messages":\([0-9]*\).*/\1/p' sim.log)" ] ||
      return 1
    [ "$(stat -c %s sound.wav)" -ge 160000 ] || return 1
  done
}

test_simulator_exit_codes ()
{
  "$RTMS_SIMULATOR" --wait 0.2 --payload-out none.json
  [ $? -eq 1 ] || return 1
  "$RTMS_SIMULATOR" --no-such-option
  [ $? -eq 2 ] || return 1
  "$RTMS_SIMULATOR" --scene no-such-scene
  [ $? -eq 2 ] || return 1
  "$RTMS_SIMULATOR" --help | grep -q payload-out
}

test_simulator_plays_a_media_file ()
{
  gst-launch-1.0 -q videotestsrc num-buffers=75 ! video/x-raw,framerate=25/1 ! \
    x264enc ! matroskamux name=m ! filesink location=clip.mkv \
    audiotestsrc num-buffers=141 samplesperbuffer=1024 ! \
    audio/x-raw,rate=48000 ! opusenc ! m. || return 1
  simulate --strict --media clip.mkv || return 1
  timeout 30 gst-launch-1.0 -e rtmssrc payload-location=started.json name=z \
    z.video ! h264parse ! mux. z.audio ! audioconvert ! flacenc ! mux. \
    matroskamux name=mux ! filesink location=copy.mkv || return 1
  wait $simulator || return 1
  gst-discoverer-1.0 copy.mkv | tee found.txt
  grep -q 'Duration: 0:00:0[23]\.' found.txt && grep -q 'H.264' found.txt
}

# A meeting of 20 s by plan, in 5 s; the summary tells what was sent while
# what, in ms of the meeting.
test_simulator_follows_its_plan ()
{
  simulate --strict --summary summary.json --duration 20 --speed 4 \
    --camera 4-8,12- --pause 14-16 --share 2-5 --share 2:9-11 --mute 3 \
    --present 4:3-10 --picture 6:sd,high --audio-dump dump || return 1
  timeout 30 gst-launch-1.0 rtmssrc payload-location=started.json name=z \
    media=audio+video+share+transcript+events audio-mode=participants \
    z.video ! fakesink z.events ! filesink location=events.json || return 1
  wait $simulator || { cat sim.log; return 1; }
  cat summary.json
  python3 - <<'END'
import json
meeting = json.load(open("summary.json"))["meetings"][0]
events = [json.loads(line) for line in open("events.json")]
begin = next(e["event"]["timestamp"] for e in events
             if e["msg_type"] == 6 and e["event"]["event_type"] == 1)
def when(kind):
    return [e["event"]["timestamp"] - begin for e in events
            if e["msg_type"] == 6 and e["event"]["event_type"] == kind]
def states(kind):
    return [(e["state"], e["timestamp"] - begin) for e in events
            if e["msg_type"] == kind]
def ranges(medium):
    return [(r["first_timestamp"] - begin, r["last_timestamp"] - begin,
             r["width"], r["key_frames"] > 0)
            for r in meeting["media"][medium]["ranges"]]
assert ranges("video") == [(4000, 5960, 1280, True), (6000, 7960, 854, True),
                           (12000, 13960, 854, True),
                           (16000, 19960, 854, True)], ranges("video")
assert [r[:2] for r in ranges("share")] == [(2000, 4000), (9000, 10000)]
assert when(5) == [2000, 9000] and when(6) == [5000, 11000]
assert when(3)[1:] == [3000] and when(4) == [10000]
assert set(when(8)) == {4000, 12000} and set(when(9)) == {8000}
assert (5, 14000) in states(8) and (6, 16000) in states(8)
assert (3, 14000) in states(9) and (4, 16000) in states(9)
names = [p["user_name"] for p in meeting["media"]["audio"]["participants"]]
assert "Zo\u00eb M\u00fcller" in names, names
assert not any(n.startswith("Tom") for n in names), names
dump = [json.loads(line) for line in open("dump/meeting-1.jsonl")]
assert len(dump) == meeting["media"]["audio"]["messages"]
assert not any(14000 <= d["timestamp"] - begin < 16000 for d in dump)
END
}

test_simulator_refuses_wrong_plans ()
{
  local plan
  for plan in "--camera 5" "--camera 7:1-2" "--share 3-2" "--pause none-" \
    "--picture 3:huge" "--voice-event 1:99" "--offer smell" \
    "--keep-alive-style odd"; do
    # shellcheck disable=SC2086
    "$RTMS_SIMULATOR" --wait 0.1 $plan
    [ $? -eq 2 ] || return 1
  done
}

for name in $(declare -F | awk '$3 ~ /^test_/ { print $3 }'); do
  check "$name" "$name"
done
echo "100%: Checks: $checks, Failures: $failures, Errors: 0"
[ $failures -eq 0 ]
