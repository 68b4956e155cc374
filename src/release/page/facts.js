// SPDX-License-Identifier: Apache-2.0
// What follows from the entries shown: who refers to what, which entries the charter calls malformed, who owed an answer
// until when, what came of pledges. spec/record.md, "Malformed entries", "Duties", "Pledges". No texts, no page.

const KIND = new Map(KINDS.kinds.map((kind) => [kind.name, kind]));

// A body as JSON, or undefined. Read when it is looked at.
function bodyOf(entry) {
  if (entry.json === undefined && entry.content !== undefined) {
    try {
      entry.json = { value: parseStrict(fromUtf8.decode(entry.content)) };
    } catch {
      entry.json = {};
    }
  }
  return entry.json?.value;
}

const seconds = (time) => Date.parse(time) / 1000;
const TIME_MAX = 253402300799; // 9999-12-31T23:59:59Z
const timeOf = (second) => new Date(Math.min(second, TIME_MAX) * 1000).toISOString().slice(0, 19) + "Z";

// Which charter governs the entry; undefined when what is withheld may have changed it.
const charterOver = (entry) => (entry.charters?.length === 1 ? entry.charters[0].json : undefined);
const membersOf = (charter) => [...namesIn(charter)];

const namesOfCharter = new WeakMap(); // asked for with every entry
function namesIn(charter) {
  if (!namesOfCharter.has(charter)) namesOfCharter.set(charter, new Set(charter.members.map((member) => member.name)));
  return namesOfCharter.get(charter);
}

function addressed(entry, charter) {
  return entry.envelope.to ?? membersOf(charter).filter((desk) => desk !== entry.desk);
}

// Why the entry is malformed under its charter: a word, or undefined.
function faultOf({ envelope, isFirst, desk }, charter) {
  const kind = KIND.get(envelope.kind);
  if (kind === undefined) return "kind";
  if (!(kind.automatic || kind.always || (charter.kinds.allowed ?? [kind.name]).includes(kind.name))) return "allowed";
  if (isFirst !== (kind.name === "open")) return "open";
  if ((kind.re === "required" && !envelope.re) || (kind.re === "none" && envelope.re)) return "re";
  if ((kind.body === "required" && !envelope.body) || (kind.body === "none" && envelope.body)) return "body";
  if (envelope.to?.some((one) => one === desk || !namesIn(charter).has(one))) return "to";
  if (envelope.line && !charter.lines.includes(envelope.line)) return "line";
  const { limits } = charter;
  const attachments = envelope.attachments ?? [];
  if ((!kind.automatic && envelope.body?.size > limits.body) || attachments.length > limits.attachments ||
    attachments.some(({ size }) => size + SALT_LEN > limits.attachment)) return "limits";
  return undefined;
}

// Receipts on record

const isReceipt = (v) => isFormed({ of: isMessageId, from: isDesk, checkpoint: isTextUpTo(8192), line: isTextUpTo(8192) })(v);

// The checkpoint, which may stand there with lines of its own, under the one line of the countersignature.
function receiptNote({ checkpoint, line }) {
  const end = checkpoint.indexOf("\n\n");
  try {
    const note = noteOf((end < 0 ? checkpoint : checkpoint.slice(0, end + 1)) + "\n" + line.replace(/\n?$/, "\n"));
    const [, origin, size, root] = CHECKPOINT.exec(note.text) ?? [];
    return note.lines.length === 1 && isRoot(root) && isSize(Number(size)) ? { note, origin, size: Number(size), root } : undefined;
  } catch {
    return undefined;
  }
}

// The time that a line says, true or not.
function statedTime(line) {
  try {
    const { signature } = noteLineOf(line.replace(/\n$/, ""));
    return Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  } catch {
    return Infinity;
  }
}

const add = (map, key, value) => (map.has(key) ? map.get(key).push(value) : map.set(key, [value]));

