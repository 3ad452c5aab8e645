# SPDX-License-Identifier: LGPL-2.1-or-later
"""Zoom's side of webhooks, by Python's own HMAC, and the programs of a test."""

import hashlib
import hmac
import http.client
import http.server
import json
import os
import queue
import re
import subprocess
import tempfile
import threading
import time

TOKEN = 'qUe5tionable-T0ken'
TIMEOUT = 60

ENVIRONMENT = dict(os.environ, LC_ALL='C.UTF-8',
                   GIO_USE_PROXY_RESOLVER='dummy',
                   ZM_RTMS_CLIENT='rtms-simulator',
                   ZM_RTMS_SECRET='rtms-simulator-secret',
                   ZM_RTMS_WEBHOOK_SECRET=TOKEN)


def sign(timestamp, body, token=TOKEN):
    text = b'v0:' + str(timestamp).encode() + b':' + body
    return 'v0=' + hmac.new(token.encode(), text, hashlib.sha256).hexdigest()


def post(port, body, token=TOKEN, timestamp=None, path='/webhook'):
    """Posts one webhook. Returns the status and the answer's body."""
    timestamp = int(time.time()) if timestamp is None else timestamp
    connection = http.client.HTTPConnection('127.0.0.1', port,
                                            timeout=TIMEOUT)
    connection.request('POST', path, body, {
        'Content-Type': 'application/json',
        'x-zm-request-timestamp': str(timestamp),
        'x-zm-signature': sign(timestamp, body, token)})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def get(port, path):
    connection = http.client.HTTPConnection('127.0.0.1', port,
                                            timeout=TIMEOUT)
    connection.request('GET', path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def make_event(event, stream, event_ts, **fields):
    payload = dict(meeting_uuid='m+/' + stream, rtms_stream_id=stream,
                   **fields)
    return json.dumps(dict(event=event, event_ts=event_ts,
                           payload=payload)).encode()


class Listener(threading.Thread):
    """An HTTP server that hands each POST to a function, which answers with
    a status."""

    def __init__(self, handle):
        super().__init__(daemon=True)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers['Content-Length'])
                status = handle(self.headers, self.rfile.read(size))
                self.send_response(status)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                      Handler)
        self.port = self.server.server_address[1]
        self.start()

    def run(self):
        self.server.serve_forever()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.join()


class Program:
    """A process whose lines of output are waited for."""

    def __init__(self, *arguments, folder, environment=None,
                 errors=subprocess.STDOUT):
        self.lines = []
        self.queue = queue.Queue()
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors,
            text=True, errors='replace', cwd=folder,
            env=environment or ENVIRONMENT)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.queue.put(line.rstrip('\n'))
        self.queue.put(None)

    def wait_line(self, pattern, timeout=TIMEOUT):
        """The match of the next line that has PATTERN in it."""
        end = time.monotonic() + timeout
        while True:
            line = self.queue.get(timeout=max(0, end - time.monotonic()))
            if line is None:
                raise AssertionError('no line like %s:\n%s' % (
                    pattern, '\n'.join(self.lines[-30:])))
            self.lines.append(line)
            match = re.search(pattern, line)
            if match:
                return match

    def wait(self, timeout=TIMEOUT):
        """The exit status."""
        status = self.process.wait(timeout)
        self.reader.join(timeout)
        while not self.queue.empty():
            self.lines.append(self.queue.get() or '')
        return status

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def describe(self):
        """Its threads and files by name."""
        root = '/proc/%d/' % self.process.pid
        threads = [open(root + 'task/' + t + '/comm').read().strip()
                   for t in os.listdir(root + 'task')]
        files = [os.readlink(root + 'fd/' + f)
                 for f in os.listdir(root + 'fd')]
        return sorted(threads), sorted(files)

    def count(self, what):
        """Of this process: "task" for its threads, "fd" for its files."""
        return len(os.listdir('/proc/%d/%s' % (self.process.pid, what)))


class Bin(Program):
    """gst-launch-1.0 with one rtmswebhookbin."""

    def __init__(self, folder, branch, *properties, tail=(), **options):
        super().__init__('gst-launch-1.0', '-e', '-v', '-m', 'rtmswebhookbin',
                         'port=0', 'status-port=0', 'branch=' + branch,
                         *properties, *tail, folder=folder, **options)
        self.port = int(self.wait_line(r'bound-port = (\d+)')[1])
        self.status_port = int(self.wait_line(
            r'bound-status-port = (\d+)')[1])

    def get_metric(self, name):
        match = re.search('^' + re.escape(name) + r' (\S+)$',
                          get(self.status_port, '/metrics'), re.M)
        return float(match[1]) if match else 0


def simulate(folder, *arguments):
    return Program(os.environ['RTMS_SIMULATOR'], '--strict', '--client-id',
                   'rtms-simulator', '--client-secret',
                   'rtms-simulator-secret', '--secret-token', TOKEN,
                   *arguments, folder=folder)


def make_folder():
    return tempfile.TemporaryDirectory(prefix='rtms-')


def wait_until(condition, what, timeout=TIMEOUT):
    end = time.monotonic() + timeout
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, what() if callable(what) else what
        pause.wait(0.05)


def run_tests(names):
    """Runs each function of NAMES whose name begins with test_, and tells
    as gst-check does."""
    import traceback
    tests = [(name, f) for name, f in names.items()
             if name.startswith('test_')]
    failures = 0
    for name, function in tests:
        begin = time.monotonic()
        try:
            function()
        except Exception:
            failures += 1
            print('FAILED', name)
            traceback.print_exc()
        print('%s took %.1f s' % (name, time.monotonic() - begin))
    print('100%%: Checks: %d, Failures: %d, Errors: 0' % (len(tests),
                                                         failures))
    return 1 if failures or not tests else 0
