#!/usr/bin/env python3
"""Times our whole clip against diffusers: same folder, steps, size, dtype and cores, A/B interleaved in one run.

    python tests/bench/clip_vs_diffusers.py assets/models/previz --program build/release/bin/fantascope [--rounds 7] [--compiled]

Ours is a fresh process each time; its text, denoise, decode and sound phases count (reading weights and packing them is in there). Diffusers is
loaded once and warmed up, and the whole pipeline call counts. Prints JSON with medians, spreads and the ratio ours / theirs, pair by pair.
With --compiled the reference's transformer and decoder also run through torch.compile, and the faster of eager and compiled is the yardstick.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time


def time_ours(args, home):
    command = [args.program, "generate", args.prompt, "--model", args.model, "--seed", "7", "--dtype", "bf16", "--json", "--quiet"]
    start = time.perf_counter()
    reply = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ, FANTASCOPE_HOME=home)).stdout)
    wall = time.perf_counter() - start
    timings = reply["timings_s"]
    return sum(timings[phase] for phase in ("text", "denoise", "decode", "audio")), wall


def make_reference(args, settings, compiled):
    import torch
    from diffusers import LTX2Pipeline
    torch.set_num_threads(args.threads)
    pipe = LTX2Pipeline.from_pretrained(args.model, torch_dtype=torch.bfloat16)
    pipe.set_progress_bar_config(disable=True)
    if compiled:
        pipe.transformer = torch.compile(pipe.transformer)
        pipe.vae.decoder = torch.compile(pipe.vae.decoder)

    def run():
        start = time.perf_counter()
        with torch.inference_mode():
            pipe(prompt=args.prompt, negative_prompt="", width=settings["width"], height=settings["height"], num_frames=settings["num_frames"],
                 frame_rate=float(settings["fps"]), num_inference_steps=settings["num_inference_steps"],
                 guidance_scale=settings["guidance"]["guidance_scale"], audio_guidance_scale=settings["audio_guidance"]["guidance_scale"],
                 stg_scale=0.0, audio_stg_scale=0.0, modality_scale=1.0, audio_modality_scale=1.0, guidance_rescale=0.0, audio_guidance_rescale=0.0,
                 max_sequence_length=settings["max_sequence_length"], generator=torch.Generator().manual_seed(7), output_type="np")
        return time.perf_counter() - start
    return run


def spread(values):
    return {"median": round(statistics.median(values), 4), "min": round(min(values), 4), "max": round(max(values), 4)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--program", required=True)
    parser.add_argument("--prompt", default="a red ball bounces on a checkered floor at sunset , pan left")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--compiled", action="store_true")
    args = parser.parse_args()
    with open(os.path.join(args.model, "fantascope.json")) as file:
        settings = json.load(file)
    kinds = {"eager": make_reference(args, settings, False)}
    if args.compiled:
        kinds["compiled"] = make_reference(args, settings, True)
    for run in kinds.values():
        run()
        run()
    ours, walls, theirs = [], [], {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory() as home:
        time_ours(args, home)
        for _ in range(args.rounds):
            engine, wall = time_ours(args, home)
            ours.append(engine)
            walls.append(wall)
            for kind, run in kinds.items():
                theirs[kind].append(run())
    best = min(kinds, key=lambda kind: statistics.median(theirs[kind]))
    ratios = [a / b for a, b in zip(ours, theirs[best])]
    print(json.dumps({"threads": args.threads, "rounds": args.rounds, "ours_engine_s": spread(ours), "ours_whole_command_s": spread(walls),
                      **{f"diffusers_{kind}_s": spread(values) for kind, values in theirs.items()}, "yardstick": best, "ratio": spread(ratios)}, indent=2))


if __name__ == "__main__":
    main()
