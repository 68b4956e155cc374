// SPDX-License-Identifier: Apache-2.0
// Files of the person's own: dropped into a frame or chosen by a button. What becomes of them is the page's.
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Button } from './button';
import { cx } from './classes';

type Take = (files: File[]) => void;

/** A frame that takes files which are dropped on it. `field`: as problems name it. */
export function DropArea({ onFiles, field, children }: { onFiles: Take; field?: string; children: ComponentChildren }) {
  const [isOver, setOver] = useState(false);
  return (
    <div
      class={cx('files', isOver && 'over')}
      data-field={field}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {children}
    </div>
  );
}

/** Asks the browser for files, one or several. */
export function FilesButton({
  label,
  onFiles,
  ...rest
}: { label: string; onFiles: Take } & Omit<Parameters<typeof Button>[0], 'children' | 'onClick'>) {
  const input = useRef<HTMLInputElement>(null);
  const take = (event: JSX.TargetedEvent<HTMLInputElement>) => {
    const chosen = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = ''; // the same ones may be chosen again
    onFiles(chosen);
  };
  return (
    <>
      <Button {...rest} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input ref={input} type="file" multiple hidden tabIndex={-1} aria-label={label} onChange={take} />
    </>
  );
}
