// SPDX-License-Identifier: Apache-2.0
// One message: what it says, in the reader's language and as it was sent; where it stands; what it is part of; and
// what can be done about it. Showing it to a person who may write marks it as opened for all of the desk.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { channelPath, messagePath, post, query as queryOf } from '../../api';
import { kindLabel, useCatalogue } from '../../catalogue';
import { type Books, useBooks } from '../../codebooks';
import { t, tr } from '../../i18n';
import { useResource } from '../../live';
import { originalOf } from '../../model/translations';
import { type PageProps, to } from '../../router';
import { mayWrite } from '../../session';
import type { Channel, ChannelDetail, Delivery, DeliveryState, Message, MessagePage, Row } from '../../types';
import {
  Alert,
  CopyButton,
  DeliveryWords,
  Id,
  LinkButton,
  Loading,
  Name,
  Page,
  PeerText,
  ProblemBox,
  Section,
  TimeText,
  Tlp,
} from '../../ui';
import { Side, signalTitle, type Title, titleOf, TitleText } from '../channel/row';
import { Acts } from './act';
import { Attachments } from './attachments';
import { BodyFields } from './fields';
import { KeepFile } from './keep_file';
import { RawEntry } from './raw';
import { EvidenceWords, Replies, Thread } from './replies';
import { SignalView } from './signal';
import { DeliveryTable, DutyTable, ReceiptFile } from './standing';
import { Translations } from './translations';
import '../channel/channel.css';
import './message.css';

const LOUD: readonly DeliveryState[] = ['overdue', 'refused', 'not-understood'];

