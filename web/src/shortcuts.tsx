// SPDX-License-Identifier: Apache-2.0
// Keys that work everywhere. They rest while somebody types or a dialog is open. Pages add their own with useKey.
import { useEffect, useRef } from 'preact/hooks';
import { Cell, useCell } from './cell';
import { t } from './i18n';
import { go, to } from './router';
import { hasPage } from './routes';
import { Dialog } from './ui/dialog';

type Run = () => void;
const own = new Map<string, Run[]>();
export const helpShown = new Cell(false);

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.tagName === 'TEXTAREA' ||
    target.tagName === 'SELECT' ||
    (target.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes((target as HTMLInputElement).type)));

/** While the component is there, the key (one character, not in a field) runs `run`. The newest wins. */
export function useKey(key: string, run: Run): void {
  const newest = useRef(run);
  newest.current = run;
  useEffect(() => {
    const call = () => newest.current();
    own.set(key, [...(own.get(key) ?? []), call]);
    return () => {
      own.set(
        key,
        (own.get(key) ?? []).filter((other) => other !== call),
      );
    };
  }, [key]);
}

/** Puts the focus on the page's first filter, first row, next or previous row. */
function focusFilter(): boolean {
  const filter = document.querySelector<HTMLElement>('main [data-filter]');
  filter?.focus();
  return filter !== null;
}
function focusRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter((row) => row.offsetParent);
  const at = rows.indexOf(document.activeElement?.closest<HTMLElement>('[data-row]') as HTMLElement);
  // In a long list the row that one left, not the one that happens to be drawn first.
  const first = rows[0]?.closest('.virtual') ? rows.find((row) => row.tabIndex === 0) : rows[0];
  const next = at < 0 ? first : rows[at + step];
  next?.focus();
  return next !== undefined;
}

const goes: { [key: string]: [page: string, run: Run] } = {
  n: ['now', () => go(to.now)],
  c: [
    'channel',
    () => {
      const links = [...document.querySelectorAll<HTMLAnchorElement>('nav [data-channel]')];
      const at = links.findIndex((link) => link.getAttribute('aria-current') === 'page');
      const next = links[(at + 1) % links.length];
      if (next) go(next.pathname);
    },
  ],
  i: ['incidents', () => go(to.incidents)],
  p: ['pledges', () => go(to.pledges)],
  d: ['drafts', () => go(to.drafts)],
  h: ['handover', () => go(to.handover)],
  k: ['desk', () => go(to.desk)],
  u: ['audit', () => go(to.audit)],
};

let waitsForGo = 0;

export function startShortcuts(): void {
  // What follows g is taken before a list can take it for a movement.
  addEventListener(
    'keydown',
    (event) => {
      const isGo = Date.now() - waitsForGo < 1500;
      waitsForGo = 0;
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
      const found = isGo && isPlain ? goes[event.key] : undefined;
      if (!found || !hasPage(found[0])) return;
      event.preventDefault();
      event.stopPropagation();
      found[1]();
    },
    { capture: true },
  );
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const pageOwn = own.get(event.key)?.at(-1);
    if (pageOwn) pageOwn();
    else if (event.key === 'g') waitsForGo = Date.now();
    else if (event.key === '?') helpShown.set(true);
    else if (event.key === 'c' && hasPage('compose')) go(to.compose());
    else if (event.key === '/' && focusFilter()) void 0;
    else if (event.key === 'j' && focusRow(1)) void 0;
    else if (event.key === 'k' && focusRow(-1)) void 0;
    else return;
    event.preventDefault();
  });
}

const list: [keys: string, page: string | undefined][] = [
  ['g n', 'now'],
  ['g c', 'channel'],
  ['g i', 'incidents'],
  ['g p', 'pledges'],
  ['g d', 'drafts'],
  ['g h', 'handover'],
  ['g k', 'desk'],
  ['g u', 'audit'],
  ['c', 'compose'],
  ['a', undefined],
  ['j', undefined],
  ['k', undefined],
  ['Enter', undefined],
  ['/', undefined],
  ['?', undefined],
];

export function ShortcutsHelp() {
  if (!useCell(helpShown)) return null;
  return (
    <Dialog title={t('keys.title')} onClose={() => helpShown.set(false)}>
      <dl class="keys">
        {list
          .filter(([, page]) => page === undefined || hasPage(page))
          .map(([keys]) => (
            <div key={keys}>
              <dt dir="ltr">
                {keys.split(' ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{t(`keys.${keys.replace(' ', '_')}`)}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}
