"""Projects by keyboard and mouse: made, opened, a take moved there and back, a clip made into one, renamed, remembered over a restart, removed and taken back. What the
window says is compared with what `fantascope project list` counts; a picture of each step is kept."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

import window

CLIP_S = 240  # a shared core; alone it takes a few seconds


class Library:
    def __init__(self, home):
        self.env = dict(os.environ, FANTASCOPE_HOME=str(home), OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

    def run(self, *words):
        done = subprocess.run([window.BUILD / "bin/fantascope", *words, "--json"], env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stdout[-800:], done.stderr[-800:])
        return json.loads(done.stdout)

    def projects(self):
        """Takes by name."""
        return {project["name"]: project["num_takes"] for project in self.run("project", "list")["projects"]}

    def takes(self):
        return len(self.run("library", "list")["takes"])


def main(artefacts):
    home = pathlib.Path(tempfile.mkdtemp(prefix="fantascope-projects-"))
    library = Library(home)
    small = ("--size", "96x64", "--frames", "9", "--steps", "4")
    library.run("generate", "a red ball bounces across a checkered floor", *small, "--seed", "1")
    library.run("generate", "a green cone falls in a grey studio", *small, "--seed", "2")
    library.run("project", "create", "Sea")
    (home / "window.json").write_text(json.dumps({"place": "library", "form": {"prompt": "a blue cube spins", "size": "96x64", "frames": 9, "steps": 4, "fps": "12"}}))
    screen = window.Screen(1280, 800)
    problems = []
    try:
        win = window.Window(screen, home, artefacts)

        def step(name):
            time.sleep(0.4)
            win.grab(name)
            problems.extend((name, problem) for problem in win.standing_problems())

        def menu(*keys):
            """The switcher, and the row that these keys lead to."""
            win.key("ctrl+shift+p")
            win.wait_text("New project…")
            time.sleep(0.3)
            win.key(*keys, "Return")

        def counted(wanted, seconds=window.PATIENCE_S):
            win.wait(lambda: library.projects() == wanted, seconds, 0.5)

        win.wait_text("2 takes")
        win.wait(lambda: win.ask("ready")["ready"])
        win.focus()
        win.wait_text("All projects")

        menu("Down", "Down")  # All projects, Sea, New project
        win.wait_text("New project")
        win.type("Film")
        win.key("Return")
        win.wait_text("0 takes in “Film”")
        step("a new project")
        counted({"Film": 0, "Sea": 0})

        # A name that is there is refused where it was typed.
        win.key("ctrl+k")
        win.type("new project")
        win.key("Return")
        win.wait(lambda: "Create" in win.texts() and "Cancel" in win.texts())
        win.type("sEA")
        win.key("Return")
        win.wait_text("There is a project of this name")
        step("refused")
        win.key("Escape")

        # All of them again, by mouse and keys; the newest take goes over to Film and back.
        win.click("project")
        win.wait_text("New project…")
        step("switcher")
        win.key("Up", "Return")
        win.wait_text("2 takes")
        win.key("m")
        win.wait_text("Move to a project")
        step("move")
        win.key("Return")
        win.wait_text("Moved 1 take to “Film”")
        counted({"Film": 1, "Sea": 0})
        win.key("ctrl+z")
        counted({"Film": 0, "Sea": 0})
        win.key("ctrl+shift+z")
        counted({"Film": 1, "Sea": 0})
        win.key("ctrl+k")
        win.type("project film")
        win.key("Return")
        win.wait_text("1 take in “Film”")

        # What Create makes now goes into it.
        win.key("ctrl+1")
        win.wait_text("Prompt")
        win.key("ctrl+Return")
        counted({"Film": 2, "Sea": 0}, CLIP_S)
        win.key("ctrl+3")
        win.wait_text("2 takes in “Film”")
        assert library.takes() == 3
        win.key("i")  # about the current take: its project is said there
        win.wait(lambda: "Project" in win.texts() and win.texts().count("Film") >= 2)
        step("about")
        win.key("Right")
        win.wait(lambda: "a green cone falls in a grey studio" in win.texts())
        win.key("i")

        menu("Down", "Down", "Down")  # All projects, Film, Sea, New project, Rename
        win.wait_text("Rename project")
        win.type("Feature")
        win.key("Return")
        win.wait_text("2 takes in “Feature”")
        time.sleep(1)  # preferences are written a moment later
        win.quit()

        win = window.Window(screen, home, pathlib.Path(artefacts) / "again")
        win.wait_text("2 takes in “Feature”")
        win.wait(lambda: win.ask("ready")["ready"])
        win.focus()
        step("started again")
        menu("Down", "Down", "Down", "Down")  # … Remove
        win.wait_text("“Feature” is removed")
        win.wait_text("3 takes")
        counted({"Sea": 0})
        step("removed")
        win.key("ctrl+z")
        counted({"Feature": 2, "Sea": 0})
        win.wait_text("2 takes in “Feature”")
        win.quit()
    finally:
        screen.close()
    for problem in problems:
        print("layout:", *problem)
    return 1 if problems else 0


if __name__ == "__main__":
    window.run(main, "projects")
