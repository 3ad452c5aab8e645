# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signatures agree with Python's HMAC, in both directions."""

import hashlib
import hmac
import json
import sys
import time

import zoom

BODIES = [
    b'{"event":"a.b"}',
    b' {\t"event" :\r\n"a.c" ,\n"payload" : { } }\n\n',
    '{"event":"a.d","payload":{"topic":"Zoë Müller, 日本語 🎉"}}'.encode(),
    rb'{"event":"a.e","payload":{"topic":"Zo\u00eb \ud83c\udf89 \"\\\/"}}',
    b'{"event":"a.f","payload":{"topic":"\xff\xfe not UTF-8"}}',
    b'{"event":"a.g","payload":{"number":1.50e+3,"empty":""}}',
    b'{"payload":{"z":1,"a":[1, 2,3 ]},"event_ts":  12 ,"event":"a.h"}',
    ('{"event":"a.i","payload":{"long":"%s"}}' % ('x' * 200000)).encode(),
]


def test_what_python_signs_is_let_in_and_nothing_else():
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, 'fakesink name=audio')
        try:
            for body in BODIES:
                assert zoom.post(launch.port, body)[0] == 200, body[:80]
                for other in (body + b' ', body[:-1], body.replace(
                        b'event', b'evenT', 1)):
                    now = int(time.time())
                    signature = zoom.sign(now, body)
                    assert zoom.sign(now, other) != signature
                    assert post_with(launch.port, other, now,
                                     signature) == 401
                assert zoom.post(launch.port, body, 'another token')[0] == 401
                for offset in (-400, 400):
                    assert zoom.post(launch.port, body, timestamp=int(
                        time.time()) + offset)[0] == 401
        finally:
            launch.kill()


def post_with(port, body, timestamp, signature):
    original = zoom.sign
    zoom.sign = lambda *arguments: signature
    try:
        return zoom.post(port, body, timestamp=timestamp)[0]
    finally:
        zoom.sign = original


def test_what_the_bin_signs_python_verifies():
    with zoom.make_folder() as folder:
        launch = zoom.Bin(folder, 'fakesink name=audio')
        try:
            for token in ('qgg8vlvZRS6UYooatFL8Aw', 'a', 'x' * 128,
                          'Zoë "quoted" \\ / 日本'):
                body = json.dumps({
                    'event': 'endpoint.url_validation',
                    'payload': {'plainToken': token}}).encode()
                status, answer = zoom.post(launch.port, body)
                answer = json.loads(answer)
                assert status == 200 and answer == {
                    'plainToken': token, 'encryptedToken': hmac.new(
                        zoom.TOKEN.encode(), token.encode(),
                        hashlib.sha256).hexdigest()}, (token, answer)
            for token in ('v0:1738392033:{}', 'x' * 129, ''):
                body = json.dumps({
                    'event': 'endpoint.url_validation',
                    'payload': {'plainToken': token}}).encode()
                assert zoom.post(launch.port, body)[0] == 400, token
        finally:
            launch.kill()


if __name__ == '__main__':
    sys.exit(zoom.run_tests(globals()))
