// SPDX-License-Identifier: Apache-2.0
/**
 * The rows of a channel as a list is scrolled through them. Two ways: pages by position for
 * the whole record, where every position is known and any can be opened at once; and rows
 * gathered from the newest backwards, where a filter leaves gaps. Neither fetches: they
 * say what lacks, and are told what came.
 *
 * Positions move when an entry arrives late and is placed before others, so nothing here
 * takes a position for a name: rows are the same when their ids are.
 */

export interface Placed {
  readonly id: string;
  readonly position: number;
}

/** Pages of a dense list, the least recently looked at dropped first. */
export class PageCache<T> {
  private readonly pages = new Map<number, { rows: readonly T[]; isStale: boolean }>();
  private readonly asked = new Set<number>();
  total = 0;

  constructor(
    readonly pageSize = 200,
    private readonly pagesMax = 50,
  ) {}

  get(position: number): T | undefined {
    return this.pages.get(Math.floor(position / this.pageSize))?.rows[position % this.pageSize];
  }

  /**
   * The pages to fetch so that first…last (both included) can be shown as they are now;
   * they count as asked for until they come or fail.
   */
  need(first: number, last: number): readonly number[] {
    const from = Math.floor(Math.max(0, first) / this.pageSize);
    const to = Math.floor(Math.min(last, Math.max(0, this.total - 1)) / this.pageSize);
    const wanted: number[] = [];
    for (let page = from; page <= to; page++) {
      const held = this.pages.get(page);
      if (held !== undefined) {
        this.pages.delete(page);
        this.pages.set(page, held);
      }
      if (this.asked.has(page) || (held !== undefined && !held.isStale)) continue;
      this.asked.add(page);
      wanted.push(page);
    }
    return wanted;
  }

  put(page: number, rows: readonly T[], total: number): void {
    this.asked.delete(page);
    this.total = total;
    const full = Math.min(this.pageSize, Math.max(0, total - page * this.pageSize));
    this.pages.delete(page);
    this.pages.set(page, { rows, isStale: rows.length < full });
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= this.pagesMax) break;
      this.pages.delete(oldest);
    }
  }

  fail(page: number): void {
    this.asked.delete(page);
  }

  /** Something changed: what is held is shown on, and fetched again when it is needed. */
  age(): void {
    for (const page of this.pages.values()) page.isStale = true;
    this.asked.clear();
  }

  /** Where a row stands now, as far as what is held tells. */
  find(isIt: (row: T) => boolean): number | undefined {
    for (const [page, held] of this.pages) {
      const at = held.rows.findIndex(isIt);
      if (at >= 0) return page * this.pageSize + at;
    }
    return undefined;
  }
}

export interface Merged {
  /** rows that were not there before and stand behind all that were */
  readonly appended: number;
  /** something came between older rows, or more than the page: all has to be read again */
  readonly isShifted: boolean;
}

/** Rows from the newest backwards, oldest first in the list. */
export class GatheredRows<T extends Placed> {
  private list: readonly T[] = [];
  /** the position before which older rows are asked for; undefined for the newest */
  before: number | undefined;
  /** false once the first entry of the channel was reached */
  hasMore = true;

  get rows(): readonly T[] {
    return this.list;
  }

  /** A page, which may be empty; `previous`: where the one in front of it ends, if there is one. */
  addOlder(rows: readonly T[], previous: number | undefined): void {
    const known = new Set(this.list.map((row) => row.id));
    this.list = [...rows.filter((row) => !known.has(row.id)), ...this.list];
    this.before = previous;
    this.hasMore = previous !== undefined;
  }

