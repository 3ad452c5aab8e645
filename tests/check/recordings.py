#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the recipes of docs/recording.md for the meetings that it names.

The meetings are a table of the document, with the options that make
rtms-simulator play them; the recipes are its ```sh blocks. What is in the
files is compared with what the simulator sent, and they are played by ffmpeg
and, where there is one, by a browser.

usage: recordings.py DOCUMENT [NAME]

With NAME only meetings whose name holds it are recorded. RTMS_KEEP names a
folder in which the recordings stay.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import browser  # noqa: E402
import recorded  # noqa: E402

AT_ONCE = 6
TIMEOUT = 90
# Told of each file.
MAX_PROBLEMS = 5
SIMULATOR = os.environ.get("RTMS_SIMULATOR", "rtms-simulator")


class Meeting:
    def __init__(self, name, options, recipe):
        self.name = name
        self.options = options.split()
        self.recipe = recipe


def read_document(path):
    """The meetings, and the recipes by the title of their section."""
    meetings, recipes = [], {}
    title = block = None
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\| (.+?) \| `(--.*?)` \| (.+?) \|", line)
        if line.startswith("## "):
            title = line[3:]
        elif line == "```sh":
            block = []
        elif line == "```":
            recipes.setdefault(title, []).append("\n".join(block))
            block = None
        elif block is not None:
            block.append(line)
        elif found:
            meetings += [Meeting(found.group(1), found.group(2), recipe)
                         for recipe in found.group(3).split("; ")]
    return meetings, recipes


def read_log(path):
    """What a pipeline complains of, the first of it."""
    text = path.read_text(errors="replace")
    found = text.find("ERROR")
    return text[max(found, 0):][:1500]


class Simulator:
    """An rtms-simulator with as many meetings as there are recipes."""

    def __init__(self, folder, options, count):
        self.log = folder / "simulator.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=R1732
                [SIMULATOR, "--strict", "--meetings", str(count),
                 "--payload-out", folder / "started.json",
                 "--summary", folder / "summary.json",
                 "--audio-dump", folder, "--wait", "60", *options],
                stdout=subprocess.PIPE, stderr=log)
        first = self.process.stdout.readline()
        if not first.startswith(b"listening "):
            raise recorded.Wrong(self.log.read_text())
        # Nobody needs the rest, but the pipe must not fill up.
        self.reader = threading.Thread(target=self.process.stdout.read)
        self.reader.start()

    def wait(self):
        code = self.process.wait(timeout=TIMEOUT)
        self.reader.join()
        if code != 0:
            raise recorded.Wrong(f"the simulator ends with {code}: "
                                 + self.log.read_text())

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()


def start_recipe(folder, number, block):
    """Runs a block in a folder of its own."""
    work = folder / str(number)
    work.mkdir()
    suffix = "" if number == 1 else f"-{number}"
    shutil.copy(folder / f"started{suffix}.json", work / "started.json")
    with (work / "log").open("wb") as log:
        return work, subprocess.Popen(  # pylint: disable=R1732
            ["bash", "-c", "exec " + block], cwd=work, stdout=log, stderr=log)


def record(folder, meeting, blocks):
    """Returns the files that the blocks made of a meeting, as Recordings."""
    simulator = Simulator(folder, meeting.options, len(blocks))
    runs = []
    try:
        runs = [start_recipe(folder, number, block)
                for number, block in enumerate(blocks, 1)]
        for work, process in runs:
            if process.wait(timeout=TIMEOUT) != 0:
                raise recorded.Wrong(read_log(work / "log"))
        simulator.wait()
    except subprocess.TimeoutExpired as error:
        logs = "".join(read_log(work / "log") for work, _ in runs)
        raise recorded.Wrong(f"it does not end: {logs}") from error
    finally:
        for _, process in runs:
            process.kill()
            process.wait()
        simulator.kill()
    files = []
    for number, (work, _) in enumerate(runs, 1):
        found = [path for path in work.iterdir()
                 if path.suffix in (".mp4", ".mkv")]
        if len(found) != 1:
            raise recorded.Wrong(read_log(work / "log"))
        files.append(recorded.Recording(found[0], folder, number,
                                        "x264enc" in blocks[number - 1]))
    return files


def try_meeting(folder, index, meeting, recipes):
    """Returns the files that are in order, and what is wrong."""
    files, wrong = [], []
    place = folder / str(index)
    place.mkdir()
    try:
        blocks = recipes[meeting.recipe]
        for recording in record(place, meeting, blocks):
            problems = recording.check()
            wrong += [f"{recording.path.name}: {line}"
                      for line in problems[:MAX_PROBLEMS]]
            if not problems:
                files.append(recording)
            print(f"{meeting.name}, {meeting.recipe}, {recording.describe()}",
                  flush=True)
    except recorded.Wrong as error:
        wrong.append(str(error))
    return files, wrong


def main():
    document = pathlib.Path(sys.argv[1])
    meetings, recipes = read_document(document)
    if len(sys.argv) > 2:
        meetings = [meeting for meeting in meetings
                    if sys.argv[2] in meeting.name]
    folder = pathlib.Path(os.environ.get("RTMS_KEEP")
                          or tempfile.mkdtemp(prefix="recordings-"))
    folder.mkdir(exist_ok=True)
    os.environ["ZM_RTMS_CLIENT"] = "rtms-simulator"
    os.environ["ZM_RTMS_SECRET"] = "rtms-simulator-secret"
    checks = failures = 0
    files = []
    try:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            tries = [pool.submit(try_meeting, folder, index, meeting, recipes)
                     for index, meeting in enumerate(meetings)]
            for meeting, result in zip(meetings, tries):
                good, wrong = result.result()
                files += good
                checks += len(good)
                failures += len(wrong)
                for line in wrong:
                    print(f"FAILED: {meeting.name}, {meeting.recipe}: {line}")
        wrong = browser.play(files)
        if wrong is None:
            print("There is no browser to play the files.")
        else:
            checks += len(files)
            failures += len(wrong)
            for line in wrong:
                print(f"FAILED: {line}")
    finally:
        if "RTMS_KEEP" not in os.environ:
            shutil.rmtree(folder)
    print(f"100%: Checks: {checks}, Failures: {failures}, Errors: 0")
    return 1 if failures or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
