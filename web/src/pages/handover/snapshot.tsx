// SPDX-License-Identifier: Apache-2.0
// What was or is open: duties by time left, alarms, approvals, what failed, each peer's last check.
import { kindLabel, useCatalogue } from '../../catalogue';
import { inOrder } from '../../alarm';
import { num, t } from '../../i18n';
import { to } from '../../router';
import { now as deskTime, span } from '../../time';
import type { Alarm, Draft, Failed, HandoverSnapshot, NowDuty, NowPeer, TimeOrNever } from '../../types';
import { Ago, AlarmWhat, Badge, type Column, DutyWords, Id, Name, PeerText, Table, TimeLeft, TimeText } from '../../ui';
import { MessageTitle } from '../channel/row';
import { draftTitle } from '../compose/title';

function Part<T>({ title, rows, columns, keyOf, none }: { title: string; rows: T[]; columns: Column<T>[]; keyOf: (row: T) => string; none: string }) {
  return (
    <div class="part">
      <h3>
        {title} <span class="soft">{num(rows.length)}</span>
      </h3>
      {rows.length === 0 ? <p class="empty">{none}</p> : <Table label={title} columns={columns} rows={rows} keyOf={keyOf} />}
    </div>
  );
}

/** What an alarm is about: a message, a draft or a desk. */
function Subject({ alarm }: { alarm: Alarm }) {
  if (/#\d+$/.test(alarm.subject))
    return (
      <>
        {alarm.kind && <MessageTitle message={alarm} />} <Id id={alarm.subject} channel={alarm.channel} />
      </>
    );
  if (alarm.what === 'approval') return <a href={to.draft(alarm.subject)}>{t('handover.draft')}</a>;
  return <Name>{alarm.subject}</Name>;
}

/** `then`: of that moment, which is over, so nothing counts on. In the order of Now. */
export function Snapshot({ snapshot, then }: { snapshot: HandoverSnapshot; then?: number }) {
  const isThen = then !== undefined;
  const catalogue = useCatalogue();
  const when = (time: TimeOrNever) => (isThen ? <TimeText time={time} full alone /> : <Ago time={time} />);
  const channel = <T extends { channel_title?: string }>(): Column<T> => ({
    name: 'channel',
    head: t('handover.channel'),
    cell: (row) => <Name>{row.channel_title ?? ''}</Name>,
  });
  const duties: Column<NowDuty>[] = [
    { name: 'left', head: isThen ? t('handover.deadline') : t('handover.left'), look: 'tight', cell: (duty) => (isThen ? <TimeText time={duty.deadline} full alone /> : <TimeLeft deadline={duty.deadline} start={duty.start} />) },
    { name: 'state', head: t('handover.state'), look: 'tight', cell: (duty) => <DutyWords state={duty.state} /> },
    {
      name: 'question',
      head: t('handover.question'),
      look: 'wide',
      isHead: true,
      cell: (duty) => (
        <>
          {duty.question ? <MessageTitle message={duty} /> : t('now.periodic', { span: span(duty.every ?? 0) })}{' '}
          {duty.question && <Id id={duty.question} channel={duty.channel} />}
        </>
      ),
    },
    {
      name: 'owes',
      head: t('handover.owes'),
      cell: (duty) => (
        <>
          <Name>{duty.debtor}</Name>: {duty.owe.map((kind) => kindLabel(catalogue, kind)).join(` ${t('compose.to.or')} `)}
        </>
      ),
    },
    channel(),
  ];
  const alarms: Column<Alarm>[] = [
    { name: 'what', head: t('handover.alarm'), look: 'tight', isHead: true, cell: (alarm) => <AlarmWhat what={alarm.what} /> },
    { name: 'words', head: t('handover.about'), look: 'wide', cell: (alarm) => <Subject alarm={alarm} /> },
    { name: 'since', head: t('handover.since'), cell: (alarm) => <TimeText time={alarm.since} alone /> },
    {
      name: 'taken',
      head: t('handover.taken'),
      cell: (alarm) => (alarm.taken ? <Name>{alarm.taken.by}</Name> : alarm.muted ? t('handover.muted') : <Badge tone="warn">{t('handover.nobody_took')}</Badge>),
    },
  ];
  const approvals: Column<Draft>[] = [
    {
      name: 'draft',
      head: t('handover.draft'),
      look: 'wide',
      isHead: true,
      cell: (draft) => (
        <a href={to.draft(draft.id)}>
          {kindLabel(catalogue, draft.message.kind)} <PeerText text={draftTitle(draft.message)} />
        </a>
      ),
    },
    { name: 'by', head: t('handover.by'), cell: (draft) => <Name>{draft.asked?.by ?? draft.by}</Name> },
    channel(),
  ];
  const failed: Column<Failed>[] = [
    { name: 'id', head: t('handover.message'), isHead: true, cell: (row) => <><MessageTitle message={row} /> <Id id={row.id} channel={row.channel} /></> },
    { name: 'to', head: t('handover.for'), cell: (row) => <Name>{row.to}</Name> },
    { name: 'why', head: t('handover.why'), look: 'wide', cell: (row) => <PeerText text={row.why || row.words} max={200} /> },
    channel(),
  ];
  const peers: Column<NowPeer>[] = [
    { name: 'name', head: t('handover.peer'), isHead: true, cell: (peer) => <Name>{peer.name}</Name> },
    { name: 'check', head: t('handover.last_check'), cell: (peer) => when(peer.last_check) },
    { name: 'heard', head: t('handover.last_heard'), cell: (peer) => when(peer.last_heard) },
    {
      name: 'reach',
      head: t('handover.line'),
      cell: (peer) =>
        peer.reachable ? (
          <Badge tone="good" icon="check">
            {t('compose.to.reached')}
          </Badge>
        ) : (
          <Badge tone="warn" icon="triangle">
            {t('compose.to.not_reached')}
          </Badge>
        ),
    },
    { name: 'queued', head: t('handover.queued'), look: 'number', cell: (peer) => num(peer.queued) },
    channel(),
  ];
  return (
    <div class="snapshot">
      <Part title={t('handover.duties')} none={t('handover.duties.none')} rows={snapshot.duties} columns={duties} keyOf={(duty) => [duty.channel, duty.question, duty.debtor, duty.on, duty.every, duty.deadline].join(' ')} />
      <Part title={t('handover.alarms')} none={t('handover.alarms.none')} rows={inOrder(snapshot.alarms, then ?? deskTime())} columns={alarms} keyOf={(alarm) => alarm.id} />
      <Part title={t('handover.approvals')} none={t('handover.approvals.none')} rows={snapshot.approvals} columns={approvals} keyOf={(draft) => draft.id} />
      <Part title={t('handover.failed')} none={t('handover.failed.none')} rows={snapshot.failed} columns={failed} keyOf={(row) => row.id + row.to} />
      <p>{t('handover.unread', { n: snapshot.unread_total })}</p>
      <Part title={t('handover.peers')} none={t('handover.peers.none')} rows={snapshot.peers} columns={peers} keyOf={(peer) => peer.channel + peer.name} />
    </div>
  );
}
