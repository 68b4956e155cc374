// SPDX-License-Identifier: Apache-2.0
// A button that opens a list of things to do. Arrow keys, Home, End, Escape; a click elsewhere closes.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button } from './button';
import { cx } from './classes';
import { Icon, type IconName } from './icon';

export interface MenuItem {
  label: string;
  onSelect: () => void;
  /** one of several: is it the chosen one? */
  checked?: boolean;
  danger?: boolean;
}

export function Menu({
  label,
  icon = 'down',
  bare,
  items,
  look = 'quiet',
}: {
  label: ComponentChildren;
  icon?: IconName;
  bare?: boolean;
  items: MenuItem[];
  look?: 'quiet';
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const entries = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
  const opener = () => root.current?.querySelector<HTMLElement>('button');

  useEffect(() => {
    if (!isOpen) return;
    entries()[0]?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    opener()?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (!isOpen) {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        setOpen(true);
      }
      return;
    }
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next: { [key: string]: number } = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const goal = next[event.key];
    if (event.key === 'Escape') close();
    else if (goal !== undefined) all[goal]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu" ref={root} onKeyDown={keys}>
      <Button
        look={look}
        icon={icon}
        bare={bare}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </Button>
      {isOpen && (
        <div role="menu" id={id} class="menu-list">
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              tabIndex={-1}
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              class={cx(item.danger && 'danger')}
              onClick={() => {
                close();
                item.onSelect();
              }}
            >
              <span class="mark">{item.checked && <Icon name="check" />}</span>
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
