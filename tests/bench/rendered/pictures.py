"""Memes, and drawings: cartoons, charts, diagrams, sketches."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from rendered.kit import BOLD, HAND, INK, NARROW, Colour, Kit, as_jpeg, taken_by_camera

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def meme(kit: Kit) -> Image.Image:
    """Return a photo or a colour with a saying on it."""
    kinds = (_shouted, _shouted, _shouted, _headed, _headed, _headed, _panels, _panels, _labelled, _framed, _quoted)
    picture = kinds[kit.whole(0, len(kinds) - 1)](kit)
    return as_jpeg(picture, kit.whole(50, 95)) if kit.maybe(0.85) else picture


def _size(kit: Kit) -> tuple[int, int]:
    width = kit.whole(400, 800)
    return width, int(width * kit.between(0.6, 1.3))


def _picture(kit: Kit, width: int, height: int) -> Image.Image:
    if kit.maybe(0.7):
        return kit.photo(width, height)
    return (_cartoon, _posterised, _sketch)[kit.whole(0, 2)](kit).resize((width, height))


def _saying(kit: Kit, draw: ImageDraw.ImageDraw, width: int, y: float, size: float, fill: Colour, edge: float) -> float:
    """Write one to three lines in the middle, in capitals with an edge; return where they end."""
    font = kit.font(size, *NARROW) if kit.maybe(0.6) else kit.font(size, *(BOLD if kit.maybe(0.7) else ()))
    for _ in range(kit.whole(1, 2)):
        line = kit.words(kit.whole(2, 6))
        line = line.upper() if kit.maybe(0.75) else line
        while font.getlength(line) > width * 0.95:
            line = line.rpartition(" ")[0] or line[:-1]
        dark = BLACK if sum(fill) > 300 else WHITE
        draw.text((width / 2, y), line, font=font, fill=fill, anchor="ma", stroke_width=int(edge), stroke_fill=dark)
        y += size * 1.15
    return y


def _shouted(kit: Kit) -> Image.Image:
    """Write above and below in white capitals."""
    width, height = _size(kit)
    picture = _picture(kit, width, height)
    draw = ImageDraw.Draw(picture)
    size = width * kit.between(0.045, 0.13)
    fill = WHITE if kit.maybe(0.9) else (255, 230, 40)
    edge = size * kit.between(0.02, 0.08) + 1
    where = kit.between(0, 1)
    if where < 0.7:
        _saying(kit, draw, width, height * kit.between(0.01, 0.06), size, fill, edge)
    if where > 0.15:
        _saying(kit, draw, width, height - size * kit.between(1.3, 2.8), size, fill, edge)
    return picture


def _headed(kit: Kit) -> Image.Image:
    """Write on a white or black strip above the picture."""
    width, height = _size(kit)
    size = width * kit.between(0.045, 0.075)
    strip = int(size * kit.between(2, 5))
    dark = kit.maybe(0.2)
    picture = Image.new("RGB", (width, height + strip), BLACK if dark else WHITE)
    picture.paste(_picture(kit, width, height), (0, strip))
    draw, font, y = ImageDraw.Draw(picture), kit.font(size, "regular", "bold"), size * 0.4
    while y + size * 1.2 < strip:
        draw.text((size * 0.5, y), kit.words(9)[: int(width / size * 1.8)], font=font, fill=WHITE if dark else INK)
        y += size * 1.25
    return picture


def _labelled(kit: Kit) -> Image.Image:
    """Write labels on the things in a picture, or one line below it, in white with a thin edge or in black."""
    width, height = _size(kit)
    picture = _picture(kit, width, height)
    draw = ImageDraw.Draw(picture)
    fill, edge = (WHITE, BLACK) if kit.maybe(0.8) else (BLACK, WHITE)
    font = kit.font(width * kit.between(0.035, 0.07), "regular", "bold")
    for _ in range(kit.whole(1, 4)):
        place = (width * kit.between(0.2, 0.8), height * kit.between(0.05, 0.93))
        said = kit.words(kit.whole(1, 4))
        draw.text(place, said, font=font, fill=fill, anchor="mm", stroke_width=kit.whole(0, 3), stroke_fill=edge)
    return picture


def _panels(kit: Kit) -> Image.Image:
    """Set two to six pictures beside and below each other, with labels."""
    width, height = _size(kit)
    columns, rows = kit.whole(1, 2), kit.whole(2, 3)
    picture = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(picture)
    wide, tall = width // columns, height // rows
    texts = kit.maybe(0.5)
    for row in range(rows):
        for column in range(columns):
            box = (column * wide, row * tall)
            if texts and column:
                draw.rectangle((*box, box[0] + wide, box[1] + tall), fill=WHITE, outline=BLACK)
                font = kit.font(wide * 0.08, "bold")
                for line in range(kit.whole(1, 3)):
                    draw.text((box[0] + 10, box[1] + 10 + line * wide * 0.1), kit.words(3), font=font, fill=INK)
                continue
            picture.paste(_picture(kit, wide - 2, tall - 2), box)
            if kit.maybe(0.6):
                edge = {"stroke_width": 2, "stroke_fill": BLACK}
                font = kit.font(wide * 0.08, *BOLD)
                place = (box[0] + wide / 2, box[1] + tall * kit.between(0.6, 0.85))
                draw.text(place, kit.words(3), font=font, fill=WHITE, anchor="ma", **edge)  # type: ignore[arg-type]
    return picture


def _framed(kit: Kit) -> Image.Image:
    """Frame a picture in black, with a title below."""
    width, height = _size(kit)
    picture = Image.new("RGB", (width, height), BLACK)
    inner = int(width * 0.8), int(height * 0.66)
    picture.paste(_picture(kit, *inner), (int(width * 0.1), int(height * 0.06)))
    draw = ImageDraw.Draw(picture)
    box = (width * 0.1 - 4, height * 0.06 - 4, width * 0.1 + inner[0] + 4, height * 0.06 + inner[1] + 4)
    draw.rectangle(box, outline=WHITE)
    title = kit.font(width * 0.08, "serif", "roman", "garamond")
    draw.text((width / 2, height * 0.77), kit.word().upper(), font=title, fill=WHITE, anchor="ma")
    small = kit.font(width * 0.03)
    draw.text((width / 2, height * 0.9), kit.words(8)[:60], font=small, fill=WHITE, anchor="ma")
    return picture


def _quoted(kit: Kit) -> Image.Image:
    """Write a saying on a colour, or on a photo that was made dark."""
    width, height = _size(kit)
    if kit.maybe(0.5):
        blurred = kit.photo(width, height).filter(ImageFilter.GaussianBlur(kit.between(0, 5)))
        picture = ImageEnhance.Brightness(blurred).enhance(kit.between(0.3, 0.7))
    else:
        ramp = Image.linear_gradient("L").rotate(kit.whole(0, 3) * 90).resize((width, height))
        picture = ImageOps.colorize(ramp, kit.accent(), kit.accent())
    draw = ImageDraw.Draw(picture)
    y, size = height * kit.between(0.15, 0.35), width * kit.between(0.05, 0.09)
    font = kit.font(size, *(HAND if kit.maybe(0.3) else BOLD))
    for _ in range(kit.whole(2, 6)):
        line = kit.words(kit.whole(3, 5))
        while font.getlength(line) > width * 0.92:
            line = line[:-1]
        draw.text((width / 2, y), line, font=font, fill=WHITE, anchor="ma")
        y += size * 1.25
    return picture


def drawing(kit: Kit) -> Image.Image:
    """Return a cartoon, a chart, a diagram, a sketch or a child's drawing."""
    kinds = (_cartoon, _cartoon, _chart, _diagram, _sketch, _posterised, _crayons, _logo)
    picture = kinds[kit.whole(0, len(kinds) - 1)](kit)
    return as_jpeg(picture, kit.whole(60, 95)) if kit.maybe(0.5) else picture


