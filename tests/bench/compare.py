#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what receivers of RTMS cost, side by side on one machine.

Each run has one sender and one receiver, pinned to different cores. Within a
repetition the receivers run in random order, and only ratios within a
repetition count: what a machine does beside this moves all of them alike.
Prints Markdown; --output also keeps the figures (JSON) and a plot (PNG).
"""
import argparse
import json
import os
import random
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Zoom's side of webhooks, as the tests have it.
sys.path.append(os.path.join(HERE, "../check/account"))
import zoom  # noqa: E402

CPUCLOCK_SCHED = 2

# What records a meeting: without decoding anything, and as those do who get
# raw pictures into their pipelines, with the cheapest settings there are.
PASSTHROUGH = ("z.video ! h264parse ! mux. z.audio ! mux. "
               "matroskamux name=mux ! filesink location=")
RECORDERS = {
    "record-passthrough": (50, "rtmssrc name=z media=audio+video "
                           + PASSTHROUGH),
    "record-wait": (50, "rtmssrc name=z media=audio+video context-wait=10 "
                    + PASSTHROUGH),
    "record-reencode": (2, "rtmssrc name=z media=audio+video "
                        "z.video ! queue ! avdec_h264 max-threads=1 ! "
                        "videoconvert ! x264enc speed-preset=ultrafast "
                        "tune=zerolatency threads=1 bitrate=1500 ! mux. "
                        "z.audio ! queue ! audioconvert ! avenc_aac ! mux. "
                        "mp4mux name=mux ! filesink location="),
}
VIDEO = ("videotestsrc num-buffers=250 pattern=zone-plate kx2=20 ky2=20 kt=3 "
         "! video/x-raw,format=I420,width=1280,height=720,framerate=25/1 "
         "! x264enc bitrate=1500 vbv-buf-capacity=1000 key-int-max=50 "
         "bframes=0 speed-preset=veryfast aud=true byte-stream=true "
         "! video/x-h264,stream-format=byte-stream,alignment=au "
         "! filesink location=")

NAMES = {
    "floor": "floor: epoll, OpenSSL, no JSON",
    "codec": "ours: sockets and codec",
    "element": "ours: rtmssrc to fakesink",
    "element-wait=10": "ours: rtmssrc context-wait=10",
    "node": "Node ws, JSON.parse",
    "python": "Python websockets, json",
    "appsrc": "Python websockets, json, into appsrc",
    "soup": "libsoup, json-glib",
}


class Failure(Exception):
    pass


class Process:
    """A child, and what the kernel knows of it."""

    def __init__(self, arguments, core, environment=None, real_time=False):
        def pin():
            cores = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {cores[core % len(cores)]})
            # What else runs on the machine should disturb little. Where
            # sessions share it, only theirs counts, so it is one of its own.
            os.setsid()
            try:
                os.setpriority(os.PRIO_PROCESS, 0, -20)
                with open("/proc/self/autogroup", "w",
                          encoding="ascii") as file:
                    file.write("-20")
                if real_time:
                    os.sched_setscheduler(0, os.SCHED_FIFO,
                                          os.sched_param(1))
            except OSError:
                pass

        self.child = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=pin,
            env={**os.environ, **(environment or {})})

    def read(self, expected, other=None):
        """The rest of a line, unless the other process ends before."""
        while not select.select([self.child.stdout], [], [], 0.5)[0]:
            if other and other.child.poll() is not None:
                raise Failure(f"{other.child.args[0]} ended early")
        line = self.child.stdout.readline()
        words = line.split()
        if not words or words[0] != expected:
            raise Failure(f"{self.child.args[0]}: {line!r} where "
                          f"{expected!r} was expected")
        return words[1:]

    def command(self):
        self.child.stdin.write("\n")
        self.child.stdin.flush()

    def cpu(self):
        return time.clock_gettime((~self.child.pid << 3) | CPUCLOCK_SCHED)

    def status(self):
        """Resident KiB, threads, context switches."""
        resident = threads = switches = 0
        with open(f"/proc/{self.child.pid}/status", encoding="ascii") as file:
            for line in file:
                name, value = line.split(":", 1)
                if name == "VmRSS":
                    resident = int(value.split()[0])
                elif name == "Threads":
                    threads = int(value)
        for task in os.listdir(f"/proc/{self.child.pid}/task"):
            try:
                with open(f"/proc/{self.child.pid}/task/{task}/status",
                          encoding="ascii") as file:
                    switches += sum(int(line.split()[1]) for line in file
                                    if "ctxt_switches" in line)
            except OSError:
                pass
        return resident, threads, switches

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.TemporaryDirectory()
        self.certificate = os.path.join(self.folder.name, "certificate.pem")
        self.key = os.path.join(self.folder.name, "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
             "-keyout", self.key, "-out", self.certificate],
            check=True, capture_output=True)

    def program(self, name):
        return os.path.join(self.options.build, "tests/bench", name)

    def receiver(self, name, url, case):
        arguments = ["--url", url, "--meetings", str(case["meetings"])]
        if case["tls"]:
            arguments += ["--ca", self.certificate]
        if case.get("crc"):
            arguments.append("--crc")
        if case.get("deflate"):
            arguments.append("--deflate")
        arguments += ["--warm-up", str(case.get("warm_up", 0))]
        environment = {"GIO_USE_PROXY_RESOLVER": "dummy"}
        if name == "node":
            environment["NODE_PATH"] = "/usr/share/nodejs"
            command = ["node", os.path.join(HERE, "receive-node.js")]
        elif name in ("python", "appsrc"):
            command = [sys.executable, os.path.join(HERE,
                                                    "receive-python.py")]
            if name == "appsrc":
                command.append("--appsrc")
        elif name.startswith("record"):
            command = [self.program("receive-element"), "--record",
                       case["lines"][name]]
        elif name.startswith("element"):
            command = [self.program("receive-element")]
            if name.startswith("element-wait="):
                command += ["--context-wait", name.partition("=")[2]]
        else:
            command = [self.program(f"receive-{name}")]
        if name.startswith(("element", "record")):
            plugins = self.options.plugin.get(name, os.path.join(
                self.options.build, "gst/rtms"))
            environment["GST_PLUGIN_PATH_1_0"] = plugins
            environment["GST_REGISTRY_1_0"] = os.path.join(
                self.folder.name, f"registry-{name}.bin")
        return Process(command + arguments, 1, environment,
                       self.options.real_time)

    def run(self, name, case):
        command = [self.program("bench-sender"),
                   "--meetings", str(case["meetings"]),
                   "--duration", str(case["duration"]),
                   "--profile", case["profile"]]
        if case["tls"]:
            command += ["--certificate", self.certificate, "--key", self.key]
        if case.get("full_speed"):
            command.append("--full-speed")
        if case.get("crc"):
            command.append("--crc")
        if case.get("deflate"):
            command.append("--deflate")
        if case.get("video"):
            command += ["--video", case["video"]]
        sender = Process(command, 0, real_time=self.options.real_time)
        receiver = None
        try:
            port = sender.read("port")[0]
            scheme = "wss" if case["tls"] else "ws"
            begin = time.monotonic()
            receiver = self.receiver(name, f"{scheme}://localhost:{port}",
                                     case)
            sender.read("ready", receiver)
            return self.measure(name, case, sender, receiver,
                                time.monotonic() - begin)
        finally:
            sender.kill()
            if receiver:
                receiver.kill()

    def measure(self, name, case, sender, receiver, startup):
        cpu, sender_cpu = receiver.cpu(), sender.cpu()
        switches = receiver.status()[2]
        sender.command()
        if case.get("warm_up"):
            time.sleep(case["warm_up"])
            cpu, sender_cpu = receiver.cpu(), sender.cpu()
            switches = receiver.status()[2]
        words = sender.read("end", receiver)
        cpu = receiver.cpu() - cpu
        sender_cpu = sender.cpu() - sender_cpu
        resident, threads, switches_now = receiver.status()
        sender.command()
        line = receiver.child.stdout.readline()
        if receiver.child.wait(60) != 0 or not line.startswith("{"):
            raise Failure(f"{name} failed: {line!r}")
        result = json.loads(line)
        sent = dict(zip(("messages", "bytes", "crc", "skipped"),
                        map(int, words)))
        if result["messages"] != sent["messages"] and not sent["skipped"]:
            raise Failure(f"{name}: {result['messages']} messages arrived of "
                          f"{sent['messages']}")
        if case.get("crc") and (result["bytes"], result["crc"]) != (
                sent["bytes"], sent["crc"]):
            raise Failure(f"{name}: the payloads are not what was sent")
        measured = case["duration"] - case.get("warm_up", 0)
        hours = case["meetings"] * measured / 3600
        result.update({
            "cpu": cpu, "cpu_hour": cpu / hours, "rss": resident,
            "threads": threads, "seconds": float(words[4]),
            "switches": (switches_now - switches) * case["duration"]
                        / measured / result["messages"],
            "sender_cpu": sender_cpu, "skipped": sent["skipped"],
            "startup": startup})
        return result

    def compare(self, case, receivers):
        """Median figures of each receiver, and paired ratios."""
        runs = {name: [] for name in receivers}
        for repetition in range(self.options.repeat):
            order = list(receivers)
            random.Random(repetition + case["meetings"]).shuffle(order)
            for name in order:
                runs[name].append(self.run(name, case))
                print(f"  {case['label']} {name}: "
                      f"{runs[name][-1]['cpu_hour']:.2f} s/h, p99 "
                      f"{runs[name][-1]['p99']:.3f} ms, RSS "
                      f"{runs[name][-1]['rss']} KiB", file=sys.stderr)
        return runs


def median(runs, field):
    return statistics.median(run[field] for run in runs)


def ratio(runs, others):
    return statistics.median(a["cpu_hour"] / b["cpu_hour"]
                             for a, b in zip(runs, others))


def describe(case, runs):
    lines = [f"### {case['label']}", "",
             "| receiver | CPU s per meeting-hour | × floor | × Node | "
             "delay ms p50 / p99 / p99.9 | resident MB | threads | "
             "switches per message |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for name, own in runs.items():
        against = [f"{ratio(own, runs[other]):.2f}" if other in runs else "–"
                   for other in ("floor", "node")]
        delays = " / ".join(f"{median(own, field):.2f}"
                            for field in ("p50", "p99", "p999"))
        late = " (late)" if median(own, "skipped") else ""
        lines.append(
            f"| {NAMES.get(name, name)}{late} | {median(own, 'cpu_hour'):.2f} "
            f"| {against[0]} | {against[1]} | {delays} | "
            f"{median(own, 'rss') / 1024:.1f} | {median(own, 'threads'):.0f} "
            f"| {median(own, 'switches'):.2f} |")
    return "\n".join(lines) + "\n"


def plot(path, results):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as pyplot

    figure, axes = pyplot.subplots(
        1, len(results), figsize=(4.2 * len(results), 3.2), squeeze=False)
    for axis, (case, runs) in zip(axes[0], results):
        names = sorted(runs, key=lambda name: -median(runs[name],
                                                      "cpu_hour"))
        axis.barh([NAMES.get(name, name) for name in names],
                  [median(runs[name], "cpu_hour") for name in names],
                  color=["tab:blue" if name.startswith(("codec", "element"))
                         else "tab:gray" for name in names])
        axis.set_title(case["label"], fontsize=9)
        axis.set_xlabel("CPU seconds per meeting-hour", fontsize=8)
        axis.tick_params(labelsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=80)


def record(bench):
    """CPU per recorded meeting, passed through and encoded again."""
    video = os.path.join(bench.folder.name, "video.h264")
    subprocess.run(["gst-launch-1.0", "-q"] + (VIDEO + video).split(),
                   check=True)
    lines = {name: f"{line}{bench.folder.name}/@N@.{name}"
             for name, (_, line) in RECORDERS.items()}
    runs = {name: [] for name in RECORDERS}
    for repetition in range(bench.options.repeat):
        order = list(RECORDERS)
        random.Random(repetition).shuffle(order)
        for name in order:
            runs[name].append(bench.run(name, {
                "label": "recording", "meetings": RECORDERS[name][0],
                "duration": bench.options.duration,
                "warm_up": bench.options.warm_up, "profile": "light",
                "tls": True, "lines": lines, "video": video}))
    print("### Recording, light, wss\n\n| how | meetings | CPU s per "
          "meeting-hour | × encoded again |\n| --- | --- | --- | --- |")
    for name, own in runs.items():
        print(f"| {name} | {RECORDERS[name][0]} | "
              f"{median(own, 'cpu_hour'):.1f} | "
              f"{ratio(own, runs['record-reencode']):.3f} |")
    return 0


def scale(bench, receivers, numbers):
    """Whether a meeting costs the same, however many there are."""
    runs = {(name, number): [] for name in receivers for number in numbers}
    for repetition in range(bench.options.repeat):
        order = list(runs)
        random.Random(repetition).shuffle(order)
        for name, number in order:
            runs[name, number].append(bench.run(name, {
                "label": "scale", "meetings": number,
                "duration": bench.options.duration,
                "warm_up": bench.options.warm_up, "profile": "light",
                "tls": True}))
    first = numbers[0]
    print("### Scale, light, wss\n\n| receiver | meetings | CPU s per "
          f"meeting-hour | × at {first} | delay ms p50 / p99 / p99.9 | "
          "resident KB per meeting more | threads | start-up s |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")
    for (name, number), own in runs.items():
        base = runs[name, first]
        grown = (median(own, "rss") - median(base, "rss")) / max(
            number - first, 1)
        print(f"| {NAMES.get(name, name)} | {number} | "
              f"{median(own, 'cpu_hour'):.2f} | {ratio(own, base):.2f} | "
              f"{median(own, 'p50'):.2f} / {median(own, 'p99'):.2f} / "
              f"{median(own, 'p999'):.2f} | {grown:.0f} | "
              f"{median(own, 'threads'):.0f} | "
              f"{median(own, 'startup'):.2f} |")
    return 0


def deflate(bench, receivers):
    """What permessage-deflate costs those that take it."""
    case = {"label": "deflate", "meetings": 50, "profile": "light",
            "tls": True, "duration": bench.options.duration,
            "warm_up": bench.options.warm_up}
    prove(bench, receivers, {**case, "deflate": True})
    runs = {(name, on): [] for name in receivers for on in (False, True)}
    for repetition in range(bench.options.repeat):
        order = list(runs)
        random.Random(repetition).shuffle(order)
        for name, on in order:
            runs[name, on].append(bench.run(name, {**case, "deflate": on}))
    print("### permessage-deflate, 50 meetings in real time, light, wss\n\n"
          "| receiver | CPU s per meeting-hour | with permessage-deflate | "
          "ratio |\n| --- | --- | --- | --- |")
    for name in receivers:
        print(f"| {NAMES.get(name, name)} | "
              f"{median(runs[name, False], 'cpu_hour'):.1f} | "
              f"{median(runs[name, True], 'cpu_hour'):.1f} | "
              f"{ratio(runs[name, True], runs[name, False]):.2f} |")
    return 0


def find_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_up(bench, meetings):
    """Seconds from the first webhook to the last one's, and to the last
    stream's media connection."""
    sender = Process([bench.program("bench-sender"), "--meetings",
                      str(meetings), "--certificate", bench.certificate,
                      "--key", bench.key], 0)
    port = find_port()
    account = Process(
        ["gst-launch-1.0", "-q", "rtmswebhookbin", f"port={port}",
         "branch=fakesink name=audio async=false "
         "fakesink name=video async=false", "source-properties=p,"
         "media=(string)audio+video,startup-backlog=false,"
         "fill-silence=false,allowed-hosts=localhost,"
         f"tls-ca-file=(string){bench.certificate}"], 1,
        {"ZM_RTMS_CLIENT": "bench", "ZM_RTMS_SECRET": "bench",
         "ZM_RTMS_WEBHOOK_SECRET": zoom.TOKEN,
         "GIO_USE_PROXY_RESOLVER": "dummy",
         "GST_PLUGIN_PATH_1_0": os.path.join(bench.options.build,
                                             "gst/rtms"),
         "GST_REGISTRY_1_0": os.path.join(bench.folder.name,
                                          "registry-bin.bin")})
    try:
        url = f"wss://localhost:{sender.read('port')[0]}"
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if account.child.poll() is not None:
                    raise Failure("rtmswebhookbin ended early") from None
                time.sleep(0.05)
        begin = time.monotonic()
        for number in range(meetings):
            status, _ = zoom.post(port, zoom.make_event(
                "meeting.rtms_started", f"s{number}",
                int(time.time() * 1000),
                server_urls=f"{url}/signaling/{number}"))
            if status != 200:
                raise Failure(f"A webhook was answered by {status}")
        announced = time.monotonic() - begin
        sender.read("ready", account)
        return announced, time.monotonic() - begin
    finally:
        sender.kill()
        account.kill()


