"""Licences by keyboard and mouse: a linked folder whose licence asks for more is seen with its terms, Create refuses it and leads to Models, its text is opened, it is accepted with a click
and, after its text changed, by keys; it is unlinked and linked again by undo. What the window says is compared with `fantascope models list`; a picture of each step is kept."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import window

# Made up for this test; no licence of anybody.
LICENCE = """Pretend Model Community License

1. You may use, copy and change the Model under these terms.

2. Commercial Use. An Entity whose annual revenues were at least 10,000,000
coins in the year before has to ask for another licence first.

3. This licence does not hold in the Territory of Nowhere.

4. You may not use the Model to build a product that is competing with it.

5. Everything else is for research and other non-commercial purposes.
""" + "\n".join(f"\n{n}. Line {n} of the long rest, which says nothing that would bite." for n in range(6, 60))


def main(artefacts):
    home = pathlib.Path(tempfile.mkdtemp(prefix="fantascope-models-"))
    folder = home / "elsewhere/pretend"
    shutil.copytree(window.ROOT / "assets/models/previz", folder)
    card = json.loads((folder / "fantascope.json").read_text())
    card.update(name="pretend", licence="")
    (folder / "fantascope.json").write_text(json.dumps(card))
    (folder / "README.md").write_text("---\nlicense: other\nlicense_name: pretend-community\n---\n# pretend\n")
    (folder / "LICENSE.txt").write_text(LICENCE)
    env = dict(os.environ, FANTASCOPE_HOME=str(home), OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

    def run(*words, status=0):
        done = subprocess.run([window.BUILD / "bin/fantascope", *words, "--json"], env=env, capture_output=True, text=True)
        assert done.returncode == status, (words, done.stdout[-800:], done.stderr[-800:])
        return json.loads(done.stdout)

    def linked():
        return next((model for model in run("models", "list")["models"] if model["name"] == "pretend"), None)

    run("models", "add", str(folder))
    refused = run("generate", "a red ball", "--model", "pretend", status=2)
    assert "is not accepted yet" in refused["error"]["message"], refused
    (home / "window.json").write_text(json.dumps({"place": "create", "form": {"prompt": "a blue cube spins", "model": "pretend", "size": "96x64", "frames": 9, "steps": 4, "fps": "12"}}))
    screen = window.Screen(1280, 800)
    problems = []
    try:
        win = window.Window(screen, home, artefacts)

        def step(name):
            time.sleep(0.5)
            win.grab(name)
            problems.extend((name, problem) for problem in win.standing_problems())

        # Create says what is in the way and leads there.
        win.wait_text("The licence of pretend is not accepted yet.", 90)
        win.wait(lambda: win.ask("ready")["ready"])
        win.focus()
        step("create refuses")
        win.click("solve problem")
        win.wait(lambda: win.route() == "models")
        win.wait_text("annual revenues were at least 10,000,000 coins")
        for words in ("Territory of Nowhere", "competing with it", "non-commercial purposes", "LICENSE.txt, line 5", "To be accepted before the first use", "Licence: Apache-2.0. Free to use"):
            assert any(words in text for text in win.texts()), (words, win.texts())
        step("terms first")

        # The whole text, in place.
        win.click("licence pretend")
        win.wait_text("Hide licence")
        step("whole text")
        win.click("licence pretend")
        win.wait(lambda: "Hide licence" not in win.texts())

        # Not now, then yes: by mouse.
        win.click("accept pretend")
        win.wait_text("Accept the licence of pretend?")
        step("question")
        win.click("not now")
        win.wait(lambda: "Accept the licence of pretend?" not in win.texts())
        assert linked()["licence_needs_acceptance"]
        win.click("accept pretend")
        win.wait_text("Accept the licence of pretend?")
        win.click("accept licence")
        win.wait_text("Accepted on")
        assert not linked()["licence_needs_acceptance"] and linked()["licence_accepted_at"]
        step("accepted")
        win.key("ctrl+1")
        win.wait(lambda: win.route() == "create")
        win.wait(lambda: not any("is not accepted yet" in text for text in win.texts()))
        step("create is free")

        # The text changes: it is asked again, and accepted by keys alone.
        (folder / "LICENSE.txt").write_text(LICENCE + "\n60. One more term.\n")
        assert linked()["licence_needs_acceptance"]
        win.key("ctrl+6")
        win.wait_text("To be accepted before the first use")
        time.sleep(0.5)

        def on_button(words):
            for _ in range(30):
                if win.ask("focus").get("name") == words:
                    return
                win.key("Tab")
                time.sleep(0.1)
            raise AssertionError((words, win.ask("focus")))

        on_button("Accept the licence…")
        win.key("space")
        win.wait_text("Accept the licence of pretend?")
        on_button("I accept it")
        step("question by keys")
        win.key("space")
        win.wait_text("Accepted on")
        assert not linked()["licence_needs_acceptance"]

        # Unlinked, and back.
        win.click("unlink pretend")
        win.wait_text("pretend is unlinked. Its files stay.")
        win.wait(lambda: linked() is None, step=0.5)
        assert (folder / "model_index.json").exists()
        step("unlinked")
        win.key("ctrl+z")
        win.wait_text("Accepted on")
        assert linked() is not None and not linked()["licence_needs_acceptance"]
        win.key("ctrl+shift+z")
        win.wait(lambda: linked() is None, step=0.5)
        win.quit()
    finally:
        screen.close()
    for problem in problems:
        print("layout:", *problem)
    return 1 if problems else 0


if __name__ == "__main__":
    window.run(main, "models")
