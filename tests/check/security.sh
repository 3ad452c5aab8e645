#!/bin/bash
# That the client secret, and the signature that is made of it, stay where
# they belong. Reports as gst-check does, so that each check counts.
#
# usage: security.sh DOCUMENT     the one that names the tests of each guard
set -u

document=$(realpath "$1")
tests=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
checks=0
failures=0
export LC_ALL=C.UTF-8
secret=topsecret-$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
export ZM_RTMS_CLIENT=an-app
unset ZM_RTMS_SECRET ZOOM_CLIENT_SECRET
printf '%s\n' "$secret" >secret.txt

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

# simulate ARGUMENT ...: starts a simulator, waits until it listens, and makes
# the signature that is to be looked for
simulate ()
{
  rm -f started.json sim.log
  "$RTMS_SIMULATOR" --strict --client-id an-app --client-secret "$secret" \
    --payload-out started.json "$@" >sim.log 2>&1 &
  simulator=$!
  until grep -qs '^listening' sim.log; do
    kill -0 $simulator 2>/dev/null || { cat sim.log; return 1; }
    read -r -t 0.05 <> <(:) || true
  done
  signature=$(python3 - "$secret" <<'PYTHON'
import hashlib, hmac, json, sys
payload = json.load(open("started.json"))["payload"]
text = ",".join(("an-app", payload["meeting_uuid"], payload["rtms_stream_id"]))
print(hmac.new(sys.argv[1].encode(), text.encode(), hashlib.sha256).hexdigest())
PYTHON
  )
  [ ${#signature} -eq 64 ]
}

# Everything that GStreamer can be made to tell.
test_no_secret_in_logs_messages_or_dot_files ()
{
  simulate --duration 2 || return 1
  ZM_RTMS_SECRET_FILE=secret.txt GST_DEBUG='*:9' GST_DEBUG_FILE=all.log \
    GST_DEBUG_DUMP_DOT_DIR=$folder G_MESSAGES_DEBUG=all timeout 60 \
    gst-launch-1.0 -v -m -t rtmssrc payload-location=started.json name=z \
    z.audio ! fakesink z.video ! fakesink silent=false >launch.txt 2>&1 ||
    { tail launch.txt; return 1; }
  wait $simulator || { cat sim.log; return 1; }
  # There is something to look through.
  grep -q 'connects to' all.log && grep -q 'audio/x-raw' launch.txt &&
    ls ./*.dot >/dev/null || return 1
  ! grep -a -l -e "$secret" -e "$signature" all.log launch.txt ./*.dot
}

# As a property it stands on the command line, which gst-launch and the parser
# show themselves at the highest level, but it goes nowhere else.
test_no_secret_property_in_logs ()
{
  simulate --duration 1 || return 1
  GST_DEBUG='*:9' GST_DEBUG_FILE=property.log GST_DEBUG_DUMP_DOT_DIR=$folder \
    G_MESSAGES_DEBUG=all timeout 60 gst-launch-1.0 -v -m rtmssrc \
    payload-location=started.json "client-secret=$secret" name=z \
    z.audio ! fakesink >launch.txt 2>&1 || { tail launch.txt; return 1; }
  wait $simulator || return 1
  [ -s property.log ] || return 1
  grep -v 'GST_PIPELINE\|gst_parse\|parse-launch' property.log >rest.log
  ! grep -a -l -e "$secret" -e "$signature" rest.log launch.txt ./*.dot
}

# dump NAME=VALUE: a core dump of a process that receives a stream
dump ()
{
  simulate --duration 60 || return 1
  rm -f core.* audio.raw
  env "$1" gst-launch-1.0 rtmssrc payload-location=started.json media=audio ! \
    filesink buffer-mode=unbuffered location=audio.raw >launch.txt 2>&1 &
  local launch=$!
  until [ -s audio.raw ]; do
    kill -0 $launch || { cat launch.txt; return 1; }
    read -r -t 0.05 <> <(:) || true
  done
  gcore -o core $launch || return 1
  kill $launch $simulator
  wait $launch $simulator
  [ -s core.$launch ]
}

test_no_secret_in_a_core_dump ()
{
  dump ZM_RTMS_SECRET_FILE=secret.txt || return 1
  # What may be there is found there: the dump is one.
  grep -q -a 'an-app' core.* || return 1
  ! grep -a -c -e "$secret" -e "$signature" core.*
}

# The environment is a part of every dump, which is why docs/security.md
# prefers a file. That this finds it shows that the check above can fail.
test_environment_is_in_a_core_dump ()
{
  dump "ZM_RTMS_SECRET=$secret" || return 1
  grep -q -a "ZM_RTMS_SECRET=$secret" core.* && ! grep -q -a "$signature" core.*
}

# Every guard that the document names has a test of the name that it says.
test_document_names_tests_that_exist ()
{
  local name missing=0
  for name in $(grep -o '`test_[a-z0-9_]*`' "$document" | tr -d '`' | sort -u); do
    grep -rqE "START_TEST \($name\)|^$name \(\)" --include='*.c' \
      --include='*.sh' "$tests" || { echo "$name"; missing=1; }
  done
  for name in $(grep -o '`fuzz_[a-z0-9_]*`' "$document" | tr -d '`' | sort -u); do
    [ -f "$tests/fuzz/${name#fuzz_}.c" ] || { echo "$name"; missing=1; }
  done
  [ $missing -eq 0 ] && grep -q '`test_' "$document"
}

for name in $(declare -F | awk '$3 ~ /^test_/ { print $3 }'); do
  check "$name" "$name"
done
echo "100%: Checks: $checks, Failures: $failures, Errors: 0"
[ $failures -eq 0 ]
