#!/usr/bin/env python3
"""Makes the committed parity fixtures: tiny pipelines with random weights in the published folder layout, and what the
reference implementation computes with them (CPU, float32).

    python make_fixtures.py ../../fixtures/parity            all of CASES
    python make_fixtures.py ../../fixtures/parity still      one of them

Needs torch 2.11, diffusers 0.42, transformers 5.23, tokenizers, safetensors, numpy, pillow. A fixture holds model/, request.json,
inputs.safetensors, expected.safetensors, tokenizer_cases.json, manifest.json and, for image-to-video, image.png; tensor names are
listed in tests/parity/README.md. Every weight is exact in bfloat16, so widening the stored file gives the reference's numbers.
"""
import hashlib
import json
import math
import pathlib
import shutil
import sys

import diffusers
import numpy
import tokenizers
import torch
import transformers
from diffusers.pipelines.ltx2 import (LTX2ConditionPipeline, LTX2ImageToVideoPipeline, LTX2Pipeline, LTX2TextConnectors,
                                      LTX2Vocoder, LTX2VocoderWithBWE)
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from PIL import Image
from safetensors.torch import save_file

TEXT_WIDTH, TEXT_LAYERS, MAX_TOKENS = 24, 3, 48
SENTENCES = [
    "a red ball rolls down wooden stairs at sunset, slow pan left", "rain falls on a quiet street while a bell rings",
    "two birds sing in the morning fog, static camera", "blurry, worst quality, silent", "eine blaue Tür öffnet sich leise",
    "夜晚下雪,一只狐狸慢慢走过", "ένα κόκκινο σπίτι δίπλα στη θάλασσα",
]
TOKENIZER_TEXTS = SENTENCES + ["", " ", "  two  spaces ", "tab\tand\nnewline\n\n", "emoji 🦊❄️ and é / é", "UPPER lower 0123456789",
                               "שלום עולם مرحبا", "<bos> written out <pad>", "word" * 40]

# name -> (version, transformer and scheduler changes, request). What each is for stands in tests/parity/README.md.
CASES = {
    "interleaved-portrait": dict(
        version="2.0", seed=11,
        transformer=dict(num_attention_heads=4, attention_head_dim=10, audio_num_attention_heads=3, audio_attention_head_dim=8,
                         rope_type="interleaved", rope_double_precision=False, attention_bias=False, audio_ff_bias=False,
                         norm_elementwise_affine=True, num_layers=2),
        request=dict(prompt="夜晚下雪,一只狐狸 🦊 慢慢走过", negative_prompt="blurry, silent", width=64, height=128, num_frames=17,
                     frame_rate=25.0, num_inference_steps=3, guidance_scale=3.5, audio_guidance_scale=2.0, guidance_rescale=0.5,
                     use_cross_timestep=False)),
    "mixed-heads": dict(
        version="2.3", seed=12,
        transformer=dict(num_attention_heads=4, attention_head_dim=8, audio_num_attention_heads=2, audio_attention_head_dim=12,
                         cross_attn_timestep_scale_multiplier=500, num_layers=3),
        request=dict(prompt="two birds sing in the morning fog, static camera", negative_prompt="worst quality", width=96, height=64,
                     num_frames=17, frame_rate=29.97, num_inference_steps=3, guidance_scale=1.0, audio_guidance_scale=2.5, stg_scale=0.8,
                     audio_stg_scale=0.0, modality_scale=1.5, audio_modality_scale=0.0, guidance_rescale=0.7, audio_guidance_rescale=0.0,
                     spatio_temporal_guidance_blocks=[0, 2], use_cross_timestep=True)),
    "image-static-prompt": dict(
        version="2.3", seed=13,
        transformer=dict(num_attention_heads=3, attention_head_dim=12, audio_num_attention_heads=3, audio_attention_head_dim=4,
                         use_prompt_adaln_single=False, audio_cross_attn_mod=False, ff_bias=False, num_layers=2),
        request=dict(prompt="a red ball rolls down wooden stairs", negative_prompt="", width=64, height=96, num_frames=9, frame_rate=24.0,
                     num_inference_steps=3, guidance_scale=3.0, audio_guidance_scale=7.0, stg_scale=1.0, audio_stg_scale=1.0,
                     guidance_rescale=0.7, audio_guidance_rescale=0.7, spatio_temporal_guidance_blocks=[1], use_cross_timestep=True,
                     image="image.png")),
    "still": dict(
        version="2.0", seed=14,
        transformer=dict(num_attention_heads=1, attention_head_dim=20, audio_num_attention_heads=1, audio_attention_head_dim=16, num_layers=1),
        scheduler=dict(use_dynamic_shifting=False, shift=3.0, shift_terminal=None),
        request=dict(prompt="ένα κόκκινο σπίτι δίπλα στη θάλασσα", negative_prompt=None, width=64, height=64, num_frames=1, frame_rate=24.0,
                     num_inference_steps=2, sigmas=[0.8, 0.3], guidance_scale=1.0, noise_scale=0.8, use_cross_timestep=False)),
    "keyframes": dict(
        version="2.3", seed=17,
        transformer=dict(num_attention_heads=2, attention_head_dim=16, audio_num_attention_heads=2, audio_attention_head_dim=8, num_layers=1),
        request=dict(prompt="rain falls on a quiet street while a bell rings", negative_prompt="blurry", width=64, height=64, num_frames=17,
                     frame_rate=24.0, num_inference_steps=2, guidance_scale=3.0, audio_guidance_scale=1.0, guidance_rescale=0.5,
                     use_cross_timestep=True,
                     conditions=[dict(index=0, strength=0.75, num_frames=1), dict(index=1, strength=0.5, num_frames=9),
                                 dict(index=2, strength=1.0, num_frames=1)])),
}


