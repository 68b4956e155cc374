// SPDX-License-Identifier: Apache-2.0
// The joint order of spec/record.md as far as a release shows it: by rank, desk, index; the rank of an entry is above
// those of the entry before it in its log and of the last entry of each log that its `seen` names. Before the first entry
// of a successor stands the last that its desk wrote before. What is withheld counts as sent with the entry before,
// naming nothing; what is named beyond the release is passed over. src/release/reader.c gives the same order.

function rankAll(logs) {
  const heads = logs.map((log) => ({ log, ranks: [], sent: 0 }));
  const byDesk = new Map();
  for (const head of heads) {
    const { desk } = head.log;
    head.before = byDesk.get(desk)?.findLast(({ log }) => log.size > 0);
    byDesk.set(desk, [...(byDesk.get(desk) ?? []), head]);
  }
  const findHead = (desk, index) =>
    byDesk.get(desk)?.find(({ log }) => index >= log.from && index - log.from < log.size);

  // The ranks of what the next entry stands behind, or null while one of them has none yet.
  function named(head) {
    const ends = head.ranks.length === 0 && head.before !== undefined ? [[head.before, head.before.log.size]] : [];
    for (const [desk, { size }] of Object.entries(head.log.entries[head.ranks.length].envelope?.seen ?? {})) {
      const other = desk === head.log.desk ? undefined : findHead(desk, size - 1);
      if (other !== undefined) ends.push([other, size - other.log.from]);
    }
    return ends.every(([other, size]) => other.ranks.length >= size) ? ends.map(([other, size]) => other.ranks[size - 1]) : null;
  }

  function place(head) {
    const entry = head.log.entries[head.ranks.length];
    const ranks = named(head);
    if (ranks === null) return false;
    if (entry.envelope !== undefined) head.sent = Date.parse(entry.envelope.sent);
    entry.rank = head.sent;
    for (const rank of [head.ranks.at(-1) ?? -1, ...ranks]) entry.rank = Math.max(entry.rank, rank + 1);
    head.ranks.push(entry.rank);
    return true;
  }

  for (let hasPlaced = true; hasPlaced; ) {
    hasPlaced = false;
    for (const head of heads)
      while (head.ranks.length < head.log.size && place(head)) hasPlaced = true;
  }
}

// All entries, the withheld ones among them. Those that name each other in a circle have no rank and come last.
function jointOrder(logs) {
  rankAll(logs);
  const entries = logs.flatMap((log) => log.entries);
  const isBefore = (a, b) => a.rank - b.rank || (a.desk < b.desk ? -1 : a.desk > b.desk ? 1 : a.index - b.index);
  return [...entries.filter((entry) => entry.rank !== undefined).sort(isBefore),
    ...entries.filter((entry) => entry.rank === undefined)];
}
