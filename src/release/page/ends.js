// SPDX-License-Identifier: Apache-2.0
// The ends of logs (spec/record.md, "The end of a log"): their form and signatures, and with which id the log behind each
// begins. As strict as record/log_end.c and bundle/channel.c.

const ENDS_MAX = 200; // a channel has not more logs
const ID_MAX = 2 ** 52;

const ORIGIN = /^([^/]*)\/([0-9a-f]{64})(?:\/([1-9]\d{0,9}))?$/;

// Whose log, of which channel, the how manieth.
function originOf(text) {
  const [, desk, channel, number] = ORIGIN.exec(text) ?? [];
  const generation = Number(number ?? 1);
  refuseUnless(isDesk(desk) && (number === undefined || (generation > 1 && generation < 2 ** 32)), "no origin of a log");
  return { desk, channel, generation };
}

const isLogEnd = (v) => isFormed({ aldis: isVersion, origin: isText, size: isSize, root: isRoot, date: isTime })(v);

async function endOf(text, papers) {
  const note = noteOf(text, PAPER_MAX);
  weigh(papers.weight, note);
  const json = rooted(note, "aldis.log-end/1");
  refuseUnless(isLogEnd(json), "no end of a log");
  return { ...originOf(json.origin), size: json.size, root: json.root, note, digest: hexOf(await sha256(note.bytes)) };
}

const endAt = (ends, { desk, generation }) => ends.find((end) => end.desk === desk && end.generation === generation);
// Is this the first log of its desk, or is the end of the one before it here?
const isFollowing = (ends, { desk, generation }) => generation === 1 || endAt(ends, { desk, generation: generation - 1 }) !== undefined;
// The index in the id of the first entry of a log.
const startOf = (ends, { desk, generation }) =>
  ends.reduce((sum, end) => sum + (end.desk === desk && end.generation < generation ? end.size : 0), 0);

async function readEnds(texts, channel, manifest) {
  refuseUnless(texts.length <= ENDS_MAX, "too many");
  const ends = [];
  const roots = await Promise.all(Array.from(channel.members.values(), async ({ name, cards }) => [name, await rootKey(cards[0])]));
  for (const text of texts) {
    const end = await endOf(text, channel.papers);
    refuseUnless(end.channel === manifest.channel && channel.members.has(end.desk), "of another channel");
    refuseUnless(isFollowing(ends, end) && endAt(ends, end) === undefined, "not one after the other");
    end.signed = new Set();
    for (const [name, key] of roots) {
      if (lineOf(end.note, key) === undefined) continue;
      refuseUnless(await isSignedBy(end.note, key), "a false line");
      end.signed.add(name);
    }
    refuseUnless(end.signed.has(end.desk), "not signed by its desk");
    refuseUnless(startOf(ends, end) + end.size <= ID_MAX, "too large");
    ends.push(end);
  }
  return ends;
}

// Does a log that was ended stay within its end? size is a BigInt.
function checkWithin(ends, log, { size, root }) {
  const end = endAt(ends, log);
  refuseUnless(end === undefined || size < BigInt(end.size) || (size === BigInt(end.size) && root === end.root), "beyond its end");
}

// Ids go on where a log ended: with its successor all of it must be there.
function checkWhole(ends, log, logs) {
  const goesOn = logs.some(({ desk, generation }) => desk === log.desk && generation > log.generation);
  refuseUnless(!goesOn || log.size >= (endAt(ends, log)?.size ?? 0), "not all of a log that goes on");
}

// The first entry of a successor, in full, names the end of the log before.
function checkOpen({ envelope, content }, before) {
  const body = envelope.kind === "open" && content?.length ? parseStrict(fromUtf8.decode(content)) : undefined;
  refuseUnless(isObject(body) && body.log_end === before.digest, "another opening");
}

// Is each end signed by all members, but those that are shown to have left, of one charter that its desk is in, of that at
// the end of the log or a later one? Each gets those that lack: whom that charter, or one before it, left out without their
// signature, and who are not shown to have left.
function checkSigned({ ends, charters, members: all }, logs, left) {
  const leftOut = new Map(); // of each: the first charter that did, without its signature
  charters.forEach(({ leavers }, i) => leavers.forEach((name) => leftOut.has(name) || leftOut.set(name, i)));
  for (const end of ends) {
    const least = logs.find(({ desk, generation }) => desk === end.desk && generation === end.generation)?.endedUnder ?? 0;
    const isGood = (name) => end.signed.has(name) || left.has(name);
    const under = charters.findIndex(({ members }, i) => i >= least && members.some(({ name }) => name === end.desk) &&
      members.every(({ name }) => isGood(name)));
    refuseUnless(under >= 0, "not signed by all");
    end.lacking = Array.from(all.keys()).filter((name) => leftOut.get(name) <= under && !isGood(name));
  }
}
