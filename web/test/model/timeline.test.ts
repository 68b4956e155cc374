// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut, moved, ticksOf, timeOf, wholeSpan, zoomed, type TimelineInput } from '../../src/model/timeline';

const at = (clock: string): string => `2026-11-20T${clock}:00Z`;
const ms = (clock: string): number => timeOf(at(clock)) ?? 0;

const input: TimelineInput = {
  messages: [
    { id: 's#1', author: 'south', kind: 'incident', sent: at('10:00') },
    { id: 'n#1', author: 'north', kind: 'ack', sent: at('10:30'), re: 's#1' },
    { id: 'n#2', author: 'north', kind: 'ack', sent: at('10:30'), re: 's#1' },
  ],
  duties: [
    { state: 'met', debtor: 'north', owe: ['ack'], start: at('10:00'), deadline: at('14:00'), answered: at('10:30') },
    { state: 'running', debtor: 'south', owe: ['ack'], start: at('10:10'), deadline: at('12:00') },
    { state: 'overdue', debtor: 'south', owe: ['ack'], start: at('10:10'), deadline: at('10:20') },
    { state: 'waiting', debtor: 'south', owe: ['ack'] },
    { state: 'met', late: true, debtor: 'north', owe: ['ack'], start: at('10:00'), deadline: at('10:05'), answered: at('10:06') },
  ],
  measures: [{ id: 'n#3', author: 'north', from: at('11:00') }],
  times: [at('09:00')],
  now: ms('11:00'),
};

test('the picture holds everything, deadlines that count and what was detected', () => {
  const span = wholeSpan(input);
  assert.ok(span.from < ms('09:00') && span.to > ms('12:00'));
  assert.ok(span.to < ms('13:00'), 'not the deadline of what was met');
  assert.ok(wholeSpan({ ...input, messages: [], duties: [], measures: [], times: [] }).to === input.now);
});

test('each desk has a lane; what would be covered gets a level of its own', () => {
  const { lanes, marks } = layOut(input, { from: ms('10:00'), to: ms('12:00') }, 1200);
  assert.deepEqual(
    lanes.map((lane) => lane.desk),
    ['south', 'north'],
  );
  assert.deepEqual(
    marks.map(({ id, lane, x, level }) => [id, lane, x, level]),
    [
      ['s#1', 0, 0, 0],
      ['n#1', 1, 300, 0],
      ['n#2', 1, 300, 1],
    ],
  );
  assert.equal(lanes[1]?.messageLevels, 2);
});

test('a clock ends with its answer, runs to its deadline, or beyond it to now', () => {
  const { clocks } = layOut(input, { from: ms('10:00'), to: ms('12:00') }, 120);
  const of = (at: number): unknown => {
    const bar = clocks.find((one) => one.of === input.duties[at]);
    return bar && [bar.look, bar.x, bar.width, bar.deadlineX];
  };
  assert.deepEqual(of(0), ['met', 0, 30, undefined]);
  assert.deepEqual(of(1), ['running', 10, 110, 120]);
  assert.deepEqual(of(2), ['overdue', 10, 50, 20]);
  assert.equal(of(3), undefined);
  assert.deepEqual(of(4), ['met-late', 0, 6, 5]);
});

test('what lies outside is left out, what goes on is cut', () => {
  const { clocks, marks } = layOut(input, { from: ms('10:15'), to: ms('10:25') }, 100);
  assert.equal(marks.length, 0);
  const running = clocks.find((bar) => bar.of === input.duties[1]);
  assert.ok(running?.isCutLeft && running.isCutRight && running.x === 0 && running.width === 100);
});

test('ticks are round UTC times and never crowd', () => {
  for (const hours of [0.02, 0.5, 3, 24, 24 * 9, 24 * 400]) {
    const span = { from: ms('09:07'), to: ms('09:07') + hours * 3600_000 };
    const ticks = ticksOf(span, 1000);
    assert.ok(ticks.length <= 12 && ticks.length >= 1, `${hours} h: ${ticks.length}`);
    for (const [i, tick] of ticks.entries()) {
      assert.equal(tick.time % 1000, 0);
      if (i > 0) assert.ok(tick.x - (ticks[i - 1]?.x ?? 0) >= 89.9);
    }
  }
});

test('the picture is never left by zooming or moving', () => {
  const whole = { from: 0, to: 1000 * 60_000 };
  const half = zoomed(whole, 0.5, whole);
  assert.deepEqual(half, { from: 250 * 60_000, to: 750 * 60_000 });
  assert.deepEqual(moved(half, 5, whole), { from: 500 * 60_000, to: 1000 * 60_000 });
  assert.deepEqual(moved(half, -5, whole), { from: 0, to: 500 * 60_000 });
  assert.deepEqual(zoomed(half, 4, whole), whole);
  assert.deepEqual(zoomed(half, 0.5, whole, 0), { from: 0, to: 250 * 60_000 });
  let span = whole;
  for (let i = 0; i < 40; i++) span = zoomed(span, 0.5, whole);
  assert.equal(span.to - span.from, 2 * 60_000);
});

test('bad times of a peer are no times', () => {
  for (const bad of ['', 'never', '2026-13-40T00:00:00Z', '2026-11-20', 'x'.repeat(9999)])
    assert.equal(timeOf(bad), undefined);
});
