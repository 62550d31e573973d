#!/usr/bin/env python3
"""Fixtures with their model in the original layout: the same tensors and, from the same seed, the same clip as from the diffusers folders.

    original_test.py PROGRAM WORK_DIR
"""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# What the original layout can express; the shared ones are compared where they lie beside the checkout.
FIXTURES = [ROOT / "tests/fixtures/parity" / name for name in ("still", "mixed-heads")]
FIXTURES += [path for path in (ROOT / "../shared/parity/fixtures" / name for name in ("ltx2", "ltx2.3")) if path.exists()]


def run(program, home, *arguments):
    done = subprocess.run(
        [program, *arguments, "--json"], capture_output=True, text=True, timeout=600, env={**os.environ, "FANTASCOPE_HOME": str(home)}
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return json.loads(done.stdout.strip().splitlines()[-1] if arguments[0] == "generate" else done.stdout)


def main(program, work):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for fixture in FIXTURES:
        original = work / fixture.name
        subprocess.run([sys.executable, HERE / "make/original_checkpoint.py", fixture, original], check=True)
        assert not (original / "model/model_index.json").exists() and not (original / "model/transformer").exists()
        stages = run(program, work / "home", "parity", str(original))["stages"]
        plain = run(program, work / "home", "parity", str(fixture))["stages"]
        assert [s["stage"] for s in stages] == [s["stage"] for s in plain], "other stages were compared"
        bad = [s for s in stages if not s["passed"]]
        assert not bad, bad
        print(f"{fixture.name}: {len(stages)} stages within tolerance")

    request = ["--size", "64x64", "--frames", "9", "--steps", "2", "--seed", "7"]
    clips = [
        run(program, work / "home", "generate", "a red ball", "--model", str(dir / "model"), *request) for dir in (FIXTURES[0], work / "still")
    ]
    assert clips[0]["unsigned_sha256"] == clips[1]["unsigned_sha256"], clips
    # As a linked model it has a name, its files hashes.
    linked = run(program, work / "home", "models", "add", str(work / "still/model"))
    assert linked["origin"] == "linked", linked
    assert run(program, work / "home", "models", "verify", linked["name"])["ok"]
    print("the same clip from either layout")


if __name__ == "__main__":
    main(str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]))
