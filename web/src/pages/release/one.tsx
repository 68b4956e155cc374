// SPDX-License-Identifier: Apache-2.0
// One release as it was asked for: exactly what would be shown, what that gives away, who has answered. An officer
// consents or refuses here, once, and builds the file when the answers are in.
import { useMemo, useState } from 'preact/hooks';
import { asProblem, channelPath, download, messagePath, post, type Problem, splitId } from '../../api';
import { language, locale, t, tr } from '../../i18n';
import { useResource } from '../../live';
import { nameOfLanguage } from '../../model/languages';
import { readManifest } from '../../model/release';
import { go, to } from '../../router';
import { mayApprove, mayWrite } from '../../session';
import type { Card, ChannelDetail, Draft, Message, Release } from '../../types';
import {
  Alert,
  Button,
  CheckField,
  Dialog,
  Fingerprint,
  Id,
  LinkButton,
  Loading,
  Name,
  Page,
  PeerText,
  ProblemBox,
  Section,
  SelectField,
  TextAreaField,
  TimeText,
  toast,
} from '../../ui';
import { RELEASE_EVENTS } from './list';
import { EntryList } from './rows';
import { Answers, Counts, Cover, Grade, Words } from './words';

const REASON_MAX = 5000;

const releasePath = (channel: string, id: string) => {
  const [desk, index] = splitId(id);
  return `${channelPath(channel)}/releases/${encodeURIComponent(desk)}/${encodeURIComponent(index)}`;
};

/** Consenting to, or refusing, exactly the manifest that is in sight. */
function AnswerDialog({
  channel,
  id,
  release,
  isConsent,
  onClose,
  onDone,
}: {
  channel: string;
  id: string;
  release: Release;
  isConsent: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const [text, setText] = useState('');
  const [lang, setLang] = useState<string>(language.value);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const draft = await post<Draft>(`${releasePath(channel, id)}/answer`, {
        answer: isConsent ? 'consent' : 'refuse',
        manifest: release.manifest,
        ...(text.trim() === '' ? {} : { language: lang, text }),
      });
      if (draft.sent === undefined && draft.state !== 'sent') {
        toast(t('release.ask.waits'));
        go(to.draft(draft.id));
        return;
      }
      toast(t('release.answer.sent'));
      onDone();
      onClose();
    } catch (caught) {
      setProblem(asProblem(caught));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t(isConsent ? 'release.consent' : 'release.refuse')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look={isConsent ? 'primary' : 'danger'} busy={isBusy} onClick={() => void send()}>
            {t(isConsent ? 'release.consent.send' : 'release.refuse.send')}
          </Button>
        </>
      }
    >
      <Alert tone="warn">{t('release.first_counts')}</Alert>
      <p class="release-digest">
        {t('release.manifest')} <code dir="ltr">{release.manifest}</code>
      </p>
      <Counts counts={release.counts} />
      <TextAreaField
        label={t(isConsent ? 'release.remark' : 'release.reason')}
        value={text}
        max={REASON_MAX}
        onValue={setText}
      />
      <SelectField
        label={t('release.ask.language')}
        value={lang}
        onValue={setLang}
        options={['en', 'id', 'ar'].map((value) => ({ value, label: nameOfLanguage(value, locale()) }))}
      />
      <ProblemBox problem={problem} />
    </Dialog>
  );
}

function Answering({ channel, id, release, own, onDone }: { channel: string; id: string; release: Release; own: string; onDone: () => void }) {
  const [asked, setAsked] = useState<'consent' | 'refuse'>();
  const mine = release.answers.find(({ desk }) => desk === own);
  if (mine !== undefined && mine.answer !== 'none') return <p>{t(`release.mine.${mine.answer}`)}</p>;
  if (!mayApprove()) return <Alert>{t('release.officer')}</Alert>;
  return (
    <>
      <p>{t('release.first_counts')}</p>
      <div class="actions">
        <Button look="primary" icon="check" onClick={() => setAsked('consent')}>
          {t('release.consent')}
        </Button>
        <Button look="danger" icon="cross" onClick={() => setAsked('refuse')}>
          {t('release.refuse')}
        </Button>
      </div>
      {asked && (
        <AnswerDialog
          channel={channel}
          id={id}
          release={release}
          isConsent={asked === 'consent'}
          onClose={() => setAsked(undefined)}
          onDone={onDone}
        />
      )}
    </>
  );
}

