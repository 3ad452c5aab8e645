#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python as today's open-source recorders use it: websockets, json, base64.

With --appsrc, each payload goes into an appsrc, one per medium and meeting.
"""
import argparse
import asyncio
import base64
import json
import resource
import ssl
import time
import zlib

import websockets

STEP_NS = 2000
STEPS = 100000


class Tally:
    def __init__(self, with_crc, warm_up):
        self.with_crc = with_crc
        self.warm_up = int(warm_up * 1e9)
        self.begin = None
        self.counted = 0
        self.delays = [0] * STEPS
        self.messages = self.bytes = self.crc = 0

    def add(self, payload):
        offset = 30 if payload[:4] == b"\0\0\0\1" else 0
        now = time.monotonic_ns()
        if self.begin is None:
            self.begin = now + self.warm_up
        if now >= self.begin:
            delay = now - int(payload[offset:offset + 18], 16)
            self.delays[min(delay // STEP_NS, STEPS - 1)] += 1
            self.counted += 1
        self.messages += 1
        self.bytes += len(payload)
        if self.with_crc:
            self.crc += zlib.crc32(payload)

    def percentile(self, part):
        seen = 0
        for i, count in enumerate(self.delays):
            seen += count
            if seen > self.counted * part:
                break
        return (i + 0.5) * STEP_NS / 1e6

    def print(self):
        print(json.dumps({
            "messages": self.messages, "bytes": self.bytes, "crc": self.crc,
            "p50": self.percentile(0.5), "p99": self.percentile(0.99),
            "p999": self.percentile(0.999)}), flush=True)


class Sinks:
    """appsrc → fakesink for each medium of a meeting."""

    def __init__(self, Gst):
        self.Gst = Gst
        self.pipeline = Gst.parse_launch(
            "appsrc name=a14 is-live=true format=time caps=audio/x-raw,"
            "format=S16LE,layout=interleaved,rate=16000,channels=1 "
            "! fakesink async=false sync=false "
            "appsrc name=a15 is-live=true format=time caps=video/x-h264,"
            "stream-format=byte-stream,alignment=au "
            "! fakesink async=false sync=false")
        self.sources = {kind: self.pipeline.get_by_name(f"a{kind}")
                        for kind in (14, 15)}
        self.base = None
        self.pipeline.set_state(Gst.State.PLAYING)

    def push(self, message, payload):
        timestamp = message["content"]["timestamp"]
        if self.base is None:
            self.base = timestamp
        buffer = self.Gst.Buffer.new_wrapped(payload)
        buffer.pts = (timestamp - self.base) * 1000000
        self.sources[message["msg_type"]].emit("push-buffer", buffer)


async def receive(url, context, compression, tally, sinks):
    async with websockets.connect(url, ssl=context, compression=compression,
                                  max_size=16 * 1024 * 1024,
                                  ping_interval=None) as socket:
        async for text in socket:
            message = json.loads(text)
            payload = base64.b64decode(message["content"]["data"])
            if sinks:
                sinks.push(message, payload)
            tally.add(payload)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--meetings", type=int, default=1)
    parser.add_argument("--ca")
    parser.add_argument("--crc", action="store_true")
    parser.add_argument("--warm-up", type=float, default=0)
    parser.add_argument("--appsrc", action="store_true")
    parser.add_argument("--deflate", action="store_true")
    options = parser.parse_args()

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    context = None
    if options.ca:
        context = ssl.create_default_context(cafile=options.ca)
    sinks = [None] * options.meetings
    if options.appsrc:
        import gi
        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
        Gst.init(None)
        sinks = [Sinks(Gst) for _ in range(options.meetings)]
    tally = Tally(options.crc, options.warm_up)
    await asyncio.gather(*(
        receive(f"{options.url}/stream/{i}", context,
                "deflate" if options.deflate else None, tally, sinks[i])
        for i in range(options.meetings)))
    tally.print()
    for sink in sinks:
        if sink:
            sink.pipeline.set_state(sink.Gst.State.NULL)


asyncio.run(main())
