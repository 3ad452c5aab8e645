# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fifty meetings at once through one gst-launch-1.0 line."""

import hashlib
import html
import json
import os
import random
import subprocess
import sys
import threading
import time

import zoom

N = 50
SECONDS = 5
BRANCH = ('matroskamux name=mux ! filesink location=rec-{stream-id}.mkv '
          'h264parse name=video ! mux. identity name=audio ! mux. '
          'identity name=transcript ! mux.')
# What was sent is compared with what is in the file, so nothing is added.
SOURCE = ('source-properties=p,fill-silence=false,video-resolution=sd,'
          'video-fps=10,startup-backlog=true')


class Relay:
    """Between Zoom and the bin: repeats webhooks, makes them late, and has
    old ones come again."""

    def __init__(self, port):
        self.port = port
        self.times = []
        self.random = random.Random(4)
        self.started = []
        self.lock = threading.Lock()
        self.workers = []
        self.listener = zoom.Listener(self.take)

    def take(self, headers, body):
        timestamp = headers['x-zm-request-timestamp']
        assert headers['x-zm-signature'] == zoom.sign(timestamp, body)
        worker = threading.Thread(target=self.relay, args=(body,))
        self.workers.append(worker)
        worker.start()
        return 200

    def post(self, body, expected=200):
        begin = time.monotonic()
        status, _ = zoom.post(self.port, body)
        with self.lock:
            self.times.append(time.monotonic() - begin)
        assert status == expected, status

    def relay(self, body):
        event = json.loads(body)
        threading.Event().wait(self.random.uniform(0, 1.5))
        for _ in range(self.random.randint(1, 3)):
            self.post(body)
        if event['event'].endswith('_stopped'):
            # a stop again, and a start that was on its way for long
            stream = event['payload']['rtms_stream_id']
            self.post(next(b for b in self.started
                           if stream.encode() in b))
            self.post(body)
        else:
            self.started.append(body)

    def post_ghosts(self):
        """Streams whose stop comes before their start: none of them is to
        be received."""
        for i in range(10):
            stream = 'ghost-%d' % i
            self.post(zoom.make_event('meeting.rtms_stopped', stream, 2000,
                                      stop_reason=6))
            self.post(zoom.make_event('meeting.rtms_started', stream, 1000,
                                      server_urls='ws://127.0.0.1:9/'))

    def finish(self):
        for worker in self.workers:
            worker.join()
        self.listener.close()


def read_packets(path, folder):
    """The frames of a file's video, the bytes of its audio and its lines."""
    out = os.path.join(folder, 'out')
    subprocess.run(
        ['gst-launch-1.0', '-q', 'filesrc', 'location=' + path, '!',
         'matroskademux', 'name=d', 'd.video_0', '!', 'queue', '!',
         'h264parse', 'config-interval=-1', '!',
         'video/x-h264,stream-format=byte-stream,alignment=au', '!',
         'filesink', 'location=%s.video' % out, 'd.audio_0', '!', 'queue',
         '!', 'filesink', 'location=%s.audio' % out, 'd.subtitle_0', '!',
         'queue', '!', 'filesink', 'location=%s.text' % out], check=True,
        timeout=zoom.TIMEOUT)
    parts = [open('%s.%s' % (out, kind), 'rb').read()
             for kind in ('video', 'audio', 'text')]
    # h264parse puts a delimiter in front of each frame
    delimiter = b'\0\0\0\1\x09'
    frames = [frame[1:] for frame in parts[0].split(delimiter)[1:]]
    return frames, parts[1], parts[2]


def check_file(path, meeting, folder):
    frames, audio, text = read_packets(path, folder)
    video = b''.join(frames)
    sent = meeting['media']
    assert len(frames) == sent['video']['messages'], (
        path, len(frames), sent['video']['messages'])
    assert hashlib.sha256(video).hexdigest() == sent['video']['sha256'], path
    assert len(audio) == sent['audio']['bytes'], (
        path, len(audio), sent['audio']['bytes'])
    assert hashlib.sha256(audio).hexdigest() == sent['audio']['sha256'], path
    # matroskademux gives text as markup
    text = html.unescape(text.decode())
    for line in meeting['transcript_lines']:
        assert line['text'] in text, (path, line)


def test_fifty_meetings_through_one_line():
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, BRANCH, SOURCE)
        before = launch.count('task'), launch.count('fd')
        relay = Relay(launch.port)
        simulator = zoom.simulate(
            folder, '--meetings', str(N), '--duration', str(SECONDS),
            '--picture', '2:640x480', '--summary', 'summary.json',
            '--webhook',
            'http://127.0.0.1:%d/webhook' % relay.listener.port)
        try:
            relay.post_ghosts()
            assert simulator.wait() == 0, simulator.lines[-5:]
            relay.finish()
            zoom.wait_until(
                lambda: launch.get_metric('rtms_active_streams') == 0,
                'streams are left')
            complete = 'rtms_streams_total{outcome="complete"}'
            assert launch.get_metric(complete) == N, launch.get_metric(
                complete)
            for outcome in 'incomplete', 'failed', 'refused':
                name = 'rtms_streams_total{outcome="%s"}' % outcome
                assert launch.get_metric(name) == 0, outcome
            times = sorted(relay.times)
            p99 = times[int(len(times) * 0.99)]
            print('%d webhooks, p50 %.1f ms, p99 %.1f ms, max %.1f ms' % (
                len(times), 1000 * times[len(times) // 2], 1000 * p99,
                1000 * times[-1]))
            assert p99 < 0.1, p99

            with open(os.path.join(folder, 'summary.json')) as file:
                meetings = json.load(file)['meetings']
            files = sorted(f for f in os.listdir(folder)
                           if f.endswith('.mkv'))
            assert files == sorted('rec-%s.mkv' % m['rtms_stream_id']
                                   for m in meetings), files
            for meeting in meetings:
                check_file(os.path.join(
                    folder, 'rec-%s.mkv' % meeting['rtms_stream_id']),
                    meeting, folder)

            # GLib lets go of idle threads after 15 s.
            zoom.wait_until(lambda: launch.count('task') <= before[0]
                            and launch.count('fd') <= before[1],
                            lambda: 'before %s, now %s' % (
                                before, launch.describe()), 30)
            launch.process.send_signal(2)
            assert launch.wait() == 0
        finally:
            launch.kill()
            simulator.kill()


if __name__ == '__main__':
    sys.exit(zoom.run_tests(globals()))
