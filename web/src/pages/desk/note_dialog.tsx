// SPDX-License-Identifier: Apache-2.0
// Hands a signed text in: a card, a charter. It comes from a file or is pasted.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Button, Dialog, ProblemBox, TextAreaField } from '../../ui';
import { useAct } from './act';
import { FileButton } from './file_button';

interface Props {
  title: string;
  how: ComponentChildren;
  /** of the text */
  label: string;
  action: string;
  /** with a newline at its end, which signed texts have */
  send: (note: string) => Promise<void>;
  onClose: () => void;
}

export function NoteDialog({ title, how, label, action, send, onClose }: Props) {
  const [note, setNote] = useState('');
  const { busy, problem, run } = useAct();
  const isEmpty = note === '';
  return (
    <Dialog
      wide
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button
            look="primary"
            busy={busy}
            aria-disabled={isEmpty ? 'true' : undefined}
            onClick={isEmpty ? undefined : () => void run(() => send(note.endsWith('\n') ? note : `${note}\n`))}
          >
            {action}
          </Button>
        </>
      }
    >
      <ProblemBox problem={problem} />
      <p>{how}</p>
      <FileButton label={t('desk.file.choose')} onText={setNote} />
      <TextAreaField label={label} value={note} onValue={setNote} rows={10} class="note" dir="ltr" spellcheck={false} />
    </Dialog>
  );
}
