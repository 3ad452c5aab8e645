# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each line of docs/recipes.md, of the guide and of the service, as a
stranger would run it, at a meeting."""

import glob
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys

import zoom

SECONDS = 6
EXAMPLES = str(pathlib.Path(__file__).resolve().parents[2] / 'examples')


def read_recipes(path):
    with open(path) as file:
        return re.findall(r'^## (.*?)\n.*?^```sh\n(.*?)^```$', file.read(),
                          re.M | re.S)


def read_line(path):
    """The line of the guide."""
    with open(path) as file:
        return re.search(r'^```sh\n(.*?)^```$', file.read(), re.M | re.S)[1]


def read_service(path):
    """What the unit runs, without its ports."""
    with open(path) as file:
        text = re.search(r'^ExecStart=(.*?[^\\])$', file.read(),
                         re.M | re.S)[1]
    return (text.replace('%%', '%').replace(
        '/usr/bin/gst-launch-1.0 -q -e rtmswebhookbin port=8080',
        'gst-launch-1.0 -e rtmswebhookbin').replace(
            'status-port=9090', 'status-port=0'))


def discover(path):
    result = subprocess.run(['gst-discoverer-1.0', path],
                            capture_output=True, text=True)
    seconds = re.search(r'Duration: 0:00:(\d+\.\d+)', result.stdout)
    return float(seconds[1]) if seconds else 0, result.stdout


def get_one(folder, pattern):
    paths = glob.glob(os.path.join(folder, '**', pattern), recursive=True)
    assert len(paths) == 1, (pattern, os.listdir(folder))
    return paths[0]


def check_whole(path, *codecs):
    duration, text = discover(path)
    assert SECONDS - 0.5 < duration < SECONDS + 2, (path, duration, text)
    for codec in codecs:
        assert codec in text, (codec, text)


def check_mkv(folder):
    check_whole(get_one(folder, '*.mkv'), 'H.264', 'Opus', 'subtitles')


def check_mp4(folder):
    check_whole(get_one(folder, '*.mp4'), 'H.264', 'AAC')


def check_service(folder):
    check_mkv(folder)
    get_one(folder, 'manifest.json')


def check_folder(folder):
    check_mkv(folder)
    base = os.path.dirname(get_one(folder, 'manifest.json'))
    assert sorted(os.listdir(base)) == [
        'events.jsonl', 'manifest.json', 'meeting.mkv', 'transcript.jsonl',
        'transcript.vtt']


def check_chapters(folder):
    path = get_one(folder, '*.mkv')
    with open(get_one(folder, '*.json')) as file:
        speakers = json.load(file)['speakers']
    assert speakers, 'nobody spoke'
    # The program is started when the stream is over.
    zoom.wait_until(lambda: read_chapters(path), 'no chapters')
    chapters = read_chapters(path)
    assert len(chapters) == len(speakers), (chapters, speakers)
    for chapter, turn in zip(chapters, speakers):
        assert chapter['tags']['title'] == turn['name'], (chapters, speakers)
        assert abs(float(chapter['start_time']) - turn['start']) < 0.001
        assert abs(float(chapter['end_time']) - turn['end']) < 0.001
    zoom.wait_until(lambda: is_described(path, folder), 'an old checksum')
    check_whole(path, 'H.264', 'Opus')


def read_chapters(path):
    result = subprocess.run(
        ['ffprobe', '-loglevel', 'error', '-of', 'json', '-show_chapters',
         path], capture_output=True, text=True)
    return json.loads(result.stdout).get('chapters')


def is_described(path, folder):
    with open(get_one(folder, '*.json')) as file:
        entry = json.load(file)['files'][0]
    with open(path, 'rb') as file:
        checksum = hashlib.sha256(file.read()).hexdigest()
    return (entry['size'], entry['sha256']) == (os.path.getsize(path),
                                                checksum)


def check_split(folder):
    paths = sorted(glob.glob(os.path.join(folder, '*-0*.mp4')))
    assert len(paths) >= 2, os.listdir(folder)
    total = sum(discover(path)[0] for path in paths)
    assert SECONDS - 1 < total < SECONDS + 2, total


def check_sidecar(folder):
    check_whole(get_one(folder, '*.mkv'), 'H.264', 'Opus')
    with open(get_one(folder, '*.vtt')) as file:
        assert 'Zoë Müller: Good morning' in file.read()


def check_participants(folder):
    check_whole(get_one(folder, '*Zoë_Müller.wav'))


def check_hls(folder):
    with open(get_one(folder, 'live.m3u8')) as file:
        segments = re.findall(r'^.*\.ts$', file.read(), re.M)
    assert len(segments) >= 2, segments
    get_one(folder, os.path.basename(segments[-1]))


def check_received(folder):
    # a restream begins and ends a little within the meeting
    duration, text = discover(get_one(folder, 'received.*'))
    assert duration > SECONDS - 3 and 'H.264' in text and 'AAC' in text, (
        duration, text)


def check_thumbnails(folder):
    paths = glob.glob(os.path.join(folder, '*', '*.jpg'))
    assert SECONDS - 3 <= len(paths) <= SECONDS + 1, paths
    assert 'JPEG' in discover(paths[0])[1]


def check_pipe(folder):
    path = get_one(folder, 'heard.txt')
    zoom.wait_until(lambda: os.path.getsize(path) > 0, 'nothing heard')
    with open(path) as file:
        assert int(file.read()) >= SECONDS * 32000


CHECKS = {
    'The guide': check_mkv,
    'The service': check_service,
    'Record all: MKV': check_mkv,
    'Record all: fragmented MP4': check_mp4,
    'A folder per meeting': check_folder,
    'Chapters of who spoke when': check_chapters,
    'Split hourly': check_split,
    'WebVTT sidecar': check_sidecar,
    'A WAV per participant': check_participants,
    'HLS': check_hls,
    'RTMP': check_received,
    'SRT': check_received,
    'Thumbnails': check_thumbnails,
    'Audio to a program by a pipe': check_pipe,
}


# Recipes that need a program which building and testing do not.
NEEDS = {'Chapters of who spoke when': 'mkvpropedit'}


def get_free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def start_receiver(recipe, text, folder):
    """What a stream is sent to. Returns the recipe for that, too."""
    if recipe == 'RTMP':
        port = get_free_port(socket.SOCK_STREAM)
        receiver = zoom.Program(
            'ffmpeg', '-loglevel', 'info', '-listen', '1', '-i',
            'rtmp://127.0.0.1:%d/live/1' % port, '-c', 'copy',
            'received.flv', folder=folder)
        # it says nothing before it is connected to
        zoom.wait_until(lambda: is_listening(port), 'no RTMP server')
        return receiver, text.replace('1935', str(port))
    if recipe == 'SRT':
        port = get_free_port(socket.SOCK_DGRAM)
        receiver = zoom.Program(
            'gst-launch-1.0', '-e', 'srtsrc',
            'uri=srt://127.0.0.1:%d?mode=listener' % port, '!', 'filesink',
            'location=received.ts', folder=folder)
        receiver.wait_line('Setting pipeline to PLAYING|PREROLL')
        return receiver, text.replace('7001', str(port))
    return None, text


def is_listening(port):
    with open('/proc/net/tcp') as file:
        return ':%04X 00000000:0000 0A' % port in file.read()


def run_recipe(recipe, text):
    with zoom.make_folder() as folder:
        receiver, text = start_receiver(recipe, text, folder)
        text = text.replace('tests/examples', EXAMPLES)
        # Any port is as good, and hours are long.
        text = text.replace('gst-launch-1.0 -e rtmswebhookbin',
                            'exec gst-launch-1.0 -e -v -m rtmswebhookbin '
                            'port=0 ').replace('port=8080', '').replace('3600000000000', '2000000000')
        # rtmp2sink complains of ffmpeg's answers, and sends all the same
        environment = dict(zoom.ENVIRONMENT)
        if recipe == 'RTMP':
            environment.pop('G_DEBUG', None)
        launch = zoom.Program('bash', '-c', text, folder=folder,
                              environment=environment)
        try:
            port = launch.wait_line(r'bound-port = (\d+)')[1]
            simulator = zoom.simulate(
                folder, '--duration', str(SECONDS), '--webhook',
                'http://127.0.0.1:%s/webhook' % port)
            assert simulator.wait() == 0, simulator.lines
            line = launch.wait_line('rtms-stream-removed.*outcome=')
            assert 'outcome=(string)complete' in line.string, line.string
            launch.process.send_signal(signal.SIGINT)
            assert launch.wait() == 0
            if receiver:
                receiver.process.send_signal(signal.SIGINT)
                receiver.wait()
            CHECKS[recipe](folder)
        except BaseException:
            print('\n'.join(launch.lines[-30:]))
            if receiver:
                receiver.kill()
                receiver.wait()
                print('\n'.join(receiver.lines[-30:]))
            raise
        finally:
            launch.kill()
            if receiver:
                receiver.kill()


def make_test(recipe, text):
    return lambda: run_recipe(recipe, text)


if __name__ == '__main__':
    recipes = [('The guide', read_line(sys.argv[2])),
               ('The service', read_service(sys.argv[3])),
               *read_recipes(sys.argv[1])]
    assert [name for name, _ in recipes] == list(CHECKS), recipes
    wanted = os.environ.get('RECIPE', '')
    for name, program in NEEDS.items():
        if not shutil.which(program):
            print('Not run: "%s" needs %s' % (name, program))
            recipes = [recipe for recipe in recipes if recipe[0] != name]
    sys.exit(zoom.run_tests({
        'test_' + name: make_test(name, text) for name, text in recipes
        if wanted in name}))
