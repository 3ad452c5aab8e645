# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plays files in a browser that needs no screen."""
import http.server
import json
import pathlib
import shutil
import subprocess
import tempfile
import threading

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser",
            "google-chrome")
TIMEOUT = 60
PAGE = """<!DOCTYPE html><body><script>
const play = url => new Promise(done => {
  const video = document.createElement('video');
  video.muted = true;
  video.playbackRate = 6;
  video.src = url;
  video.onerror = () => done({url, error: video.error.message || 'error'});
  video.onended = () => done({url, ended: video.currentTime,
    width: video.videoWidth, height: video.videoHeight,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    sound: video.webkitAudioDecodedByteCount});
  document.body.append(video);
  video.play().catch(() => {});
});
Promise.all(FILES.map(play)).then(results => fetch(REPORT,
  {method: 'POST', mode: 'no-cors', body: JSON.stringify(results)}));
</script>
"""


class Report(http.server.BaseHTTPRequestHandler):
    """Takes what the page tells."""

    def do_POST(self):  # pylint: disable=invalid-name
        size = int(self.headers["Content-Length"])
        self.server.results = json.loads(self.rfile.read(size))
        self.send_response(200)
        self.end_headers()
        self.server.told.set()

    def log_message(self, *arguments):  # pylint: disable=arguments-differ
        pass


def find_browser():
    for name in BROWSERS:
        if shutil.which(name):
            return name
    return None


def ask(browser, paths):
    """What the browser tells of the files, or None when it tells nothing."""
    with http.server.HTTPServer(("127.0.0.1", 0), Report) as server, \
            tempfile.TemporaryDirectory() as folder:
        server.told = threading.Event()
        server.results = None
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        page = pathlib.Path(folder) / "page.html"
        files = json.dumps([path.resolve().as_uri() for path in paths])
        report = json.dumps(f"http://127.0.0.1:{server.server_port}/")
        page.write_text(PAGE.replace("FILES", files).replace("REPORT", report),
                        encoding="utf-8")
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [browser, "--no-sandbox", "--headless",
             "--remote-debugging-port=0",
             "--autoplay-policy=no-user-gesture-required",
             f"--user-data-dir={folder}/profile", page.as_uri()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            server.told.wait(TIMEOUT)
        finally:
            process.terminate()
            process.wait()
            server.shutdown()
            thread.join()
        return server.results


def check(result, recording):
    """What is wrong with the way it was played, or None."""
    name = f"{recording.path.parent.parent.name}/{recording.path.name}"
    if "error" in result:
        return f"the browser does not play {name}: {result['error']}"
    if abs(result["ended"] - recording.duration) > 0.2:
        return f"the browser plays {result['ended']} s of {name}"
    if recording.list_streams("video") and result["frames"] == 0:
        return f"the browser shows no picture of {name}"
    if recording.list_streams("audio") and result["sound"] == 0:
        return f"the browser plays no sound of {name}"
    return None


def play(recordings):
    """Returns what is wrong, or None where there is no browser."""
    browser = find_browser()
    if browser is None:
        return None
    if not recordings:
        return []
    results = ask(browser, [recording.path for recording in recordings])
    if results is None:
        return [f"{browser} does not tell of all files"]
    wrong = [check(result, recording)
             for result, recording in zip(results, recordings)]
    return [line for line in wrong if line]
