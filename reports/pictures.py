"""Photos as papers print them: no larger than paper shows, without transparency."""

from __future__ import annotations

import io

from PIL import Image

#: At 150 mm width this is 200 dots per inch, more than an office printer tells apart in a photo.
SIDE_MOST = 1200
QUALITY = 82


def for_print(content: bytes) -> bytes:
    """A kept photo (JPEG or PNG) as a JPEG of at most `SIDE_MOST` pixels a side."""
    picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG"])
    picture.thumbnail((SIDE_MOST, SIDE_MOST))
    if picture.mode in ("RGBA", "LA", "P"):
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
