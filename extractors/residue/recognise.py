"""What each line is by itself: phrase of the catalogue, date, byline, copyright notice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.residue import catalogue, dates, patterns
from extractors.residue.catalogue import Hit
from extractors.residue.lines import LONGEST, Line, normalise

_RIGHTS = re.compile(
    r"(?:©|\(c\)|ⓒ|copyright|\bcopr\.).{0,80}\b(?:19|20)\d\d\b|\b(?:19|20)\d\d\b.{0,12}(?:©|ⓒ)"
    r"|\ball rights reserved\b|\balle rechte vorbehalten\b|\btous droits réservés\b|\btodos los derechos reservados\b"
    r"|\btodos os direitos reservados\b|\btutti i diritti riservati\b|\bwszelkie prawa zastrzeżone\b"
    r"|\bvisos teisės saugomos\b|все права защищены|جميع الحقوق محفوظة|版权所有|無断転載|무단전재",
    re.IGNORECASE,
)
_SHORT_RIGHTS = 120
#: The sign that begins a line, no year behind it. "(c)" alone may be the third point of a list.
_SIGN_OF_RIGHTS = re.compile(
    r"\s*(?:[©ⓒ]|copyright\b|\(c\)(?=.*(?:copyright|rights|rechte|droits|derechos|diritti)))", re.I
)
#: A label that ran into its value when the markup between them went: "Posted inLatest News".
_GLUED = re.compile(
    r"(?:Posted (?:in|by|on)|Filed (?:under|in)|Published (?:in|by|on)|Tagged|Categories|Category|Tags|Written by|"
    r"Veröffentlicht (?:in|am|von|unter)|Kategorien?|Schlagwörter|Abgelegt unter|Publié (?:dans|le|par)|Catégories?|"
    r"Étiquettes|Publicado (?:en|por|el|em)|Categorías?|Etiquetas|Categorias?|Pubblicato (?:in|da|il)|Categorie|"
    r"Opublikowan[oey] (?:w|przez)|Kategoria|Tagi|Geplaatst (?:in|door|op))(?=[A-ZÀ-ÞŚŻŹĆŁ0-9])[^.!?]*$"
)
#: One of these stands in each of the above: cheaper to look for.
_RIGHTS_WORDS = tuple(
    "© (c) ⓒ copyright copr. rights rechte droits derechos direitos diritti prawa teisės права الحقوق 版权 転載 "
    "전재".split()
)
#: A label whose values are gone: "TAGS: , , ,", "Comente! , ,". Nobody writes that.
_EMPTY_SLOTS = re.compile(r"[^,]{0,20}?[\s:!]*(?:,\s+)+,")
_NO_VALUE = re.compile(r"^[^,]{2,20}[:：]?(?:\s*,)+\s*$")
#: "October 15, 2018/0 Comments/in News /by admin": the post meta of the Enfold theme, values there or not.
_THEME_BYLINE = re.compile(
    r"/\d+ (?:Comments?|Kommentare?|Commentaires?|Comentarios?)/(?:in|en|dans) ?.{0,80}/?(?:by|von|par|por)\b"
)
_SERVICES = frozenset(
    "facebook twitter x instagram youtube linkedin pinterest whatsapp telegram reddit tumblr vk xing flattr mastodon "
    "google+ pocket skype email e-mail mail rss bluesky threads".split()
)
_SHARE_ON = re.compile(
    r"(?:share|tweet|pin|send|teile?n?|partager|compartir|compartilhar|condividi|delen|dela|del|udostępnij|bagikan|"
    r"paylaş|jaa|поделиться|شارك)\b.{0,12}\b(?:"
    + "|".join(map(re.escape, sorted(_SERVICES)))
    + r"|by mail|via e-?mail)"
)


def recognise(lines: Sequence[Line]) -> list[Hit | None]:
    """Return what each line is, None for those that say nothing."""
    return patterns.by_neighbours(lines, [_recognise(line) for line in lines])


def is_service(line: Line) -> bool:
    """Return whether a line is the bare name of a service that posts are shared to."""
    return line.key in _SERVICES


def _ends_in_comment_link(text: str) -> bool:
    """Return whether a short line ends in "| Leave a comment" or "| 3 Comments": what themes print below a post."""
    head, bar, last = text.rpartition("|")
    if not bar or not head.strip() or len(text) > 160:
        return False
    hit = catalogue.look_up(normalise(last))
    return hit is not None and hit.kind in ("comment_form", "comment_list") and hit.role in ("heading", "count")


def _names_services_only(key: str) -> bool:
    """Return whether a short line lists services, two at least: "Whatsapp   Facebook   Pint   Baixar" has them too."""
    words = key.split()
    return 2 <= len(words) <= 6 and sum(word in _SERVICES for word in words) * 2 >= len(words) and words[0] in _SERVICES


def _recognise(line: Line) -> Hit | None:
    key = line.key
    if len(key) <= 60 and line.text.count(",") >= 2 and _EMPTY_SLOTS.fullmatch(line.text.strip()):
        return Hit("byline", "slots", False, "empty-slots")
    if not key:
        return None
    hit = patterns.by_build(line)
    if hit is not None:
        return hit
    if len(key) > LONGEST:
        return None
    hit = catalogue.look_up(key) or catalogue.look_up_joined(key)
    if hit is not None and hit.role == "terms" and _NO_VALUE.search(line.text) and "," in line.text:
        return Hit("byline", "slots", False, "empty-slots")
    if hit is not None and (hit.strong or not line.prose):
        return hit
    if line.prose:
        return None
    if len(key) <= 80 and dates.is_date(line.text):
        return Hit("byline", "date", False, "date")
    if len(key) <= 80 and catalogue.ends_in_cancel(key):
        return Hit("comment_form", "heading", True, "form-heading")
    if len(key) <= 200 and any(word in key for word in _RIGHTS_WORDS) and _RIGHTS.search(line.text):
        return Hit("footer", "rights", False, "rights")
    if len(key) <= _SHORT_RIGHTS and _SIGN_OF_RIGHTS.match(line.text):
        return Hit("footer", "rights", False, "rights")
    if len(key) <= _SHORT_RIGHTS and _GLUED.match(line.text):
        return Hit("byline", "terms", False, "glued-label")
    if is_service(line) or _names_services_only(key):
        return Hit("share", "service", False, "service")
    if _SHARE_ON.fullmatch(key):
        return Hit("share", "button", False, "share-on")
    if _THEME_BYLINE.search(line.text):
        return Hit("byline", "theme", True, "theme-byline")
    if _ends_in_comment_link(line.text):
        return Hit("byline", "link", False, "comment-link")
    return None
