"""Makes tests/unit/app/media/fixtures/given.png and given-crf33.png: a picture, and what diffusers 0.42.1 hands to its VAE instead of it.

Needs diffusers 0.42.1, PyAV (made with 18.1.0) and Pillow.
    python tests/parity/make/compressed_image.py tests/unit/app/media/fixtures
"""
import sys

import numpy as np
from diffusers.pipelines.ltx2.utils import apply_image_conditioning_crf
from PIL import Image, ImageDraw

image = Image.new("RGB", (96, 64))
pixels = np.asarray(image).copy()
y, x = np.mgrid[0:64, 0:96]
pixels[..., 0], pixels[..., 1], pixels[..., 2] = 60 + x, 90 + y, 200 - x // 2 - y // 2
pixels[40:][((x // 8 + y // 8) % 2 == 0)[40:]] = 230
image = Image.fromarray(pixels)
ImageDraw.Draw(image).ellipse((34, 14, 66, 46), fill=(210, 30, 40))
image.save(sys.argv[1] + "/given.png")
Image.fromarray(apply_image_conditioning_crf(np.asarray(image), 33)).save(sys.argv[1] + "/given-crf33.png")
