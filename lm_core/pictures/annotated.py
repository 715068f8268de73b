"""A picture in, the same picture with a number written on it out: as a network answers in use.

png = annotated(pixels, "31 years")
"""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDE = 384  # pixels, of what is given back


def square(pixels: np.ndarray, side: int) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 -> (side, side, 3) float32 from 0 to 1: the middle of it."""
    H, W = pixels.shape[:2]
    short = min(H, W)
    top, left = (H - short) // 2, (W - short) // 2
    image = Image.fromarray(pixels[top : top + short, left : left + short]).convert("RGB")
    small = image.resize((side, side), Image.Resampling.BOX)
    return (np.asarray(small) / 255).astype(np.float32)


def annotated(pixels: np.ndarray, text: str) -> bytes:
    """A PNG of (H, W) or (H, W, 3) uint8, `WIDE` pixels wide, with `text` on a bar below it."""
    image = Image.fromarray(pixels).convert("RGB")
    high = max(1, round(image.height * WIDE / image.width))
    image = image.resize((WIDE, high), Image.Resampling.NEAREST)
    bar = 44
    whole = Image.new("RGB", (WIDE, high + bar), "#1B2733")
    whole.paste(image, (0, 0))
    draw = ImageDraw.Draw(whole)
    font = ImageFont.load_default(size=20)
    draw.text((12, high + bar / 2), text, fill="#FFFFFF", font=font, anchor="lm")
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()