def generator_for(*key):
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:6], "little"))


def normal(shape, *key):
    return torch.randn(tuple(shape), generator=generator_for(*key))


def fill(model, seed, part):
    """Random values for every parameter and buffer, none left at its usual zero or one, all exact in bfloat16."""
    for owner_name, owner in model.named_modules():
        norm = "norm" in type(owner).__name__.lower()
        for name, p in owner._parameters.items():
            if p is None:
                continue
            key = f"{owner_name}.{name}"
            noise = normal(p.shape, seed, part, key)
            fan_in = math.prod(p.shape[1:]) if p.ndim > 1 else 1
            if isinstance(owner, torch.nn.ConvTranspose1d):
                fan_in = p.shape[0] * p.shape[2] / owner.stride[0] if name == "weight" else 1
            if norm:
                value = p.detach().mean().round() + 0.2 * noise
            elif name == "bias":
                value = 0.1 * noise
            elif name in ("alpha", "beta"):
                value = 0.3 * noise
            elif "table" in name or "registers" in name:
                value = 0.5 * noise
            elif isinstance(owner, torch.nn.Embedding):
                value = noise / math.sqrt(p.shape[1])
            else:
                value = noise / math.sqrt(fan_in)
            if part == "vocoder" and "conv_out" in key:
                value = value * (0.05 if "bwe" in key else 0.3)
            if part == "vocoder" and ("resnets" in key or "convs" in key):
                value = value * 0.5
            p.data.copy_(value.to(torch.bfloat16))
        for name, b in owner._buffers.items():
            if b is None or not b.is_floating_point() or name in owner._non_persistent_buffers_set:
                continue
            if name == "latents_mean":
                b.copy_(0.3 * normal(b.shape, seed, part, owner_name, name))
            elif name == "latents_std":
                b.copy_(1 + 0.3 * torch.tanh(normal(b.shape, seed, part, owner_name, name)))
            elif name.endswith("_basis"):
                b.copy_(0.1 * normal(b.shape, seed, part, owner_name, name).abs() if name == "mel_basis"
                        else stft_basis(b.shape, inverse=name == "inverse_basis"))
            b.copy_(b.to(torch.bfloat16).float())
    if hasattr(model, "tie_weights"):
        model.tie_weights()
    return model.eval()


