// SPDX-License-Identifier: Apache-2.0
// All incidents of all channels, the newest first, each as its author's newest report has it.
import { useState } from 'preact/hooks';
import { asProblem, get, type Problem, query as queryOf } from '../api';
import { useCatalogue } from '../catalogue';
import { num, t } from '../i18n';
import { useResource } from '../live';
import { finder } from '../model/rows';
import { go, type PageProps, setQuery, to } from '../router';
import type { Channels, Incident, Incidents } from '../types';
import {
  Ago,
  Button,
  CheckField,
  type Column,
  Empty,
  Loading,
  Name,
  Page,
  PeerText,
  ProblemBox,
  SelectField,
  Table,
  TextField,
  TimeText,
} from '../ui';
import { CaseState, choiceLabel, Severity } from './incident/words';
import './channel/channel.css';
import './incident/incident.css';

const PAGE = 500;

interface Filters {
  channel: string;
  severity: string;
  all: boolean;
  q: string;
}

const pathOf = ({ channel, all }: Filters, cursor?: string) =>
  '/api/incidents' + queryOf({ channel, open: all ? undefined : 1, limit: PAGE, cursor });

function FilterBar({ filters, severities }: { filters: Filters; severities: string[] }) {
  const catalogue = useCatalogue();
  const channels = useResource<Channels>('/api/channels', { events: ['channel'] });
  const any = { value: '', label: t('incidents.any') };
  return (
    <div class="filters" role="search" aria-label={t('incidents.filter')}>
      <TextField
        label={t('incidents.filter.q')}
        type="search"
        data-filter=""
        class="q"
        value={filters.q}
        onValue={(q) => setQuery({ q })}
      />
      <SelectField
        label={t('incidents.channel')}
        value={filters.channel}
        onValue={(channel) => setQuery({ channel })}
        options={[any, ...(channels.data?.channels ?? []).map(({ id, title }) => ({ value: id, label: title }))]}
      />
      <SelectField
        label={t('incidents.severity')}
        value={filters.severity}
        onValue={(severity) => setQuery({ severity })}
        options={[
          any,
          ...severities.map((value) => ({ value, label: choiceLabel(catalogue, 'incident', 'severity', value) })),
        ]}
      />
      <div class="checks">
        <CheckField
          label={t('incidents.filter.all')}
          checked={filters.all}
          onChecked={(on) => setQuery({ all: on ? '1' : undefined })}
        />
      </div>
    </div>
  );
}

export default function IncidentsPage({ query }: PageProps) {
  const catalogue = useCatalogue();
  const filters: Filters = {
    channel: query.get('channel') ?? '',
    severity: query.get('severity') ?? '',
    all: query.has('all'),
    q: query.get('q') ?? '',
  };
  const path = pathOf(filters);
  const first = useResource<Incidents>(path);
  const [older, setOlder] = useState<{ path: string; incidents: Incident[]; next?: string }>();
  const [problem, setProblem] = useState<Problem>();
  const more = older?.path === path ? older : undefined;
  const next = more ? more.next : first.data?.next;

  const fetchMore = async () => {
    setProblem(undefined);
    try {
      const page = await get<Incidents>(pathOf(filters, next));
      setOlder({ path, incidents: [...(more?.incidents ?? []), ...page.incidents], next: page.next });
    } catch (caught) {
      setProblem(asProblem(caught));
    }
  };

  const known = new Set((first.data?.incidents ?? []).map((one) => `${one.channel} ${one.id}`));
  const all = [
    ...(first.data?.incidents ?? []),
    ...(more?.incidents ?? []).filter((one) => !known.has(`${one.channel} ${one.id}`)),
  ];
  const fits = finder(filters.q);
  const shown = all.filter(
    (one) =>
      (filters.severity === '' || one.severity === filters.severity) &&
      fits(`${one.title} ${one.author} ${one.channel_title} ${one.id}`),
  );
  const severities = ['critical', 'high', 'medium', 'low'];

  const columns: Column<Incident>[] = [
    { name: 'severity', head: t('incidents.severity'), look: 'tight', cell: (one) => <Severity value={one.severity} /> },
    {
      name: 'title',
      head: t('incidents.title_of'),
      isHead: true,
      look: 'wide',
      cell: (one) => (
        <a href={to.incident(one.channel, one.id)}>
          <PeerText text={one.title === '' ? one.id : one.title} max={200} />
        </a>
      ),
    },
    { name: 'author', head: t('incidents.author'), cell: (one) => <Name>{one.author}</Name> },
    { name: 'channel', head: t('incidents.channel'), cell: (one) => <PeerText text={one.channel_title} max={80} /> },
    { name: 'sent', head: t('incidents.first'), look: 'tight', cell: (one) => <TimeText time={one.sent} alone /> },
    { name: 'state', head: t('incidents.state'), look: 'tight', cell: (one) => <CaseState of={one} /> },
    {
      name: 'stage',
      head: t('incidents.stage'),
      cell: (one) => one.stage && choiceLabel(catalogue, 'incident', 'stage', one.stage),
    },
    { name: 'messages', head: t('incidents.messages'), look: 'number', cell: (one) => num(one.messages) },
    {
      name: 'duties',
      head: t('incidents.open_duties'),
      look: 'number',
      cell: (one) => (one.open_duties > 0 ? <b>{num(one.open_duties)}</b> : num(0)),
    },
    { name: 'last', head: t('incidents.last'), look: 'tight', cell: (one) => <Ago time={one.last} /> },
  ];
  return (
    <Page title={t('incidents.title')}>
      <FilterBar filters={filters} severities={severities} />
      <ProblemBox problem={first.problem ?? problem} onAgain={() => void first.reload()} />
      {first.loading && <Loading />}
      {first.data && (
        <>
          <p role="status" class="soft small">
            {t('incidents.shown', { n: shown.length, total: num(first.data.total) })}
          </p>
          {shown.length === 0 ? (
            <Empty>{all.length === 0 && !filters.all ? t('incidents.none_open') : t('incidents.none')}</Empty>
          ) : (
            <Table
              label={t('incidents.title')}
              columns={columns}
              rows={shown}
              keyOf={(one) => `${one.channel} ${one.id}`}
              onOpen={(one) => go(to.incident(one.channel, one.id))}
            />
          )}
          {next !== undefined && <Button onClick={() => void fetchMore()}>{t('incidents.more')}</Button>}
        </>
      )}
    </Page>
  );
}
