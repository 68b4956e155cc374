// SPDX-License-Identifier: Apache-2.0
// Drafting a release: for each entry of the conversation full, as an envelope alone, or withheld. With each choice the
// desk makes the manifest anew and says what it would show and give away; only the manifest that is in sight can be
// asked for. What is chosen stays while one looks at messages, and goes with the window.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { asProblem, channelPath, get, messagePath, post, type Problem } from '../../api';
import { language, locale, num, t } from '../../i18n';
import { useResource } from '../../live';
import { bodyOf, type Choice, choose, isWithin, type Mode, modeOf, modes, noChoice, showsSome } from '../../model/release';
import { nameOfLanguage } from '../../model/languages';
import { go, to } from '../../router';
import { mayApprove } from '../../session';
import type { ChannelDetail, Draft, Hash, Message, Release, Row } from '../../types';
import {
  Alert,
  Badge,
  Button,
  CheckField,
  ChoiceField,
  Dialog,
  Id,
  LinkButton,
  Loading,
  Name,
  Page,
  ProblemBox,
  Section,
  SelectField,
  TextAreaField,
  TextField,
  toast,
} from '../../ui';
import { EntryList } from './rows';
import { Counts, Words } from './words';

const REST_MS = 500;
const COVER_MAX = 20_000;
const TEXT_MAX = 20_000;

/** What was being chosen, by channel. */
const left = new Map<string, Choice>();

interface Drafted {
  release?: Release;
  problem?: Problem;
  /** the choice has changed since */
  isOld: boolean;
}

/** The manifest of a choice, made anew when one has stopped choosing. */
function useDrafted(channel: string, choice: Choice): Drafted {
  const [state, setState] = useState<{ choice?: Choice; release?: Release; problem?: Problem }>({});
  useEffect(() => {
    if (!showsSome(choice)) {
      setState({ choice });
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post<Release>(`${channelPath(channel)}/releases/draft`, bodyOf(choice), { signal: stop.signal, patient: true })
        .then((release) => setState({ choice, release }))
        .catch((caught) => {
          if (!stop.signal.aborted) setState({ choice, problem: asProblem(caught) });
        });
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [channel, choice]);
  return { release: state.release, problem: state.choice === choice ? state.problem : undefined, isOld: state.choice !== choice };
}

function AttachmentsDialog({
  channel,
  row,
  choice,
  onChoice,
  onClose,
}: {
  channel: ChannelDetail;
  row: Row;
  choice: Choice;
  onChoice: (change: (choice: Choice) => Choice) => void;
  onClose: () => void;
}) {
  const [message, setMessage] = useState<Message>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    get<Message>(messagePath(channel.id, row.id)).then(setMessage, (caught) => setProblem(asProblem(caught)));
  }, [channel.id, row.id]);
  const set = (blob: Hash, isOpen: boolean) =>
    onChoice((before) => {
      const attachments = new Map(before.attachments);
      if (isOpen) attachments.set(blob, { id: row.id, sent: row.sent });
      else attachments.delete(blob);
      return { ...before, attachments };
    });
  return (
    <Dialog
      title={t('release.attachments.of', { id: row.id })}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('ui.close')}</Button>}
    >
      <p>{t('release.attachments.help')}</p>
      <ProblemBox problem={problem} />
      {!message && !problem && <Loading />}
      {(message?.attachments ?? []).map(({ blob, size }) => (
        <CheckField
          key={blob}
          label={t('release.attachments.one', { blob: blob.slice(0, 16), size: num(size) })}
          checked={choice.attachments.has(blob)}
          onChecked={(isOpen) => set(blob, isOpen)}
        />
      ))}
    </Dialog>
  );
}

function AskDialog({ channel, release, onClose }: { channel: ChannelDetail; release: Release; onClose: () => void }) {
  const [text, setText] = useState('');
  const [lang, setLang] = useState<string>(language.value);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const languages = [...new Set(['en', 'id', 'ar', ...channel.languages])];
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const draft = await post<Draft>(`${channelPath(channel.id)}/releases`, { manifest: release.text, language: lang, text });
      left.delete(channel.id);
      toast(t(draft.sent === undefined ? 'release.ask.waits' : 'release.ask.done'));
      go(draft.sent === undefined ? to.draft(draft.id) : to.release(channel.id, draft.sent));
    } catch (caught) {
      setProblem(asProblem(caught));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('release.ask')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" busy={isBusy} disabled={text.trim() === ''} onClick={() => void send()}>
            {t('release.ask.send')}
          </Button>
        </>
      }
    >
      <p>{t('release.ask.help')}</p>
      <p class="release-digest">
        {t('release.manifest')} <code dir="ltr">{release.manifest}</code>
      </p>
      <Counts counts={release.counts} />
      <TextAreaField label={t('release.ask.text')} required value={text} max={TEXT_MAX} onValue={setText} />
      <SelectField
        label={t('release.ask.language')}
        value={lang}
        onValue={setLang}
        options={languages.map((value) => ({ value, label: nameOfLanguage(value, locale()) }))}
      />
      <ProblemBox problem={problem} />
    </Dialog>
  );
}

