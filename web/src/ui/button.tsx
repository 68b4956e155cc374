// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { cx } from './classes';
import { Icon, type IconName } from './icon';

interface Look {
  /** primary: the one thing to do here; danger: can't be taken back; quiet: in rows */
  look?: 'primary' | 'danger' | 'quiet';
  icon?: IconName;
  /** only the icon is seen; the children are its name */
  bare?: boolean;
  children: ComponentChildren;
}

export function Button({
  look,
  icon,
  bare,
  busy,
  children,
  class: more,
  ...rest
}: Look & { busy?: boolean } & JSX.IntrinsicElements['button']) {
  // A busy button stays focusable: disabling it would throw the keyboard back to the top of the page.
  const click = busy ? (event: Event) => event.preventDefault() : rest.onClick;
  return (
    <button
      type="button"
      {...rest}
      onClick={click as JSX.MouseEventHandler<HTMLButtonElement>}
      class={cx('button', look, bare && 'bare', more as string)}
      aria-busy={busy ? 'true' : undefined}
      aria-disabled={busy ? 'true' : rest['aria-disabled']}
    >
      {icon && <Icon name={icon} />}
      <span class={bare ? 'unseen' : undefined}>{children}</span>
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  to,
  look,
  icon,
  bare,
  children,
  class: more,
  ...rest
}: Look & { to: string } & Omit<JSX.IntrinsicElements['a'], 'href'>) {
  return (
    <a {...rest} href={to} class={cx('button', look, bare && 'bare', more as string)}>
      {icon && <Icon name={icon} />}
      <span class={bare ? 'unseen' : undefined}>{children}</span>
    </a>
  );
}

/** Copies `text`. Where the browser forbids it, says so. */
export function CopyButton({ text, children }: { text: string; children?: ComponentChildren }) {
  const [said, setSaid] = useState<string>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(t('ui.copied'));
    } catch {
      setSaid(t('ui.copy_failed'));
    }
    setTimeout(() => setSaid(undefined), 3000);
  };
  return (
    <span class="copy">
      <Button look="quiet" icon="copy" onClick={() => void copy()}>
        {children ?? t('ui.copy')}
      </Button>
      <span role="status">{said}</span>
    </span>
  );
}
