#!/usr/bin/env python3
"""A parity fixture with its model in the original layout: one checkpoint with Lightricks' names and metadata, and the text encoder beside it.

    original_checkpoint.py FIXTURE OUT

Everything but the layout is the fixture's own: its expected tensors hold unchanged. Written from the naming rules that the reference's
loaders and its converter to diffusers have, in the other direction than models/ltx2/original_names.cpp; needs Python alone.
"""
import json
import os
import re
import shutil
import struct
import sys
from pathlib import Path

PARTS = ("transformer", "connectors", "vae", "audio_vae", "vocoder")


def read_tensors(folder):
    """{name: (dtype, shape, bytes)} of all safetensors files in a folder."""
    tensors = {}
    for path in sorted(folder.glob("*.safetensors")):
        data = path.read_bytes()
        (size,) = struct.unpack("<Q", data[:8])
        for name, entry in json.loads(data[8 : 8 + size]).items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                tensors[name] = (entry["dtype"], entry["shape"], data[8 + size + begin : 8 + size + end])
    return tensors


def write_tensors(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values()))


def original_name(part, name, num_encoder_blocks):
    rules = {
        "transformer": [
            (r"^(audio_)?proj_in\.", r"\1patchify_proj."),
            (r"^(audio_)?time_embed\.", r"\1adaln_single."),
            (r"^av_cross_attn_(video|audio)_scale_shift\.", r"av_ca_\1_scale_shift_adaln_single."),
            (r"^av_cross_attn_(?:video|audio)_(a2v|v2a)_gate\.", r"av_ca_\1_gate_adaln_single."),
            (r"^(audio_)?prompt_adaln\.", r"\1prompt_adaln_single."),
            (r"\.norm_([qk])\.", r".\1_norm."),
            (r"\b(video|audio)_a2v_cross_attn_scale_shift_table", r"scale_shift_table_a2v_ca_\1"),
            (r"^", "model.diffusion_model."),
        ],
        "connectors": [
            (r"^(video_|audio_|)text_proj_in\.", r"text_embedding_projection.\1aggregate_embed."),
            (r"\.norm_([qk])\.", r".\1_norm."),
            (r"^(video|audio)_connector\.", r"model.diffusion_model.\1_embeddings_connector."),
            (r"\btransformer_blocks\.", "transformer_1d_blocks."),
        ],
        "vae": [
            (r"^encoder\.mid_block", f"encoder.down_blocks.{2 * num_encoder_blocks}"),
            (r"^decoder\.mid_block", "decoder.up_blocks.0"),
            (r"\bdown_blocks\.(\d+)\.downsamplers\.0", lambda m: f"down_blocks.{2 * int(m[1]) + 1}"),
            (r"\bup_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up_blocks.{2 * int(m[1]) + 1}"),
            (r"^", "vae."),
        ],
        "audio_vae": [(r"^", "audio_vae.")],
        "vocoder": [
            (r"\bupsamplers\.", "ups."),
            (r"\bresnets\.", "resblocks."),
            (r"\bconv_in\.", "conv_pre."),
            (r"\bconv_out\.", "conv_post."),
            (r"\bact_out\.", "act_post."),
            (r"\bdownsample\.filter", "downsample.lowpass.filter"),
            (r"^", "vocoder."),
        ],
    }
    if name in ("latents_mean", "latents_std"):
        return f"{part}.per_channel_statistics.{name.removeprefix('latents_')}-of-means"
    if part == "vae":  # before other numbers stand there
        name = re.sub(r"\bdown_blocks\.(\d+)\.resnets", lambda m: f"down_blocks.{2 * int(m[1])}.res_blocks", name)
        name = re.sub(r"\bup_blocks\.(\d+)\.resnets", lambda m: f"up_blocks.{2 * int(m[1]) + 2}.res_blocks", name)
        name = name.replace("mid_block.resnets", "mid_block.res_blocks")
    for pattern, new in rules[part]:
        name = re.sub(pattern, new, name)
    return name


def transformer_metadata(t, c):
    same = "num_attention_heads attention_head_dim in_channels out_channels num_layers cross_attention_dim caption_channels norm_eps \
timestep_scale_multiplier audio_num_attention_heads audio_attention_head_dim audio_in_channels audio_out_channels audio_cross_attention_dim \
rope_type ff_bias".split()
    meta = {key: t[key] for key in same}
    meta |= {
        "_class_name": "AVTransformer3DModel",
        "positional_embedding_theta": t["rope_theta"],
        "positional_embedding_max_pos": [t["pos_embed_max_pos"], t["base_height"], t["base_width"]],
        "audio_positional_embedding_max_pos": [t["audio_pos_embed_max_pos"]],
        "av_ca_timestep_scale_multiplier": t["cross_attn_timestep_scale_multiplier"],
        "frequencies_precision": "float64" if t["rope_double_precision"] else "float32",
        "apply_gated_attention": t["gated_attn"],
        "cross_attention_adaln": t["cross_attn_mod"],
        "caption_proj_before_connector": not t["use_prompt_embeddings"],
        "connector_num_attention_heads": c["video_connector_num_attention_heads"],
        "connector_attention_head_dim": c["video_connector_attention_head_dim"],
        "connector_num_layers": c["video_connector_num_layers"],
        "audio_connector_num_attention_heads": c["audio_connector_num_attention_heads"],
        "audio_connector_attention_head_dim": c["audio_connector_attention_head_dim"],
        "audio_connector_num_layers": c["audio_connector_num_layers"],
        "connector_apply_gated_attention": c["video_gated_attn"],
        "connector_positional_embedding_max_pos": [c["connector_rope_base_seq_len"]],
    }
    return meta


