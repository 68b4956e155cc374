// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n';

/** A fingerprint in its twelve groups of five digits, four in a row, to read out over the telephone. */
export function Fingerprint({ value }: { value: string }) {
  const groups = value.trim().split(/\s+/);
  return (
    <ol class="fingerprint" dir="ltr" aria-label={t('ui.fingerprint')}>
      {groups.map((group, i) => (
        <li key={i}>{group}</li>
      ))}
    </ol>
  );
}
