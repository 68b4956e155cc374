// SPDX-License-Identifier: Apache-2.0
// A modal dialog: the browser's own, so that all behind it is out of reach for keyboard and screen reader, Escape
// closes and the focus returns to where it was. Tab goes round inside.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from './button';
import { cx } from './classes';

const reachable = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"]';

export function Dialog({
  title,
  onClose,
  children,
  actions,
  wide,
}: {
  title: ComponentChildren;
  /** Escape and the cross. Absent: this one can't be passed over */
  onClose?: () => void;
  children: ComponentChildren;
  /** buttons below */
  actions?: ComponentChildren;
  wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const before = document.activeElement;
    const box = dialog.current;
    box?.showModal();
    const find = (what: string) => box?.querySelector<HTMLElement>(what);
    (find('[data-autofocus]') ?? find('.content :is(input:not(:read-only), select, textarea)'))?.focus();
    return () => {
      // As long as it is open nothing behind it can take the focus.
      box?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  const stay = (event: KeyboardEvent) => {
    if (event.key !== 'Tab') return;
    const all = [...(dialog.current?.querySelectorAll<HTMLElement>(reachable) ?? [])].filter((e) => e.offsetParent);
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0])?.focus();
  };

  return (
    <dialog
      ref={dialog}
      class={cx('dialog', wide && 'wide')}
      aria-labelledby={id}
      onKeyDown={stay}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header>
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {onClose && (
          <Button look="quiet" icon="cross" bare onClick={onClose}>
            {t('ui.close')}
          </Button>
        )}
      </header>
      <div class="content">{children}</div>
      {actions && <footer>{actions}</footer>}
    </dialog>
  );
}

/** Asks before something that can't be taken back. */
export function Confirm({
  title,
  children,
  action,
  danger,
  busy,
  onConfirm,
  onClose,
}: {
  title: ComponentChildren;
  children: ComponentChildren;
  /** the verb on the button */
  action: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
