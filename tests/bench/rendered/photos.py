"""Photos as phones and people leave them: cropped, compressed, in grey, with a date in the corner or a white border."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from rendered import screens
from rendered.kit import Kit, as_jpeg, lit, opened, upon


def photo(kit: Kit, number: int) -> Image.Image:
    """Return a view of the photo of this number."""
    picture = opened(kit.photos[number % len(kit.photos)], 1000)
    picture.thumbnail((kit.whole(400, 1000),) * 2)
    if kit.maybe(0.6):
        scale = kit.between(0.5, 1)
        width, height = int(picture.width * scale), int(picture.height * kit.between(0.8, 1.25) * scale)
        width, height = max(40, width), max(40, min(height, picture.height))
        left, top = kit.whole(0, max(0, picture.width - width)), kit.whole(0, picture.height - height)
        picture = picture.crop((left, top, left + width, top + height))
    if kit.maybe(0.5):
        picture = ImageOps.mirror(picture)
    if kit.maybe(0.1):
        picture = ImageOps.grayscale(picture).convert("RGB")
    if kit.maybe(0.15):
        picture = picture.filter(ImageFilter.GaussianBlur(kit.between(0.5, 3)))
    picture = ImageEnhance.Brightness(picture).enhance(kit.between(0.5, 1.4))
    picture = ImageEnhance.Contrast(picture).enhance(kit.between(0.7, 1.3))
    if kit.maybe(0.14):
        picture = _signed(kit, picture)
    if kit.maybe(0.08):
        _dated(kit, picture)
    if kit.maybe(0.06):
        picture = ImageOps.expand(picture, int(picture.width * kit.between(0.01, 0.07)), (kit.whole(235, 255),) * 3)
    return as_jpeg(picture, kit.whole(35, 95))


def _signed(kit: Kit, picture: Image.Image) -> Image.Image:
    """Put up a sign, a box, a poster or a screen somewhere in a photo: what has letters is not yet a paper."""
    what = kit.between(0, 1)
    if what < 0.3:
        board = screens.screenshot(kit)
    else:
        ground = kit.accent() if kit.maybe(0.7) else (240, 240, 240)
        board = Image.new("RGB", (kit.whole(200, 500), kit.whole(80, 400)), ground)
        draw, y = ImageDraw.Draw(board), board.height * 0.1
        light = sum(ground) < 400
        while y < board.height * 0.8:
            font = kit.font(board.height * kit.between(0.12, 0.4), "bold", "regular")
            draw.text((board.width / 2, y), kit.word(), font=font, fill=(255,) * 3 if light else (20,) * 3, anchor="ma")
            y += font.size * 1.3
        if kit.maybe(0.5):
            board = ImageOps.expand(board, kit.whole(2, 10), kit.colour())
    board.thumbnail((int(picture.width * kit.between(0.2, 0.75)), int(picture.height * kit.between(0.2, 0.75))))
    return upon(kit, lit(kit, board, 0.6), picture, 1.0)


def _dated(kit: Kit, picture: Image.Image) -> None:
    """Write the date, as cameras do, or a name, as photographers do."""
    draw, size = ImageDraw.Draw(picture), picture.width * kit.between(0.025, 0.05)
    fill = (255, 150, 40) if kit.maybe(0.6) else (255, 255, 255)
    place = (picture.width * 0.96, picture.height * 0.96)
    draw.text(place, f"{kit.number()} {kit.word()}"[:20], font=kit.font(size), fill=fill, anchor="rd")
