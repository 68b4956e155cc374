// SPDX-License-Identifier: Apache-2.0
// Who is in a channel: in which languages they read, when each was last heard, what they hold of ours.
import { locale, t, tr } from '../../i18n';
import { nameOfLanguage } from '../../model/languages';
import { to } from '../../router';
import { mayWrite } from '../../session';
import type { ChannelDetail, Member } from '../../types';
import { Ago, Badge, type Column, Name, Table, TimeText } from '../../ui';

const languagesOf = (member: Member) =>
  (member.languages ?? []).map((tag) => nameOfLanguage(tag, locale())).join(', ') || t('ui.unknown');

/** The newest log of a desk: one that was ended has a successor behind it. */
const logOf = (channel: ChannelDetail, desk: string) => channel.logs.filter((log) => log.desk === desk).at(-1);

function Line({ channel, desk }: { channel: ChannelDetail; desk: string }) {
  const log = logOf(channel, desk);
  const receipt = channel.receipts.find((one) => one.member === desk);
  if (log?.equivocating)
    return (
      <Badge tone="bad" icon="triangle">
        {t('channel.member.fork')}
      </Badge>
    );
  if (log?.own)
    return log.state === 'frozen' ? (
      <Badge tone="bad" icon="lock">
        {t('channel.member.frozen')}
      </Badge>
    ) : (
      <span>{t('channel.member.us')}</span>
    );
  if (receipt === undefined) return <span>{t('channel.member.no_line')}</span>;
  return receipt.reachable ? (
    <Badge tone="good" icon="check">
      {t('channel.member.reachable')}
    </Badge>
  ) : (
    <>
      <Badge tone="bad" icon="cross">
        {t('channel.member.unreachable')}
      </Badge>
      {mayWrite() && (
        <div class="small">
          <a href={to.pouch(channel.id, desk)}>{tr('pouch.write_for', { desk: <Name>{desk}</Name> })}</a>
        </div>
      )}
    </>
  );
}

export function Members({ channel }: { channel: ChannelDetail }) {
  const columns: Column<Member>[] = [
    {
      name: 'desk',
      head: t('channel.member.desk'),
      isHead: true,
      cell: (member) => (
        <>
          <Name>{member.name}</Name> {member.left === true && <Badge icon="cross">{t('channel.member.left')}</Badge>}
          {!member.signed && <Badge tone="warn">{t('channel.member.unsigned')}</Badge>}
        </>
      ),
    },
    { name: 'languages', head: t('channel.member.languages'), cell: languagesOf },
    { name: 'line', head: t('channel.member.line'), cell: (member) => <Line channel={channel} desk={member.name} /> },
    {
      name: 'check',
      head: t('channel.member.last_check'),
      cell: (member) => {
        const check = logOf(channel, member.name)?.last_check;
        return check === undefined || check === 'never' ? (
          t('time.never')
        ) : (
          <>
            <TimeText time={check} alone /> <Ago time={check} />
          </>
        );
      },
    },
    {
      name: 'receipt',
      head: t('channel.member.receipt'),
      cell: (member) => {
        const receipt = channel.receipts.find((one) => one.member === member.name);
        if (receipt === undefined) return '';
        return (
          <>
            {t('channel.member.holds', { n: receipt.size })}
            {receipt.queued > 0 && (
              <Badge tone="warn" icon="ring">
                {t('channel.member.queued', { n: receipt.queued })}
              </Badge>
            )}
          </>
        );
      },
    },
  ];
  return (
    <Table
      label={t('channel.members')}
      columns={columns}
      rows={channel.members}
      keyOf={(member) => member.name}
    />
  );
}
