"""Whether our signatories could sign on the day they did: by the approved terms, the registry, or a power.

Pure. The other side's authority is theirs to prove; what they stated is recorded as stated.
"""

from collections.abc import Iterator

from approvals.directory import Directory
from approvals.errors import NoAuthorityError
from workflow.execution import Execution, Signatory
from workflow.i18n import mark
from workflow.terms import Terms

#: The role that says so, for each authority that the registry can tell of.
REGISTERED = {"representative": "chair", "manager": "signatory"}

_LACKS = {
    "representative": (
        mark("neither the approved terms nor the registry name them as our representative"),
        mark(
            "have the representative sign; a new chair is entered by an administrator before they sign: "
            "assent people role PERSON chair"
        ),
    ),
    "manager": (
        mark("they did not hold the role signatory that day"),
        mark(
            "have somebody sign who holds it: assent people. It is given before they sign: "
            "assent people role PERSON signatory"
        ),
    ),
    "attorney": (
        mark("no power of attorney is attached"),
        mark("attach it: give its file in [signatories.power]"),
    ),
}


def unauthorised(execution: Execution, terms: Terms, directory: Directory) -> Iterator[NoAuthorityError]:
    """Yield who of our side could not sign, and why."""
    for number, signatory in enumerate(execution.signatories):
        if signatory.side == "ours" and not _could_sign(signatory, terms, directory):
            reason, remedy = _LACKS[signatory.authority]
            yield NoAuthorityError(
                place=f"signatories[{number}]",
                name=signatory.name,
                date=signatory.on.isoformat(),
                reason=reason,
                remedy=remedy,
            )


def _could_sign(signatory: Signatory, terms: Terms, directory: Directory) -> bool:
    if signatory.authority == "attorney":
        return bool(signatory.power and (signatory.power.file or signatory.power.sha256))
    named = {party.representative for party in terms.parties if party.side == "ours"}
    if signatory.authority == "representative" and signatory.name in named:
        return True
    role = REGISTERED[signatory.authority]
    return any(
        person.name == signatory.name and person.held(role, on=signatory.on)
        for person in directory.people.values()
    )
