// SPDX-License-Identifier: Apache-2.0
// The releases that were asked for in a channel, the newest first, page by page.
import { useState } from 'preact/hooks';
import { asProblem, channelPath, get } from '../../api';
import { t } from '../../i18n';
import { useResource } from '../../live';
import { go, Link, to } from '../../router';
import { mayWrite } from '../../session';
import type { ChannelDetail, ListedRelease, Releases } from '../../types';
import { Button, type Column, Empty, Id, LinkButton, Loading, Name, Page, PeerText, ProblemBox, Table, TimeText, toast } from '../../ui';
import { Grade } from './words';

export const RELEASE_EVENTS = ['received', 'sent', 'receipt', 'amended'];

const answered = ({ answers = [] }: ListedRelease): string =>
  t('release.answered', {
    yes: answers.filter(({ answer }) => answer === 'consented').length,
    no: answers.filter(({ answer }) => answer === 'refused').length,
    open: answers.filter(({ answer, needed }) => answer === 'none' && needed).length,
  });

/** The first page, and those behind it as they were when they were asked for; asked for again when the first one has moved. */
function useOlder(path: string | undefined, first: Releases | undefined) {
  const [read, setRead] = useState<{ from: number; rows: ListedRelease[]; next?: number }>();
  const [busy, setBusy] = useState(false);
  const older = read !== undefined && read.from === first?.next ? read : undefined;
  const next = older ? older.next : first?.next;
  const more = async () => {
    if (first?.next === undefined || next === undefined) return;
    setBusy(true);
    try {
      const page = await get<Releases>(`${path}?before=${next}`);
      setRead({ from: first.next, rows: [...(older?.rows ?? []), ...page.releases], next: page.next });
    } catch (caught) {
      toast(asProblem(caught).line, 'bad');
    }
    setBusy(false);
  };
  return { rows: [...(first?.releases ?? []), ...(older?.rows ?? [])], hasMore: next !== undefined, more, busy };
}

export function ListPage({ channel: name }: { channel: string }) {
  const channel = useResource<ChannelDetail>(channelPath(name), { events: ['channel', 'amended'] });
  const id = channel.data?.id;
  const path = id && `${channelPath(id)}/releases`;
  const releases = useResource<Releases>(path, { channel: id, events: RELEASE_EVENTS });
  const { rows, hasMore, more, busy } = useOlder(path, releases.data);
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
      {hasMore && (
        <Button busy={busy} onClick={() => void more()}>
          {t('release.more')}
        </Button>
      )}
    </Page>
  );
}
