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
    "assistant": mark("assistant"),
    "sealer": mark("sealer of the trail"),
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
    "signatory": mark("authorised signatory"),
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
    "recuse": mark("recused"),
    "excuse": mark("noted an absence"),
}
#: Where a flag can stand.
STATUSES = {
    "open": mark("open"),
    "clear": mark("clear"),
    "conditions": mark("clear, with conditions"),
    "objected": mark("objection"),
    "superseded": mark("superseded"),
    "declined": mark("declined"),
}
#: The parts of an agreement a change can touch, and what else can fell a sign-off.
PARTS = {
    "acceptance": mark("acceptance"),
    "assignment": mark("assignment"),
    "audit": mark("audit rights"),
    "change_of_circumstances": mark("change of circumstances"),
    "confidentiality": mark("confidentiality"),
    "contract_type": mark("kind of contract"),
    "definitions": mark("definitions"),
    "delivery": mark("delivery"),
    "disputes": mark("disputes"),
    "entire_agreement": mark("entire agreement"),
    "everything": mark("the whole text"),
    "exclusivity": mark("exclusivity"),
    "facts": mark("risk questionnaire"),
    "force_majeure": mark("force majeure"),
    "insurance": mark("insurance"),
    "intellectual_property": mark("intellectual property rights"),
    "kpi": mark("key figures"),
    "last": mark("the last step, since nothing else was left to sign"),
    "law": mark("governing law"),
    "layout": mark("layout and order of clauses"),
    "liability": mark("liability"),
    "non_compete": mark("non-competition"),
    "notices": mark("notices"),
    "originals": mark("originals"),
    "other": mark("other clauses"),
    "parties": mark("parties"),
    "payment": mark("payment"),
    "penalties": mark("penalties"),
    "performance": mark("performance"),
    "personal_data": mark("protection of personal data"),
    "price": mark("price"),
    "role": mark("who holds the role"),
    "rules": mark("what the rules ask"),
    "safety": mark("safety at work"),
    "scope": mark("scope"),
    "security": mark("security"),
    "service_levels": mark("service levels"),
    "signature": mark("form of signature"),
    "staff": mark("staff and subcontractors"),
    "subcontracting": mark("subcontracting"),
    "term": mark("term"),
    "termination": mark("termination"),
    "title": mark("title"),
    "title_and_risk": mark("title and risk"),
    "warranty": mark("warranty"),
}
#: What happened, by type of event.
EVENTS = {
    "created": mark("began the agreement"),
    "planned": mark("set the negotiation plan"),
    "opened": mark("opened the talks"),
    "round_held": mark("recorded a round"),
    "terms_agreed": mark("recorded the agreed terms"),
    "confirmation_sent": mark("issued the confirmation letter"),
    "confirmation_acknowledged": mark("attached the other side's reply"),
    "drafted": mark("drafted the contract"),
    "submitted": mark("submitted it"),
    "draft_received": mark("imported a draft from the other side"),
    "flag_raised": mark("raised a flag"),
    "flag_resolved": mark("gave an opinion"),
    "condition_closed": mark("closed a condition"),
    "approved": mark("approved"),
    "returned": mark("returned it for changes"),
    "rejected": mark("rejected"),
    "executed": mark("recorded the execution"),
    "activated": mark("brought it into force"),
    "renewed": mark("renewed it"),
    "terminated": mark("terminated it"),
    "expired": mark("recorded its expiry"),
    "withdrawn": mark("withdrew it"),
    "organisation_named": mark("named the organisation"),
    "person_added": mark("added a person"),
    "role_granted": mark("gave a role"),
    "role_revoked": mark("took a role away"),
    "key_added": mark("registered a key"),
    "key_revoked": mark("revoked a key"),
    "flag_assigned": mark("assigned a flag"),
    "flag_declined": mark("declined a flag"),
    "recused": mark("recused themselves"),
    "excused": mark("noted an absence"),
    "retracted": mark("took a decision back"),
    "policy_adopted": mark("put a policy in force"),
    "delegated": mark("named a deputy"),
    "delegation_ended": mark("ended a delegation"),
    "erased": mark("erased words by request"),
    "assessed": mark("judged evidence of somebody's work"),
}
#: What an assessor can find of evidence for one row of a competency unit.
JUDGEMENTS = {
    "met": mark("met"),
    "not-yet": mark("not yet met"),
    "more-evidence": mark("more evidence needed"),
}
#: How an assessor came to it.
METHODS = {
    "observation": mark("observation"),
    "documents": mark("examination of documents"),
    "questioning": mark("questioning"),
    "case-study": mark("case study"),
    "report": mark("the candidate's report"),
}
#: By what right somebody signs a contract.
AUTHORITIES = {
    "representative": mark("representative of the company (公司法 §208)"),
    "manager": mark("manager within their duties (公司法 §31)"),
    "attorney": mark("attorney, under a power of {dated} (民法 §167)"),
}
#: The seals of a company, as its log names them.
SEALS = {
    "company": mark("company seal"),
    "representative": mark("representative's seal"),
    "contract": mark("contract seal"),
    "joining": mark("seal across the pages"),
}
