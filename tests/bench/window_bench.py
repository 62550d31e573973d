"""The window in numbers: start, a library of many takes (shown, searched, scrolled), the event loop in all of that and while a clip is made.
  python3 tests/bench/window_bench.py HOME [TAKES] [--stacks] [--no-clip] [--qml FOLDER]
HOME is filled by fantascope_library_bench if it holds no library; the newest takes get one clip's filmstrip, so that scrolling loads pictures.
Prints one JSON object. Times are of this machine with its software renderer; nothing here is asserted. `core` is time on a core alone: what
remains where other programs take the cores. --stacks: what the GUI thread was doing while it was late. FANTASCOPE_NICE in the environment:
niceness of the window and its X server."""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ui"))
import window  # noqa: E402

PICTURED = 3000
PROMPT = "a red ball bounces across a checkered floor"


def fill(home, takes):
    """A library of that many takes, the newest with pictures."""
    if not (home / "library.db").exists():
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run([window.BUILD / "bin/fantascope_library_bench", home, str(takes), "1"], check=True, stdout=subprocess.DEVNULL)
    sheet = home / "sheet.jpg"
    if not sheet.exists():
        with tempfile.TemporaryDirectory() as one:
            subprocess.run([window.BUILD / "bin/fantascope", "generate", PROMPT, "--seed", "1"], env=dict(os.environ, FANTASCOPE_HOME=one), check=True,
                           stdout=subprocess.DEVNULL)
            shutil.copy(next(pathlib.Path(one).glob("takes/*/filmstrip.jpg")), sheet)
    with sqlite3.connect(home / "library.db") as library:
        newest = [row[0] for row in library.execute("SELECT take_id FROM take ORDER BY seq DESC LIMIT ?", (PICTURED,))]
    for take in newest:
        folder = home / "takes" / take
        if not (folder / "filmstrip.jpg").exists():
            folder.mkdir(parents=True, exist_ok=True)
            os.link(sheet, folder / "filmstrip.jpg")


class Bench:
    def __init__(self, win, takes):
        self.win, self.takes, self.report, self.late = win, takes, {"takes": takes}, []

    def stall(self, name):
        """Gaps of the event loop since the last call, under this name."""
        gaps = self.win.ask("stall")
        for late in gaps.pop("late"):
            self.late.append(dict(late, during=name))
        self.report.setdefault("stall", {})[name] = {"max_ms": round(gaps["max_ms"], 1), "p99_ms": round(gaps["p99_ms"], 2),
                                                     "core_max_ms": round(gaps["core"]["max_ms"], 1)}

    def frames(self, name):
        costs = self.win.ask("frames")
        self.report.setdefault("frames", {})[name] = {
            part: [round(of["p50_ms"], 1), round(of["p95_ms"], 1)] for part, of in (("interval", costs), ("gui", costs["gui"]), ("render", costs["render"]), ("process", costs["process"]))
        } | {"count": costs["count"]}

    def start(self):
        win, started = self.win, self.win.started
        win.ask("texts")
        self.report["first_answer_ms"] = round(1000 * (time.monotonic() - started))
        shown = f"{self.takes:,}"[:3].replace(",", "")
        win.wait(lambda: any(text.startswith(shown) and "take" in text for text in win.texts()), 30, 0.02)
        self.report["library_shown_ms"] = round(1000 * (time.monotonic() - started))
        clock = win.wait(lambda: win.ask("ready")["ready"] and win.ask("clock"), 60, 0.02)
        for name in ("loop_s", "first_frame_s", "ready_s"):
            self.report[name.replace("_s", "_ms")] = round(1000 * (clock[name] - started))
        win.focus()
        time.sleep(1)
        self.stall("start")

    def search(self):
        win = self.win
        win.click("search")
        win.ask("follow count")
        waits = []
        for word in ("con", "gree", "ball at du", "pu", "bou", "red bal", "lig", "sunse"):
            win.key("ctrl+a", "BackSpace")
            time.sleep(0.7)
            win.type(word[:-1])
            time.sleep(0.7)
            win.ask("followed")
            win.key(word[-1])
            time.sleep(0.5)
            changes = win.ask("followed")["changes"]
            if changes:
                waits.append(round(changes[-1]["key_ms"]))
        self.report["key_to_count_ms"] = sorted(waits)
        win.key("ctrl+a", "BackSpace")
        time.sleep(0.8)
        self.stall("search")

    def scroll(self):
        win = self.win
        win.click("grid")
        time.sleep(0.5)
        win.ask("frames")
        for _ in range(60):
            win.xdotool("click", 5)
            time.sleep(0.03)
        self.frames("wheel")
        for pixels in (40, 400):
            win.key("Home")
            time.sleep(0.3)
            win.ask("frames")
            win.ask(f"scroll grid {pixels} 150")
            win.wait(lambda: win.ask("scrolling")["left"] == 0, 60, 0.5)
            self.frames(f"{pixels} pixels a frame")
        win.key("End")
        time.sleep(0.5)
        self.stall("scroll")

    def screens(self):
        for key, route in (("ctrl+2", "queue"), ("ctrl+4", "storyboard"), ("ctrl+5", "cameos"), ("ctrl+6", "models"), ("ctrl+7", "settings"), ("ctrl+1", "create")):
            self.win.key(key)
            self.win.wait(lambda: self.win.route().split("?")[0] == route, 10)
            time.sleep(0.6)
        self.stall("screens first shown")

    def clip(self):
        win = self.win
        win.wait_text("Fits", 20)
        win.key("ctrl+Return")
        win.wait(lambda: any("Denoising" in text for text in win.texts()), 120, 0.2)
        win.wait(lambda: win.ask("where Take 1") or any(text == "Nothing runs" for text in win.texts()), 240, 0.5)
        self.stall("a clip is made")


