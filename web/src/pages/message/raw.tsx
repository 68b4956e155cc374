// SPDX-License-Identifier: Apache-2.0
// The entry as it was hashed: text, hex, base64, and the hash of its leaf, computed here from these bytes.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { saveFile, splitId } from '../../api';
import { t } from '../../i18n';
import { bytesOf, hexDump, leafHash, textOf } from '../../model/entry';
import { Button, CopyButton, PeerText, Tabs } from '../../ui';

function Bytes({ base64, id }: { base64: string; id: string }) {
  const [view, setView] = useState('text');
  const [leaf, setLeaf] = useState<string>();
  const bytes = useMemo(() => bytesOf(base64), [base64]);
  useEffect(() => {
    let isHere = true;
    void leafHash(bytes).then((hash) => isHere && setLeaf(hash ?? ''));
    return () => {
      isHere = false;
    };
  }, [bytes]);
  const shown = useMemo(
    () => (view === 'text' ? textOf(bytes) : view === 'hex' ? hexDump(bytes) : base64),
    [view, bytes, base64],
  );
  const [desk, index] = splitId(id);
  return (
    <>
      <dl class="facts-list">
        <div>
          <dt>{t('message.raw.leaf')}</dt>
          <dd>
            {leaf === '' ? (
              t('message.raw.no_hash')
            ) : (
              <>
                <code dir="ltr" class="hash">
                  {leaf}
                </code>{' '}
                {leaf && <CopyButton text={leaf} />}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('message.raw.size')}</dt>
          <dd>{t('message.bytes', { n: bytes.length })}</dd>
        </div>
      </dl>
      <Tabs
        label={t('message.raw')}
        tabs={['text', 'hex', 'base64'].map((name) => ({ name, label: t(`message.raw.${name}`) }))}
        chosen={view}
        onChoose={setView}
      >
        <div class="raw" dir="ltr">
          <PeerText text={shown} block max={4000} key={view} />
        </div>
        <div class="row-of">
          <CopyButton text={shown} />
          <Button look="quiet" icon="file" onClick={() => saveFile(new Blob([bytes]), `${desk}-${index}.entry`)}>
            {t('message.raw.keep')}
          </Button>
        </div>
      </Tabs>
    </>
  );
}

export function RawEntry({ base64, id }: { base64: string; id: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="raw-entry" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('message.raw')}</summary>
      {isOpen && <Bytes base64={base64} id={id} />}
    </details>
  );
}