def webhooks(bench, meetings):
    """How soon a whole account's meetings are connected."""
    runs = [start_up(bench, meetings) for _ in range(bench.options.repeat)]
    print(f"### {meetings} webhooks to rtmswebhookbin, wss\n\n"
          "| last webhook answered after s | last meeting connected after s |"
          "\n| --- | --- |\n"
          f"| {statistics.median(run[0] for run in runs):.2f} | "
          f"{statistics.median(run[1] for run in runs):.2f} |")
    return 0


def smoke(bench, receivers):
    """Every payload arrives as it was sent; what it costs is not looked at.
    Reports as gst-check does, so that each run counts."""
    failures = checks = 0
    for tls in (False, True):
        for speed in (False, True):
            for name in receivers:
                case = {"label": "smoke", "meetings": 3, "duration": 0.6,
                        "profile": "heavy" if tls else "light", "tls": tls,
                        "full_speed": speed, "crc": True}
                checks += 1
                try:
                    bench.run(name, case)
                except Failure as failure:
                    failures += 1
                    print(f"FAILED {case}: {failure}")
    print(f"100%: Checks: {checks}, Failures: {failures}, Errors: 0")
    return 1 if failures or not checks else 0


def prove(bench, receivers, case):
    proof = {**case, "duration": 2, "warm_up": 0, "crc": True, "meetings":
             min(case["meetings"], 10)}
    for name in receivers:
        bench.run(name, proof)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default=os.path.join(HERE, "../../build"))
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--record", action="store_true",
                        help="what it costs to record, instead")
    parser.add_argument("--scale", metavar="NUMBERS",
                        help="the same at several numbers of meetings, "
                        "instead")
    parser.add_argument("--deflate", action="store_true",
                        help="permessage-deflate at receivers that take it, "
                        "node and python, instead")
    parser.add_argument("--webhooks", type=int, metavar="NUMBER",
                        help="how soon so many meetings are connected by "
                        "rtmswebhookbin, instead")
    parser.add_argument("--real-time", action="store_true",
                        help="with --scale: run before all else on the "
                        "machine, for delays where others work too")
    parser.add_argument("--receivers", default=",".join(NAMES))
    parser.add_argument("--paced", default="1,50,200",
                        help="numbers of meetings in real time")
    parser.add_argument("--full-speed", default="20",
                        help="numbers of meetings at full speed")
    parser.add_argument("--duration", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=3,
                        help="seconds that are not measured, in real time")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--profiles", default="light,heavy")
    parser.add_argument("--schemes", default="wss,ws")
    parser.add_argument("--plugin", action="append", default=[],
                        metavar="element-NAME=FOLDER",
                        help="another build of the plugin to compare with")
    parser.add_argument("--output", help="folder for figures and the plot")
    options = parser.parse_args()
    options.plugin = dict(pair.split("=", 1) for pair in options.plugin)
    return options


