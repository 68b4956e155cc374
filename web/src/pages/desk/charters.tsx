// SPDX-License-Identifier: Apache-2.0
// Charters and amendments: what holds, what lacks signatures and whose. The root key that signs is not on this machine's
// desk: a note is downloaded, signed where the root is, and uploaded again.
import { useState } from 'preact/hooks';
import { channelPath, post, saveFile } from '../../api';
import { t, tr } from '../../i18n';
import { changed, useResource } from '../../live';
import { draftAmendment, readCharterNote } from '../../model/charter_note';
import { isAdministrator } from '../../session';
import { nowText } from '../../time';
import type { Channel, Channels, Charter, Charters as List } from '../../types';
import {
  Alert,
  Badge,
  Button,
  Dialog,
  Empty,
  Icon,
  Loading,
  Name,
  ProblemBox,
  Section,
  TextAreaField,
  TimeText,
  toast,
} from '../../ui';
import { NoteDialog } from './note_dialog';

const SIGN = 'aldis charter sign FILE';

const fileName = (channel: Channel, charter: Charter) => `${channel.short}-${charter.digest.slice(0, 8)}.charter`;

function CharterState({ charter, isFirst }: { charter: Charter; isFirst: boolean }) {
  if (charter.in_force)
    return (
      <Badge tone="good" icon="check">
        {t('desk.charter.in_force')}
      </Badge>
    );
  return (
    <Badge tone="warn" icon="ring">
      {t(isFirst ? 'desk.charter.not_open' : 'desk.charter.missing', { n: charter.missing })}
    </Badge>
  );
}

function Signatures({ charter }: { charter: Charter }) {
  const { members } = readCharterNote(charter.note);
  if (members.length === 0) {
    return charter.first_missing ? (
      <p>{tr('desk.charter.first_missing', { name: <Name>{charter.first_missing}</Name> })}</p>
    ) : null;
  }
  return (
    <ul class="signatures">
      {members.map(({ name, signed }) => (
        <li key={name} class={signed ? 'good' : 'open'}>
          <Icon name={signed ? 'check' : 'ring'} /> <Name>{name}</Name>{' '}
          <span class="small">{t(signed ? 'desk.charter.signed' : 'desk.charter.not_signed')}</span>
        </li>
      ))}
    </ul>
  );
}

function TextDialog({ charter, onClose }: { charter: Charter; onClose: () => void }) {
  const { text } = readCharterNote(charter.note);
  return (
    <Dialog wide title={<Name>{charter.title}</Name>} onClose={onClose}>
      <p class="help">
        {t('desk.charter.digest')} <code class="breakable">{charter.digest}</code>
      </p>
      <pre class="note" dir="ltr" tabIndex={0} aria-label={t('desk.charter.text')}>
        {text ?? charter.note}
      </pre>
    </Dialog>
  );
}

function AmendDialog({ channel, charter, onClose }: { channel: Channel; charter: Charter; onClose: () => void }) {
  const [text, setText] = useState(() => readCharterNote(charter.note).text ?? '');
  const [wrong, setWrong] = useState<string>();
  const save = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    try {
      saveFile(
        draftAmendment(text, charter.digest, nowText(), btoa(String.fromCharCode(...bytes))),
        `${channel.short}-amendment.charter`,
      );
      onClose();
    } catch (caught) {
      setWrong(t('desk.amend.wrong', { why: (caught as Error).message }));
    }
  };
  return (
    <Dialog
      wide
      title={tr('desk.amend.title', { channel: <Name>{channel.title}</Name> })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" onClick={save}>
            {t('desk.amend.download')}
          </Button>
        </>
      }
    >
      <p>{t('desk.amend.how')}</p>
      <TextAreaField
        label={t('desk.charter.text')}
        value={text}
        onValue={setText}
        rows={18}
        class="note"
        dir="ltr"
        spellcheck={false}
        error={wrong}
      />
    </Dialog>
  );
}

function ChannelCharters({ channel }: { channel: Channel }) {
  const read = useResource<List>(`${channelPath(channel.id)}/charters`, { events: ['channel', 'amended'], channel: channel.id });
  const [shown, setShown] = useState<Charter>();
  const [amended, setAmended] = useState<Charter>();
  const list = read.data?.charters ?? [];
  const newest = [...list].reverse().find((charter) => charter.in_force);
  return (
    <Section
      title={<Name>{channel.title}</Name>}
      actions={
        newest &&
        isAdministrator() && (
          <Button look="quiet" onClick={() => setAmended(newest)}>
            {t('desk.amend')}
          </Button>
        )
      }
    >
      <ProblemBox problem={read.problem} />
      {read.loading && <Loading />}
      <ol class="charters">
        {list.map((charter, i) => (
          <li key={charter.digest} class="panel">
            <div class="row-of head">
              <h3>
                <Name>{charter.title}</Name>
              </h3>
              <CharterState charter={charter} isFirst={i === 0} />
            </div>
            <p class="soft small">
              {t(i === 0 ? 'desk.charter.first' : 'desk.charter.amendment')} · <TimeText time={charter.date} full /> ·{' '}
              <code>{charter.digest.slice(0, 16)}</code>
            </p>
            <Signatures charter={charter} />
            <div class="row-of">
              <Button look="quiet" onClick={() => setShown(charter)}>
                {t('desk.charter.read')}
              </Button>
              <Button look="quiet" onClick={() => saveFile(charter.note, fileName(channel, charter))}>
                {t('desk.charter.download')}
              </Button>
            </div>
          </li>
        ))}
      </ol>
      {shown && <TextDialog charter={shown} onClose={() => setShown(undefined)} />}
      {amended && <AmendDialog channel={channel} charter={amended} onClose={() => setAmended(undefined)} />}
    </Section>
  );
}

export function Charters() {
  const read = useResource<Channels>('/api/channels', { events: ['channel', 'amended'] });
  const [uploading, setUploading] = useState(false);
  return (
    <div class="stack">
      <div class="row-of head">
        <p class="help">{t('desk.charters.what')}</p>
        {isAdministrator() && (
          <Button look="primary" icon="up" onClick={() => setUploading(true)}>
            {t('desk.upload')}
          </Button>
        )}
      </div>
      <Alert>
        {tr('desk.charters.sign', {
          command: (
            <code dir="ltr" class="breakable">
              {SIGN}
            </code>
          ),
        })}
      </Alert>
      <ProblemBox problem={read.problem} />
      {read.loading && <Loading />}
      {read.data?.channels.length === 0 && <Empty>{t('desk.charters.none')}</Empty>}
      {read.data?.channels.map((channel) => (
        <ChannelCharters key={channel.id} channel={channel} />
      ))}
      {uploading && (
        <NoteDialog
          title={t('desk.upload.title')}
          how={t('desk.upload.how')}
          label={t('desk.charter.text')}
          action={t('desk.upload.do')}
          send={async (note) => {
            const merged = await post<{ title: string }>('/api/channels', note);
            changed('amended');
            toast(t('desk.upload.merged', { title: merged.title }));
            setUploading(false);
            void read.reload();
          }}
          onClose={() => setUploading(false)}
        />
      )}
    </div>
  );
}
