// SPDX-License-Identifier: Apache-2.0
// A list of any length, of which only the rows in sight are drawn. All rows are equally high. A grid for screen
// readers: aria-rowcount says how many there are, each row its place. Keys: arrows or j/k, Page Up/Down, Home, End,
// Enter opens. The row with the focus stays drawn wherever one scrolls, so that the focus is never lost.
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { cx } from './classes';

const BEYOND = 8; // rows drawn above and below what is seen

/** A cell of a row. */
export function GridCell({ children, class: more, isHead }: { children?: ComponentChildren; class?: string; isHead?: boolean }) {
  return (
    <div role={isHead ? 'columnheader' : 'gridcell'} class={cx('cell', more)}>
      {children}
    </div>
  );
}

function Positioned({
  top,
  index,
  isActive,
  children,
  onKeyDown,
  onFocus,
  onDblClick,
  class: more,
  rowIndex,
}: {
  top: number;
  index: number;
  rowIndex: number;
  isActive: boolean;
  children: ComponentChildren;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: () => void;
  onDblClick: () => void;
  class?: string;
}) {
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => row.current?.style.setProperty('transform', `translateY(${top}px)`), [top]);
  return (
    <div
      ref={row}
      role="row"
      aria-rowindex={rowIndex}
      class={cx('row', more)}
      tabIndex={isActive ? 0 : -1}
      data-index={index}
      data-row=""
      onKeyDown={onKeyDown}
      onFocusIn={onFocus}
      onDblClick={onDblClick}
    >
      {children}
    </div>
  );
}

export function VirtualList({
  label,
  count,
  rowHeight = 32,
  header,
  row,
  rowKey,
  rowClass,
  onOpen,
  onRange,
  goTo,
  shift = 0,
  stickToEnd,
  class: more,
}: {
  /** what the list lists, for screen readers */
  label: string;
  count: number;
  rowHeight?: number;
  /** cells of the head */
  header?: ComponentChildren;
  /** cells of a row; for one not loaded yet cells that say so */
  row: (index: number) => ComponentChildren;
  rowKey?: (index: number) => string;
  rowClass?: (index: number) => string | undefined;
  onOpen?: (index: number) => void;
  /** the rows that are drawn now, [from, till): load these */
  onRange?: (from: number, till: number) => void;
  /** scrolls there and makes it the active row when it changes */
  goTo?: number;
  /** how many rows were put before those in sight since the list is there: what is read stays where it is */
  shift?: number;
  /** begin at the end, and stay there when rows are added while it is in sight */
  stickToEnd?: boolean;
  class?: string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const spacer = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  // undefined: nobody has been in the list yet; the row to begin with is the one that is seen first.
  const [active, setActive] = useState<number>();
  const wantFocus = useRef(false);
  const atEnd = useRef(stickToEnd ?? false);

  const look = useCallback(() => {
    const box = frame.current;
    if (!box) return;
    atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
    setView((last) =>
      last.top === box.scrollTop && last.height === box.clientHeight
        ? last
        : { top: box.scrollTop, height: box.clientHeight },
    );
  }, []);

  useLayoutEffect(() => {
    spacer.current?.style.setProperty('block-size', `${count * rowHeight}px`);
    if (stickToEnd && atEnd.current && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
    look();
  }, [count, rowHeight, stickToEnd, look]);

  const shifted = useRef(shift);
  useLayoutEffect(() => {
    const by = shift - shifted.current;
    shifted.current = shift;
    if (by === 0 || !frame.current) return;
    frame.current.scrollTop += by * rowHeight;
    setActive((index) => (index === undefined ? undefined : Math.max(0, index + by)));
    look();
  }, [shift, rowHeight, look]);

  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const observer = new ResizeObserver(() => {
      if (stickToEnd && atEnd.current) box.scrollTop = box.scrollHeight;
      look();
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [look, stickToEnd]);

  const show = useCallback(
    (index: number) => {
      const box = frame.current;
      if (!box) return;
      const head = box.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
      const top = index * rowHeight;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + rowHeight + head > box.scrollTop + box.clientHeight)
        box.scrollTop = top + rowHeight + head - box.clientHeight;
      look();
    },
    [rowHeight, look],
  );

  useEffect(() => {
    if (goTo === undefined || goTo < 0 || goTo >= count) return;
    atEnd.current = false;
    setActive(goTo);
    show(goTo);
  }, [goTo, show]);

  const from = Math.max(0, Math.floor(view.top / rowHeight) - BEYOND);
  const till = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + BEYOND);
  useEffect(() => onRange?.(from, till), [from, till, onRange]);

  useLayoutEffect(() => {
    if (!wantFocus.current) return;
    wantFocus.current = false;
    frame.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus({ preventScroll: true });
  }, [active, from, till]);

  const keys = (event: KeyboardEvent, index: number) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2);
    const goal = {
      ArrowDown: index + 1,
      j: index + 1,
      ArrowUp: index - 1,
      k: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (event.key === 'Enter') onOpen?.(index);
    else if (goal !== undefined) {
      const next = Math.min(count - 1, Math.max(0, goal));
      wantFocus.current = true;
      show(next);
      setActive(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const chosen = Math.min(active ?? (stickToEnd ? count : 0), Math.max(0, count - 1));
  const indexes = Array.from({ length: Math.max(0, till - from) }, (_, i) => from + i);
  if (count > 0 && (chosen < from || chosen >= till)) indexes.push(chosen);
  const first = header === undefined ? 1 : 2;

  return (
    <div
      ref={frame}
      role="grid"
      aria-label={label}
      aria-rowcount={count + first - 1}
      aria-readonly="true"
      class={cx('virtual', more)}
      onScroll={look}
    >
      {header !== undefined && (
        <div role="rowgroup" class="head">
          <div role="row" aria-rowindex={1} class="row">
            {header}
          </div>
        </div>
      )}
      <div role="rowgroup" ref={spacer} class="spacer">
        {indexes.map((index) => (
          <Positioned
            key={rowKey?.(index) ?? index}
            top={index * rowHeight}
            index={index}
            rowIndex={index + first}
            isActive={index === chosen}
            class={rowClass?.(index)}
            onKeyDown={(event) => keys(event, index)}
            onFocus={() => setActive(index)}
            onDblClick={() => onOpen?.(index)}
          >
            {row(index)}
          </Positioned>
        ))}
      </div>
    </div>
  );
}
