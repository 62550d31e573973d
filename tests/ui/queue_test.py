"""The queue by hand: every remedy that a job which cannot go on offers is pressed in the real window and leads where it says (the clip is made, the form is open, Models or
Settings are shown), and what waits is put in another order, paused, let go on, canceled and queued again, by mouse and by keys. A picture of each step is kept."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

import window

CLIP_S = 240  # one clip on a shared core; alone it takes about a second
SMALL = ("--size", "96x64", "--frames", "9", "--steps", "4")
LONG_STEPS = 200
LONG = ("--size", "192x128", "--frames", "25", "--steps", LONG_STEPS)  # seconds on a fast machine, so that it can be seen running
CAUSES = {  # what is written into a job's row, and what it then offers
    "oom": ("state = 'failed', step = 1, phase = 'denoise', error_code = 'out_of_memory', error_message = 'there is not enough memory'", ("smaller", "retry")),
    "nan": ("state = 'failed', step = 1, phase = 'denoise', error_code = 'model_nan', error_message = 'the model produced NaN'", ("fp32", "models", "copy")),
    "io": ("state = 'failed', step = 0, phase = 'prepare', error_code = 'io', error_message = 'the disk does not answer'", ("space", "retry", "copy")),
    "changed": ("state = 'failed', step = 0, phase = 'prepare', error_code = 'mismatch', error_message = 'the model was changed'", ("duplicate", "copy")),
    "parked": ("state = 'parked', step = 4, phase = 'decode', crashes = 2", ("smaller", "retry", "copy")),
    "full": ("state = 'paused', step = 0, phase = 'prepare', reason = 'the disk is full', wait_folder = '{home}', wait_bytes = 4611686018427387904", ("space", "resume")),
}


class Library:
    def __init__(self, home):
        self.env = dict(os.environ, FANTASCOPE_HOME=str(home), OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

    def run(self, *words, good=True):
        done = subprocess.run([window.BUILD / "bin/fantascope", *map(str, words), "--json"], env=self.env, capture_output=True, text=True)
        assert (done.returncode == 0) == good, (words, done.stdout[-800:], done.stderr[-800:])
        return json.loads(done.stdout)

    def jobs(self):
        return {job["job_id"]: job for job in self.run("queue", "list", "--all")["jobs"]}

    def waiting(self):
        return [job["job_id"] for job in self.run("queue", "list")["jobs"] if job["state"] == "queued"]


def make_home():
    """A job of each cause, and one that really fails: its model's folder is gone."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="fantascope-queue-"))
    library = Library(home)
    linked = home.parent / (home.name + "-linked")
    shutil.copytree(window.ROOT / "assets/models/previz", linked)
    library.run("models", "add", linked)
    jobs = {name: library.run("queue", "add", f"a red ball falls in a grey studio, {name}", *SMALL, "--seed", 5, "--dtype", "bf16")["job_id"] for name in CAUSES}
    with sqlite3.connect(home / "library.db") as database:
        for name, (row, _) in CAUSES.items():
            database.execute(f"UPDATE job SET {row.format(home=home)}, num_steps = 4 WHERE job_id = ?", (jobs[name],))
    database.close()
    jobs["gone"] = library.run("queue", "add", "a green cone falls in a grey studio", "--model", linked, *SMALL)["job_id"]
    linked.rename(str(linked) + ".away")
    library.run("worker", "--until-idle", good=False)
    assert library.jobs()[jobs["gone"]]["state"] == "failed", library.jobs()[jobs["gone"]]
    return home, library, linked, jobs