// Where in a list by index the entries above this one begin.
function firstAbove(list, index) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (list[middle].index > index) high = middle;
    else low = middle + 1;
  }
  return low;
}

const SOME = 50; // of what refers to a message is shown with it; all of it stands in the list itself

// What a desk wrote, log after log; each entry gets the one in which it stands. hidden: what is withheld, by index; of a log
// that is not here the first that it may hold, and the last.
function chainOf(logs, ends) {
  const chain = { desk: logs[0].desk, logs, entries: [], hidden: [] };
  let next = 0;
  const miss = (last) => chain.hidden.push({ index: next }, { index: last });
  for (const log of logs) {
    if (log.from !== next) miss(log.from - 1);
    for (const entry of log.entries) {
      entry.log = log;
      chain.entries.push(entry);
      if (entry.mode === "w") chain.hidden.push(entry);
    }
    next = log.from + log.size;
  }
  if (endAt(ends, logs.at(-1)) !== undefined) miss(Number.MAX_SAFE_INTEGER);
  return chain;
}

const DUTIES_MAX = 200000; // worked out; beyond that it is said

class Facts {
  // isLater: its entries are gathered by `of`.
  constructor(checked, isLater = false) {
    this.checked = checked;
    this.order = jointOrder(checked.logs);
    this.byId = new Map();
    this.replies = new Map(); // id: entries that refer to it, in the joint order
    this.receipts = new Map(); // "debtor of message": receipts on record
    this.logs = new Map(); // of each desk
    for (const { desk } of checked.logs)
      if (!this.logs.has(desk)) this.logs.set(desk, chainOf(checked.logs.filter((log) => log.desk === desk), checked.channel.ends));
    if (!isLater) Array.from(this.#gather());
  }

  // The same, telling of progress.
  static async of(checked, progress) {
    const facts = new Facts(checked, true);
    let done = 0;
    for (const count of facts.#gather()) await progress((done += count), 2 * facts.order.length);
    return facts;
  }

  // Yields how many entries it has gone through since.
  *#gather() {
    for (const log of this.logs.values()) yield* this.#judge(log);
    this.order.forEach((entry, place) => (entry.place = place));
    for (const entry of this.order) {
      if (entry.place % SOON === 0) yield SOON;
      this.byId.set(entry.id, entry);
      const { re, kind } = entry.envelope ?? {};
      if (re !== undefined) add(this.replies, re, entry);
      if (kind === "receipt" && !entry.fault) this.#noteReceipt(entry);
    }
  }

  *#judge(log) {
    let hasLeft = false;
    for (const entry of log.entries) {
      if (entry.index % SOON === 0) yield SOON;
      const charter = charterOver(entry);
      if (entry.envelope === undefined || charter === undefined) continue;
      entry.fault = hasLeft ? "left" : faultOf(entry, charter);
      if (entry.envelope.kind === "leave" && !entry.fault && hasRightBody(entry)) {
        hasLeft = true;
        log.left = entry;
      }
    }
    log.known = new Map(); // desk: how much of its log this one had named, from which entry on
    for (const { envelope, fault, index } of log.entries)
      for (const [desk, { size }] of Object.entries((!fault && envelope?.seen) || {}))
        if (size > (log.known.get(desk)?.at(-1).size ?? 0)) add(log.known, desk, { index, size });
  }

