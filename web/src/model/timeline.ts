// SPDX-License-Identifier: Apache-2.0
/**
 * The picture of one incident as numbers: where each message, clock and measure stands.
 * Time runs along x in pixels; lanes are rows, counted from 0. Draws nothing and knows no
 * colour.
 */

export interface TimelineMessage {
  readonly id: string;
  readonly author: string;
  readonly kind: string;
  readonly sent: string;
  readonly re?: string | undefined;
}

export interface TimelineDuty {
  readonly state: string;
  readonly debtor: string;
  readonly question?: string | undefined;
  readonly start?: string | undefined;
  readonly deadline?: string | undefined;
  readonly answered?: string | undefined;
  readonly late?: boolean | undefined;
  readonly owe: readonly string[];
}

export interface TimelineMeasure {
  readonly id: string;
  readonly author: string;
  readonly from: string;
  readonly until?: string | undefined;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Mark {
  readonly id: string;
  readonly lane: number;
  readonly x: number;
  /** 0, 1, 2 … where marks of a lane would cover one another */
  readonly level: number;
}

export type ClockLook = 'running' | 'met' | 'met-late' | 'overdue' | 'waiting' | 'ended';

export interface Bar<T> {
  readonly of: T;
  readonly lane: number;
  readonly level: number;
  readonly x: number;
  readonly width: number;
  /** where the deadline stands, when it is on the picture */
  readonly deadlineX: number | undefined;
  readonly look: ClockLook;
  /** it goes on behind the edge of the picture */
  readonly isCutLeft: boolean;
  readonly isCutRight: boolean;
}

export interface MeasureBar {
  readonly of: TimelineMeasure;
  readonly lane: number;
  readonly level: number;
  readonly x: number;
  readonly width: number;
}

export interface Tick {
  readonly x: number;
  readonly time: number;
  /** a new UTC day begins here, or it is the first tick */
  readonly isDay: boolean;
  readonly unit: 'second' | 'minute' | 'day';
}

export interface Lane {
  readonly desk: string;
  /** rows that its messages, measures and clocks take */
  readonly messageLevels: number;
  readonly measureLevels: number;
  readonly clockLevels: number;
}

export interface Timeline {
  readonly span: Span;
  readonly lanes: readonly Lane[];
  readonly marks: readonly Mark[];
  readonly links: readonly { readonly from: Mark; readonly to: Mark }[];
  readonly clocks: readonly Bar<TimelineDuty>[];
  readonly measures: readonly MeasureBar[];
  readonly ticks: readonly Tick[];
}

export interface TimelineInput {
  readonly messages: readonly TimelineMessage[];
  readonly duties: readonly TimelineDuty[];
  readonly measures: readonly TimelineMeasure[];
  /** other times to be on the picture: detected, began, ended */
  readonly times: readonly string[];
  readonly now: number;
}

const MARK_PX = 18;
const BAR_GAP_PX = 4;
const BAR_MIN_PX = 3;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SPAN_MIN = 10 * MINUTE;

/** Milliseconds of a time of the record; undefined when it is none. */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

export function lookOf(duty: TimelineDuty): ClockLook {
  if (duty.state === 'met') return duty.late === true ? 'met-late' : 'met';
  if (duty.state === 'running' || duty.state === 'held') return 'running';
  if (duty.state === 'overdue') return 'overdue';
  return duty.state === 'waiting' ? 'waiting' : 'ended';
}

/** From when to when a clock is drawn: it ends with its answer, else runs to the later of now and deadline. */
function clockSpan(duty: TimelineDuty, now: number): Span | undefined {
  const from = timeOf(duty.start);
  const deadline = timeOf(duty.deadline);
  if (from === undefined) return undefined;
  const answered = timeOf(duty.answered);
  if (answered !== undefined) return { from, to: Math.max(from, answered) };
  if (duty.state === 'overdue') return { from, to: Math.max(now, deadline ?? from) };
  return { from, to: Math.max(from, deadline ?? now) };
}

/** All that the picture has to hold, with a little room at both ends. */
export function wholeSpan(input: TimelineInput): Span {
  const times: number[] = [];
  const add = (time: number | undefined): void => {
    if (time !== undefined) times.push(time);
  };
  for (const message of input.messages) add(timeOf(message.sent));
  for (const duty of input.duties) {
    const span = clockSpan(duty, input.now);
    add(span?.from);
    add(span?.to);
    // Of a clock that has ended the deadline may lie far off, and matters no more.
    if (duty.state !== 'met') add(timeOf(duty.deadline));
  }
  for (const measure of input.measures) add(timeOf(measure.from));
  for (const time of input.times) add(timeOf(time));
  if (times.length === 0) return { from: input.now - HOUR, to: input.now };
  const from = times.reduce((a, b) => Math.min(a, b));
  const to = times.reduce((a, b) => Math.max(a, b));
  const room = Math.max((to - from) * 0.03, (SPAN_MIN - (to - from)) / 2);
  return { from: from - room, to: to + room };
}

const STEPS: readonly (readonly [number, Tick['unit']])[] = [
  ...[1, 5, 15, 30].map((n) => [n * 1000, 'second'] as const),
  ...[1, 5, 15, 30].map((n) => [n * MINUTE, 'minute'] as const),
  ...[1, 3, 6, 12].map((n) => [n * HOUR, 'minute'] as const),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => [n * DAY, 'day'] as const),
];