def _shape(kit: Kit, x: float, y: float, side: float) -> list[tuple[float, float]]:
    corners = kit.whole(3, 9)
    angles = np.sort(kit.chance.uniform(0, 2 * np.pi, corners))
    radii = side * kit.chance.uniform(0.4, 1, corners)
    return [(x + r * np.cos(a), y + r * np.sin(a)) for r, a in zip(radii, angles, strict=True)]


def _cartoon(kit: Kit) -> Image.Image:
    """Draw flat shapes with or without an outline: a scene, or one figure on white."""
    width, height = _size(kit)
    scene = kit.maybe(0.5)
    large = 2
    picture = Image.new("RGB", (width * large, height * large), kit.colour(150, 255) if scene else WHITE)
    draw = ImageDraw.Draw(picture)
    outline = kit.whole(2, 6) * large if kit.maybe(0.6) else 0
    if scene:
        horizon = picture.height * kit.between(0.4, 0.8)
        draw.rectangle((0, horizon, *picture.size), fill=kit.accent())
    middle = np.array(picture.size) / 2
    spread = 0.5 if scene else 0.2
    for _ in range(kit.whole(6, 40)):
        x, y = middle + kit.chance.uniform(-1, 1, 2) * picture.size * np.array(spread)
        side = picture.width * kit.between(0.02, 0.22)
        fill = kit.accent() if kit.maybe(0.8) else (WHITE, BLACK)[kit.whole(0, 1)]
        what = kit.whole(0, 3)
        if what < 2:
            box = (x - side, y - side * kit.between(0.4, 1), x + side, y + side * kit.between(0.4, 1))
            (draw.ellipse if what else draw.rounded_rectangle)(box, fill=fill, outline=BLACK, width=outline)
        elif what == 2:
            points = _shape(kit, x, y, side)
            draw.polygon(points, fill=fill)
            if outline:
                draw.line([*points, points[0]], fill=BLACK, width=outline, joint="curve")
        else:
            draw.arc(
                (x - side, y - side, x + side, y + side), kit.whole(0, 180), kit.whole(200, 360), BLACK, outline + 2
            )
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _chart(kit: Kit) -> Image.Image:
    width, height = _size(kit)
    picture = Image.new("RGB", (width, height), WHITE if kit.maybe(0.8) else (30, 32, 40))
    draw = ImageDraw.Draw(picture)
    ink = INK if picture.getpixel((0, 0)) == WHITE else (200, 200, 200)
    font = kit.font(width * 0.025)
    draw.text((width / 2, 10), kit.words(4), font=kit.font(width * 0.04), fill=ink, anchor="ma")
    left, top, right, bottom = width * 0.1, height * 0.12, width * 0.95, height * 0.88
    what = kit.whole(0, 3)
    if what == 0:
        start = 0.0
        while start < 360:
            end = min(360, start + kit.between(15, 120))
            side = min(width, height) * 0.35
            box = (width / 2 - side, height / 2 - side, width / 2 + side, height / 2 + side)
            draw.pieslice(box, start, end, fill=kit.accent(), outline=WHITE)
            start = end
        return picture
    for place in range(6):
        y = top + place * (bottom - top) / 5
        draw.line((left, y, right, y), fill=(180, 180, 180))
        draw.text((left - 6, y), str(kit.whole(0, 500)), font=font, fill=ink, anchor="rm")
    draw.line((left, top, left, bottom, right, bottom), fill=ink, width=2)
    count = kit.whole(3, 14)
    step = (right - left) / count
    tint = kit.accent()
    if what == 1:
        for place in range(count):
            y = kit.between(top, bottom)
            x = left + place * step
            draw.rectangle((x + step * 0.15, y, x + step * 0.85, bottom), fill=tint if kit.maybe(0.8) else kit.accent())
            draw.text((x + step / 2, bottom + 6), kit.word()[:5], font=font, fill=ink, anchor="ma")
    else:
        for _ in range(kit.whole(1, 4)):
            heights = np.cumsum(kit.chance.normal(0, 1, count * 5))
            heights = top + (heights - heights.min()) / (np.ptp(heights) + 1e-9) * (bottom - top)
            points = [(left + place * step / 5, y) for place, y in enumerate(heights.tolist())]
            if what == 2:
                draw.line(points, fill=kit.accent(), width=3)
            else:
                fill = kit.accent()
                for x, y in points:
                    draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=fill)
    return picture