/** Failure is said before all else. */
function Failures({ delivery }: { delivery: readonly Delivery[] }) {
  const bad = delivery.filter(({ state }) => LOUD.includes(state));
  if (bad.length === 0) return null;
  return (
    <Alert tone="bad">
      <ul class="plain">
        {bad.map((one) => (
          <li key={one.to}>
            <Name>{one.to}</Name> <DeliveryWords state={one.state} />
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function FlagWords({ message }: { message: Message }) {
  return (
    <>
      {message.flags.map((flag) => (
        <Alert key={flag} tone={flag === 'malformed' || flag === 'unreadable' ? 'bad' : 'warn'}>
          <p>{t(`message.flag.${flag}`)}</p>
          {(flag === 'malformed' || flag === 'unreadable') && message.why && (
            <p>
              <PeerText text={message.why} max={500} />
            </p>
          )}
        </Alert>
      ))}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ message, channel, thread }: { message: Message; channel: Channel; thread: readonly Row[] }) {
  const question = thread.find((row) => row.id === message.re);
  return (
    <dl class="facts-list">
      <Fact name={t('message.from')}>
        <Side own={message.own} author={message.author} />
        {message.own && (
          <>
            {' '}
            <Name>{message.author}</Name>
          </>
        )}
      </Fact>
      <Fact name={t('message.to')}>
        {message.to?.length
          ? message.to.map((desk, i) => [i > 0 && ', ', <Name key={desk}>{desk}</Name>])
          : t('message.to_all')}
      </Fact>
      <Fact name={t('message.sent')}>
        <TimeText time={message.sent} full />
      </Fact>
      {message.re && (
        <Fact name={t('message.re')}>
          <Id id={message.re} channel={channel.id} />{' '}
          {question && question.title !== '' && <PeerText text={question.title} max={160} />}
        </Fact>
      )}
      {message.line && (
        <Fact name={t('message.line')}>
          <Name>{message.line}</Name>
        </Fact>
      )}
      {message.tlp && (
        <Fact name={t('message.tlp')}>
          <Tlp value={message.tlp} /> <span class="soft">{t(`tlp.${message.tlp.toLowerCase().replace('+', '-')}`)}</span>
        </Fact>
      )}
      <Fact name={t('message.id')}>
        <Id id={message.id} /> <CopyButton text={message.id} />
      </Fact>
    </dl>
  );
}

function Says({ message, channel }: { message: Message; channel: ChannelDetail }) {
  if (message.body_text !== undefined)
    return (
      <Section title={t('message.says_raw')}>
        <PeerText text={message.body_text} block />
      </Section>
    );
  const sender = channel.members.find((member) => member.name === message.author);
  return (
    <Section title={t('message.says')}>
      {message.kind === 'signal' ? (
        <SignalView body={message.body} channel={channel.id} senderLanguages={sender?.languages ?? []} />
      ) : (
        <BodyFields kind={message.kind ?? ''} body={message.body} channel={channel.id} />
      )}
    </Section>
  );
}

/** A statement of the record that was sent, and who agreed to it. */
function StatementFile({ message, channel }: { message: Message; channel: string }) {
  if (message.kind !== 'record.statement') return null;
  const name = `${message.author}-${message.index}.proof`;
  return (
    <KeepFile
      path={`${channelPath(channel)}/statement/${encodeURIComponent(message.author)}/${message.index}`}
      name={`statement-${name}`}
    >
      {t('message.statement.keep')}
    </KeepFile>
  );
}

function OwnReceipt({ message, channel }: { message: Message; channel: string }) {
  return (
    <Section title={t('message.standing')}>
      <p>
        {t('message.held_here')} <ReceiptFile channel={channel} id={message.id} />
      </p>
    </Section>
  );
}

/** Tells the desk that a person here has opened it. */
function useOpened(message: Message | undefined, channel: string | undefined): void {
  const isNew = message !== undefined && !message.own && message.opened === false;
  const id = message?.id;
  useEffect(() => {
    if (!isNew || id === undefined || channel === undefined || !mayWrite()) return;
    const tell = () => {
      if (document.visibilityState !== 'visible') return;
      document.removeEventListener('visibilitychange', tell);
      // Opened a second time it is told a second time: nothing is lost when this fails.
      void post(channelPath(channel) + '/opened', { messages: [id] }).catch(() => undefined);
    };
    document.addEventListener('visibilitychange', tell);
    tell();
    return () => document.removeEventListener('visibilitychange', tell);
  }, [isNew, id, channel]);
}

/** The first line of what it says: the desk's title of it, else its own words. */
function headline(message: Message, thread: readonly Row[], books: Books): Title | undefined {
  const row = thread.find((one) => one.id === message.id);
  const title = row ? titleOf(row, books) : message.kind === 'signal' ? signalTitle(message.body, books) : undefined;
  if (title) return title;
  const line = originalOf(message).split('\n', 1)[0] ?? '';
  return line === '' ? undefined : { text: [...line].slice(0, 160).join('') };
}

/** The request for a release that it is, or answers. */
const releaseOf = (message: Message | undefined): string | undefined =>
  message?.kind === 'release.request' ? message.id : message?.kind?.startsWith('release.') ? message.re : undefined;

const CHANGES = ['receipt', 'received', 'sent', 'duty*', 'opened', 'overdue', 'refused', 'late', 'flag', 'channel'];

export default function MessagePageView({ params }: PageProps) {
  const channelName = params.channel ?? '';
  const id = `${params.desk}#${params.index}`;
  const catalogue = useCatalogue();
  const channel = useResource<ChannelDetail>(channelPath(channelName), { events: ['channel', 'amended'] });
  const message = useResource<Message>(messagePath(channelName, id), { channel: channel.data?.id, every: 60 });
  const thread = useResource<MessagePage>(
    channelPath(channelName) + '/messages' + queryOf({ form: 'row', thread: id, people: 1, limit: 1000 }),
    { channel: channel.data?.id, events: CHANGES },
  );
  const books = useBooks(channel.data?.codebooks ?? []);
  useOpened(message.data, channel.data?.id);

  const data = message.data;
  const rows = thread.data?.messages ?? [];
  const what = data === undefined ? t('message.title') : kindLabel(catalogue, data.kind);
  const title = data && headline(data, rows, books);
  const own = channel.data?.logs.find((log) => log.own)?.desk ?? '';
  const isCancelled = (data?.replies ?? []).some((reply) => reply.kind === 'cancel' && reply.author === data?.author);
  const replacement = (data?.replies ?? []).filter((reply) => reply.author === data?.author && reply.body?.supersedes === id).at(-1);
  return (
    <Page
      class="message-page"
      documentTitle={`${what} ${id}`}
      title={
        <>
          <span class="kind-of">{what}</span>
          {title && (
            <>
              <span class="unseen">: </span>
              <TitleText title={title} />
            </>
          )}
        </>
      }
      actions={
        channel.data && (
          <>
            {data?.kind === 'incident' && (
              <LinkButton to={to.incident(channel.data.id, id)} look="quiet">
                {t('message.to_incident')}
              </LinkButton>
            )}
            {releaseOf(data) && (
              <LinkButton to={to.release(channel.data.id, releaseOf(data) ?? id)} look="quiet">
                {t('message.to_release')}
              </LinkButton>
            )}
            <LinkButton to={to.channel(channel.data.id)} look="quiet">
              {t('message.to_channel')}
            </LinkButton>
          </>
        )
      }
    >
      <ProblemBox problem={channel.problem ?? message.problem} onAgain={() => void message.reload()} />
      {(message.loading || channel.loading) && <Loading />}
      {data && channel.data && (
        <>
          <Failures delivery={data.delivery ?? []} />
          <FlagWords message={data} />
          {isCancelled && <Alert tone="warn">{t('message.cancelled')}</Alert>}
          {replacement && (
            <Alert tone="warn">{tr('message.replaced', { id: <Id id={replacement.id} channel={channel.data.id} /> })}</Alert>
          )}
          <div class="actions acts">
            <Acts
              message={data}
              channel={channel.data}
              own={own}
              isCancelled={isCancelled}
              onDone={() => void message.reload()}
            />
          </div>
          <Facts message={data} channel={channel.data} thread={rows} />
          <div class="columns">
            <div class="stack">
              <Says message={data} channel={channel.data} />
              {data.evidence && <EvidenceWords evidence={data.evidence} channel={channel.data.id} />}
              <Translations message={data} channel={channel.data.id} />
              <StatementFile message={data} channel={channel.data.id} />
              <Attachments message={data} channel={channel.data.id} />
              <Replies message={data} channel={channel.data.id} own={own} />
            </div>
            <div class="stack">
              {data.own ? (
                <DeliveryTable message={data} channel={channel.data.id} />
              ) : (
                <OwnReceipt message={data} channel={channel.data.id} />
              )}
              <DutyTable duties={data.duties ?? []} channel={channel.data.id} />
              <Thread rows={rows} chosen={id} channel={channel.data.id} books={books} />
            </div>
          </div>
          {data.entry_base64 !== undefined && <RawEntry base64={data.entry_base64} id={id} />}
        </>
      )}
    </Page>
  );
}
