// SPDX-License-Identifier: Apache-2.0
// The alarm: sound, the window's title and, where allowed, a notification, again and again until a named person takes
// each item. One item can be muted for a while; there is no switch for all. The sound is made here, by an oscillator:
// it needs no file and no network. A browser that forbids sound before a click is named loudly.
import { post } from './api';
import { Cell } from './cell';
import { lostSince } from './connection';
import { t } from './i18n';
import { changed } from './live';
import { loginNeeded } from './session';
import { now, parse } from './time';
import { alarmTitle } from './title';
import type { Alarm } from './types';

const REPEAT_S = 15;
const NOTIFY_AGAIN_S = 300;
/** How long the desk may be out of reach before that is an alarm itself. */
const BLIND_AFTER_MS = 30_000;
const BLIND_REPEAT_S = 60;

/** All alarms as last read. */
export const alarms = new Cell<Alarm[]>([]);
/** The browser lets no sound out of any tab of this console. */
export const soundBlocked = new Cell(false);

/** Does it call? Not when somebody has taken it, nor while it is muted. */
export function isRinging(alarm: Alarm, at = now()): boolean {
  if (alarm.taken) return false;
  const muted = parse(alarm.muted?.until);
  return muted === undefined || muted <= at;
}
export const ringing = (list: Alarm[], at = now()) => list.filter((alarm) => isRinging(alarm, at));

const gravest = new Set(['overdue', 'fork', 'frozen', 'failed']);
export const isGrave = (alarm: Alarm) => gravest.has(alarm.what);

/** Calls first, the grave before the others, then by time; what is taken or muted below. */
export const inOrder = (list: Alarm[], at = now()) =>
  [...list].sort(
    (a, b) =>
      Number(isRinging(b, at)) - Number(isRinging(a, at)) ||
      Number(isGrave(b)) - Number(isGrave(a)) ||
      (a.until ?? a.since).localeCompare(b.until ?? b.since),
  );

async function act(alarm: Alarm, what: string, body?: { minutes: number }): Promise<void> {
  await post(`/api/alarms/${encodeURIComponent(alarm.id)}/${what}`, body);
  changed('alarm');
}
export const take = (alarm: Alarm) => act(alarm, 'take');
export const mute = (alarm: Alarm, minutes: number) => act(alarm, 'mute', { minutes });
export const unmute = (alarm: Alarm) => act(alarm, 'unmute');

// Sound

let audio: AudioContext | undefined;
const isAudible = () => audio?.state === 'running';

/** One tone with soft edges, so that the loudspeaker does not click. */
function tone(context: AudioContext, hz: number, from: number, length: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = 'triangle';
  oscillator.frequency.value = hz;
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(0.6, from + 0.02);
  gain.gain.setValueAtTime(0.6, from + length - 0.04);
  gain.gain.linearRampToValueAtTime(0, from + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + length);
}

/** Three pairs of tones; what is grave falls faster and deeper. */
function ring(isUrgent: boolean): void {
  if (!audio || !isAudible()) return;
  const step = isUrgent ? 0.22 : 0.34;
  for (let pair = 0; pair < 3; pair++) {
    const from = audio.currentTime + 0.05 + pair * step * 2.6;
    tone(audio, isUrgent ? 988 : 784, from, step);
    tone(audio, isUrgent ? 659 : 622, from + step, step);
  }
}

/** For the person who wants to hear whether the loudspeaker is on. */
export async function trySound(): Promise<boolean> {
  await unlock();
  ring(false);
  return isAudible();
}

let hasTurn = false;
/** Only one tab of a browser sounds: the first whose sound is not blocked. */
function takeTurn(): void {
  if (!('locks' in navigator)) {
    hasTurn = true;
    return;
  }
  void navigator.locks.request('aldis-sound', () => {
    hasTurn = true;
    return new Promise<never>(() => undefined);
  });
}