  // Nobody answers what was not yet asked. Where entries before are withheld, nobody can tell.
  #hasSeen(entry, question) {
    const log = this.logs.get(entry.desk);
    const known = log.known.get(question.desk) ?? [];
    return known[firstAbove(known, entry.index) - 1]?.size > question.index || log.hidden[0]?.index < entry.index;
  }

  #noteReceipt(entry) {
    const body = bodyOf(entry);
    const [of, from] = [body?.of, body?.from];
    if (isMessageId(of) && of.startsWith(entry.desk + "#") && isDesk(from) && from !== entry.desk)
      add(this.receipts, of, entry);
  }

  // What an entry `receipt` that is shown in full is worth, by record.md, "Receipts on record": { holds, size, time }, or
  // { holds: false, why } for what is nobody's receipt, or { holds: undefined } when the file lacks the key under which it
  // is. Verified once, and kept as entry.judged then.
  checkReceipt(entry) {
    return (entry.receipt ??= this.#judgeReceipt(entry).then((found) => (entry.judged = found)));
  }

  async #judgeReceipt(entry) {
    const body = bodyOf(entry);
    const no = (why) => ({ holds: false, why });
    if (!isReceipt(body) || !body.of.startsWith(entry.desk + "#")) return no("form");
    const member = this.checked.channel.members.get(body.from);
    const charter = charterOver(entry);
    if (member === undefined || body.from === entry.desk || (charter && !namesIn(charter).has(body.from))) return no("member");
    const read = receiptNote(body);
    if (read === undefined) return no("form");
    const { note, origin, root } = read;
    const log = this.logs.get(entry.desk).logs.find((one) => one.origin === origin);
    if (log === undefined) return no("log");
    const size = log.from + read.size; // as ids are counted
    if (!(size > Number(body.of.split("#")[1]) && size <= entry.index && read.size > 0 && read.size <= log.size)) return no("size");
    if (!same(await rootAt(log.tree, read.size), bytesOf(root))) return no("root");
    const [{ name, id }] = note.lines;
    if (name !== `${body.from}/mirror`) return no("signature");
    const key = (await mirrorKeys(member)).find((one) => one.id === id);
    if (key === undefined) return {};
    const time = await cosignedAt(note, key);
    return time > 0 && time <= TIME_MAX ? { holds: true, size, time } : no("signature");
  }

  // Its countersignature's time, when it holds over this index too; else 0.
  async receiptTime(entry, index) {
    const { holds, size, time } = await this.checkReceipt(entry);
    return holds && size > index ? time : 0;
  }

  // Of which desks an entry names another history than the file has: [{ desk, size }]. Kept as entry.others then.
  compareSeen(entry) {
    return (entry.seenCompared ??= this.#otherHistories(entry).then((others) => (entry.others = others)));
  }

  async #otherHistories({ envelope }) {
    const others = [];
    for (const [desk, { size, root }] of Object.entries(envelope.seen)) {
      const log = this.#logOf(desk, size);
      if (log !== undefined && !same(await rootAt(log.tree, size - log.from), bytesOf(root))) others.push({ desk, size });
    }
    return others;
  }

  // The log of the desk that has, or had, so many entries, as ids are counted.
  #logOf(desk, size) {
    return this.logs.get(desk)?.logs.find((log) => size > log.from && size <= log.from + log.size);
  }

  // Those that are shown with an entry: of itself, when it is one, and about it.
  receiptsWith(entry) {
    const own = entry.envelope?.kind === "receipt" && entry.content !== undefined ? [entry] : [];
    return [...own, ...(this.receipts.get(entry.id) ?? []).slice(0, SOME)];
  }

  // When the asker held an entry of the debtor, by the earliest receipt in the debtor's own log that covers it. What states
  // a later time than one that holds is not verified.
  async given(entry, creditor) {
    const receipts = this.receiptsFrom(entry.desk, creditor);
    let earliest = Infinity;
    for (let i = firstAbove(receipts, entry.index); i < receipts.length && receipts[i].soonest < earliest; i++) {
      if (receipts[i].stated >= earliest) continue;
      const time = await this.receiptTime(receipts[i], entry.index);
      if (time > 0) earliest = Math.min(earliest, time);
    }
    return earliest;
  }

  receiptsFrom(owner, from) {
    this.byPair ??= this.#pairReceipts();
    return this.byPair.get(`${owner} ${from}`) ?? [];
  }

  #pairReceipts() {
    const pairs = new Map();
    for (const list of this.receipts.values())
      for (const entry of list) add(pairs, `${entry.desk} ${bodyOf(entry).from}`, entry);
    for (const list of pairs.values()) {
      list.sort((a, b) => b.index - a.index);
      let soonest = Infinity; // of those from here on
      for (const entry of list) {
        entry.stated = statedTime(bodyOf(entry).line);
        entry.soonest = soonest = Math.min(soonest, entry.stated);
      }
      list.reverse();
    }
    return pairs;
  }

  async #start(question, debtor, skew) {
    for (const entry of this.receipts.get(question.id) ?? []) {
      if (bodyOf(entry).from !== debtor) continue;
      const time = await this.receiptTime(entry, question.index);
      const sent = seconds(entry.envelope.sent);
      if (time === 0) continue;
      const isNear = Math.abs(time - sent) <= skew;
      return { start: isNear ? time : sent, isByWord: !isNear, receipt: entry };
    }
    return undefined;
  }

  // replies: to the question, without those that are malformed.
  async #duty(question, debtor, duty, charter, replies) {
    const creditor = question.desk;
    const isAutomatic = (kind) => KIND.get(kind)?.automatic;
    const owed = duty.owe.filter((kind) => !isAutomatic(kind) || duty.owe.every(isAutomatic));
    const owes = (entry) => entry.desk === debtor && owed.includes(entry.envelope.kind) && this.#hasSeen(entry, question) && hasRightBody(entry);
    const clock = await this.#start(question, debtor, secondsOf(charter.limits.skew));
    const found = { debtor, owe: duty.owe, ...clock, deadline: clock && clock.start + secondsOf(duty.within) };
    const holding = charter.holding && replies.find((e) => e.desk === debtor && e.envelope.kind === "holding" && hasRightBody(e));
    if (clock && holding && (await this.given(holding, creditor)) <= found.deadline) {
      const until = Math.min(instantOf(bodyOf(holding)?.until) ?? NaN, found.deadline + secondsOf(charter.holding.within));
      if (until > found.deadline) Object.assign(found, { deadline: until, holding });
    }
    found.answer = replies.find((e) => owes(e) && !(charter.holding && e.envelope.kind === "holding"));
    found.given = found.answer && (await this.given(found.answer, creditor));
    found.cancel = replies.find((e) => e.desk === creditor && e.envelope.kind === "cancel" && e.index > question.index && hasRightBody(e));
    found.state = this.#state(found, creditor);
    found.doubtful = this.#doubtful(found, question);
    return found;
  }

  // Whose withheld entries may make something else of it: the asker may have taken the question back, or recorded an
  // earlier receipt; the debtor may have answered, or moved the deadline.
  #doubtful({ state, debtor, receipt }, { desk: creditor, index }) {
    const isAskers = state !== "cancelled" && this.#hides(creditor, index + 1, state === "met" ? receipt?.index : Infinity);
    const isDebtors = ["cancelled", "late", "left"].includes(state) && this.#hides(debtor, 0);
    return [isAskers && creditor, isDebtors && debtor].filter(Boolean);
  }

  // As of when the release was drafted.
  #state({ answer, given, deadline, cancel, debtor }, creditor) {
    const now = seconds(this.checked.manifest.made);
    if (answer && (deadline === undefined || given <= deadline)) return given < Infinity ? "met" : "answered";
    if (cancel) return "cancelled";
    if (answer) return given < Infinity ? "late" : "answered";
    if (this.logs.get(debtor)?.left || this.logs.get(creditor)?.left) return "left";
    if (this.#hides(debtor, 0)) return "unknown";
    if (deadline === undefined) return "waiting";
    return now > deadline ? "overdue" : "running";
  }

  // The duties that each question started, kept as entry.duties.
  async reckon(progress) {
    let done = 0, count = 0;
    for (const entry of this.order) {
      if (++done % SOON === 0) await progress(done, this.order.length);
      const charter = charterOver(entry);
      if (entry.envelope === undefined || charter === undefined || entry.fault) continue;
      const duties = charter.duties.filter((duty) => duty.on === entry.envelope.kind);
      if (duties.length === 0 || !hasRightBody(entry)) continue;
      const replies = (this.replies.get(entry.id) ?? []).filter((one) => !one.fault);
      for (const duty of duties)
        for (const debtor of addressed(entry, charter)) {
          this.isCut = ++count > DUTIES_MAX;
          if (this.isCut) return;
          (entry.duties ??= []).push(await this.#duty(entry, debtor, duty, charter, replies));
          await progress(done, this.order.length);
        }
    }
  }

  // What each member addressed said to a proposal: its first yes or no, until that is taken back. The proposer's first
  // withdrawal bounds the others' answers.
  proposal(entry) {
    const words = PROPOSALS[entry.envelope.kind];
    const charter = charterOver(entry);
    if (words === undefined || charter === undefined || entry.fault) return undefined;
    const { desk: proposer } = entry;
    const replies = (this.replies.get(entry.id) ?? []).filter((reply) => !reply.fault);
    const ended = replies.find(({ desk, index, envelope }) =>
      desk === proposer && index > entry.index && [words.back, "cancel"].includes(envelope.kind)) ?? this.#leftFrom(entry, proposer, words);
    const desks = new Map(addressed(entry, charter).map((desk) => [desk, { desk, said: "none" }]));
    for (const reply of replies) {
      const one = desks.get(reply.desk);
      if (one !== undefined && this.#isBehind(reply, entry) && !(ended && this.#isBehind(reply, ended))) takeAnswer(one, reply, words, untilOf(entry));
    }
    for (const one of desks.values()) {
      const left = one.said === "yes" && this.#leftFrom(one.entry, one.desk, words);
      if (left) Object.assign(one, { said: "back", entry: left });
      one.isDoubtful = this.#hides(one.desk, 0);
    }
    return { desks: [...desks.values()], ended, isDoubtful: ended === undefined && this.#hides(proposer, entry.index + 1) };
  }

  // Pledges end when their desk leaves.
  #leftFrom(entry, desk, { isPledge }) {
    const left = isPledge ? this.logs.get(desk)?.left : undefined;
    return left !== undefined && (entry.desk !== desk || left.index > entry.index) ? left : undefined;
  }

  // In the joint order; what names itself in a circle has no place there.
  #isBehind(entry, other) {
    return entry.rank !== undefined && other.rank !== undefined && entry.place > other.place;
  }

  // Is anything withheld in the desk's log, from this index on and below the other?
  #hides(desk, from, to = Infinity) {
    const log = this.logs.get(desk);
    if (log === undefined) return true;
    return log.hidden[firstAbove(log.hidden, from - 1)]?.index < to;
  }
}

const PROPOSALS = {
  "pledge.offer": { yes: "pledge.accept", no: "pledge.decline", back: "pledge.withdraw", isPledge: true },
  "consultation.request": { yes: "consultation.accept", no: "consultation.decline" },
  "consultation.record": { yes: "consultation.agree" },
};

// Until when a pledge can be accepted, in seconds.
const untilOf = (entry) => instantOf(bodyOf(entry)?.until) || Infinity;

// One answer of a member more. A withdrawn no is as if there had been none.
function takeAnswer(one, entry, words, until) {
  const { kind, sent } = entry.envelope;
  if (kind === words.back && one.said === "yes") Object.assign(one, { said: "back", entry });
  if (kind === words.back && one.said === "no") Object.assign(one, { said: "none", entry: undefined });
  const isOpen = (one.said === "none" || one.said === "back") && seconds(sent) < until;
  if (isOpen && (kind === words.yes || kind === words.no)) Object.assign(one, { said: kind === words.yes ? "yes" : "no", entry });
}