def _diagram(kit: Kit) -> Image.Image:
    """Draw boxes and arrows, or thin lines as engineers do."""
    width, height = _size(kit)
    picture = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(picture)
    places = [(kit.between(0.1, 0.9) * width, kit.between(0.1, 0.9) * height) for _ in range(kit.whole(4, 14))]
    for one, other in pairwise(places):
        draw.line((*one, *other), fill=INK, width=kit.whole(1, 3))
    font = kit.font(width * 0.025)
    filled = kit.maybe(0.6)
    for x, y in places:
        wide, tall = width * kit.between(0.05, 0.12), height * kit.between(0.03, 0.07)
        fill = kit.colour(180, 255) if filled else WHITE
        box = (x - wide, y - tall, x + wide, y + tall)
        (draw.rectangle if kit.maybe(0.7) else draw.ellipse)(box, fill=fill, outline=INK, width=2)
        draw.text((x, y), kit.word()[:10], font=font, fill=INK, anchor="mm")
    return picture


def _sketch(kit: Kit) -> Image.Image:
    """Draw a photo with a pencil: the picture divided by its blurred self."""
    grey = kit.photo(*_size(kit)).convert("L").filter(ImageFilter.GaussianBlur(1))
    soft = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(kit.between(3, 9)))
    lines = np.asarray(grey, np.float32) / np.maximum(1, 255 - np.asarray(soft, np.float32)) * 255
    picture = Image.fromarray(lines.clip(0, 255).astype(np.uint8))
    picture = ImageEnhance.Contrast(picture).enhance(kit.between(1, 2.5)).convert("RGB")
    return taken_by_camera(kit, picture) if kit.maybe(0.3) else picture


