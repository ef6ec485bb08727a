"""What lines are by their build: counters, post meta, rows of comments, in the words of many languages. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.residue import dates
from extractors.residue.catalogue import Hit
from extractors.residue.lines import Line

_SHORT = 90  #: characters of a line that may be a name and a verb, or one of several like it
_LONGEST_COMMENT = 40  #: lines of a comment below which its date may stand
_NEAR = 6  #: lines among which those that differ in a service's name only are looked for

#: "This entry was posted on … and is filed under …": themes since Kubrick (2005), and their translations.
_POSTED = re.compile(
    r"(?:this (?:entry|post) was (?:posted|written|published|filed|added|last modified) (?:on|in|by|at|under)\b"
    r"|this article was (?:posted|published|filed) (?:on|in|by|under)\b"
    r"|(?:posted|written|published) (?:by|on) .{3,80} (?:and|in) .{0,40}(?:filed|categor|tagged)"
    r"|you can (?:follow|leave|skip|trackback)\b.{0,160}(?:rss 0|feed|response|trackback)"
    r"|both comments and pings are\b|responses are currently closed|comments are closed, but"
    r"|(?:dieser|der) (?:eintrag|beitrag|artikel) wurde (?:am|unter|von|in|vor)\b.{0,200}"
    r"(?:veröffentlicht|geschrieben|abgelegt|erstellt|gepostet|verschlagwortet|publiziert)"
    r"|(?:du kannst|sie können) (?:alle antworten|alle kommentare|einen kommentar|die kommentare|den kommentaren)\b"
    r"|(?:cet article|cette entrée|ce billet|ce contenu|cet? article) a été (?:publiée?|écrite?|postée?|classée?)\b"
    r"|vous pouvez (?:suivre|laisser|passer|aller)\b.{0,160}(?:rss|commentaire|réponse|rétrolien|trackback)"
    r"|(?:esta|este) (?:entrada|artículo|post) (?:fue|ha sido|se) (?:publicad[oa]|escrit[oa]|publicó)\b"
    r"|puedes (?:seguir|dejar)\b.{0,160}(?:rss|comentario|respuesta|trackback)"
    r"|(?:esta entrada|este post|este artigo|esse post|esta publicação) foi (?:publicad[oa]|escrit[oa]|postad[oa])\b"
    r"|(?:questo articolo|questa voce|questo post) è stat[oa] (?:pubblicat[oa]|scritt[oa]|inserit[oa])\b"
    r"|dit (?:bericht|artikel) (?:werd|is|was) (?:geplaatst|gepubliceerd|geschreven)\b"
    r"|(?:ten )?wpis (?:został )?(?:opublikowan[yoa]|umieszczon[yoa]|dodan[yoa])\b"
    r"|(?:det här|detta) inlägg(?:et)? (?:postades|publicerades|skrevs|är publicerat)\b"
    r"|dette (?:indlæg|innlegget) ble?v? (?:udgivet|skrevet|publisert|postet|lagt)\b"
    r"|(?:tämä )?(?:artikkeli|kirjoitus|julkaisu) (?:on )?julkaistu\b|(?:příspěvek|článek) byl publikován"
    r"|ez a bejegyzés\b|acest articol a fost publicat|bu yazı .{0,80}(?:yayınlandı|yazıldı|gönderildi)"
    r"|(?:entri|tulisan|pos|artikel) ini (?:ditulis|dipublikasikan|diposting|dikirim)\b"
    r"|(?:эта )?запись (?:была )?опубликована\b|цей запис (?:було|був) опублікован|тази публикация е\b"
    r"|この投稿は.{0,60}(?:に|で)(?:投稿|公開)|(?:本条目|本文|此条目|此條目|这篇文章|這篇文章)(?:发布于|发表在|發佈於|發表於|由)"
    r"|이 (?:글은|항목은|엔트리는).{0,80}(?:게시|작성|분류)"
    r"|(?:نشرت|نُشرت) (?:هذه|هذا)|این نوشته در)"
)
#: Nouns that themes count.
_NOUNS = (
    r"(?:comments?|responses?|thoughts?|replies|reply|reactions?|opinions?|pings?|trackbacks?|pingbacks?|remarks?|"
    r"kommentare?|antworten|antwort|gedanken?|reaktion(?:en)?|meinung(?:en)?|wortmeldung(?:en)?|"
    r"commentaires?|réponses?|réflexions?|réactions?|avis|pensées?|"
    r"comentarios?|respuestas?|opiniones|opinión|reacciones|pensamientos?|"
    r"comentários?|respostas?|opiniões|pensamentos?|commenti|commento|risposte|risposta|pensieri|pensiero|"
    r"reacties?|gedachten?|berichten|komentarzy|komentarze|komentarz|odpowiedzi|odpowiedź|myśli|"
    r"kommentarer|svar|tankar|tanker|kommenttia|vastausta|ajatusta|komentářů|komentáře|komentár[eov]*|hozzászólás|"
    r"gondolat|komentarii|comentarii|răspunsuri|komentar(?:a|i|ji)?|tanggapan|pemikiran|yorum|cevap|düşünce|"
    r"комментари[йяев]+|ответ(?:а|ов)?|мысл[ьией]+|отзыв(?:а|ов)?|коментар[іїів]*|відповід[ьіей]+|σχόλια|απαντήσεις)"
)
_COUNTER = re.compile(
    r"(?:0|no|one|an?|eine?|une?|una?|uma?|jeden|jedna|en|ett?|yksi)\s(?:[^\W\d]+\s){0,2}?"
    + _NOUNS
    + r"\s(?:on|to|for|about|zu|auf|über|à|sur|pour|en|a|sobre|para|em|su|per|op|bij|over|do|na|o|w|til|till|på|om|k|"
    r'untuk|pada|ke|için|к|на|до|στο)(?:\s(?:the|this|dem|diesem|cet|este|questo))?[:\s]+["“„«»\'].{1,200}'
)
#: The Thesis theme: "{ 4 comments… read them below or add one }".
_THESIS = re.compile(r"\{\s*0 [^{}]{3,30}(?:…|\.\.\.)[^{}]{3,50}\}")
#: Movable Type and Typepad: "« Older title | Main | Newer title »".
_PAGER = re.compile(
    r"(?:[«‹<]{1,2}\s?[^|«»]{1,120}\s?\|\s?)?(?:main|home|blog home|startseite|accueil|inicio|home page|トップ|top)"
    r"(?:\s?\|\s?[^|«»]{1,120}\s?[»›>]{1,2})?",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\s*(?:\d{1,4}[.)]?\s+|[•*]\s+)?[^\s.,:;!?][^:!?]{0,60}?\s(?:said|says|wrote|writes|replied|commented|sagt|sagte|"
    r"schrieb|schreibt|meint|meinte|hat gesagt|dit|a dit|a écrit|dice|dijo|ha dicho|escribió|diz|disse|escreveu|"
    r"ha detto|scrive|zegt|schreef|pisze|napisał|napisała|säger|skriver|siger|sier|diyor ki|dedi ki|mengatakan|"
    r"говорит|пишет|сказал|сказала|λέει|είπε)\s?(?:\.\.\.|…|:)\s*"
)
#: "View all posts by …": below the box of an author.
_ALL_POSTS = re.compile(
    r"(?:(?:view|see|show|read|browse) )?(?:all|more) (?:posts?|articles?|stories|entries) (?:by|from)\b.{1,60}"
    r"|(?:zeige |zeigt )?(?:alle|weitere) (?:beiträge|artikel|posts|einträge) (?:von|anzeigen)\b.{0,60}"
    r"|voir (?:tous les|les) (?:articles|billets) (?:par|de|publiés par)\b.{1,60}"
    r"|ver (?:todas? las|todos? los|todos os|todas as|más) "
    r"(?:entradas|artículos|posts|publicações|artigos|publicaciones) (?:de|por|do|da)\b.{1,60}"
    r"|(?:vedi|visualizza|mostra) tutti gli articoli (?:di|da)\b.{1,60}"
    r"|(?:alle berichten|meer berichten) (?:van|door|tonen)\b.{0,60}"
    r"|(?:zobacz|pokaż|wyświetl) wszystkie (?:wpisy|posty|artykuły)\b.{1,80}"
    r"|(?:visa|vis) alla? inlägg av\b.{1,60}|vis alle indlæg af\b.{1,60}|vis alle innlegg av\b.{1,60}"
    r"|(?:посмотреть|показать) все записи автора.{1,60}|.{1,40}の投稿をすべて表示"
    r"|.{1,40}tarafından yazılan tüm yazıları.{0,20}"
    r"|lihat semua (?:pos|tulisan|artikel)\b.{1,60}|查看.{1,30}的?(?:所有文章|全部文章).{0,10}"
)
_POST_FORMATS = frozenset("standard aside image gallery quote link video audio status chat bild galerie zitat".split())
_LONGEST_NOTICE = 320
_NOTICE = re.compile(
    r"newsletter|\bakismet\b|\brecaptcha\b|\bcookies?\b|privacy policy|terms (?:of (?:use|service)|and conditions)|"
    r"unsubscribe|\bsubscri(?:be|ber|bers|ption)\b|sign(?:ing)? up\b|your (?:inbox|e-?mail)|mailing list|"
    r"datenschutz|abonnier|abmelden|deine e-?mail|ihre e-?mail|abonne[zr]|désabonn|désinscri|inscri(?:vez|vant|ption)|"
    r"votre (?:adresse )?e-?mail|confidentialité|suscr[ií]b|suscripci|tu (?:correo|e-?mail)|su correo|privacidad|"
    r"inscreva|assin(?:e|ante|ar)\b|seu e-?mail|iscriv|iscrizione|la tua e-?mail|subskry|zapisz się|twój adres|"
    r"prywatności|prenumer|abonne(?:er|ment|re)|je e-?mail|uw e-?mail|tilmeld|nyhetsbrev|nyhedsbrev|uutiskir|hírlev|"
    r"odebír|e-posta|bülten|abone ol|berlangganan|подпис|рассылк|підпис|メルマガ|メールマガジン|購読|ニュースレター|"
    r"订阅|訂閱|구독|뉴스레터|اشترك|النشرة|خبرنامه"
)
_HOLE = re.compile(r"%(?:s|d|0\$[sd])(?![\w%])")
_EMAIL = re.compile(r"\s*(?:e-?mail:?\s*)?[\w.+-]+(?:@|\s?\[at\]\s?)[\w-]+(?:\.[\w-]+)+\s*", re.IGNORECASE)
_NAMES_OF_SERVICES = re.compile(
    r"\b(?:wordpress\.com|facebook|twitter|google\+?|whatsapp|linkedin|pinterest|reddit|tumblr|telegram|pocket|skype|"
    r"mastodon|bluesky|threads|xing|vk|instagram|youtube)\b"
)


def by_build(line: Line) -> Hit | None:
    """Return what a line is by its build alone."""
    key, text = line.key, line.text
    if len(key) <= 700 and _POSTED.match(key):
        return Hit("byline", "posted", True, "posted-on")
    if line.prose:
        return None
    if len(key) <= 120 and _ALL_POSTS.fullmatch(key):
        return Hit("byline", "bio", False, "all-posts")
    if _COUNTER.fullmatch(key):
        return Hit("comment_list", "counter", True, "counter")
    if "{" in key and _THESIS.fullmatch(key):
        return Hit("comment_list", "count", True, "counter")
    if "|" in text and _PAGER.fullmatch(text.strip()):
        return Hit("navigation", "", True, "pager")
    if len(text) <= _SHORT and _SAYS.fullmatch(text):
        return Hit("comment_list", "says", False, "says")
    return None


def is_post_format(line: Line) -> bool:
    """Return whether a line is what WordPress calls a post's format, as its themes print it beside the date."""
    return line.key in _POST_FORMATS


