"""Makes tests/fixtures/ltx2/sound: a log-mel spectrogram as torchaudio computes it for the published models, and small vocoders whose
activations the parity fixtures do not have.

Needs torch 2.11, diffusers 0.42.1, transformers 5.23. Same versions, same numbers within rounding.
    python tests/parity/make/ltx2_sound.py tests/fixtures/ltx2/sound
"""
import pathlib
import sys

import torch
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
from safetensors.torch import save_file
from transformers.audio_utils import mel_filter_bank

folder = pathlib.Path(sys.argv[1])
made_with = {"made_with": f"torch {torch.__version__}, diffusers 0.42.1, transformers 5.23, seed 0"}
torch.manual_seed(0)

waveform = torch.sin(torch.arange(3000) ** 1.5 / 60)[None, None] * torch.tensor([0.8, 0.2])[None, :, None] + 0.01 * torch.randn(1, 2, 3000)
filters = torch.from_numpy(mel_filter_bank(num_frequency_bins=513, num_mel_filters=64, min_frequency=0.0, max_frequency=8000.0,
                                           sampling_rate=16000, norm="slaney", mel_scale="slaney")).float()
spectrum = torch.stft(waveform[0], 1024, 160, 1024, torch.hann_window(1024), center=True, pad_mode="reflect", return_complex=True)
mel = torch.log(torch.clamp(spectrum.abs().transpose(1, 2) @ filters, min=1e-5))[None]
folder.mkdir(parents=True, exist_ok=True)
save_file({"waveform": waveform, "mel": mel.contiguous(), "filters": filters.T.contiguous()}, folder / "log_mel.safetensors", made_with)

VARIANTS = {
    "snake": dict(act_fn="snake", antialias=False, final_act_fn="clamp", final_bias=False),
    "snakebeta_antialias": dict(act_fn="snakebeta", antialias=True, antialias_ratio=3, antialias_kernel_size=18, final_act_fn=None),
    "leaky_even_kernels": dict(act_fn="leaky_relu", leaky_relu_negative_slope=0.3, resnet_kernel_sizes=[4]),
}
for name, config in VARIANTS.items():
    config = {"resnet_kernel_sizes": [3], **config}
    vocoder = LTX2Vocoder(in_channels=8, hidden_channels=8, upsample_kernel_sizes=[5, 4], upsample_factors=[3, 2],
                          resnet_dilations=[[1, 3]], output_sampling_rate=8000, **config).eval()
    with torch.no_grad():
        for parameter in vocoder.parameters():
            fan_in = parameter[0].numel() if parameter.dim() > 1 else 10
            parameter.copy_((torch.randn(parameter.shape) / fan_in**0.5).bfloat16())
        mel = torch.randn(1, 2, 7, 4)
        # The stored filters are scaled, so that a program that computes its own is found out.
        for buffer in vocoder.buffers():
            buffer.copy_((buffer * 1.25).bfloat16())
        tensors = {"mel": mel, "waveform": vocoder(mel)}
    vocoder.to(torch.bfloat16).save_pretrained(folder / name)
    save_file(tensors, folder / name / "tensors.safetensors", made_with)
