#!/usr/bin/env python3
"""Makes the committed parity fixtures: tiny pipelines with random weights in the published folder layout, and what the
reference implementation computes with them (CPU, float32).

    python make_fixtures.py ../../fixtures/parity            all of CASES
    python make_fixtures.py ../../fixtures/parity still      one of them

Needs torch 2.11, diffusers 0.42, transformers 5.23, tokenizers, safetensors, numpy, pillow. A fixture holds model/, request.json,
inputs.safetensors, expected.safetensors, tokenizer_cases.json, manifest.json and, for image-to-video, image.png; tensor names are
listed in tests/parity/README.md. Every weight is exact in bfloat16, so widening the stored file gives the reference's numbers.
"""
import json
import pathlib
import shutil
import sys

import diffusers
import numpy
import tokenizers
import torch
import transformers
from diffusers.pipelines.ltx2 import LTX2ConditionPipeline, LTX2ImageToVideoPipeline, LTX2Pipeline
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from PIL import Image
from safetensors.torch import save_file

from fixture_cases import CASES, MAX_TOKENS, TOKENIZER_TEXTS
from recording import Tape, watch
from tiny_models import build, normal


def make_image(width, height, seed):
    y, x = numpy.mgrid[0:height, 0:width] / max(width, height)
    wave = numpy.stack([numpy.sin(7 * x + seed), numpy.cos(5 * y), numpy.sin(4 * (x + y))], -1) * 0.4 + 0.5
    return Image.fromarray((wave * 255).round().astype(numpy.uint8))


