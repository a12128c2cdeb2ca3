#!/usr/bin/env python3
"""Check this bundle without the program that wrote it: Python 3.9 or newer, nothing to install.

    python3 verify.py [FOLDER] [--receipt AGR-2026-0042#12:HEAD] [--fingerprint SHA256:...]
                               [--checkpoint FILE]

Works out again what can be worked out from the files alone, says what it did not check and
which outside facts it was given, and ends with 0 where all fits together, with 5 otherwise.
Signatures are checked by ssh-keygen of OpenSSH 9.1 or newer.

由檔案本身重新查驗整個證據包，不需要產生它的程式；相符時結束碼為 0，否則為 5。
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import locale
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
# Each line's digest, and its event, or None where it cannot be read.
Chain = list[tuple[str, Any]]
Notes = list[tuple[str, Row]]
GENESIS = "0" * 64
REGISTRY = "registry"
DECISION, ENTRY, CHECKPOINT = "decision.v1@assent", "registry.v1@assent", "checkpoint.v1@assent"
ASSESSMENT = "assessment.v1@assent"
DIGEST = re.compile("[0-9a-f]{64}")
UNSAFE = re.compile(r"[^A-Za-z0-9._\-\u00c0-\u024f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
ARMOR = re.compile(r"-----BEGIN SSH SIGNATURE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END SSH SIGNATURE-----\n?")
NOTE = re.compile(
    r"(cosignature/v1\ntime (\d{1,12})\n([!-~]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n"
    r"(-----BEGIN SSH SIGNATURE-----\n(?:[A-Za-z0-9+/=]+\n)+-----END SSH SIGNATURE-----\n)"
)
VALUE = re.compile(r'"[^\n]*"|-?[0-9]+')
CONSENT = "I have read what is named here, and I sign this with my own key."
SIGNED = {
    "flag_resolved",
    "flag_declined",
    "condition_closed",
    "approved",
    "returned",
    "rejected",
    "recused",
    "excused",
    "retracted",
}
WORDS = {
    "approved": "approve",
    "returned": "return",
    "rejected": "reject",
    "recused": "recuse",
    "excused": "excuse",
    "retracted": "retract",
}
NOTES = ("reason", "note", "question", "reasoning", "basis", "evidence", "text")
NEEDED = (
    "file",
    "template",
    "context",
    "terms",
    "plan",
    "round",
    "record",
    "policy",
    "trace",
    "made_of",
    "wordings",
    "library",
    "report",
    "sha256",
    "statement",
    "document",
    "sent",
)
FOLDERS = {
    "file": "documents",
    "template": "templates",
    "context": "data",
    "terms": "terms",
    "policy": "policy",
    "sha256": "evidence",
}
COMPUTED = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
BY_DELEGATORS = ("delegated", "delegation_ended")
ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError)

CHECKS = {
    "manifest": (
        "every file is listed, unaltered, and none is extra",
        "每個檔案皆列於清單、未經更動，且無多餘檔案",
    ),
    "chain": ("hash chain, canonical form and numbering", "雜湊鏈、標準格式與編號"),
    "content": ("documents and words are those the events name", "文件與文字即事件所指者"),
    "statements": ("signed statements say what the events say", "簽署的聲明與事件一致"),
    "signatures": ("signatures, by a key valid at that time", "簽章，且金鑰於當時有效"),
    "checkpoint": (
        "these events are in the checkpoint of the whole trail",
        "這些事件均在整個軌跡的檢查點之內",
    ),
    "receipts": ("receipts kept elsewhere", "另行保存的收據"),
}
TEXTS = {
    "ok": (
        "The bundle fits together: {events} events, {signatures} signatures, {files} files",
        "證據包相符：{events} 筆事件、{signatures} 個簽章、{files} 個檔案",
    ),
    "bad": (
        "FAILED: the bundle does not fit together ({count} findings)",
        "查驗失敗：證據包不相符（{count} 項發現）",
    ),
    "given": ("given from outside: {what}", "外部提供：{what}"),
    "open": ("not checked: {what}", "未查驗：{what}"),
    "head": ("head", "鏈頭"),
    "receipt": ("receipt of {event}", "{event} 的收據"),
    "fingerprint": ("fingerprint of the first administrator", "第一位管理者的金鑰指紋"),
    "no receipt": (
        "whether newer events were cut off: give a receipt kept elsewhere with --receipt",
        "較新的事件是否遭截斷：請以 --receipt 提供另行保存的收據",
    ),
    "no fingerprint": (
        "whether {key} is the key of {person}, the first administrator: ask them and "
        "give it with --fingerprint",
        "{key} 是否為第一位管理者 {person} 的金鑰：請向本人確認並以 --fingerprint 提供",
    ),
    "no checkpoint": (
        "the order of all events of the store: there is no checkpoint in this bundle",
        "整個資料庫的事件順序：本證據包不含檢查點",
    ),
    "checkpoint": ("the checkpoint of {size} events", "{size} 筆事件的檢查點"),
    "checkpoint alone": (
        "whether the store goes on from what others saw: give a checkpoint kept elsewhere with --checkpoint",
        "資料庫是否承接他人先前所見：請以 --checkpoint 提供另行保存的檢查點",
    ),
    "newer": (
        "{count} events that are newer than the checkpoint, or in chains it does not have",
        "晚於檢查點，或其所屬之鏈不在檢查點內的 {count} 筆事件",
    ),
    "stamp": (
        "the time stamp of the checkpoint: openssl ts -verify, as README.txt shows",
        "檢查點的時戳：請依 README.txt 以 openssl ts -verify 查驗",
    ),
    "withheld": (
        "{count} things that were withheld when the bundle was made ({what})",
        "製作證據包時保留未附的 {count} 項內容（{what}）",
    ),
    "erased": (
        "{count} things that the registry says were erased by request, here or elsewhere in the store",
        "登錄簿載明依請求刪除的 {count} 項內容（於本證據包或資料庫他處）",
    ),
    "policy": (
        "whether the rules asked the right people: assent audit verify, on the store",
        "規則所要求的簽核人是否正確：請對資料庫執行 assent audit verify",
    ),
    "page": (
        "README.txt, this program, and the words and drawings of the page and of report.docx",
        "README.txt、本程式，以及網頁與 report.docx 的文字與圖",
    ),
    "no ssh-keygen": (
        "ssh-keygen was not found, so that no signature could be checked",
        "找不到 ssh-keygen，無法查驗任何簽章",
    ),
}


class Bundle:
    """The files, and what was found in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[tuple[str, str, str]] = []
        self.manifest: Row = {}
        self.bodies: dict[str, bytes] = {}
        self.by_digest: dict[str, str] = {}
        self.withheld: set[str] = set()
        self.erased: set[str] = set()
        self.own: set[str] = set()
        self.notes: Row = {}
        self.streams: dict[str, Chain] = {}
        self.lines: dict[str, list[bytes]] = {}
        self.newer = 0
        self.people: dict[str, Row] = {}
        self.founder: tuple[str, str, str, str] | None = None
        self.signatures = 0
        self.keygen = shutil.which("ssh-keygen")

    def find(self, check: str, where: str, text: str) -> None:
        """Keep a finding."""
        self.findings.append((check, where, text))

    # -- files ---------------------------------------------------------------------------

    def read(self) -> None:
        """Read the manifest and every file it lists."""
        manifest = json.loads((self.folder / "manifest.json").read_bytes())
        if manifest["schema"] != "assent.bundle/1":
            raise ValueError("the manifest is of another kind")
        self.manifest = manifest
        listed = {row["path"]: row for row in manifest["files"]}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_symlink():
                self.find("manifest", name, "it is a link, not a file")
            elif path.is_file() and name != "manifest.json" and name not in listed:
                self.find("manifest", name, "it is in the folder and not in the manifest")
        for name, row in listed.items():
            if name.startswith("/") or ":" in name or "\\" in name or ".." in name.split("/"):
                self.find("manifest", name, "it names a place outside the folder")
                continue
            path = self.folder / name
            if path.is_symlink() or not path.is_file():
                self.find("manifest", name, "the file is missing")
                continue
            body = path.read_bytes()
            self.bodies[name] = body
            if len(body) != row["size"] or hashlib.sha256(body).hexdigest() != row["sha256"]:
                self.find("manifest", name, "its bytes are not the ones listed")
        for name, body in self.bodies.items():
            self.by_digest.setdefault(hashlib.sha256(body).hexdigest(), name)
        self.withheld = {row["sha256"] for row in manifest["withheld"]}
        self.notes = json.loads(self.bodies.get("notes.json", b"{}"))

    # -- chains --------------------------------------------------------------------------

    def read_chains(self) -> None:
        """Read every chain."""
        for row in self.manifest["streams"]:
            self.streams[row["stream"]] = self.read_chain(row)
        if REGISTRY not in self.streams:
            self.find("chain", REGISTRY, "the registry is missing")
        for _, event in self.streams.get(REGISTRY, ()):
            if event and event.get("type") == "erased":
                self.erased.update(str(event["payload"].get("digests")).split())
        for events in self.streams.values():
            for row in (row for _, event in events if event for row in documents(event)):
                # The papers that people's words may stand in.
                if row.get("audience") == "internal":
                    self.own |= {str(row.get("file")), str(row.get("context"))}
        for name in self.manifest["agreements"]:
            if name not in self.streams:
                self.find("chain", name, "its events are missing")

    def read_chain(self, row: Row) -> Chain:
        """Return the digests and events of a chain, having checked how they hang together."""
        stream, body = row["stream"], self.bodies.get(row["file"], b"")
        stored = (
            self.bodies.get(row["file"][: -len(".jsonl")] + ".sha256", b"").decode("ascii", "replace").split()
        )
        lines = body.split(b"\n")
        if lines.pop() != b"":
            self.find("chain", stream, "its last line is not ended")
        if not lines:
            self.find("chain", stream, "it has no events")
        self.lines[stream] = lines
        if len(stored) != len(lines) or row["events"] != len(lines):
            self.find(
                "chain",
                stream,
                f"it has {len(lines)} lines, {len(stored)} digests and {row['events']} by the manifest",
            )
        prev, last = GENESIS, ""
        events: Chain = []
        for seq, line in enumerate(lines, start=1):
            where, own = f"{stream}#{seq}", hashlib.sha256(line).hexdigest()
            if seq <= len(stored) and stored[seq - 1] != own:
                self.find("chain", where, f"stored digest {stored[seq - 1][:12]}, recomputed {own[:12]}")
            try:
                event = json.loads(line)
                if canonical(event) != line:
                    self.find("chain", where, "the line is not in canonical form")
                if event["prev"] != prev:
                    self.find(
                        "chain",
                        where,
                        "it follows {}, but the line before it is {}".format(event["prev"][:12], prev[:12]),
                    )
                if (event["stream"], event["seq"]) != (stream, seq):
                    self.find("chain", where, "the line names another place in the trail")
                if event["log"] != self.manifest["log"]:
                    self.find("chain", where, "it was written for another store")
                if event["at"] < last:
                    self.find("chain", where, "its time lies before the event before it")
                last = event["at"]
                if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", last):
                    raise ValueError("it has no time")
            except ODD as error:
                self.find("chain", where, f"it cannot be read as an event ({error})")
                event = None
            events.append((own, event))
            prev = own
        if row["head"] != prev and lines:
            self.find(
                "chain",
                stream,
                "the manifest names the head {}, and it is {}".format(row["head"][:12], prev[:12]),
            )
        return events

    # -- what events name ----------------------------------------------------------------

    def check_contents(self) -> None:
        """Check that events and files name each other."""
        named: set[str] = set()
        called: dict[str, set[str]] = {}
        heads = {own for events in self.streams.values() for own, _ in events}
        signatures: set[str] = set()
        for stream, events in self.streams.items():
            for seq, (_, event) in enumerate(events, start=1):
                if event is None:
                    continue
                where = f"{stream}#{seq}"
                for word, digest, name in digests(event):
                    named.add(digest)
                    called.setdefault(digest, set()).update(paths(stream, seq, word, digest, name))
                    self.check_named(where, word, digest, heads)
                for row in documents(event):
                    self.check_document(where, row)
                signed = event.get("signed")
                if isinstance(signed, dict):
                    signatures.add(f"statements/{safe_name(stream)}-{seq}.txt.sig")
                    self.check_signature_file(stream, seq, signed)
        for digest in self.notes:
            if digest not in named:
                self.find("content", "notes.json", f"it has words that no event names: {digest[:12]}")
        fixed = {"notes.json", "allowed_signers", "events.csv", "report.docx", "README.txt", "verify.py"}
        for row in self.manifest["streams"]:
            fixed |= {row["file"], row["file"][: -len(".jsonl")] + ".sha256"}
        checkpoint = self.manifest["checkpoint"] or {}
        fixed |= {checkpoint[name] for name in ("file", "stamp") if checkpoint.get(name)}
        pages = {safe_name(name) + ".html": name for name in self.manifest["agreements"]}
        for name, body in self.bodies.items():
            digest = hashlib.sha256(body).hexdigest()
            if name in pages:
                self.check_page(name, pages[name])
            elif name.endswith(".sig"):
                if name not in signatures:
                    self.find("content", name, "no event has this signature")
            elif name not in fixed:
                if digest not in named:
                    self.find("content", name, "no event names these bytes")
                elif not any(re.fullmatch(path, name) for path in called[digest]):
                    self.find("content", name, "the events call these bytes by another name")
        for name in sorted((fixed | set(pages)) - set(self.bodies)):
            self.find("content", name, "the file is missing")
        self.check_table()

    def check_named(self, where: str, word: str, digest: str, heads: set[str]) -> None:
        """Check that what an event names is there."""
        if digest in self.notes:
            said = self.notes[digest]
            # With any other salt, the first line of the words could be hidden in it.
            salted = re.fullmatch("[0-9a-f]{32}", str(said[0]))
            if not salted or hashlib.sha256((f"{said[0]}\n{said[1]}").encode()).hexdigest() != digest:
                self.find("content", where, f"the words of its {word} were altered")
        elif digest in self.by_digest or digest in self.withheld or digest in heads:
            pass
        elif (word in NEEDED or word in NOTES) and not self.was_erased(word, digest):
            self.find("content", where, f"the {word} it names by {digest[:12]} is missing")

    def was_erased(self, word: str, digest: str) -> bool:
        """Tell whether these were a person's words, or a paper they stood in, and erased by request."""
        return digest in self.erased and (word in NOTES or digest in self.own)

    def check_document(self, where: str, row: Row) -> None:
        """Check size and content digest of a document."""
        body = self.bodies.get(self.by_digest.get(str(row.get("file")), ""))
        if body is None:
            return
        if len(body) != row.get("size"):
            self.find("content", where, "{} is not of the size recorded".format(row.get("name")))
        try:
            if content_digest(body) != row.get("content"):
                self.find(
                    "content", where, "{} does not have the content digest recorded".format(row.get("name"))
                )
        except Exception as error:  # noqa: BLE001 - an archive can be broken in any way
            self.find("content", where, "{} cannot be read ({})".format(row.get("name"), error))

    def check_signature_file(self, stream: str, seq: int, signed: Row) -> None:
        """Check that the signature beside a statement is the event's."""
        name = f"statements/{safe_name(stream)}-{seq}.txt.sig"
        if self.bodies.get(name, b"").decode("utf-8", "replace") != signed.get("signature"):
            self.find("content", f"{stream}#{seq}", f"{name} is not the event's signature")

    def check_page(self, name: str, ref: str) -> None:
        """Check that the page holds the same lines as the bundle."""
        found = re.search(
            rb'<script type="application/json" id="trail">(.*?)</script>', self.bodies[name], re.S
        )
        try:
            shown = json.loads(found[1] if found else b"")["streams"]
            for row in self.manifest["streams"]:
                if row["stream"] in (REGISTRY, ref):
                    lines = self.bodies[row["file"]].decode("utf-8", "replace").split("\n")[:-1]
                    if shown[row["stream"]]["lines"] != lines:
                        self.find(
                            "content",
                            name,
                            "the page shows other events of {} than the bundle has".format(row["stream"]),
                        )
        except ODD as error:
            self.find("content", name, f"the page has no readable trail ({error})")

    def check_table(self) -> None:
        """Check that the table says what the events say."""
        target = io.StringIO()
        writer = csv.writer(target)
        writer.writerow(("event", "at", "type", "actor", "to", "key", "hash"))
        for stream, events in self.streams.items():
            for seq, (own, event) in enumerate(events, start=1):
                if event is None:
                    continue
                signed = event.get("signed")
                key = signed.get("key", "") if isinstance(signed, dict) else ""
                said = [event.get(name, "") for name in ("at", "type", "actor", "to")]
                writer.writerow([plain(cell) for cell in (f"{stream}#{seq}", *said, key, own)])
        if self.bodies.get("events.csv") != b"\xef\xbb\xbf" + target.getvalue().encode("utf-8", "replace"):
            self.find("content", "events.csv", "the table does not say what the events say")

    # -- statements and signatures -------------------------------------------------------

    def check_registry(self) -> None:
        """Check every entry, and keep who held which key and role."""
        for _, event in self.streams.get(REGISTRY, ()):
            if event and event.get("type") == "key_added":
                said = event["payload"]
                self.founder = (said["person"], said["fingerprint"], said["public"], event["at"])
                break
        heads = [GENESIS]
        listing: list[str] = []
        for seq, (own, event) in enumerate(self.streams.get(REGISTRY, ()), start=1):
            where = f"{REGISTRY}#{seq}"
            if event is not None:
                try:
                    self.check_entry(where, seq, event, heads[-1])
                    listing = self.enter(event)
                except ODD as error:
                    self.find("statements", where, f"its content cannot be read ({error})")
            heads.append(own)
        expected = "".join(line + "\n" for line in listing).encode()
        if self.bodies.get("allowed_signers") != expected:
            self.find("signatures", "allowed_signers", "it is not what the registry says")

    def check_entry(self, where: str, seq: int, event: Row, prev: str) -> None:
        """Check that an entry of the registry was signed by somebody entitled to it."""
        actor, signed, founder = event["actor"], event.get("signed"), self.founder
        if not signed:
            self.find("signatures", where, "a change of the registry is not signed")
            return
        admins = [name for name, person in self.people.items() if "admin" in person["roles"]]
        if admins:
            person = self.people.get(actor, {"roles": set(), "keys": []})
            by_delegator = event["type"] in BY_DELEGATORS and (
                actor == event["payload"].get("person") or "assistant" in person["roles"]
            )
            if not (by_delegator or (event["type"] not in BY_DELEGATORS and "admin" in person["roles"])):
                self.find("signatures", where, f"{actor} was not entitled to enter it")
            keys = person["keys"]
        else:
            if founder is None or (actor, signed["key"]) != founder[:2]:
                self.find("signatures", where, f"{actor} did not found the registry with this key")
            keys = (
                [{"print": founder[1], "public": founder[2], "from": founder[3], "until": None}]
                if founder
                else []
            )
        expected = dict(event["payload"])
        expected.update(
            {"log": event["log"], "change": event["type"], "by": actor, "number": seq, "after": prev}
        )
        self.check_signed(where, event, keys, ENTRY, expected)

    def enter(self, event: Row) -> list[str]:
        """Take an entry in, and return the lines of allowed_signers that follow."""
        said, kind = event["payload"], event["type"]
        if kind == "person_added":
            self.people[said["person"]] = {"roles": set(), "keys": [], "held": []}
        elif kind == "role_granted":
            self.people[said["person"]]["roles"].add(said["role"])
            self.people[said["person"]]["held"].append([said["role"], event["at"], None])
        elif kind == "role_revoked":
            self.people[said["person"]]["roles"].discard(said["role"])
            for tenure in self.people[said["person"]]["held"]:
                if tenure[0] == said["role"] and tenure[2] is None:
                    tenure[2] = event["at"]
        elif kind == "key_added":
            self.people[said["person"]]["keys"].append(
                {"print": said["fingerprint"], "public": said["public"], "from": event["at"], "until": None}
            )
        elif kind == "key_revoked":
            for key in self.people[said["person"]]["keys"]:
                if key["print"] == said["fingerprint"] and key["until"] is None:
                    key["until"] = event["at"]
        return [
            signer(name, key, *time)
            for name, person in sorted(self.people.items())
            for key in person["keys"]
            for time in times(person, key)
        ]

    def check_agreement(self, stream: str) -> None:
        """Check every decision on an agreement."""
        heads = [GENESIS]
        case: Row = {}
        for seq, (own, event) in enumerate(self.streams[stream], start=1):
            where = f"{stream}#{seq}"
            if event is not None:
                try:
                    if event["type"] in SIGNED:
                        self.check_decision(where, stream, event, heads, case)
                    follow(case, event, seq)
                except ODD as error:
                    self.find("statements", where, f"its content cannot be read ({error})")
            heads.append(own)

    def check_decision(self, where: str, stream: str, event: Row, heads: list[str], case: Row) -> None:
        """Check that a statement says what its event says, and what its signer saw."""
        if not event.get("signed"):
            self.find("signatures", where, "a decision is not signed")
            return
        payload, kind, last = event["payload"], event["type"], case.get("submitted")
        declined = kind == "flag_declined"
        if last is None and not declined:
            self.find("statements", where, "there was nothing submitted to decide on")
            return
        expected = {
            "log": event["log"],
            "agreement": stream,
            "person": event["actor"],
            "document": payload["document"],
            "terms": last["terms"] if last and not declined else case["terms"],
            "revision": last["revision"] if last and not declined else case["revision"],
        }
        if kind in ("flag_resolved", "flag_declined"):
            aspect, role = case["flags"].get(payload["flag"], ("", ""))
            expected.update({"flag": payload["flag"], "aspect": aspect, "capacity": role})
        if kind == "flag_resolved":
            rows = [[row["id"], row["severity"], row["text"]] for row in payload["conditions"]]
            expected.update(
                {
                    "decision": payload["conclusion"],
                    "reasoning": payload["reasoning"],
                    "basis": payload["basis"],
                    "conditions": json.dumps(rows),
                }
            )
        elif declined:
            expected.update({"decision": "decline", "reason": payload["reason"]})
        elif kind == "condition_closed":
            expected.update(
                {
                    "flag": payload["flag"],
                    "condition": payload["condition"],
                    "decision": "close",
                    "evidence": payload["evidence"],
                }
            )
        else:
            parts = payload.get("parts")
            expected.update(
                {
                    "decision": WORDS[kind],
                    "aspect": payload["aspect"],
                    "capacity": payload["role"],
                    "revision": payload["revision"],
                    "reason": payload["reason"],
                    "parts": ", ".join(parts) if parts else None,
                    "for": payload.get("for"),
                    "delegation": payload.get("grant"),
                    "member": payload.get("member"),
                    "retracts": payload.get("retracts"),
                    "content": case["content"],
                    "policy": last["policy"] if last else None,
                }
            )
        keys = self.people.get(event["actor"], {"keys": []})["keys"]
        said = self.check_signed(where, event, keys, DECISION, expected)
        if said is not None:
            number, _, head = str(said.get("seen")).partition(" ")
            seq = int(number) if number.isdigit() and len(number) < 10 else 0
            if not 0 < seq < len(heads) or heads[seq] != head:
                self.find(
                    "statements",
                    where,
                    f"the trail was rewritten: its signer saw {head[:12]} as number {number}",
                )
            elif seq < (last["seq"] if last else 1):
                self.find("statements", where, "it was signed before this text was submitted")

    def check_signed(
        self, where: str, event: Row, keys: list[Row], namespace: str, expected: Row
    ) -> Row | None:
        """Check statement and signature of an event; return what the statement says."""
        signed = event["signed"]
        self.signatures += 1
        valid = [key for key in keys if key["print"] == signed["key"] and in_time(key, event["at"])]
        if not valid:
            self.find(
                "signatures",
                where,
                "the key {} was not {}'s at that time".format(signed["key"], event["actor"]),
            )
        body = self.bodies.get(self.by_digest.get(signed["statement"], ""))
        if body is None:
            self.find("statements", where, "its signed statement is missing")
            return None
        try:
            said = read_statement(body, namespace)
        except ODD as error:
            self.find("statements", where, f"its statement cannot be read ({error})")
            return None
        for name, value in expected.items():
            if said.get(name) != value:
                self.find(
                    "statements",
                    where,
                    f"the signed statement says {name} {said.get(name)!r}, the event {value!r}",
                )
        if valid and self.keygen:
            self.check_with_ssh(where, event, valid[0], namespace, body)
        return said

    def check_with_ssh(self, where: str, event: Row, key: Row, namespace: str, body: bytes) -> None:
        """Let ssh-keygen check a signature, as of its event."""
        refusal = self.refusal(event["signed"]["signature"], event["at"], key, namespace, body)
        if refusal:
            self.find("signatures", where, refusal)

    def refusal(self, signature: str, at: str, key: Row, namespace: str, body: bytes) -> str:
        """Return what ssh-keygen has against a signature made at this time; empty where it holds."""
        if not ARMOR.fullmatch(signature):
            return "it is not an SSH signature"
        with tempfile.TemporaryDirectory() as folder:
            signers, file = Path(folder) / "signers", Path(folder) / "signature"
            # The name is ours, so that no name in the registry can be a pattern or an option.
            line = signer("signer", key, namespace, key["from"], key["until"] or "~")
            signers.write_text(line + "\n", encoding="utf-8")
            file.write_bytes(signature.encode())
            done = subprocess.run(  # noqa: S603 - what runs is ours, its input is a file
                [
                    self.keygen or "",
                    "-Y",
                    "verify",
                    "-f",
                    signers,
                    "-I",
                    "signer",
                    "-n",
                    namespace,
                    "-s",
                    file,
                    "-Overify-time=" + re.sub(r"[-:T]", "", at),
                ],
                input=body,
                capture_output=True,
                check=False,
            )
        if not done.returncode:
            return ""
        said = done.stderr.decode("utf-8", "replace").strip().replace("\n", "; ")
        return "the signature does not hold: " + said[:200]

    # -- the checkpoint ------------------------------------------------------------------

    def check_checkpoint(self) -> None:
        """Check that the events are in the checkpoint, and that somebody entitled to it signed it."""
        told = self.manifest["checkpoint"]
        if not told:
            return
        where = "checkpoint {}".format(told["size"])
        note = NOTE.fullmatch(self.bodies.get(told["file"], b"").decode("utf-8", "replace"))
        if note is None or told["file"] != "checkpoints/{}.txt".format(told["size"]):
            self.find("checkpoint", where, "its file is no checkpoint")
            return
        body, origin, size, root = note[1].encode(), note[3], int(note[4]), base64.b64decode(note[5])
        if origin != self.manifest["log"] or size != told["size"] or written_time(note[2]) != told["at"]:
            self.find("checkpoint", where, "it is of another store, of another size or another time")
        covered: dict[str, int] = {}
        for proof in told["proofs"]:
            stream, seq, index = proof["stream"], proof["seq"], proof["index"]
            lines = self.lines.get(stream, [])
            if not 0 < seq <= len(lines):
                self.find("checkpoint", f"{stream}#{seq}", "the checkpoint has it, and the bundle has not")
            elif not included(lines[seq - 1], index, size, proof["path"], root):
                self.find("checkpoint", f"{stream}#{seq}", "it is not in the checkpoint as it stands here")
            covered[stream] = seq
        if REGISTRY not in covered:
            self.find(
                "checkpoint", where, "the registry is not in it, and so nobody who could have signed it"
            )
        self.newer = sum(max(0, len(lines) - covered.get(stream, 0)) for stream, lines in self.lines.items())
        self.check_sealer(where, told, body, note[6])

    def check_sealer(self, where: str, told: Row, body: bytes, signature: str) -> None:
        """Check that a checkpoint was signed by an administrator or a sealer of that time."""
        person = self.people.get(told["person"], {"held": [], "keys": []})
        at = told["at"]
        if not any(
            role in ("admin", "sealer") and since <= at and (until is None or at <= until)
            for role, since, until in person["held"]
        ):
            self.find("checkpoint", where, "{} could not sign it at that time".format(told["person"]))
        valid = [key for key in person["keys"] if key["print"] == told["key"] and in_time(key, at)]
        if not valid:
            self.find("checkpoint", where, "its key was not {}'s at that time".format(told["person"]))
        elif self.keygen:
            refusal = self.refusal(signature, at, valid[0], CHECKPOINT, body)
            if refusal:
                self.find("checkpoint", where, refusal)

    def check_kept(self, name: str, data: bytes) -> str:
        """Check that the bundle's checkpoint goes on from one kept elsewhere; return its size."""
        told = self.manifest["checkpoint"]
        kept, mine = (
            NOTE.fullmatch(body.decode("utf-8", "replace").replace("\r\n", "\n"))
            for body in (data, self.bodies.get(told["file"], b"") if told else b"")
        )
        if kept is None or mine is None:
            self.find(
                "checkpoint", name, "there is no checkpoint in it" if kept is None else "the bundle has none"
            )
            return "?"
        size, root = int(kept[4]), base64.b64decode(kept[5])
        last, last_root = int(mine[4]), base64.b64decode(mine[5])
        proofs = [[], *(row["path"] for row in told["earlier"] if row["size"] == size)]
        if kept[3] != mine[3]:
            self.find("checkpoint", name, "it is of another store")
        elif size > last:
            text = f"it is of {size} events, the bundle's of {last}: what came after was cut off, "
            self.find("checkpoint", name, text + "or the bundle is older; ask for a newer one")
        elif not consistent(size, root, last, last_root, proofs[-1]):
            self.find(
                "checkpoint", name, "the bundle's checkpoint does not go on from it: events were rewritten"
            )
        return str(size)

    # -- what comes from outside ---------------------------------------------------------

    def check_outside(
        self, receipts: Sequence[str], fingerprint: str, checkpoints: Sequence[str]
    ) -> tuple[Notes, Notes]:
        """Check what comes from outside; return what was given and what was not."""
        given: Notes = [
            ("checkpoint", {"size": self.check_kept(name, Path(name).read_bytes())}) for name in checkpoints
        ]
        left: Notes = []
        for receipt in receipts:
            text = re.sub(r"\.+$", "", receipt.strip())
            found = re.fullmatch(r"(?:([^#:\s]+)#(\d{1,9})[:=\s]+)?([0-9a-fA-F][0-9a-fA-F \-]{7,})", text)
            if not found:
                self.find("receipts", receipt, "a receipt is written as AGR-2026-0042#12:HEAD or 7be1-c09d")
                continue
            head = re.sub(r"[ \-]", "", found[3]).lower()
            stream, seq = found[1] or "", int(found[2] or 0)
            events, where = self.streams.get(stream, ()), f"{stream}#{seq}"
            if not stream:
                where = text
                if not any(own.startswith(head) for events in self.streams.values() for own, _ in events):
                    self.find("receipts", where, "there is a receipt of it, and no event with this digest")
            elif seq < 1 or seq > len(events):
                self.find("receipts", where, "there is a receipt of it, and the event is gone")
            elif not events[seq - 1][0].startswith(head):
                self.find(
                    "receipts", where, f"its receipt says {head[:12]}, and it is {events[seq - 1][0][:12]}"
                )
            given.append(("receipt", {"event": where}))
        if not receipts:
            left.append(("no receipt", {}))
        if fingerprint:
            given.append(("fingerprint", {}))
            if self.founder is None or self.founder[1] != fingerprint:
                self.find(
                    "signatures",
                    REGISTRY,
                    "the registry was founded with {}".format((self.founder or ("", "no key"))[1]),
                )
        elif self.founder:
            left.append(("no fingerprint", {"key": self.founder[1], "person": self.founder[0]}))
        told = self.manifest["checkpoint"]
        if not told:
            left.append(("no checkpoint", {}))
        elif not checkpoints:
            left.append(("checkpoint alone", {}))
        if told and told["stamp"]:
            left.append(("stamp", {}))
        if told and self.newer:
            left.append(("newer", {"count": self.newer}))
        if self.withheld:
            kinds = sorted({row["what"] for row in self.manifest["withheld"]})
            left.append(("withheld", {"count": len(self.withheld), "what": ", ".join(kinds)}))
        if self.erased:
            left.append(("erased", {"count": len(self.erased)}))
        left += [("policy", {}), ("page", {})]
        return given, left


