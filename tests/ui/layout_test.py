"""Every screen at three sizes, 200 %, dark, light and German: no words elided on buttons, clipped, overlapping or too small."""
import json
import pathlib
import sys
import tempfile
import time

import window

CASES = [  # name, window size, environment, preferences
    ("1280-dark", (1280, 800), {}, {"theme": "dark"}),
    ("1280-light", (1280, 800), {}, {"theme": "light"}),
    ("1280-german", (1280, 800), {"FANTASCOPE_LANGUAGE": "de"}, {"theme": "dark"}),
    ("1920-dark", (1920, 1080), {}, {"theme": "dark"}),
    ("200-percent", (1920, 1080), {"QT_SCALE_FACTOR": "2"}, {"theme": "dark"}),
    ("200-percent-german", (1920, 1080), {"QT_SCALE_FACTOR": "2", "FANTASCOPE_LANGUAGE": "de"}, {"theme": "light"}),
]
SCREENS = ["create", "queue", "library", "storyboard", "cameos", "models", "settings"]
BAD = ("elided", "clipped", "overlap", "too small")


def main(artefacts, home=None):
    found = []
    for name, (width, height), environment, preferences in CASES:
        place = pathlib.Path(home or tempfile.mkdtemp(prefix="fantascope-layout-"))
        remembered = {"form": {"prompt": "a red ball bounces across a checkered floor"}, "width": width, "height": height, "more_open": True}
        file = place / "window.json"
        if home and file.exists():
            remembered = json.loads(file.read_text())
        scale = float(environment.get("QT_SCALE_FACTOR", 1))
        remembered.update(preferences, width=int(width / scale), height=int(height / scale))
        file.write_text(json.dumps(remembered))
        screen = window.Screen(width, height)
        try:
            win = window.Window(screen, place, pathlib.Path(artefacts) / name, **environment)
            win.wait(lambda: win.ask("ready")["ready"], 60)
            win.focus()
            time.sleep(1.0)
            for route in SCREENS:
                win.route(route)
                time.sleep(0.6)
                win.grab(route)
                found += [(name, route, problem) for problem in win.ask("layout")["problems"] if problem["kind"] in BAD]
            if home:
                win.route("library")
                time.sleep(0.5)
                win.click("grid")
                win.key("Home", "Return")
                time.sleep(2)
                win.key("g")
                time.sleep(1)
                win.grab("shot")
                found += [(name, "shot", problem) for problem in win.ask("layout")["problems"] if problem["kind"] in BAD]
            win.quit()
        finally:
            screen.close()
    for problem in found:
        print("layout:", *problem)
    return 1 if found else 0


if __name__ == "__main__":
    if missing := window.missing_tools():
        print("skipped: not here:", ", ".join(missing))
        sys.exit(window.SKIPPED)
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="fantascope-layout-shots-"), sys.argv[2] if len(sys.argv) > 2 else None))
