"""The closed sets that approvals speak of, with the words people read for each."""

from workflow.i18n import mark

#: The aspects, with the words people read.
ASPECTS = {
    "commercial": mark("commercial"),
    "financial": mark("financial"),
    "legal": mark("legal"),
    "technical": mark("technical"),
    "data": mark("personal data"),
    "operational": mark("operational"),
    "authority": mark("authority to sign"),
}

#: The roles the default policy and the commands know, with the words people read.
ROLES = {
    "admin": mark("administrator"),
    "staff": mark("staff"),
    "assessor": mark("assessor"),
    "dept_manager": mark("department manager"),
    "division_head": mark("division head"),
    "gm": mark("general manager"),
    "cfo": mark("chief financial officer"),
    "chair": mark("chair of the board"),
    "board": mark("board of directors"),
    "finance": mark("finance"),
    "tax": mark("tax"),
    "legal": mark("legal counsel"),
    "dpo": mark("data protection officer"),
    "infosec": mark("information security"),
    "ip": mark("intellectual property"),
    "competition": mark("competition law"),
    "export_control": mark("export control"),
    "compliance": mark("compliance"),
    "ehs": mark("health and safety"),
}

#: What an expert can conclude.
CONCLUSIONS = {
    "clear": mark("no objection"),
    "conditions": mark("no objection, with conditions"),
    "object": mark("objection"),
}
#: How heavily a condition weighs; only a ``must`` blocks.
SEVERITIES = {"must": mark("must be met"), "should": mark("should be met"), "note": mark("for the record")}
#: What an approver can decide.
DECISIONS = {
    "approve": mark("approved"),
    "return": mark("returned for changes"),
    "reject": mark("rejected"),
}
#: Where a flag can stand.
STATUSES = {
    "open": mark("open"),
    "clear": mark("clear"),
    "conditions": mark("clear, with conditions"),
    "objected": mark("objection"),
    "superseded": mark("superseded"),
}