def main(options):
    artefacts = tempfile.mkdtemp(prefix="fantascope-window-bench-")
    fill(options.home, options.takes)
    (options.home / "window.json").write_text(json.dumps({"place": "library", "form": {"prompt": PROMPT}}))
    if "FANTASCOPE_NICE" in os.environ:
        os.nice(int(os.environ["FANTASCOPE_NICE"]))
    screen = window.Screen(1280, 800)
    environment = {"FANTASCOPE_STALL_STACKS": "1"} if options.stacks else {}
    if options.qml:
        environment["FANTASCOPE_QML"] = str(options.qml)
    try:
        bench = Bench(window.Window(screen, options.home, artefacts, **environment), options.takes)
        bench.start()
        bench.search()
        bench.scroll()
        bench.screens()
        if not options.no_clip:
            bench.clip()
        bench.win.quit()
    finally:
        screen.close()
    bench.report["late"] = [{"during": late["during"], "wall_ms": round(late["wall_ms"]), "core_ms": round(late["core_ms"]), "waited_ms": round(late["waited_ms"])}
                            for late in sorted(bench.late, key=lambda late: -late["wall_ms"])[:8]]
    print("{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in bench.report.items()) + "\n}")
    if options.stacks:
        for late in sorted(bench.late, key=lambda late: -late["wall_ms"])[:40]:
            print(f"\n== {late['during']}, at {late['at_s']:.2f} s: {late['wall_ms']:.0f} ms, {late['core_ms']:.0f} on a core, {late['waited_ms']:.0f} waiting for one")
            for stack in late["stacks"]:
                print("  --\n    " + stack.replace("\n", "\n    "))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=pathlib.Path)
    parser.add_argument("takes", type=int, nargs="?", default=100_000)
    parser.add_argument("--stacks", action="store_true")
    parser.add_argument("--no-clip", action="store_true")
    parser.add_argument("--qml", type=pathlib.Path)
    if missing := window.missing_tools():
        print("skipped: not here:", ", ".join(missing))
        sys.exit(window.SKIPPED)
    sys.exit(main(parser.parse_args()))
