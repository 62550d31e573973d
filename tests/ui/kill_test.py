"""The window is killed while it makes a clip and started again: within 5 s it shows the job going on, and the take comes."""
import json
import pathlib
import tempfile
import time

import window


def main(artefacts):
    home = pathlib.Path(tempfile.mkdtemp(prefix="fantascope-kill-"))
    (home / "window.json").write_text(json.dumps({"form": {"prompt": "a red ball bounces", "steps": 50}}))
    screen = window.Screen()
    try:
        win = window.Window(screen, home, artefacts)
        win.wait_text("Fits")
        win.focus()
        win.key("ctrl+Return")
        win.wait(lambda: any("Denoising" in text for text in win.texts()), 120, 0.05)
        win.grab("before-kill")
        win.kill()
        win = window.Window(screen, home, artefacts)
        started = time.monotonic()
        win.wait(lambda: any(word in text for text in win.texts() for word in ("step", "Denoising", "Preparing", "Waiting", "Take 1", "Decoding")), step=0.05)
        shown = time.monotonic() - started
        win.grab("after-restart")
        print(f"the job is shown {shown:.1f} s after the second start")
        win.wait_text("Take 1", 240)
        win.grab("take")
        win.quit()
    finally:
        screen.close()
    return 0 if shown <= 5 else 1


if __name__ == "__main__":
    window.run(main, "kill")
