// SPDX-License-Identifier: Apache-2.0
// The keeper against a desk that answers late, not at all, or with somebody else's text. No clock is waited for: the
// test says when time passes and when the desk is back.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Draft, DraftMessage } from '../../src/types';
import { type Desk, Keeper, type Keeping, type Kept } from '../../src/pages/compose/keeper';

const text = (words: string, more = {}): DraftMessage => ({ kind: 'text', body: { language: 'en', text: words, ...more } });

class FakeDesk implements Desk {
  drafts = new Map<string, Draft>();
  isAway = false;
  /** the desk does what is asked, and its answer gets lost */
  losesAnswers = false;
  refuses: Error | undefined;
  writes = 0;
  private back: (() => void)[] = [];

  private enter(): void {
    if (this.isAway) throw new Error('away');
    if (this.refuses) throw this.refuses;
    this.writes++;
  }
  private leave(draft: Draft): Draft {
    if (this.losesAnswers) throw new Error('away');
    return structuredClone(draft);
  }
  put(id: string, message: DraftMessage, version: number, more: Partial<Draft> = {}): Draft {
    const time = '2026-11-21T09:14:07Z';
    const draft: Draft = { id, channel: 'c', channel_title: 'C', by: 'ann', created: time, changed: time, changed_by: 'ann', version, state: 'editing', message, attachments: [], approval: false, problems: [], ...more };
    this.drafts.set(id, draft);
    return draft;
  }
  get(id = 'd1'): Draft {
    const draft = this.drafts.get(id);
    assert.ok(draft);
    return draft;
  }
  async create(_channel: string, message: DraftMessage): Promise<Draft> {
    this.enter();
    return this.leave(this.put(`d${this.drafts.size + 1}`, message, 1));
  }
  async read(id: string): Promise<Draft> {
    this.enter();
    return this.leave(this.get(id));
  }
  async write(id: string, version: number, message: DraftMessage): Promise<Draft> {
    this.enter();
    if (this.get(id).version !== version) throw new Error('conflict');
    return this.leave(this.put(id, message, version + 1));
  }
  async find(_channel: string, message: DraftMessage): Promise<Draft | undefined> {
    this.enter();
    return [...this.drafts.values()].find((draft) => JSON.stringify(draft.message) === JSON.stringify(message));
  }
  judge(caught: unknown) {
    const words = (caught as Error).message;
    return words === 'away' ? 'away' : words === 'conflict' ? 'conflict' : 'refused';
  }
  comeBack(): Promise<void> {
    return new Promise((resolve) => this.back.push(resolve));
  }
  return(): void {
    this.isAway = false;
    this.losesAnswers = false;
    for (const run of this.back.splice(0)) run();
  }
  now = () => Date.parse('2026-11-21T09:14:07Z');
}

let desk: FakeDesk;
let held: Kept | undefined;
let shown: Keeping;
const local = { read: () => held, write: (kept: Kept | undefined) => void (held = kept) };
const open = (draft?: Draft, message = text('')) => new Keeper('c', draft?.message ?? message, desk, local, (now) => (shown = now), draft);
/** Time that passes when the test says so. Node's own mock of timers is another in each version. */
const timers = new Map<number, { at: number; run: () => void }>();
let time = 0;
let lastTimer = 0;
globalThis.setTimeout = ((run: () => void, ms: number) => {
  timers.set(++lastTimer, { at: time + ms, run });
  return lastTimer;
}) as never;
globalThis.clearTimeout = ((timer: number) => void timers.delete(timer)) as never;
function pass(ms: number): void {
  const end = time + ms;
  const next = () => [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
  for (let due = next(); due; due = next()) {
    timers.delete(due[0]);
    time = due[1].at;
    due[1].run();
  }
  time = end;
}

/** Lets all that can run by itself run. */
const settle = async () => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};
const rest = async () => {
  pass(1000);
  await settle();
};

beforeEach(() => {
  desk = new FakeDesk();
  held = undefined;
});

test('what is typed is on the desk after a rest, in one piece, and no more in the browser', async () => {
  const keeper = open();
  for (const words of ['H', 'He', 'Hello']) keeper.change(text(words));
  assert.equal(shown.state, 'unsaved');
  assert.equal(held?.message.body?.['text'], 'Hello', 'until then the browser keeps it');
  await rest();
  assert.equal(shown.state, 'saved');
  assert.equal(desk.get().message.body?.['text'], 'Hello');
  assert.equal(desk.drafts.size, 1);
  assert.equal(held, undefined);
});

test('what is typed while a save is on its way follows it', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  keeper.change(text('ab'));
  pass(1000);
  keeper.change(text('abc'));
  await rest();
  assert.equal(desk.get().message.body?.['text'], 'abc');
  assert.equal(shown.state, 'saved');
});

