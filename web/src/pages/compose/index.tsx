// SPDX-License-Identifier: Apache-2.0
// /compose: one address for writing, for going on with a draft, and for the second person who approves it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useCatalogue } from '../../catalogue';
import { useCell } from '../../cell';
import { t, tr } from '../../i18n';
import { useResource } from '../../live';
import { go, type PageProps, to } from '../../router';
import { mayWrite, session } from '../../session';
import type { Channels, Draft } from '../../types';
import { Alert, Button, Empty, Id, Loading, Name, Page, ProblemBox, TimeText } from '../../ui';
import { toText } from '../../time';
import { Approval } from './approval';
import { readCatalogue } from './catalogue';
import { draftPath, dropLost, lostTexts } from './desk';
import { Editor } from './editor';
import { isOpen } from './keeper';
import './compose.css';

function Closed({ draft }: { draft: Draft }) {
  return (
    <Page title={t('compose.title')}>
      {draft.state === 'sent' ? (
        <Alert tone="good">
          {draft.sent ? tr('compose.was_sent', { id: <Id id={draft.sent} channel={draft.channel} /> }) : t('compose.queued')}{' '}
          {draft.approved && tr('compose.was_approved', { who: <Name>{draft.approved.by}</Name>, time: <TimeText time={draft.approved.time} full /> })}
        </Alert>
      ) : (
        <Alert>{tr('compose.was_discarded', { who: <Name>{draft.changed_by}</Name>, time: <TimeText time={draft.changed} full /> })}</Alert>
      )}
      <Kept slot={draft.id} />
      <p>
        <a href={to.drafts}>{t('nav.drafts')}</a>
      </p>
    </Page>
  );
}

/** Text in this browser that the desk has not got: to be brought back or thrown away. */
function Kept({ slot }: { slot?: string }) {
  const [, draw] = useState(0);
  const lost = lostTexts().filter((one) => (slot === undefined ? one.slot.startsWith('new.') : one.slot === slot));
  if (lost.length === 0) return null;
  return (
    <>
      {lost.map(({ slot: at, kept }) => (
        <Alert key={at} tone="warn">
          <p>{tr('compose.lost', { time: <TimeText time={toText(kept.time)} full /> })}</p>
          <p class="soft lost-text" dir="auto">
            {Object.values(kept.message.body ?? {})
              .filter((value) => typeof value === 'string')
              .join(' · ')
              .slice(0, 300)}
          </p>
          <div class="row-of">
            <Button onClick={() => go(`/compose?kept=${encodeURIComponent(at)}`)}>{t('compose.lost.back')}</Button>
            <Button
              look="danger"
              onClick={() => {
                dropLost(at);
                draw((n) => n + 1);
              }}
            >
              {t('compose.lost.drop')}
            </Button>
          </div>
        </Alert>
      ))}
    </>
  );
}

function Writer({ query }: PageProps) {
  const catalogue = useCatalogue();
  const forms = useMemo(() => catalogue && readCatalogue(catalogue), [catalogue]);
  const channels = useResource<Channels>('/api/channels', { events: ['channel', 'amended'] });
  const id = query.get('draft') ?? undefined;
  const draft = useResource<Draft>(id === undefined ? undefined : draftPath(id), { events: ['draft'] });
  // A draft that this page has just made gets its address; the editor stays as it is.
  const made = useRef<{ id: string; key: number }>();
  const key = useRef(0);
  const last = useRef(query);
  if (last.current !== query && !(id !== undefined && made.current?.id === id)) {
    key.current++;
    made.current = undefined;
  }
  last.current = query;
  const isMade = id !== undefined && made.current?.id === id;

  if (!forms || (channels.loading && !channels.data)) return <Loading />;
  if (channels.problem) return <ProblemBox problem={channels.problem} onAgain={() => void channels.reload()} />;
  if (draft.problem && !isMade)
    return (
      <Page title={t('compose.title')}>
        <ProblemBox problem={draft.problem} onAgain={() => void draft.reload()} />
        {id !== undefined && <Kept slot={id} />}
      </Page>
    );
  if (id !== undefined && !draft.data && !isMade) return <Loading />;
  const held = draft.data?.id === id ? draft.data : undefined;
  if (held && held.state === 'approval') return <Approval key={id} draft={held} forms={forms} onChanged={draft.set} kept={<Kept slot={held.id} />} />;
  if (held && !isOpen(held)) return <Closed draft={held} />;
  const open = (channels.data?.channels ?? []).filter((channel) => channel.open || channel.id === held?.channel);
  if (!mayWrite())
    return (
      <Page title={t('compose.title')}>
        <Empty>{t('compose.may_not')}</Empty>
      </Page>
    );
  if (open.length === 0)
    return (
      <Page title={t('compose.title')}>
        <Empty>{t('compose.no_channel')}</Empty>
      </Page>
    );
  return (
    <Editor
      key={key.current}
      forms={forms}
      channels={open}
      draft={held}
      start={{
        channel: query.get('channel') ?? undefined,
        re: query.get('re') ?? undefined,
        kind: query.get('kind') ?? undefined,
        kept: query.get('kept') ?? undefined,
        pledge: query.get('pledge') ?? undefined,
      }}
      lost={id === undefined && !query.has('kept') ? <Kept /> : null}
      onMade={(now) => {
        made.current = { id: now.id, key: key.current };
        go(to.draft(now.id), { replace: true });
      }}
      onChanged={draft.set}
    />
  );
}

/** Another person at the same browser gets a page of their own. */
export default function Compose(props: PageProps) {
  const who = useCell(session)?.operator.name;
  const [seen, setSeen] = useState(who);
  useEffect(() => {
    if (who !== undefined) setSeen(who);
  }, [who]);
  return <Writer key={seen} {...props} />;
}
