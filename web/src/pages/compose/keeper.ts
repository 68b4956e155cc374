// SPDX-License-Identifier: Apache-2.0
// Keeps a draft on the desk as it is typed, so that no text is ever lost. What the desk does not hold yet is kept in
// this browser, and merged when both can talk again. Knows no page and no network: both are handed in.
import type { Draft, DraftMessage } from '../../types';
import { isSame } from './check';
import { merge, settle, type Merged } from './merge';

/** What this browser holds until the desk does. */
export interface Kept {
  id?: string;
  channel: string;
  version: number;
  /** what the desk had when this was typed */
  base: DraftMessage;
  message: DraftMessage;
  /** milliseconds */
  time: number;
}
export interface Local {
  read: () => Kept | undefined;
  /** Undefined: the desk holds all. */
  write: (kept: Kept | undefined) => void;
}
export interface Desk {
  create: (channel: string, message: DraftMessage) => Promise<Draft>;
  read: (id: string) => Promise<Draft>;
  write: (id: string, version: number, message: DraftMessage) => Promise<Draft>;
  /** the draft that a lost answer was about, if it was made */
  find: (channel: string, message: DraftMessage) => Promise<Draft | undefined>;
  /** what went wrong: no answer, somebody else was first, or refused */
  judge: (caught: unknown) => 'away' | 'conflict' | 'refused';
  /** resolves when it is worth trying again */
  comeBack: (attempt: number) => Promise<void>;
  now: () => number;
}

/**
 * empty: nothing typed yet · saved: the desk holds it · unsaved: typed just now · saving · kept: only in this browser,
 * the desk does not answer · conflict: a person must choose · refused: the desk doesn't take it, `problem` says why
 */
export type KeepState = 'empty' | 'saved' | 'unsaved' | 'saving' | 'kept' | 'conflict' | 'refused';

export interface Keeping {
  state: KeepState;
  message: DraftMessage;
  draft?: Draft;
  /** when the desk has last said that it holds the text; milliseconds */
  savedAt?: number;
  conflict?: { merged: Merged; theirs: Draft };
  problem?: unknown;
}

export const isOpen = (draft: Draft) => draft.state === 'editing' || draft.state === 'returned';

/** The draft was sent, discarded or handed to the approver meanwhile. */
export class Closed extends Error {}

const REST_MS = 600;

export class Keeper {
  private state: KeepState;
  /** the desk's text on which the own one stands */
  private base: DraftMessage;
  /** what was typed when the desk last took it; it may write the same in another order */
  private taken: DraftMessage | undefined;
  private draft: Draft | undefined;
  private savedAt: number | undefined;
  private conflict: Keeping['conflict'];
  private problem: unknown;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  /** what was on its way when an answer was lost */
  private sent: DraftMessage | undefined;
  private closed = false;

  constructor(
    private channel: string,
    private message: DraftMessage,
    private readonly desk: Desk,
    private readonly local: Local,
    private readonly tell: (now: Keeping) => void,
    draft?: Draft,
  ) {
    this.draft = draft;
    this.base = draft?.message ?? message;
    this.taken = draft?.message;
    this.state = draft ? 'saved' : 'empty';
    this.savedAt = draft && Date.parse(draft.changed);
    const kept = local.read();
    if (kept) this.bringBack(kept);
  }

  /** Text of before in this browser that the desk has not got. */
  private bringBack(kept: Kept): void {
    if (!this.draft) {
      this.message = kept.message;
      this.channel = kept.channel;
    } else if (kept.version === this.draft.version) {
      this.message = kept.message;
    } else if (isSame(kept.message as never, this.draft.message as never)) {
      this.local.write(undefined);
      return;
    } else {
      this.join(kept.base, kept.message, this.draft);
    }
    if (this.state !== 'conflict') this.touch();
  }

  snapshot(): Keeping {
    const { state, message, draft, savedAt, conflict, problem } = this;
    return { state, message, draft, savedAt, conflict, problem };
  }

  private announce(state?: KeepState): void {
    if (state) this.state = state;
    if (!this.closed) this.tell(this.snapshot());
  }

  private writeLocal(): void {
    this.local.write({
      id: this.draft?.id,
      channel: this.channel,
      version: this.draft?.version ?? 0,
      base: this.base,
      message: this.message,
      time: this.desk.now(),
    });
  }

  private get isDirty(): boolean {
    return !this.draft || !isSame(this.message as never, this.taken as never);
  }

