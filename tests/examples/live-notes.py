#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what is said in every meeting of a Zoom app, and who speaks, live.

usage: live-notes.py [PORT]

The client id and secret and the secret token come from ZM_RTMS_CLIENT,
ZM_RTMS_SECRET and ZM_RTMS_WEBHOOK_SECRET. Needs PyGObject.
"""

import signal
import sys

import gi

gi.require_version('Gst', '1.0')
from gi.repository import GLib, Gst  # noqa: E402


def get_speaker(buffer):
    """Whose words a buffer holds is in its participant meta."""
    meta = buffer.get_custom_meta('GstRtmsParticipantMeta')
    structure = meta.get_structure() if meta else None
    return structure.get_string('user-name') if structure else None


class Notes:
    def __init__(self, port):
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.Pipeline()
        self.bin = Gst.ElementFactory.make('rtmswebhookbin')
        if self.bin is None:
            sys.exit('There is no rtmswebhookbin: is GST_PLUGIN_PATH set?')
        self.bin.set_property('port', port)
        self.bin.connect('source-setup', self.on_source_setup)
        self.bin.connect('pad-added', self.on_pad_added)
        self.bin.connect('pad-removed', self.on_pad_removed)
        self.pipeline.add(self.bin)
        self.sinks = {}
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect('message', self.on_message)

    def on_source_setup(self, _, source, info):
        """On a thread of the element's: only what is read is asked for."""
        Gst.util_set_object_arg(source, 'media', 'transcript')

    def on_pad_added(self, _, pad):
        """On the network thread, which must not be kept waiting."""
        sink = Gst.ElementFactory.make('fakesink')
        sink.set_property('signal-handoffs', True)
        sink.set_property('async', False)
        sink.connect('handoff', self.on_line, pad.get_name())
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad('sink'))
        self.sinks[pad.get_name()] = sink

    def on_pad_removed(self, _, pad):
        sink = self.sinks.pop(pad.get_name(), None)
        if sink:
            sink.set_state(Gst.State.NULL)
            self.pipeline.remove(sink)

    def on_line(self, sink, buffer, pad, name):
        text = buffer.extract_dup(0, buffer.get_size()).decode()
        print(f'{name}  {get_speaker(buffer)}: {text}', flush=True)

    def on_message(self, bus, message):
        if message.type == Gst.MessageType.ELEMENT:
            self.on_notice(message.get_structure())
        elif message.type == Gst.MessageType.WARNING:
            print('Warning:', message.parse_warning()[0].message,
                  file=sys.stderr)
        elif message.type == Gst.MessageType.ERROR:
            print(message.parse_error()[0].message, file=sys.stderr)
            self.loop.quit()
        elif message.type == Gst.MessageType.EOS:
            self.loop.quit()

    def on_notice(self, notice):
        name = notice.get_name()
        stream = notice.get_string('stream-id')
        if name == 'rtms-active-speaker':
            print(f'{stream}  now speaks {notice.get_string("user-name")}',
                  flush=True)
        elif name in ('rtms-stream-added', 'rtms-stream-removed'):
            print(f'{stream}  {name[len("rtms-"):]}', flush=True)

    def run(self):
        GLib.unix_signal_add(
            GLib.PRIORITY_DEFAULT, signal.SIGINT,
            lambda: self.pipeline.send_event(Gst.Event.new_eos()))
        self.pipeline.set_state(Gst.State.PLAYING)
        print('webhooks at port', self.bin.get_property('bound-port'),
              flush=True)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)


if __name__ == '__main__':
    Gst.init(None)
    Notes(int(sys.argv[1]) if len(sys.argv) > 1 else 8080).run()