def is_list_of_terms(text: str) -> bool:
    """Return whether a line is words between commas: tags or categories below their label."""
    parts = [part.strip() for part in re.split(r"[,、，·|]", text)]
    return (
        2 <= len(parts) <= 40 and len(text) <= 400 and all(len(part) <= 40 for part in parts) and text[-1] not in ".!?"
    )


def is_truncated(text: str) -> bool:
    """Return whether a line ends like a teaser that was cut off."""
    return text.rstrip().endswith(("…", "...", "[…]", "[...]", "(…)", "… »", "... »", "…]"))


def is_of_the_house(line: Line) -> bool:
    """Return whether a paragraph speaks of newsletters, cookies or terms of use. It says something in a tail only."""
    return len(line.key) <= _LONGEST_NOTICE and _NOTICE.search(line.key) is not None


def is_email(text: str) -> bool:
    """Return whether a line is an address and nothing else."""
    return len(text) <= _SHORT and _EMAIL.fullmatch(text) is not None


def by_neighbours(lines: Sequence[Line], hits: Sequence[Hit | None]) -> list[Hit | None]:
    """Return the hits with those that only show beside others: lines alike but for a service, and unfilled holes.

    "Du kommentierst mit deinem Google-Konto" and the same with Facebook a line below: somebody's template. A "%s" left
    unfilled is one as well where another phrase stands near.
    """
    found = list(hits)
    seen: dict[str, int] = {}
    for index, line in enumerate(lines):
        if found[index] is not None or line.prose or len(line.key) > 2 * _SHORT:
            continue
        if "%" in line.key and _HOLE.search(line.key) and any(hits[max(index - 3, 0) : index + 4]):
            found[index] = Hit("comment_form", "", False, "unfilled")
            continue
        template, changed = _NAMES_OF_SERVICES.subn("{}", line.key)
        if not changed or template == "{}":
            continue
        before = seen.get(template, -1000)
        if (
            index - before <= _NEAR
            and lines[before].key != line.key
            and not any(row.prose for row in lines[before:index])
        ):
            kind = "comment_form" if "wordpress.com" in line.key + lines[before].key else "share"
            found[index] = Hit(kind, "", False, "template")
            found[before] = found[before] or Hit(kind, "", False, "template")
        seen[template] = index
    return found


def is_stamp(line: Line) -> bool:
    """Return whether a line is a date with a time, and little else: what stands above or below a comment."""
    text = line.text.strip()
    return not line.prose and len(text) <= _SHORT and dates.has_clock(text) and dates.has_date(text)


def begins_row(lines: Sequence[Line], hits: Sequence[Hit | None], index: int) -> bool:
    """Return whether a comment begins here: a name that says something, and a date beside it or below its text."""
    hit = hits[index]
    if hit is None or hit.role != "says":
        return False
    if any(0 <= at < len(lines) and dates.has_date(lines[at].text) for at in (index - 1, index)):
        return True
    for at in range(index + 1, min(index + 1 + _LONGEST_COMMENT, len(lines))):
        below = hits[at]
        if is_stamp(lines[at]) or (at == index + 1 and dates.has_date(lines[at].text)):
            return True
        if below is not None and below.role == "says":
            return False
    return False
