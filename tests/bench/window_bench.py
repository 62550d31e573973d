"""The window under load, as numbers: start, event loop while a clip is made, and a library of many takes (open, search to the screen, scroll).
  python3 tests/bench/window_bench.py HOME [TAKES]     HOME is filled by fantascope_library_bench if it holds no library
Prints one JSON object. Times are of this machine with its software renderer; nothing here is asserted."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ui"))
import window  # noqa: E402


def main(home, takes):
    artefacts = tempfile.mkdtemp(prefix="fantascope-window-bench-")
    report = {"takes": takes}
    if not (home / "library.db").exists():
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run([window.BUILD / "bin/fantascope_library_bench", home, str(takes), "1"], check=True, stdout=subprocess.DEVNULL)
    (home / "window.json").write_text(json.dumps({"place": "library", "form": {"prompt": "a red ball bounces across a checkered floor"}}))
    screen = window.Screen(1280, 800)
    try:
        win = window.Window(screen, home, artefacts)
        win.ask("texts")
        report["first_answer_ms"] = round(1000 * (time.monotonic() - win.started))
        win.wait(lambda: any(f"{takes:,}"[:3].replace(",", "") in text and "take" in text for text in win.texts()), 30, 0.01)
        report["library_shown_ms"] = round(1000 * (time.monotonic() - win.started))
        win.focus()
        time.sleep(1)
        win.click("search")
        report["search_to_screen_ms"] = []
        counts = lambda: next((text for text in win.texts() if "take" in text and text[0].isdigit()), "")
        for typed, letter in (("co", "n"), ("gre", "e"), ("ball at d", "u"), ("p", "u")):
            win.key("ctrl+a", "BackSpace")
            time.sleep(0.8)
            win.type(typed)
            time.sleep(0.8)
            before = counts()
            start = time.monotonic()
            win.key(letter)
            while counts() == before and time.monotonic() < start + 1:
                pass
            report["search_to_screen_ms"].append(round(1000 * (time.monotonic() - start)))
        win.key("ctrl+a", "BackSpace")
        time.sleep(0.8)
        win.click("grid")
        win.ask("frames")
        win.ask("stall")
        for _ in range(60):
            win.xdotool("click", 5)
            time.sleep(0.03)
        report["scroll_frames"] = win.ask("frames")
        report["scroll_stall"] = win.ask("stall")
        win.key("End")
        time.sleep(0.5)
        win.ask("stall")
        # The event loop while a clip is made.
        win.key("ctrl+1")
        win.wait_text("Fits", 20)
        win.ask("stall")
        win.key("ctrl+Return")
        win.wait(lambda: any("Denoising" in text for text in win.texts()), 120, 0.2)
        win.wait(lambda: win.ask("where Take 1") or any(text == "Nothing runs" for text in win.texts()), 240, 0.5)
        report["stall_while_generating"] = win.ask("stall")
        win.quit()
    finally:
        screen.close()
    print(json.dumps(report, indent=2))
    return 0


if __name__ == "__main__":
    if missing := window.missing_tools():
        print("skipped: not here:", ", ".join(missing))
        sys.exit(window.SKIPPED)
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000))
