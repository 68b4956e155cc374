// SPDX-License-Identifier: Apache-2.0
// The lists of Now. Their counters are the desk's own totals: list and counter come from one answer.
import { useCatalogue, kindLabel } from '../../catalogue';
import { t, tr } from '../../i18n';
import { go, to } from '../../router';
import { mayWrite, session } from '../../session';
import { span } from '../../time';
import type { Catalogue, Failed, Now, NowDuty, NowPeer, OwnState as State, Row, InChannel } from '../../types';
import {
  Ago,
  Alert,
  Badge,
  type Column,
  DeliveryWords,
  DutyWords,
  Empty,
  Id,
  LinkButton,
  Name,
  PeerText,
  Section,
  Table,
  TimeLeft,
  TimeText,
} from '../../ui';
import { MessageTitle } from '../channel/row';

/** Says that the list has more than it shows. */
function More({ shown, total }: { shown: number; total: number }) {
  return total > shown ? <p class="soft small">{t('now.more', { shown, n: total })}</p> : null;
}

export const owedKinds = (catalogue: Catalogue | undefined, duty: NowDuty) =>
  duty.owe.map((kind) => kindLabel(catalogue, kind)).join(' / ');

/** Who owes whom, in words. */
export function WhoOwes({ duty }: { duty: NowDuty }) {
  const creditor = duty.creditor;
  if (duty.mine) return creditor ? <>{tr('now.we_owe', { name: <Name>{creditor}</Name> })}</> : <>{t('now.we_owe.all')}</>;
  return <>{tr('now.they_owe', { name: <Name>{duty.debtor}</Name> })}</>;
}

const dutyKey = (duty: NowDuty) =>
  [duty.channel, duty.question ?? duty.every, duty.debtor, duty.owe.join(','), duty.deadline].join(' ');

function DutyTitle({ duty }: { duty: NowDuty }) {
  if (!duty.question) return <span>{t('now.periodic', { span: span(duty.every ?? 0) })}</span>;
  return (
    <a href={to.message(duty.channel, duty.question)}>
      <MessageTitle message={duty} />
    </a>
  );
}

function AnswerLink({ duty }: { duty: NowDuty }) {
  const kind = duty.owe.find((one) => one !== 'receipt' && one !== 'check');
  if (!duty.mine || !mayWrite() || !kind || !duty.question) return null;
  return (
    <LinkButton look="quiet" to={to.compose({ channel: duty.channel, re: duty.question, kind })}>
      {t('now.answer')}
    </LinkButton>
  );
}

export function Duties({ now }: { now: Now }) {
  const catalogue = useCatalogue();
  const columns: Column<NowDuty>[] = [
    {
      name: 'left',
      head: t('now.col.left'),
      look: 'tight',
      cell: (duty) =>
        duty.deadline ? <TimeLeft deadline={duty.deadline} start={duty.start} /> : <DutyWords state={duty.state} />,
    },
    {
      name: 'owed',
      head: t('now.col.owed'),
      cell: (duty) => (
        <>
          <WhoOwes duty={duty} />
          <div>
            {owedKinds(catalogue, duty)} {duty.state === 'held' && <DutyWords state={duty.state} />}
          </div>
        </>
      ),
    },
    {
      name: 'title',
      head: t('now.col.about'),
      look: 'wide',
      isHead: true,
      cell: (duty) => (
        <>
          <DutyTitle duty={duty} />
          <div class="soft small">
            {duty.question && (
              <>
                <Id id={duty.question} />
                {' · '}
              </>
            )}
            <Name>{duty.channel_title}</Name>
          </div>
        </>
      ),
    },
    { name: 'do', head: '', look: 'tight', cell: (duty) => <AnswerLink duty={duty} /> },
  ];
  return (
    <Section title={t('now.duties')} count={now.duties_total}>
      {now.duties.length === 0 ? (
        <Empty>{t('now.duties.none')}</Empty>
      ) : (
        <Table
          label={t('now.duties')}
          columns={columns}
          rows={now.duties}
          keyOf={dutyKey}
          rowClass={(duty) => (duty.mine ? 'mine' : undefined)}
          onOpen={(duty) => duty.question && go(to.message(duty.channel, duty.question))}
        />
      )}
      <More shown={now.duties.length} total={now.duties_total} />
    </Section>
  );
}

export function Failures({ now }: { now: Now }) {
  const catalogue = useCatalogue();
  const total = now.failed_total;
  if (total === 0) return null;
  const columns: Column<Failed>[] = [
    { name: 'state', head: t('now.col.state'), look: 'tight', cell: (one) => <DeliveryWords state={one.state} /> },
    { name: 'to', head: t('now.col.to'), cell: (one) => <Name>{one.to}</Name> },
    {
      name: 'title',
      head: t('now.col.message'),
      look: 'wide',
      isHead: true,
      cell: (one) => (
        <>
          <a href={to.message(one.channel, one.id)}>
            <MessageTitle message={one} />
          </a>
          <div class="soft small">
            {kindLabel(catalogue, one.kind)} {' · '}
            <Id id={one.id} />
            {' · '}
            <Name>{one.channel_title}</Name>
          </div>
        </>
      ),
    },
    { name: 'why', head: t('now.col.why'), cell: (one) => <PeerText text={one.why || one.words} max={300} /> },
    { name: 'sent', head: t('now.col.sent'), look: 'tight', cell: (one) => <TimeText time={one.sent} alone /> },
  ];
  return (
    <Section title={t('now.failed')} count={total} class="failed">
      {now.failed.length > 0 && (
        <Table
          label={t('now.failed')}
          columns={columns}
          rows={now.failed}
          keyOf={(one) => `${one.channel} ${one.id} ${one.to}`}
          onOpen={(one) => go(to.message(one.channel, one.id))}
        />
      )}
      <More shown={now.failed.length} total={total} />
    </Section>
  );
}

