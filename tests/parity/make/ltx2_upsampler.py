"""Makes tests/fixtures/ltx2/latent_upsampler.safetensors: what diffusers' latent upsampler gives in every mode, and its two filters.

Weights are not stored: each is torch.randn with a seed made of its name (FNV-1a, low 32 bits), scaled by 1/sqrt(fan-in), 0.1 for vectors;
tests/unit/models/ltx2/codecs makes the same. Needs torch 2.11 and diffusers 0.42.1.
    python tests/parity/make/ltx2_upsampler.py tests/fixtures/ltx2/latent_upsampler.safetensors
"""
import sys

import torch
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplePipeline
from diffusers.pipelines.ltx2.latent_upsampler import LTX2LatentUpsamplerModel
from safetensors.torch import save_file

MODES = {
    "rational_2": {}, "rational_1.5": dict(rational_spatial_scale=1.5), "rational_0.75": dict(rational_spatial_scale=0.75),
    "shuffle": dict(use_rational_resampler=False), "flat": dict(dims=2, rational_spatial_scale=4.0),
    "temporal": dict(spatial_upsample=False, temporal_upsample=True), "both": dict(temporal_upsample=True),
}


def weight(name, shape):
    seed = 1469598103934665603
    for byte in name.encode():
        seed = ((seed ^ byte) * 1099511628211) % 2**64
    fan_in = torch.Size(shape[1:]).numel()
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed & 0xFFFFFFFF))
    return values * (fan_in**-0.5 if len(shape) > 1 else 0.1)


tensors = {"latents": torch.randn(1, 4, 3, 4, 5, generator=torch.Generator().manual_seed(1))}
with torch.no_grad():
    for mode, switches in MODES.items():
        model = LTX2LatentUpsamplerModel(in_channels=4, mid_channels=32, num_blocks_per_stage=1, **switches).eval()
        for name, parameter in model.named_parameters():
            parameter.copy_(weight(name, tuple(parameter.shape)))
        tensors[mode] = model(tensors["latents"]).contiguous()
    filters = LTX2LatentUpsamplePipeline
    tensors["adain"] = filters.adain_filter_latent(None, tensors["rational_2"], tensors["latents"], 0.7)
    tensors["tone_map"] = filters.tone_map_latents(None, 3 * tensors["latents"], 0.6)
save_file(tensors, sys.argv[1], {"made_with": f"torch {torch.__version__}, diffusers 0.42.1"})
