"""What the name of a file says of the photo: phones and programs name by date and kind."""

from __future__ import annotations

import re
import unicodedata

from photosort.photos.facts.facts import KindName
from photosort.photos.facts.header import iso_time

_SHOT = (
    r"screen ?shots?|screen ?cap(?:ture)?|screengrab|bildschirmfotos?|bildschirmaufnahme|capture d.?[eé]cran"
    r"|captura de (?:pantalla|tela|ecr[aã]|ecra)|schermafbeelding|schermopname|schermata|sk[aä]rmavbild|sk[aæ]rmbillede"
    r"|skjermbilde|n[aä]ytt[oö]kuva|zrzut ekranu|sn[ií]mek obrazovky|sn[ií]mka obrazovky|k[eé]perny[oő]k[eé]p"
    r"|k[eé]perny[oő]fot[oó]|captur[aă] de ecran|ekran (?:g[oö]r[uü]nt[uü]s[uü]|resmi|al[iı]nt[iı]s[iı])"
    r"|снимок экрана|скриншот|знімок екрана|στιγμι[οό]τυπο|لقطة شاشة|צילום מסך"
    r"|スクリーンショット|屏幕截图|屏幕快照|截屏|截图|螢幕截圖|螢幕快照|스크린샷"
)
_SCAN = r"scan(?:ned)?(?: ?doc(?:ument)?)?|camscanner|adobe ?scan|genius ?scan|gescannt|num[eé]risation|escaneo"
KINDS: tuple[tuple[KindName, re.Pattern[str]], ...] = (
    ("screenshot", re.compile(rf"(?:^|[ .])(?:{_SHOT})(?:[^a-z]|$)")),
    ("scan", re.compile(rf"^(?:{_SCAN})(?:[^a-z]|$)")),
)
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:(?:[-_. T]|, ?| at | um | om | à )+([01]\d|2[0-3])([-_.: h]?)([0-5]\d)(?:\6([0-5]\d))?)?(?!\d{1,2}(?!\d))"
)


def kind_by_name(name: str) -> KindName | None:
    """Return the kind that the name of a file says, such as "Screenshot_2024-05-01.png"; None where it says none."""
    plain = " ".join(re.split(r"[\s_\-]+", unicodedata.normalize("NFC", name).casefold())).strip()
    return next((kind for kind, pattern in KINDS if pattern.search(plain)), None)


def taken_by_name(name: str) -> str:
    """Return the time in the name of a file as ISO 8601, or the day alone; empty where there is none that can be.

    "IMG_20190714_123301.jpg", "IMG-20190714-WA0003.jpg", "2019-07-14 12.33.01.jpg", "Screenshot_2019-07-14-12-33-01".
    """
    found = _DATE.search(name)
    if not found:
        return ""
    year, _, month, day, hour, _, minute, second = found.groups()
    moment = iso_time(f"{year}:{month}:{day} {hour or '00'}:{minute or '00'}:{second or '00'}")
    return moment if hour else moment.partition("T")[0]