export function Unread({ now }: { now: Now }) {
  const catalogue = useCatalogue();
  type Item = Row & InChannel;
  const columns: Column<Item>[] = [
    { name: 'sent', head: t('now.col.sent'), look: 'tight', cell: (one) => <TimeText time={one.sent} alone /> },
    { name: 'from', head: t('now.col.from'), cell: (one) => <Name>{one.author}</Name> },
    { name: 'kind', head: t('now.col.kind'), look: 'tight', cell: (one) => kindLabel(catalogue, one.kind) },
    {
      name: 'title',
      head: t('now.col.message'),
      look: 'wide',
      isHead: true,
      cell: (one) => (
        <>
          <a href={to.message(one.channel, one.id)}>
            <MessageTitle message={one} />
          </a>{' '}
          {one.flags.includes('malformed') && (
            <Badge tone="bad" icon="triangle">
              {t('now.malformed')}
            </Badge>
          )}
          <div class="soft small">
            <Id id={one.id} />
            {' · '}
            <Name>{one.channel_title}</Name>
          </div>
        </>
      ),
    },
  ];
  return (
    <Section title={t('now.unread')} count={now.unread_total}>
      {now.unread.length === 0 ? (
        <Empty>{t('now.unread.none')}</Empty>
      ) : (
        <Table
          label={t('now.unread')}
          columns={columns}
          rows={now.unread}
          keyOf={(one) => `${one.channel} ${one.id}`}
          onOpen={(one) => go(to.message(one.channel, one.id))}
        />
      )}
      <More shown={now.unread.length} total={now.unread_total} />
    </Section>
  );
}

export function Approvals({ now }: { now: Now }) {
  const catalogue = useCatalogue();
  const me = session.value?.operator.name;
  return (
    <Section title={t('now.approvals')} count={now.approvals.length}>
      {now.approvals.length === 0 ? (
        <Empty>{t('now.approvals.none')}</Empty>
      ) : (
        <ul class="cards">
          {now.approvals.map((draft) => (
            <li key={draft.id}>
              <a href={to.draft(draft.id)} data-row="">{kindLabel(catalogue, draft.message.kind)}</a>
              <span class="soft">
                {' · '}
                <Name>{draft.channel_title}</Name>
              </span>
              <div class="soft small">
                {tr('now.asked_by', {
                  name: <Name>{draft.asked?.by ?? draft.changed_by}</Name>,
                  ago: <Ago time={draft.asked?.time ?? draft.changed} />,
                })}
                {(draft.by === me || draft.changed_by === me) && <> · {t('now.own_draft')}</>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function PeerState({ peer }: { peer: NowPeer }) {
  return peer.reachable ? (
    <Badge tone="good" icon="dot">
      {t('now.reachable')}
    </Badge>
  ) : (
    <Badge tone="bad" icon="cross">
      {t('now.unreachable')}
    </Badge>
  );
}

export function Peers({ now }: { now: Now }) {
  return (
    <Section title={t('now.peers')}>
      {now.peers.length === 0 ? (
        <Empty>{t('now.peers.none')}</Empty>
      ) : (
        <ul class="cards peers">
          {now.peers.map((peer) => (
            <li key={`${peer.channel} ${peer.name}`}>
              <div class="head">
                <strong>
                  <Name>{peer.name}</Name>
                </strong>
                <PeerState peer={peer} />
              </div>
              <Name class="soft small">{peer.channel_title}</Name>
              <dl>
                <dt>{t('now.peer.last_check')}</dt>
                <dd>
                  <Ago time={peer.last_check} />
                </dd>
                <dt>{t('now.peer.last_heard')}</dt>
                <dd>
                  <Ago time={peer.last_heard} />
                </dd>
                <dt>{t('now.peer.receipt')}</dt>
                <dd>
                  <Ago time={peer.receipt_time} />
                </dd>
                <dt>{t('now.peer.keys')}</dt>
                <dd>{t('now.days', { n: peer.key_days })}</dd>
                {peer.queued > 0 && (
                  <>
                    <dt>{t('now.peer.queued')}</dt>
                    <dd>
                      <Badge tone="warn" icon="ring">
                        {t('now.entries', { n: peer.queued })}
                      </Badge>
                    </dd>
                  </>
                )}
              </dl>
              {peer.error && (
                <p class="peer-error small">
                  <PeerText text={peer.error} max={300} />
                </p>
              )}
              {!peer.reachable && mayWrite() && (
                <p class="small">
                  <a href={to.pouch(peer.channel, peer.name)}>{tr('pouch.write_for', { desk: <Name>{peer.name}</Name> })}</a>
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** Only what is not as it should be: an own log that may not grow is the first thing to know. */
export function OwnState({ states }: { states: State[] }) {
  const wrong = states.filter((one) => one.state !== 'ready');
  if (wrong.length === 0) return null;
  return (
    <div class="stack">
      {wrong.map((one) => (
        <Alert key={`${one.channel} ${one.state}`} tone={one.state === 'frozen' || one.state === 'refused' ? 'bad' : 'warn'}>
          <strong>
            {tr(`now.own.${one.state}`, {
              channel: <Name>{one.channel_title ?? one.channel.slice(0, 8)}</Name>,
            })}
          </strong>{' '}
          {one.state !== 'closed' && (
            <>
              <PeerText text={one.why} />{' '}
            </>
          )}
          <a href={one.state === 'closed' ? `${to.desk}?tab=charters` : to.record(one.channel)}>
            {t(one.state === 'closed' ? 'now.own.charters' : 'nav.record')}
          </a>
        </Alert>
      ))}
    </div>
  );
}
