# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings that are killed in the middle play up to there."""

import json
import os
import re
import subprocess
import sys
import time

import zoom

N = 10
SECONDS = 6
MAX_LOST = 2.0

# As docs/recipes.md has them.
MKV = ('matroskamux name=mux ! '
       'filesink buffer-mode=unbuffered location={stream-id}.mkv '
       'h264parse name=video ! mux. opusenc name=audio ! mux. '
       'identity name=transcript ! mux.')
MP4 = ('mp4mux name=mux fragment-duration=1000 '
       'fragment-mode=first-moov-then-finalise ! '
       'filesink buffer-mode=unbuffered location={stream-id}.mp4 '
       'h264parse name=video ! video/x-h264,stream-format=avc3 ! mux. '
       'audioconvert name=audio ! avenc_aac ! mux.')


def get_buffers(path, demuxer, pad, decoder):
    """The time, in s, and size of all that one stream of a file decodes to."""
    result = subprocess.run(
        ['gst-launch-1.0', '-v', 'filesrc', 'location=' + path, '!', demuxer,
         'name=d', 'd.' + pad, '!', 'queue', '!', *decoder.split(),
         '!', 'fakesink',
         'silent=false', 'sync=false'], stdout=subprocess.PIPE, text=True,
        timeout=zoom.TIMEOUT)
    buffers = re.findall(r'chain.*\((\d+) bytes.*pts: (\d+):(\d+):([\d.]+)',
                         result.stdout)
    assert buffers, '%s: nothing plays\n%s' % (path, result.stdout[-2000:])
    return [(int(hours) * 3600 + int(minutes) * 60 + float(seconds), int(size))
            for size, hours, minutes, seconds in buffers]


def get_end(path, demuxer, pad, decoder):
    return get_buffers(path, demuxer, pad, decoder)[-1][0]


def get_first_picture(path, demuxer):
    """When the camera begins: the black pictures before it are small."""
    pictures = get_buffers(path, demuxer, 'video_0', 'h264parse')
    biggest = max(size for _, size in pictures)
    return next(time for time, size in pictures if size > biggest / 4)


def kill_recordings(branch, demuxer, audio_decoder):
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, branch,
                          'source-properties=p,video-resolution=sd')
        simulator = zoom.simulate(
            folder, '--meetings', str(N), '--duration', '60',
            '--reconnect-window', '0', '--summary', 'summary.json',
            '--webhook', 'http://127.0.0.1:%d/webhook' % launch.port)
        try:
            zoom.wait_until(lambda: launch.get_metric(
                'rtms_bytes_total{media="audio"}') >= N * SECONDS * 32000,
                'no media come')
            launch.kill()
            killed = time.time()
            simulator.process.send_signal(2)
            simulator.wait_line('interrupted')
            simulator.process.send_signal(2)    # waits for nobody
            simulator.wait()
        finally:
            launch.kill()
            simulator.kill()
        with open(os.path.join(folder, 'summary.json')) as file:
            meetings = json.load(file)['meetings']
        assert len(meetings) == N
        worst = float("-inf")
        for meeting in meetings:
            path, = (os.path.join(folder, f) for f in os.listdir(folder)
                     if f.startswith(meeting['rtms_stream_id']))
            # The file begins with the webhook, which is a little before the
            # meeting; the first picture is at the same time in both.
            first = get_first_picture(path, demuxer)
            video = get_end(path, demuxer, 'video_0', 'h264parse ! avdec_h264')
            audio = get_end(path, demuxer, 'audio_0', audio_decoder)
            sent = meeting['media']['video']['first_timestamp'] / 1000
            lost = killed - sent + first - min(video, audio)
            assert 0 <= lost <= MAX_LOST, (path, lost)
            worst = max(worst, lost)
        print('%s: %.2f s are lost at the most' % (demuxer, worst))


def test_killed_mkv_plays():
    kill_recordings(MKV, 'matroskademux', 'opusdec')


def test_killed_fragmented_mp4_plays():
    kill_recordings(MP4, 'qtdemux', 'avdec_aac')


if __name__ == '__main__':
    sys.exit(zoom.run_tests(globals()))