/** Round UTC times, at least `gap` pixels apart. */
export function ticksOf(span: Span, width: number, gap = 90): readonly Tick[] {
  const perPixel = (span.to - span.from) / width;
  const [step, unit] = STEPS.find(([size]) => size / perPixel >= gap) ?? [365 * DAY, 'day'];
  const ticks: Tick[] = [];
  for (let time = Math.ceil(span.from / step) * step; time <= span.to; time += step)
    ticks.push({
      x: (time - span.from) / perPixel,
      time,
      unit,
      isDay: ticks.length === 0 || unit === 'day' || time % DAY === 0,
    });
  return ticks;
}

/** Gives each interval the first level on which it covers no other. */
class Levels {
  private readonly ends: number[] = [];

  get count(): number {
    return this.ends.length;
  }

  place(from: number, to: number): number {
    let level = this.ends.findIndex((end) => end <= from);
    if (level < 0) level = this.ends.length;
    this.ends[level] = to;
    return level;
  }
}

interface LaneLevels {
  readonly messages: Levels;
  readonly measures: Levels;
  readonly clocks: Levels;
}

function byFirst<T>(items: readonly T[], time: (item: T) => number | undefined): readonly T[] {
  return items
    .filter((item) => time(item) !== undefined)
    .sort((a, b) => (time(a) ?? 0) - (time(b) ?? 0));
}

export function layOut(input: TimelineInput, span: Span, width: number): Timeline {
  const scale = width / (span.to - span.from);
  const xOf = (time: number): number => (time - span.from) * scale;
  const desks = [
    ...new Set([
      ...input.messages.map((message) => message.author),
      ...input.duties.map((duty) => duty.debtor),
      ...input.measures.map((measure) => measure.author),
    ]),
  ];
  const levels: LaneLevels[] = desks.map(() => ({
    messages: new Levels(),
    measures: new Levels(),
    clocks: new Levels(),
  }));
  const isOn = (time: number): boolean => time >= span.from && time <= span.to;

  const marks: Mark[] = [];
  for (const message of byFirst(input.messages, (one) => timeOf(one.sent))) {
    const time = timeOf(message.sent) ?? 0;
    const lane = desks.indexOf(message.author);
    const at = levels[lane];
    if (!isOn(time) || at === undefined) continue;
    const x = xOf(time);
    const level = at.messages.place(x - MARK_PX / 2, x + MARK_PX / 2);
    marks.push({ id: message.id, lane, x, level });
  }

  const byId = new Map(marks.map((mark) => [mark.id, mark]));
  const links = input.messages.flatMap((message) => {
    const to = byId.get(message.id);
    const from = message.re === undefined ? undefined : byId.get(message.re);
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });

  const place = (
    from: number,
    to: number,
    on: Levels,
  ): { level: number; x: number; width: number } | undefined => {
    if (to < span.from || from > span.to) return undefined;
    const x = Math.max(0, xOf(from));
    const end = Math.max(Math.min(width, xOf(to)), x + BAR_MIN_PX);
    return { x, width: end - x, level: on.place(x, end + BAR_GAP_PX) };
  };

  const clocks: Bar<TimelineDuty>[] = [];
  for (const duty of byFirst(input.duties, (one) => timeOf(one.start))) {
    const drawn = clockSpan(duty, input.now);
    const lane = desks.indexOf(duty.debtor);
    const at = levels[lane];
    const bar = drawn && at && place(drawn.from, drawn.to, at.clocks);
    if (drawn === undefined || bar === undefined) continue;
    const deadline = timeOf(duty.deadline);
    clocks.push({
      of: duty,
      lane,
      ...bar,
      deadlineX: deadline !== undefined && isOn(deadline) ? xOf(deadline) : undefined,
      look: lookOf(duty),
      isCutLeft: drawn.from < span.from,
      isCutRight: drawn.to > span.to,
    });
  }

  const measures: MeasureBar[] = [];
  for (const measure of byFirst(input.measures, (one) => timeOf(one.from))) {
    const from = timeOf(measure.from) ?? 0;
    const lane = desks.indexOf(measure.author);
    const at = levels[lane];
    const bar = at && place(from, timeOf(measure.until) ?? from, at.measures);
    if (bar !== undefined) measures.push({ of: measure, lane, ...bar });
  }

  return {
    span,
    lanes: desks.map((desk, lane) => ({
      desk,
      messageLevels: Math.max(1, levels[lane]?.messages.count ?? 0),
      measureLevels: levels[lane]?.measures.count ?? 0,
      clockLevels: levels[lane]?.clocks.count ?? 0,
    })),
    marks,
    links,
    clocks,
    measures,
    ticks: ticksOf(span, width),
  };
}

/* ---- zoom ---- */

/** So much of the time around `middle`, never less than two minutes. */
export function zoomed(
  span: Span,
  factor: number,
  whole: Span,
  middle = (span.from + span.to) / 2,
): Span {
  const half = Math.max(MINUTE, ((span.to - span.from) * factor) / 2);
  if (half * 2 >= whole.to - whole.from) return whole;
  return within({ from: middle - half, to: middle + half }, whole);
}

/** Moved by a part of its length, kept on the whole picture. */
export function moved(span: Span, part: number, whole: Span): Span {
  const by = (span.to - span.from) * part;
  return within({ from: span.from + by, to: span.to + by }, whole);
}

function within(span: Span, whole: Span): Span {
  const length = span.to - span.from;
  const from = Math.min(Math.max(span.from, whole.from), Math.max(whole.from, whole.to - length));
  return { from, to: from + length };
}
