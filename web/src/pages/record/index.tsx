// SPDX-License-Identifier: Apache-2.0
// What stands behind the messages of a channel: how long each log is and under which root, who has signed for it, the
// statement that could be made of it now, and whether all that this desk holds still is as it was signed.
import { useState } from 'preact/hooks';
import { channelPath, saveFile } from '../../api';
import { num, t } from '../../i18n';
import { useResource } from '../../live';
import { bytesOf, hexOf } from '../../model/entry';
import { type PageProps, to } from '../../router';
import { mayWrite } from '../../session';
import type { ChannelDetail, ChannelRecord, RecordLog, StatementBody, Status } from '../../types';
import {
  Alert,
  Badge,
  Button,
  type Column,
  CopyButton,
  Empty,
  LinkButton,
  Loading,
  Name,
  Page,
  PeerText,
  plain,
  ProblemBox,
  Section,
  Table,
  TimeText,
} from '../../ui';
import { KeepFile } from '../message/keep_file';
import { VerifySection } from './verify';
import '../message/message.css';
import './record.css';

function LogState({ log }: { log: RecordLog }) {
  if (log.equivocating)
    return (
      <Badge tone="bad" icon="triangle">
        {t('record.fork')}
      </Badge>
    );
  if (log.state === 'frozen')
    return (
      <Badge tone="bad" icon="lock">
        {t('record.frozen')}
      </Badge>
    );
  if (log.ended) return <Badge>{t('record.ended')}</Badge>;
  if (log.left) return <Badge icon="cross">{t('record.left')}</Badge>;
  if (log.state === 'waiting')
    return (
      <Badge tone="warn" icon="ring">
        {t('record.waiting')}
      </Badge>
    );
  return (
    <Badge tone="good" icon="check">
      {t('record.ready')}
    </Badge>
  );
}

function Root({ value }: { value: string | undefined }) {
  if (!value) return <span class="soft">{t('record.no_root')}</span>;
  return (
    <span class="root">
      <code dir="ltr" class="hash">
        {value}
      </code>{' '}
      <CopyButton text={value} />
    </span>
  );
}

/** Proofs that somebody signed two histories; the desk keeps them for ever. */
function Forks() {
  const status = useResource<Status>('/api/status', { events: ['equivocation'] });
  const count = status.data?.evidence ?? 0;
  if (count === 0) return null;
  return (
    <Alert tone="bad">
      <p>{t('record.forks', { n: count })}</p>
      {Array.from({ length: Math.min(count, 50) }, (_, nth) => (
        <KeepFile key={nth} path={`/api/evidence/${nth}/proof`} name={`equivocation-${nth}.proof`}>
          {t('record.forks.keep', { number: num(nth + 1) })}
        </KeepFile>
      ))}
    </Alert>
  );
}

function Logs({ record }: { record: ChannelRecord }) {
  const columns: Column<RecordLog>[] = [
    {
      name: 'desk',
      head: t('record.log_of'),
      isHead: true,
      cell: (log) => (
        <>
          <Name>{log.desk}</Name> {log.own && <span class="soft">{t('channel.us')}</span>}
        </>
      ),
    },
    { name: 'state', head: t('record.state'), cell: (log) => <LogState log={log} /> },
    { name: 'entries', head: t('record.entries'), look: 'number', cell: (log) => num(log.entries) },
    { name: 'signed', head: t('record.signed'), look: 'number', cell: (log) => num(log.signed) },
    { name: 'cosigned', head: t('record.cosigned'), look: 'number', cell: (log) => num(log.cosigned) },
    { name: 'root', head: t('record.root'), look: 'wide', cell: (log) => <Root value={log.cosigned_root} /> },
  ];
  const bad = record.logs.filter((log) => log.why);
  return (
    <Section title={t('record.logs')} count={record.logs.length}>
      {bad.map((log) => (
        <Alert key={log.origin} tone={log.state === 'frozen' || log.equivocating ? 'bad' : 'warn'}>
          <Name>{log.desk}</Name>: <PeerText text={log.why} max={500} />
        </Alert>
      ))}
      <p class="soft small">{t('record.logs.help')}</p>
      <Table label={t('record.logs')} columns={columns} rows={record.logs} keyOf={(log) => log.origin} />
    </Section>
  );
}

interface Signed {
  key: string;
  log: string;
  by: string;
  size: number;
  of: number;
  time: string;
}

function Receipts({ record }: { record: ChannelRecord }) {
  const rows: Signed[] = record.logs.flatMap((log) =>
    log.receipts.map(({ member, size, time }) => ({
      key: `${log.origin} ${member}`,
      log: log.desk,
      by: member,
      size,
      of: log.signed,
      time,
    })),
  );
  const columns: Column<Signed>[] = [
    { name: 'by', head: t('record.by'), isHead: true, cell: (one) => <Name>{one.by}</Name> },
    { name: 'log', head: t('record.log_of'), cell: (one) => <Name>{one.log}</Name> },
    { name: 'size', head: t('record.holds'), look: 'number', cell: (one) => num(one.size) },
    {
      name: 'lag',
      head: t('record.lacks'),
      cell: (one) =>
        one.size >= one.of ? (
          <Badge tone="good" icon="check">
            {t('record.all')}
          </Badge>
        ) : (
          <Badge tone="warn" icon="ring">
            {t('record.lag', { n: one.of - one.size })}
          </Badge>
        ),
    },
    { name: 'time', head: t('record.time'), cell: (one) => <TimeText time={one.time} full /> },
  ];
  return (
    <Section title={t('record.receipts')} count={rows.length}>
      <p class="soft small">{t('record.receipts.help')}</p>
      <Table label={t('record.receipts')} columns={columns} rows={rows} keyOf={(one) => one.key} />
    </Section>
  );
}

