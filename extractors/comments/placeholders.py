"""What stands where a comment stood: "This comment has been removed by the author." It is nobody's words.

An archive that took it for a comment would write a new version of what was said before. So the comment counts as not
shown: it is gone, and those who answered it still do.
"""

from __future__ import annotations

import re

from extractors.registry import comment_names

#: Who took it away, and why, as platforms say it; with their names the phrase would be a person's own sentence.
_BY_EN = (
    r"(?: (?:by|at the request of)(?: (?:the|its|an?|your|our|this))?"
    r"(?: (?:original|blog|site|forum|group|page|comment))? (?:author|owner|users?|poster|commenters?|admins?|"
    r"administrators?|moderat(?:ors?|ion)|editors?|staff|system|moderation team|editorial team)"
    r"| (?:for|because|as|due to|by)\b.{0,60}\b(?:guidelines?|rules?|terms|polic(?:y|ies)|standards?|abuse|spam)|"
    r" on the site)*"
)
_PHRASES = (
    # English
    r"(?:this |the )?(?:comments?|posts?|messages?|repl(?:y|ies)|responses?)(?: (?:has|have) been| (?:is|was|were))?"
    r"(?: (?:deleted|removed|hidden|withdrawn|unpublished|redacted|minimi[sz]ed))" + _BY_EN,
    r"(?:deleted|removed) (?:comment|message|post|reply|by (?:user|author|admin|moderators?|reddit))",
    # German, Dutch
    r"(?:dieser |der |diese |die )?(?:kommentar|beitrag|antwort|nachricht)(?: (?:wurde|ist))?(?: (?:von|vom|durch)"
    r"(?: (?:einem|einen|der|dem|den))? (?:blog-|seiten)?(?:autor(?:in)?|verfasser(?:in)?|administrator|admin|"
    r"moderator|moderation|redaktion|nutzer|benutzer))?(?: wieder)? (?:gelöscht|entfernt|ausgeblendet)(?: worden)?",
    r"(?:deze |dit |het |de )?(?:reactie|bericht|opmerking)(?: (?:is|werd))?(?: verwijderd)(?: door"
    r"(?: (?:de|een))? (?:auteur|blogbeheerder|beheerder|moderator|redactie))?",
    # Scandinavian, Finnish
    r"(?:den här |denna |denne )?(?:kommentar(?:en)?|innlegget|inlägget)(?: (?:har (?:blitt|blivit|tagits)|"
    r"er(?: blevet)?|är|blev))? (?:fjernet|slettet|raderats|raderad|borttagen|bort)(?: a[vf](?: en)? (?:forfatteren|"
    r"författaren|skribenten|blogg?administrator(?:en)?|bloggadministratör(?:en)?|moderator(?:en)?))?",
    r"(?:kirjoittaja|blogin hallinnoija|ylläpito) on poistanut tämän kommentin|(?:tämä )?kommentti (?:on )?poistettu",
    # French, Spanish, Portuguese, Italian, Catalan, Romanian
    r"(?:ce |le )?(?:commentaire|message)(?: a été| est)? (?:supprimé|retiré|effacé|masqué)(?: par (?:l[’']auteur|"
    r"l[’']administrateur|un administrateur(?: d[ue](?: ce)? (?:blog|site))?|"
    r"la modération|le modérateur|la rédaction))?",
    r"(?:este |el )?(?:comentario|mensaje|blog)(?: ha sido| fue)? (?:eliminado|borrado|suprimido|retirado)(?: por"
    r"(?: (?:el|un|la|su))? (?:autor|administrador(?: de(?:l)? blog)?|moderador|moderación|usuario))?|"
    r"(?:el autor|un administrador del blog) ha eliminado este comentario",
    r"(?:este |o )?(?:comentário|comentario)(?: foi)? (?:removido|eliminado|excluído|apagado)(?: (?:pelo|por um|por) "
    r"(?:autor|administrador(?: do blog(?:ue)?)?|moderador))?",
    r"(?:questo |il )?(?:commento|messaggio)(?: è stato)? (?:eliminato|rimosso|cancellato)(?: (?:dall[’']|dal |da un )"
    r"(?:autore|moderatore|amministratore(?: del blog)?))?",
    r"l[’']autor ha eliminat aquest comentari|(?:aquest )?comentari (?:ha estat )?(?:eliminat|suprimit)",
    r"(?:acest )?comentariu(?:l)?(?: a fost)? (?:eliminat|șters|sters)(?: de (?:autor|un administrator al blogului))?",
    # Slavic, Baltic, Hungarian, Greek, Turkish
    r"(?:ten )?komentarz(?: został)? usunięty(?: przez (?:autora|administratora(?: bloga)?|moderatora))?",
    r"(?:tento )?koment(?:ář|ár)(?: byl| bol)? (?:odstraněn|odstránený|smazán|vymazaný|zmazaný)(?: (?:autorem|autorom|"
    r"(?:administrátorem|správcem|správcom)(?: blogu)?))?",
    r"(?:ovaj )?komentar (?:je )?(?:uklonio (?:autor|administrator bloga)|uklonjen|obrisan|izbrisan|odstranil avtor)|"
    r"autor je uklonio ovaj komentar",
    r"(?:этот |данный )?(?:комментарий|сообщение)(?: был[ои]?)? (?:удал[её]н[оы]?|скрыт)(?: (?:автором|"
    r"администратором(?: блога)?|модератором|пользователем))?",
    r"(?:автор|адміністратор блогу) видалив цей коментар|(?:цей )?коментар (?:було )?видалено(?: автором)?",
    r"(?:този )?коментар(?:ът)?(?: е| бе)? (?:премахнат|изтрит)(?: от (?:автора|администратор на блога))?",
    r"(?:ezt a |a )?(?:megjegyzést?|hozzászólást?)(?: (?:eltávolította a (?:szerző|blog (?:egyik )?adminisztrátora)|"
    r"törölve|törölték))",
    r"αυτό το σχόλιο αφαιρέθηκε(?: από (?:τον συντάκτη|έναν διαχειριστή ιστολογίου))?|το σχόλιο διαγράφηκε",
    r"(?:bu )?yorum(?: (?:yazar|bir blog yöneticisi|yönetici|moderatör) tarafından)? "
    r"(?:silindi|silinmiştir|kaldırıldı)",
    # East Asia
    r"(?:この)?コメントは(?:投稿者|ブログの管理者|管理者|作成者)?(?:によって|により|が)?削除(?:され(?:ました|ています)|しました)|"
    r"削除されたコメント(?:です)?",
    r"(?:作者|網誌管理員|博客管理员|管理員|管理员|版主)(?:已经|已經|已)?(?:移除|刪除|删除)(?:了)?(?:這則|这则|此|该|該|这条|這條)"
    r"(?:留言|评论|評論)|(?:此|该|該|這則|这则|这条|這條|本)?(?:留言|评论|評論)已?(?:被|由|经)?(?:作者|管理員|管理员|博主|版主)?"
    r"(?:移除|刪除|删除)",
    r"(?:작성자가|블로그 관리자가|관리자가) (?:이 )?댓글을 삭제(?:했습니다|하였습니다)|"
    r"(?:이 )?댓글(?:이)? 삭제되었습니다|삭제된 댓글입니다",
    # South and South East Asia, Middle East
    r"ความคิดเห็นนี้ถูก(?:ผู้เขียน|ผู้ดูแล(?:ระบบ)?(?:บล็อก)?)?ลบ(?:โดย(?:ผู้เขียน|ผู้ดูแลบล็อก))?",
    r"(?:nhận xét|bình luận) này đã bị (?:(?:tác giả|quản trị viên(?: blog)?) )?(?:xóa|xoá)",
    r"komentar (?:ini )?telah (?:dihapus|dialih keluar|dipadam)(?: oleh (?:pengarang|penulis|administrator blog|"
    r"pentadbir blog))?",
    r"(?:أزال|حذف) (?:المؤلف|أحد مشرفي المدونة|المشرف) هذا التعليق|(?:تم|تمت) (?:حذف|إزالة) (?:هذا )?التعليق",
    r"(?:תגובה זו|התגובה)(?: זו)? (?:הוסרה|נמחקה)(?: על[ -]ידי (?:המחבר|מנהל (?:המערכת|הבלוג)|מנהל בלוג))?",
    r"(?:این )?(?:نظر|دیدگاه) (?:توسط (?:نویسنده|سرپرست وبلاگ|مدیر وبلاگ) )?حذف شد(?:ه است)?",
)  # fmt: skip
#: A word alone is one only in brackets.
_BRACKETED = r"[\[(<{]\W*(?:deleted|removed|redacted|gelöscht|entfernt|verwijderd|supprimé|eliminado|удалено)\W*[\])>}]"
_PLACEHOLDER = re.compile(rf"[\W_]*(?:{'|'.join(f'(?:{phrase})' for phrase in (*_PHRASES, _BRACKETED))})[\W_]*")
_LONGEST = 140  #: characters
#: Class names of comments, or of their text, that are no longer there.
_MARKS = comment_names(
    "gone",
    "deleted-comment comment-deleted comment--deleted comment_deleted deletedcomment is-deleted comment-removed "
    "comment--removed removed-comment comment-tombstone",
)


def is_placeholder(text: str, names: frozenset[str]) -> bool:
    """Return whether a comment's text is not its author's: they, or somebody else, took theirs away.

    Args:
        text: What stands where the commenter's words would.
        names: Class names in the comment, lower-cased.
    """
    if len(text) > _LONGEST:
        return False
    return not _MARKS.isdisjoint(names) or _PLACEHOLDER.fullmatch(" ".join(text.lower().split())) is not None
