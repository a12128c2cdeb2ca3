"""A time stamping authority of OpenSSL's own says when it saw a checkpoint, and everybody can check it."""

import shutil
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from approvals.errors import TimestampError
from approvals.forgery import Forgery
from approvals.timestamps import request_stamp, stamped_at

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not OPENSSL, reason="openssl is not installed")
BODY = b"assent:0f\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
CONFIG = """
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


def openssl(folder, *arguments, given=b""):
    done = subprocess.run([OPENSSL, *arguments], cwd=folder, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    """An authority with a root certificate of its own."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01")
        for name, subject in (("root", "/CN=Root"), ("tsa", "/CN=Authority")):
            openssl(
                folder,
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-out",
                f"{name}.key",
            )
            openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
        signing = ("x509", "-req", "-extfile", "tsa.cnf", "-days", "30")
        openssl(
            folder,
            *signing,
            "-extensions",
            "ca",
            "-in",
            "root.csr",
            "-signkey",
            "root.key",
            "-out",
            "root.pem",
        )
        openssl(
            folder, *signing, "-extensions", "leaf", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey",
            "root.key", "-set_serial", "2", "-out", "tsa.pem",
        )  # fmt: skip

    @property
    def root(self):
        return (self.folder / "root.pem").read_bytes()

    def answer(self, question):
        (self.folder / "question.tsq").write_bytes(question)
        openssl(
            self.folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile",
            "question.tsq", "-out", "answer.tsr",
        )  # fmt: skip
        return (self.folder / "answer.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def address(authority):
    """Where it answers; ``/asleep`` answers with something else, ``/old`` with what it said before."""
    answers = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            question = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            if self.path == "/asleep":
                answer = b"<html>asleep</html>"
            elif self.path == "/old" and answers:
                answer = answers[0]
            else:
                answer = authority.answer(question)
                answers.append(answer)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_authority_says_when_it_saw_it(authority, address):
    answer = request_stamp(BODY, f"{address}/")

    assert abs(stamped_at(answer, BODY, authority.root) - datetime.now(UTC)) < timedelta(minutes=2)


def test_openssl_itself_agrees(authority, address, tmp_path):
    (tmp_path / "body").write_bytes(BODY)
    (tmp_path / "answer.tsr").write_bytes(request_stamp(BODY, f"{address}/"))
    (tmp_path / "root.pem").write_bytes(authority.root)

    openssl(tmp_path, "ts", "-verify", "-data", "body", "-in", "answer.tsr", "-CAfile", "root.pem")


def test_a_stamp_is_of_nothing_else(authority, address):
    answer = request_stamp(BODY, f"{address}/")

    for roots in (b"", authority.root):
        with pytest.raises(TimestampError):
            stamped_at(answer, BODY.replace(b"42", b"43"), roots)


def test_a_stamp_of_another_authority_is_none_of_this_one(authority, address, tmp_path):
    other = Authority(tmp_path / "other")
    answer = request_stamp(BODY, f"{address}/")

    with pytest.raises(TimestampError):
        stamped_at(answer, BODY, other.root)


def test_a_stamp_with_a_bit_turned_is_none_or_one_that_openssl_takes_for_the_same(
    authority, address, tmp_path
):
    answer = request_stamp(BODY, f"{address}/")
    at = stamped_at(answer, BODY, authority.root)
    (tmp_path / "body").write_bytes(BODY)
    (tmp_path / "root.pem").write_bytes(authority.root)
    taken = 0
    for place in range(len(answer)):
        changed = bytearray(answer)
        changed[place] ^= 1
        try:
            assert stamped_at(bytes(changed), BODY, authority.root) == at
        except TimestampError:
            continue
        taken += 1
        (tmp_path / "answer.tsr").write_bytes(changed)
        openssl(tmp_path, "ts", "-verify", "-data", "body", "-in", "answer.tsr", "-CAfile", "root.pem")
    # What names an algorithm beside the signature, and text beside the answer, is not signed.
    assert taken < len(answer) / 50


@pytest.mark.parametrize("path", ["/asleep", "/old"])
def test_an_answer_to_another_question_is_refused(address, path):
    request_stamp(BODY, f"{address}/")

    with pytest.raises(TimestampError):
        request_stamp(BODY, f"{address}{path}")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com",
        "file:///etc/passwd",
        "",
        "http://127.0.0.1:1/",
        "http://localhost:abc/",
        "http://a b/",
        "http://[",
        "http:",
    ],
)
def test_an_address_where_nobody_answers_is_said(url):
    with pytest.raises(TimestampError, match="no time stamp"):
        request_stamp(BODY, url)


def test_the_audit_checks_a_stamp_against_its_checkpoint_and_its_authority(
    sqlite_world, authority, address, tmp_path
):
    world = sqlite_world
    checkpoint = world.checkpoint().checkpoint
    with world.store.begin() as unit:
        unit.keep_stamp(checkpoint.size, request_stamp(checkpoint.body, f"{address}/"))
        unit.commit()

    assert world.audit().ok
    assert any("--tsa-root" in text for text in world.audit().unchecked)
    trusted = world.audit(roots=authority.root)
    assert trusted.ok
    assert not any("--tsa-root" in text for text in trusted.unchecked)
    assert {finding.check for finding in world.audit(roots=Authority(tmp_path / "other").root).findings} == {
        "checkpoints"
    }

    with closing(Forgery(world.place.path)) as forgery:
        forgery.do("UPDATE stamp SET token = ?", request_stamp(b"something else", f"{address}/"))
    assert [finding.event for finding in world.audit().findings] == [f"checkpoint {checkpoint.size}"]
