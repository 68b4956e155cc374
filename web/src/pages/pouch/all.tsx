// SPDX-License-Identifier: Apache-2.0
// What waits for whom and since when nobody is heard; taking pouches in; those of which parts are lacking.
import { list, num, t, tr } from '../../i18n';
import { useResource } from '../../live';
import { gapWords } from '../../model/pouch';
import { to } from '../../router';
import { mayWrite } from '../../session';
import type { Now, NowPeer, WaitingPouch, WaitingPouches } from '../../types';
import { Ago, Alert, Badge, type Column, Empty, LinkButton, Loading, Name, Page, ProblemBox, Section, Table, TimeText } from '../../ui';
import { Taking } from './in';

export const LINE_EVENTS = ['receipt', 'received', 'sent', 'channel', 'frozen', 'pouch'];

/** Does the line work, and since when is nobody heard over it? A pouch is not heard. */
export function Line({ peer }: { peer: NowPeer }) {
  return (
    <>
      {peer.reachable ? (
        <Badge tone="good" icon="dot">
          {t('pouch.line.up')}
        </Badge>
      ) : (
        <Badge tone="bad" icon="cross">
          {t('pouch.line.down')}
        </Badge>
      )}{' '}
      <span class="soft small">
        {peer.last_heard === 'never' ? t('pouch.line.never') : tr('pouch.line.heard', { ago: <Ago time={peer.last_heard} /> })}
      </span>
    </>
  );
}

const lineColumns = (): Column<NowPeer>[] => [
  {
    name: 'desk',
    head: t('pouch.desk'),
    isHead: true,
    cell: ({ name, channel_title }) => (
      <>
        <Name>{name}</Name>
        <div class="soft small">
          <Name>{channel_title}</Name>
        </div>
      </>
    ),
  },
  { name: 'line', head: t('pouch.line'), cell: (peer) => <Line peer={peer} /> },
  {
    name: 'waits',
    head: t('pouch.waits'),
    cell: ({ queued, receipt_time }) => (
      <>
        {queued > 0 ? (
          <Badge tone="warn" icon="ring">
            {t('pouch.waits.entries', { count: queued })}
          </Badge>
        ) : (
          t('pouch.waits.nothing')
        )}{' '}
        <span class="soft small">{tr('pouch.waits.receipt', { ago: <Ago time={receipt_time} /> })}</span>
      </>
    ),
  },
  {
    name: 'do',
    head: '',
    cell: ({ channel, name, reachable, queued }) =>
      mayWrite() && (
        <LinkButton to={to.pouch(channel, name)} look={!reachable && queued > 0 ? undefined : 'quiet'} icon="up">
          {tr('pouch.write_for', { desk: <Name>{name}</Name> })}
        </LinkButton>
      ),
  },
];

function Lines() {
  const now = useResource<Now>('/api/now', { events: LINE_EVENTS, every: 30 });
  // Those who wait in vain first.
  const peers = [...(now.data?.peers ?? [])].sort(
    (a, b) => Number(a.reachable) - Number(b.reachable) || b.queued - a.queued || a.name.localeCompare(b.name),
  );
  return (
    <Section title={t('pouch.lines')}>
      <ProblemBox problem={now.problem} onAgain={() => void now.reload()} />
      {now.loading && <Loading />}
      {now.data && peers.length === 0 && <Empty>{t('pouch.lines.none')}</Empty>}
      {peers.length > 0 && (
        <Table
          label={t('pouch.lines')}
          columns={lineColumns()}
          rows={peers}
          keyOf={({ channel, name }) => `${channel} ${name}`}
        />
      )}
    </Section>
  );
}

function Kept() {
  const kept = useResource<WaitingPouches>('/api/pouches', { events: ['pouch'], every: 30 });
  const rows = [...(kept.data?.pouches ?? [])].sort((a, b) => b.came.localeCompare(a.came));
  const columns: Column<WaitingPouch>[] = [
    { name: 'from', head: t('pouch.kept.from'), isHead: true, cell: ({ from }) => <Name>{from}</Name> },
    { name: 'held', head: t('pouch.kept.held'), cell: ({ held, parts }) => t('pouch.kept.parts', { held, parts }) },
    {
      name: 'missing',
      head: t('pouch.kept.missing'),
      cell: ({ state, missing, held, parts }) => {
        if (state === 'early') return t('pouch.kept.early');
        const told = missing.reduce((sum, { first, last }) => sum + last - first + 1, 0);
        const rest = parts - held - told;
        return (
          <>
            <bdi>{list(gapWords(missing))}</bdi>
            {rest > 0 && <> {t('pouch.kept.rest', { count: rest })}</>}
          </>
        );
      },
    },
    { name: 'came', head: t('pouch.kept.came'), cell: ({ came }) => <TimeText time={came} alone /> },
    { name: 'pouch', head: t('pouch.kept.pouch'), cell: ({ pouch }) => <code dir="ltr">{pouch.slice(0, 8)}</code> },
  ];
  return (
    <Section title={t('pouch.kept')} count={kept.data && rows.length}>
      <ProblemBox problem={kept.problem} onAgain={() => void kept.reload()} />
      {kept.loading && <Loading />}
      {kept.data && rows.length === 0 && <Empty>{t('pouch.kept.none')}</Empty>}
      {rows.length > 0 && (
        <>
          <Table label={t('pouch.kept')} columns={columns} rows={rows} keyOf={({ pouch }) => pouch} />
          <p class="soft small">{t('pouch.kept.help', { most: num(64) })}</p>
        </>
      )}
    </Section>
  );
}

export function AllPage() {
  return (
    <Page class="pouch-page" title={t('pouch.title')}>
      <p>{t('pouch.help')}</p>
      {!mayWrite() && <Alert>{t('pouch.no_right')}</Alert>}
      <Lines />
      {mayWrite() && <Taking />}
      <Kept />
    </Page>
  );
}
