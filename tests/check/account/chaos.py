# SPDX-License-Identifier: LGPL-2.1-or-later
"""Meetings in which something goes wrong every two seconds, recorded by one
line: whatever the client was shown to have read is in the files.

usage: chaos.py [MEETINGS [SECONDS [SEED]]]     default: 10 20 1

The simulator prints the seed and each fault; MEETINGS of one seed differ."""

import collections
import hashlib
import json
import os
import subprocess
import sys

import meetings
import zoom

BRANCH = ('matroskamux name=mux ! filesink location={stream-id}.mkv '
          'h264parse name=video ! video/x-h264,stream-format=avc3 ! mux. '
          'identity name=audio ! mux. identity name=transcript ! mux.')
SOURCE = ('source-properties=p,fill-silence=false,video-resolution=sd,'
          'video-fps=10')
# These leave the client without the payload.
FATAL = {'base64', 'length', 'type', 'truncated', 'lose'}
# Behind such a hole in the timestamps pictures begin anew, ms.
CAMERA_HOLE = 2000
# A clock that is set at random may repeat timestamps, and silence is like
# silence: such packets look like duplicates.
AUDIO_BYTES = 640


class Log:
    """What the simulator wrote down of one meeting."""

    def __init__(self, lines):
        self.packets = [line for line in lines if line['kind'] == 'packet']
        self.read = collections.defaultdict(int)
        for line in lines:
            if line['kind'] == 'acknowledged':
                self.read[line['socket']] = max(self.read[line['socket']],
                                                line['number'])

    def get_required(self, medium):
        """Packets that the client has read, as they were sent."""
        return [p for p in self.packets if p['media'] == medium
                and p['number'] <= self.read[p['socket']]
                and not FATAL & set(p.get('damage', '').split(','))]


def put_in_order(packets):
    """As they were before the simulator changed their order."""
    packets = list(packets)
    for i in range(len(packets) - 1):
        first, second = packets[i:i + 2]
        if ('reorder' in first.get('damage', '')
                and 'reorder' in second.get('damage', '')
                and first['joined'] == second['joined']
                and first['timestamp'] > second['timestamp']):
            packets[i:i + 2] = second, first
    return packets


def get_shown(packets):
    """The pictures among them that a decoder can begin with or go on to."""
    last, needs_key = None, True
    for packet in put_in_order(packets):
        needs_key = needs_key or (
            packet['joined'] != last['joined']
            or packet['user_id'] != last['user_id']
            or abs(packet['timestamp'] - last['timestamp']) > CAMERA_HOLE)
        last = packet
        needs_key = needs_key and not packet.get('key_frame')
        if not needs_key:
            yield packet


def find_missing(packets, found):
    """Those that are not among FOUND, a Counter of hashes."""
    found = collections.Counter(found)
    for packet in packets:
        if found[packet['sha256']] == 0:
            yield packet
        found[packet['sha256']] -= 1


def split(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def get_hashes(parts):
    return [hashlib.sha256(part).hexdigest() for part in parts]


def check_file(path, log, folder):
    """How many packets had to be in the file."""
    frames, audio, _ = meetings.read_packets(path, folder)
    sent = {p['sha256'] for p in log.packets}
    required = log.get_required('audio')
    # Only what came twice is in it once.
    unique = list({(p['timestamp'], p['sha256']): p
                   for p in required}.values())
    missing = list(find_missing(unique,
                                get_hashes(split(audio, AUDIO_BYTES))))
    assert not missing, '%s: %d of %d packets of audio are missing: %s' % (
        path, len(missing), len(unique), missing[:3])
    shown = list(get_shown(log.get_required('video')))
    hashes = get_hashes(frames)
    missing = list(find_missing(shown, hashes))
    assert not missing, '%s: %d of %d pictures are missing: %s' % (
        path, len(missing), len(shown), missing[:3])
    foreign = [h for h in hashes if h not in sent]
    assert not foreign, '%s: %d pictures were not sent' % (path,
                                                           len(foreign))
    return len(unique) + len(shown)


def read_logs(path):
    lines = collections.defaultdict(list)
    with open(path) as file:
        for text in file:
            line = json.loads(text)
            lines[line['meeting']].append(line)
    return {number: Log(part) for number, part in lines.items()}


def record(folder, n, seconds, seed):
    launch = zoom.Bin(folder, BRANCH, SOURCE)
    simulator = zoom.simulate(
        folder, '--meetings', str(n), '--duration', str(seconds),
        '--fault-seed', str(seed), '--keep-alive', '1', '--packet-log',
        'log.json', '--summary', 'summary.json', '--webhook',
        'http://127.0.0.1:%d/webhook' % launch.port)
    try:
        assert simulator.wait(seconds + 120) == 0, [
            line for line in simulator.lines if 'violation' in line[:9]]
        zoom.wait_until(
            lambda: launch.get_metric('rtms_active_streams') == 0,
            'streams are left')
        launch.process.send_signal(2)
        assert launch.wait() == 0, launch.lines[-5:]
        faults = [line for line in launch.lines if '-CRITICAL **' in line
                  or '-WARNING **' in line]
        assert not faults, faults
    finally:
        launch.kill()
        simulator.kill()


def test_meetings_full_of_faults():
    n, seconds, seed = (list(map(int, sys.argv[1:]))
                        + [10, 20, 1][len(sys.argv) - 1:])[:3]
    print('%d meetings of %d s, seed %d' % (n, seconds, seed))
    with zoom.make_folder() as folder:
        record(folder, n, seconds, seed)
        with open(os.path.join(folder, 'summary.json')) as file:
            summary = json.load(file)
        assert not summary['violations'], summary['violations']
        logs = read_logs(os.path.join(folder, 'log.json'))
        count, problems = 0, []
        for number, meeting in enumerate(summary['meetings'], 1):
            path = os.path.join(folder,
                                meeting['rtms_stream_id'] + '.mkv')
            try:
                count += check_file(path, logs[number], folder)
            except (AssertionError, subprocess.SubprocessError) as problem:
                problems.append('meeting %d: %s\nfaults: %s' % (
                    number, problem, [
                        line['command'] for line in map(json.loads, open(
                            os.path.join(folder, 'log.json')))
                        if line['kind'] == 'fault'
                        and line['meeting'] == number]))
        assert not problems, '\n'.join(problems)
        print('%d packets are in the files' % count)


if __name__ == '__main__':
    sys.exit(zoom.run_tests(globals()))