def cases(options):
    for profile in options.profiles.split(","):
        for scheme in options.schemes.split(","):
            for full_speed in (True, False):
                numbers = options.full_speed if full_speed else options.paced
                for number in filter(None, numbers.split(",")):
                    how = "at full speed" if full_speed else "in real time"
                    yield {"label": f"{number} meetings {how}, {profile}, "
                                    f"{scheme}",
                           "meetings": int(number), "profile": profile,
                           "duration": options.duration,
                           "warm_up": 0 if full_speed else options.warm_up,
                           "tls": scheme == "wss", "full_speed": full_speed}


def main():
    options = parse_options()
    receivers = options.receivers.split(",")
    bench = Bench(options)
    if options.smoke:
        return smoke(bench, receivers)
    if options.record:
        return record(bench)
    if options.webhooks:
        return webhooks(bench, options.webhooks)
    if options.scale:
        return scale(bench, receivers,
                     [int(number) for number in options.scale.split(",")])

    if options.deflate:
        return deflate(bench, [name for name in receivers
                               if name in ("node", "python")])

    results = []
    for case in cases(options):
        chosen = receivers
        if case["full_speed"]:
            # A queue of rtmssrc's drops what comes faster than real time.
            chosen = [name for name in receivers
                      if not name.startswith("element")]
        prove(bench, chosen, case)
        runs = bench.compare(case, chosen)
        results.append((case, runs))
        print(describe(case, runs), flush=True)
    if options.output:
        os.makedirs(options.output, exist_ok=True)
        with open(os.path.join(options.output, "figures.json"), "w",
                  encoding="utf-8") as file:
            json.dump(results, file, indent=1)
        plot(os.path.join(options.output, "cost.png"), results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
