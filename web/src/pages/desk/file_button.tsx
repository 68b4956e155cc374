// SPDX-License-Identifier: Apache-2.0
import { useId } from 'preact/hooks';
import { t } from '../../i18n';
import { toast } from '../../ui';

const LARGEST = 2 << 20;

/** Chooses a text file and hands its text on. */
export function FileButton({ label, onText }: { label: string; onText: (text: string, name: string) => void }) {
  const id = useId();
  const take = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    input.value = '';
    if (!file) return;
    if (file.size > LARGEST) return toast(t('desk.file.large'), 'bad');
    onText(await file.text(), file.name);
  };
  return (
    <div class="file-button">
      <label for={id}>{label}</label>
      <input id={id} type="file" onChange={(event) => void take(event.currentTarget)} />
    </div>
  );
}