def node(left: bytes, right: bytes) -> bytes:
    """Return the digest of two parts of the tree (RFC 6962 2.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def included(line: bytes, index: int, size: int, path: Sequence[str], root: bytes) -> bool:
    """Tell whether a line stands at its place of the tree with this root (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        return False
    digest, place, last = hashlib.sha256(b"\0" + line).digest(), index, size - 1
    for part in map(bytes.fromhex, path):
        if last == 0:
            return False
        if place % 2 or place == last:
            digest = node(part, digest)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            digest = node(digest, part)
        place, last = place // 2, last // 2
    return last == 0 and digest == root


def consistent(size: int, root: bytes, later: int, later_root: bytes, path: Sequence[str]) -> bool:
    """Tell whether the tree of so many lines is the beginning of the later one (RFC 6962 2.1.2)."""
    if not 0 < size <= later:
        return False
    if size == later:
        return root == later_root
    place, last = size - 1, later - 1
    while place % 2:
        place, last = place // 2, last // 2
    parts = [bytes.fromhex(part) for part in path]
    old = new = parts.pop(0) if place and parts else root
    for part in parts:
        if last == 0:
            return False
        if place % 2 or place == last:
            old, new = node(part, old), node(part, new)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            new = node(new, part)
        place, last = place // 2, last // 2
    return last == 0 and old == root and new == later_root


def written_time(seconds: str) -> str:
    """Return a time as events have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(seconds)))


def in_time(key: Row, at: str) -> bool:
    """Tell whether what a key signed at a time counts."""
    return bool(key["from"] <= at and (key["until"] is None or at <= key["until"]))


def canonical(value: object) -> bytes:
    """Return the one way to write a line."""
    plain_only(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain_only(value: object) -> None:
    """Raise ValueError for what the form does not allow."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if any(ord(character) > 127 for character in key):
                raise ValueError("a key is not ASCII")
            plain_only(inner)
    elif isinstance(value, list):
        for inner in value:
            plain_only(inner)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53 - 1):
        raise ValueError("it has a number that not every reader reads alike")


