// SPDX-License-Identifier: Apache-2.0
// Short words about what was done. Good news goes by itself after a while; bad news stays until it is closed.
import { Cell, useCell } from '../cell';
import { t } from '../i18n';
import { Button } from './button';
import { Icon } from './icon';

interface Entry {
  id: number;
  words: string;
  tone: 'good' | 'bad';
}
const entries = new Cell<Entry[]>([]);
let next = 1;

const drop = (id: number) => entries.set(entries.value.filter((entry) => entry.id !== id));

export function toast(words: string, tone: 'good' | 'bad' = 'good'): void {
  const id = next++;
  entries.set([...entries.value.slice(-4), { id, words, tone }]);
  if (tone === 'good') setTimeout(() => drop(id), 6000);
}

export function Toasts() {
  const shown = useCell(entries);
  const list = (tone: Entry['tone']) =>
    shown
      .filter((entry) => entry.tone === tone)
      .map((entry) => (
        <div key={entry.id} class={`toast ${tone}`}>
          <Icon name={tone === 'good' ? 'check' : 'triangle'} />
          <span>{entry.words}</span>
          <Button look="quiet" icon="cross" bare onClick={() => drop(entry.id)}>
            {t('ui.close')}
          </Button>
        </div>
      ));
  return (
    <div class="toasts">
      <div role="status">{list('good')}</div>
      <div role="alert">{list('bad')}</div>
    </div>
  );
}