type Witness = RecordLog['witnesses'][number];

function Witnesses({ record }: { record: ChannelRecord }) {
  const rows = record.logs.flatMap((log) => log.witnesses);
  const columns: Column<Witness>[] = [
    { name: 'name', head: t('record.witness'), isHead: true, cell: (one) => <Name>{one.name}</Name> },
    { name: 'size', head: t('record.holds'), look: 'number', cell: (one) => num(one.size) },
    { name: 'time', head: t('record.time'), cell: (one) => <TimeText time={one.time} full /> },
    {
      name: 'error',
      head: t('record.last_error'),
      cell: (one) => one.last_error && <PeerText text={one.last_error} max={300} />,
    },
  ];
  return (
    <Section title={t('record.witnesses')} count={rows.length}>
      {rows.length === 0 ? (
        <Empty>{t('record.no_witnesses')}</Empty>
      ) : (
        <Table label={t('record.witnesses')} columns={columns} rows={rows} keyOf={(one) => one.name} />
      )}
    </Section>
  );
}

/** As it would be signed: for the telephone, and for who compares by eye. */
function statementText(title: string, { from, to: till, entries, logs }: StatementBody): string {
  const lines = logs.map(({ desk, size, root }) => `${desk}  ${size}  ${hexOf(bytesOf(root))}`);
  return [title, `${from} – ${till}  ${entries}`, ...lines].join('\n') + '\n';
}

function Statement({ record }: { record: ChannelRecord }) {
  const { statement } = record;
  if (statement === null)
    return (
      <Section title={t('record.statement')}>
        <Empty>{record.statement_why ?? t('record.no_statement')}</Empty>
      </Section>
    );
  const columns: Column<StatementBody['logs'][number]>[] = [
    { name: 'desk', head: t('record.log_of'), isHead: true, cell: (log) => <Name>{log.desk}</Name> },
    { name: 'size', head: t('record.entries'), look: 'number', cell: (log) => num(log.size) },
    { name: 'root', head: t('record.root'), look: 'wide', cell: (log) => <Root value={hexOf(bytesOf(log.root))} /> },
  ];
  return (
    <Section
      title={t('record.statement')}
      actions={
        <>
          <CopyButton text={statementText(record.channel_title, statement)}>{t('record.statement.copy')}</CopyButton>
          <Button
            look="quiet"
            icon="file"
            onClick={() => saveFile(JSON.stringify(statement, null, 1) + '\n', 'record-statement.json')}
          >
            {t('record.statement.keep')}
          </Button>
          {mayWrite() && (
            <LinkButton to={to.compose({ channel: record.channel, kind: 'record.statement' })}>
              {t('record.statement.send')}
            </LinkButton>
          )}
        </>
      }
    >
      <p>
        {t('record.statement.entries', { n: statement.entries })} <TimeText time={statement.from} full /> –{' '}
        <TimeText time={statement.to} full />
      </p>
      <Table label={t('record.statement')} columns={columns} rows={statement.logs} keyOf={(log) => log.desk} />
    </Section>
  );
}

/** A command, the same in every language. */
const exportCommand = ({ short }: ChannelDetail) => ['aldis', 'export', short, 'DIR'].join(' ');

function Files({ channel }: { channel: ChannelDetail }) {
  return (
    <Section title={t('record.files')}>
      <div class="row-of">
        <Button look="quiet" icon="file" onClick={() => saveFile(channel.note, `charter-${channel.short}.note`)}>
          {t('record.files.charter')}
        </Button>
        <KeepFile path={`${channelPath(channel.id)}/papers`} name={`papers-${channel.short}.json`}>
          {t('record.files.papers')}
        </KeepFile>
        <KeepFile path="/api/card" name="card.json">
          {t('record.files.card')}
        </KeepFile>
      </div>
      <p class="soft small">{t('record.files.export')}</p>
      <code dir="ltr" class="sent">
        {exportCommand(channel)}
      </code>
    </Section>
  );
}

export default function RecordPage({ params }: PageProps) {
  const name = params.channel ?? '';
  const channel = useResource<ChannelDetail>(channelPath(name), { events: ['channel', 'amended'] });
  const id = channel.data?.id;
  const record = useResource<ChannelRecord>(id && `${channelPath(id)}/record`, {
    channel: id,
    events: ['receipt', 'received', 'sent', 'witnessed', 'frozen', 'equivocation', 'log.end', 'channel'],
    every: 60,
  });
  const [title] = useState(t('record.title'));
  return (
    <Page
      class="record-page"
      documentTitle={`${title} ${channel.data ? plain(channel.data.title, 60) : ''}`}
      title={
        <>
          <span class="kind-of">{t('record.title')}</span>
          {channel.data && <Name>{channel.data.title}</Name>}
        </>
      }
      actions={
        id && (
          <LinkButton to={to.channel(id)} look="quiet">
            {t('message.to_channel')}
          </LinkButton>
        )
      }
    >
      <ProblemBox problem={channel.problem ?? record.problem} onAgain={() => void record.reload()} />
      {(channel.loading || record.loading) && <Loading />}
      {record.data && channel.data && (
        <>
          {record.data.logs.some((log) => log.equivocating) && <Forks />}
          <VerifySection channel={record.data.channel} first={record.data.verify} />
          <Logs record={record.data} />
          <Receipts record={record.data} />
          <Witnesses record={record.data} />
          <Statement record={record.data} />
          <Files channel={channel.data} />
        </>
      )}
    </Page>
  );
}
