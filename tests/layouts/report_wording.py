"""What always stands in the report of a bundle, Chinese and English side by side."""

WHAT = (
    "本報告依證據包內之軌跡，敘述各合約經過何種程序、由何人於何時簽署何一文本。本報告僅為敘述，不作任何判斷。",
    "This report tells, from the trail in the bundle, what each agreement went through, and who signed which "
    "text and when. It only tells; it judges nothing.",
)
TIMES = (
    "所有時間均為臺北時間（UTC+08:00）；工作天不計臺灣之休息日與國定假日。"
    "本報告不載製作日期：所述者為至各合約所列最末一筆事件為止之軌跡。",
    "All times are Taipei’s (UTC+08:00); working days leave out the days on which Taiwan’s offices rest. "
    "The report has no date of its own: it is of the trail up to the last event named for each agreement.",
)
REDACTED = (
    "製作證據包時未附個人所寫文字及載有該文字之文件；本報告於其處註明「文字未附」。",
    "People’s own words, and the documents they stand in, were withheld when the bundle was "
    "made; this report says “words withheld” in their place.",
)
SHORT = (
    "證據包所含合約過多，無法載於一份文件；本報告僅列合約清單，其餘內容見各合約之網頁（.html）。",
    "The bundle holds more than one document can: this report lists the agreements only, and the rest is on "
    "each agreement’s page (.html).",
)
BY_HAND = (
    (
        "於證據包資料夾執行「python3 verify.py」，並以 --receipt 提供另行保存之收據、"
        "以 --fingerprint 提供第一位管理者親自告知之指紋。",
        "In the folder of the bundle run `python3 verify.py`, with --receipt and a receipt that was kept "
        "elsewhere, and --fingerprint as the first administrator told you.",
    ),
    (
        "不使用任何本方程式亦可：README.txt 載有以 sha256sum、jq、openssl、ssh-keygen 逐步查驗之指令。",
        "Without any program of ours: README.txt has the commands for sha256sum, jq, openssl and ssh-keygen.",
    ),
    (
        "將各合約之鏈頭逐組與收據比對：收據所載「編號:鏈頭」應與本報告所列者相符。",
        "Compare each agreement’s head, group by group, with a receipt: number and head have to be those "
        "named here.",
    ),
    (
        "以下列指令計算其他檔案之總雜湊值，應與封面所列相符：",
        "Work out the digest of all other files with this; it has to be the one on the cover:",
    ),
)
COMMAND = (
    """`jq -r '.files[] | select(.what != "report") | .sha256 + "  " + .path' manifest.json | sha256sum`"""
)
NOT_SHOWN = (
    (
        "製作本報告時未查驗任何雜湊值、簽章或規則；所列簽署人、金鑰與時間均依軌跡所載。",
        "Nobody checked a digest, a signature or a rule in making this report: who signed, with which key "
        "and when is what the trail says.",
    ),
    (
        "本報告之文字本身無從查驗：verify.py 僅能確認本檔未於匯出後更動，無法確認其敘述正確。"
        "與事件不符時，以事件為準。",
        "The words of this report cannot be checked: verify.py tells whether the file is the one that was "
        "exported, not whether it tells the events rightly. Where they differ, the events count.",
    ),
    (
        "無法證明較新的事件未遭截斷：唯有較新的收據或檢查點可以顯示。",
        "It does not prove that nothing newer was cut off: only a newer receipt or checkpoint shows that.",
    ),
    (
        "無法證明第一位管理者的金鑰確為其本人所有：請向本人核對封面所列指紋。",
        "It does not prove that the first administrator’s key is theirs: ask them for the fingerprint on the "
        "cover.",
    ),
    (
        "無法證明規則所要求之簽核人正確：「assent audit verify」由資料庫重新計算。",
        "It does not prove that the rules asked the right people: `assent audit verify` works that out from "
        "the store.",
    ),
    (
        "簽署時間除簽署人所述與事件順序外，並無其他佐證。",
        "It does not prove when something was signed, other than by the signer’s word and the order of the "
        "events.",
    ),
    (
        "並非法律意見，所列電子簽章亦非憑證機構簽發之數位簽章。",
        "It is not legal advice, and the signatures listed are not digital signatures of a certification "
        "authority.",
    ),
)
BROKEN = (
    "**各事件無法組成一份合約**，故僅依儲存內容列出可讀取之事件；"
    "內容是否遭更動、始於何處，請執行 verify.py。",
    "**The events do not add up to an agreement**, so only the events are listed, as far as they can be read "
    "from what is stored; verify.py says where it was altered.",
)
CHANGES_NONE = ("並無先後不同之版本。", "There are no two revisions to compare.")
RULES_NONE = ("尚未送審，或規則內容無法讀取。", "It was not put forward yet, or the rules cannot be read.")
SIGNED_NONE = ("尚無人簽署。", "Nobody has signed anything yet.")
OPINIONS_NONE = ("未徵詢專家意見。", "No expert was asked.")
DOCUMENTS_NONE = ("尚無文件。", "There is no document yet.")
DAYS = (
    "工作天為距前一筆事件之工作天數。簽署時所寫文字見「簽署紀錄」與「專家意見與條件」。",
    "Days are the working days since the event before. What was written in signing stands under “Who "
    "signed what” and “Opinions and conditions”.",
)