def stft_basis(shape, inverse):
    length = shape[-1]
    angle = 2 * math.pi * torch.arange(shape[0] // 2)[:, None] * torch.arange(length)[None] / length
    window = torch.hann_window(length)[None]
    basis = torch.cat([torch.cos(angle) * window, -torch.sin(angle) * window])[:, None]
    return basis / length if inverse else basis


def make_tokenizer(folder):
    """BPE with byte fallback over the whole prompt, spaces as U+2581, <bos> in front: the shape of the published tokenizer.json."""
    specials = ["<pad>", "<eos>", "<bos>", "<unk>"]
    learner = tokenizers.Tokenizer(tokenizers.models.BPE())
    learner.normalizer = tokenizers.normalizers.Replace(" ", "▁")
    learner.pre_tokenizer = tokenizers.pre_tokenizers.Split("▁", "merged_with_next")
    learner.train_from_iterator(SENTENCES, tokenizers.trainers.BpeTrainer(vocab_size=180, min_frequency=1, show_progress=False))
    learned = json.loads(learner.to_str())["model"]
    vocab = {}
    for piece in specials + ["<0x%02X>" % i for i in range(256)] + sorted(learned["vocab"], key=learned["vocab"].get):
        vocab.setdefault(piece, len(vocab))
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=[tuple(m) for m in learned["merges"]], fuse_unk=True,
                                                      byte_fallback=True, unk_token="<unk>"))
    made.normalizer = tokenizers.normalizers.Replace(" ", "▁")
    made.pre_tokenizer = tokenizers.pre_tokenizers.Split(" ", "merged_with_previous")
    made.add_special_tokens([tokenizers.AddedToken(s, normalized=False, special=True) for s in specials])
    made.post_processor = tokenizers.processors.TemplateProcessing(single="<bos> $A", pair="<bos> $A <bos>:1 $B:1",
                                                                   special_tokens=[("<bos>", vocab["<bos>"])])
    folder.mkdir(parents=True)
    made.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(dict(
        tokenizer_class="GemmaTokenizerFast", add_bos_token=True, add_eos_token=False, bos_token="<bos>", eos_token="<eos>",
        pad_token="<pad>", unk_token="<unk>", padding_side="left", model_max_length=1 << 30), indent=1) + "\n")
    return made, (len(vocab) + 16) // 8 * 8


