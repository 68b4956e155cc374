// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n';
import { ago, hasOwnZone, localShort, parse, secondsTill, timeLeft, useTick, utcFull, utcShort } from '../time';
import type { TimeOrNever } from '../types';
import { cx } from './classes';
import { Icon } from './icon';

/** A time, UTC first and the reader's own second. `full`: date and seconds. `alone`: UTC only, in tight columns. */
export function TimeText({ time, full, alone }: { time: TimeOrNever | undefined; full?: boolean; alone?: boolean }) {
  const ms = parse(time);
  if (ms === undefined) return <span class="time never">{t('time.never')}</span>;
  const own = hasOwnZone() && !alone;
  return (
    <time class="time" dateTime={time} title={`${utcFull(ms)} · ${localShort(ms)}`}>
      <bdi>{full ? utcFull(ms) : utcShort(ms)}</bdi>
      {own && <bdi class="own">{localShort(ms)}</bdi>}
    </time>
  );
}

/** How long ago, ticking. */
export function Ago({ time }: { time: TimeOrNever | undefined }) {
  const at = useTick(10);
  const ms = parse(time);
  return (
    <time class="time" dateTime={ms === undefined ? undefined : time} title={ms === undefined ? undefined : `${utcFull(ms)} · ${localShort(ms)}`}>
      {ago(time, at)}
    </time>
  );
}

/**
 * How long is left till a deadline, ticking each second, with the deadline's hour. `start` makes it say when the last
 * quarter (at least 10 minutes) has begun.
 */
export function TimeLeft({
  deadline,
  start,
  short,
}: {
  deadline: string | undefined;
  start?: string;
  /** without the deadline's hour */
  short?: boolean;
}) {
  const at = useTick();
  const end = parse(deadline);
  if (end === undefined) return null;
  const left = secondsTill(end, at);
  const whole = start === undefined ? 0 : (end - (parse(start) ?? end)) / 1000;
  const isNear = left >= 0 && left <= Math.max(whole / 4, 600);
  return (
    <span class={cx('clock', left < 0 && 'bad', isNear && 'warn')}>
      <span class="left">
        <Icon name={left < 0 ? 'triangle' : 'clock'} /> {timeLeft(end, at)}
      </span>
      {!short && <TimeText time={deadline} />}
    </span>
  );
}
