// SPDX-License-Identifier: Apache-2.0
// A channel: what both sides wrote in the order that all of them compute, the newest at the end.
import { useCallback, useMemo, useState } from 'preact/hooks';
import { channelPath } from '../../api';
import { kindLabel, useCatalogue } from '../../catalogue';
import { useBooks } from '../../codebooks';
import { num, t } from '../../i18n';
import { useResource } from '../../live';
import { depths, finder, threads } from '../../model/rows';
import { type PageProps, to } from '../../router';
import { mayWrite } from '../../session';
import type { Catalogue, ChannelDetail, Row } from '../../types';
import { Alert, Button, cx, Empty, Id, LinkButton, Loading, Name, Page, ProblemBox } from '../../ui';
import { FilterBar, type Filters, filtersOf, isFiltered, isWhole } from './filters';
import { type ListItem, MessageList } from './list';
import { Members } from './members';
import { isByPerson, isUnread, RowCells, RowHead, titleOf, WaitingCells } from './row';
import { type DeskFilters, useDense, useGathered } from './use_rows';
import './channel.css';

function State({ channel }: { channel: ChannelDetail }) {
  const own = channel.logs.filter((log) => log.own).at(-1);
  const forks = channel.logs.filter((log) => log.equivocating);
  return (
    <>
      {!channel.open && <Alert tone="warn">{t('channel.not_open')}</Alert>}
      {own !== undefined && own.state !== 'ready' && channel.open && (
        <Alert tone={own.state === 'frozen' ? 'bad' : 'warn'}>
          <p>{t(`channel.own.${own.state}`)}</p>
          {own.why && <p>{own.why}</p>}
        </Alert>
      )}
      {forks.map((log) => (
        <Alert tone="bad" key={log.origin}>
          {t('channel.fork')} <Name>{log.desk}</Name>
        </Alert>
      ))}
    </>
  );
}

/** The rows to list, from those that are here: what the desk can't filter is filtered here. */
function useItems(rows: readonly Row[], filters: Filters, find: (row: Row) => string, collapsed: ReadonlySet<string>) {
  const { q, unread, threads: byThread } = filters;
  return useMemo(() => {
    const fits = finder(q);
    const wanted =
      q === '' && !unread ? rows : rows.filter((row) => (!unread || isUnread(row)) && fits(find(row)));
    if (byThread) return threads(wanted, collapsed);
    const deep = depths(wanted);
    return wanted.map((row, at) => ({ row, depth: deep[at] ?? 0, below: 0, isCollapsed: false }));
  }, [rows, q, unread, byThread, collapsed, q === '' ? undefined : find]);
}

function rowClass(row: Row, catalogue: Catalogue | undefined): string {
  return cx(
    row.own ? 'ours' : 'theirs',
    catalogue !== undefined && !isByPerson(catalogue, row) && 'automatic',
    isUnread(row) && 'unread',
  );
}