function Rule({ release }: { release: Release }) {
  const needed = release.answers.filter((answer) => answer.needed);
  return (
    <>
      <p>{t(`release.rule.${release.rule}`)}</p>
      <p>{t('release.needs')}</p>
      <ul class="release-needs">
        {needed.map(({ desk }) => (
          <li key={desk}>
            <Name>{desk}</Name>
          </li>
        ))}
      </ul>
    </>
  );
}

function Drafting({ channel }: { channel: ChannelDetail }) {
  const [choice, setChoice] = useState<Choice>(() => left.get(channel.id) ?? noChoice);
  const [opened, setOpened] = useState<Row>();
  const [isAsking, setAsking] = useState(false);
  const drafted = useDrafted(channel.id, choice);
  const { release } = drafted;
  left.set(channel.id, choice);
  const set = (more: Partial<Choice>) => setChoice((before) => ({ ...before, ...more }));
  const shown = useMemo(() => (row: Row) => modeOf(choice, row.id, row.sent), [choice]);
  const pick = (row: Row, mode: Mode) => {
    setChoice((before) => choose(before, row.id, mode));
    if (!isWithin(choice, row.sent)) toast(t('release.outside'));
  };
  return (
    <>
      <Section title={t('release.range')}>
        <div class="release-range">
          <TextField type="datetime-local" label={t('release.since')} value={choice.since} onValue={(since) => set({ since })} />
          <TextField type="datetime-local" label={t('release.until')} value={choice.until} onValue={(until) => set({ until })} />
          <ChoiceField
            label={t('release.others')}
            value={choice.others}
            onValue={(others) => set({ others: others as Mode })}
            options={modes.map((value) => ({ value, label: t(`release.mode.${value}`) }))}
          />
          <Button look="quiet" disabled={choice.named.size === 0} onClick={() => set({ named: new Map() })}>
            {t('release.forget', { count: choice.named.size })}
          </Button>
        </div>
      </Section>
      <Section title={t('release.entries')}>
        <p class="soft small">{t('release.choose.help')}</p>
        <EntryList channel={channel} modeOf={shown} onMode={pick} onAttachments={setOpened} />
        {choice.attachments.size > 0 && (
          <ul class="release-opened">
            {[...choice.attachments].map(([blob, { id }]) => (
              <li key={blob}>
                <Badge icon="file">{t('release.attachments.opened')}</Badge> <code dir="ltr">{blob.slice(0, 16)}</code>{' '}
                <Id id={id} channel={channel.id} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title={t('release.cover')}>
        <p class="soft small">{t('release.cover.help')}</p>
        <div class="columns">
          {(['en', 'id'] as const).map((lang) => (
            <TextAreaField
              key={lang}
              label={t(`release.cover.${lang}`)}
              lang={lang}
              value={choice.cover[lang]}
              max={COVER_MAX}
              onValue={(text) => set({ cover: { ...choice.cover, [lang]: text } })}
            />
          ))}
        </div>
      </Section>
      <p role="status" class="soft" data-state={drafted.isOld ? 'old' : 'new'}>
        {t(drafted.isOld ? 'release.working' : 'release.worked')}
      </p>
      {!drafted.isOld && (drafted.problem?.status === 409 || !showsSome(choice)) ? (
        <Alert>{t('release.nothing')}</Alert>
      ) : (
        <ProblemBox problem={drafted.problem} />
      )}
      {release && (
        <>
          <Section title={t('release.result')}>
            <Counts counts={release.counts} />
            <Rule release={release} />
            <p class="release-digest">
              {t('release.manifest')} <code dir="ltr">{release.manifest}</code>
            </p>
          </Section>
          <Words words={release.words} channel={channel.id} />
        </>
      )}
      {mayApprove() ? (
        <div class="actions">
          <Button look="primary" disabled={!release || drafted.isOld} onClick={() => setAsking(true)}>
            {t('release.ask')}
          </Button>
        </div>
      ) : (
        <Alert>{t('release.officer')}</Alert>
      )}
      {opened && (
        <AttachmentsDialog channel={channel} row={opened} choice={choice} onChoice={setChoice} onClose={() => setOpened(undefined)} />
      )}
      {isAsking && release && <AskDialog channel={channel} release={release} onClose={() => setAsking(false)} />}
    </>
  );
}

export function DraftPage({ channel: name }: { channel: string }) {
  const channel = useResource<ChannelDetail>(channelPath(name), { events: ['channel', 'amended'] });
  return (
    <Page
      class="release-page"
      title={t('release.new')}
      actions={
        channel.data && (
          <LinkButton to={to.releases(channel.data.id)} look="quiet">
            {t('release.to_list')}
          </LinkButton>
        )
      }
    >
      <ProblemBox problem={channel.problem} onAgain={() => void channel.reload()} />
      {channel.loading && <Loading />}
      {channel.data && (
        <>
          <p class="soft">
            <Name>{channel.data.title}</Name>
          </p>
          <Drafting channel={channel.data} />
        </>
      )}
    </Page>
  );
}
