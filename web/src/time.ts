// SPDX-License-Identifier: Apache-2.0
// Times for people: UTC first, the reader's own zone second, deadlines with the hour. Counts against the
// desk's clock, not the browser's.
import { useEffect, useState } from 'preact/hooks';
import { locale, t } from './i18n';
import type { TimeOrNever } from './types';

let ahead = 0; // milliseconds by which the desk's clock is ahead of the browser's

/** Takes the desk's time of an answer that came just now. */
export function setClock(deskTime: string): void {
  const ms = Date.parse(deskTime);
  if (!Number.isNaN(ms)) {
    const found = ms - Date.now();
    // The desk tells whole seconds: less than that is no difference.
    if (Math.abs(found - ahead) > 1500) ahead = found;
  }
}

/** Now, by the desk's clock, in milliseconds. */
export const now = () => Date.now() + ahead;
export const nowText = () => toText(now());
export const toText = (ms: number) => new Date(ms).toISOString().slice(0, 19) + 'Z';

export const parse = (time: TimeOrNever | undefined): number | undefined => {
  if (time === undefined || time === 'never') return undefined;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
};

/** "2026-11-20 23:49:00 UTC" */
export const utcFull = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';

/** "23:49 UTC", with the day when it is another than today's: "20 Nov 23:49 UTC", "20 Nov 2025 23:49 UTC" */
export function utcShort(ms: number, at = now()): string {
  const iso = new Date(ms).toISOString();
  const today = new Date(at).toISOString();
  const clock = `${iso.slice(11, 16)} UTC`;
  if (iso.slice(0, 10) === today.slice(0, 10)) return clock;
  const day = new Intl.DateTimeFormat(locale(), {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(iso.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' }),
  }).format(ms);
  return `${day} ${clock}`;
}

/** The same in the reader's zone: "06:49 WIB", with the day when it is another than in UTC. */
export function localShort(ms: number, zone?: string): string {
  const parts = new Intl.DateTimeFormat(locale(), {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(ms);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  const clock = `${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
  if (Number(part('day')) === new Date(ms).getUTCDate()) return clock;
  const day = new Intl.DateTimeFormat(locale(), { timeZone: zone, day: 'numeric', month: 'short' }).format(ms);
  return `${day} ${clock}`;
}

/** Is the reader's own zone another than UTC now? */
export const hasOwnZone = () => new Date(now()).getTimezoneOffset() !== 0;

const two = (n: number) => String(n).padStart(2, '0');

/** A length of time: "2 d 03 h", "1 h 05 min", "4 min 09 s", "12 s". Rounded down. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return t('time.s', { s: String(s) });
  if (s < 3600) return t('time.min_s', { min: String(Math.floor(s / 60)), s: two(s % 60) });
  if (s < 86400) return t('time.h_min', { h: String(Math.floor(s / 3600)), min: two(Math.floor((s % 3600) / 60)) });
  return t('time.d_h', { d: String(Math.floor(s / 86400)), h: two(Math.floor((s % 86400) / 3600)) });
}

/** Seconds from now till then; negative when it is over. */
export const secondsTill = (ms: number, at = now()) => Math.floor((ms - at) / 1000);

/** "1 h 05 min left" or "overdue by 3 min 20 s" */
export function timeLeft(ms: number, at = now()): string {
  const left = secondsTill(ms, at);
  return left >= 0 ? t('time.left', { span: span(left) }) : t('time.over', { span: span(-left) });
}

/** "3 min 05 s ago"; "never" */
export function ago(time: TimeOrNever | undefined, at = now()): string {
  const ms = parse(time);
  if (ms === undefined) return t('time.never');
  const s = Math.floor((at - ms) / 1000);
  if (s < 0) return utcShort(ms, at);
  if (s < 5) return t('time.just_now');
  return t('time.ago', { span: span(s) });
}

// One timer ticks for all clocks on the page.
const tickers = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
function tick(): void {
  for (const ticker of [...tickers]) ticker();
  timer = tickers.size > 0 ? setTimeout(tick, 1000 - (now() % 1000)) : undefined;
}

/** Draws the component anew every `every` seconds and gives the desk's time in milliseconds. */
export function useTick(every = 1): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const ticker = () => {
      const ms = now();
      if (every === 1 || Math.floor(ms / 1000) % every === 0) setAt(ms);
    };
    tickers.add(ticker);
    timer ??= setTimeout(tick, 1000 - (now() % 1000));
    return () => {
      tickers.delete(ticker);
    };
  }, [every]);
  return at;
}