  private touch(): void {
    this.writeLocal();
    if (this.state !== 'saving' && this.state !== 'kept') this.state = 'unsaved';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), REST_MS);
  }

  /** What stands in the form now. */
  change(message: DraftMessage): void {
    this.message = message;
    if (this.state === 'conflict') {
      this.writeLocal();
      this.announce();
      return;
    }
    if (this.draft && !this.isDirty && !this.running) {
      clearTimeout(this.timer);
      this.local.write(undefined);
      this.announce('saved');
      return;
    }
    this.touch();
    this.announce();
  }

  /** Another state of the draft than the one held: an attachment came, it was sent. */
  take(draft: Draft): void {
    // While a save is on its way, its answer or its conflict tells what the desk holds.
    if (this.running || this.conflict || (this.draft && draft.version < this.draft.version)) return;
    const typed = this.isDirty ? this.message : undefined;
    if (typed === undefined || isSame(draft.message as never, this.base as never)) {
      this.base = draft.message;
      this.taken = draft.message;
      if (typed === undefined) this.message = draft.message;
      this.draft = draft;
    } else this.join(this.base, typed, draft);
    this.announce();
  }

  /** Brings the own text and a newer draft of the desk together. */
  private join(base: DraftMessage, mine: DraftMessage, theirs: Draft): void {
    const isOwnLost = this.sent !== undefined && isSame(this.sent as never, theirs.message as never);
    const merged = isOwnLost ? { message: mine, conflicts: [] } : merge(base, mine, theirs.message);
    this.sent = undefined;
    this.draft = theirs;
    this.base = theirs.message;
    this.taken = theirs.message;
    this.message = merged.message;
    if (merged.conflicts.length > 0) {
      this.conflict = { merged, theirs };
      this.state = 'conflict';
      this.writeLocal();
    }
  }

  /** A person has chosen, field by field. */
  choose(take: { [field: string]: 'mine' | 'theirs' }): void {
    if (!this.conflict) return;
    this.message = settle({ ...this.conflict.merged, message: this.message }, take);
    this.conflict = undefined;
    this.state = 'unsaved';
    this.touch();
    this.announce();
  }

  private async save(): Promise<void> {
    if (this.running) return this.running;
    if (this.state === 'conflict' || this.closed) return;
    this.running = this.saveAll().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async saveAll(): Promise<void> {
    for (let attempt = 0; this.isDirty && !this.closed; ) {
      const message = this.message;
      if (this.state !== 'kept') this.announce('saving');
      try {
        await this.saveOnce(message);
        attempt = 0;
      } catch (caught) {
        const verdict = this.desk.judge(caught);
        if (verdict === 'away') {
          this.sent ??= message;
          this.announce('kept');
          await this.desk.comeBack(attempt++);
          continue;
        }
        if (verdict === 'conflict' && this.draft) {
          if (await this.fetchAndJoin(this.draft.id)) continue;
          return;
        }
        this.problem = caught;
        this.announce('refused');
        return;
      }
    }
    if (this.isDirty) return;
    clearTimeout(this.timer);
    this.local.write(undefined);
    this.announce('saved');
  }

  private async saveOnce(message: DraftMessage): Promise<void> {
    let draft: Draft | undefined;
    let taken = message;
    if (this.draft) draft = await this.desk.write(this.draft.id, this.draft.version, message);
    else {
      if (this.sent) {
        draft = await this.desk.find(this.channel, this.sent);
        taken = draft?.message ?? message;
      }
      draft ??= await this.desk.create(this.channel, message);
    }
    this.draft = draft;
    this.base = draft.message;
    this.taken = taken;
    this.sent = undefined;
    this.problem = undefined;
    this.savedAt = this.desk.now();
    if (this.isDirty) this.writeLocal();
  }

  /** True when saving can go on. */
  private async fetchAndJoin(id: string): Promise<boolean> {
    for (let attempt = 0; !this.closed; ) {
      try {
        const theirs = await this.desk.read(id);
        if (!isOpen(theirs)) {
          this.draft = theirs;
          this.problem = new Closed();
          this.announce('refused');
          return false;
        }
        this.join(this.base, this.message, theirs);
        this.announce();
        return this.state !== ('conflict' as KeepState);
      } catch (caught) {
        if (this.desk.judge(caught) !== 'away') {
          this.problem = caught;
          this.announce('refused');
          return false;
        }
        this.announce('kept');
        await this.desk.comeBack(attempt++);
      }
    }
    return false;
  }

  /** Has the desk all that was typed? Waits for it; fails when the desk refuses or a person must choose. */
  async flush(): Promise<Draft> {
    clearTimeout(this.timer);
    await this.save();
    if (this.isDirty && this.state !== 'conflict' && this.state !== 'refused') await this.save();
    if (this.state === 'refused') throw this.problem;
    if (this.state === 'conflict' || !this.draft || this.isDirty) throw new Error('conflict');
    return this.draft;
  }

  /** The draft is no more (sent, discarded): nothing is to be kept. */
  forget(): void {
    clearTimeout(this.timer);
    this.closed = true;
    this.local.write(undefined);
  }

  /** The page goes away. What the desk has not got stays in this browser. */
  close(): void {
    clearTimeout(this.timer);
    if (this.isDirty && this.state !== 'empty') this.writeLocal();
    this.closed = true;
  }
}
