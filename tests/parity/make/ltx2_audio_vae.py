"""Makes tests/fixtures/ltx2/audio_vae: small audio VAEs with random weights, one for each way of padding, and what diffusers gives.

Needs torch 2.11 and diffusers 0.42.1. Same versions, same numbers within rounding.
    python tests/parity/make/ltx2_audio_vae.py tests/fixtures/ltx2/audio_vae
"""
import pathlib
import sys

import torch
from diffusers import AutoencoderKLLTX2Audio
from safetensors.torch import save_file

VARIANTS = {
    "height": dict(base_channels=4, latent_channels=2, mel_bins=8),
    "width": dict(base_channels=4, latent_channels=2, mel_bins=8, causality_axis="width"),
    "none_group_attention": dict(base_channels=32, latent_channels=8, mel_bins=16, ch_mult=(1, 1, 1), norm_type="group",
                                 causality_axis="none", mid_block_add_attention=True, attn_resolutions=(128,), num_res_blocks=0),
}
for name, config in VARIANTS.items():
    folder = pathlib.Path(sys.argv[1]) / name
    torch.manual_seed(0)
    vae = AutoencoderKLLTX2Audio(**{"num_res_blocks": 1, **config}).eval()
    with torch.no_grad():
        for key, parameter in vae.named_parameters():
            fan_in = parameter[0].numel() if parameter.dim() > 1 else 100
            base = 1.0 if "norm" in key and key.endswith("weight") else 0.0
            parameter.copy_((base + torch.randn(parameter.shape) / fan_in**0.5).bfloat16())
        mel = torch.randn(1, 2, 13, config["mel_bins"])
        latents = torch.randn(1, config["latent_channels"], 4, config["mel_bins"] // 4)
        tensors = {"mel": mel, "latents": latents, "decoded": vae.decode(latents).sample.contiguous(),
                   "moments": vae.encoder(mel).contiguous()}
    vae.to(torch.bfloat16).save_pretrained(folder)
    save_file(tensors, folder / "tensors.safetensors", {"made_with": f"torch {torch.__version__}, diffusers 0.42.1, seed 0"})
