// SPDX-License-Identifier: Apache-2.0
// The joint order of spec/record.md as far as a release shows it: by rank, desk, index; the rank of an entry is above
// those of the entry before it in its log and of the last entry of each log that its `seen` names. Before the first entry
// of a successor stands the last that its desk wrote before. What is withheld counts as sent with the entry before,
// naming nothing; what is named beyond the release is passed over. src/release/reader.c gives the same order.

function rankAll(logs) {
  const heads = logs.map((log) => ({ log, ranks: [], sent: 0, waiting: [] })); // waiting: heads for entries of this log
  const byDesk = new Map();
  for (const head of heads) {
    const { desk } = head.log;
    head.before = byDesk.get(desk)?.findLast(({ log }) => log.size > 0);
    byDesk.set(desk, [...(byDesk.get(desk) ?? []), head]);
  }
  const findHead = (desk, index) =>
    byDesk.get(desk)?.find(({ log }) => index >= log.from && index - log.from < log.size);

  // The next entry of a log: what it stands behind, of which nothing was looked at yet.
  function begin(head) {
    const entry = head.log.entries[head.ranks.length];
    head.named = head.ranks.length === 0 && head.before !== undefined ? [{ other: head.before, size: head.before.log.size }] : [];
    for (const [desk, { size }] of Object.entries(entry.envelope?.seen ?? {})) {
      const other = desk === head.log.desk ? undefined : findHead(desk, size - 1);
      if (other !== undefined) head.named.push({ other, size: size - other.log.from });
    }
    if (entry.envelope !== undefined) head.sent = Date.parse(entry.envelope.sent);
    head.rank = Math.max(head.sent, (head.ranks.at(-1) ?? -1) + 1);
  }

  // Looks on from where it stood. False: one of those named has no rank yet; it waits there.
  function place(head) {
    if (head.named === undefined) begin(head);
    for (; head.named.length > 0; head.named.pop()) {
      const { other, size } = head.named.at(-1);
      if (other.ranks.length < size) {
        other.waiting.push({ head, size });
        return false;
      }
      head.rank = Math.max(head.rank, other.ranks[size - 1] + 1);
    }
    head.named = undefined;
    head.log.entries[head.ranks.length].rank = head.rank;
    head.ranks.push(head.rank);
    return true;
  }

  const ready = [...heads];
  for (let head = ready.pop(); head !== undefined; head = ready.pop())
    while (head.ranks.length < head.log.size && place(head)) {
      const { length } = head.ranks;
      ready.push(...head.waiting.filter(({ size }) => size <= length).map((one) => one.head));
      if (head.waiting.length > 0) head.waiting = head.waiting.filter(({ size }) => size > length);
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
