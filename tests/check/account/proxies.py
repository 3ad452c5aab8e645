# SPDX-License-Identifier: LGPL-2.1-or-later
"""The public sides of docs/deploy let webhooks through as they were signed,
and nothing else.

usage: proxies.py nginx|caddy PROGRAM CONFIGURATION

The servers run as the files say but for the names of ports and certificates:
they listen at a socket in a folder, and forward to the test's own bin."""

import hmac
import http.client
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time

import signatures
import zoom

HOST = 'rtms.example.org'


class Connection(http.client.HTTPConnection):
    """HTTPS to a Unix socket."""

    def __init__(self, path, certificate):
        super().__init__(HOST, timeout=zoom.TIMEOUT)
        self.path = path
        self.context = ssl.create_default_context(cafile=certificate)

    def connect(self):
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(zoom.TIMEOUT)
        plain.connect(self.path)
        self.sock = self.context.wrap_socket(plain, server_hostname=HOST)


class Proxy:
    """A program that forwards from a socket in FOLDER to a bin."""

    def __init__(self, folder, port, text, changes, *arguments):
        self.socket = os.path.join(folder, 'socket')
        self.certificate = os.path.join(folder, 'cert.pem')
        key = os.path.join(folder, 'key.pem')
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
             '-days', '2', '-subj', '/CN=' + HOST, '-addext',
             'subjectAltName=DNS:' + HOST, '-keyout', key, '-out',
             self.certificate], check=True, stderr=subprocess.DEVNULL)
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new.format(
                socket=self.socket, certificate=self.certificate, key=key,
                port=port, folder=folder))
        pathlib.Path(folder, 'config').write_text(text, encoding='utf-8')
        self.program = zoom.Program(
            *arguments, folder=folder, environment=dict(
                zoom.ENVIRONMENT, HOME=folder, XDG_CONFIG_HOME=folder,
                XDG_DATA_HOME=folder))
        zoom.wait_until(self.is_up, self.tell)

    def is_up(self):
        assert self.program.process.poll() is None, self.tell()
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.socket) == 0

    def tell(self):
        self.program.kill()
        self.program.wait()
        return '\n'.join(self.program.lines)

    def request(self, method, path, body=None, **headers):
        connection = Connection(self.socket, self.certificate)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def post(self, body, path='/webhook', token=zoom.TOKEN):
        now = int(time.time())
        return self.request('POST', path, body, **{
            'Content-Type': 'application/json',
            'x-zm-request-timestamp': str(now),
            'x-zm-signature': zoom.sign(now, body, token)})


def start_nginx(folder, port):
    program, path = sys.argv[2:]
    text = pathlib.Path(path).read_text(encoding='utf-8')
    live = '/etc/letsencrypt/live/' + HOST
    # What Debian's own file has around that of a site.
    text = '''pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
''' + text + '}\n'
    return Proxy(folder, port, text, {
        'listen 443 ': 'listen unix:{socket} ',
        live + '/fullchain.pem': '{certificate}',
        live + '/privkey.pem': '{key}',
        '127.0.0.1:8080': '127.0.0.1:{port}',
    }, program, '-p', folder, '-c', 'config', '-g',
        'daemon off; master_process off;')


def start_caddy(folder, port):
    program, path = sys.argv[2:]
    text = pathlib.Path(path).read_text(encoding='utf-8')
    text = '{\n\tadmin off\n\tauto_https disable_redirects\n}\n' + text
    return Proxy(folder, port, text, {
        HOST + ' {': HOST + ' {{\n\tbind unix/{socket}\n'
                     '\ttls {certificate} {key}',
        '127.0.0.1:8080': '127.0.0.1:{port}',
    }, program, 'run', '--config', 'config', '--adapter', 'caddyfile')


def check_proxy(start, too_large):
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, 'fakesink name=audio')
        proxy = None
        try:
            proxy = start(folder, launch.port)
            for body in signatures.BODIES:
                assert proxy.post(body)[0] == 200, body[:80]
                assert proxy.post(body, token='another token')[0] == 401
            check_validation(proxy)
            check_refusals(proxy)
            check_large(proxy, too_large)
            assert launch.get_metric('rtms_webhooks_total{event='
                                     '"endpoint.url_validation",'
                                     'result="validated"}') == 1
        finally:
            if proxy:
                proxy.program.kill()
            launch.kill()


def check_validation(proxy):
    body = b'{"event":"endpoint.url_validation",' \
        b'"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'
    status, answer = proxy.post(body)
    assert status == 200, (status, answer)
    assert json.loads(answer)['encryptedToken'] == hmac.new(
        zoom.TOKEN.encode(), b'qgg8vlvZRS6UYooatFL8Aw', 'sha256').hexdigest()


def check_refusals(proxy):
    body = b'{"event":"a.b"}'
    for path in ('/', '/metrics', '/healthz', '/webhook/', '/webhooks'):
        assert proxy.post(body, path)[0] == 404, path
    assert proxy.request('GET', '/webhook')[0] in (404, 405)


def check_large(proxy, too_large):
    try:
        status = proxy.post(b'{"event":"%s"}' % (b'x' * 300000))[0]
        assert status in too_large, status
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
        # Refused before the whole of it was sent.
        pass
    assert proxy.post(b'{"event":"a.z"}')[0] == 200


TESTS = {
    'nginx': lambda: check_proxy(start_nginx, [413]),
    # Caddy 2.6 may take it for a fault of the bin.
    'caddy': lambda: check_proxy(start_caddy, [413, 502]),
}

if __name__ == '__main__':
    sys.exit(zoom.run_tests({'test_' + sys.argv[1]: TESTS[sys.argv[1]]}))
