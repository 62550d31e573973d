"""Makes tests/fixtures/ltx2/tiny_video_decoder: a decoder with the blocks of the reference at small widths, and what they give.

The reference fixes its widths, so its blocks are put together here in its order; names are then those of a published file.
Needs torch 2.11 and taehv.py of github.com/madebyollin/taehv (made with commit 1f14a56).
    PYTHONPATH=TAEHV_FOLDER python tests/parity/make/ltx2_tiny_video_decoder.py tests/fixtures/ltx2/tiny_video_decoder
"""
import os
import sys

import taehv
import torch
from safetensors.torch import save_file
from torch import nn

CHANNELS, PATCH, WIDTHS = 8, 4, (8, 7, 6, 5)


def decoder(space, time):
    layers = [taehv.Clamp(), taehv.conv(CHANNELS, WIDTHS[0]), nn.ReLU()]
    for i in range(3):
        layers += [taehv.MemBlock(WIDTHS[i], WIDTHS[i]) for _ in range(3)]
        layers += [nn.Upsample(scale_factor=2 if space[i] else 1), taehv.TGrow(WIDTHS[i], 2 if time[i] else 1),
                   taehv.conv(WIDTHS[i], WIDTHS[i + 1], bias=False)]
    return nn.Sequential(*layers, nn.ReLU(), taehv.conv(WIDTHS[3], 3 * PATCH**2))


class Tiny(taehv.TAEHV):
    """The reference with another list of blocks; decoding and the cut of growth in time are its own."""

    def __init__(self, space=(True,) * 3, time=(True,) * 3):
        super().__init__(checkpoint_path=None, patch_size=PATCH, latent_channels=CHANNELS, decoder_time_upscale=time)
        self.encoder, self.decoder = nn.Sequential(), decoder(space, time)


torch.manual_seed(1)
whole = Tiny()
weights = {}
for name, parameter in whole.named_parameters():
    fan_in = parameter[0].numel() if parameter.dim() > 1 else 100
    weights[name] = torch.randn(parameter.shape) * (2 / fan_in) ** 0.5
weights["decoder.22.weight"] *= 0.05
weights["decoder.22.bias"] = 0.5 + 0.1 * weights["decoder.22.bias"]
latents = 1.5 * torch.randn(1, CHANNELS, 2, 1, 2)
expected = {"latents": latents}
cases = {"whole": ((True, True, True), (True, True, True)), "small": ((True, True, False), (True, False, False)),
         "smallest": ((False,) * 3, (False,) * 3)}
with torch.no_grad():
    for name, (space, time) in cases.items():
        model = Tiny(space, time)
        model.load_state_dict(model.patch_tgrow_layers(dict(weights)))
        expected[name] = model.decode_video(latents.transpose(1, 2), show_progress_bar=False)[0].contiguous()
        print(name, tuple(expected[name].shape), f"within (0,1): {((expected[name] > 0) & (expected[name] < 1)).float().mean():.2f}")
os.makedirs(sys.argv[1], exist_ok=True)
save_file(weights, sys.argv[1] + "/model.safetensors")
save_file(expected, sys.argv[1] + "/expected.safetensors", {"made_with": f"torch {torch.__version__}, taehv 1f14a56"})