def run(case, folder, tokenizer):
    request = dict(sigmas=None, stg_scale=0.0, audio_stg_scale=0.0, modality_scale=1.0, audio_modality_scale=1.0, guidance_rescale=0.0,
                   audio_guidance_rescale=0.0, audio_guidance_scale=1.0, spatio_temporal_guidance_blocks=None, image=None, noise_scale=None, conditions=None)
    request |= case["request"] | dict(max_sequence_length=MAX_TOKENS, noise_seed=7000 + case["seed"])
    cls = LTX2ConditionPipeline if request["conditions"] else LTX2ImageToVideoPipeline if request["image"] else LTX2Pipeline
    request["pipeline_class"] = cls.__name__
    pipe = cls.from_pretrained(folder / "model", torch_dtype=torch.float32, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    tape = Tape()
    for which, text in (("prompt", request["prompt"]), ("negative", request["negative_prompt"] or "")):
        ids = [2] + tokenizer.encode(text.strip(), add_special_tokens=False).ids
        ids = ids[:MAX_TOKENS]
        padding = MAX_TOKENS - len(ids)
        tape.put(f"text.{which}.input_ids", torch.tensor([[0] * padding + ids]))
        tape.put(f"text.{which}.attention_mask", torch.tensor([[0] * padding + [1] * len(ids)]))
    state = watch(pipe, tape, request)

    frames, rows, columns = (request["num_frames"] - 1) // 8 + 1, request["height"] // 32, request["width"] // 32
    audio_frames = round(request["num_frames"] / request["frame_rate"] * 25.0)
    keys = ("prompt", "negative_prompt", "height", "width", "num_frames", "frame_rate", "num_inference_steps", "sigmas", "guidance_scale",
            "stg_scale", "modality_scale", "guidance_rescale", "audio_guidance_scale", "audio_stg_scale", "audio_modality_scale",
            "audio_guidance_rescale", "spatio_temporal_guidance_blocks", "use_cross_timestep", "max_sequence_length")
    arguments = {k: request[k] for k in keys}
    if request["image"]:
        picture = make_image(request["width"], request["height"], case["seed"])
        picture.save(folder / request["image"])
        arguments |= dict(image=picture, image_crf=0)
    if request["conditions"]:
        arguments["conditions"] = [
            LTX2VideoCondition([make_image(request["width"], request["height"], 10 * i + k) for k in range(c["num_frames"])], c["index"],
                               c["strength"], crf=0) for i, c in enumerate(request["conditions"])]
    if request["noise_scale"]:
        audio = pipe.audio_vae.config
        tape.put("init.video", normal((1, pipe.transformer.config.in_channels, frames, rows, columns), case["seed"], "init video"))
        tape.put("init.audio", normal((1, audio.latent_channels, audio_frames, audio.mel_bins // 4), case["seed"], "init audio"))
        arguments |= dict(latents=tape.tensors["init.video"], audio_latents=tape.tensors["init.audio"], noise_scale=request["noise_scale"])

    module, scheduler = sys.modules[cls.__module__], type(pipe.scheduler)
    draw, step = module.randn_tensor, scheduler.step
    names = iter(["noise.video", "noise.audio"])
    calls = []

    def recorded_draw(*args, **kwargs):
        value = draw(*args, **kwargs)
        tape.put(next(names), value)
        return value

    def recorded_step(self, velocity, t, sample, **kwargs):
        out = step(self, velocity, t, sample, **kwargs)
        name, stream = f"step{len(calls) // 2}", ("video", "audio")[len(calls) % 2]
        calls.append(name)
        tape.put("scheduler.sigmas", self.sigmas)
        tape.put("scheduler.timesteps", self.timesteps)
        tape.put(f"{name}.{stream}.velocity", velocity)
        if stream == "audio":
            tape.put(f"{name}.audio.latents", pipe._unpack_audio_latents(out[0], audio_frames, pipe.audio_vae.config.mel_bins // 4))
        return out

    def on_step_end(_, i, __, values):
        tokens = values["latents"]
        if request["conditions"]:
            tape.put(f"step{i}.video.tokens", tokens)
        tape.put(f"step{i}.video.latents", pipe._unpack_latents(tokens[:, : frames * rows * columns], frames, rows, columns))
        state["step"] = i + 1
        return values

    module.randn_tensor, scheduler.step = recorded_draw, recorded_step
    try:
        with torch.inference_mode():
            pipe(generator=torch.Generator().manual_seed(request["noise_seed"]), output_type="np", callback_on_step_end=on_step_end,
                 callback_on_step_end_tensor_inputs=["latents"], **arguments)
    finally:
        module.randn_tensor, scheduler.step = draw, step
    return request, tape.tensors


def make(name, root):
    case, folder = CASES[name], root / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "model").mkdir(parents=True)
    tokenizer = build(case, folder / "model")
    request, tensors = run(case, folder, tokenizer)
    for key, value in tensors.items():
        assert value.dtype != torch.float32 or torch.isfinite(value).all(), key
    inputs = {k: v for k, v in tensors.items() if k.startswith(("noise.", "init.")) or k.endswith(".preprocessed")}
    save_file(inputs, folder / "inputs.safetensors")
    save_file({k: v for k, v in tensors.items() if k not in inputs}, folder / "expected.safetensors")
    (folder / "request.json").write_text(json.dumps(request, indent=1, ensure_ascii=False) + "\n")
    cases = [dict(text=text, ids=tokenizer.encode(text).ids) for text in TOKENIZER_TEXTS]
    (folder / "tokenizer_cases.json").write_text(json.dumps(cases, ensure_ascii=False, indent=0) + "\n")
    versions = {m.__name__: m.__version__ for m in (torch, diffusers, transformers, tokenizers, numpy)}
    manifest = dict(seed=case["seed"], versions=versions, tensors={k: list(v.shape) for k, v in sorted(tensors.items())})
    (folder / "manifest.json").write_text(json.dumps(manifest) + "\n")
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    wave, picture = tensors["audio.waveform"], tensors["video.frames_u8"].float()
    print(f"{name}: {size / 1e6:.2f} MB, waveform std {wave.std():.3f} max {wave.abs().max():.3f}, frames mean {picture.mean():.0f} std {picture.std():.0f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for chosen in sys.argv[2:] or CASES:
        make(chosen, pathlib.Path(sys.argv[1]))
