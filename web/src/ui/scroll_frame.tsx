// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A frame for what may be wider than the page. While it is, the keyboard reaches it and can scroll it. */
export function ScrollFrame({ label, children }: { label?: string; children: ComponentChildren }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const look = () => setWide(box.scrollWidth > box.clientWidth + 1);
    const observer = new ResizeObserver(look);
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={frame}
      class="table-frame"
      tabIndex={isWide ? 0 : undefined}
      role={isWide && label !== undefined ? 'group' : undefined}
      aria-label={isWide ? label : undefined}
    >
      {children}
    </div>
  );
}