def main(artefacts):
    home, library, linked, jobs = make_home()
    (home / "window.json").write_text(json.dumps({"place": "queue", "width": 1280, "height": 1000, "form": {"prompt": "a blue cube spins"}}))
    screen = window.Screen(1280, 1000)
    problems, pressed = [], set()
    try:
        win = window.Window(screen, home, artefacts)

        def step(name):
            win.xdotool("mousemove", 1, 1)
            time.sleep(0.5)
            win.grab(name)
            problems.extend((name, problem) for problem in win.standing_problems())

        def state(job):
            return library.jobs()[job]["state"]

        def reaches(job, wanted, seconds=CLIP_S):
            win.wait(lambda: win.route() and state(job) == wanted, seconds, 0.5)

        def shown(name):
            return "x" in win.ask("where " + name)

        def to_queue():
            if win.route() != "queue":
                win.key("ctrl+2")
                win.wait(lambda: win.route() == "queue")
            time.sleep(0.5)

        def press(remedy, job):
            """By mouse, brought into sight by the wheel if it is below the others."""
            name = f"remedy {remedy} {jobs[job]}"
            to_queue()
            for turn in range(40):
                place = win.ask("where " + name)
                if "x" in place and 150 < place["y"] < 880:
                    break
                win.xdotool("mousemove", 640, 600, "click", 5 if turn < 20 else 4)
                time.sleep(0.15)
            else:
                raise AssertionError(f"{name} cannot be seen; {win.texts()}")
            win.click(name)
            pressed.add((job, remedy))
            time.sleep(0.4)

        win.wait(lambda: win.ask("ready")["ready"])
        win.focus()
        win.wait_text("Parked: needs a decision")
        step("all that waits for a person")

        # Places to look: the form with the request made smaller, Models, Settings; details on the clipboard.
        for job in ("oom", "parked"):
            press("smaller", job)
            win.wait(lambda: win.route().startswith("create"))
            win.wait(lambda: any(f"grey studio, {job}" in text for text in win.texts()))
            assert any("64" in text and "×" in text for text in win.texts()), win.texts()
            step(f"smaller {job}")
        for job in ("nan", "gone"):
            press("models", job)
            win.wait(lambda: win.route() == "models")
        step("models")
        for job in ("io", "full"):
            press("space", job)
            win.wait(lambda: win.route() == "settings")
        step("settings")
        for job in ("nan", "io", "changed", "parked", "gone"):
            press("copy", job)
            win.wait_text("Copied: the job")

        # Those that make the clip.
        linked_back = pathlib.Path(str(linked) + ".away").rename(linked)
        assert linked_back.exists()
        press("retry", "gone")
        reaches(jobs["gone"], "done")
        press("resume", "full")
        reaches(jobs["full"], "done")
        for job in ("io", "parked", "oom"):
            press("retry", job)
            reaches(jobs[job], "done")
        step("made after all")
        before = set(library.jobs())
        press("fp32", "nan")
        reaches(jobs["nan"], "canceled", 20)
        (again,) = set(library.jobs()) - before
        reaches(again, "done")
        take = library.run("library", "show", library.jobs()[again]["take_id"])
        assert take["recipe"]["dtype"] == "fp32" and take["seed"] == 5, take["recipe"]
        before = set(library.jobs())
        press("duplicate", "changed")
        reaches(jobs["changed"], "canceled", 20)
        (anew,) = set(library.jobs()) - before
        reaches(anew, "done")
        offered = {(job, remedy) for job, (_, remedies) in CAUSES.items() for remedy in remedies} | {("gone", remedy) for remedy in ("models", "retry", "copy")}
        assert pressed == offered, offered - pressed

        # The order of what waits, while nothing starts.
        to_queue()
        win.key("ctrl+p")
        win.wait_text("Held: nothing starts")
        first, second, third = (library.run("queue", "add", f"a yellow cube slides, number {n}", *SMALL)["job_id"] for n in (1, 2, 3))
        win.wait(lambda: shown(f"later {third}"))
        assert library.waiting() == [first, second, third]
        step("held")
        win.click(f"earlier {third}")
        win.wait(lambda: library.waiting() == [first, third, second], step=0.3)
        # By keys alone: Tab to the arrow of the first job.
        for _ in range(80):
            if win.ask("focus").get("object") == f"later {first}":
                break
            win.key("Tab")
        assert win.ask("focus")["object"] == f"later {first}", win.ask("focus")
        win.key("space")
        win.wait(lambda: library.waiting() == [third, first, second], step=0.3)
        step("reordered")

        # One alone is paused and goes on; one is canceled and queued again.
        win.click(f"pause {second}")
        win.wait(lambda: state(second) == "paused", step=0.3)
        win.wait(lambda: shown(f"go on {second}"))
        step("paused")
        win.click(f"go on {second}")
        win.wait(lambda: state(second) == "queued", step=0.3)
        before = set(library.jobs())
        win.click(f"cancel {third}")
        win.wait(lambda: state(third) == "canceled", step=0.3)
        win.wait_text("Queue again")
        step("canceled")
        win.click("notice action")
        (fourth,) = win.wait(lambda: set(library.jobs()) - before, step=0.3)
        assert library.jobs()[fourth]["prompt"] == library.jobs()[third]["prompt"]

        # All go on; a running one is paused at a step and goes on to its end, another is stopped.
        long = library.run("queue", "add", "a red ball rolls, long", *LONG)["job_id"]
        win.key("ctrl+p")
        for job in (first, second, fourth):
            reaches(job, "done")
        win.wait(lambda: library.jobs()[long]["state"] == "running" and library.jobs()[long]["step"] > 0, CLIP_S, 0.1)
        win.click(f"pause {long}")
        reaches(long, "paused", 30)
        paused_at = library.jobs()[long]["step"]
        step("a running one paused")
        win.click(f"go on {long}")
        reaches(long, "done")
        assert 0 < paused_at < LONG_STEPS, paused_at
        stopped = library.run("queue", "add", "a red ball rolls, stopped", *LONG)["job_id"]
        win.wait(lambda: shown(f"cancel {stopped}") and library.jobs()[stopped]["state"] == "running", CLIP_S, 0.1)
        win.click(f"cancel {stopped}")
        reaches(stopped, "canceled", 30)
        takes = library.run("library", "list")["takes"]
        states = [job["state"] for job in library.jobs().values()]
        assert len(takes) == states.count("done") and set(states) == {"done", "canceled"}, states
        step("at the end")
        print("event loop:", win.ask("stall"))
        win.quit()
        assert win.process.returncode == 0, win.process.returncode
    finally:
        screen.close()
    for where, problem in problems:
        print("layout:", where, problem)
    return 1 if problems else 0


if __name__ == "__main__":
    window.run(main, "queue")
