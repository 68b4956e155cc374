// SPDX-License-Identifier: Apache-2.0
// Where a message stands: with each recipient in plain words, what clocks it started, and the receipts to keep.
import { channelPath, messagePath, query, splitId } from '../../api';
import { kindLabel, useCatalogue } from '../../catalogue';
import { t } from '../../i18n';
import { session } from '../../session';
import type { Delivery, Duty, Message } from '../../types';
import { type Column, DeliveryWords, DutyWords, Empty, Id, Name, Section, Table, TimeLeft, TimeText } from '../../ui';
import { KeepFile } from './keep_file';

export function ReceiptFile({ channel, id, from }: { channel: string; id: string; from?: string }) {
  const [desk, index] = splitId(id);
  return (
    <KeepFile
      path={messagePath(channel, id) + '/receipt' + query({ from })}
      name={`${desk}-${index}${from === undefined ? '' : `.${from}`}.tlog-proof`}
    >
      {t('message.receipt.keep')}
    </KeepFile>
  );
}

export function DeliveryTable({ message, channel }: { message: Message; channel: string }) {
  const rows = message.delivery ?? [];
  const columns: Column<Delivery>[] = [
    { name: 'to', head: t('message.recipient'), isHead: true, cell: (one) => <Name>{one.to}</Name> },
    { name: 'state', head: t('message.state'), cell: (one) => <DeliveryWords state={one.state} /> },
    {
      name: 'receipt',
      head: t('message.receipt'),
      cell: (one) =>
        one.receipt === undefined ? (
          <span class="soft">{t('message.receipt.none')}</span>
        ) : (
          <>
            <TimeText time={one.receipt} /> <ReceiptFile channel={channel} id={message.id} from={one.to} />
          </>
        ),
    },
  ];
  return (
    <Section title={t('message.standing')}>
      {rows.length === 0 ? (
        <Empty>{t('message.standing.none')}</Empty>
      ) : (
        <Table label={t('message.standing')} columns={columns} rows={rows} keyOf={(one) => one.to} />
      )}
    </Section>
  );
}

/** That a question of this desk was not answered in time can be shown to others. */
function SilenceFile({ duty, channel }: { duty: Duty; channel: string }) {
  const { question, debtor, creditor } = duty;
  if (question === undefined || creditor === undefined || creditor !== session.value?.desk) return null;
  const [desk, index] = splitId(question);
  return (
    <KeepFile
      path={`${channelPath(channel)}/silence/${encodeURIComponent(desk)}/${index}${query({ debtor })}`}
      name={`silence-${desk}-${index}.${debtor}.proof`}
    >
      {t('message.silence.keep')}
    </KeepFile>
  );
}

/** When a duty was met or ended, or how long is left. */
function DutyEnd({ duty, channel }: { duty: Duty; channel: string }) {
  if (duty.state === 'running' || duty.state === 'held')
    return <TimeLeft deadline={duty.deadline} start={duty.start} />;
  if (duty.state === 'overdue')
    return (
      <>
        <TimeLeft deadline={duty.deadline} start={duty.start} /> <SilenceFile duty={duty} channel={channel} />
      </>
    );
  if (duty.state === 'met')
    return (
      <>
        {duty.answer && <Id id={duty.answer} channel={channel} />} <TimeText time={duty.answered} />{' '}
        {duty.late && <b class="late">{t('message.duty.late')}</b>}
      </>
    );
  if (duty.state === 'waiting') return <span class="soft">{t('message.duty.no_clock')}</span>;
  return <>{duty.cancel && <Id id={duty.cancel} channel={channel} />}</>;
}

export function DutyTable({ duties, channel }: { duties: readonly Duty[]; channel: string }) {
  const catalogue = useCatalogue();
  const columns: Column<Duty>[] = [
    {
      name: 'debtor',
      head: t('message.duty.debtor'),
      isHead: true,
      cell: (duty) => (
        <span class="duty-of">
          <Name>{duty.debtor}</Name>
          <span class="soft small">
            {duty.owe.map((kind) => kindLabel(catalogue, kind)).join(t('message.duty.or'))}
          </span>
        </span>
      ),
    },
    { name: 'state', head: t('message.state'), cell: (duty) => <DutyWords state={duty.state} /> },
    { name: 'end', head: t('message.duty.deadline'), cell: (duty) => <DutyEnd duty={duty} channel={channel} /> },
  ];
  if (duties.length === 0) return null;
  return (
    <Section title={t('message.duties')} count={duties.length}>
      <Table
        label={t('message.duties')}
        columns={columns}
        rows={[...duties]}
        keyOf={(duty) => `${duty.debtor} ${duty.owe.join()} ${duty.start ?? ''}`}
      />
    </Section>
  );
}
