# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is done for a stream that is over: manifest, command, POST, log."""

import hashlib
import json
import os
import subprocess
import sys

import zoom

MANIFEST = 'manifest={stream-id}/manifest.json'
BRANCH = ('wavenc name=audio ! filesink location={stream-id}/audio.wav '
          'filesink name=events location={stream-id}/events.jsonl')


def record(launch, folder, seconds=2):
    simulator = zoom.simulate(
        folder, '--duration', str(seconds), '--summary', 'summary.json',
        '--webhook', 'http://127.0.0.1:%d/webhook' % launch.port)
    assert simulator.wait() == 0, simulator.lines
    with open(os.path.join(folder, 'summary.json')) as file:
        meeting, = json.load(file)['meetings']
    return meeting['rtms_stream_id']


def test_manifest_tells_of_each_file():
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, BRANCH, MANIFEST)
        try:
            stream = record(launch, folder)
            launch.wait_line('rtms-recording-complete.*manifest')
            base = os.path.join(folder, stream)
            with open(os.path.join(base, 'manifest.json')) as file:
                manifest = json.load(file)
            assert sorted(os.listdir(base)) == [
                'audio.wav', 'events.jsonl', 'manifest.json']
            assert manifest['product'] == 'meeting'
            assert manifest['rtms_stream_id'] == stream
            assert manifest['outcome'] == 'complete'
            assert [turn['name'] for turn in manifest['speakers']] == [
                'Zoë Müller'], manifest
            assert 0 < manifest['speakers'][0]['start'] < manifest[
                'speakers'][0]['end'], manifest
            assert manifest['stop_reason'] == 6
            assert manifest['stop_reason_name'] == 'MEETING_ENDED'
            assert manifest['reconnections'] == 0 == manifest['drops']
            assert manifest['start'] < manifest['end']
            files = {f['name']: f for f in manifest['files']}
            assert sorted(files) == ['audio.wav', 'events.jsonl']
            for name, described in files.items():
                with open(os.path.join(base, name), 'rb') as file:
                    data = file.read()
                assert described['size'] == len(data)
                assert described['sha256'] == hashlib.sha256(
                    data).hexdigest()
            assert 1.9 < files['audio.wav']['duration'] < 3
            with open(os.path.join(base, 'events.jsonl')) as file:
                events = [json.loads(line) for line in file]
            assert any('Zoë Müller' in json.dumps(e, ensure_ascii=False)
                       for e in events)
        finally:
            launch.kill()


def test_command_runs_without_a_shell_or_secrets():
    with zoom.make_folder() as folder:
        command = os.path.join(folder, 'upload')
        with open(command, 'w') as file:
            file.write('#!/bin/sh\n'
                       'printf "%s|" "$@" >arguments.part\n'
                       'env >environment\n'
                       'mv arguments.part arguments\n')
        os.chmod(command, 0o755)
        launch = zoom.Bin(folder, BRANCH, MANIFEST, 'complete-command='
                          + command + ' {stream-id} $HOME;id *')
        try:
            stream = record(launch, folder)
            path = os.path.join(folder, 'arguments')
            zoom.wait_until(lambda: os.path.exists(path), 'no arguments')
            with open(path) as file:
                assert file.read() == stream + '|$HOME;id|*|'
            with open(os.path.join(folder, 'environment')) as file:
                environment = file.read()
            assert 'RTMS_STREAM_ID=%s\n' % stream in environment
            assert 'RTMS_OUTCOME=complete\n' in environment
            assert 'RTMS_STOP_REASON=MEETING_ENDED\n' in environment
            assert ('RTMS_FILES=%s/audio.wav\n%s/events.jsonl\n' % (
                stream, stream)) in environment
            assert 'RTMS_MANIFEST=%s/manifest.json\n' % stream in environment
            assert zoom.TOKEN not in environment
            assert 'rtms-simulator-secret' not in environment
        finally:
            launch.kill()


def test_post_is_signed_and_repeated():
    requests = []

    def take(headers, body):
        requests.append((headers, body))
        return 200 if len(requests) > 1 else 503

    listener = zoom.Listener(take)
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, BRANCH, 'notify-secret=n0tify',
                          'notify-url=http://127.0.0.1:%d/done'
                          % listener.port)
        try:
            stream = record(launch, folder)
            launch.wait_line('rtms-recording-complete')
            assert len(requests) == 2
            for headers, body in requests:
                assert headers['x-rtms-signature'] == zoom.sign(
                    headers['x-rtms-request-timestamp'], body, 'n0tify')
            assert json.loads(body)['rtms_stream_id'] == stream
        finally:
            launch.kill()
            listener.close()


def check_log(style, is_line, parse):
    with zoom.make_folder() as folder, \
            open(os.path.join(folder, 'log'), 'w+') as log:
        launch = zoom.Bin(folder, 'fakesink name=audio', 'log=' + style,
                          errors=log)
        try:
            stream = record(launch, folder, 1)
            launch.wait_line('element.*rtms-stream-removed')
            log.seek(0)
            lines = [parse(line) for line in log if is_line(line)]
            names = [name for name, _ in lines]
            for name in ('rtms-webhook', 'rtms-stream-added', 'rtms-stopped',
                         'rtms-recording-complete', 'rtms-stream-removed'):
                assert name in names, names
            assert all(identity == stream for _, identity in lines), lines
        finally:
            launch.kill()


def test_log_of_json():
    def parse(line):
        entry = json.loads(line)
        return entry['message'], entry['stream-id']
    check_log('json', lambda line: line.startswith('{"time":'), parse)


def test_log_of_text():
    def parse(line):
        _, identity, name, _ = line.split(' ', 3)
        return name, json.loads(identity)
    check_log('text', lambda line: line[4:5] == '-' and line[:4].isdigit(),
              parse)


def test_unusable_hooks_are_refused_at_once():
    for prop, text in (('complete-command=/does/not/exist', '/does/not'),
                       ('complete-command="unclosed', 'complete-command'),
                       ('notify-url=http://127.0.0.1:9/', 'notify-secret')):
        with zoom.make_folder() as folder:
            result = subprocess.run(
                ['gst-launch-1.0', 'rtmswebhookbin', 'port=0',
                 'branch=fakesink name=audio', prop], cwd=folder,
                env=zoom.ENVIRONMENT, capture_output=True, text=True,
                timeout=zoom.TIMEOUT)
            assert result.returncode != 0 and text in result.stderr, (
                prop, result.stderr)


if __name__ == '__main__':
    sys.exit(zoom.run_tests(globals()))
