# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example applications, each at a simulated meeting."""

import json
import os
import signal
import subprocess
import sys

import zoom


def simulate(folder, port, *arguments):
    simulator = zoom.simulate(
        folder, '--duration', '5', *arguments, '--webhook',
        'http://127.0.0.1:%s/webhook' % port)
    assert simulator.wait() == 0, simulator.lines


def stop(program):
    program.process.send_signal(signal.SIGINT)
    assert program.wait() == 0, program.lines[-10:]


def check_meeting(folder, manifest, name):
    base = os.path.dirname(os.path.join(folder, manifest))
    with open(os.path.join(folder, manifest)) as file:
        described = json.load(file)
    assert sorted(f['name'] for f in described['files']) == sorted(
        [name, 'events.jsonl', 'transcript.jsonl', 'transcript.vtt'])
    durations = {f['name']: f.get('duration') for f in described['files']}
    assert 4.5 < durations[name] < 7, durations
    with open(os.path.join(base, 'transcript.vtt')) as file:
        assert 'Zoë Müller: Good morning' in file.read()
    with open(os.path.join(base, 'transcript.jsonl')) as file:
        line = json.loads(file.readline())
    assert line['user_name'] == 'Zoë Müller'
    assert line['text'].startswith('Good morning')
    assert 3 < line['end'] - line['start'] < 4.5
    out = subprocess.run(['gst-discoverer-1.0', os.path.join(base, name)],
                         capture_output=True, text=True).stdout
    assert 'H.264' in out and 'subtitles' in out, out
    assert 'Opus' in out or 'AAC' in out, out


def test_recorder_makes_a_folder_for_each_meeting():
    for option, name in ((), 'meeting.mkv'), (('--mp4',), 'meeting.mp4'):
        with zoom.make_folder() as folder:
            program = zoom.Program(
                os.environ['RTMS_RECORDER'], '--port', '0', '--folder',
                'my meetings', *option, folder=folder)
            try:
                port = program.wait_line(r'http://127.0.0.1:(\d+)/')[1]
                simulate(folder, port)
                manifest = program.wait_line(
                    r': complete \(MEETING_ENDED\): (.*)')[1]
                check_meeting(folder, manifest, name)
                stop(program)
            finally:
                program.kill()


def test_recorder_leaves_out_other_products():
    with zoom.make_folder() as folder:
        program = zoom.Program(
            os.environ['RTMS_RECORDER'], '--port', '0', '--only', 'webinar',
            folder=folder)
        try:
            port = int(program.wait_line(r'http://127.0.0.1:(\d+)/')[1])
            status, _ = zoom.post(port, zoom.make_event(
                'meeting.rtms_started', 'other', 1,
                server_urls='ws://127.0.0.1:9/'))
            assert status == 200
            stop(program)
            assert not any('recording' in line for line in program.lines)
        finally:
            program.kill()


def test_live_notes_prints_lines_and_speakers():
    with zoom.make_folder() as folder:
        program = zoom.Program(
            os.environ['RTMS_PYGOBJECT_PYTHON'],
            os.environ['RTMS_LIVE_NOTES'], '0', folder=folder)
        try:
            port = program.wait_line(r'port (\d+)')[1]
            simulate(folder, port)
            program.wait_line('stream-removed')
            stop(program)
            text = '\n'.join(program.lines)
            assert 'now speaks Zoë Müller' in text, text
            assert 'transcript_1  Zoë Müller: Good morning' in text, text
        finally:
            program.kill()


if __name__ == '__main__':
    sys.exit(zoom.run_tests(globals()))
