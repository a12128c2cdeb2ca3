"""Agreements as files that prove themselves: what the trail says of them, and how to check it.

Everything is taken from the stored rows as it stands, also where it no longer fits together,
because a trail that was altered is what somebody may want to show. Nothing is judged here:
``verify.py`` and the page, which are part of the bundle, do that without us. The same trail
gives the same bytes.
"""

import hashlib
import io
import json
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from approvals.allowed_signers import allowed_signers
from approvals.directory import directory_of
from approvals.reports.page import write_page
from approvals.reports.report import write_report
from approvals.reports.table import write_table
from approvals.reports.told import tell
from approvals.reports.trail import Stream, Trail, read_trail, references
from workflow.errors import FileKeptError, SystemFileError, WorkflowError
from workflow.events import REGISTRY
from workflow.notes import lines_of, repeats
from workflow.reading import Reader

SCHEMA = "assent.bundle/1"
_DATA = Path(__file__).parent / "reports" / "data"
# By ranges, as what counts as a letter depends on the version of Python that verifies.
_UNSAFE = re.compile(r"[^A-Za-z0-9._\-\u00c0-\u024f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
#: The folder for what an event names, by the word it names it with; the rest are records.
_FOLDERS = {
    "file": ("documents", "document"),
    "template": ("templates", "template"),
    "context": ("data", "data"),
    "terms": ("terms", "terms"),
    "policy": ("policy", "policy"),
    "sha256": ("evidence", "evidence"),
}


@dataclass(slots=True)
class _File:
    """A file of the bundle: its bytes, what it is, and the events that name it."""

    body: bytes
    what: str
    named_by: list[str] = field(default_factory=list)


def export(reader: Reader, refs: Iterable[str], *, redact: bool = False) -> dict[str, bytes]:
    """Return the files of a bundle of the agreements *refs*, by their names in it.

    Where people's own words are to be withheld (*redact*), so is every document in which they
    stand; the manifest says which. Every line and statement names words by their digest, and stays.
    """
    with reader.snapshot():
        trail = read_trail(reader, refs)
        return _Bundle(trail, redact=redact).files()


def save_bundle(files: Mapping[str, bytes], out: Path) -> None:
    """Write a bundle as the folder *out*, or as one file where it is called ``.zip``: whole or not at all.

    Raises `FileKeptError` where something else is there already.
    """
    partial = out.with_name(f".{out.name}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix.lower() == ".zip":
            body = zipped(files)
            if out.exists() and (not out.is_file() or out.read_bytes() != body):
                raise FileKeptError(path=out)
            partial.write_bytes(body)
            partial.replace(out)
            return
        # A file left from before would be one that nothing in the bundle names.
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise FileKeptError(path=out)
        shutil.rmtree(partial, ignore_errors=True)
        for name, body in files.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        if out.exists():
            out.rmdir()
        partial.replace(out)
    except OSError as error:
        raise SystemFileError(path=error.filename or out, reason=error.strerror) from None
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return the files as one; not compressed, because another zlib would write other bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return target.getvalue()


def safe_name(name: str) -> str:
    """Return *name* as a file name that means the same, and nothing else, on every system."""
    kept = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip("._") or "file"
    # The end tells what kind of file it is.
    return kept if len(kept) <= 80 else f"{kept[:60]}_{kept[-19:]}"


class _Bundle:
    """One bundle while it is put together."""

    def __init__(self, trail: Trail, *, redact: bool) -> None:
        self._trail, self._redact = trail, redact
        self._files: dict[str, _File] = {}
        self._by_digest: dict[str, str] = {}
        self._withheld: dict[str, _File] = {}
        self._notes: dict[str, tuple[str, str]] = {}
        self._words = lines_of(text for _, text in trail.notes.values())

    def files(self) -> dict[str, bytes]:
        """Return every file, the manifest last."""
        for stream in self._trail.streams:
            for seq, body in stream.bodies():
                self._event(stream, seq, body)
        for stream in self._trail.streams:
            self._chain(stream)
        self._put("notes.json", _json({d: list(said) for d, said in sorted(self._notes.items())}), "notes")
        self._put("allowed_signers", self._signers(), "allowed signers")
        self._put("events.csv", write_table(self._trail), "table")
        self._anchor()
        shown = replace(self._trail, contents=self._contents(), notes=self._notes)
        told = [tell(shown, stream.name) for stream in self._trail.agreements]
        for one in told:
            page = write_page(shown, one, redacted=self._redact)
            self._put(f"{safe_name(one.story.ref)}.html", page, "page")
        for name, what in (("README.txt", "readme"), ("verify.py", "verifier")):
            self._put(name, (_DATA / name).read_bytes(), what)
        # The report names a digest of all the others, so it is made when they are there.
        others = {name: file.body for name, file in self._files.items()}
        report = write_report(shown, told, others, redacted=self._redact)
        # Not compressed, as the bundle itself.
        self._put("report.docx", zipped(report), "report")
        bodies = {name: file.body for name, file in sorted(self._files.items())}
        return {**bodies, "manifest.json": _json(self._manifest())}

    def _anchor(self) -> None:
        """Take in the newest checkpoint, as people keep it, and its time stamp."""
        anchor = self._trail.anchor
        if anchor:
            self._put(f"checkpoints/{anchor.size}.txt", anchor.note, "checkpoint")
            if anchor.stamp:
                self._put(f"checkpoints/{anchor.size}.tsr", anchor.stamp, "time stamp")

    def _checkpoint(self) -> Mapping[str, Any] | None:
        """Tell what the checkpoint is to these events, and to the checkpoints before."""
        anchor = self._trail.anchor
        if anchor is None:
            return None
        return {
            "file": f"checkpoints/{anchor.size}.txt",
            "stamp": f"checkpoints/{anchor.size}.tsr" if anchor.stamp else None,
            **{name: getattr(anchor, name) for name in ("size", "person", "at", "key")},
            "proofs": [asdict(proof) for proof in anchor.proofs],
            "earlier": [asdict(earlier) for earlier in anchor.earlier],
        }

    def _event(self, stream: Stream, seq: int, body: Mapping[str, Any]) -> None:
        """Take in what an event names."""
        event = f"{stream.name}#{seq}"
        for reference in references(body):
            if reference.digest in self._trail.notes:
                self._note(reference.digest, event)
            elif reference.digest in self._trail.contents:
                self._content(reference.word, reference.name, reference.digest, event, stream, seq)
        signed = body.get("signed")
        if isinstance(signed, dict) and isinstance(signed.get("signature"), str):
            name = f"statements/{safe_name(stream.name)}-{seq}.txt.sig"
            self._put(name, signed["signature"].encode(), "signature", event)

    def _note(self, digest: str, event: str) -> None:
        if self._redact:
            self._withhold(digest, "note", event)
        else:
            self._notes[digest] = self._trail.notes[digest]

    def _content(self, word: str, name: str, digest: str, event: str, stream: Stream, seq: int) -> None:
        body = self._trail.contents[digest]
        if word == "statement":
            self._put(f"statements/{safe_name(stream.name)}-{seq}.txt", body, "statement", event)
            return
        known = self._by_digest.get(digest)
        if known:
            self._files[known].named_by.append(event)
            return
        folder, what = _FOLDERS.get(word, ("records", "record"))
        if self._redact and word in ("file", "context") and self._repeats_words(stream, digest):
            self._withhold(digest, what, event)
            return
        wanted = safe_name(name) if name else f"{digest}{_ending(body)}"
        # A person's file is called as they called it, so its event goes before.
        wanted = f"{seq}-{wanted}" if word == "sha256" else wanted
        path = self._free(f"{folder}/{wanted}", digest)
        self._by_digest[digest] = path
        self._put(path, body, what, event)

    def _repeats_words(self, stream: Stream, digest: str) -> bool:
        """Tell whether an internal paper, or the data it was made of, has somebody's words in it."""
        for _, body in stream.bodies():
            for row in _documents(body):
                if digest in (row.get("file"), row.get("context")) and row.get("audience") == "internal":
                    data = self._trail.contents.get(str(row.get("context")), b"null")
                    if repeats(data, self._words):
                        return True
        return False

    def _free(self, path: str, digest: str) -> str:
        taken = {name.casefold() for name in self._files}
        if path.casefold() not in taken:
            return path
        folder, _, name = path.rpartition("/")
        return f"{folder}/{digest[:16]}-{name}"

    def _withhold(self, digest: str, what: str, event: str) -> None:
        self._withheld.setdefault(digest, _File(b"", what)).named_by.append(event)

    def _chain(self, stream: Stream) -> None:
        name = f"events/{safe_name(stream.name)}"
        self._put(f"{name}.jsonl", b"".join(line + b"\n" for _, line in stream.entries), "events")
        self._put(f"{name}.sha256", b"".join(f"{own}\n".encode() for own, _ in stream.entries), "digests")

    def _signers(self) -> bytes:
        try:
            return allowed_signers(directory_of(self._trail.events(REGISTRY)))
        except (WorkflowError, ValueError, KeyError, TypeError, AttributeError):
            return b""  # the registry was altered; the verifier says where

    def _contents(self) -> Mapping[str, bytes]:
        """Return what is in the bundle, and so may be shown, by digest."""
        kept = self._trail.contents
        return {digest: body for digest, body in kept.items() if digest not in self._withheld}

    def _put(self, name: str, body: bytes, what: str, event: str = "") -> None:
        file = self._files.setdefault(name, _File(body, what))
        if event:
            file.named_by.append(event)

    def _manifest(self) -> Mapping[str, Any]:
        return {
            "schema": SCHEMA,
            "log": self._trail.log,
            "agreements": [stream.name for stream in self._trail.agreements],
            "streams": [
                {
                    "stream": stream.name,
                    "events": len(stream.entries),
                    "head": stream.entries[-1][0] if stream.entries else "",
                    "file": f"events/{safe_name(stream.name)}.jsonl",
                }
                for stream in self._trail.streams
            ],
            "checkpoint": self._checkpoint(),
            "files": [
                {
                    "path": name,
                    "what": file.what,
                    "size": len(file.body),
                    "sha256": hashlib.sha256(file.body).hexdigest(),
                    "named_by": sorted(set(file.named_by), key=_place),
                }
                for name, file in sorted(self._files.items())
            ],
            "withheld": [
                {"sha256": digest, "what": file.what, "named_by": sorted(set(file.named_by), key=_place)}
                for digest, file in sorted(self._withheld.items())
            ],
        }


def _place(event: str) -> tuple[str, int]:
    stream, _, seq = event.rpartition("#")
    return stream, int(seq)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _ending(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        return ".docx"
    return ".json" if body[:1] in (b"{", b"[") else ".csv" if b"," in body.partition(b"\n")[0] else ".txt"


def _documents(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    payload = body.get("payload")
    rows = payload.get("documents") if isinstance(payload, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
