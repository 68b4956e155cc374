// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import type { Tlp as TlpValue } from '../types';
import { t } from '../i18n';
import { cx } from './classes';
import { Icon, type IconName } from './icon';

export type Tone = 'bad' | 'warn' | 'good' | 'info' | 'plain';

export function Badge({ tone = 'plain', icon, children }: { tone?: Tone; icon?: IconName; children: ComponentChildren }) {
  return (
    <span class={cx('badge', tone)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </span>
  );
}

/** The Traffic Light Protocol's label, in its own colours (FIRST, TLP 2.0). */
export function Tlp({ value }: { value: TlpValue | undefined }) {
  if (!value) return null;
  const name = value.toLowerCase().replace('+', '-');
  return (
    <span class={`tlp ${name}`} dir="ltr" title={t(`tlp.${name}`)}>
      TLP:{value}
    </span>
  );
}
