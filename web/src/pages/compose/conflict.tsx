// SPDX-License-Identifier: Apache-2.0
// Two have changed the same draft: both texts, field by field, and a choice for each. Nothing is thrown away unseen.
import { useState } from 'preact/hooks';
import { language, t } from '../../i18n';
import { textIn } from '../../model/catalogue';
import type { Json } from '../../types';
import { Button, ChoiceField, Dialog, Name, PeerText, TimeText } from '../../ui';
import type { FormKind } from './catalogue';
import type { Keeping } from './keeper';

const text = (value: Json | undefined): string =>
  value === undefined ? t('compose.conflict.empty') : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

export function ConflictDialog({
  conflict,
  kind,
  onChoose,
}: {
  conflict: NonNullable<Keeping['conflict']>;
  kind: FormKind | undefined;
  onChoose: (take: { [field: string]: 'mine' | 'theirs' }) => void;
}) {
  const [take, setTake] = useState<{ [field: string]: 'mine' | 'theirs' }>({});
  const { merged, theirs } = conflict;
  const label = (field: string) => {
    const name = field.replace(/^body\./, '');
    const found = field.startsWith('body.') ? kind?.fields.find((one) => one.name === name) : undefined;
    return found ? textIn(found.label, language.value) : t(`compose.${name}`);
  };
  const left = merged.conflicts.filter((one) => take[one.field] === undefined).length;
  return (
    <Dialog
      wide
      title={t('compose.conflict.title')}
      actions={
        <>
          <Button onClick={() => setTake(Object.fromEntries(merged.conflicts.map((one) => [one.field, 'mine'])))}>
            {t('compose.conflict.all_mine')}
          </Button>
          <Button onClick={() => setTake(Object.fromEntries(merged.conflicts.map((one) => [one.field, 'theirs'])))}>
            {t('compose.conflict.all_theirs')}
          </Button>
          <Button look="primary" aria-disabled={left > 0} onClick={() => left === 0 && onChoose(take)}>
            {t('compose.conflict.go_on')}
          </Button>
        </>
      }
    >
      <p>
        {t('compose.conflict.why')} <Name>{theirs.changed_by}</Name>, <TimeText time={theirs.changed} full alone />
      </p>
      {merged.conflicts.map((one) => (
        <div key={one.field} class="conflict">
          <div class="two">
            <div>
              <h3>{t('compose.conflict.mine')}</h3>
              <PeerText text={text(one.mine)} block />
            </div>
            <div>
              <h3>{t('compose.conflict.theirs')}</h3>
              <PeerText text={text(one.theirs)} block />
            </div>
          </div>
          <ChoiceField
            label={label(one.field)}
            value={take[one.field] ?? ''}
            onValue={(side) => setTake({ ...take, [one.field]: side as 'mine' | 'theirs' })}
            options={[
              { value: 'mine', label: t('compose.conflict.take_mine') },
              { value: 'theirs', label: t('compose.conflict.take_theirs') },
            ]}
          />
        </div>
      ))}
    </Dialog>
  );
}
