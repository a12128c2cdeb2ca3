"""Changes inside a signature or a document, one class of bits after the other."""

import base64
import io
import struct
import textwrap
import zipfile

from spoiling.chains import any_event, body_of, changed, replaced, rewrite, seen
from spoiling.vault import Change, NotHere, Vault

#: Why nothing can be found.
SPELLING = "the same signature in another spelling, which no signature has seen: only a receipt shows it"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n"


# A signature's envelope: magic, version; then key, namespace, reserved, hash, signature, with their lengths.


def _opened(signature):
    data = base64.b64decode("".join(signature.splitlines()[1:-1]))
    fields, at = [], 10
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        fields.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return data[:10], fields


def _closed(head, fields, width=70):
    data = head + b"".join(struct.pack(">I", len(field)) + field for field in fields)
    return _BEGIN + "\n".join(textwrap.wrap(base64.b64encode(data).decode(), width)) + "\n" + _END


def _bit(data, chance):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _armor(signature, chance, others):
    head, fields = _opened(signature)
    return chance.choice(
        (
            signature.rstrip("\n"), signature + "\n", f" {signature}", signature.replace("\n", "\r\n"),
            signature.replace("SSH", "PGP"), signature + "x\n", _closed(head, fields, 64),
            signature.replace("\n", "\n\n", 1), signature.replace("=", ""),
        )
    )  # fmt: skip


def _field(place, *instead):
    def change(signature, chance, others):
        head, fields = _opened(signature)
        theirs = [_opened(one)[1][place] for one in others]
        bits = [_bit(fields[place], chance)] if fields[place] else [b"x", b"\x00"]
        fields[place] = chance.choice([*bits, fields[place] + b"\x00", fields[place][:-1], *theirs, *instead])
        return _closed(head, fields)

    return change


def _head(signature, chance, others):
    head, fields = _opened(signature)
    return _closed(_bit(head, chance), fields)


def _blob(signature, chance, others):
    """Change the signature proper, or add to its scalar what makes no difference to the arithmetic."""
    head, fields = _opened(signature)
    order = 2**252 + 27742317777372353535851937790883648493
    blob = fields[4]
    if blob.startswith(b"\x00\x00\x00\x0bssh-ed25519") and chance.random() < 0.5:
        scalar = int.from_bytes(blob[-32:], "little") + order
        fields[4] = blob[:-32] + scalar.to_bytes(32, "little")
    else:
        fields[4] = _bit(blob, chance)
    return _closed(head, fields)


SIGNATURE = {
    "armor": _armor,
    "magic": _head,
    "key": _field(0),
    "namespace": _field(1, b"registry.v1@assent", b"decision.v1@assent", b"file", b""),
    "reserved": _field(2),
    "hash": _field(3, b"sha256", b"sha1", b""),
    "blob": _blob,
}


def signature(vault: Vault, chance, part="") -> Change:
    """Change one part of a signature, and make everything else fit."""
    part = part or chance.choice(list(SIGNATURE))
    stream, bodies, seq = any_event(vault, chance, lambda body: body.get("signed"))
    old = bodies[seq - 1]["signed"]["signature"]
    _, theirs, another = any_event(vault, chance, lambda body: body.get("signed"))
    new = SIGNATURE[part](old, chance, [theirs[another - 1]["signed"]["signature"]])
    if new == old:
        raise NotHere
    spelling = part in ("armor", "reserved") and seq > seen(vault, stream, bodies)
    rewrite(vault, stream, lambda rows: rows[seq - 1]["signed"].update(signature=new))
    told = f"{stream}#{seq}: {new!r:.200}"
    return changed(f"signature: {part}", told, stream, seq, SPELLING if spelling else "")


# A document: a ZIP file of parts.


def _part(body, chance):
    """Change a letter of a part, and pack it again."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        parts = [(entry, package.read(entry)) for entry in package.infolist()]
    chosen = chance.choice([entry.filename for entry, data in parts if data])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for entry, data in parts:
            package.writestr(entry.filename, _bit(data, chance) if entry.filename == chosen else data)
    return out.getvalue()


def _packed_again(body, chance):
    """Pack the same parts in another way."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as package, zipfile.ZipFile(out, "w") as again:
        for entry in package.infolist():
            again.writestr(entry.filename, package.read(entry))
    return out.getvalue()


def _more(body, chance):
    """Add a part."""
    out = io.BytesIO(body)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/more.xml", "<more/>")
    return out.getvalue()


def _comment(body, chance):
    out = io.BytesIO(body)
    with zipfile.ZipFile(out, "a") as package:
        package.comment = b"seen"
    return out.getvalue()


def _header(body, chance):
    """Change a bit of a part's own header: version, flags, method, time."""
    at = body.index(b"PK\x03\x04") + 4 + chance.randrange(10)
    return body[:at] + bytes([body[at] ^ (1 << chance.randrange(8))]) + body[at + 1 :]


def _listing(body, chance):
    """Change a bit of the list of parts at the end."""
    first = body.rindex(b"PK\x01\x02")
    at = chance.randrange(first + 4, len(body) - 22)
    return body[:at] + bytes([body[at] ^ (1 << chance.randrange(8))]) + body[at + 1 :]


DOCUMENT = {
    "header": _header,
    "part": _part,
    "packed again": _packed_again,
    "part added": _more,
    "listing": _listing,
    "comment": _comment,
    "trailing": lambda body, chance: body + b"\x00",
    "leading": lambda body, chance: b"\x00" + body,
    "any bit": _bit,
}


def document(vault: Vault, chance, part="") -> Change:
    """Change one part of a document; everything else is made to fit, or nothing."""
    part = part or chance.choice(list(DOCUMENT))
    row = vault.row("document", chance)
    stream, old = row["agreement"], row["file"]
    body = DOCUMENT[part](body_of(vault, old), chance)
    if chance.random() < 0.5:
        places = vault.naming(old)
        vault.do("UPDATE content SET body = ?, size = ? WHERE sha256 = ?", body, len(body), old)
        return Change(f"document: {part}", f"{row['name']} of {stream}, by hand", (places,))
    bodies = vault.bodies(stream)
    return replaced(vault, stream, bodies, old, body, f"document: {part}", f"{row['name']}, made to fit")
