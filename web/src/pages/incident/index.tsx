// SPDX-License-Identifier: Apache-2.0
// One incident: where it stands, its picture over time, all messages and clocks as tables, its reports compared.
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { channelPath } from '../../api';
import { kindLabel, kindOf, useCatalogue } from '../../catalogue';
import { type Books, useBooks } from '../../codebooks';
import { t } from '../../i18n';
import { useResource } from '../../live';
import { signalBody } from '../../model/signal_text';
import type { TimelineInput } from '../../model/timeline';
import { originalOf } from '../../model/translations';
import { go, type PageProps, to } from '../../router';
import { mayWrite, session } from '../../session';
import { now, useTick } from '../../time';
import type { Catalogue, IncidentDetail, Message, TimeOrNever } from '../../types';
import {
  Alert,
  type Column,
  Empty,
  Id,
  LinkButton,
  Loading,
  Name,
  Page,
  PeerText,
  plain,
  ProblemBox,
  Section,
  Table,
  Tabs,
  TimeText,
} from '../../ui';
import { Flags, Side, signalTitle, type Title, TitleText } from '../channel/row';
import { DutyTable } from '../message/standing';
import { Picture, type PictureMessage } from './picture';
import { Reports } from './reports';
import { CaseState, choiceLabel, Severity } from './words';
import '../channel/channel.css';
import '../message/message.css';
import './incident.css';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The first line of what a message says. */
function lineOf(message: Message, books: Books): Title {
  const signal = message.kind === 'signal' ? signalTitle(message.body, books) : undefined;
  if (signal) return signal;
  const line = (originalOf(message) || (text(message.body?.paraphrase) ?? '')).trim().split('\n', 1)[0] ?? '';
  return { text: [...line].slice(0, 160).join('') };
}

const isByPerson = (catalogue: Catalogue | undefined, message: Message) =>
  kindOf(catalogue, message.kind)?.automatic === false;

/** What is drawn: what people wrote, and that somebody was too late. */
const isDrawn = (catalogue: Catalogue | undefined, message: Message) =>
  message.kind !== undefined && message.sent !== undefined && (isByPerson(catalogue, message) || message.kind === 'overdue');

function inputOf(detail: IncidentDetail, catalogue: Catalogue | undefined, at: number): TimelineInput {
  const drawn = detail.messages.filter((message) => isDrawn(catalogue, message));
  return {
    messages: drawn.map(({ id, author, kind = '', sent = '', re }) => ({ id, author, kind, sent, re })),
    duties: detail.duties,
    measures: drawn
      .filter(({ kind }) => kind === 'measure')
      .map(({ id, author, sent = '', body }) => ({
        id,
        author,
        from: text(body?.from) ?? sent,
        until: text(body?.until),
      })),
    times: [detail.times.detected, detail.times.start, detail.times.end].filter((time) => time !== 'never'),
    now: at,
  };
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ detail }: { detail: IncidentDetail }) {
  const catalogue = useCatalogue();
  const { facts, times } = detail;
  const when = (name: string, time: TimeOrNever) =>
    time !== 'never' && (
      <Fact name={name}>
        <TimeText time={time} full />
      </Fact>
    );
  return (
    <dl class="facts-list">
      <Fact name={t('incidents.state')}>
        <CaseState of={facts} />
      </Fact>
      <Fact name={t('incidents.severity')}>
        <Severity value={facts.severity} />
      </Fact>
      {facts.stage && <Fact name={t('incidents.stage')}>{choiceLabel(catalogue, 'incident', 'stage', facts.stage)}</Fact>}
      <Fact name={t('incidents.author')}>
        <Name>{facts.author}</Name> <Id id={facts.id} channel={facts.channel} />
      </Fact>
      <Fact name={t('incidents.channel')}>
        <a href={to.channel(facts.channel)}>
          <PeerText text={facts.channel_title} max={80} />
        </a>
      </Fact>
      {when(t('incident.detected'), times.detected)}
      {when(t('incident.started'), times.start)}
      {when(t('incident.ended'), times.end)}
    </dl>
  );
}

