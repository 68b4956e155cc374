// SPDX-License-Identifier: Apache-2.0
import { useId } from 'preact/hooks';
import { t } from '../i18n';

/** How far something is. `part` 0 to 1; undefined: not known. */
export function Progress({ label, part, words }: { label: string; part: number | undefined; words?: string }) {
  const id = useId();
  const percent = part === undefined ? undefined : Math.floor(Math.min(1, Math.max(0, part)) * 100);
  return (
    <div class="progress">
      <label for={id}>{label}</label>
      <progress id={id} max={100} value={percent} />
      <span class="digits">{words ?? (percent === undefined ? '' : t('ui.percent', { percent: String(percent) }))}</span>
    </div>
  );
}