/** The file, and what to do with it. */
function Building({ channel, id, release }: { channel: string; id: string; release: Release }) {
  const card = useResource<Card>('/api/card', { events: ['key*'] });
  const [isUnderstood, setUnderstood] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const [isKept, setKept] = useState(false);
  const isOneSided = release.grade === 'one-sided';
  const build = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const [desk, index] = splitId(id);
      await download(`${releasePath(channel, id)}/file${isOneSided ? '?one_sided=1' : ''}`, `release-${desk}-${index}.html`);
      setKept(true);
    } catch (caught) {
      setProblem(asProblem(caught));
    }
    setBusy(false);
  };
  return (
    <Section title={t('release.file')}>
      <p>{t('release.file.help')}</p>
      {isOneSided && (
        <>
          <Alert tone="warn">{t('release.file.one_sided')}</Alert>
          {mayApprove() && (
            <CheckField label={t('release.file.understood')} checked={isUnderstood} onChecked={setUnderstood} />
          )}
        </>
      )}
      <div class="actions">
        <Button
          look={isOneSided ? 'danger' : 'primary'}
          icon="file"
          busy={isBusy}
          disabled={isOneSided && (!isUnderstood || !mayApprove())}
          onClick={() => void build()}
        >
          {t(isOneSided ? 'release.file.build_one_sided' : 'release.file.build')}
        </Button>
      </div>
      <ProblemBox problem={problem} />
      {isKept && <Alert tone="good" live>{t('release.file.kept')}</Alert>}
      <p>{t('release.file.digits')}</p>
      {card.data && <Fingerprint value={card.data.fingerprint} />}
    </Section>
  );
}

function Shown({ channel, release }: { channel: ChannelDetail; release: Release }) {
  const shown = useMemo(() => readManifest(release.text, release.words), [release.text, release.words]);
  return (
    <Section title={t('release.shown')}>
      <p class="soft small">{t('release.shown.help')}</p>
      <EntryList channel={channel} modeOf={(row) => shown(row.id)} />
      {release.attachments.length > 0 && (
        <ul class="release-opened">
          {release.attachments.map((blob) => (
            <li key={blob}>
              {t('release.attachments.opened')} <code dir="ltr">{blob}</code>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Whole({ channel, id, release, onDone }: { channel: ChannelDetail; id: string; release: Release; onDone: () => void }) {
  const own = channel.logs.find((log) => log.own)?.desk ?? '';
  return (
    <>
      <p>
        {tr('release.by', { desk: <Name>{release.by}</Name>, time: <TimeText time={release.made} alone /> })}{' '}
        <Id id={id} channel={channel.id} />
      </p>
      <Section title={t('release.answers')}>
        <p>
          <Grade grade={release.grade} /> {t(`release.rule.${release.rule}`)}
        </p>
        <Answers answers={release.answers} channel={channel.id} />
      </Section>
      <Cover cover={release.cover} />
      <Shown channel={channel} release={release} />
      <Section title={t('release.result')}>
        <Counts counts={release.counts} />
        <p class="release-digest">
          {t('release.manifest')} <code dir="ltr">{release.manifest}</code>
        </p>
      </Section>
      <Words words={release.words} channel={channel.id} />
      <Section title={t('release.own')}>
        <Answering channel={channel.id} id={id} release={release} own={own} onDone={onDone} />
      </Section>
      {mayWrite() && <Building channel={channel.id} id={id} release={release} />}
    </>
  );
}

export function OnePage({ channel: name, id }: { channel: string; id: string }) {
  const channel = useResource<ChannelDetail>(channelPath(name), { events: ['channel', 'amended'] });
  const message = useResource<Message>(messagePath(name, id), { events: [] });
  const release = useResource<Release>(releasePath(name, id), { channel: channel.data?.id, events: RELEASE_EVENTS });
  const text = message.data?.body?.text;
  const lang = message.data?.body?.language;
  return (
    <Page
      class="release-page"
      title={t('release.one')}
      documentTitle={`${t('release.one')} ${id}`}
      actions={
        channel.data && (
          <LinkButton to={to.releases(channel.data.id)} look="quiet">
            {t('release.to_list')}
          </LinkButton>
        )
      }
    >
      <ProblemBox problem={channel.problem ?? release.problem} onAgain={() => void release.reload()} />
      {(channel.loading || release.loading) && <Loading />}
      {typeof text === 'string' && <PeerText text={text} block lang={typeof lang === 'string' ? lang : undefined} />}
      {channel.data && release.data && (
        <Whole channel={channel.data} id={id} release={release.data} onDone={() => void release.reload()} />
      )}
    </Page>
  );
}
