// SPDX-License-Identifier: Apache-2.0
// Evidence committed to from this browser: a salt is drawn, the hash of salt and file stands in the message, and the
// salted blob is handed to the person, who alone has it until it is opened.
import { useRef, useState } from 'preact/hooks';
import { saveFile } from '../../api';
import { t } from '../../i18n';
import { Alert, Button } from '../../ui';
import { SALT, seal } from './seal';

/** Beside the field that takes the hash. */
export function CommitFile({ largest, onHash }: { largest: number; onHash: (hash: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [sealed, setSealed] = useState<{ blob: Blob; name: string }>();
  const [why, setWhy] = useState<string>();
  // The browser lends its SHA-256 only over TLS and on this machine itself.
  if (!('subtle' in crypto)) return <p class="help">{t('compose.commit.not_here')}</p>;
  const take = async (file: File | undefined) => {
    if (!file) return;
    setWhy(undefined);
    if (file.size + SALT > largest) return setWhy(t('compose.commit.too_large'));
    const { blob, hash } = await seal(await file.arrayBuffer());
    const kept = { blob: new Blob([blob], { type: 'application/octet-stream' }), name: `${hash.slice(0, 16)}.evidence` };
    setSealed(kept);
    onHash(hash);
    saveFile(kept.blob, kept.name);
  };
  return (
    <div class="commit">
      <Button onClick={() => input.current?.click()}>{t('compose.commit.choose')}</Button>
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        aria-label={t('compose.commit.choose')}
        onChange={(event) => {
          const chosen = event.currentTarget;
          void take(chosen.files?.[0]).then(() => {
            chosen.value = '';
          });
        }}
      />
      {why !== undefined && <Alert tone="bad" live>{why}</Alert>}
      {sealed && (
        <Alert tone="warn" live>
          <p>{t('compose.commit.keep', { name: sealed.name })}</p>
          <Button onClick={() => saveFile(sealed.blob, sealed.name)}>{t('compose.commit.again')}</Button>
        </Alert>
      )}
    </div>
  );
}
