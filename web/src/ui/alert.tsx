// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import type { Problem } from '../api';
import { t } from '../i18n';
import { Button } from './button';
import { Icon, type IconName } from './icon';
import { PeerText } from './peer_text';

const icons: { [tone: string]: IconName } = { bad: 'triangle', warn: 'triangle', good: 'check', info: 'ring' };

/** A box that says something. `live`: it appears while somebody works, and is read out. */
export function Alert({
  tone = 'info',
  live,
  children,
}: {
  tone?: 'bad' | 'warn' | 'good' | 'info';
  live?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class={`alert ${tone}`} role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      <Icon name={icons[tone] ?? 'ring'} />
      <div>{children}</div>
    </div>
  );
}

/** What the desk refused and why, with all fields it names. */
export function ProblemBox({ problem, onAgain }: { problem: Problem | undefined; onAgain?: () => void }) {
  if (!problem) return null;
  return (
    <Alert tone="bad" live>
      {problem.own && <p>{problem.own}</p>}
      <p class={problem.own && 'small'}>
        <PeerText text={problem.detail} lang={problem.own && 'en'} />
      </p>
      {problem.fields.length > 0 && (
        <ul>
          {problem.fields.map((field) => (
            <li key={field.field}>
              <code>{field.field}</code> <PeerText text={field.why} />
            </li>
          ))}
        </ul>
      )}
      {onAgain && <Button onClick={onAgain}>{t('ui.again')}</Button>}
    </Alert>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      {t('ui.loading')}
    </p>
  );
}
