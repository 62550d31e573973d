"""Drives the real window as a person would: an X server of its own (Xvfb), real key and mouse events (xdotool), questions about what is shown
through the program's test hook (app/main/window_checks.h). Used by the tests beside this file and by tests/bench/window_bench.py."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("FANTASCOPE_BUILD", ROOT / "build/release"))
SKIPPED = 77


def missing_tools():
    names = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if not (BUILD / "bin/fantascope-studio").exists():
        names.append("fantascope-studio")
    return names


# Nothing is timed by waiting: a machine that has just built everything may stand still for seconds.
PATIENCE_S = 60


class Screen:
    """An X server with one screen."""

    def __init__(self, width=1920, height=1080):
        read, write = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"], pass_fds=[write],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:  # to the line's end: a server whose pipe is closed early gives up
            self.name = ":" + pipe.readline().strip()
        # The number is known a moment before the server answers.
        for _ in range(100):
            with socket.socket(socket.AF_UNIX) as door:
                if door.connect_ex(f"/tmp/.X11-unix/X{self.name[1:]}") == 0:
                    break
            time.sleep(0.05)

    def close(self):
        self.process.terminate()
        self.process.wait()


class Window:
    """A running fantascope-studio."""

    def __init__(self, screen, home, artefacts, **environment):
        self.screen, self.artefacts, self.shots = screen, pathlib.Path(artefacts), 0
        self.artefacts.mkdir(parents=True, exist_ok=True)
        env = dict(os.environ, DISPLAY=screen.name, FANTASCOPE_HOME=str(home), FANTASCOPE_WINDOW_TEST="1", QT_QPA_PLATFORM="xcb", LC_ALL="C.UTF-8",
                   LIBGL_ALWAYS_SOFTWARE="1", OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")
        env.update(environment)
        self.log = open(self.artefacts / "stderr.txt", "a")
        self.started = time.monotonic()
        self.process = subprocess.Popen([BUILD / "bin/fantascope-studio"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the window ended: {(self.artefacts / 'stderr.txt').read_text()[-2000:]}")
        return json.loads(answer)

    def texts(self):
        return self.ask("texts")["texts"]

    def wait(self, what, seconds=PATIENCE_S, step=0.2):
        """Until `what()` is true; what it gave."""
        end = time.monotonic() + seconds
        while True:
            found = what()
            if found:
                return found
            if time.monotonic() > end:
                self.grab("timeout")
                raise AssertionError(f"not within {seconds} s; on screen: {self.texts()}")
            time.sleep(step)

    def standing_problems(self, seconds=3):
        """What is still laid out wrongly after a while: a bar whose numbers have just come is laid out with the next frame, which a busy machine may draw late."""
        until = time.monotonic() + seconds
        while True:
            problems = [problem for problem in self.ask("layout")["problems"] if problem["kind"] in ("elided", "clipped", "overlap", "too small")]
            if not problems or time.monotonic() > until:
                return problems
            time.sleep(0.2)

    def wait_text(self, words, seconds=PATIENCE_S):
        return self.wait(lambda: next((text for text in self.texts() if words in text), None), seconds)

    def xdotool(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=dict(os.environ, DISPLAY=self.screen.name), check=True, stdout=subprocess.DEVNULL)

    def focus(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Fantascope"], env=dict(os.environ, DISPLAY=self.screen.name), capture_output=True, text=True)
        for window in found.stdout.split()[:1]:
            self.xdotool("windowfocus", window)
            self.xdotool("windowmove", window, 0, 0)

    def size(self, width, height):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Fantascope"], env=dict(os.environ, DISPLAY=self.screen.name), capture_output=True, text=True)
        for window in found.stdout.split()[:1]:
            self.xdotool("windowsize", "--sync", window, width, height)
        time.sleep(0.4)

    def where(self, name):
        return self.wait(lambda: self.ask("where " + name))

    def click(self, name, button=1, repeat=1):
        place = self.where(name)
        scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
        self.xdotool("mousemove", int((place["x"] + place["width"] / 2) * scale), int((place["y"] + place["height"] / 2) * scale), "click", "--repeat", repeat, button)

    def type(self, text):
        self.xdotool("type", "--delay", 12, text)

    def key(self, *keys):
        self.xdotool("key", "--delay", 40, *keys)

    def grab(self, name):
        self.shots += 1
        file = self.artefacts / f"{self.shots:02d}-{name}.png"
        self.ask(f"grab {file}")
        return file

    def route(self, to=""):
        return self.ask("route " + to)["route"]

    def quit(self):
        try:
            self.ask("quit")
        except (RuntimeError, BrokenPipeError):
            pass
        self.process.wait(60)

    def kill(self):
        self.process.kill()
        self.process.wait()


def run(main, name):
    """A test's end: main(folder for pictures) -> exit status. The folder is the first argument, or a fresh one; skipped where a tool is missing."""
    if missing := missing_tools():
        print("skipped: not here:", ", ".join(missing))
        sys.exit(SKIPPED)
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix=f"fantascope-{name}-shots-")))