function MessageTable({ messages, channel, books }: { messages: readonly Message[]; channel: string; books: Books }) {
  const catalogue = useCatalogue();
  const columns: Column<Message>[] = [
    { name: 'sent', head: t('channel.head.when'), look: 'tight', cell: (one) => <TimeText time={one.sent} alone /> },
    { name: 'from', head: t('channel.head.from'), cell: (one) => <Side own={one.own} author={one.author} /> },
    {
      name: 'kind',
      head: t('channel.head.kind'),
      isHead: true,
      cell: (one) => <a href={to.message(channel, one.id)}>{kindLabel(catalogue, one.kind)}</a>,
    },
    {
      name: 'says',
      head: t('channel.head.says'),
      look: 'wide',
      cell: (one) => <TitleText title={lineOf(one, books)} />,
    },
    { name: 're', head: t('message.re'), cell: (one) => one.re && <Id id={one.re} channel={channel} /> },
    { name: 'flags', head: t('channel.head.state'), cell: (one) => <Flags flags={one.flags} /> },
  ];
  return (
    <Table
      label={t('incident.messages')}
      columns={columns}
      rows={[...messages]}
      keyOf={(one) => one.id}
      onOpen={(one) => go(to.message(channel, one.id))}
    />
  );
}

function Case({ detail }: { detail: IncidentDetail }) {
  const catalogue = useCatalogue();
  const [tab, setTab] = useState('messages');
  const minute = Math.floor(useTick(30) / 30_000);
  const input = useMemo(() => inputOf(detail, catalogue, now()), [detail, catalogue, minute]);
  const digests = useMemo(
    () => [...new Set(detail.messages.flatMap(({ body, kind }) => (kind === 'signal' ? (signalBody(body)?.codebook ?? []) : [])))],
    [detail],
  );
  const books = useBooks(digests);
  const drawn = detail.messages.filter((message) => isDrawn(catalogue, message));
  const people = detail.messages.filter((message) => isByPerson(catalogue, message));
  const shown: PictureMessage[] = drawn.map((message) => ({
    id: message.id,
    author: message.author,
    kind: message.kind ?? '',
    sent: message.sent ?? '',
    title: plain(lineOf(message, books).text),
  }));
  const reports = detail.messages.filter(
    ({ kind, author }) => author === detail.facts.author && kind !== undefined && /^incident(\.update|\.close)?$/.test(kind),
  );
  const { channel } = detail.facts;
  const tabs = [
    { name: 'messages', label: t('incident.messages') },
    { name: 'clocks', label: t('incident.clocks') },
    { name: 'reports', label: t('incident.reports') },
  ];
  return (
    <>
      {detail.more && <Alert tone="warn">{t('incident.cut')}</Alert>}
      <Section title={t('incident.timeline')}>
        <Picture input={input} messages={shown} channel={channel} own={session.value?.desk ?? ''} />
      </Section>
      <Tabs label={t('incident.tabs')} tabs={tabs} chosen={tab} onChoose={setTab}>
        {tab === 'messages' && <MessageTable messages={people} channel={channel} books={books} />}
        {tab === 'clocks' &&
          (detail.duties.length === 0 ? (
            <Empty>{t('incident.no_clocks')}</Empty>
          ) : (
            <DutyTable duties={detail.duties} channel={channel} />
          ))}
        {tab === 'reports' && <Reports reports={reports} channel={channel} />}
      </Tabs>
    </>
  );
}

export default function IncidentPage({ params }: PageProps) {
  const channel = params.channel ?? '';
  const path = `${channelPath(channel)}/incidents/${encodeURIComponent(params.desk ?? '')}/${params.index}`;
  const detail = useResource<IncidentDetail>(path, { every: 60 });
  const data = detail.data;
  const title = data === undefined ? t('incident.title') : data.facts.title || data.facts.id;
  return (
    <Page
      class="message-page"
      documentTitle={plain(title, 80)}
      title={
        <>
          <span class="kind-of">{t('incident.title')}</span>
          <PeerText text={title} max={200} />
        </>
      }
      actions={
        data && (
          <>
            <LinkButton to={to.incidents} look="quiet">
              {t('incident.all')}
            </LinkButton>
            <LinkButton to={to.message(data.facts.channel, data.facts.id)}>{t('incident.report')}</LinkButton>
            {mayWrite() && data.incident.own && !data.facts.closed && (
              <LinkButton
                look="primary"
                to={to.compose({ channel: data.facts.channel, re: data.facts.id, kind: 'incident.update' })}
              >
                {t('incident.update')}
              </LinkButton>
            )}
          </>
        )
      }
    >
      <ProblemBox problem={detail.problem} onAgain={() => void detail.reload()} />
      {detail.loading && <Loading />}
      {data && (
        <>
          <Facts detail={data} />
          <Case detail={data} />
        </>
      )}
    </Page>
  );
}
