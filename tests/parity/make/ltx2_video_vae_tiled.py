"""Makes tests/fixtures/ltx2/video_vae_tiled: a small video VAE with random weights and what diffusers' tiling gives with it.

Needs torch 2.11 and diffusers 0.42.1. Same versions, same numbers within rounding.
    python tests/parity/make/ltx2_video_vae_tiled.py tests/fixtures/ltx2/video_vae_tiled
"""
import pathlib
import sys

import torch
from diffusers import AutoencoderKLLTX2Video
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1])
torch.manual_seed(0)
vae = AutoencoderKLLTX2Video(
    latent_channels=6, patch_size=2, block_out_channels=(8, 16), down_block_types=("LTX2VideoDownBlock3D",) * 2,
    layers_per_block=(1, 1, 1), spatio_temporal_scaling=(True, True), downsample_type=("spatiotemporal", "spatial"),
    decoder_block_out_channels=(8, 16), decoder_layers_per_block=(1, 1, 1), decoder_spatio_temporal_scaling=(True, True),
    decoder_inject_noise=(False,) * 3, upsample_type=("spatiotemporal", "spatial"), upsample_residual=(True, True),
    upsample_factor=(2, 2), decoder_causal=False, spatial_compression_ratio=8, temporal_compression_ratio=2).eval()
with torch.no_grad():
    for parameter in vae.parameters():
        fan_in = parameter[0].numel() if parameter.dim() > 1 else 100
        parameter.copy_((torch.randn(parameter.shape) / fan_in**0.5).bfloat16())
    latents = torch.randn(1, 6, 6, 5, 8)
    frames = torch.rand(1, 3, 11, 40, 64) * 2 - 1
    vae.use_framewise_decoding = True
    vae.enable_tiling(tile_sample_min_height=32, tile_sample_min_width=40, tile_sample_min_num_frames=4,
                      tile_sample_stride_height=24, tile_sample_stride_width=24, tile_sample_stride_num_frames=2)
    tensors = {
        "latents": latents, "frames": frames.to(torch.bfloat16),
        # Every third value is kept: enough to see each phase of each tile, in a third of the bytes.
        "decoded": vae.decode(latents).sample.flatten()[::3].contiguous(),
        "moments": vae.encode(frames.to(torch.bfloat16).float()).latent_dist.parameters,
    }
    apart = (vae.decode(latents).sample - vae.decoder(latents)).abs().max()
    print("tiled and whole are apart by", float(apart))
vae.to(torch.bfloat16).save_pretrained(folder)
save_file(tensors, folder / "tensors.safetensors", {"made_with": f"torch {torch.__version__}, diffusers 0.42.1, seed 0"})