def digests(value: object, word: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every digest in an event, the word it stands under, and the name of the file beside it."""
    if isinstance(value, str):
        if DIGEST.fullmatch(value):
            yield word, value, name
    elif isinstance(value, dict):
        beside = value.get("name")
        for key, inner in value.items():
            if key != "prev":
                called = beside if isinstance(beside, str) and key in ("file", "sha256") else ""
                yield from digests(inner, key, called)
    elif isinstance(value, list):
        for inner in value:
            yield from digests(inner, word)


def paths(stream: str, seq: int, word: str, digest: str, name: str) -> set[str]:
    """Return patterns of what the file may be called that an event names so."""
    if word == "statement":
        return {re.escape(f"statements/{safe_name(stream)}-{seq}.txt")}
    folder = FOLDERS.get(word, "records")
    if not name:
        return {rf"{folder}/{digest}\.(docx|json|csv|txt)"}
    called = re.escape((f"{seq}-" if word == "sha256" else "") + safe_name(name))
    return {f"{folder}/(?:{digest[:16]}-)?{called}"}


def safe_name(name: str) -> str:
    """Return a name as the files of a bundle are called."""
    kept = UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip("._") or "file"
    return kept if len(kept) <= 80 else kept[:60] + "_" + kept[-19:]


def documents(event: Row) -> list[Row]:
    """Return the documents an event issued."""
    payload = event.get("payload")
    rows = payload.get("documents") if isinstance(payload, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def content_digest(body: bytes) -> str:
    """Return SHA-256 over the sorted names and digests of a document's parts."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        entries = package.infolist()
        if len(entries) > 500 or sum(entry.file_size for entry in entries) > 50000000:
            raise ValueError("it unpacks to more than a document holds")
        parts = {
            entry.filename: hashlib.sha256(package.read(entry)).hexdigest()
            for entry in entries
            if not entry.is_dir()
        }
    lines = "".join(f"{digest}  {part}\n" for part, digest in sorted(parts.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_statement(body: bytes, namespace: str) -> Row:
    """Return a statement's fields; raise ValueError where it is not one for this purpose."""
    first, *lines = body.decode().split("\n")
    if first != "Assent " + namespace or lines[-2:] != [CONSENT, ""]:
        raise ValueError(f"it is not a statement for {namespace}")
    fields = {}
    for line in lines[:-2]:
        name, separator, value = line.partition(": ")
        if not separator or name in fields or not VALUE.fullmatch(value):
            raise ValueError("a line of it cannot be read")
        fields[name] = json.loads(value)
    return fields


def follow(case: Row, event: Row, seq: int) -> None:
    """Keep what the statements to come depend on."""
    said, kind = event["payload"], event["type"]
    if kind == "created":
        case.update(
            {"kind": said["kind"], "terms": said.get("terms", ""), "revision": 0, "flags": {}, "content": ""}
        )
    elif kind == "terms_agreed":
        case["terms"] = said["terms"]
    elif kind in ("drafted", "submitted"):
        case.update({"terms": said["terms"], "revision": said["revision"]})
        contracts = [row for row in said["documents"] if row["kind"] == case["kind"]]
        if contracts:
            case["content"] = contracts[0]["content"]
        if kind == "submitted":
            case["submitted"] = {
                "seq": seq,
                "revision": said["revision"],
                "terms": said["terms"],
                "policy": said["policy"],
            }
            case["flags"].update({row["flag"]: (row["aspect"], row["role"]) for row in said["flags"]})
    elif kind == "flag_raised":
        case["flags"][said["flag"]] = (said["aspect"], said["role"])


def times(person: Row, key: Row) -> Iterator[tuple[str, str, str]]:
    """Yield for which purposes a key is good, from when until when, by the roles held meanwhile."""
    never = "~"  # after every time, as text is ordered
    start, end = key["from"], key["until"] or never
    turns = {moment for _, *both in person["held"] for moment in both if moment and start < moment < end}
    spans: list[tuple[str, str, str]] = []
    edges = [start, *sorted(turns), end]
    for number, until in enumerate(edges[1:]):
        since = edges[number]
        roles = {role for role, first, last in person["held"] if first <= since and until <= (last or never)}
        named = ",".join(purposes(roles))
        if spans and spans[-1][0] == named:
            since = spans.pop()[1]
        spans.append((named, since, until))
    yield from spans


def purposes(roles: set[str]) -> list[str]:
    """Return what somebody's key signs while they hold these roles."""
    if "assessor" in roles:
        return [ASSESSMENT]
    if "sealer" in roles:
        return [CHECKPOINT]
    return [DECISION, ENTRY] + ([CHECKPOINT] if "admin" in roles else [])


def signer(name: str, key: Row, purposes: str, since: str, until: str) -> str:
    """Return a line of allowed_signers."""
    options = 'namespaces="{}",valid-after="{}"'.format(purposes, re.sub("[-:T]", "", since))
    if until != "~":
        options += ',valid-before="{}"'.format(re.sub("[-:T]", "", until))
    kind, body = key["public"].split()[:2]
    return f"{name} {options} {kind} {body}"


def plain(cell: object) -> str:
    """Return a cell that no spreadsheet computes."""
    text = str(cell)
    return "'" + text if text.startswith(COMPUTED) else text


def verify(
    folder: Path,
    receipts: Sequence[str] = (),
    fingerprint: str = "",
    without_signatures: bool = False,
    checkpoints: Sequence[str] = (),
) -> tuple[Bundle, Notes, Notes]:
    """Return the bundle with what was found, what was given, and what was left open."""
    bundle = Bundle(folder)
    given: Notes = []
    left: Notes = []
    try:
        bundle.read()
        bundle.read_chains()
        bundle.check_contents()
        bundle.check_registry()
        for stream in bundle.streams:
            if stream != REGISTRY:
                bundle.check_agreement(stream)
        bundle.check_checkpoint()
        given, left = bundle.check_outside(receipts, fingerprint, checkpoints)
    except (*ODD, OSError) as error:
        bundle.find(
            "manifest", "manifest.json", f"the bundle cannot be read ({type(error).__name__}: {error})"
        )
    if not bundle.keygen:
        left.append(("no ssh-keygen", {}))
        if not without_signatures:
            bundle.find("signatures", "ssh-keygen", TEXTS["no ssh-keygen"][0])
    return bundle, given, left


def visible(text: object) -> str:
    """Return text with control characters made visible, so that no name can move the cursor."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(text))


def main() -> int:
    """Verify as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", default=Path(__file__).resolve().parent)
    parser.add_argument("--receipt", action="append", default=[], help="as in AGR-2026-0042#12:7be1c09d...")
    parser.add_argument(
        "--checkpoint", action="append", default=[], help="a checkpoint's file, kept elsewhere"
    )
    parser.add_argument("--fingerprint", default="", help="of the first administrator's key, SHA256:...")
    parser.add_argument(
        "--without-signatures", action="store_true", help="do not fail where ssh-keygen is missing"
    )
    parser.add_argument("--lang", choices=("en", "zh-TW"))
    given_args = parser.parse_args()
    chosen = given_args.lang or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    lang = 1 if chosen.lower().startswith(("zh", "chinese")) else 0
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    bundle, given, left = verify(
        Path(given_args.folder),
        given_args.receipt,
        given_args.fingerprint,
        given_args.without_signatures,
        given_args.checkpoint,
    )

    def told(key: str, /, **facts: object) -> str:
        return TEXTS[key][lang].format(**{name: visible(fact) for name, fact in facts.items()})

    if bundle.findings:
        print(told("bad", count=len(bundle.findings)))
    else:
        events = sum(len(events) for events in bundle.streams.values())
        print(told("ok", events=events, signatures=bundle.signatures, files=len(bundle.bodies)))
    print()
    for check, names in CHECKS.items():
        found = [finding for finding in bundle.findings if finding[0] == check]
        open_one = (check == "signatures" and not bundle.keygen) or (
            check == "receipts" and not given_args.receipt
        )
        if check == "checkpoint" and (bundle.newer or not bundle.manifest.get("checkpoint")):
            open_one = True
        print("  {}   {}".format("xx" if found else "--" if open_one else "ok", names[lang]))
        for _, where, text in found[:20]:
            print(f"         {visible(where)}: {visible(text)}")
        if len(found) > 20:
            print(f"         +{len(found) - 20}")
    for key, facts in given:
        print("  <-   " + told("given", what=told(key, **facts)))
    for key, facts in left:
        print("  --   " + told("open", what=told(key, **facts)))
    print()
    for stream, events in getattr(bundle, "streams", {}).items():
        if events:
            head = events[-1][0]
            groups = " ".join(head[start : start + 4] for start in range(0, 64, 4))
            print(f"  {visible(stream)}#{len(events)}  {told('head')} {groups}")
    return 5 if bundle.findings else 0


if __name__ == "__main__":
    sys.exit(main())
