"""The page's own texts, both languages side by side, because the page has always both in it.

What the commands say too (states, roles, aspects, events) comes from the catalogue.
"""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

from workflow.i18n import in_language

#: What the page shows without its program.
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "page": ("Agreement and its trail", "合約與其軌跡"),
    "skip": ("To the content", "跳至內容"),
    "print": ("Print", "列印"),
    "contents": ("On this page", "本頁內容"),
    "parties": ("Parties", "當事人"),
    "value": ("Value", "金額"),
    "drafter": ("Drafted by", "承辦人"),
    "period": ("From first to last event", "首筆至末筆事件"),
    "revision": ("Revision {number}", "第 {number} 版"),
    "events": ("{count} events", "{count} 筆事件"),
    "checking": ("Checking …", "查驗中…"),
    "checking long": (
        "This page is working out every digest and signature itself.",
        "本頁正自行重新計算每個雜湊值與簽章。",
    ),
    "no script": (
        "Scripts are switched off, so this page has checked nothing. Use verify.py.",
        "已停用指令碼，本頁未作任何查驗。請改用 verify.py。",
    ),
    "head": ("Head of the chain", "鏈頭"),
    "head long": (
        "Compare it, group by group, with a receipt that was kept elsewhere. "
        "The last event is number {number}.",
        "請與另行保存的收據逐組比對。最末一筆事件為第 {number} 號。",
    ),
    "receipt": ("Check a receipt", "查驗收據"),
    "receipt long": ("As in {ref}#7:HEAD, or 7be1-c09d", "例如 {ref}#7:鏈頭，或 7be1-c09d"),
    "limits": ("What this page cannot prove", "本頁無法證明的事"),
    "limit self": (
        "A forged page could carry a forged check. Compare the head with a receipt, or run verify.py, "
        "which comes with the bundle, or another copy of it that you trust.",
        "偽造的網頁可能附有偽造的查驗程式。請以收據比對鏈頭，或執行證據包所附的 verify.py，"
        "或您所信任的另一份副本。",
    ),
    "limit tail": (
        "That nothing newer was cut off: only a newer receipt or checkpoint shows that.",
        "無法證明較新的事件未遭截斷：唯有較新的收據或檢查點可以顯示。",
    ),
    "limit key": (
        "That the first administrator’s key is theirs: ask them for its fingerprint, {key}.",
        "無法證明第一位管理者的金鑰確為其本人所有：請向本人核對指紋 {key}。",
    ),
    "limit rules": (
        "That the rules asked the right people: “assent audit verify” works that out from the store.",
        "無法證明規則所要求的簽核人正確：「assent audit verify」由資料庫重新計算。",
    ),
    "limit withheld": (
        "What was withheld when the bundle was made: people’s own words, and the documents they stand in.",
        "製作證據包時保留未附的內容：個人所寫文字，以及載有該文字的文件。",
    ),
    "limit law": (
        "It shows integrity and who held the key; it is not legal advice, nor a qualified signature.",
        "本頁顯示內容的完整性與金鑰持有人；並非法律意見，亦非憑證機構簽發之數位簽章。",
    ),
    "signed": ("Who signed what", "簽署紀錄"),
    "signed none": ("Nobody has signed anything yet.", "尚無人簽署。"),
    "who": ("Who", "簽署人"),
    "decided": ("Decision", "決定"),
    "text": ("For which text", "所簽文本"),
    "when": ("When", "時間"),
    "signature": ("Signature", "簽章"),
    "for": ("for {person}", "代理 {person}"),
    "statement": ("The signed statement", "所簽聲明"),
    "taken back": ("taken back later", "其後撤回"),
    "no longer": ("no longer counts", "已不計入"),
    "timeline": ("Timeline", "時間軸"),
    "took": ("after {days} working days", "經 {days} 個工作天"),
    "words withheld": ("(words withheld or erased)", "（文字未附或已刪除）"),
    "states": ("Where it stands", "目前狀態"),
    "states long": (
        "Solid frames are states it has been in, the filled one is where it is now, "
        "dashed arrows are ways back.",
        "實線框為曾經過的狀態，填滿者為目前狀態，虛線箭頭為退回。",
    ),
    "gantt": ("Working days", "工作天"),
    "gantt long": (
        "Days on which Taiwan’s offices rest are left out. A diamond marks when something was due.",
        "不計臺灣的休息日與國定假日。菱形為期限。",
    ),
    "day": ("working days", "工作天"),
    "changes": ("What changed", "變更內容"),
    "changes none": ("There is one revision only.", "僅有一個版本。"),
    "from to": ("Revision {old} to {new}", "第 {old} 版至第 {new} 版"),
    "changed parts": ("Parts that changed", "變更的部分"),
    "kept": ("{count} sign-offs still held", "{count} 項簽核仍有效"),
    "voided": ("{count} no longer held", "{count} 項失效"),
    "much": (
        "+{come} −{gone} words in {some} of {all} clauses",
        "{all} 條中 {some} 條有變更（增 {come} 字、刪 {gone} 字）",
    ),
    "same": ("The text is the same.", "文字相同。"),
    "not comparable": ("The texts could not be compared: {reason}", "無法比較文本：{reason}"),
    "added": ("added", "新增"),
    "removed": ("removed", "刪除"),
    "moved": ("moved", "移動"),
    "body": ("before the first clause", "首條之前"),
    "header": ("page header", "頁首"),
    "footer": ("page footer", "頁尾"),
    "footnote": ("footnote", "註腳"),
    "endnote": ("endnote", "章節附註"),
    "text box": ("text box", "文字方塊"),
    "opinions": ("Conditions and opinions", "意見與條件"),
    "opinions none": ("No expert was asked.", "未徵詢專家意見。"),
    "closed": ("closed by {person}", "由 {person} 結案"),
    "still open": ("open", "未結"),
    "documents": ("Documents", "文件"),
    "documents long": (
        "Every document is known by the digest of its bytes.",
        "每份文件皆以其位元組的雜湊值識別。",
    ),
    "drop": ("Drop a file here, or choose one", "將檔案拖放至此，或選擇檔案"),
    "drop long": (
        "Its SHA-256 is compared with the documents below; a checkpoint that you kept is compared with this "
        "trail. The file stays on your machine.",
        "比對其 SHA-256 與下列文件；您另存的檢查點則與本軌跡比對。檔案不會離開您的電腦。",
    ),
    "again": ("Check it again without this page", "不經本頁再次查驗"),
    "again long": (
        "In the folder of the bundle, with a receipt and the fingerprint as you know them from elsewhere; "
        "README.txt says how to do each step by hand.",
        "於證據包資料夾內執行，並提供您另行得知的收據與指紋；README.txt 說明如何逐步手動查驗。",
    ),
    "broken": (
        "The events do not add up to an agreement, so there is nothing more to draw: {reason}",
        "各事件無法組成一份合約，故無其他內容可呈現：{reason}",
    ),
}
#: What the page's program says; it is given these as they are.
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "ok": ("It fits together", "查驗相符"),
    "ok long": (
        "{events} events hang together unaltered, and {signatures} signatures hold, "
        "each by a key valid at its time.",
        "{events} 筆事件前後相連、未經更動，{signatures} 個簽章成立，金鑰於當時皆有效。",
    ),
    "part": ("It fits together, as far as it could be checked", "就可查驗的部分相符"),
    "part long": (
        "{events} events hang together unaltered, {signatures} signatures hold, "
        "{open} things could not be checked here.",
        "{events} 筆事件前後相連、未經更動，{signatures} 個簽章成立，{open} 項無法於此查驗。",
    ),
    "bad": ("It was altered", "內容遭到更動"),
    "bad long": ("First at {where}. Nothing after it can be relied on.", "始於 {where}。其後內容不可採信。"),
    "chain": ("Hash chain", "雜湊鏈"),
    "signatures": ("Signatures", "簽章"),
    "statements": ("Statements", "聲明"),
    "checkpoint": ("Checkpoint", "檢查點"),
    "shown": ("What is shown", "頁面內容"),
    "chain sub": ("{events} events", "{events} 筆事件"),
    "signatures sub": ("{good} of {all}", "{good}／{all}"),
    "statements sub": ("say what the events say", "與事件一致"),
    "checkpoint sub": ("among the {size} events of the store", "在資料庫的 {size} 筆事件之內"),
    "newer sub": ("of {size} events; {newer} are newer", "{size} 筆事件；另有 {newer} 筆較新"),
    "shown sub": ("is what the events say", "與事件一致"),
    "found sub": ("findings: {count}", "{count} 項發現"),
    "valid": ("valid", "有效"),
    "invalid": ("does not hold", "不成立"),
    "unsupported": ("not checked here", "未於此查驗"),
    "digest": (
        "the line is not the one recorded (stored {a}, recomputed {b})",
        "內容並非原紀錄（儲存值 {a}，重算值 {b}）",
    ),
    "canonical": ("the line is not in canonical form", "內容不符標準格式"),
    "link": ("it does not follow the event before it", "未銜接前一筆事件"),
    "place": ("it names another place in the trail", "所載位置與實際位置不符"),
    "read": ("it cannot be read", "無法讀取"),
    "time": ("its time lies before the event before it", "時間早於前一筆事件"),
    "unsigned": ("it is not signed", "未經簽署"),
    "key": ("the key was not {actor}’s at that time", "該金鑰於當時並非 {actor} 所有"),
    "entitled": ("{actor} was not entitled to enter it", "{actor} 無權登錄"),
    "signature": ("the signature does not hold", "簽章不成立"),
    "missing": ("the signed statement is missing", "缺少所簽聲明"),
    "statement": ("the signed statement is not the one the event names", "聲明並非事件所指者"),
    "differs": ("the signed statement says something else of {name}", "所簽聲明之 {name} 與事件不符"),
    "early": ("there was nothing submitted to decide on", "尚無送審內容可供決定"),
    "seen": ("the trail was rewritten after its signer saw it", "軌跡於簽署後遭改寫"),
    "outside": ("it is not in the checkpoint as it stands here", "與檢查點所載不符"),
    "kept yes": (
        "{file}: this trail goes on from the checkpoint of {size} events that you kept.",
        "{file}：本軌跡承接您所保存的 {size} 筆事件檢查點。",
    ),
    "kept no": (
        "{file}: this trail does NOT go on from it; events were rewritten.",
        "{file}：本軌跡「並未」承接該檢查點，事件遭到改寫。",
    ),
    "kept unknown": (
        "{file}: a checkpoint this bundle cannot be compared with; ask for a newer bundle.",
        "{file}：本證據包無法與該檢查點比對，請索取較新的證據包。",
    ),
    "note": ("the words shown are not the ones recorded", "所示文字並非原紀錄"),
    "row": ("the page shows something else than the event", "頁面所示與事件不符"),
    "document yes": (
        "{file} is {name}, issued with event {seq}.",
        "{file} 即 {name}，由第 {seq} 號事件製發。",
    ),
    "document no": (
        "{file} is none of the documents below: SHA-256 {digest}",
        "{file} 並非下列任何文件：SHA-256 {digest}",
    ),
    "receipt yes": ("The receipt fits event {where}.", "收據與事件 {where} 相符。"),
    "receipt no": ("No event of this page fits the receipt.", "本頁沒有與收據相符的事件。"),
    "receipt cut": (
        "The receipt names event {seq}, and this page ends at {last}: what came after is missing.",
        "收據所指為第 {seq} 號事件，而本頁止於第 {last} 號：其後內容缺漏。",
    ),
    "receipt form": (
        "A receipt is written as {ref}#7:HEAD or 7be1-c09d.",
        "收據寫作 {ref}#7:鏈頭 或 7be1-c09d。",
    ),
}


class Both:
    """A text in both languages; as HTML, two elements of which the page shows one."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh

    def __html__(self) -> str:
        if self.en == self.zh:
            return str(escape(self.en))
        return Markup('<span class="w" lang="en">{}</span><span class="w" lang="zh-TW">{}</span>').format(
            self.en, self.zh
        )

    def format(self, **facts: object) -> "Both":
        """Fill the places; a fact in both languages fills each with its own."""
        en = {name: fact.en if isinstance(fact, Both) else fact for name, fact in facts.items()}
        zh = {name: fact.zh if isinstance(fact, Both) else fact for name, fact in facts.items()}
        return Both(self.en.format(**en), self.zh.format(**zh))


def word(key: str, /, **facts: object) -> Both:
    """Return one of the page's own texts."""
    return Both(*WORDS[key]).format(**facts)


def both(text: str) -> Both:
    """Return a text of the catalogue in both languages."""
    return Both(in_language(text, "en"), in_language(text, "zh-TW"))


def plain(text: str) -> Both:
    """Return what reads the same in every language: a name, a number."""
    return Both(text, text)
