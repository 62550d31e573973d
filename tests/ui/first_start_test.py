"""First start to export, by keyboard and mouse: the window opens with a clip on its way, a prompt is typed, Generate pressed, progress seen, the take
played, kept, found in the library and exported. A picture of each step is kept, and no step may show clipped or overlapping words."""
import pathlib
import tempfile
import time

import window

FIRST_CLIP_S = 240   # a shared core; alone it takes about 15 s


def check_layout(win, step, problems):
    problems.extend((step, problem) for problem in win.standing_problems())


def main(artefacts):
    home = pathlib.Path(tempfile.mkdtemp(prefix="fantascope-window-"))
    screen = window.Screen()
    problems = []
    try:
        win = window.Window(screen, home, artefacts)
        win.wait_text("Prompt")
        print(f"first answer after {time.monotonic() - win.started:.2f} s")
        win.focus()
        win.grab("first-start")
        check_layout(win, "first start", problems)

        # Progress is said in words while the first clip is made without a question.
        win.wait(lambda: any(word in text for text in win.texts() for word in ("Denoising", "Preparing", "Reading the prompt", "Decoding")), FIRST_CLIP_S, 0.05)
        win.grab("progress")
        win.wait_text("Take 1", FIRST_CLIP_S)
        print(f"first clip after {time.monotonic() - win.started:.1f} s")
        win.grab("first-take")
        check_layout(win, "first take", problems)

        # Another prompt, typed.
        win.click("prompt")
        win.key("ctrl+a")
        win.type("a green cone falls in a grey studio by day, snow falls")
        win.wait(lambda: any("green cone" in text for text in win.texts()))
        win.wait_text("measured here")
        win.grab("estimate")
        check_layout(win, "estimate", problems)
        win.key("ctrl+Return")
        win.wait_text("Take 2", FIRST_CLIP_S)

        # Side by side, played, kept.
        win.click("Compare takes")
        win.wait(lambda: win.route().startswith("shot/"))
        win.wait_text("frame 1 of")
        win.wait(lambda: "Decoding" not in win.texts())
        win.grab("shot")
        check_layout(win, "shot", problems)
        win.key("space")
        time.sleep(0.5)
        win.key("space")
        frame = next(text for text in win.texts() if text.startswith("frame "))
        assert frame != "frame 1 of 25", "playing moves the frame"
        win.key("Home", "Right", "Right")
        win.wait_text("frame 3 of")
        win.key("w")
        win.grab("wipe")
        win.key("d")
        win.wait_text("mean difference")
        win.grab("difference")
        win.key("g", "p")
        win.wait_text("Kept 1 take")
        win.grab("kept")

        # Found in the library, undone, done again, exported.
        win.key("ctrl+3")
        win.wait_text("2 take")
        win.grab("library")
        check_layout(win, "library", problems)
        win.key("ctrl+f")
        win.type("cone")
        win.wait_text("1 take")
        win.grab("search")
        win.click("search")
        win.key("ctrl+a", "BackSpace", "Down")
        win.wait_text("2 take")
        win.key("ctrl+z")
        win.wait_text("Undone")
        win.key("ctrl+shift+z")
        win.key("Home", "ctrl+e")
        win.wait_text("Exported 1 clip")
        win.grab("exported")
        clips = list((home / "exports").glob("*.mp4"))
        assert len(clips) == 1 and clips[0].stat().st_size > 1000, clips

        # Every screen, by key.
        for key, route in (("ctrl+2", "queue"), ("ctrl+4", "storyboard"), ("ctrl+5", "cameos"), ("ctrl+6", "models"), ("ctrl+7", "settings"), ("ctrl+1", "create")):
            win.key(key)
            win.wait(lambda: win.route().split("?")[0] == route)
            time.sleep(0.4)
            win.grab(route)
            check_layout(win, route, problems)
        win.key("ctrl+k")
        win.type("light")
        win.wait_text("Light window")
        win.grab("palette")
        win.key("Return")
        time.sleep(0.3)
        win.grab("light")
        stall = win.ask("stall")
        print("event loop:", stall)
        win.quit()
        assert win.process.returncode == 0, win.process.returncode
        # A second start is in the same place and says nothing of a first clip.
        again = window.Window(screen, home, artefacts)
        again.wait_text("Prompt")
        assert again.route().startswith("create")
        again.quit()
    finally:
        screen.close()
    for step, problem in problems:
        print("layout:", step, problem)
    return 1 if problems else 0


if __name__ == "__main__":
    window.run(main, "window")