def component_configs(case):
    newer = case["version"] == "2.3"
    latent, audio_latent, mel = 8, 2, 8
    t = dict(in_channels=latent, out_channels=latent, audio_in_channels=audio_latent * mel // 4, audio_out_channels=audio_latent * mel // 4,
             caption_channels=TEXT_WIDTH, gated_attn=newer, cross_attn_mod=newer, audio_gated_attn=newer, audio_cross_attn_mod=newer,
             rope_type="split", use_prompt_embeddings=not newer, perturbed_attn=newer)
    t.update(case["transformer"])
    width = t["num_attention_heads"] * t["attention_head_dim"]
    audio_width = t["audio_num_attention_heads"] * t["audio_attention_head_dim"]
    t.update(cross_attention_dim=width, audio_cross_attention_dim=audio_width)
    connectors = dict(
        caption_channels=TEXT_WIDTH, text_proj_in_factor=TEXT_LAYERS + 1, video_connector_num_learnable_registers=8,
        audio_connector_num_learnable_registers=8, video_connector_num_layers=1, audio_connector_num_layers=1, video_gated_attn=newer,
        audio_gated_attn=newer, rope_type=t["rope_type"], per_modality_projections=newer, proj_bias=newer, video_hidden_dim=width,
        audio_hidden_dim=audio_width,
        video_connector_num_attention_heads=t["num_attention_heads"] if newer else 3,
        video_connector_attention_head_dim=t["attention_head_dim"] if newer else TEXT_WIDTH // 3,
        audio_connector_num_attention_heads=t["audio_num_attention_heads"] if newer else 2,
        audio_connector_attention_head_dim=t["audio_attention_head_dim"] if newer else TEXT_WIDTH // 2)
    vae = dict(latent_channels=latent, spatial_compression_ratio=32, temporal_compression_ratio=8,
               block_out_channels=(4, 4, 8, 8), layers_per_block=(1, 1, 1, 1, 1),
               spatio_temporal_scaling=(True,) * 4, downsample_type=("spatial", "temporal", "spatiotemporal", "spatiotemporal"))
    if newer:
        vae.update(decoder_block_out_channels=(4, 8, 8, 16), decoder_layers_per_block=(1,) * 5, decoder_spatio_temporal_scaling=(True,) * 4,
                   decoder_inject_noise=(False,) * 5, upsample_type=("spatiotemporal", "spatiotemporal", "temporal", "spatial"),
                   upsample_residual=(False,) * 4, upsample_factor=(2, 2, 1, 2), decoder_spatial_padding_mode="zeros")
    else:
        vae.update(decoder_block_out_channels=(8, 16, 32), decoder_layers_per_block=(1,) * 4, decoder_spatio_temporal_scaling=(True,) * 3,
                   decoder_inject_noise=(False,) * 4, upsample_type=("spatiotemporal",) * 3, upsample_residual=(True,) * 3,
                   upsample_factor=(2,) * 3, decoder_spatial_padding_mode="reflect")
    audio_vae = dict(base_channels=audio_latent * mel // 4, ch_mult=(1, 2, 2), num_res_blocks=1, latent_channels=audio_latent, mel_bins=mel)
    if newer:
        vocoder = dict(in_channels=2 * mel, hidden_channels=64, upsample_kernel_sizes=[11, 4, 4, 4, 4, 4], upsample_factors=[5, 2, 2, 2, 2, 2],
                       resnet_kernel_sizes=[3], resnet_dilations=[[1, 3, 5]], bwe_in_channels=2 * mel, bwe_hidden_channels=32,
                       bwe_upsample_kernel_sizes=[12, 11, 4, 4, 4], bwe_upsample_factors=[6, 5, 2, 2, 2], bwe_resnet_kernel_sizes=[3],
                       bwe_resnet_dilations=[[1, 3, 5]], filter_length=64, hop_length=80, window_length=64, num_mel_channels=mel)
    else:
        vocoder = dict(in_channels=2 * mel, hidden_channels=32, resnet_kernel_sizes=[3, 5], resnet_dilations=[[1, 3, 5]] * 2)
    scheduler = dict(use_dynamic_shifting=True, base_shift=0.95, max_shift=2.05, base_image_seq_len=1024, max_image_seq_len=4096,
                     shift_terminal=0.1)
    scheduler.update(case.get("scheduler", {}))
    return t, connectors, vae, audio_vae, vocoder, scheduler


def build(case, folder):
    seed, newer = case["seed"], case["version"] == "2.3"
    tokenizer, vocab_size = make_tokenizer(folder / "tokenizer")
    t, connectors, vae, audio_vae, vocoder, scheduler = component_configs(case)
    text_config = dict(vocab_size=vocab_size, hidden_size=TEXT_WIDTH, intermediate_size=40, num_hidden_layers=TEXT_LAYERS, num_attention_heads=3,
                       num_key_value_heads=1, head_dim=10, query_pre_attn_scalar=12, sliding_window=8,
                       layer_types=["sliding_attention", "sliding_attention", "full_attention"])
    vision = dict(hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=28, patch_size=14,
                  vision_use_head=False)
    gemma = transformers.Gemma3ForConditionalGeneration(transformers.Gemma3Config(
        text_config=text_config, vision_config=vision, mm_tokens_per_image=1, boi_token_index=vocab_size - 3, eoi_token_index=vocab_size - 2,
        image_token_index=vocab_size - 1))
    parts = {
        "text_encoder": gemma, "transformer": diffusers.LTX2VideoTransformer3DModel(**t), "connectors": LTX2TextConnectors(**connectors),
        "vae": diffusers.AutoencoderKLLTX2Video(**vae), "audio_vae": diffusers.AutoencoderKLLTX2Audio(**audio_vae),
        "vocoder": (LTX2VocoderWithBWE if newer else LTX2Vocoder)(**vocoder)}
    for name, model in parts.items():
        fill(model, seed, name).to(torch.bfloat16).save_pretrained(folder / name)
    diffusers.FlowMatchEulerDiscreteScheduler(**scheduler).save_pretrained(folder / "scheduler")
    libraries = {"text_encoder": "transformers", "connectors": "ltx2", "vocoder": "ltx2"}
    index = {name: [libraries.get(name, "diffusers"), type(model).__name__] for name, model in parts.items()}
    index |= {"tokenizer": ["transformers", "GemmaTokenizerFast"], "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"]}
    index = {"_class_name": "LTX2Pipeline", "_diffusers_version": diffusers.__version__} | dict(sorted(index.items()))
    (folder / "model_index.json").write_text(json.dumps(index, indent=1) + "\n")
    return tokenizer


class Tape:
    """Tensors by name; the first of a name stays."""

    def __init__(self):
        self.tensors = {}

    def put(self, name, value):
        if value is not None and name not in self.tensors:
            self.tensors[name] = value.detach().clone().contiguous()


def watch(pipe, tape, request):
    """Hooks on every network of the pipeline."""
    guided = max(request["guidance_scale"], request["audio_guidance_scale"] or 0) > 1
    state = {"step": 0, "texts": 0}
    texts = ["prompt", "negative"]

    def on_text(_, __, out):
        which = texts[state["texts"]]
        state["texts"] += 1
        keep = tape.tensors[f"text.{which}.attention_mask"][..., None]
        for i, hidden in enumerate(out.hidden_states):
            tape.put(f"text.{which}.hidden{i}", hidden * keep)

    def on_connectors(_, __, out):
        for row, which in enumerate(["negative", "prompt"][-out[0].shape[0]:]):
            for name, value in zip(("video", "audio", "mask"), out):
                tape.put(f"text.{which}.connector.{name}", value[row:row + 1])

    def name_of(kwargs):
        kind = ("modality" if kwargs["isolate_modalities"] else "stg" if kwargs["spatio_temporal_guidance_blocks"]
                else "cfg" if guided else "cond")
        return f"transformer.step{state['step']}.{kind}"

    def before(_, args, kwargs):
        state["name"] = name_of(kwargs)
        if state["step"] == 0:
            tape.put(state["name"] + ".in.video", kwargs["hidden_states"])
            tape.put(state["name"] + ".in.audio", kwargs["audio_hidden_states"])
            tape.put("rope.video.coords", kwargs["video_coords"][:1])
            tape.put("rope.audio.coords", kwargs["audio_coords"][:1])
        tape.put(state["name"] + ".in.timestep", kwargs["timestep"])

    def after(_, __, ___, out):
        tape.put(state["name"] + ".out.video", out[0])
        tape.put(state["name"] + ".out.audio", out[1])

    def on_block(index):
        def hook(_, __, out):
            if state["step"] == 0:
                tape.put(f"{state['name']}.block{index}.video", out[0])
                tape.put(f"{state['name']}.block{index}.audio", out[1])
        return hook

    def on_pair(name, keys, rows=None):
        def hook(_, __, out):
            for key, value in zip(keys, out):
                tape.put(f"{name}.{key}", value[:rows] if rows else value)
        return hook

    net = pipe.transformer
    pipe.text_encoder.register_forward_hook(on_text)
    pipe.connectors.register_forward_hook(on_connectors)
    net.register_forward_pre_hook(before, with_kwargs=True)
    net.register_forward_hook(after, with_kwargs=True)
    for i, block in enumerate(net.transformer_blocks):
        block.register_forward_hook(on_block(i))
    for name, rope in (("video", net.rope), ("audio", net.audio_rope), ("cross_video", net.cross_attn_rope),
                       ("cross_audio", net.cross_attn_audio_rope)):
        rope.register_forward_hook(on_pair(f"rope.{name}", ("cos", "sin"), 1))
    net.time_embed.register_forward_hook(on_pair("time_embed.video", ("modulation", "embedded")))
    net.audio_time_embed.register_forward_hook(on_pair("time_embed.audio", ("modulation", "embedded")))
    decoder = pipe.vae.decoder
    decoder.register_forward_pre_hook(lambda _, args: tape.put("vae.decode.in", args[0]))
    decoder.mid_block.register_forward_hook(lambda _, __, out: tape.put("vae.decode.mid_block", out))
    decoder.register_forward_hook(lambda _, __, out: tape.put("video.frames_u8", frames_u8(out)))
    if request["conditions"]:
        watch_conditions(pipe, tape)
    else:
        pipe.vae.encoder.register_forward_pre_hook(lambda _, args: tape.put("image.preprocessed", args[0]))
        pipe.vae.encoder.register_forward_hook(lambda _, __, out: tape.put("image.encoded_moments", out))
    pipe.audio_vae.decoder.register_forward_pre_hook(lambda _, args: tape.put("audio.decode.in", args[0]))
    pipe.audio_vae.decoder.register_forward_hook(lambda _, __, out: tape.put("audio.mel", out))
    pipe.vocoder.register_forward_hook(lambda _, __, out: tape.put("audio.waveform", out))
    if hasattr(pipe.vocoder, "bwe_generator"):
        pipe.vocoder.vocoder.register_forward_hook(lambda _, __, out: tape.put("audio.waveform_16k", out))
        pipe.vocoder.mel_stft.register_forward_hook(lambda _, __, out: tape.put("audio.bwe_mel", out[0]))
        pipe.vocoder.bwe_generator.register_forward_hook(lambda _, __, out: tape.put("audio.bwe_residual", out))
    return state


def watch_conditions(pipe, tape):
    """One call of the encoder for each condition, in their order."""
    calls = []

    def before(_, args):
        calls.append(f"condition{len(calls)}")
        tape.put(calls[-1] + ".preprocessed", args[0])

    def after(_, __, out):
        tape.put(calls[-1] + ".encoded_moments", out)
        mode = out[:, : pipe.vae.config.latent_channels]
        tape.put(calls[-1] + ".latents", pipe._normalize_latents(mode, pipe.vae.latents_mean, pipe.vae.latents_std))

    pipe.vae.encoder.register_forward_pre_hook(before)
    pipe.vae.encoder.register_forward_hook(after)


def frames_u8(decoded):
    unit = (decoded[0].float() * 0.5 + 0.5).clamp(0, 1).permute(1, 2, 3, 0)
    return (unit * 255).round().to(torch.uint8)


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
