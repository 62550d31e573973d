#!/usr/bin/env python3
"""Loads a model folder in diffusers' own LTX-2 pipeline, generates with the same seed, and compares latents, frames and sound with ours.

    python tests/parity/against_diffusers.py assets/models/previz --program build/release/bin/fantascope [--prompt TEXT] [--seed 7] [--steps 12]

Needs torch 2.11, diffusers 0.42.1, transformers 5.23, safetensors, numpy. Both sides run in fp32 on the CPU and draw the same noise from the seed.
Prints the largest difference of each tensor over its largest value; exit status 1 if latents differ by more than 5e-4 or frames by more than a level.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import load_file


def ours(args, settings, folder):
    out = os.path.join(folder, "ours.mp4")
    command = [args.program, "generate", args.prompt, "--model", args.model, "--seed", str(args.seed), "--steps", str(args.steps), "--dtype", "fp32",
               "--save-latents", "--png", "--wav", "--out", out, "--json", "--quiet"]
    environment = dict(os.environ, FANTASCOPE_HOME=os.path.join(folder, "home"))
    reply = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)
    take = os.path.join(folder, "home", "takes", reply["take_id"])
    return load_file(os.path.join(take, "latents.safetensors")), take, reply


def reference(args, settings):
    from diffusers import LTX2Pipeline
    pipe = LTX2Pipeline.from_pretrained(args.model, torch_dtype=torch.float32)
    guidance, audio_guidance = settings.get("guidance", {}), settings.get("audio_guidance", {})
    common = dict(prompt=args.prompt, negative_prompt="", width=settings["width"], height=settings["height"], num_frames=settings["num_frames"],
                  frame_rate=float(settings["fps"]), num_inference_steps=args.steps, guidance_scale=guidance.get("guidance_scale", 1.0),
                  audio_guidance_scale=audio_guidance.get("guidance_scale", 1.0), stg_scale=0.0, audio_stg_scale=0.0, modality_scale=1.0,
                  audio_modality_scale=1.0, guidance_rescale=0.0, audio_guidance_rescale=0.0, max_sequence_length=settings["max_sequence_length"],
                  use_cross_timestep=settings.get("use_cross_timestep", True), return_dict=False)
    latents = pipe(**common, generator=torch.Generator().manual_seed(args.seed), output_type="latent")
    frames = pipe(**common, generator=torch.Generator().manual_seed(args.seed), output_type="np")
    return latents, frames


def compare(name, a, b, tolerance):
    a, b = np.asarray(a, dtype=np.float64).reshape(-1), np.asarray(b, dtype=np.float64).reshape(-1)
    if a.size != b.size:
        print(f"{name:28s} sizes differ: {a.size} and {b.size}")
        return False
    error = np.abs(a - b).max() / max(np.abs(b).max(), 1e-12)
    print(f"{name:28s} {error:.3e}  (allowed {tolerance:g})")
    return error <= tolerance


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--program", required=True)
    parser.add_argument("--prompt", default="a red ball bounces on a checkered floor at sunset , pan left")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=12)
    args = parser.parse_args()
    with open(os.path.join(args.model, "fantascope.json")) as file:
        settings = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        mine, take, _ = ours(args, settings, folder)
        (video, audio), (frames, wave) = reference(args, settings)
        import wave as wave_file
        with wave_file.open(os.path.join(take, "audio.wav")) as file:
            width = {2: np.int16, 4: np.int32}.get(file.getsampwidth())
            own_wave = None if width is None else np.frombuffer(file.readframes(file.getnframes()), dtype=width).reshape(-1, file.getnchannels()).T / np.iinfo(width).max
        good = True
        # Ours are stored unpacked and normalised, the reference gives them de-normalised. The statistics are in the autoencoders' weights.
        vae = load_file(os.path.join(args.model, "vae", "diffusion_pytorch_model.safetensors"))
        audio_vae = load_file(os.path.join(args.model, "audio_vae", "diffusion_pytorch_model.safetensors"))
        mean, std = (vae[name].float().view(1, -1, 1, 1, 1) for name in ("latents_mean", "latents_std"))
        good &= compare("video latents", mine["video"] * std + mean, video, 5e-4)
        packed_mean, packed_std = (audio_vae[name].float() for name in ("latents_mean", "latents_std"))
        shape = (1, mine["audio"].shape[1], 1, mine["audio"].shape[3])  # the statistics live on the packed axis, channel * bins + bin
        good &= compare("audio latents", mine["audio"] * packed_std.view(shape) + packed_mean.view(shape), audio, 5e-4)
        from PIL import Image
        pictures = sorted(os.path.join(root, name) for root, _, names in os.walk(take) for name in names if name.endswith(".png"))
        own_frames = np.stack([np.asarray(Image.open(picture).convert("RGB")) for picture in pictures])
        theirs = np.round(np.asarray(frames)[0] * 255).clip(0, 255)
        levels = np.abs(own_frames.astype(np.float64) - theirs)
        print(f"{'frames':28s} largest {levels.max():.0f} levels, changed on {100 * (levels > 0).mean():.4f} % of values")
        good &= levels.max() <= 1
        if own_wave is not None and own_wave.shape[1] == wave.shape[-1]:
            good &= compare("waveform", own_wave, wave[0].numpy().clip(-1, 1), 2e-3)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