def _posterised(kit: Kit) -> Image.Image:
    """Draw a photo as a comic: few flat colours and black edges."""
    photo = kit.photo(*_size(kit)).filter(ImageFilter.MedianFilter(7)).filter(ImageFilter.ModeFilter(9))
    flat = ImageEnhance.Color(photo).enhance(kit.between(1.2, 2.2)).quantize(kit.whole(5, 14)).convert("RGB")
    flat = flat.filter(ImageFilter.ModeFilter(7))
    if kit.maybe(0.7):
        edges = photo.convert("L").filter(ImageFilter.FIND_EDGES).filter(ImageFilter.MaxFilter(3))
        flat = ImageChops.multiply(flat, ImageOps.invert(edges.point(lambda v: 255 if v > 40 else 0)).convert("RGB"))
    return flat


def _crayons(kit: Kit) -> Image.Image:
    """Draw as children do: thick strokes on white paper, photographed."""
    width, height = _size(kit)
    picture = Image.new("RGB", (width, height), (kit.whole(235, 255),) * 3)
    draw = ImageDraw.Draw(picture)
    for _ in range(kit.whole(6, 25)):
        start = kit.chance.uniform(0.1, 0.9, 2) * (width, height)
        if kit.maybe(0.4):
            turns = np.linspace(0, 2 * np.pi, 24)
            side = width * kit.between(0.03, 0.15)
            circle = np.stack([np.cos(turns), np.sin(turns)], axis=1) * side
            points = start + circle + kit.chance.normal(0, 2, circle.shape)
        else:
            points = start + np.cumsum(
                kit.chance.normal(0, width * kit.between(0.005, 0.04), (kit.whole(3, 30), 2)), axis=0
            )
        path = [tuple(point) for point in points.tolist()]
        draw.line(path, fill=kit.accent() if kit.maybe(0.7) else INK, width=kit.whole(2, 9), joint="curve")
    return taken_by_camera(kit, picture) if kit.maybe(0.7) else picture


def _logo(kit: Kit) -> Image.Image:
    """Draw a sign, a flag or a word mark."""
    width, height = _size(kit)
    picture = Image.new("RGB", (width, height), WHITE if kit.maybe(0.5) else kit.accent())
    draw = ImageDraw.Draw(picture)
    for _ in range(kit.whole(1, 4)):
        x, y, side = width / 2, height / 2, min(width, height) * kit.between(0.1, 0.45)
        if kit.maybe(0.5):
            draw.ellipse((x - side, y - side, x + side, y + side), fill=kit.accent())
        else:
            draw.polygon(_shape(kit, x, y, side), fill=kit.accent())
    if kit.maybe(0.7):
        font = kit.font(width * kit.between(0.06, 0.16), *BOLD)
        draw.text((width / 2, height * kit.between(0.4, 0.85)), kit.word(), font=font, fill=kit.accent(), anchor="mm")
    return picture
