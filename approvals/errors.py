"""The catalogue of refusals about people, keys and sign-offs.

How an entry is made, and what the command line does with one, is in ``workflow.errors``.
"""

from collections.abc import Iterable

from workflow.errors import WorkflowError
from workflow.i18n import mark


class BadSignatureError(WorkflowError):
    """A signature is not one by this key, for this purpose, over these bytes."""

    code = "W060"
    exit_code = 5
    message = mark("the signature does not hold: {reason}")
    hint = mark("sign exactly the bytes that were shown, with the key registered for you, and try again")


class KeyFileError(WorkflowError):
    """A private key file cannot be used to sign, or cannot be written."""

    code = "W061"
    exit_code = 4
    message = mark("cannot use the key {path}: {reason}")
    hint = mark("{remedy}")


class KeyLockedError(WorkflowError):
    """A key's passphrase is needed and cannot be asked for, or was wrong."""

    code = "W062"
    exit_code = 4
    message = mark("the key {path} stays locked: {reason}")
    hint = mark("type its passphrase in a terminal, or hand it to the agent once: ssh-add {path}")


class AgentError(WorkflowError):
    """The ssh-agent is not there, does not hold the key, or does not sign."""

    code = "W063"
    exit_code = 4
    message = mark("ssh-agent cannot sign: {reason}")
    hint = mark("{remedy}")


class KeyExistsError(WorkflowError):
    """A new key would take the place of a file."""

    code = "W064"
    exit_code = 1
    message = mark("{path} already exists and was not overwritten")
    hint = mark("use the key that is there, or name another file")


class PublicKeyError(WorkflowError):
    """A public key that cannot be read, or that we do not trust to identify anyone."""

    code = "W065"
    exit_code = 2
    message = mark("this public key cannot be used: {reason}")
    hint = mark(
        "give the one line of a .pub file: ed25519, ecdsa, rsa of 3072 bits or more, or a security key; "
        "ssh-keygen -t ed25519 makes one"
    )


class PolicyError(WorkflowError):
    """A policy cannot be used; every problem in it is listed by row and column."""

    code = "W010"
    exit_code = 2
    message = mark("{count} problem(s) in the policy {source}:\n{listing}")
    hint = mark("mend them all; a policy is used whole or not at all")

    def __init__(self, source: str, problems: Iterable[object]) -> None:
        self.problems = tuple(problems)
        listing = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(source=source, count=len(self.problems), listing=listing)


class NothingRequiredError(WorkflowError):
    """No rule asks for a sign-off, so nothing would be checked."""

    code = "W011"
    message = mark("no rule of the policy asks for a sign-off, so nothing would be checked")
    hint = mark("add a rule that applies to every agreement, such as: contract_value >= 0")


class SeatUnfillableError(WorkflowError):
    """Too few people hold a role that the policy asks for."""

    code = "W012"
    message = mark("{ref}: nobody is left to sign as {role} ({aspect}): {quorum} needed, {holders} could")
    rule = mark("an aspect nobody can answer for stops the agreement; a quorum is never lowered ({rules})")
    hint = mark("give the role to someone who did not draft: assent people role PERSON {role}")


class PolicyNotAdoptedError(WorkflowError):
    """The policy file at hand is not the one an administrator put in force."""

    code = "W013"
    exit_code = 4
    message = mark("the policy {source} ({found}) is not the one in force ({adopted})")
    rule = mark("an administrator puts a policy in force by signing its digest")
    hint = mark("as an administrator: assent policy adopt {source}")


class DelegationRefusedError(WorkflowError):
    """A delegation that would be worth nothing, or more than may be passed on."""

    code = "W014"
    message = mark("the delegation cannot be recorded: {reason}")
    hint = mark("see who holds what: assent people")


class RecusedError(WorkflowError):
    """The person has recused themselves from the agreement."""

    code = "W015"
    exit_code = 4
    message = mark("{person} is recused from {ref}")
    rule = mark("whoever declares a conflict of interest takes no part in the decision (公司法 §206)")
    hint = mark("someone else has to decide: assent why {ref}")


class TooLateToRetractError(WorkflowError):
    """Somebody has acted since the decision, so that it cannot be taken back."""

    code = "W016"
    message = mark("{what} of {ref} can no longer be taken back: {person} has acted since ({event})")
    rule = mark("a decision can be taken back until the next person acts")
    hint = mark("ask whoever drafted it to submit it again, or raise a flag: assent flag raise {ref}")


