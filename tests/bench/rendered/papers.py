"""Letters, forms, tables, book pages and notes; receipts; as scanned, and as photographed on a table."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from rendered.kit import HAND, INK, MONO, Colour, Kit, lit, on_table, paragraph, taken_by_camera


def document(kit: Kit) -> Image.Image:
    """Return a page: one that a program has drawn, a scan, or a photo of it."""
    width = kit.whole(500, 900)
    ratio = kit.between(1.25, 1.5) if kit.maybe(0.8) else kit.between(0.25, 0.8)
    page = _page(kit, width, int(width * ratio))
    how = kit.between(0, 1)
    if how < 0.25:
        return page
    if how < 0.55:
        return _scanned(kit, page)
    if how < 0.7:
        return taken_by_camera(kit, lit(kit, _curved(kit, _part(kit, page))))
    size = (width, int(width * 4 / 3)) if kit.maybe(0.75) else (int(width * 4 / 3), width)
    return taken_by_camera(kit, lit(kit, on_table(kit, _aged(kit, page), size)))


def receipt(kit: Kit) -> Image.Image:
    """Return a receipt: mostly photographed on a table or in front of something, at times scanned."""
    strip = _aged(kit, _crumpled(kit, _strip(kit)))
    how = kit.between(0, 1)
    if how < 0.08:
        return strip
    if how < 0.2:
        return _scanned(kit, strip)
    if how < 0.32:
        return _on_glass(kit, strip)
    if how < 0.5:
        return taken_by_camera(kit, lit(kit, _part(kit, strip)))
    width = kit.whole(500, 800)
    size = (width, int(width * 4 / 3)) if kit.maybe(0.8) else (int(width * 4 / 3), width)
    return taken_by_camera(kit, lit(kit, on_table(kit, strip, size)))


def _paper(kit: Kit) -> Colour:
    if kit.maybe(0.08):
        return kit.whole(185, 235), kit.whole(165, 210), kit.whole(120, 170)
    white = kit.whole(235, 255)
    return (white, white, white) if kit.maybe(0.75) else (white, white - kit.whole(0, 12), white - kit.whole(5, 40))


def _page(kit: Kit, width: int, height: int) -> Image.Image:
    page = Image.new("RGB", (width, height), _paper(kit))
    draw = ImageDraw.Draw(page)
    often = (_letter, _form, _table, _book, _large)
    kinds = (*often, *often, _columns, _invoice, _invoice, _notes, _notes, _slide, _plate, _envelope)
    kinds[kit.whole(0, len(kinds) - 1)](kit, page, draw)
    if kit.maybe(0.2):
        _stamp(kit, draw, width, height)
    return page


def _letter(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    width, height = page.size
    edge = int(width * kit.between(0.07, 0.14))
    size = width * kit.between(0.013, 0.022)
    font = kit.font(size, *MONO) if kit.maybe(0.25) else kit.font(size)
    y = int(height * kit.between(0.04, 0.1))
    if kit.maybe(0.6):
        draw.rectangle((edge, y, edge + int(width * kit.between(0.08, 0.3)), y + int(size * 3)), fill=kit.accent())
        draw.text((width * 0.6, y), kit.words(3), font=kit.font(size * 1.6), fill=kit.accent())
        y += int(size * 5)
    for _ in range(kit.whole(3, 5)):
        draw.text((edge, y), f"{kit.words(2)} {kit.number(99)}", font=font, fill=INK)
        y += int(size * 1.4)
    draw.text((width * 0.7, y), kit.number(), font=font, fill=INK)
    y += int(size * 4)
    draw.text((edge, y), kit.words(6), font=kit.font(size * 1.1, "bold"), fill=INK)
    end = int(height * kit.between(0.5, 0.9))
    y = paragraph(kit, draw, (edge, y + int(size * 3), width - edge, end), font, INK)
    if kit.maybe(0.7):
        _signature(kit, draw, edge, y, width)
    draw.text((edge, height * 0.95), kit.words(10), font=kit.font(size * 0.7), fill=(110, 110, 110))


def _columns(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Draw a newspaper, a paper or a magazine."""
    width, height = page.size
    count, edge = kit.whole(2, 4), int(width * 0.06)
    size = width * kit.between(0.011, 0.017)
    y = int(height * 0.05)
    draw.text((edge, y), kit.words(4), font=kit.font(width * kit.between(0.04, 0.09), "bold"), fill=INK)
    y += int(width * 0.12)
    step = (width - 2 * edge) // count
    font = kit.font(size, "serif", "roman", "garamond", "libertin")
    for column in range(count):
        left, top = edge + column * step, y
        if kit.maybe(0.3):
            tall = kit.whole(step // 2, step)
            page.paste(kit.photo(step - 12, tall), (left, top))
            top += tall + 8
        paragraph(kit, draw, (left, top, left + step - 12, int(height * 0.95)), font, INK, justified=True)


def _form(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    width, height = page.size
    edge, y = int(width * 0.06), int(height * 0.05)
    size = width * kit.between(0.013, 0.019)
    font, line = kit.font(size), kit.colour(60, 160)
    draw.text((edge, y), kit.words(4).upper(), font=kit.font(size * 1.8, "bold"), fill=INK)
    y += int(size * 4)
    shaded = (225, 230, 240) if kit.maybe(0.5) else (240, 240, 240)
    while y < height * 0.93:
        step = int(size * kit.between(2.2, 3.4))
        if kit.maybe(0.15):
            draw.rectangle((edge, y, width - edge, y + step), fill=shaded)
            draw.text((edge + 6, y + 4), kit.words(4), font=kit.font(size, "bold"), fill=INK)
        else:
            x = edge
            while x < width - edge * 2:
                wide = int(width * kit.between(0.15, 0.5))
                draw.rectangle((x, y, min(x + wide, width - edge), y + step), outline=line)
                draw.text((x + 4, y + 2), kit.words(2), font=kit.font(size * 0.65), fill=(90, 90, 90))
                if kit.maybe(0.6):
                    said = kit.number() if kit.maybe(0.4) else kit.words(2)
                    draw.text((x + 8, y + step - size * 1.2), said, font=font, fill=(20, 30, 90))
                x += wide
        y += step


def _table(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Draw an invoice, a statement or a timetable."""
    width, height = page.size
    edge, size = int(width * 0.06), width * kit.between(0.013, 0.019)
    font = kit.font(size)
    y = paragraph(kit, draw, (edge, int(height * 0.05), width // 2, int(height * kit.between(0.1, 0.3))), font, INK)
    columns = sorted(kit.between(0.2, 0.95) for _ in range(kit.whole(2, 6)))
    head, ruled = kit.accent(), kit.maybe(0.5)
    draw.rectangle((edge, y, width - edge, y + int(size * 1.8)), fill=head if kit.maybe(0.5) else (225, 225, 225))
    while y < height * kit.between(0.6, 0.98):
        draw.text((edge + 4, y + 3), kit.words(2), font=font, fill=INK)
        for place in columns:
            draw.text((place * width - edge, y + 3), kit.number(), font=font, fill=INK, anchor="ra")
        y += int(size * 1.8)
        if ruled:
            draw.line((edge, y, width - edge, y), fill=(170, 170, 170))


def _invoice(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Draw a bill as programs print it: a coloured head, two addresses, a small table, a sum."""
    width, height = page.size
    edge, size, tint = int(width * 0.07), width * kit.between(0.013, 0.02), kit.accent()
    font, bold = kit.font(size), kit.font(size, "bold", "medium")
    if kit.maybe(0.5):
        draw.rectangle((0, 0, width, int(height * kit.between(0.01, 0.12))), fill=tint)
    y = int(height * kit.between(0.05, 0.14))
    draw.text((edge, y), kit.word().upper(), font=kit.font(size * kit.between(2, 4), "bold"), fill=tint)
    if kit.maybe(0.5):
        draw.ellipse((width * 0.8, y, width * 0.9, y + width * 0.1), fill=tint)
    y += int(size * kit.between(5, 9))
    for x in (edge, int(width * kit.between(0.5, 0.65))):
        for line in range(kit.whole(3, 6)):
            draw.text((x, y + line * size * 1.4), f"{kit.words(2)} {kit.number()}", font=font, fill=INK)
    y += int(size * kit.between(9, 13))
    draw.rectangle((edge, y, width - edge, y + int(size * 1.9)), fill=tint if kit.maybe(0.6) else (230, 230, 230))
    for _ in range(kit.whole(2, 14)):
        y += int(size * 2)
        draw.text((edge + 4, y), kit.words(kit.whole(1, 4)), font=font, fill=INK)
        for place in (0.6, 0.75, 0.92):
            draw.text((place * width, y), kit.number(), font=font, fill=INK, anchor="ra")
    y += int(size * 3)
    draw.text((0.7 * width, y), kit.word().capitalize(), font=bold, fill=INK, anchor="ra")
    draw.text((0.92 * width, y), kit.number(), font=bold, fill=INK, anchor="ra")
    if kit.maybe(0.4):
        _signature(kit, draw, int(width * 0.6), y + int(size * 5), width)


def _plate(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Print a picture of a book, in grey, with a line below it."""
    width, height = page.size
    wide, tall = int(width * kit.between(0.4, 0.85)), int(height * kit.between(0.3, 0.7))
    left, top = (width - wide) // 2, int(height * kit.between(0.08, 0.25))
    picture = ImageOps.grayscale(kit.photo(wide, tall))
    page.paste(ImageOps.posterize(picture, 2) if kit.maybe(0.4) else picture, (left, top))
    font = kit.font(width * kit.between(0.016, 0.03), "serif", "roman", "garamond", "libertin")
    draw.text((width / 2, top + tall + font.size), kit.words(6), font=font, fill=INK, anchor="ma")
    box = (int(width * 0.12), int(top + tall + font.size * 4), int(width * 0.88), int(height * 0.94))
    paragraph(kit, draw, box, font, INK, justified=True)


def _envelope(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Write an address, at times with a sender, a stamp and a bar code; the rest stays empty."""
    width, height = page.size
    font = kit.font(width * kit.between(0.018, 0.035), *(HAND if kit.maybe(0.3) else ()))
    x, y = width * kit.between(0.1, 0.55), height * kit.between(0.25, 0.6)
    for line in range(kit.whole(3, 5)):
        draw.text((x, y + line * font.size * 1.4), f"{kit.words(2)} {kit.number()}", font=font, fill=INK)
    if kit.maybe(0.6):
        draw.text((width * 0.05, height * 0.05), kit.words(4), font=kit.font(width * 0.015), fill=INK)
    if kit.maybe(0.5):
        side = int(width * 0.13)
        page.paste(kit.photo(side, int(side * 1.2)), (width - side - int(width * 0.04), int(height * 0.04)))
    if kit.maybe(0.4):
        for place in range(60):
            left = width * 0.5 + place * width * 0.006
            draw.rectangle((left, height * 0.85, left + kit.whole(1, 3), height * 0.92), fill=INK)


def _large(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Print some sentences in large letters."""
    width, height = page.size
    edge = int(width * kit.between(0.04, 0.15))
    font = kit.font(width * kit.between(0.025, 0.055))
    end = int(height * kit.between(0.3, 0.98))
    paragraph(kit, draw, (edge, int(height * kit.between(0.03, 0.2)), width - edge, end), font, INK)


def _notes(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Write by hand, on ruled, squared or plain paper."""
    width, height = page.size
    step = int(width * kit.between(0.03, 0.07))
    style = kit.whole(0, 2)
    for y in range(step, height if style else 0, step):
        draw.line((0, y, width, y), fill=(170, 190, 220))
    for x in range(step, width if style == 2 else 0, step):
        draw.line((x, 0, x, height), fill=(170, 190, 220))
    ink = (25, 35, 120) if kit.maybe(0.5) else INK
    font = kit.font(step * kit.between(0.7, 1), *HAND)
    y = step
    while y < height - 2 * step:
        if kit.maybe(0.85):
            left = kit.whole(width // 20, width // 8)
            said = kit.words(kit.whole(2, 9))
            draw.text((left, y + kit.whole(-3, 3)), said, font=font, fill=ink)
        y += step


def _slide(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    """Draw a certificate, a poster of text or a title page."""
    width, height = page.size
    for inset in range(10, 10 + 8 * kit.whole(0, 3), 8):
        draw.rectangle((inset, inset, width - inset, height - inset), outline=kit.accent(), width=2)
    y = height * kit.between(0.1, 0.25)
    for _ in range(kit.whole(3, 8)):
        size = width * kit.between(0.02, 0.06)
        draw.text((width / 2, y), kit.words(kit.whole(2, 5)), font=kit.font(size), fill=INK, anchor="ma")
        y += size * kit.between(1.5, 3)


def _book(kit: Kit, page: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    width, height = page.size
    halves = 2 if width > height else 1
    font = kit.font(width / halves * kit.between(0.024, 0.036), "serif", "garamond", "libertin", "roman", "vollkorn")
    for half in range(halves):
        left, right = half * width // halves, (half + 1) * width // halves
        edge = int((right - left) * kit.between(0.09, 0.14))
        box = (left + edge, int(height * 0.09), right - edge, int(height * 0.92))
        paragraph(kit, draw, box, font, INK, spacing=1.35, justified=True)
        draw.text(((left + right) / 2, height * 0.95), str(kit.whole(2, 400)), font=font, fill=INK, anchor="ma")


def _stamp(kit: Kit, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    x, y, radius = width * kit.between(0.2, 0.8), height * kit.between(0.5, 0.9), width * kit.between(0.05, 0.12)
    colour = kit.accent()
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=3)
    draw.text((x, y), kit.word().upper()[:8], font=kit.font(radius * 0.4), fill=colour, anchor="mm")


def _signature(kit: Kit, draw: ImageDraw.ImageDraw, x: int, y: int, width: int) -> None:
    steps = kit.chance.normal((width * 0.007, 0), width * 0.012, (30, 2))
    points = np.cumsum(steps, axis=0) + np.array([x, y + 20])
    draw.line([tuple(point) for point in points.tolist()], fill=(25, 35, 120), width=2, joint="curve")


def _strip(kit: Kit) -> Image.Image:
    """Print a receipt: the shop, things with prices, sums, thanks, a code."""
    width = kit.whole(260, 420)
    size = width * kit.between(0.035, 0.055)
    ink = (kit.whole(15, 120),) * 3 if kit.maybe(0.85) else (kit.whole(120, 175),) * 3
    font = kit.font(size, *MONO) if kit.maybe(0.75) else kit.font(size)
    step, edge = int(size * kit.between(1.15, 1.5)), int(width * kit.between(0.03, 0.1))
    lines = kit.whole(12, 60)
    strip = Image.new("RGB", (width, step * (lines + 22)), _paper(kit))
    draw = ImageDraw.Draw(strip)
    y = step
    if kit.maybe(0.7):
        big = kit.font(size * kit.between(1.6, 3), "bold")
        draw.text((width / 2, y), kit.word().upper(), font=big, fill=ink, anchor="ma")
        y += step * 3
    for _ in range(kit.whole(2, 5)):
        draw.text((width / 2, y), f"{kit.words(2)} {kit.number()}", font=font, fill=ink, anchor="ma")
        y += step
    for place in range(lines):
        y += step
        if kit.maybe(0.06):
            draw.text((edge, y), ("-" if kit.maybe(0.5) else "=") * 60, font=font, fill=ink)
            continue
        loud = place > lines * 0.8 and kit.maybe(0.2)
        shown = kit.font(size * 1.4, "bold") if loud else font
        draw.text((edge, y), kit.words(kit.whole(1, 3)).upper()[:22], font=shown, fill=ink)
        if kit.maybe(0.8):
            draw.text((width - edge, y), f"{kit.between(0, 90):.2f}", font=shown, fill=ink, anchor="ra")
    y += 2 * step
    draw.text((width / 2, y), kit.words(4), font=font, fill=ink, anchor="ma")
    y += 2 * step
    if kit.maybe(0.5):
        x = width * 0.15
        while x < width * 0.85:
            wide = kit.whole(1, 4)
            draw.rectangle((x, y, x + wide, y + step * 3), fill=ink)
            x += wide + kit.whole(1, 4)
        y += step * 3
    return strip.crop((0, 0, width, min(strip.height, y + step * 2)))


def _crumpled(kit: Kit, strip: Image.Image) -> Image.Image:
    """Shade a paper by folds."""
    if kit.maybe(0.4):
        return strip
    coarse = kit.chance.normal(0, 1, (kit.whole(3, 12), kit.whole(2, 6))).astype(np.float32)
    shade = np.asarray(Image.fromarray(coarse).resize(strip.size, Image.Resampling.BILINEAR))
    pixels = np.asarray(strip, dtype=np.float32) * (1 - kit.between(0.02, 0.12) * np.abs(shade))[..., None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _aged(kit: Kit, page: Image.Image) -> Image.Image:
    """Fold a page in the middle at times."""
    if kit.maybe(0.7):
        return page
    pixels = np.asarray(page, dtype=np.float64)
    rows = np.arange(page.height) / page.height
    for fold in (1 / 3, 2 / 3) if kit.maybe(0.5) else (1 / 2,):
        pixels = pixels * (1 - 0.15 * np.exp(-(((rows - fold) / 0.01) ** 2)))[:, None, None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _part(kit: Kit, page: Image.Image) -> Image.Image:
    """Come so near that the page fills the picture, and more."""
    scale = kit.between(0.45, 1)
    width, height = int(page.width * scale), int(min(page.height, page.width * 1.4) * scale)
    left, top = kit.whole(0, page.width - width), kit.whole(0, page.height - height)
    turned = page.rotate(kit.between(-4, 4), Image.Resampling.BICUBIC, fillcolor=page.getpixel((2, 2)))
    return turned.crop((left, top, left + width, top + height))


def _curved(kit: Kit, page: Image.Image) -> Image.Image:
    """Bend a page as that of an open book at times, with the dark of the fold at one side."""
    if kit.maybe(0.6):
        return page
    pixels = np.asarray(page)
    height, width = pixels.shape[:2]
    across = np.arange(width) / width
    depth = kit.between(0.02, 0.08) * height
    lift = (depth * across**2 if kit.maybe(0.5) else depth * (1 - across) ** 2).astype(int)
    rows = np.clip(np.arange(height)[:, None] + lift[None, :], 0, height - 1)
    shade = 1 - kit.between(0.2, 0.7) * np.exp(-across / kit.between(0.03, 0.15))
    bent = pixels[rows, np.arange(width)[None, :]] * (shade if kit.maybe(0.5) else shade[::-1])[None, :, None]
    return Image.fromarray(bent.astype(np.uint8))


def _on_glass(kit: Kit, strip: Image.Image) -> Image.Image:
    """Scan a small paper on a large glass: what is around it is white, grey or dark."""
    height = int(strip.height * kit.between(1, 1.6))
    bed = (kit.whole(225, 255),) * 3 if kit.maybe(0.5) else kit.colour(30, 190)
    glass = Image.new("RGB", (int(strip.width * kit.between(1.2, 3)), height), bed)
    left = kit.one(("left", "middle", "right"))
    spare = glass.width - strip.width
    glass.paste(strip, ({"left": 0, "middle": spare // 2, "right": spare}[left], kit.whole(0, height - strip.height)))
    return _scanned(kit, glass)


def _scanned(kit: Kit, page: Image.Image) -> Image.Image:
    """Lay a page on the glass of a scanner."""
    angle = kit.between(-2, 2) if kit.maybe(0.6) else 0
    around = (kit.whole(0, 60),) * 3 if kit.maybe(0.25) else (kit.whole(225, 255),) * 3
    page = page.rotate(angle, Image.Resampling.BICUBIC, expand=kit.maybe(0.3), fillcolor=around)
    if kit.maybe(0.35):
        page = page.convert("L").convert("RGB")
    if kit.maybe(0.15):
        return page.convert("1").convert("RGB")
    page = page.filter(ImageFilter.GaussianBlur(kit.between(0, 1)))
    grain = kit.chance.normal(0, kit.between(0.5, 5), (page.height, page.width, 1))
    return Image.fromarray((np.asarray(page, dtype=np.float32) + grain).clip(0, 255).astype(np.uint8))
