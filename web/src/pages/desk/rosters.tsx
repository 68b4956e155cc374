// SPDX-License-Identifier: Apache-2.0
// Who can be reached at each desk, as each desk last said it in a message of kind roster. Bodies come from peers:
// whatever has another shape than expected is left out here and stands whole in the message.
import { channelPath } from '../../api';
import { t } from '../../i18n';
import { useResource } from '../../live';
import { to } from '../../router';
import { mayWrite } from '../../session';
import type { Body, Channel, Channels, Json, Roster, Rosters as List } from '../../types';
import { type Column, Empty, LinkButton, Loading, Name, PeerText, ProblemBox, Section, Table, TimeText } from '../../ui';

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const isBody = (value: Json): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

interface Role {
  place: number;
  body: Body;
}
const cell = (name: string) => (role: Role) => <PeerText text={text(role.body[name])} max={500} />;

function RosterTable({ roster, channel }: { roster: Roster; channel: Channel }) {
  const roles = list(roster.body.roles).filter(isBody).map((body, place) => ({ body, place }));
  const succession = list(roster.body.succession).map(text).filter(Boolean);
  const columns: Column<Role>[] = [
    { name: 'role', head: t('desk.roster.role'), isHead: true, cell: cell('role') },
    { name: 'name', head: t('desk.roster.name'), cell: cell('name') },
    { name: 'hours', head: t('desk.roster.hours'), cell: cell('hours') },
    {
      name: 'languages',
      head: t('desk.roster.languages'),
      cell: (role) => <PeerText text={list(role.body.languages).map(text).join(', ')} />,
    },
    { name: 'line', head: t('desk.roster.line'), cell: cell('line') },
    { name: 'contact', head: t('desk.roster.contact'), look: 'wide', cell: cell('contact') },
  ];
  return (
    <div class="panel stack">
      <div class="row-of head">
        <h3>
          <Name>{roster.desk}</Name>
        </h3>
        <a href={to.message(channel.id, roster.id)}>{t('desk.roster.message')}</a>
        <span class="soft small">
          <TimeText time={roster.sent} full />
        </span>
      </div>
      <p class="small">
        {t('desk.roster.authority')} <PeerText text={text(roster.body.authority)} max={300} />
      </p>
      <Table label={roster.desk} columns={columns} rows={roles} keyOf={(role) => String(role.place)} />
      {succession.length > 0 && (
        <p class="small">
          {t('desk.roster.succession')} <PeerText text={succession.join(' → ')} />
        </p>
      )}
    </div>
  );
}

function ChannelRosters({ channel }: { channel: Channel }) {
  const read = useResource<List>(`${channelPath(channel.id)}/rosters`, { events: ['received', 'sent'], channel: channel.id });
  return (
    <Section
      title={<Name>{channel.title}</Name>}
      actions={
        mayWrite() && (
          <LinkButton look="quiet" to={to.compose({ channel: channel.id, kind: 'roster' })}>
            {t('desk.roster.own')}
          </LinkButton>
        )
      }
    >
      <ProblemBox problem={read.problem} />
      {read.loading && <Loading />}
      {read.data?.rosters.length === 0 && <Empty>{t('desk.roster.none')}</Empty>}
      <div class="stack">
        {read.data?.rosters.map((roster) => (
          <RosterTable key={roster.id} roster={roster} channel={channel} />
        ))}
      </div>
    </Section>
  );
}

export function Rosters() {
  const read = useResource<Channels>('/api/channels', { events: ['channel'] });
  const open = read.data?.channels.filter((channel) => channel.open) ?? [];
  return (
    <div class="stack">
      <p class="help">{t('desk.rosters.what')}</p>
      <ProblemBox problem={read.problem} />
      {read.loading && <Loading />}
      {read.data && open.length === 0 && <Empty>{t('desk.rosters.none')}</Empty>}
      {open.map((channel) => (
        <ChannelRosters key={channel.id} channel={channel} />
      ))}
    </div>
  );
}