  /** A page that was read again, without gaps of its own: replaces what it covers. */
  merge(page: readonly T[]): Merged {
    const old = new Map(this.list.map((row, at) => [row.id, at]));
    const lastOld = this.list.at(-1);
    const first = page[0];
    if (first === undefined) return { appended: 0, isShifted: false };
    const fresh = new Map(page.map((row) => [row.id, row]));
    const known = page.find((row) => old.has(row.id));
    if (known === undefined && lastOld !== undefined) return { appended: 0, isShifted: true };
    const before = known === undefined ? undefined : this.list[old.get(known.id) ?? -1];
    const isShifted =
      known !== undefined && before !== undefined && known.position !== before.position;
    const kept = this.list.filter((row) => !fresh.has(row.id));
    const at = lastOld === undefined ? -1 : page.findIndex((row) => row.id === lastOld.id);
    this.list = [...kept, ...page].sort((a, b) => a.position - b.position);
    return {
      appended: page.slice(at + 1).filter((row) => !old.has(row.id)).length,
      isShifted,
    };
  }
}

/* ---- threads ---- */

export interface Answering {
  readonly id: string;
  readonly re?: string | undefined;
}

export interface ThreadRow<T> {
  readonly row: T;
  readonly depth: number;
  /** how many rows hang on this one, at any depth */
  readonly below: number;
  /** the id of the first message of its thread */
  readonly root: string;
  readonly isCollapsed: boolean;
}

interface Node<T> {
  readonly row: T;
  readonly children: Node<T>[];
  below: number;
  last: number;
}

/** Nodes whose `re` is not among the rows are roots; a ring of answers can't be signed. */
function forest<T extends Answering>(rows: readonly T[]): Node<T>[] {
  const nodes = new Map<string, Node<T>>();
  const roots: Node<T>[] = [];
  const parents = new Map<Node<T>, Node<T>>();
  rows.forEach((row, at) => {
    const node: Node<T> = { row, children: [], below: 0, last: at };
    const parent = row.re === undefined ? undefined : nodes.get(row.re);
    nodes.set(row.id, node);
    if (parent === undefined) {
      roots.push(node);
      return;
    }
    parent.children.push(node);
    parents.set(node, parent);
    for (let up: Node<T> | undefined = parent; up !== undefined; up = parents.get(up)) {
      up.below++;
      up.last = at;
    }
  });
  return roots;
}

/**
 * Rows put under what they answer; threads in the order of their last row, so that what
 * moves is at the end as in the joint order. `rows` stand in that order, so an answer
 * comes behind what it answers.
 */
export function threads<T extends Answering>(
  rows: readonly T[],
  collapsed: ReadonlySet<string>,
): readonly ThreadRow<T>[] {
  const out: ThreadRow<T>[] = [];
  const roots = forest(rows).sort((a, b) => a.last - b.last);
  for (const root of roots) {
    const stack: { node: Node<T>; depth: number }[] = [{ node: root, depth: 0 }];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      const { node, depth } = one;
      const isCollapsed = node.below > 0 && collapsed.has(node.row.id);
      out.push({ row: node.row, depth, below: node.below, root: root.row.id, isCollapsed });
      if (isCollapsed) continue;
      for (let i = node.children.length - 1; i >= 0; i--) {
        const child = node.children[i];
        if (child !== undefined) stack.push({ node: child, depth: depth + 1 });
      }
    }
  }
  return out;
}

/** How deep each row stands under others of the list, in the list's own order. */
export function depths<T extends Answering>(rows: readonly T[]): readonly number[] {
  const known = new Map<string, number>();
  return rows.map((row) => {
    const parent = row.re === undefined ? undefined : known.get(row.re);
    const depth = parent === undefined ? 0 : parent + 1;
    known.set(row.id, depth);
    return depth;
  });
}

/* ---- what is looked for among rows that are here ---- */

/** Words that all stand in the text, in any case and with or without accents. */
export function finder(query: string): (text: string) => boolean {
  const plain = (text: string): string =>
    text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
  const words = plain(query).split(/\s+/).filter((word) => word !== '');
  return (text) => {
    const said = plain(text);
    return words.every((word) => said.includes(word));
  };
}