let askedTurn = false;
/** What follows from whether sound comes out now. A slow machine may begin long after it was asked to. */
async function settle(): Promise<void> {
  if (isAudible() && !askedTurn) {
    askedTurn = true;
    takeTurn();
  }
  await findBlocked();
}

function openAudio(): AudioContext {
  const context = new AudioContext();
  context.addEventListener('statechange', () => void settle());
  return context;
}

async function unlock(): Promise<void> {
  try {
    audio ??= openAudio();
    if (!isAudible()) {
      // Without a click before, this promise may wait for ever.
      await Promise.race([audio.resume(), new Promise((resolve) => setTimeout(resolve, 400))]);
    }
  } catch {
    // a machine without sound: named as blocked
  }
  await settle();
}

async function findBlocked(): Promise<void> {
  if (isAudible()) return soundBlocked.set(false);
  try {
    const held = (await navigator.locks.query()).held ?? [];
    soundBlocked.set(!held.some((lock) => lock.name === 'aldis-sound'));
  } catch {
    soundBlocked.set(true);
  }
}

// Notification

export const notifications = new Cell<NotificationPermission | 'none'>(
  'Notification' in window ? Notification.permission : 'none',
);
export async function askNotifications(): Promise<void> {
  notifications.set(await Notification.requestPermission());
}

let notifiedAt = 0;
let shown: Notification | undefined;
/** Says how many, nothing of what: it may be seen on a locked screen. */
function notify(count: number, isNew: boolean): void {
  if (notifications.value !== 'granted') return;
  if (!isNew && Date.now() - notifiedAt < NOTIFY_AGAIN_S * 1000) return;
  notifiedAt = Date.now();
  try {
    shown?.close();
    shown = new Notification(t('alarm.title', { n: count }), { tag: 'aldis-alarm', requireInteraction: true });
    shown.onclick = () => {
      window.focus();
      shown?.close();
    };
  } catch {
    // some browsers allow it to workers only
  }
}

/** No alarm can come here: the session has ended, or the desk has been out of reach for a while. */
export const isBlind = (at = Date.now()) =>
  loginNeeded.value || (lostSince.value !== undefined && at - lostSince.value > BLIND_AFTER_MS);

let nextBlindRing = 0;
/** An alarm that can't reach its people must not be silent about it. */
function tellBlind(): void {
  alarmTitle.set(`⚠ ${t('alarm.blind')}`);
  if (!hasTurn || Date.now() < nextBlindRing) return;
  nextBlindRing = Date.now() + BLIND_REPEAT_S * 1000;
  ring(false);
}

let seen = new Set<string>();
let nextRing = 0;
function beat(): void {
  if (isBlind()) return tellBlind();
  nextBlindRing = 0;
  const list = ringing(alarms.value);
  alarmTitle.set(list.length > 0 ? `⚠ ${t('alarm.title', { n: list.length })}` : '');
  const isNew = list.some((alarm) => !seen.has(alarm.id));
  seen = new Set(list.map((alarm) => alarm.id));
  if (list.length === 0) {
    shown?.close();
    shown = undefined;
    nextRing = 0;
    return;
  }
  if (!hasTurn) return;
  notify(list.length, isNew);
  if (isNew || Date.now() >= nextRing) {
    nextRing = Date.now() + REPEAT_S * 1000;
    ring(list.some(isGrave));
  }
}

let started = false;
/** Starts to call on this browser. For people who can do something about it. */
export function startAlarm(): void {
  if (started) return;
  started = true;
  void unlock();
  const gesture = () => {
    if (!isAudible()) void unlock();
  };
  // At the end of a gesture: the notice goes, and what is below it would move away from under the pointer.
  for (const type of ['click', 'keyup']) addEventListener(type, gesture, { capture: true });
  alarms.follow(beat);
  // Browsers slow timers of hidden tabs down to one a second or a minute: each beat looks at the clock.
  setInterval(beat, 1000);
  setInterval(() => void findBlocked(), 5000);
}
