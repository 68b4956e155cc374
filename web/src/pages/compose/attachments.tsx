// SPDX-License-Identifier: Apache-2.0
// Files that go with the message: dropped or chosen, kept on the desk as soon as they are there.
import { useRef, useState } from 'preact/hooks';
import { asProblem, post, upload } from '../../api';
import { num, t } from '../../i18n';
import type { Draft, DraftAttachment } from '../../types';
import { Alert, Button, DropArea, FilesButton, Name, Progress } from '../../ui';
import { draftPath } from './desk';
import { SALT } from './seal';
import { bytes } from './words';

interface Running {
  key: number;
  name: string;
  part: number;
  stop: AbortController;
}
interface Failed {
  key: number;
  name: string;
  why: string;
  file?: File;
}
let next = 1;

export function Attachments({
  list,
  most,
  largest,
  draft,
  onChanged,
  why,
  isSalted,
}: {
  list: DraftAttachment[];
  most: number;
  /** bytes of one, by the charter */
  largest: number;
  /** the draft they belong to; made on the desk when there is none yet */
  draft: () => Promise<Draft>;
  onChanged: () => Promise<void>;
  why?: string;
  /** the files are blobs with their salt, as they were committed to */
  isSalted?: boolean;
}) {
  const [running, setRunning] = useState<Running[]>([]);
  const [failed, setFailed] = useState<Failed[]>([]);
  const button = useRef<HTMLDivElement>(null);
  // The salt of a blob counts against the charter's limit.
  const limit = isSalted ? largest : largest - SALT;

  const fail = (name: string, words: string, file?: File) =>
    setFailed((all) => [...all, { key: next++, name, why: words, file }]);

  const put = async (file: File) => {
    if (file.size > limit) return fail(file.name, t('compose.files.too_large', { size: bytes(file.size), limit: bytes(limit) }));
    const one: Running = { key: next++, name: file.name, part: 0, stop: new AbortController() };
    setRunning((all) => [...all, one]);
    try {
      const { id } = await draft();
      await upload<DraftAttachment>(
        draftPath(id, `/attachments?name=${encodeURIComponent(file.name)}${isSalted ? '&salted=1' : ''}`),
        file,
        (part) => setRunning((all) => all.map((r) => (r.key === one.key ? { ...r, part } : r))),
        one.stop.signal,
      );
      await onChanged();
    } catch (caught) {
      if (!one.stop.signal.aborted) fail(file.name, asProblem(caught).line || t('compose.files.failed'), file);
    } finally {
      setRunning((all) => all.filter((r) => r.key !== one.key));
    }
  };
  const take = async (chosen: File[]) => {
    const room = most - list.length - running.length;
    for (const file of chosen.slice(Math.max(0, room))) fail(file.name, t('compose.files.too_many', { n: most }));
    // One after the other: what is in is in, whatever happens to the next.
    for (const file of chosen.slice(0, Math.max(0, room))) await put(file);
  };
  const remove = async (attachment: DraftAttachment) => {
    try {
      const { id } = await draft();
      await post(draftPath(id, `/attachments/${encodeURIComponent(attachment.id)}/remove`));
      await onChanged();
      button.current?.querySelector<HTMLElement>('button')?.focus();
    } catch (caught) {
      fail(attachment.name, asProblem(caught).line);
    }
  };

  return (
    <DropArea field="attachments" onFiles={(files) => void take(files)}>
      <ul>
        {list.map((attachment) => (
          <li key={attachment.id}>
            <Name>{attachment.name}</Name> <span class="soft small">{bytes(attachment.size)}</span>
            <Button look="quiet" icon="cross" bare onClick={() => void remove(attachment)}>
              {t('compose.files.remove', { name: attachment.name })}
            </Button>
          </li>
        ))}
        {running.map((one) => (
          <li key={one.key}>
            <Progress label={one.name} part={one.part} />
            <Button look="quiet" onClick={() => one.stop.abort()}>
              {t('compose.files.stop')}
            </Button>
          </li>
        ))}
      </ul>
      {failed.map((one) => (
        <Alert key={one.key} tone="bad" live>
          <Name>{one.name}</Name>: {one.why}
          <div class="row-of">
            {one.file && (
              <Button
                onClick={() => {
                  setFailed((all) => all.filter((f) => f.key !== one.key));
                  if (one.file) void put(one.file);
                }}
              >
                {t('ui.again')}
              </Button>
            )}
            <Button onClick={() => setFailed((all) => all.filter((f) => f.key !== one.key))}>{t('ui.close')}</Button>
          </div>
        </Alert>
      ))}
      {isSalted && <p class="help">{t('compose.open.help')}</p>}
      <div ref={button} class="row-of">
        <FilesButton
          icon="plus"
          label={t('compose.files.choose')}
          onFiles={(files) => void take(files)}
          aria-disabled={list.length >= most}
        />
        <span class="soft small">
          {t('compose.files.drop')} {t('compose.files.limits', { size: bytes(limit), most: num(most) })}
        </span>
      </div>
      {why !== undefined && <div class="error">{why}</div>}
    </DropArea>
  );
}