class FlagDemandedError(WorkflowError):
    """A review that the policy asks for cannot be declined."""

    code = "W017"
    message = mark("{flag} of {ref} is asked for by the policy ({rules}); it cannot be declined")
    hint = mark("answer it: assent flag resolve {ref} {flag}")


class NotOfTheBodyError(WorkflowError):
    """Only a member of a body that votes can be noted as absent, by another member."""

    code = "W018"
    exit_code = 4
    message = mark("{member} has no vote on {ref} that {person} could note as absent")
    hint = mark("members note other members who are absent: assent why {ref}")


class StatementRefusedError(WorkflowError):
    """A statement that was signed elsewhere is not the one that would be signed here."""

    code = "W019"
    exit_code = 5
    message = mark("the statement cannot be recorded: {reason}")
    rule = mark("what is signed is what the agreement, its text and your capacity are now")
    hint = mark("make it again and sign that: assent approve REF --to-sign FILE")


class SelfApprovalError(WorkflowError):
    """Whoever drafted an agreement may not decide on it."""

    code = "W031"
    exit_code = 4
    message = mark("you cannot {action} {ref}: you drafted it")
    rule = mark("nobody signs off their own draft")
    hint = mark("ask someone else who holds the role: assent why {ref}")


class WrongRoleError(WorkflowError):
    """The person does not hold a role that is asked for."""

    code = "W032"
    exit_code = 4
    message = mark("{person} cannot {action} {ref}: it needs {needed}, and {person} is {held}")
    hint = mark("see who can: assent why {ref}")


class ChooseCapacityError(WorkflowError):
    """The person could act in several capacities and has to say which."""

    code = "W033"
    exit_code = 2
    message = mark("{person} could {action} {ref} as {capacities}")
    hint = mark("say which: --role ROLE, --aspect ASPECT or --for PERSON")


class NotYetYourTurnError(WorkflowError):
    """An earlier step is not complete."""

    code = "W034"
    message = mark("{ref} is not at your step yet: it waits for {waiting}")
    rule = mark("sign-offs follow the steps of the policy ({rules})")
    hint = mark("see where it stands: assent why {ref}")


class AlreadyDecidedError(WorkflowError):
    """The person has already decided on this text."""

    code = "W035"
    message = mark("{person} has already decided on {ref}: {decision}, receipt {receipt}")
    rule = mark("a person counts once, whatever roles they hold")
    hint = mark("see it: assent timeline {ref}")


class KeyRequiredError(WorkflowError):
    """A decision needs a key, and the registry has none for the person."""

    code = "W036"
    exit_code = 4
    message = mark("{person} has no key in the registry, and a decision has to be signed")
    hint = mark("make one: assent key new --as {person}   then have it registered: assent key add")


class WrongKeyError(WorkflowError):
    """The key at hand is not one the registry holds for this person."""

    code = "W037"
    exit_code = 4
    message = mark("the key {fingerprint} is not {person}'s")
    rule = mark("a decision is signed with a key registered for the person who decides")
    hint = mark("use your own key (--key FILE), or have this one registered: assent key add")


class UnknownPersonError(WorkflowError):
    """The registry knows nobody by this name."""

    code = "W045"
    exit_code = 3
    message = mark("there is nobody called {person}")
    hint = mark("known: {known}")


class UnknownRoleError(WorkflowError):
    """There is no such role."""

    code = "W046"
    exit_code = 2
    message = mark("there is no role {role}")
    hint = mark("known: {known}")


class UnknownFlagError(WorkflowError):
    """The agreement has no such flag or condition."""

    code = "W047"
    exit_code = 3
    message = mark("{ref} has no {what}")
    hint = mark("known: {known}")


class FlagSettledError(WorkflowError):
    """The flag or condition is settled already."""

    code = "W048"
    message = mark("{what} of {ref} is settled already ({status})")
    hint = mark("see it: assent show {ref}")


class PersonExistsError(WorkflowError):
    """The registry already has someone or something by this name."""

    code = "W049"
    message = mark("the registry already has {what}")
    hint = mark("see it: assent people")


class LastAdministratorError(WorkflowError):
    """Taking the role away would leave the store without an administrator."""

    code = "W038"
    message = mark("{person} is the only administrator")
    hint = mark("give the role to someone else first: assent people role PERSON admin")


class ConfirmationNeededError(WorkflowError):
    """A decision has to be confirmed, and nobody can be asked."""

    code = "W039"
    exit_code = 2
    message = mark("{action} has to be confirmed, and there is no terminal to ask on")
    hint = mark("in a script give both: --yes --expect {digest}")


