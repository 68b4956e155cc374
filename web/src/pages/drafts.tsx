// SPDX-License-Identifier: Apache-2.0
// Drafts: what waits for a second person, what came back, what is being written, what went out lately.
import { useState } from 'preact/hooks';
import { kindLabel, useCatalogue } from '../catalogue';
import { t } from '../i18n';
import { useResource } from '../live';
import { go, to } from '../router';
import { mayApprove, mayWrite, session } from '../session';
import { toText } from '../time';
import type { Draft, Drafts } from '../types';
import { Ago, Alert, Badge, Button, type Column, Empty, Id, LinkButton, Loading, Name, Page, PeerText, ProblemBox, Section, Table, TimeText, Tlp } from '../ui';
import { dropLost, lostTexts } from './compose/desk';
import { draftTitle } from './compose/title';

/** How many of those that went out are shown. */
const LATELY = 30;

function Title({ draft }: { draft: Draft }) {
  const catalogue = useCatalogue();
  const title = draftTitle(draft.message);
  return (
    <a href={to.draft(draft.id)}>
      {kindLabel(catalogue, draft.message.kind)}
      {title !== '' && (
        <>
          {' · '}
          <PeerText text={title} />
        </>
      )}
    </a>
  );
}

const columns: { [name: string]: () => Column<Draft> } = {
  title: () => ({ name: 'title', head: t('drafts.what'), look: 'wide', isHead: true, cell: (draft) => <Title draft={draft} /> }),
  channel: () => ({ name: 'channel', head: t('drafts.channel'), cell: (draft) => <Name>{draft.channel_title}</Name> }),
  tlp: () => ({ name: 'tlp', head: t('drafts.tlp'), look: 'tight', cell: (draft) => <Tlp value={draft.message.tlp} /> }),
  by: () => ({ name: 'by', head: t('drafts.by'), cell: (draft) => <Name>{draft.by}</Name> }),
  changed: () => ({
    name: 'changed',
    head: t('drafts.changed'),
    cell: (draft) => (
      <>
        <Ago time={draft.changed} />
        {draft.changed_by !== draft.by && (
          <>
            {' '}
            <Name>{draft.changed_by}</Name>
          </>
        )}
      </>
    ),
  }),
  asked: () => ({
    name: 'asked',
    head: t('drafts.asked'),
    cell: (draft) => (
      <>
        <Name>{draft.asked?.by ?? draft.by}</Name> <Ago time={draft.asked?.time ?? draft.changed} />
      </>
    ),
  }),
  decides: () => ({
    name: 'decides',
    head: t('drafts.decides'),
    cell: (draft) => {
      const me = session.value?.operator.name;
      const isMine = draft.by === me || draft.changed_by === me;
      return mayApprove() && !isMine ? (
        <Badge tone="warn" icon="person">
          {t('drafts.you')}
        </Badge>
      ) : (
        <span class="soft">{t('drafts.another')}</span>
      );
    },
  }),
  reason: () => ({
    name: 'reason',
    head: t('drafts.reason'),
    look: 'wide',
    cell: (draft) => (
      <>
        <PeerText text={draft.returned?.reason} max={200} /> <span class="soft">(<Name>{draft.returned?.by ?? ''}</Name>)</span>
      </>
    ),
  }),
  lacks: () => ({
    name: 'lacks',
    head: t('drafts.lacks'),
    cell: (draft) =>
      draft.problems.length > 0 ? (
        <span class="soft">{t('drafts.problems', { n: draft.problems.length })}</span>
      ) : (
        <Badge tone="good" icon="check">
          {t('drafts.complete')}
        </Badge>
      ),
  }),
  sent: () => ({
    name: 'sent',
    head: t('drafts.sent_as'),
    cell: (draft) => (draft.sent ? <Id id={draft.sent} channel={draft.channel} /> : t('drafts.queued')),
  }),
  when: () => ({
    name: 'when',
    head: t('drafts.when'),
    cell: (draft) => <TimeText time={draft.approved?.time ?? draft.changed} />,
  }),
  approved: () => ({
    name: 'approved',
    head: t('drafts.approved'),
    cell: (draft) => (draft.approved ? <Name>{draft.approved.by}</Name> : <span class="soft">{t('drafts.not_needed')}</span>),
  }),
};

function List({ title, empty, drafts, show }: { title: string; empty?: string; drafts: Draft[]; show: string[] }) {
  if (drafts.length === 0 && empty === undefined) return null;
  return (
    <Section title={title} count={drafts.length}>
      {drafts.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : (
        <Table
          label={title}
          columns={show.flatMap((name) => columns[name]?.() ?? [])}
          rows={drafts}
          keyOf={(draft) => draft.id}
          onOpen={(draft) => go(to.draft(draft.id))}
        />
      )}
    </Section>
  );
}

function Kept() {
  const [, draw] = useState(0);
  const lost = lostTexts();
  if (lost.length === 0) return null;
  return (
    <Section title={t('drafts.kept')} count={lost.length}>
      {lost.map(({ slot, kept }) => (
        <Alert key={slot} tone="warn">
          <p>
            <TimeText time={toText(kept.time)} full /> · <PeerText text={draftTitle(kept.message)} />
          </p>
          <div class="row-of">
            <LinkButton to={kept.id ? to.draft(kept.id) : `/compose?kept=${encodeURIComponent(slot)}`}>{t('compose.lost.back')}</LinkButton>
            <Button
              look="danger"
              onClick={() => {
                dropLost(slot);
                draw((n) => n + 1);
              }}
            >
              {t('compose.lost.drop')}
            </Button>
          </div>
        </Alert>
      ))}
    </Section>
  );
}

export default function DraftsPage() {
  const open = useResource<Drafts>('/api/drafts', { events: ['draft'] });
  const sent = useResource<Drafts>('/api/drafts?state=sent', { events: ['draft'] });
  const me = session.value?.operator.name;
  if (open.problem) return <ProblemBox problem={open.problem} onAgain={() => void open.reload()} />;
  const drafts = open.data?.drafts;
  const of = (state: Draft['state']) => (drafts ?? []).filter((draft) => draft.state === state);
  const editing = of('editing');
  return (
    <Page
      title={t('drafts.title')}
      actions={
        mayWrite() && (
          <LinkButton to={to.compose()} look="primary" icon="plus">
            {t('nav.compose')}
          </LinkButton>
        )
      }
    >
      <Kept />
      {drafts === undefined ? (
        <Loading />
      ) : (
        <>
          <List
            title={t('drafts.approval')}
            empty={t('drafts.approval.none')}
            drafts={of('approval')}
            show={['title', 'channel', 'tlp', 'asked', 'decides']}
          />
          <List title={t('drafts.returned')} drafts={of('returned')} show={['title', 'reason', 'channel', 'by', 'changed']} />
          <List
            title={t('drafts.mine')}
            empty={t('drafts.mine.none')}
            drafts={editing.filter((draft) => draft.by === me)}
            show={['title', 'channel', 'tlp', 'lacks', 'changed']}
          />
          <List
            title={t('drafts.others')}
            drafts={editing.filter((draft) => draft.by !== me)}
            show={['title', 'channel', 'tlp', 'by', 'lacks', 'changed']}
          />
        </>
      )}
      {sent.data && (
        <List title={t('drafts.sent')} drafts={sent.data.drafts.slice(0, LATELY)} show={['title', 'sent', 'channel', 'by', 'approved', 'when']} />
      )}
    </Page>
  );
}
