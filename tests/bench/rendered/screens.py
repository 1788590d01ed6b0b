"""Screenshots of phones, tablets and desktops."""

from __future__ import annotations

from PIL import Image, ImageDraw

from rendered.kit import MONO, Colour, Kit, as_jpeg, paragraph


class Theme:
    """The colours of a program, light or dark."""

    def __init__(self, kit: Kit) -> None:
        self.dark = kit.maybe(0.4)
        grey = kit.whole(10, 45) if self.dark else kit.whole(238, 255)
        self.ground: Colour = (grey, grey, min(255, grey + kit.whole(0, 6)))
        card = grey + 14 if self.dark else 255
        self.card: Colour = (card, card, card)
        ink = kit.whole(200, 255) if self.dark else kit.whole(0, 60)
        self.ink: Colour = (ink, ink, ink)
        self.faint: Colour = (130, 130, 135)
        line = grey + 25 if self.dark else grey - 22
        self.line: Colour = (line, line, line)
        self.accent = kit.accent()


def screenshot(kit: Kit) -> Image.Image:
    """Return a screenshot, as PNG keeps it or as a JPEG."""
    picture = _phone(kit) if kit.maybe(0.6) else _desktop(kit)
    if kit.maybe(0.07):
        top = kit.whole(0, picture.height // 3)
        picture = picture.crop((0, top, picture.width, top + kit.whole(picture.height // 3, picture.height - top)))
    return as_jpeg(picture, kit.whole(70, 95)) if kit.maybe(0.4) else picture


def _phone(kit: Kit) -> Image.Image:
    width = kit.whole(360, 540)
    ratio = kit.between(1.75, 2.22) if kit.maybe(0.85) else kit.between(1.3, 1.45)
    size = width, int(width * ratio)
    if kit.maybe(0.08):
        size = size[1], size[0]
    theme = Theme(kit)
    screen = Image.new("RGB", size, theme.ground)
    draw = ImageDraw.Draw(screen)
    bar = int(width * 0.055)
    app = (_chat, _list, _feed, _settings, _article, _home, _grid, _map, _lock, _gallery, _keypad, _shop)
    chosen = app[kit.whole(0, len(app) - 1)]
    top = bar
    if chosen not in (_home, _lock):
        tall = int(width * kit.between(0.12, 0.17))
        head = theme.accent if kit.maybe(0.4) else theme.card
        draw.rectangle((0, 0, size[0], bar + tall), fill=head)
        said = (255, 255, 255) if head == theme.accent else theme.ink
        title = kit.font(width * 0.05, "bold", "medium")
        draw.text((width * (0.13 if kit.maybe(0.6) else 0.04), bar + tall * 0.28), kit.words(2), font=title, fill=said)
        for place in range(kit.whole(0, 3)):
            _icon(kit, draw, size[0] - width * (0.07 + 0.1 * place), bar + tall / 2, width * 0.02, said)
        top = bar + tall
    bottom = size[1]
    if kit.maybe(0.5) and chosen not in (_home, _lock, _keypad):
        bottom -= int(width * 0.14)
        draw.rectangle((0, bottom, *size), fill=theme.card)
        draw.line((0, bottom, size[0], bottom), fill=theme.line)
        for place in range(count := kit.whole(3, 5)):
            tint = theme.accent if not place else theme.faint
            x = (place + 0.5) * size[0] / count
            _icon(kit, draw, x, bottom + width * 0.05, width * 0.025, tint)
            draw.text((x, bottom + width * 0.09), kit.word()[:7], font=kit.font(width * 0.025), fill=tint, anchor="ma")
    chosen(kit, screen, draw, theme, (0, top, size[0], bottom))
    _status(kit, draw, width, bar, theme if chosen is not _home else None)
    if kit.maybe(0.12):
        _dialog(kit, draw, theme, size)
    if kit.maybe(0.1) and size[1] > size[0]:
        _keyboard(kit, draw, theme, size)
    return screen


def _status(kit: Kit, draw: ImageDraw.ImageDraw, width: int, bar: int, theme: Theme | None) -> None:
    ink = theme.ink if theme else (255, 255, 255)
    font = kit.font(bar * 0.6, "medium", "regular")
    draw.text((width * 0.05, bar * 0.2), f"{kit.whole(0, 23)}:{kit.whole(0, 59):02d}", font=font, fill=ink)
    for place in range(kit.whole(2, 4)):
        _icon(kit, draw, width * (0.95 - 0.06 * place), bar * 0.55, bar * 0.25, ink)


def _icon(kit: Kit, draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: Colour) -> None:
    box = (x - radius, y - radius, x + radius, y + radius)
    shape = kit.whole(0, 3)
    if shape == 0:
        draw.ellipse(box, outline=fill, width=max(1, int(radius * 0.3)))
    elif shape == 1:
        draw.rectangle(box, outline=fill, width=max(1, int(radius * 0.3)))
    elif shape == 2:
        draw.polygon([(x, y - radius), (x + radius, y + radius), (x - radius, y + radius)], fill=fill)
    else:
        for step in (-1, 0, 1):
            line = y + step * radius * 0.7
            draw.line((x - radius, line, x + radius, line), fill=fill, width=max(1, int(radius * 0.25)))


def _avatar(kit: Kit, screen: Image.Image, x: int, y: int, side: int) -> None:
    face = kit.photo(side, side) if kit.maybe(0.5) else Image.new("RGB", (side, side), kit.accent())
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, side, side), fill=255)
    screen.paste(face, (x, y), mask)


Area = tuple[int, int, int, int]


def _chat(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    wide, y = right - left, top + 10
    font = kit.font(wide * kit.between(0.033, 0.045))
    if kit.maybe(0.25):
        screen.paste(kit.photo(wide, bottom - top).point(lambda value: value // 2 + 90), (left, top))
    while y < bottom - wide // 6:
        mine = kit.maybe(0.5)
        if kit.maybe(0.12):
            side = int(wide * 0.5)
            tall = min(int(side * kit.between(0.6, 1.2)), bottom - y)
            screen.paste(kit.photo(side, tall), (right - side - 12 if mine else 12, y))
            y += tall + 12
            continue
        said = [kit.words(kit.whole(1, 6)) for _ in range(kit.whole(1, 4))]
        length = min(max(font.getlength(line) for line in said), wide * 0.72)
        tall = int(len(said) * font.size * 1.35) + 14
        x = right - length - 34 if mine else left + 14
        fill = theme.accent if mine else theme.card
        draw.rounded_rectangle((x, y, x + length + 20, y + tall), radius=int(wide * 0.03), fill=fill)
        for place, line in enumerate(said):
            ink = (255, 255, 255) if mine else theme.ink
            draw.text((x + 10, y + 6 + place * font.size * 1.35), line[:34], font=font, fill=ink)
        y += tall + kit.whole(6, 22)


def _list(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    wide = right - left
    step, y = int(wide * kit.between(0.13, 0.22)), top
    big, small = kit.font(wide * 0.042, "medium", "bold"), kit.font(wide * 0.033)
    pictured = kit.maybe(0.7)
    while y < bottom - step:
        x = left + int(wide * 0.04)
        if pictured:
            _avatar(kit, screen, x, y + step // 6, int(step * 0.66))
            x += step
        draw.text((x, y + step * 0.18), kit.words(kit.whole(1, 3)), font=big, fill=theme.ink)
        draw.text((x, y + step * 0.55), kit.words(kit.whole(3, 7))[:44], font=small, fill=theme.faint)
        if kit.maybe(0.6):
            draw.text((right - wide * 0.04, y + step * 0.2), kit.number(99), font=small, fill=theme.faint, anchor="ra")
        y += step
        draw.line((x, y, right, y), fill=theme.line)


def _feed(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    wide, y = right - left, top
    font = kit.font(wide * 0.037)
    while y < bottom:
        side = int(wide * 0.1)
        _avatar(kit, screen, left + 12, y + 10, side)
        draw.text((left + side + 24, y + 16), kit.words(2), font=kit.font(wide * 0.04, "bold"), fill=theme.ink)
        y += side + 20
        if kit.maybe(0.6):
            end = min(bottom, y + int(wide * kit.between(0.1, 0.3)))
            y = paragraph(kit, draw, (left + 14, y, right - 14, end), font, theme.ink) + 4
        tall = int(wide * kit.between(0.5, 1.1))
        if kit.maybe(0.8) and y < bottom:
            screen.paste(kit.photo(wide, min(tall, bottom - y)), (left, y))
            y += tall
        for place in range(3):
            _icon(kit, draw, left + wide * (0.07 + 0.12 * place), y + wide * 0.05, wide * 0.022, theme.ink)
        y += int(wide * 0.12)
        draw.rectangle((left, y, right, y + 8), fill=theme.line)


def _settings(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    wide = right - left
    y, step = top + int(wide * 0.04), int(wide * kit.between(0.11, 0.15))
    font = kit.font(wide * 0.042)
    while y < bottom - step:
        for _ in range(kit.whole(1, 5)):
            if y > bottom - step:
                return
            draw.rectangle((left + 12, y, right - 12, y + step), fill=theme.card)
            icon = (left + 24, y + step * 0.2, left + 24 + step * 0.6, y + step * 0.8)
            draw.rounded_rectangle(icon, 6, fill=kit.accent())
            draw.text((left + step + 24, y + step * 0.27), kit.words(2), font=font, fill=theme.ink)
            if kit.maybe(0.4):
                on = kit.maybe(0.5)
                x, middle, radius = right - wide * 0.16, y + step / 2, step * 0.22
                track = (x, middle - radius, x + radius * 3.6, middle + radius)
                draw.rounded_rectangle(track, int(radius), fill=theme.accent if on else theme.line)
                knob = x + (radius * 1.7 if on else 1)
                draw.ellipse((knob, middle - radius, knob + 2 * radius, middle + radius), fill=(255, 255, 255))
            draw.line((left + step + 24, y + step, right - 12, y + step), fill=theme.line)
            y += step
        y += int(wide * 0.07)


def _article(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    wide, y = right - left, top + 10
    draw.rectangle(area, fill=theme.card)
    if kit.maybe(0.4):
        tall = int(wide * kit.between(0.3, 0.6))
        screen.paste(kit.photo(wide, tall), (left, y))
        y += tall + 12
    head = kit.font(wide * kit.between(0.05, 0.08), "bold", "serif")
    for _ in range(kit.whole(1, 3)):
        draw.text((left + 16, y), kit.words(4), font=head, fill=theme.ink)
        y += int(head.size * 1.25)
    font = kit.font(wide * kit.between(0.03, 0.042))
    while y < bottom:
        end = min(bottom, y + int(wide * kit.between(0.4, 1.2)))
        y = paragraph(kit, draw, (left + 16, y + 10, right - 16, end), font, theme.ink) + 10
        if kit.maybe(0.3) and y < bottom:
            draw.text((left + 16, y), kit.words(4), font=font, fill=theme.accent)
            y += int(font.size * 2)


def _home(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    screen.paste(kit.photo(*screen.size) if kit.maybe(0.7) else Image.new("RGB", screen.size, kit.accent()), (0, 0))
    width, height = screen.size
    columns = kit.whole(4, 6)
    step = width // columns
    icon = step * kit.between(0.5, 0.66)
    font = kit.font(step * 0.14)
    for row in range(kit.whole(2, height // max(1, int(step * 1.15)) - 1)):
        for column in range(columns):
            if kit.maybe(0.12):
                continue
            x, y = column * step + (step - icon) / 2, area[1] + row * step * 1.15 + step * 0.2
            draw.rounded_rectangle((x, y, x + icon, y + icon), int(icon * 0.24), fill=kit.accent())
            _icon(kit, draw, x + icon / 2, y + icon / 2, icon * 0.2, (255, 255, 255))
            draw.text((x + icon / 2, y + icon * 1.08), kit.word()[:9], font=font, fill=(255, 255, 255), anchor="ma")


def _lock(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    screen.paste(kit.photo(*screen.size), (0, 0))
    width, height = screen.size
    clock = kit.font(width * 0.2, "light", "thin", "regular")
    white = (255, 255, 255)
    draw.text(
        (width / 2, height * 0.12), f"{kit.whole(0, 23)}:{kit.whole(10, 59)}", font=clock, fill=white, anchor="ma"
    )
    draw.text((width / 2, height * 0.26), kit.words(3), font=kit.font(width * 0.05), fill=white, anchor="ma")
    y = height * 0.4
    for _ in range(kit.whole(1, 4)):
        draw.rounded_rectangle((width * 0.04, y, width * 0.96, y + width * 0.17), 14, fill=theme.card)
        draw.text((width * 0.08, y + 8), kit.words(2), font=kit.font(width * 0.037, "bold"), fill=theme.ink)
        draw.text((width * 0.08, y + width * 0.08), kit.words(6)[:44], font=kit.font(width * 0.033), fill=theme.ink)
        y += width * 0.19


def _grid(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    """Draw a calendar, or cards in columns."""
    left, top, right, bottom = area
    columns = kit.whole(2, 7)
    step = (right - left) // columns
    tall = int(step * kit.between(0.8, 1.4))
    font = kit.font(step * kit.between(0.12, 0.25))
    for row in range((bottom - top) // tall):
        for column in range(columns):
            x, y = left + column * step, top + row * tall
            fill = theme.accent if kit.maybe(0.08) else theme.card
            draw.rounded_rectangle((x + 4, y + 4, x + step - 4, y + tall - 4), 8, fill=fill, outline=theme.line)
            draw.text((x + 12, y + 10), kit.number(31)[:8], font=font, fill=theme.ink)


def _gallery(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    columns = kit.whole(2, 4)
    step = (right - left) // columns
    for y in range(top + kit.whole(4, 40), bottom, step):
        for column in range(columns):
            if y + 20 < bottom:
                screen.paste(kit.photo(step - 3, min(step - 3, bottom - y)), (left + column * step, y))


def _shop(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    draw.rectangle(area, fill=theme.card)
    step = (right - left) // 2
    big, small = kit.font(step * 0.1, "bold"), kit.font(step * 0.075)
    y = top + 10
    while y + step * 0.8 < bottom:
        for column in range(2):
            x = left + column * step + 8
            screen.paste(kit.photo(step - 16, int(step * 0.8)), (x, y))
            draw.text((x, y + step * 0.85), f"${kit.between(1, 300):.2f}", font=big, fill=theme.ink)
            draw.text((x, y + step * 0.98), kit.words(3)[:22], font=small, fill=theme.faint)
        y += int(step * 1.2)


def _map(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    draw.rectangle(area, fill=(235, 232, 224) if not theme.dark else (40, 44, 52))
    wide, tall = right - left, bottom - top
    for _ in range(kit.whole(2, 6)):
        x, y, side = left + kit.whole(0, wide), top + kit.whole(0, tall), kit.whole(wide // 10, wide // 2)
        fill = (200, 225, 195) if kit.maybe(0.6) else (170, 205, 235)
        draw.polygon([(x + kit.whole(-side, side), y + kit.whole(-side, side)) for _ in range(5)], fill=fill)
    for _ in range(kit.whole(10, 40)):
        ends = [(left + kit.whole(0, wide), top + kit.whole(0, tall)) for _ in range(2)]
        fill = (255, 255, 255) if kit.maybe(0.7) else (250, 210, 120)
        draw.line(ends, fill=fill, width=kit.whole(2, 9))
    font = kit.font(wide * 0.03)
    for _ in range(kit.whole(5, 20)):
        place = (left + kit.whole(0, wide), top + kit.whole(0, tall))
        draw.text(place, kit.word(), font=font, fill=(90, 90, 100))
    draw.rounded_rectangle((left + 14, top + 14, right - 14, top + 14 + wide // 8), 12, fill=theme.card)
    draw.text((left + 34, top + 14 + wide // 26), kit.words(2), font=kit.font(wide * 0.04), fill=theme.faint)


def _keypad(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    """Draw a telephone or a calculator."""
    left, top, right, bottom = area
    columns, rows = (3, 4) if kit.maybe(0.5) else (4, 5)
    start = top + int((bottom - top) * kit.between(0.25, 0.4))
    shown = kit.font((right - left) * 0.11, "light", "regular")
    draw.text((right - 24, start - 12), kit.number(), font=shown, fill=theme.ink, anchor="rd")
    step, tall = (right - left) / columns, (bottom - start) / rows
    radius, font = min(step, tall) * 0.4, kit.font(min(step, tall) * 0.35)
    for row in range(rows):
        for column in range(columns):
            x, y = left + (column + 0.5) * step, start + (row + 0.5) * tall
            fill = theme.accent if column == columns - 1 and columns == 4 else theme.card
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
            draw.text((x, y), kit.one(list("0123456789+-=*#C")), font=font, fill=theme.ink, anchor="mm")


def _keyboard(kit: Kit, draw: ImageDraw.ImageDraw, theme: Theme, size: tuple[int, int]) -> None:
    width, height = size
    top = int(height * kit.between(0.58, 0.66))
    draw.rectangle((0, top, width, height), fill=theme.line)
    tall, font = (height - top) / 4.6, kit.font(width * 0.045)
    for row, keys in enumerate(("qwertyuiop", "asdfghjkl", "zxcvbnm")):
        step = width / 10
        start = (width - step * len(keys)) / 2
        for place, key in enumerate(keys):
            x, y = start + place * step, top + 8 + row * tall
            draw.rounded_rectangle((x + 3, y + 4, x + step - 3, y + tall - 4), 6, fill=theme.card)
            draw.text((x + step / 2, y + tall / 2), key, font=font, fill=theme.ink, anchor="mm")
    y = top + 8 + 3 * tall
    draw.rounded_rectangle((width * 0.25, y + 4, width * 0.75, y + tall - 4), 6, fill=theme.card)


def _dialog(kit: Kit, draw: ImageDraw.ImageDraw, theme: Theme, size: tuple[int, int]) -> None:
    width, height = size
    box = (int(width * 0.1), int(height * 0.35), int(width * 0.9), int(height * kit.between(0.5, 0.65)))
    draw.rounded_rectangle(box, 16, fill=theme.card, outline=theme.line)
    draw.text((box[0] + 20, box[1] + 16), kit.words(3), font=kit.font(width * 0.045, "bold"), fill=theme.ink)
    inner = (box[0] + 20, box[1] + 30 + width // 20, box[2] - 20, box[3] - width // 8)
    paragraph(kit, draw, inner, kit.font(width * 0.035), theme.ink)
    draw.text((box[2] - 20, box[3] - 14), "OK", font=kit.font(width * 0.04, "bold"), fill=theme.accent, anchor="rd")


def _desktop(kit: Kit) -> Image.Image:
    width = kit.whole(800, 1200)
    height = int(width / (1.78, 1.6, 1.33, 2.33)[kit.whole(0, 3)])
    theme = Theme(kit)
    screen = kit.photo(width, height) if kit.maybe(0.4) else Image.new("RGB", (width, height), kit.colour(20, 120))
    draw = ImageDraw.Draw(screen)
    bar = kit.whole(20, 36)
    full = kit.maybe(0.6)
    for _ in range(1 if full else kit.whole(1, 3)):
        if full:
            box = (0, 0, width, height - bar)
        else:
            left, top = kit.whole(0, width // 3), kit.whole(bar, height // 3)
            box = (left, top, kit.whole(left + width // 3, width), kit.whole(top + height // 3, height - bar))
        _window(kit, screen, draw, Theme(kit), box)
    if kit.maybe(0.7):
        draw.rectangle((0, height - bar, width, height), fill=theme.card)
        for place in range(kit.whole(4, 12)):
            x = 12 + place * bar * 1.4
            draw.rounded_rectangle((x, height - bar + 5, x + bar - 10, height - 5), 3, fill=kit.accent())
        clock = kit.font(bar * 0.4)
        draw.text((width - 12, height - bar * 0.7), kit.number(99), font=clock, fill=theme.ink, anchor="ra")
    return screen


def _window(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, box: Area) -> None:
    left, top, right, bottom = box
    head = kit.whole(18, 34)
    draw.rectangle(box, fill=theme.ground, outline=theme.line)
    draw.rectangle((left, top, right, top + head), fill=theme.card if kit.maybe(0.7) else theme.accent)
    title = kit.font(head * 0.45)
    draw.text(((left + right) / 2, top + head * 0.25), kit.words(3), font=title, fill=theme.ink, anchor="ma")
    for place in range(3):
        x = left + 14 + place * head * 0.7 if kit.maybe(0.3) else right - 14 - place * head * 0.7
        _icon(kit, draw, x, top + head / 2, head * 0.16, theme.faint)
    y = top + head
    for _ in range(kit.whole(0, 2)):
        x = left + 8.0
        while x < right - 60:
            if kit.maybe(0.5):
                _icon(kit, draw, x + 8, y + head / 2, head * 0.25, theme.accent if kit.maybe(0.2) else theme.ink)
                x += head
            else:
                draw.text((x, y + head * 0.25), word := kit.word().capitalize()[:9], font=title, fill=theme.ink)
                x += title.getlength(word) + 14
            if kit.maybe(0.08):
                break
        y += head
    if kit.maybe(0.5):
        side = left + (right - left) // kit.whole(4, 7)
        draw.rectangle((left, y, side, bottom), fill=theme.card)
        for row in range(y + 8, bottom - 14, int(head * 0.8)):
            draw.text((left + kit.whole(8, 24), row), kit.words(2)[:18], font=title, fill=theme.ink)
        left = side
    inner = (left + 4, y + 2, right - 4, bottom - 4)
    body = (_code, _code, _cells, _page, _page, _icons, _panel, _panel)[kit.whole(0, 7)]
    if inner[2] - inner[0] > 120 and inner[3] - inner[1] > 80:
        body(kit, screen, draw, theme, inner)


def _code(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    """Draw a terminal or an editor."""
    left, top, right, bottom = area
    if kit.maybe(0.5):
        draw.rectangle(area, fill=(kit.whole(0, 40), kit.whole(0, 40), kit.whole(0, 50)))
        tints: list[Colour] = [(210, 210, 210), (120, 200, 120), (220, 160, 90), (110, 170, 230)]
    else:
        draw.rectangle(area, fill=(255, 255, 255))
        tints = [(30, 30, 30), (0, 100, 0), (160, 30, 30), (20, 60, 170)]
    font = kit.font(kit.between(9, 15), *MONO)
    indent = 0
    for y in range(top + 4, bottom - 14, int(font.size * 1.35)):
        indent = min(max(0, indent + kit.whole(-1, 1)), 6)
        x = left + 8.0 + indent * font.size * 2
        for _ in range(kit.whole(0, 7)):
            word = kit.word() + kit.one(["", " ", "()", ":", ";", " = "])
            if x + font.getlength(word) > right - 8:
                break
            draw.text((x, y), word, font=font, fill=tints[kit.whole(0, 3)])
            x += font.getlength(word + " ")


def _cells(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    draw.rectangle(area, fill=theme.card)
    wide, tall = kit.whole(50, 110), kit.whole(14, 24)
    font = kit.font(tall * 0.6)
    for x in range(left, right, wide):
        draw.line((x, top, x, bottom), fill=theme.line)
    for y in range(top, bottom - tall, tall):
        draw.line((left, y, right, y), fill=theme.line)
        for x in range(left, right - wide, wide):
            if kit.maybe(0.7):
                said = kit.word()[:10] if x == left else kit.number()[:9]
                draw.text((x + 4, y + 2), said, font=font, fill=theme.ink)


def _page(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    draw.rectangle(area, fill=theme.card)
    edge = int((right - left) * kit.between(0.02, 0.2))
    inner = (left + edge, top + 8, right - edge, bottom - 8)
    columns = kit.whole(1, 3)
    step = (inner[2] - inner[0]) // columns
    for column in range(columns):
        x, y = inner[0] + column * step, inner[1]
        draw.text((x, y), kit.words(4)[:30], font=kit.font(kit.between(16, 30), "bold"), fill=theme.ink)
        y += 40
        if kit.maybe(0.5) and y + 60 < bottom:
            tall = min(kit.whole(60, 220), bottom - y - 10)
            screen.paste(kit.photo(step - 14, tall), (x, y))
            y += tall + 10
        paragraph(kit, draw, (x, y, x + step - 14, inner[3]), kit.font(kit.between(9, 15)), theme.ink)


def _icons(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    left, top, right, bottom = area
    draw.rectangle(area, fill=theme.card)
    step = kit.whole(60, 110)
    font = kit.font(10)
    pictured = kit.maybe(0.4)
    for y in range(top + 8, bottom - step, step):
        for x in range(left + 8, right - step, step):
            if pictured:
                screen.paste(kit.photo(step - 30, step - 30), (x + 10, y))
            else:
                draw.rounded_rectangle((x + 16, y + 4, x + step - 24, y + step - 34), 4, fill=kit.accent())
            draw.text((x + step / 2 - 5, y + step - 24), kit.word()[:11], font=font, fill=theme.ink, anchor="ma")


def _panel(kit: Kit, screen: Image.Image, draw: ImageDraw.ImageDraw, theme: Theme, area: Area) -> None:
    """Draw settings: labels, fields, buttons."""
    left, top, right, bottom = area
    font, y = kit.font(kit.between(10, 15)), top + 14
    while y < bottom - 40:
        draw.text((left + 20, y + 4), kit.words(2), font=font, fill=theme.ink)
        x = left + (right - left) // 3
        what = kit.whole(0, 3)
        if what == 0:
            draw.rectangle((x, y, min(right - 20, x + kit.whole(80, 300)), y + 22), fill=theme.card, outline=theme.line)
            draw.text((x + 6, y + 4), kit.words(2), font=font, fill=theme.faint)
        elif what == 1:
            draw.rounded_rectangle((x, y, x + 90, y + 24), 4, fill=theme.accent)
            draw.text((x + 45, y + 4), kit.word()[:9], font=font, fill=(255, 255, 255), anchor="ma")
        elif what == 2:
            draw.rectangle((x, y + 3, x + 14, y + 17), outline=theme.ink)
            draw.text((x + 22, y + 4), kit.words(3), font=font, fill=theme.ink)
        else:
            end = min(bottom - 10, y + kit.whole(30, 90))
            y = paragraph(kit, draw, (x, y, right - 20, end), font, theme.ink)
        y += kit.whole(30, 46)
