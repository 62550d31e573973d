#!/usr/bin/env python3
"""Times our whole clip against diffusers: same folder, steps, size, dtype and cores, A/B interleaved in one run.

    python tests/bench/clip_vs_diffusers.py assets/models/previz --program build/release/bin/fantascope_clip_bench [--rounds 7] [--compiled]

Both are loaded once and warmed up; prompt to frames and samples counts. Prints JSON with medians, spreads and the ratio ours / theirs, pair by
pair, in wall time and in processor time (which is comparable where other programs share the machine).
With --compiled the reference's transformer and decoder also run through torch.compile, and the faster of eager and compiled is the yardstick.
--fantascope PROGRAM also times the whole command in a fresh process each time, for what starting and writing the file cost.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time


class Ours:
    """One warm process that makes a clip for every line it reads."""

    def __init__(self, args):
        command = [args.program, args.model, "--serve", "--dtype", args.dtype, "--prompt", args.prompt]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, OMP_NUM_THREADS=str(args.threads)))
        self.load_s = json.loads(self.process.stdout.readline())["load_s"]

    def run(self):
        self.process.stdin.write("clip\n")
        self.process.stdin.flush()
        times = json.loads(self.process.stdout.readline())
        return times["total"], times["cpu_total"]


def time_command(args, home):
    command = [args.fantascope, "generate", args.prompt, "--model", args.model, "--seed", "7", "--dtype", args.dtype, "--json", "--quiet"]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=dict(os.environ, FANTASCOPE_HOME=home))
    return time.perf_counter() - start


def make_reference(args, settings, compiled):
    import torch
    from diffusers import LTX2Pipeline
    torch.set_num_threads(args.threads)
    pipe = LTX2Pipeline.from_pretrained(args.model, torch_dtype={"bf16": torch.bfloat16, "fp32": torch.float32}[args.dtype])
    pipe.set_progress_bar_config(disable=True)
    if compiled:
        pipe.transformer = torch.compile(pipe.transformer)
        pipe.vae.decoder = torch.compile(pipe.vae.decoder)

    def run():
        start, cpu = time.perf_counter(), time.process_time()
        with torch.inference_mode():
            pipe(prompt=args.prompt, negative_prompt="", width=settings["width"], height=settings["height"], num_frames=settings["num_frames"],
                 frame_rate=float(settings["fps"]), num_inference_steps=settings["num_inference_steps"],
                 guidance_scale=settings["guidance"]["guidance_scale"], audio_guidance_scale=settings["audio_guidance"]["guidance_scale"],
                 stg_scale=0.0, audio_stg_scale=0.0, modality_scale=1.0, audio_modality_scale=1.0, guidance_rescale=0.0, audio_guidance_rescale=0.0,
                 max_sequence_length=settings["max_sequence_length"], generator=torch.Generator().manual_seed(7), output_type="np")
        return time.perf_counter() - start, time.process_time() - cpu
    return run


def spread(values):
    return {"median": round(statistics.median(values), 4), "min": round(min(values), 4), "max": round(max(values), 4)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--program", required=True)
    parser.add_argument("--fantascope")
    parser.add_argument("--prompt", default="a red ball bounces on a checkered floor at sunset , pan left")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--dtype", choices=("bf16", "fp32"), default="bf16", help="of both")
    args = parser.parse_args()
    with open(os.path.join(args.model, "fantascope.json")) as file:
        settings = json.load(file)
    kinds = {"eager": make_reference(args, settings, False)}
    if args.compiled:
        kinds["compiled"] = make_reference(args, settings, True)
    for run in kinds.values():
        run()
        run()
    ours = Ours(args)
    mine, commands, theirs = [], [], {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(args.rounds):
            mine.append(ours.run())
            for kind, run in kinds.items():
                theirs[kind].append(run())
            if args.fantascope:
                commands.append(time_command(args, home))
    ours.process.stdin.close()
    report = {"dtype": args.dtype, "threads": args.threads, "rounds": args.rounds, "ours_load_s": round(ours.load_s, 3)}
    for which, name in enumerate(("wall", "processor")):
        times = {kind: [pair[which] for pair in values] for kind, values in theirs.items()}
        best = min(times, key=lambda kind: statistics.median(times[kind]))
        own = [pair[which] for pair in mine]
        report[name] = {"ours_s": spread(own), **{f"diffusers_{kind}_s": spread(values) for kind, values in times.items()}, "yardstick": best,
                        "ratio": spread([a / b for a, b in zip(own, times[best])])}
    if commands:
        report["whole_command_s"] = spread(commands)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
