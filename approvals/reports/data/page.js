"use strict";
// Works every digest and signature out from the exact lines, as verify.py does; nothing is fetched.
(async () => {
  const root = document.documentElement, $ = (id) => document.getElementById(id);
  const started = performance.now();
  const REGISTRY = "registry", DECISION = "decision.v1@assent", ENTRY = "registry.v1@assent", CHECKPOINT = "checkpoint.v1@assent";
  const SALT = /^[0-9a-f]{32}$/; // with any other, the first line of the words could be hidden in it
  const NOTES = ["reason", "note", "question", "reasoning", "basis", "evidence"];
  const CONSENT = "I have read what is named here, and I sign this with my own key.";
  const VERBS = { approved: "approve", returned: "return", rejected: "reject", recused: "recuse", excused: "excuse", retracted: "retract" };
  const SIGNED = new Set(["flag_resolved", "flag_declined", "condition_closed", ...Object.keys(VERBS)]);
  const BY_DELEGATORS = new Set(["delegated", "delegation_ended"]);

  // Two languages, switched without loading anything.
  const switches = document.querySelectorAll("[data-to]");
  const use = (lang) => {
    if (root.lang !== lang) root.lang = lang; // even the same language would have the whole page styled again
    switches.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.to === lang)));
  };
  switches.forEach((b) => b.addEventListener("click", () => use(b.dataset.to)));
  document.querySelector(".print").addEventListener("click", () => print());
  const asked = /^#lang=(en|zh-TW)$/.exec(location.hash);
  use(asked ? asked[1] : /^zh/i.test(navigator.language || "") ? "zh-TW" : "en");

  let trail;
  try { trail = JSON.parse($("trail").textContent); } catch (error) { trail = null; }
  const words = trail && trail.words || { bad: ["It was altered", "內容遭到更動"], "bad long": ["{where}", "{where}"], read: ["it cannot be read", "無法讀取"] };
  const say = (key, facts = {}) => {
    const both = document.createDocumentFragment();
    ["en", "zh-TW"].forEach((lang, number) => {
      const span = document.createElement("span");
      span.className = "w"; span.lang = lang;
      span.textContent = (words[key] || [key, key])[number].replace(/\{(\w+)\}/g, (_, name) => facts[name]);
      both.append(span);
    });
    return both;
  };
  const put = (element, ...parts) => { element.replaceChildren(...parts); return element; };

  // Bytes.
  const encoder = new TextEncoder(), decoder = new TextDecoder("utf-8", { fatal: true });
  const bytes = (text) => encoder.encode(text);
  const HEX = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
  const hex = (buffer) => { let text = ""; for (const byte of new Uint8Array(buffer)) text += HEX[byte]; return text; };
  const sha = async (data, name = "SHA-256") => crypto.subtle.digest(name, data);
  const sha256 = async (text) => hex(await sha(bytes(text)));
  const join = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  };
  const base64 = (text) => {
    const plain = atob(text), data = new Uint8Array(plain.length);
    for (let n = 0; n < data.length; n += 1) data[n] = plain.charCodeAt(n);
    return data;
  };
  const string = (data) => { const head = new Uint8Array(4); new DataView(head.buffer).setUint32(0, data.length); return join(head, data); };
  const reader = (data) => {
    let at = 0;
    const take = (length) => { if (at + length > data.length) throw new Error("short"); at += length; return data.subarray(at - length, at); };
    const text = () => decoder.decode(next());
    const next = () => { const head = take(4); return take(new DataView(head.buffer, head.byteOffset, 4).getUint32(0)); };
    return { take, next, text, end: () => { if (at !== data.length) throw new Error("long"); } };
  };
  const same = (a, b) => a.length === b.length && a.every((byte, n) => byte === b[n]);

  // The one way to write a line.
  const canonical = (value) => {
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value && typeof value === "object") {
      return "{" + Object.keys(value).sort().map((key) => {
        if (/[^\x00-\x7f]/.test(key)) throw new Error("key");
        return JSON.stringify(key) + ":" + canonical(value[key]);
      }).join(",") + "}";
    }
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("number");
    return JSON.stringify(value);
  };

  const found = new Map();
  const find = (check, where, key, facts = {}) => {
    const name = [where, key, facts.name].join(" ");
    if (!found.has(name)) found.set(name, { check, where, key, facts });
  };

  const chains = Object.create(null);
  const readChain = async (stream) => {
    const { lines, hashes } = trail.streams[stream];
    if (!Array.isArray(lines) || !Array.isArray(hashes)) throw new Error("form");
    const own = await Promise.all(lines.map(sha256));
    const events = [];
    let prev = "0".repeat(64), last = "";
    lines.forEach((line, index) => {
      const where = `${stream}#${index + 1}`;
      if (own[index] !== hashes[index]) find("chain", where, "digest", { a: String(hashes[index]).slice(0, 8), b: own[index].slice(0, 8) });
      let event = null;
      try {
        event = JSON.parse(line);
        if (canonical(event) !== line) find("chain", where, "canonical");
        if (event.prev !== prev) find("chain", where, "link");
        if (event.stream !== stream || event.seq !== index + 1 || event.log !== trail.log) find("chain", where, "place");
        if (event.at < last) find("chain", where, "time");
        last = event.at;
      } catch (error) { find("chain", where, "read"); }
      events.push(event);
      prev = own[index];
    });
    if (!lines.length || hashes.length !== lines.length) find("chain", stream, "read");
    chains[stream] = { events, heads: ["0".repeat(64), ...own] };
  };

  // Signatures: OpenSSH's PROTOCOL.sshsig.
  const imported = new Map();
  const importKey = (blob, kind) => {
    const name = hex(blob);
    if (!imported.has(name)) imported.set(name, (async () => {
      const parts = reader(blob); parts.take(4 + kind.length);
      if (/ed25519/.test(kind)) return { key: await crypto.subtle.importKey("raw", parts.next(), "Ed25519", false, ["verify"]), application: /^sk-/.test(kind) ? parts.next() : null };
      if (/ecdsa/.test(kind)) {
        const curve = parts.text(), size = Number(curve.slice(-3)), namedCurve = `P-${size}`;
        return { key: await crypto.subtle.importKey("raw", parts.next(), { name: "ECDSA", namedCurve }, false, ["verify"]), size, application: /^sk-/.test(kind) ? parts.next() : null };
      }
      if (kind === "ssh-rsa") {
        const url = (data) => btoa(String.fromCharCode(...data[0] ? data : data.subarray(1))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
        return { e: url(parts.next()), n: url(parts.next()) };
      }
      throw new Error("kind");
    })());
    return imported.get(name);
  };
  const holds = async (message, signature, publicLine, namespace) => {
    const armor = /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]+\n)+)-----END SSH SIGNATURE-----\n?$/.exec(signature);
    if (!armor) return "invalid";
    const parts = reader(base64(armor[1].replace(/\n/g, "")));
    if (decoder.decode(parts.take(6)) !== "SSHSIG" || new DataView(parts.take(4).slice().buffer).getUint32(0) !== 1) return "invalid";
    const blob = parts.next(), purpose = parts.text();
    parts.next();
    const hash = parts.text(), inner = reader(parts.next());
    parts.end();
    const [kind, body] = publicLine.split(" ");
    if (purpose !== namespace || !same(blob, base64(body)) || !/^sha(256|512)$/.test(hash)) return "invalid";
    const digest = new Uint8Array(await sha(message, hash === "sha512" ? "SHA-512" : "SHA-256"));
    let signed = join(bytes("SSHSIG"), string(bytes(namespace)), string(new Uint8Array()), string(bytes(hash)), string(digest));
    const algorithm = inner.text(), raw = inner.next();
    let held;
    try { held = await importKey(blob, kind); } catch (error) { return "unsupported"; }
    if (held.application) {
      const state = inner.take(5);
      if (!(state[0] & 1)) return "invalid";
      signed = join(new Uint8Array(await sha(held.application)), state, new Uint8Array(await sha(signed)));
    }
    inner.end();
    try {
      if (kind === "ssh-rsa") {
        const name = { "rsa-sha2-256": "SHA-256", "rsa-sha2-512": "SHA-512" }[algorithm];
        if (!name) return "invalid";
        const key = await crypto.subtle.importKey("jwk", { kty: "RSA", n: held.n, e: held.e }, { name: "RSASSA-PKCS1-v1_5", hash: name }, false, ["verify"]);
        return await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, raw, signed) ? "valid" : "invalid";
      }
      if (algorithm !== kind) return "invalid";
      if (held.size) {
        const width = Math.ceil(held.size / 8), numbers = reader(raw);
        const fixed = (data) => { const whole = new Uint8Array(width); const plain = data[0] === 0 ? data.subarray(1) : data; if (plain.length > width) throw new Error("long"); whole.set(plain, width - plain.length); return whole; };
        const both = join(fixed(numbers.next()), fixed(numbers.next()));
        const name = { 256: "SHA-256", 384: "SHA-384", 521: "SHA-512" }[held.size];
        return await crypto.subtle.verify({ name: "ECDSA", hash: name }, held.key, both, signed) ? "valid" : "invalid";
      }
      return await crypto.subtle.verify("Ed25519", held.key, raw, signed) ? "valid" : "invalid";
    } catch (error) { return error.name === "NotSupportedError" ? "unsupported" : "invalid"; }
  };

  const readStatement = (text, namespace) => {
    const lines = text.split("\n");
    if (lines[0] !== `Assent ${namespace}` || lines.pop() !== "" || lines.pop() !== CONSENT) throw new Error("form");
    const said = Object.create(null);
    for (const line of lines.slice(1)) {
      const cut = line.indexOf(": "), name = line.slice(0, cut), value = line.slice(cut + 2);
      if (cut < 1 || name in said || !/^("[^\n]*"|-?[0-9]+)$/.test(value)) throw new Error("line");
      said[name] = JSON.parse(value);
    }
    return said;
  };

  const results = Object.create(null);
  const people = Object.create(null);
  const checkSigned = async (where, event, keys, namespace, expected) => {
    const { key, statement, signature } = event.signed;
    const held = keys.find((one) => one.print === key && one.from <= event.at && (!one.until || event.at <= one.until));
    if (!held) { find("signatures", where, "key", { actor: event.actor }); results[where] = "invalid"; return null; }
    const text = trail.statements[where];
    if (text === undefined || await sha256(text) !== statement) { find("statements", where, "statement"); results[where] = "invalid"; return null; }
    let result = "invalid";
    try { result = await holds(bytes(text), signature, held.line, namespace); } catch (error) { /* not a signature */ }
    results[where] = result;
    if (result === "invalid") find("signatures", where, "signature");
    try {
      const said = readStatement(text, namespace);
      for (const [name, value] of Object.entries(expected)) {
        if (Array.isArray(value)) {
          if (JSON.stringify(JSON.parse(said[name])) !== JSON.stringify(value)) find("statements", where, "differs", { name });
        } else if (value !== undefined && (said[name] ?? null) !== (value ?? null)) find("statements", where, "differs", { name });
      }
      return said;
    } catch (error) { find("statements", where, "read"); return null; }
  };

  const checkRegistry = async () => {
    const { events, heads } = chains[REGISTRY];
    const first = events.find((event) => event && event.type === "key_added");
    const work = [];
    events.forEach((event, index) => {
      const where = `${REGISTRY}#${index + 1}`;
      if (!event) return;
      try {
        const said = event.payload, actor = people[event.actor];
        if (!event.signed) { find("signatures", where, "unsigned"); return; }
        let keys;
        if (Object.values(people).some((person) => person.roles.has("admin"))) {
          const entitled = BY_DELEGATORS.has(event.type) ? event.actor === said.person || actor && actor.roles.has("assistant") : actor && actor.roles.has("admin");
          if (!entitled) find("signatures", where, "entitled", { actor: event.actor });
          keys = actor ? actor.keys.map((one) => ({ ...one })) : [];
        } else {
          keys = first && event.actor === first.payload.person ? [{ print: first.payload.fingerprint, line: first.payload.public, from: first.at }] : [];
        }
        work.push(checkSigned(where, event, keys, ENTRY, { ...said, log: event.log, change: event.type, by: event.actor, number: index + 1, after: heads[index] }));
        if (event.type === "person_added") people[said.person] = { name: said.name, roles: new Set(), keys: [], held: [] };
        if (event.type === "role_granted") { people[said.person].roles.add(said.role); people[said.person].held.push({ role: said.role, from: event.at }); }
        if (event.type === "role_revoked") { people[said.person].roles.delete(said.role); people[said.person].held.filter((one) => one.role === said.role && !one.until).forEach((one) => { one.until = event.at; }); }
        if (event.type === "key_added") people[said.person].keys.push({ print: said.fingerprint, line: said.public, from: event.at });
        if (event.type === "key_revoked") people[said.person].keys.filter((one) => one.print === said.fingerprint && !one.until).forEach((one) => { one.until = event.at; });
      } catch (error) { find("statements", where, "read"); }
    });
    await Promise.all(work);
  };

  const checkAgreement = async () => {
    const { events, heads } = chains[trail.ref];
    const flags = Object.create(null), work = [];
    let kind = "", terms = "", revision = 0, content = "", last = null;
    events.forEach((event, index) => {
      const where = `${trail.ref}#${index + 1}`;
      if (!event) return;
      try {
        const said = event.payload;
        if (SIGNED.has(event.type)) {
          const declined = event.type === "flag_declined";
          if (!event.signed) find("signatures", where, "unsigned");
          else if (!last && !declined) find("statements", where, "early");
          else {
            const asked = last && !declined ? last : { terms, revision };
            const expected = { log: event.log, agreement: trail.ref, person: event.actor, document: said.document, terms: asked.terms, revision: asked.revision };
            if (event.type === "flag_resolved" || declined) Object.assign(expected, { flag: said.flag, ...flags[said.flag] });
            if (event.type === "flag_resolved") Object.assign(expected, { decision: said.conclusion, reasoning: said.reasoning, basis: said.basis, conditions: said.conditions.map((row) => [row.id, row.severity, row.text]) });
            else if (declined) Object.assign(expected, { decision: "decline", reason: said.reason });
            else if (event.type === "condition_closed") Object.assign(expected, { flag: said.flag, condition: said.condition, decision: "close", evidence: said.evidence });
            else Object.assign(expected, { decision: VERBS[event.type], aspect: said.aspect, capacity: said.role, revision: said.revision, reason: said.reason, parts: said.parts && said.parts.length ? said.parts.join(", ") : null, for: said.for ?? null, delegation: said.grant ?? null, member: said.member ?? null, retracts: said.retracts ?? null, content, policy: last && last.policy });
            const since = last ? last.seq : 1;
            const keys = (people[event.actor] || { keys: [] }).keys;
            work.push(checkSigned(where, event, keys, DECISION, expected).then((signed) => {
              if (!signed) return;
              const [number, head] = String(signed.seen).split(" ");
              if (!/^[1-9]\d{0,8}$/.test(number) || Number(number) > index || Number(number) < since || heads[Number(number)] !== head) find("statements", where, "seen");
            }));
          }
        }
        if (event.type === "created") { kind = said.kind; terms = said.terms || ""; }
        if (event.type === "terms_agreed") terms = said.terms;
        if (event.type === "drafted" || event.type === "submitted") {
          ({ terms, revision } = said);
          const contract = said.documents.find((row) => row.kind === kind);
          if (contract) content = contract.content;
          if (event.type === "submitted") {
            last = { seq: index + 1, revision, terms, policy: said.policy };
            for (const row of said.flags) flags[row.flag] = { aspect: row.aspect, capacity: row.role };
          }
        }
        if (event.type === "flag_raised") flags[said.flag] = { aspect: said.aspect, capacity: said.role };
      } catch (error) { find("statements", where, "read"); }
    });
    await Promise.all(work);
  };

  // The tree over every event of the store (RFC 6962 §2.1), and a checkpoint of it.
  const hash = async (...parts) => new Uint8Array(await sha(join(...parts)));
  const node = (left, right) => hash(new Uint8Array([1]), left, right);
  const unhex = (text) => { if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("hex"); return new Uint8Array(text.match(/../g)?.map((pair) => parseInt(pair, 16))); };
  const half = (number) => Math.floor(number / 2);
  const climb = async (path, place, last, joined) => {
    for (const part of path.map(unhex)) {
      if (last === 0) return false;
      const left = place % 2 === 1 || place === last;
      await joined(part, left);
      if (left) while (place % 2 === 0 && place) { place = half(place); last = half(last); }
      place = half(place); last = half(last);
    }
    return last === 0;
  };
  const included = async (line, index, size, path, top) => {
    if (!(index >= 0 && index < size)) return false;
    let digest = await hash(new Uint8Array([0]), bytes(line));
    return await climb(path, index, size - 1, async (part, left) => { digest = await (left ? node(part, digest) : node(digest, part)); }) && same(digest, top);
  };
  const consistent = async (size, top, later, laterTop, path) => {
    if (!(size > 0 && size <= later)) return false;
    if (size === later) return same(top, laterTop);
    let place = size - 1, last = later - 1;
    while (place % 2) { place = half(place); last = half(last); }
    let old = place ? unhex(path[0]) : top, grown = old;
    return await climb(place ? path.slice(1) : path, place, last, async (part, left) => {
      if (left) { old = await node(part, old); grown = await node(part, grown); } else grown = await node(grown, part);
    }) && same(old, top) && same(grown, laterTop);
  };
  const readCheckpoint = (text) => {
    const note = /^(cosignature\/v1\ntime (\d{1,12})\n([!-~]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n)\n(-----BEGIN SSH SIGNATURE-----\n[^]+)$/.exec(text.replace(/\r\n/g, "\n"));
    return note && { body: note[1], at: new Date(1000 * note[2]).toISOString().slice(0, 19) + "Z", log: note[3], size: Number(note[4]), top: base64(note[5]), signature: note[6] };
  };
  let newer = 0;
  const checkpoint = trail && trail.checkpoint && readCheckpoint(trail.checkpoint.note);
  const checkCheckpoint = async () => {
    const told = trail.checkpoint, where = told && `checkpoint ${told.size}`;
    if (!told) return;
    if (!checkpoint || checkpoint.log !== trail.log || checkpoint.size !== told.size || checkpoint.at !== told.at) { find("checkpoint", where, "read"); return; }
    for (const { stream, seq, index, path } of told.proofs) {
      const line = trail.streams[stream] && trail.streams[stream].lines[seq - 1];
      if (line === undefined || !await included(line, index, checkpoint.size, path, checkpoint.top)) find("checkpoint", `${stream}#${seq}`, "outside");
    }
    if (!told.proofs.some(({ stream }) => stream === REGISTRY)) find("checkpoint", where, "outside");
    for (const stream of [REGISTRY, trail.ref]) newer += trail.streams[stream].lines.length - (told.proofs.find((one) => one.stream === stream)?.seq ?? 0);
    const { held = [], keys = [] } = people[told.person] || {}, valid = (one) => one.from <= told.at && (!one.until || told.at <= one.until);
    const key = keys.find((one) => one.print === told.key && valid(one));
    if (!key || !held.some((one) => (one.role === "admin" || one.role === "sealer") && valid(one))) find("checkpoint", where, "entitled", { actor: told.person });
    else if (await holds(bytes(checkpoint.body), checkpoint.signature, key.line, CHECKPOINT).catch(() => "invalid") === "invalid") find("checkpoint", where, "signature");
  };

  // People's own words, by the digests that the events name them with.
  let unsaid = 0;
  const checkWords = () => Promise.all(chains[trail.ref].events.flatMap((event, index) => {
    const said = event && event.payload || {}, rows = Array.isArray(said.conditions) ? said.conditions : [];
    const named = [...NOTES.map((name) => said[name]), ...rows.map((row) => row && row.text)];
    return named.filter((digest) => digest && typeof digest === "string").map(async (digest) => {
      const kept = Object.hasOwn(trail.notes, digest) && trail.notes[digest];
      if (!kept) unsaid += 1;
      else if (!SALT.test(kept[0]) || await sha256(`${kept[0]}\n${kept[1]}`) !== digest) find("shown", `${trail.ref}#${index + 1}`, "note");
    });
  }));

  // What is shown has to be what the events say.
  const checkShown = async () => {
    const { events } = chains[trail.ref];
    document.querySelectorAll("[data-event]").forEach((element) => {
      const seq = element.getAttribute("data-event"), event = events[Number(seq) - 1];
      const time = element.querySelector("time"), actor = element.querySelector("[data-field=actor]");
      const local = event && new Date(Date.parse(event.at) + 288e5).toISOString().slice(0, 16).replace("T", " ");
      const name = event && (people[event.actor] ? people[event.actor].name : event.actor);
      if (!event || event.type !== element.getAttribute("data-type") || time.dateTime !== event.at || time.textContent !== local || actor.textContent !== name) find("shown", `${trail.ref}#${seq}`, "row");
    });
    if ($("head").textContent.replace(/\s/g, "") !== chains[trail.ref].heads.at(-1)) find("shown", trail.ref, "row");
    await Promise.all([...document.querySelectorAll("[data-note]")].map(async (element) => {
      const kept = trail.notes[element.dataset.note], at = element.closest("[data-event]");
      const where = at ? `${trail.ref}#${at.dataset.event}` : trail.ref;
      if (!kept || !SALT.test(kept[0]) || kept[1] !== element.textContent || await sha256(`${kept[0]}\n${kept[1]}`) !== element.dataset.note) {
        element.classList.add("bad");
        find("shown", where, "note");
      }
    }));
  };

  const place = ({ where }) => { const [stream, seq] = where.split("#"); return [stream === REGISTRY ? 0 : 1, Number(seq || 0)]; };
  const show = () => {
    const findings = [...found.values()].sort((a, b) => { const [p, q] = [place(a), place(b)]; return p[0] - q[0] || p[1] - q[1]; });
    const all = Object.values(results), open = all.filter((r) => r === "unsupported").length + unsaid;
    const good = all.filter((r) => r === "valid").length;
    const events = trail ? Object.values(chains).reduce((sum, chain) => sum + chain.events.length, 0) : 0;
    const verdict = findings.length ? "bad" : open ? "part" : "ok";
    const first = findings.find(({ check }) => check === "chain") || findings[0];
    root.dataset.where = first ? first.where : "";
    put($("verdict-title"), say(verdict));
    put($("verdict-text"), say(`${verdict} long`, { where: first && first.where, events, signatures: good, open }));
    const rows = trail ? ["chain", "signatures", "statements", ...trail.checkpoint ? ["checkpoint"] : [], "shown"] : [];
    put($("checks"), ...rows.map((check) => {
      const count = findings.filter((finding) => finding.check === check).length;
      const item = document.createElement("li"), title = document.createElement("b"), text = document.createElement("span");
      item.className = count ? "bad" : check === "signatures" && open || check === "checkpoint" && newer ? "part" : "ok";
      text.className = "soft";
      put(title, say(check));
      put(text, say(count ? "found sub" : check === "checkpoint" && newer ? "newer sub" : `${check} sub`, { count, events, good, newer, all: all.length, size: trail.checkpoint && trail.checkpoint.size }));
      item.append(title, text);
      return item;
    }));
    put($("findings"), ...findings.slice(0, 20).map(({ where, key, facts }) => {
      const row = $(`event-${where.split("#")[1]}`), named = row && where.startsWith(`${trail.ref}#`);
      const item = document.createElement("li"), name = document.createElement(named ? "a" : "b");
      if (named) name.href = `#${row.id}`;
      name.textContent = where; name.className = "mono";
      item.append(name, " ", say(key, facts));
      return item;
    }));
    const altered = new Set(findings.map(({ where }) => where));
    if (trail && altered.size) document.querySelectorAll("[data-event]").forEach((element) => element.classList.toggle("altered", altered.has(`${trail.ref}#${element.dataset.event}`)));
    document.querySelectorAll("[data-sig]").forEach((element) => {
      const result = altered.has(element.dataset.sig) ? "invalid" : results[element.dataset.sig] || "invalid";
      element.classList.add({ valid: "ok", invalid: "bad" }[result] || "part");
      put(element, say(result));
    });
    root.dataset.ms = (performance.now() - started).toFixed(0);
    root.dataset.verdict = verdict;
  };

  try {
    await Promise.all([REGISTRY, trail.ref].map(readChain));
    await checkRegistry();
    await checkAgreement();
    await checkCheckpoint();
    await checkWords();
    await checkShown();
  } catch (error) { find("chain", trail ? trail.ref : "?", "read"); }
  show();
  if (!trail) return;

  // A receipt that somebody kept.
  const checkReceipt = () => {
    const said = $("receipt-said"), text = $("receipt").value.trim().replace(/\.+$|…$/, "");
    const answer = (kind, key, facts) => { said.className = kind; put(said, say(key, facts)); };
    if (!text) { said.className = ""; put(said); return; }
    const parts = /^(?:([^#:\s]+)#(\d{1,9})[:=\s]+)?([0-9a-fA-F][0-9a-fA-F \-]{7,})$/.exec(text);
    if (!parts) { answer("", "receipt form", { ref: trail.ref }); return; }
    const head = parts[3].replace(/[ \-]/g, "").toLowerCase();
    for (const [stream, { heads }] of Object.entries(chains)) {
      if (parts[1] && parts[1] !== stream) continue;
      const last = heads.length - 1, seq = Number(parts[2] || 0);
      if (seq > last) { answer("bad", "receipt cut", { seq, last }); return; }
      const at = seq ? (heads[seq].startsWith(head) ? seq : -1) : heads.findIndex((one, n) => n && one.startsWith(head));
      if (at > 0) { answer("ok", "receipt yes", { where: `${stream}#${at}` }); return; }
    }
    answer("bad", "receipt no");
  };
  $("receipt").addEventListener("input", checkReceipt);
  $("receipt-form").addEventListener("submit", (event) => { event.preventDefault(); checkReceipt(); });

  // A file that somebody has; it is read here and sent nowhere.
  const drop = $("drop");
  if (!drop) return;
  const checkKept = async (kept) => {
    const earlier = kept.size === checkpoint?.size ? [] : trail.checkpoint?.earlier.find((one) => one.size === kept.size)?.path;
    if (!checkpoint || kept.log !== trail.log || !earlier) return "kept unknown";
    return await consistent(kept.size, kept.top, checkpoint.size, checkpoint.top, earlier).catch(() => false) ? "kept yes" : "kept no";
  };
  const checkFiles = async (files) => {
    for (const file of files) {
      const kept = file.size < 10000 && readCheckpoint(await file.text());
      if (kept) {
        const answer = await checkKept(kept), row = document.createElement("li");
        row.className = { "kept yes": "ok", "kept no": "bad" }[answer] || "";
        row.append(say(answer, { file: file.name, size: kept.size }));
        $("dropped").append(row);
        continue;
      }
      const digest = hex(await sha(await file.arrayBuffer())), known = trail.documents[digest];
      const item = document.createElement("li");
      item.className = known ? "ok" : "bad";
      item.append(say(known ? "document yes" : "document no", { file: file.name, digest, ...known }));
      $("dropped").append(item);
      const row = document.querySelector(`[data-file="${digest}"]`);
      if (row) row.classList.add("match");
    }
  };
  $("file").addEventListener("change", () => checkFiles($("file").files));
  for (const name of ["dragover", "dragleave", "drop"]) {
    addEventListener(name, (event) => { event.preventDefault(); drop.classList.toggle("over", name === "dragover"); });
  }
  addEventListener("drop", (event) => checkFiles(event.dataTransfer.files));
})();
