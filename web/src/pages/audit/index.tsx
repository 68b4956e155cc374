// SPDX-License-Identifier: Apache-2.0
// The operators' audit: who did what and when, chained by hashes. Newest first; older rows come as one scrolls.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, download, get, post, type Problem, query as queryOf } from '../../api';
import { has, t, tr } from '../../i18n';
import { onEvent } from '../../live';
import { type PageProps, setQuery } from '../../router';
import type { AuditEntry, AuditPage, AuditVerify, Hash } from '../../types';
import {
  Alert,
  Button,
  type Column,
  Empty,
  Loading,
  Name,
  Page,
  PeerText,
  ProblemBox,
  Table,
  TextField,
  TimeText,
} from '../../ui';
import './audit.css';

const names = ['q', 'who', 'what', 'subject', 'since', 'until'] as const;
type Name_ = (typeof names)[number];
type Filter = { [name in Name_]: string };

/** "2026-11-20", "2026-11-20 23:49", both UTC → a time of the API; undefined: it is none. */
export function timeOf(text: string): string | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(:\d{2})?Z?)?$/.exec(text.trim());
  if (!found) return undefined;
  const time = `${found[1]}T${found[2] ?? '00:00'}${found[3] ?? ':00'}Z`;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 19) + 'Z';
}

const filterOf = (query: URLSearchParams): Filter =>
  Object.fromEntries(names.map((name) => [name, query.get(name) ?? ''])) as Filter;

function parameters(filter: Filter): { [name: string]: string | undefined } {
  return {
    ...filter,
    since: filter.since ? timeOf(filter.since) : undefined,
    until: filter.until ? timeOf(filter.until) : undefined,
  };
}

/** All that is read so far, and the place where older rows begin. */
interface Read {
  entries: AuditEntry[];
  next?: string;
  head?: AuditPage['head'];
}

function useAudit(filter: Filter) {
  const [read, setRead] = useState<Read>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [isOld, setOld] = useState(false);
  const asked = useRef(0);
  const key = JSON.stringify(parameters(filter));

  const load = useCallback(
    async (cursor: string | undefined) => {
      const mine = ++asked.current;
      setBusy(true);
      try {
        const page = await get<AuditPage>(
          `/api/audit${queryOf({ ...(JSON.parse(key) as { [name: string]: string }), cursor, limit: 100 })}`,
          { patient: true },
        );
        if (mine !== asked.current) return;
        setRead((last) => ({
          entries: cursor === undefined ? page.entries : [...(last?.entries ?? []), ...page.entries],
          next: page.next,
          head: page.head,
        }));
        setProblem(undefined);
        if (cursor === undefined) setOld(false);
      } catch (caught) {
        if (mine === asked.current) setProblem(asProblem(caught));
      }
      if (mine === asked.current) setBusy(false);
    },
    [key],
  );
  useEffect(() => void load(undefined), [load]);
  // New rows are announced, not pushed in: what somebody is reading must not move.
  useEffect(() => onEvent((event) => event.type !== 'again' && setOld(true)), []);
  return { read, problem, busy, isOld, load };
}

function Filters({ filter }: { filter: Filter }) {
  const [typed, setTyped] = useState(filter);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const wrong = (name: 'since' | 'until') =>
    typed[name] !== '' && timeOf(typed[name]) === undefined ? t('audit.time.wrong') : undefined;
  const set = (name: Name_) => (value: string) => {
    setTyped((last) => ({ ...last, [name]: value }));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ [name]: value.trim() }), 350);
  };
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <TextField label={t('audit.search')} type="search" value={typed.q} onValue={set('q')} data-filter="" />
      <TextField label={t('audit.who')} value={typed.who} onValue={set('who')} dir="ltr" spellcheck={false} />
      <TextField label={t('audit.what')} value={typed.what} onValue={set('what')} dir="ltr" spellcheck={false} />
      <TextField label={t('audit.subject')} value={typed.subject} onValue={set('subject')} dir="ltr" spellcheck={false} />
      <TextField
        label={t('audit.since')}
        value={typed.since}
        onValue={set('since')}
        dir="ltr"
        placeholder="2026-11-20 08:00"
        error={wrong('since')}
      />
      <TextField
        label={t('audit.until')}
        value={typed.until}
        onValue={set('until')}
        dir="ltr"
        placeholder="2026-11-20 20:00"
        error={wrong('until')}
      />
    </form>
  );
}

/** "alarm.mute" by its words; a name that the catalogue does not know stays as it is. */
function What({ name }: { name: string }) {
  const key = `audit.act.${name}`;
  return (
    <>
      {has(key) && <>{t(key)} </>}
      <code class={has(key) ? 'soft' : undefined} dir="ltr">
        {name}
      </code>
    </>
  );
}

