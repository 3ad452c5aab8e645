#!/bin/bash
# Fuzzes each target for some seconds, as many at once as there are cores.
# The last line is "N passed, N failed".
#
# usage: tests/fuzz.sh [SECONDS [TARGET ...]]     default: 60 s, all targets
#
# For a long run give it hours: tests/fuzz.sh 36000. What a run learned stays
# in build-fuzz/corpus and is where the next one begins. An input that fails is
# kept in build-fuzz/failures; mend what it shows, write a unit test and put
# the input, under a name that says what it is, into tests/fuzz/corpus, which
# the ordinary tests replay.
set -u

source_folder=$(cd "$(dirname "$0")/.." && pwd)
build=$source_folder/build-fuzz
export seconds=${1:-60}
shift

fail ()
{
  echo "$1"
  echo "0 passed, 1 failed"
  exit 1
}

sh "$source_folder/tests/install-packages.sh" clang ||
  fail "Installing failed."
if [ ! -f "$build/build.ninja" ]; then
  CC=clang meson setup "$build" "$source_folder" -Dwerror=true -Dfuzz=enabled \
    -Dtests=disabled -Dsimulator=disabled -Dexamples=disabled \
    -Db_sanitize=address,undefined -Db_lundef=false ||
    fail "Configuring failed."
fi
ninja -C "$build" || fail "Building failed."

export build corpora=$source_folder/tests/fuzz/corpus
export dictionary=$source_folder/tests/fuzz/json.dict
export ASAN_OPTIONS=detect_stack_use_after_return=1:quarantine_size_mb=64
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# GLib's own allocator would hide what AddressSanitizer looks for.
export G_SLICE=always-malloc

fuzz ()
{
  local name=$1 learned=$build/corpus/$1 failures=$build/failures/$1
  local words=()
  mkdir -p "$learned" "$failures"
  case $name in
    message | payload | webhook) words=("-dict=$dictionary") ;;
  esac
  if "$build/tests/fuzz/fuzz_$name" "${words[@]}" -max_total_time="$seconds" \
      -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
      -artifact_prefix="$failures/" "$learned" "$corpora/$name" \
      >"$build/$name.log" 2>&1; then
    echo "$name: $(awk '/number_of_executed_units/ { print $2 }' \
      "$build/$name.log") inputs, $(ls "$learned" | wc -l) learned"
    echo passed >"$build/$name.result"
  else
    tail -n 60 "$build/$name.log"
    echo "$name: FAILED, see $failures"
  fi
}
export -f fuzz

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls "$corpora")
rm -f "$build"/*.result
printf '%s\n' "${targets[@]}" |
  xargs -P "$(nproc)" -I {} bash -c 'fuzz {}'

passed=0
for name in "${targets[@]}"; do
  [ ! -f "$build/$name.result" ] || passed=$((passed + 1))
done
echo "$passed passed, $((${#targets[@]} - passed)) failed"
[ $passed -eq ${#targets[@]} ]