def vae_metadata(v):
    kinds = {"spatial": "space", "temporal": "time", "spatiotemporal": "all"}
    encoder, width = [], v["latent_channels"]
    for layers, kind, out in zip(v["layers_per_block"], v["downsample_type"], v["block_out_channels"]):
        encoder += [["res_x", {"num_layers": layers}], [f"compress_{kinds[kind]}_res", {"multiplier": out / width}]]
        width = out
    encoder.append(["res_x", {"num_layers": v["layers_per_block"][-1]}])
    # From the picture inwards, as the other lists of the diffusers config; its types alone run the other way.
    decoder = []
    for layers, kind, residual, factor in zip(
        v["decoder_layers_per_block"], reversed(v["upsample_type"]), v["upsample_residual"], v["upsample_factor"]
    ):
        decoder += [["res_x", {"num_layers": layers}], [f"compress_{kinds[kind]}", {"residual": residual, "multiplier": factor}]]
    decoder.append(["res_x", {"num_layers": v["decoder_layers_per_block"][-1]}])
    return {
        "_class_name": "CausalVideoAutoencoder",
        "latent_channels": v["latent_channels"],
        "encoder_blocks": encoder,
        "decoder_blocks": decoder,
        "patch_size": v["patch_size"],
        "norm_layer": "pixel_norm",
        "latent_log_var": "uniform",
        "causal_decoder": v["decoder_causal"],
        "timestep_conditioning": False,
        "encoder_spatial_padding_mode": v["encoder_spatial_padding_mode"],
        "spatial_padding_mode": v["decoder_spatial_padding_mode"],
    }


def audio_metadata(a):
    names = {
        "ch": "base_channels",
        "out_ch": "output_channels",
        "ch_mult": "ch_mult",
        "num_res_blocks": "num_res_blocks",
        "resolution": "resolution",
        "z_channels": "latent_channels",
        "norm_type": "norm_type",
        "causality_axis": "causality_axis",
        "mid_block_add_attention": "mid_block_add_attention",
        "in_channels": "in_channels",
        "double_z": "double_z",
        "mel_bins": "mel_bins",
    }
    d = {key: a[ours] for key, ours in names.items()} | {"attn_resolutions": a.get("attn_resolutions") or []}
    return {
        "model": {"params": {"sampling_rate": a["sample_rate"], "ddconfig": d}},
        "preprocessing": {"stft": {"hop_length": a["mel_hop_length"], "causal": a["is_causal"]}},
    }


def vocoder_metadata(o):
    def generator(prefix, **more):
        return {
            "upsample_initial_channel": o[prefix + "hidden_channels"],
            "upsample_rates": o[prefix + "upsample_factors"],
            "upsample_kernel_sizes": o[prefix + "upsample_kernel_sizes"],
            "resblock_kernel_sizes": o[prefix + "resnet_kernel_sizes"],
            "resblock_dilation_sizes": o[prefix + "resnet_dilations"],
            "stereo": True,
            **more,
        }

    if o["_class_name"] == "LTX2Vocoder":
        return generator("", resblock="1", output_sampling_rate=o["output_sampling_rate"])
    snake = {"resblock": "AMP1", "activation": "snakebeta", "use_bias_at_final": False, "use_tanh_at_final": False}
    rates = {
        "input_sampling_rate": o["input_sampling_rate"],
        "output_sampling_rate": o["output_sampling_rate"],
        "hop_length": o["hop_length"],
        "n_fft": o["filter_length"],
        "num_mels": o["num_mel_channels"],
    }
    return {"vocoder": generator("", **snake), "bwe": generator("bwe_", **snake, **rates)}


def main(fixture, out):
    model = fixture / "model"
    config = {part: json.loads((model / part / "config.json").read_text()) for part in PARTS}
    scheduler = json.loads((model / "scheduler/scheduler_config.json").read_text())
    shutil.rmtree(out, ignore_errors=True)
    (out / "model").mkdir(parents=True)
    for path in fixture.iterdir():
        if path.name != "model":
            os.symlink(path.resolve(), out / path.name)
    for part in ("text_encoder", "tokenizer"):
        shutil.copytree(model / part, out / "model" / part)
    # Not in such files; beside them it says how to sample. The published development model's need not be there.
    if not (scheduler.get("use_dynamic_shifting") and scheduler.get("shift_terminal") == 0.1):
        shutil.copytree(model / "scheduler", out / "model/scheduler")
    if (model / "fantascope.json").exists():
        shutil.copy(model / "fantascope.json", out / "model")
    tensors = {}
    for part in PARTS:
        for name, tensor in read_tensors(model / part).items():
            tensors[original_name(part, name, len(config["vae"]["block_out_channels"]))] = tensor
    metadata = {
        "transformer": transformer_metadata(config["transformer"], config["connectors"]),
        "vae": vae_metadata(config["vae"]),
        "audio_vae": audio_metadata(config["audio_vae"]),
        "vocoder": vocoder_metadata(config["vocoder"]),
    }
    write_tensors(out / "model/checkpoint.safetensors", tensors, {"config": json.dumps(metadata)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