function Data({ entry }: { entry: AuditEntry }) {
  const data = entry.data === undefined || entry.data === null ? '' : JSON.stringify(entry.data);
  return (
    <details>
      <summary>{data === '' || data === '{}' ? t('audit.hash') : <PeerText text={data} max={90} />}</summary>
      {data !== '' && data !== '{}' && (
        <pre dir="ltr">
          <PeerText text={JSON.stringify(entry.data, null, 2)} max={4000} />
        </pre>
      )}
      <p class="small soft">
        {t('audit.hash')} <code class="breakable">{entry.hash}</code>
      </p>
    </details>
  );
}

const hashOf = (head: AuditVerify['head']): Hash => (typeof head === 'string' ? head : head.hash);

function Verified({ result }: { result: AuditVerify }) {
  return (
    <Alert tone={result.ok ? 'good' : 'bad'} live>
      {result.ok ? t('audit.sound', { n: result.count }) : t('audit.broken', { n: result.count })}{' '}
      {result.why && <PeerText text={result.why} />}
      <p class="small">
        {t('audit.head')} <code class="breakable">{hashOf(result.head)}</code>
      </p>
    </Alert>
  );
}

export default function AuditView({ query }: PageProps) {
  const filter = filterOf(query);
  const { read, problem, busy, isOld, load } = useAudit(filter);
  const [result, setResult] = useState<AuditVerify>();
  const [doing, setDoing] = useState<'verify' | 'export'>();
  const [failed, setFailed] = useState<Problem>();
  const act = (what: 'verify' | 'export', run: () => Promise<void>) => async () => {
    setDoing(what);
    setFailed(undefined);
    await run().catch((caught: unknown) => setFailed(asProblem(caught)));
    setDoing(undefined);
  };
  const verify = act('verify', async () => {
    setResult(undefined);
    setResult(await post<AuditVerify>('/api/audit/verify'));
  });
  const { since, until } = parameters(filter);
  const save = act('export', () => download(`/api/audit/export${queryOf({ since, until })}`, 'audit.ndjson'));

  const columns: Column<AuditEntry>[] = [
    { name: 'index', head: t('audit.index'), look: 'number', cell: (one) => <bdi>{one.index}</bdi> },
    { name: 'time', head: t('audit.time'), look: 'tight', cell: (one) => <TimeText time={one.time} full alone /> },
    { name: 'who', head: t('audit.who'), cell: (one) => (one.who ? <Name>{one.who}</Name> : t('audit.nobody')) },
    {
      name: 'from',
      head: t('audit.from'),
      cell: (one) => (
        <span class="soft small">
          {t(`audit.door.${one.door}`)} <bdi dir="ltr">{one.from}</bdi>
        </span>
      ),
    },
    { name: 'what', head: t('audit.what'), isHead: true, cell: (one) => <What name={one.what} /> },
    {
      name: 'subject',
      head: t('audit.subject'),
      cell: (one) => one.subject && <PeerText text={one.subject} max={120} />,
    },
    { name: 'data', head: t('audit.data'), look: 'wide', cell: (one) => <Data entry={one} /> },
  ];
  return (
    <Page
      title={t('audit.title')}
      class="audit"
      actions={
        <>
          <Button busy={doing === 'verify'} onClick={() => void verify()}>
            {t(doing === 'verify' ? 'audit.verifying' : 'audit.verify')}
          </Button>
          <Button busy={doing === 'export'} onClick={() => void save()}>
            {t('audit.export')}
          </Button>
        </>
      }
    >
      <p class="help">{t('audit.about')}</p>
      <Filters filter={filter} />
      <ProblemBox problem={failed ?? problem} />
      {result && <Verified result={result} />}
      {isOld && (
        <p role="status">
          {t('audit.newer')}{' '}
          <Button look="quiet" onClick={() => void load(undefined)}>
            {t('audit.newer.show')}
          </Button>
        </p>
      )}
      {!read && busy && <Loading />}
      {read?.entries.length === 0 && <Empty>{t('audit.none')}</Empty>}
      {read && read.entries.length > 0 && (
        <Table label={t('audit.title')} columns={columns} rows={read.entries} keyOf={(one) => String(one.index)} />
      )}
      {read?.next !== undefined && (
        <p>
          <Button busy={busy} onClick={() => void load(read.next)}>
            {t('audit.more')}
          </Button>{' '}
          <span class="soft small">{t('audit.shown', { n: read.entries.length })}</span>
        </p>
      )}
      {read?.head && (
        <p class="small soft">
          {tr('audit.head.row', { index: <bdi>{read.head.index}</bdi> })} <code class="breakable">{read.head.hash}</code>
        </p>
      )}
    </Page>
  );
}
