# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is in a recording, against what the simulator says it sent."""
import array
import bisect
import hashlib
import html
import json
import re
import subprocess

# Sound is compared at this rate: its delay is then known to 0.25 ms.
RATE = 4000
WINDOW = RATE // 2
# In samples: how far a window is searched from where the sound's beginning
# lets expect it, and how far from where another one was found.
SEARCH = RATE // 10
NEARBY = RATE // 100
LOUD = 300
SILENT = 30
SAME_SOUND = 0.7
# In seconds.
MAX_OFFSET = 0.040
DURATION_OFF = 0.15
# No picture is looked for that far from where it should be.
FAR = 0.2
HALF_PICTURE = 0.015
# Of the pictures that are coded anew.
STEP = 0.040


class Wrong(Exception):
    """Something is not as it should be."""


def run(*arguments, data=None):
    done = subprocess.run(arguments, check=False, input=data,
                          capture_output=True)
    if done.returncode != 0:
        raise Wrong(f"{arguments[0]} fails: {done.stderr.decode()}")
    return done


class Sound:
    """A track of the file or a voice of the meeting, in mono."""

    def __init__(self, data):
        self.samples = array.array("h", data[:len(data) // 2 * 2])

    def get(self, start, length):
        """Silent before its beginning and after its end."""
        before = min(max(0, -start), length)
        part = self.samples[max(0, start):max(0, start + length)]
        return array.array("h", bytes(2 * before)) + part \
            + array.array("h", bytes(2 * (length - before - len(part))))

    def find_begin(self):
        """Where something is to be heard for the first time."""
        for at, sample in enumerate(self.samples):
            if abs(sample) > LOUD:
                return at
        return 0


def level(samples):
    return (sum(s * s for s in samples) / max(1, len(samples))) ** 0.5


def multiply(first, second):
    return sum(map(int.__mul__, first, second))


def find_delay(window, sound, start, around, reach):
    """The delay in samples at which the window is most alike, and how much
    so, from 0 to 1."""
    length = len(window)
    part = sound.get(start + around - reach, length + 2 * reach)
    energy = multiply(part[:length], part[:length])
    own = multiply(window, window)
    best, found = 0.0, 0
    for delay in range(2 * reach + 1):
        product = multiply(window, part[delay:delay + length])
        if product > 0 and product * product > best * own * energy:
            best, found = product * product / own / energy, delay
        if delay < 2 * reach:
            energy += part[delay + length] ** 2 - part[delay] ** 2
    return found + around - reach, best ** 0.5


def find_track(voice, tracks, start, window):
    """Which of the tracks a voice is in, and how late."""
    best = 0.0, 0, tracks[0]
    for track in tracks:
        around = track.find_begin() - voice.find_begin()
        delay, alike = find_delay(window, track, start, around, SEARCH)
        if alike > best[0]:
            best = alike, delay, track
    return best[1:]


def convert(data, rate, channels):
    return run("ffmpeg", "-v", "error", "-f", "s16le", "-ar", str(rate),
               "-ac", str(channels), "-i", "-", "-ac", "1", "-ar", str(RATE),
               "-f", "s16le", "-", data=data).stdout


class Voice:
    """The sound that was given to the simulator's encoders: all of a mixed
    meeting, or one participant's."""

    def __init__(self, lines, folder, zero):
        self.pieces = []
        rate, channels = self.find_format(lines)
        data = (folder / lines[0]["file"]).read_bytes()
        placed = bytearray()
        for line in lines:
            at = int((line["timestamp"] - zero) * rate // 1000) * channels * 2
            if at > len(placed):
                placed += bytes(at - len(placed))
            piece = data[line["offset"]:line["offset"] + line["bytes"]]
            placed[at:at + len(piece)] = piece
        self.sound = Sound(convert(bytes(placed), rate, channels))

    @staticmethod
    def find_format(lines):
        """Each line is as long as it takes until the next at the least."""
        steps = [b["timestamp"] - a["timestamp"]
                 for a, b in zip(lines, lines[1:])]
        frames = lines[0]["bytes"] / min(steps or [20]) * 1000
        for channels in (1, 2):
            for rate in (8000, 16000, 32000, 48000):
                if round(frames) == rate * channels * 2:
                    return rate, channels
        raise Wrong("the dump has no known format")

    def find_windows(self):
        """Where something is to be heard."""
        for start in range(0, len(self.sound.samples), WINDOW):
            window = self.sound.samples[start:start + WINDOW]
            if len(window) == WINDOW and level(window) > LOUD:
                yield start, window


def parse_hex(dump):
    """The bytes of one of ffprobe's dumps."""
    return bytes.fromhex("".join(line[10:50] for line in dump.split("\n")))


def to_byte_stream(data):
    """A picture as it was sent, with start codes in place of lengths."""
    out, at = [], 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        out += [b"\0\0\0\1", data[at + 4:at + 4 + size]]
        at += 4 + size
    return b"".join(out)


class Recording:
    """@recoded: whether the recipe codes the pictures anew"""

    def __init__(self, path, folder, number, recoded):
        self.path = path
        self.recoded = recoded
        self.folder = folder
        summary = json.loads((folder / "summary.json").read_text())
        self.sent = summary["meetings"][number - 1]
        self.zero = self.sent["first_timestamp"]
        self.number = number
        self.delays = []
        self.problems = []
        probe = json.loads(run(
            "ffprobe", "-v", "error", "-of", "json", "-show_streams",
            "-show_format", path).stdout)
        self.streams = probe["streams"]
        self.duration = float(probe["format"].get("duration", 0))
        self.fill = 0
        self.offset = None

    def complain(self, text):
        self.problems.append(text)

    def list_streams(self, kind):
        return [stream for stream in self.streams
                if stream["codec_type"] == kind]

    # Sound

    def read_voices(self):
        voices = {}
        dump = self.folder / f"meeting-{self.number}.jsonl"
        for line in dump.read_text().splitlines():
            line = json.loads(line)
            voices.setdefault(line["user_id"], []).append(line)
        return [Voice(voices[user], self.folder, self.zero)
                for user in sorted(voices)]

    def read_track(self, stream):
        """What a player hears, on the file's timeline."""
        return Sound(run(
            "ffmpeg", "-v", "error", "-copyts", "-i", self.path, "-map",
            f"0:{stream['index']}", "-af", "aresample=async=1:first_pts=0",
            "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-").stdout)

    def check_sound(self):
        voices = self.read_voices()
        tracks = [self.read_track(stream)
                  for stream in self.list_streams("audio")]
        silent = set(tracks)
        for index, voice in enumerate(voices):
            windows = list(voice.find_windows())
            if not windows:
                self.complain(f"nothing is to be heard of voice {index}")
                continue
            delay, track = find_track(voice.sound, tracks,
                                      *windows[len(windows) // 2])
            silent.discard(track)
            for start, window in windows:
                here, alike = find_delay(window, track, start, delay, NEARBY)
                self.delays.append(here / RATE)
                if alike < SAME_SOUND:
                    self.complain(f"voice {index} is not there at "
                                  f"{start / RATE:.1f} s ({alike:.2f})")

        for track in silent:
            if max(map(abs, track.samples)) > SILENT:
                self.complain("something is to be heard of nobody")

    # Pictures

    def read_units(self, stream):
        """(time, access unit) of each picture."""
        packets = json.loads(run(
            "ffprobe", "-v", "error", "-select_streams", str(stream["index"]),
            "-show_packets", "-show_data", "-of", "json",
            self.path).stdout)["packets"]
        return [(float(packet["pts_time"]),
                 to_byte_stream(parse_hex(packet["data"])))
                for packet in packets]

    def pick_sent(self, units, sent, shift):
        """The pictures that were sent, when the first is this much later in
        the file than in the meeting."""
        times = [time for time, _ in units]
        picked = []
        for part in sent["ranges"]:
            begin = (part["first_timestamp"] - self.zero) / 1000 + shift
            first = bisect.bisect_left(times, begin - HALF_PICTURE)
            picked.append(units[first:first + part["messages"]])
        return picked

    def check_pictures(self, stream, medium, sound_delay):
        """All that were sent are there, in order, each at its time; between
        them there may be others, which fill."""
        units = self.read_units(stream)
        sent = self.sent["media"].get(medium)
        self.fill += len(units)
        if sent is None:
            return
        begin = (sent["first_timestamp"] - self.zero) / 1000
        for time, _ in units:
            if abs(time - begin - sound_delay) > FAR:
                continue
            picked = self.pick_sent(units, sent, time - begin)
            digest = hashlib.sha256(b"".join(
                unit for part in picked for _, unit in part))
            if digest.hexdigest() == sent["sha256"]:
                break
        else:
            self.complain(f"the pictures of {medium} are not those that were "
                          f"sent ({len(units)} of {sent['messages']})")
            return
        self.fill -= sent["messages"]
        for part, told in zip(picked, sent["ranges"]):
            for (time, _), key in ((part[0], "first_timestamp"),
                                   (part[-1], "last_timestamp")):
                meant = (told[key] - self.zero) / 1000
                self.check_offset(time - meant - sound_delay)

    def check_recoded(self, stream):
        """Pictures of one size, without a hole or a jump."""
        sizes = {line.rstrip(",") for line in run(
            "ffprobe", "-v", "error", "-select_streams", str(stream["index"]),
            "-show_entries", "frame=width,height", "-of", "csv=p=0",
            self.path).stdout.decode().split()}
        if len(sizes) != 1:
            self.complain(f"there are pictures of {sizes}")
        times = sorted(time for time, _ in self.read_units(stream))
        steps = [b - a for a, b in zip(times, times[1:])]
        if not steps or max(steps) > 1.5 * STEP or min(steps) < STEP / 2:
            self.complain("the pictures come at no steady rate")
        if abs(len(times) * STEP - self.duration) > DURATION_OFF:
            self.complain(f"{len(times)} pictures are too few or too many")

    def check_offset(self, offset):
        if self.offset is None or abs(offset) > abs(self.offset):
            self.offset = offset
        if abs(offset) > MAX_OFFSET:
            self.complain(f"picture and sound are {offset:.3f} s apart")

    # Text

    def check_text(self, sound_delay):
        lines = self.sent["transcript_lines"]
        streams = self.list_streams("subtitle")
        if not streams:
            if lines:
                self.complain("there is no transcript")
            return
        text = run("ffmpeg", "-v", "error", "-copyts", "-i", self.path, "-map",
                   f"0:{streams[0]['index']}", "-f", "srt", "-").stdout
        cues = re.findall(r"(\d+):(\d+):(\d+),(\d+) --> \S+\n(.*?)\n\n",
                          text.decode() + "\n", re.DOTALL)
        lines = sorted(lines, key=lambda line: line["start_ms"])
        texts = [html.unescape(re.sub(r"</?font.*?>", "", cue[4]))
                 for cue in cues]
        if texts != [line["text"] for line in lines]:
            self.complain(f"the transcript has {len(cues)} other lines than "
                          f"the {len(lines)} that were sent")
            return
        for cue, line in zip(cues, lines):
            at = int(cue[0]) * 3600 + int(cue[1]) * 60 + int(cue[2]) \
                + int(cue[3]) / 1000
            said = (line["start_ms"] - self.zero) / 1000 + sound_delay
            if abs(at - said) > MAX_OFFSET:
                self.complain(f"a line is at {at:.3f} s instead of "
                              f"{said:.3f} s")

    def check_decoding(self):
        done = subprocess.run(
            ["ffmpeg", "-v", "warning", "-xerror", "-i", self.path, "-map",
             "0:v?", "-map", "0:a?", "-fps_mode", "passthrough",
             "-enc_time_base", "-1", "-f", "null", "-"],
            check=False, capture_output=True)
        if done.returncode != 0 or done.stderr:
            self.complain(f"ffmpeg says: {done.stderr.decode()[:500]}")

    def check(self):
        """Returns what is wrong."""
        try:
            self.check_sound()
            delays = sorted(self.delays)
            delay = delays[len(delays) // 2] if delays else 0.0
            pictures = self.list_streams("video")
            for stream, medium in zip(pictures, ("video", "share")):
                if self.recoded:
                    self.check_recoded(stream)
                else:
                    self.check_pictures(stream, medium, delay)
            for one in delays:
                if abs(one - delay) > MAX_OFFSET / 2:
                    self.complain(f"sound is {one - delay:.3f} s off itself")
            self.check_text(delay)
            self.check_decoding()
            length = (self.sent["last_timestamp"] - self.zero) / 1000 + delay
            if abs(self.duration - length) > DURATION_OFF:
                self.complain(f"it takes {self.duration} s instead of "
                              f"{length} s")
        except Wrong as error:
            self.complain(str(error))
        return self.problems

    def describe(self):
        tracks = " ".join(stream["codec_name"] for stream in self.streams)
        offset = "none" if self.offset is None else \
            f"{self.offset * 1000:.1f} ms"
        return (f"{self.path.name}: {tracks}, {self.duration:.2f} s, "
                f"{self.fill} pictures to fill, offset {offset}, sound "
                f"{min(self.delays, default=0) * 1000:.1f} to "
                f"{max(self.delays, default=0) * 1000:.1f} ms")