function Messages({ channel, filters }: { channel: ChannelDetail; filters: Filters }) {
  const catalogue = useCatalogue();
  const books = useBooks(channel.codebooks ?? []);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const whole = isWhole(filters);
  const desk: DeskFilters = useMemo(
    () => ({
      author: filters.author,
      kind: filters.kind,
      line: filters.line,
      overdue: filters.overdue,
      all: filters.all,
    }),
    [filters.author, filters.kind, filters.line, filters.overdue, filters.all],
  );
  const dense = useDense(whole ? channel.id : undefined);
  const gathered = useGathered(whole ? undefined : channel.id, desk);
  const wording = useCallback(
    (row: Row) => `${titleOf(row, books)?.text ?? ''} ${kindLabel(catalogue, row.kind)} ${row.author} ${row.id}`,
    [catalogue, books],
  );
  const items = useItems(gathered.rows, filters, wording, collapsed);
  const places = useMemo(() => new Map(items.map(({ row }, at) => [row.id, at])), [items]);
  const toggle = (id: string) => {
    const next = new Set(collapsed);
    if (!next.delete(id)) next.add(id);
    setCollapsed(next);
  };
  const foldable = filters.threads ? items.filter(({ below }) => below > 0).map(({ row }) => row.id) : [];

  const count = whole ? dense.total : items.length;
  const item = (index: number): ListItem | undefined => {
    const one = whole ? { row: dense.get(index), depth: 0, below: 0, isCollapsed: false } : items[index];
    const row = one?.row;
    if (one === undefined || row === undefined) return undefined;
    return {
      id: row.id,
      class: rowClass(row, catalogue),
      cells: () => (
        <RowCells
          row={row}
          channel={channel.id}
          catalogue={catalogue}
          books={books}
          depth={one.depth}
          below={one.below}
          isCollapsed={one.isCollapsed}
          onToggle={filters.threads ? () => toggle(row.id) : undefined}
        />
      ),
    };
  };
  const problem = whole ? dense.problem : gathered.problem;
  const isLoading = whole ? dense.isLoading : gathered.isLoading;
  if (count === 0 && isLoading) return <Loading />;
  return (
    <>
      <ProblemBox problem={problem} />
      <div class="list-head">
        <p role="status">
          {whole
            ? t('channel.entries', { n: dense.total })
            : t('channel.shown', { n: count, shown: num(count), total: num(gathered.total) })}
          {!whole && gathered.isLoading && gathered.hasMore && <span class="soft"> {t('channel.reading')}</span>}
        </p>
        {!whole && gathered.hasMore && !gathered.isLoading && (
          <Button look="quiet" onClick={gathered.more}>
            {t('channel.further')}
          </Button>
        )}
        {foldable.length > 0 && (
          <Button look="quiet" onClick={() => setCollapsed(collapsed.size > 0 ? new Set() : new Set(foldable))}>
            {collapsed.size > 0 ? t('channel.unfold_all') : t('channel.fold_all')}
          </Button>
        )}
      </div>
      {count === 0 ? (
        <Empty>{isFiltered(filters) ? t('channel.none_fits') : t('channel.empty')}</Empty>
      ) : (
        <MessageList
          key={JSON.stringify([desk, whole, filters.threads])}
          channel={channel.id}
          label={t('channel.messages')}
          header={<RowHead />}
          count={count}
          item={item}
          waiting={<WaitingCells />}
          find={(id) => (whole ? dense.find(id) : places.get(id))}
          onRange={whole ? dense.want : undefined}
          onTop={!whole && gathered.hasMore && !gathered.isLoading ? gathered.more : undefined}
        />
      )}
    </>
  );
}

function Facts({ channel }: { channel: ChannelDetail }) {
  const others = channel.members.filter((member) => !channel.logs.some((log) => log.own && log.desk === member.name));
  return (
    <details class="facts">
      <summary>
        {t('channel.members.summary', { n: channel.members.length })}{' '}
        {others.slice(0, 3).map((member) => (
          <Name key={member.name} class="one">
            {member.name}
          </Name>
        ))}
        {others.length > 3 && <span class="soft">{t('channel.members.more', { n: others.length - 3 })}</span>}
      </summary>
      <Members channel={channel} />
      <p class="soft small">
        {t('channel.id')} <Id id={channel.id} />
      </p>
    </details>
  );
}

export default function ChannelPage({ params, query }: PageProps) {
  const name = params.channel ?? '';
  const channel = useResource<ChannelDetail>(channelPath(name), {
    events: ['channel', 'amended', 'receipt', 'received', 'frozen', 'equivocation', 'key.change', 'log.end'],
    every: 60,
  });
  const filters = filtersOf(query);
  const data = channel.data;
  return (
    <Page
      class="channel-page"
      title={data === undefined ? t('channel.title') : <Name>{data.title}</Name>}
      documentTitle={data?.title ?? t('channel.title')}
      actions={
        data && (
          <>
            <LinkButton to={to.releases(data.id)} look="quiet">
              {t('channel.releases')}
            </LinkButton>
            <LinkButton to={to.record(data.id)} look="quiet">
              {t('channel.record')}
            </LinkButton>
            {mayWrite() && data.open && (
              <LinkButton to={to.compose({ channel: data.id })} look="primary" icon="plus">
                {t('channel.write')}
              </LinkButton>
            )}
          </>
        )
      }
    >
      <ProblemBox problem={channel.problem} onAgain={() => void channel.reload()} />
      {channel.loading && <Loading />}
      {data && (
        <>
          <State channel={data} />
          <Facts channel={data} />
          <FilterBar channel={data} filters={filters} />
          <Messages channel={data} filters={filters} />
        </>
      )}
    </Page>
  );
}
