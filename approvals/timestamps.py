"""Time stamps (RFC 3161): somebody outside says that a checkpoint existed before a moment.

The signer's own clock proves nothing. An authority is asked over HTTP and learns a digest only;
what it answers can be checked years later by ``openssl ts -verify`` with its certificate. Needs
the extra ``timestamp``.
"""

import http.client
import urllib.request
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from types import ModuleType
from urllib.parse import urlsplit

from approvals.errors import TimestampError
from workflow.i18n import mark

_LARGEST = 100_000
_SECONDS = 20
_LATER = mark("try again later, or ask another authority: --stamp URL; the checkpoint itself was made")
_KEPT = mark("give the authority's own certificate, and the stamp as it was kept")


def request_stamp(body: bytes, url: str) -> bytes:
    """Return an authority's answer about *body*; raise `TimestampError` where it gives none that fits."""
    library = _library()
    builder = library.TimestampRequestBuilder().data(body).hash_algorithm(library.HashAlgorithm.SHA256)
    asked = builder.cert_request(cert_request=True).build()
    answer = _post(url, asked.as_bytes())
    stamped_at(answer, body)
    if library.decode_timestamp_response(answer).tst_info.nonce != asked.nonce:
        raise TimestampError(reason=mark("the answer is to another request"), remedy=_LATER)
    return answer


def stamped_at(answer: bytes, body: bytes, roots: bytes = b"") -> datetime:
    """Return when an authority saw *body*; raise `TimestampError` where its *answer* does not say so.

    Who the authority is counts only where *roots* are given, certificates in PEM that it must lead to.
    """
    from cryptography import x509

    library = _library()
    try:
        response = library.decode_timestamp_response(answer)
        if response.status != library.PKIStatus.GRANTED:
            raise TimestampError(reason=mark("the authority did not grant it"), remedy=_LATER)
        if roots:
            builder = library.VerifierBuilder()
            for root in x509.load_pem_x509_certificates(roots):
                builder = builder.add_root_certificate(root)
            builder.build().verify_message(response, body)
        about, at = response.tst_info.message_imprint.message, response.tst_info.gen_time
    except (ValueError, library.VerificationError) as error:
        raise TimestampError(reason=str(error), remedy=_KEPT) from None
    if about != sha256(body).digest():
        raise TimestampError(reason=mark("it is of something else"), remedy=_KEPT)
    made: datetime = at if at.tzinfo else at.replace(tzinfo=UTC)
    return made


def can_read() -> bool:
    """Tell whether what reads time stamps is installed."""
    return find_spec("rfc3161_client") is not None


def _library() -> ModuleType:
    try:
        import rfc3161_client
    except ImportError:
        remedy = mark("install it: pip install 'assent[timestamp]'")
        raise TimestampError(
            reason=mark("what reads and asks for them is not installed"), remedy=remedy
        ) from None
    return rfc3161_client


def _post(url: str, question: bytes) -> bytes:
    if not _is_web(url):
        remedy = mark("give the address of an authority, as in https://freetsa.org/tsr")
        raise TimestampError(reason=mark("its address is not one of the web"), remedy=remedy)
    request = urllib.request.Request(  # noqa: S310 - looked at above
        url, data=question, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            body: bytes = answer.read(_LARGEST)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise TimestampError(reason=str(error), remedy=_LATER) from None
    return body


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
