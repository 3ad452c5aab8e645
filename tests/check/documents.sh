#!/bin/bash
# Runs every ```sh block of the documents named on the command line, as a
# stranger would, against a simulator, and looks at what it leaves behind.
set -u

documents=()
for document in "$@"; do
  documents+=("$(realpath "$document")")
done
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
checks=0
failures=0
export LC_ALL=C.UTF-8
export ZM_RTMS_CLIENT=rtms-simulator ZM_RTMS_SECRET=rtms-simulator-secret

# A machine without a screen and a sound card, on which some real sinks
# crash, and one with them behave the same.
export GST_PLUGIN_FEATURE_RANK=fakevideosink:MAX,fakeaudiosink:MAX

run_block ()
{
  local block=$1 file
  rm -rf work && mkdir work && cd work || return 1
  "$RTMS_SIMULATOR" --strict --duration 6 --payload-out started.json \
    >../sim.log 2>&1 &
  local simulator=$!
  until grep -qs '^listening' ../sim.log; do
    kill -0 $simulator 2>/dev/null || return 1
    read -r -t 0.05 <> <(:) || true
  done
  timeout 60 bash -c "$block" >output.txt 2>error.txt || {
    cat output.txt error.txt
    return 1
  }
  wait $simulator || { cat ../sim.log; return 1; }
  # Whatever it wrote must be worth having.
  case $block in
    *fdsink*) [ -s output.txt ] || return 1 ;;
  esac
  case $block in
    *webvttenc*fdsink*)
      grep -q 'Zoë Müller: Good morning' output.txt || return 1 ;;
    *events*) grep -q '"event_type":3' output.txt || return 1 ;;
  esac
  for file in *.mp4 *.mkv *.wav; do
    [ -e "$file" ] || continue
    # Six seconds, and silence from when the pipeline plays.
    gst-discoverer-1.0 "$file" | grep -q 'Duration: 0:00:0[5-9]\.' || return 1
  done
  [[ $block != *location=meeting* ]] || ls meeting.* >/dev/null || return 1
  [[ $block != *frame-* ]] || [ "$(find . -name 'frame-*.jpg' | wc -l)" -gt 20 ]
}

for document in "${documents[@]}"; do
  block=
  inside=false
  while IFS= read -r line; do
    if [ "$line" = '```sh' ]; then
      inside=true
      block=
    elif [ "$line" = '```' ] && $inside; then
      inside=false
      checks=$((checks + 1))
      if ! (run_block "$block") >block.out 2>&1; then
        failures=$((failures + 1))
        echo "FAILED $document: $block"
        tail -n 30 block.out
      fi
      rm -f sim.log
    elif $inside; then
      block+=$line$'\n'
    fi
  done <"$document"
done
echo "100%: Checks: $checks, Failures: $failures, Errors: 0"
[ $failures -eq 0 ] && [ $checks -gt 0 ]