class AddressError(WorkflowError):
    """Something that is to be an e-mail address is none, or is more than one."""

    code = "W080"
    exit_code = 2
    message = mark("{address!r} is not an e-mail address")
    hint = mark("give one address and nothing else, as in contracts@example.com")


class MailServerError(WorkflowError):
    """The mail server cannot be reached, does not let us in, or breaks off."""

    code = "W081"
    message = mark("the mail server {server} cannot be used: {reason}")
    hint = mark("check --smtp, --starttls and the password; what was not sent is sent the next time")


class MessageRefusedError(WorkflowError):
    """The mail server does not take one message."""

    code = "W082"
    message = mark("the mail server does not take the message to {address}: {reason}")
    hint = mark("mend the address, or ask whoever runs the server; it is tried again the next time")


class NoAuthorityError(WorkflowError):
    """Somebody signed for our side who could not."""

    code = "W089"
    message = mark("{place}: {name} could not sign for us on {date}: {reason}")
    rule = mark(
        "a company is bound by its representative, by a manager within their duties, or by an attorney under "
        "a power (公司法 §208, §31; 民法 §167, §554)"
    )
    hint = mark("{remedy}")


class NoCalendarError(WorkflowError):
    """The days of an agreement lie in years whose holidays nobody knows."""

    code = "W028"
    exit_code = 1
    message = mark("{ref} lies in years whose holidays are not known, so its working days cannot be counted")
    hint = mark("see its events with their times: assent timeline {ref}")


class CheckpointFileError(WorkflowError):
    """A file that is to be a checkpoint is none."""

    code = "W066"
    exit_code = 2
    message = mark("{path} is no checkpoint: {reason}")
    hint = mark("give the file as it was kept; assent audit checkpoint --out FILE writes one")


class TimestampError(WorkflowError):
    """A time stamp cannot be had, or does not hold."""

    code = "W067"
    message = mark("no time stamp: {reason}")
    hint = mark("{remedy}")


class NothingToEraseError(WorkflowError):
    """An event has no words of a person, or has none any more."""

    code = "W069"
    exit_code = 3
    message = mark("{event} has no words to erase")
    hint = mark("name the event whose reason, note or opinion is meant: assent timeline REF")


class WitnessRefusedError(WorkflowError):
    """The trail is no longer the one that a witness has seen before."""

    code = "W068"
    exit_code = 5
    message = mark("the trail does not go on from what was witnessed before: {reason}")
    hint = mark("nothing was signed; keep your file and a copy of the store, and ask who had access to it")


class AssessorOnlyError(WorkflowError):
    """Whoever assesses records assessments and nothing else."""

    code = "W092"
    exit_code = 4
    message = mark("{person} cannot {action}: {person} is an assessor")
    rule = mark("who judges people's work takes no part in it: an assessor records assessments, nothing else")
    hint = mark("ask whoever holds the role for it: assent people")


class RolesApartError(WorkflowError):
    """The role of an assessor or a sealer and another one cannot be held by the same person."""

    code = "W093"
    message = mark("{person} cannot be {roles} at once")
    rule = mark("who judges people's work takes no part in it, and a sealer's key serves for nothing else")
    hint = mark("take the other role away first: assent people role {person} ROLE --revoke")


class NotToAssessError(WorkflowError):
    """The work is the assessor's own, or is not the candidate's."""

    code = "W094"
    exit_code = 4
    message = mark("{person} cannot assess {candidate} by {what}: {reason}")
    rule = mark("what somebody judges is another's work, and none they took part in")
    hint = mark("cite other evidence, or let another assessor judge: assent portfolio {candidate}")


class UnknownRowError(WorkflowError):
    """There is no such competency unit, or it has no such row."""

    code = "W095"
    exit_code = 3
    message = mark("there is no {what} to judge by")
    hint = mark("known: {known}")


class NothingSeenError(WorkflowError):
    """A judgement says neither which evidence was seen nor what was observed or asked."""

    code = "W096"
    exit_code = 2
    message = mark("the judgement does not say what was seen: {reason}")
    hint = mark("name the evidence, or say what was seen: --evidence REF#N, --reason TEXT")


class AnswerNeededError(WorkflowError):
    """A record has to be confirmed, and nobody can be asked."""

    code = "W097"
    exit_code = 2
    message = mark("{action} has to be confirmed, and there is no terminal to ask on")
    hint = mark("in a script give: --yes")
