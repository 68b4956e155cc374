// SPDX-License-Identifier: Apache-2.0
// The releases that were asked for in a channel, the newest first.
import { channelPath } from '../../api';
import { t } from '../../i18n';
import { useResource } from '../../live';
import { go, Link, to } from '../../router';
import { mayWrite } from '../../session';
import type { ChannelDetail, ListedRelease, Releases } from '../../types';
import { Alert, type Column, Empty, Id, LinkButton, Loading, Name, Page, PeerText, ProblemBox, Table, TimeText } from '../../ui';
import { Grade } from './words';

export const RELEASE_EVENTS = ['received', 'sent', 'receipt', 'amended'];

const answered = ({ answers = [] }: ListedRelease): string =>
  t('release.answered', {
    yes: answers.filter(({ answer }) => answer === 'consented').length,
    no: answers.filter(({ answer }) => answer === 'refused').length,
    open: answers.filter(({ answer, needed }) => answer === 'none' && needed).length,
  });

export function ListPage({ channel: name }: { channel: string }) {
  const channel = useResource<ChannelDetail>(channelPath(name), { events: ['channel', 'amended'] });
  const id = channel.data?.id;
  const releases = useResource<Releases>(id && `${channelPath(id)}/releases`, { channel: id, events: RELEASE_EVENTS });
  const columns: Column<ListedRelease>[] = [
    { name: 'sent', head: t('release.asked_at'), cell: ({ sent }) => <TimeText time={sent} alone /> },
    {
      name: 'request',
      head: t('release.request'),
      isHead: true,
      cell: ({ request }) => (
        <Link to={to.release(id ?? name, request)}>
          <Id id={request} />
        </Link>
      ),
    },
    {
      name: 'what',
      head: t('release.what'),
      look: 'wide',
      cell: ({ cover, counts, why }) =>
        why !== undefined ? (
          <PeerText text={why} lang="en" max={300} />
        ) : (
          <>
            <PeerText text={cover?.en ?? cover?.id ?? ''} max={160} />{' '}
            {counts && <span class="soft">{t('release.counts', { full: counts.full, envelope: counts.envelope, withheld: counts.withheld })}</span>}
          </>
        ),
    },
    { name: 'answers', head: t('release.answers'), cell: (row) => row.answers && answered(row) },
    { name: 'grade', head: t('release.grade'), cell: ({ grade }) => grade && <Grade grade={grade} /> },
  ];
  const rows = releases.data?.releases ?? [];
  return (
    <Page
      title={t('release.title')}
      actions={
        channel.data && (
          <>
            <LinkButton to={to.channel(channel.data.id)} look="quiet">
              {t('release.to_channel')}
            </LinkButton>
            {mayWrite() && (
              <LinkButton to={to.newRelease(channel.data.id)} look="primary" icon="plus">
                {t('release.new')}
              </LinkButton>
            )}
          </>
        )
      }
    >
      {channel.data && (
        <p class="soft">
          <Name>{channel.data.title}</Name>
        </p>
      )}
      <p>{t('release.help')}</p>
      <ProblemBox problem={channel.problem ?? releases.problem} onAgain={() => void releases.reload()} />
      {(channel.loading || releases.loading) && <Loading />}
      {releases.data && rows.length === 0 && <Empty>{t('release.none')}</Empty>}
      {rows.length > 0 && (
        <Table
          label={t('release.title')}
          columns={columns}
          rows={rows}
          keyOf={({ request }) => request}
          onOpen={({ request }) => go(to.release(id ?? name, request))}
        />
      )}
      {releases.data?.more && <Alert>{t('release.more')}</Alert>}
    </Page>
  );
}
