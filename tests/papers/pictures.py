"""Papers as pictures: what two engines, or two machines, print must look the same."""

import io

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

# Two engines place letters by fractions of a millimetre differently: pages are compared
# as grey pictures at this many dots an inch, a little out of focus.
DPI = 60
BLUR = 2.0
# A dot differs when its grey does by more than this, of 255; of all dots on a page at
# most this share may, and of what one page has ink for this share more or less.
GREY, SHARE, INK = 40, 0.02, 0.12


def pictures(pdf, dpi=DPI):
    """One grey picture a page."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def difference(one, other):
    """The share of dots that differ, and how much more ink the darker one has."""
    if one.size != other.size:
        other = other.resize(one.size, Image.Resampling.BILINEAR)
    blurred = [each.filter(ImageFilter.GaussianBlur(BLUR)) for each in (one, other)]
    dots = ImageChops.difference(*blurred).point(lambda grey: 255 * (grey > GREY))
    share = dots.histogram()[255] / (one.width * one.height)
    inks = sorted(ink_of(each) for each in (one, other))
    return share, inks[1] / max(inks[0], 1) - 1


def ink_of(picture):
    """How dark a picture is in all."""
    return sum((255 - grey) * count for grey, count in enumerate(picture.histogram()))


def compare(one, other, share=SHARE, ink=INK):
    """Assert that two papers look the same, page by page."""
    first, second = pictures(one), pictures(other)
    assert len(first) == len(second), f"{len(first)} pages, and {len(second)}"
    for number, pair in enumerate(zip(first, second, strict=True), 1):
        sizes = [each.size for each in pair]
        assert max(abs(a - b) for a, b in zip(*sizes, strict=True)) <= 2, sizes
        differing, more = difference(*pair)
        assert differing <= share, f"page {number}: {differing:.1%} of the dots differ"
        assert more <= ink, f"page {number}: {more:.0%} more ink"