test('without the desk the text stays in the browser, and goes over when it is back', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  desk.isAway = true;
  keeper.change(text('ab'));
  await rest();
  assert.equal(shown.state, 'kept');
  assert.equal(held?.message.body?.['text'], 'ab');
  keeper.change(text('abc'));
  assert.equal(shown.state, 'kept');
  desk.return();
  await settle();
  assert.equal(shown.state, 'saved');
  assert.equal(desk.get().message.body?.['text'], 'abc');
  assert.equal(held, undefined);
});

test('an answer that gets lost makes no second draft and no conflict with oneself', async () => {
  const keeper = open();
  desk.losesAnswers = true;
  keeper.change(text('first'));
  await rest();
  assert.equal(shown.state, 'kept');
  keeper.change(text('first and more'));
  desk.return();
  await settle();
  await rest();
  assert.equal(desk.drafts.size, 1);
  assert.equal(desk.get().message.body?.['text'], 'first and more');
  desk.losesAnswers = true;
  keeper.change(text('second'));
  await rest();
  keeper.change(text('second and more'));
  desk.return();
  await settle();
  await rest();
  assert.equal(shown.conflict, undefined);
  assert.equal(shown.state, 'saved');
  assert.equal(desk.get().message.body?.['text'], 'second and more');
});

test("a colleague's change elsewhere in the draft is merged", async () => {
  const keeper = open(desk.put('d1', text('a', { subject: 's' }), 1));
  desk.put('d1', text('a', { subject: 'theirs' }), 2, { changed_by: 'bob' });
  keeper.change(text('mine', { subject: 's' }));
  await rest();
  assert.equal(shown.state, 'saved');
  assert.deepEqual(desk.get().message, text('mine', { subject: 'theirs' }));
});

test('two changes of one field are for a person, and nothing is written before', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  desk.put('d1', text('theirs'), 2, { changed_by: 'bob' });
  keeper.change(text('mine'));
  await rest();
  assert.equal(shown.state, 'conflict');
  assert.deepEqual(shown.conflict?.merged.conflicts, [{ field: 'body.text', mine: 'mine', theirs: 'theirs' }]);
  await assert.rejects(keeper.flush());
  assert.equal(desk.get().message.body?.['text'], 'theirs');
  keeper.choose({ 'body.text': 'mine' });
  await rest();
  assert.equal(desk.get().message.body?.['text'], 'mine');
  assert.equal(shown.state, 'saved');
});

test('a page opened again brings back what the browser held', async () => {
  desk.isAway = true;
  const before = open(desk.put('d1', text('a'), 1));
  before.change(text('typed'));
  await rest();
  before.close();
  assert.equal(held?.message.body?.['text'], 'typed');
  desk.return();
  open(desk.get());
  await rest();
  assert.equal(desk.get().message.body?.['text'], 'typed');
  assert.equal(held, undefined);
});

test('and merges it with what the desk has got meanwhile', async () => {
  held = { id: 'd1', channel: 'c', version: 1, base: text('a', { subject: 's' }), message: text('typed', { subject: 's' }), time: 0 };
  const keeper = open(desk.put('d1', text('a', { subject: 'theirs' }), 2));
  assert.deepEqual(keeper.snapshot().message, text('typed', { subject: 'theirs' }));
  await rest();
  assert.deepEqual(desk.get().message, text('typed', { subject: 'theirs' }));
});

test('a refused text stays in the browser with the reason', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  desk.refuses = new Error('too large');
  keeper.change(text('ab'));
  await rest();
  assert.equal(shown.state, 'refused');
  assert.equal((shown.problem as Error).message, 'too large');
  assert.equal(held?.message.body?.['text'], 'ab');
  await assert.rejects(keeper.flush(), /too large/);
});

test('a draft that was sent meanwhile takes no more text, and the text is not lost', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  desk.put('d1', text('a'), 2, { state: 'sent' });
  keeper.change(text('late'));
  await rest();
  assert.equal(shown.state, 'refused');
  assert.equal(held?.message.body?.['text'], 'late');
});

test('sending waits for what was typed last', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  keeper.change(text('last words'));
  const draft = await keeper.flush();
  assert.equal(draft.message.body?.['text'], 'last words');
  assert.equal(draft.version, 2);
});

test('a change taken back needs no save', async () => {
  const keeper = open(desk.put('d1', text('a'), 1));
  keeper.change(text('ab'));
  keeper.change(text('a'));
  await rest();
  assert.equal(desk.writes, 0);
  assert.equal(held, undefined);
  assert.equal(shown.state, 'saved');
});
