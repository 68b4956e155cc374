// SPDX-License-Identifier: Apache-2.0
// The list of a channel: as many rows as the channel has, drawn only where one looks. It opens at the newest; what
// comes while one reads further up is announced and does not move what is read.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { go, to } from '../../router';
import { Button, VirtualList } from '../../ui';
import type { ComponentChildren } from 'preact';

export interface ListItem {
  id: string;
  class?: string;
  cells: () => ComponentChildren;
}

/** The place at which each channel was left, for who comes back from a message. */
const left = new Map<string, string>();

const NARROW = '(max-width: 46rem)';

export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const look = () => setNarrow(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, []);
  return isNarrow;
}

export function MessageList({
  channel,
  label,
  header,
  count,
  item,
  waiting,
  find,
  onRange,
  onTop,
}: {
  channel: string;
  label: string;
  header: ComponentChildren;
  count: number;
  /** undefined: on its way */
  item: (index: number) => ListItem | undefined;
  waiting?: ComponentChildren;
  /** where a message stands now */
  find: (id: string) => number | undefined;
  onRange?: (from: number, till: number) => void;
  /** the beginning of what is here is in sight */
  onTop?: () => void;
}) {
  const isNarrow = useNarrow();
  const range = useRef<[number, number]>([0, 0]);
  const anchor = useRef<{ id: string; index: number }>();
  const shift = useRef(0);
  const isAtEnd = useRef(true);
  const seen = useRef(count);
  const [goal, setGoal] = useState<number>();
  const [, draw] = useState(0);

  // What is in sight keeps its place on the screen when rows come before it.
  const now = anchor.current && find(anchor.current.id);
  if (anchor.current && now !== undefined && now !== anchor.current.index) {
    shift.current += now - anchor.current.index;
    seen.current += now - anchor.current.index;
    anchor.current = { ...anchor.current, index: now };
  }
  if (isAtEnd.current || seen.current > count) seen.current = count;
  const news = count - seen.current;

  const look = useCallback(
    (from: number, till: number) => {
      range.current = [from, till];
      const middle = Math.floor((from + till) / 2);
      const held = item(middle);
      anchor.current = held && { id: held.id, index: middle };
      const wasAtEnd = isAtEnd.current;
      isAtEnd.current = till >= count;
      if (isAtEnd.current) seen.current = count;
      if (wasAtEnd !== isAtEnd.current) draw((n) => n + 1);
      onRange?.(from, till);
      if (from === 0) onTop?.();
    },
    [item, count, onRange, onTop],
  );

  // Back from a message: to where one was.
  const isPlaced = useRef(false);
  useEffect(() => {
    if (isPlaced.current || count === 0) return;
    isPlaced.current = true;
    const before = left.get(channel);
    const at = before === undefined ? undefined : find(before);
    if (at !== undefined) setGoal(at);
  }, [count > 0]);

  const open = (index: number) => {
    const one = item(index);
    if (!one) return;
    left.set(channel, one.id);
    go(to.message(channel, one.id));
  };

  return (
    <div class="message-list" onClick={(event) => {
      const at = (event.target as Element).closest('a.title')?.closest('[data-index]')?.getAttribute('data-index');
      const one = at === null || at === undefined ? undefined : item(Number(at));
      if (one) left.set(channel, one.id);
    }}>
      <VirtualList
        label={label}
        count={count}
        rowHeight={isNarrow ? 60 : 32}
        header={isNarrow ? undefined : header}
        row={(index) => item(index)?.cells() ?? waiting}
        rowKey={(index) => item(index)?.id ?? `at-${index}`}
        rowClass={(index) => item(index)?.class}
        onOpen={open}
        onRange={look}
        goTo={goal}
        shift={shift.current}
        stickToEnd
      />
      <div role="status" class="news">
        {news > 0 && (
          <Button look="primary" icon="down" onClick={() => setGoal(count - 1)}>
            {t('channel.new', { n: news })}
          </Button>
        )}
      </div>
    </div>
  );
}
