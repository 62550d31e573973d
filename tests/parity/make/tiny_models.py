"""Tiny pipelines with random weights in the published folder layout. Every weight is exact in bfloat16."""
import hashlib
import json
import math

import diffusers
import tokenizers
import torch
import transformers
from diffusers.pipelines.ltx2 import LTX2TextConnectors, LTX2Vocoder, LTX2VocoderWithBWE

from fixture_cases import SENTENCES, TEXT_LAYERS, TEXT_WIDTH


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
