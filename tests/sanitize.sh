#!/bin/bash
# Runs the tests again under AddressSanitizer with UndefinedBehaviorSanitizer,
# and under valgrind. The last line is "N passed, N failed".
#
# GStreamer's leaks tracer needs no run of its own: the element tests always
# have it on.
set -u

source_folder=$(cd "$(dirname "$0")/.." && pwd)
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# The commands are no programs of ours, and recordings take valgrind too long.
units="
fuzz_base64
fuzz_h264
fuzz_message
fuzz_payload
fuzz_rtp
fuzz_session
fuzz_timeline
fuzz_webhook
fuzz_websocket
ext_base64
ext_crypto
ext_http
ext_json
ext_network
pace
ext_transport
ext_websocket
protocol_payload
protocol_params
protocol_session
protocol_reconnect
protocol_roster
protocol_text
protocol_timeline
protocol_h264
protocol_placeholders
protocol_webhook
elements_errors
elements_lifecycle
elements_pads
elements_notices
elements_order
elements_fill
elements_webhookbin
elements_streaming
"

run ()
{
  local name=$1
  shift
  bash "$source_folder/tests/check.sh" "$@" | tee "$logs/$name"
}

(
  # A helper process for scanning would load the plugin without the runtime.
  export GST_REGISTRY_FORK=no
  export ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0
  # GCC 12 takes a thread's variables for those of an old glibc when they begin
  # 16 bytes into a page, and LeakSanitizer then crashes on what it reads. They
  # are the dynamic linker's own memory, which is searched all the same.
  export ASAN_OPTIONS=$ASAN_OPTIONS:intercept_tls_get_addr=0
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  export LSAN_OPTIONS=suppressions=$source_folder/tests/lsan.supp
  export LSAN_OPTIONS=$LSAN_OPTIONS:print_suppressions=0
  export RTMS_CHECK_BUILD=$source_folder/build-asan
  export RTMS_CHECK_SETUP="-Db_sanitize=address,undefined -Db_lundef=false"
  # shellcheck disable=SC2086
  run asan $units elements_downstream elements_hostile elements_storm \
    elements_recording
)
(
  sh "$source_folder/tests/install-packages.sh" valgrind libc6-dbg
  export RTMS_CHECK_WRAP="valgrind --quiet --leak-check=full \
--show-leak-kinds=definite --errors-for-leak-kinds=definite \
--error-exitcode=9 --num-callers=30 \
--suppressions=$source_folder/tests/valgrind.supp"
  # shellcheck disable=SC2086
  run valgrind $units
)

asan=$(tail -n 1 "$logs/asan")
valgrind=$(tail -n 1 "$logs/valgrind")
echo "AddressSanitizer, UndefinedBehaviorSanitizer: $asan"
echo "valgrind: $valgrind"
bash "$source_folder/tests/add-counts.sh" "$asan" "$valgrind"
