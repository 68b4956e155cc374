// SPDX-License-Identifier: Apache-2.0
// Handing over the watch: what is open now, notes that all share, an offer to a colleague, and that one's acceptance.
// What is offered is a snapshot that the desk takes; it can be printed.
import { useState } from 'preact/hooks';
import { asProblem, get, post, type Problem } from '../../api';
import { t, tr } from '../../i18n';
import { useResource } from '../../live';
import { mayWrite, session } from '../../session';
import { parse } from '../../time';
import type { Handover, Handovers, HandoverSnapshot, Now, Operators } from '../../types';
import { Alert, Badge, Button, Confirm, Empty, Loading, Name, Page, PeerText, ProblemBox, Section, SelectField, TextAreaField, TextField, TimeText, toast, type Tone } from '../../ui';
import { Notes } from './notes';
import { Snapshot } from './snapshot';
import './handover.css';

const looks: { [state in Handover['state']]: Tone } = { offered: 'warn', accepted: 'good', withdrawn: 'plain' };

const path = (id: string, what = '') => `/api/handovers/${encodeURIComponent(id)}${what}`;

function State({ state }: { state: Handover['state'] }) {
  return (
    <Badge tone={looks[state]} icon={state === 'accepted' ? 'double' : state === 'offered' ? 'ring' : 'cross'}>
      {t(`handover.state.${state}`)}
    </Badge>
  );
}

/** One handover with what was open when it was offered. */
function One({ handover, onChanged }: { handover: Handover; onChanged: () => void }) {
  const me = session.value?.operator.name;
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const act = async (what: string, body?: unknown) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post(path(handover.id, what), body);
      toast(what === '/accept' ? t('handover.accepted') : t('handover.was_withdrawn'));
      onChanged();
    } catch (caught) {
      setProblem(asProblem(caught));
    } finally {
      setBusy(false);
    }
  };
  // An offer stands by itself, those before in a section.
  const Heading = handover.state === 'offered' ? 'h2' : 'h3';
  const isForMe = handover.state === 'offered' && handover.to === me;
  const isMine = handover.state === 'offered' && handover.by === me;
  const details = (
    <>
      {handover.notes !== '' && (
        <div class="notes-text">
          <h3>{t('handover.notes_of_offer')}</h3>
          <PeerText text={handover.notes} block />
        </div>
      )}
      <Snapshot snapshot={handover.snapshot} then={parse(handover.time) ?? 0} />
    </>
  );
  return (
    <article class="handover panel">
      <header>
        <Heading>{tr('handover.from_to', { by: <Name>{handover.by}</Name>, to: <Name>{handover.to}</Name> })}</Heading>
        <State state={handover.state} />
      </header>
      <p class="soft">
        {tr('handover.offered_at', { time: <TimeText time={handover.time} full /> })}{' '}
        {handover.accepted && tr('handover.accepted_at', { time: <TimeText time={handover.accepted} full /> })}
      </p>
      {handover.note && (
        <p>
          <Name>{handover.to}</Name>: <PeerText text={handover.note} />
        </p>
      )}
      <ProblemBox problem={problem} />
      {isForMe && (
        <div class="accept">
          <TextField label={t('handover.note')} help={t('handover.note.help')} value={note} onValue={setNote} maxLength={2000} />
          <Button look="primary" busy={busy} onClick={() => void act('/accept', note.trim() === '' ? {} : { note: note.trim() })}>
            {t('handover.accept')}
          </Button>
        </div>
      )}
      {isMine && (
        <div class="row-of">
          <Button busy={busy} onClick={() => void act('/withdraw')}>
            {t('handover.withdraw')}
          </Button>
        </div>
      )}
      {handover.state === 'offered' ? (
        details
      ) : (
        <details>
          <summary>{t('handover.what_was_open')}</summary>
          {details}
        </details>
      )}
    </article>
  );
}

function Offer({ people, onOffered }: { people: { name: string; full_name: string }[]; onOffered: () => void }) {
  const [to, setTo] = useState('');
  const [notes, setNotes] = useState('');
  const [why, setWhy] = useState<string>();
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const offer = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post('/api/handovers', { to, notes });
      setNotes('');
      setTo('');
      toast(t('handover.offered'));
      onOffered();
    } catch (caught) {
      setProblem(asProblem(caught));
    } finally {
      setBusy(false);
      setAsks(false);
    }
  };
  return (
    <form
      class="stack offer-watch"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (to === '') setWhy(t('handover.to.missing'));
        else setAsks(true);
      }}
    >
      <ProblemBox problem={problem} />
      <SelectField
        label={t('handover.to')}
        required
        error={why ?? problem?.why('to')}
        value={to}
        onValue={(name) => {
          setTo(name);
          setWhy(undefined);
        }}
        options={[
          { value: '', label: t('compose.choose') },
          ...people.map((one) => ({ value: one.name, label: one.full_name ? `${one.full_name} (${one.name})` : one.name })),
        ]}
      />
      <TextAreaField label={t('handover.say')} help={t('handover.say.help')} rows={4} max={16384} value={notes} onValue={setNotes} error={problem?.why('notes')} />
      <div>
        <Button look="primary" type="submit">
          {t('handover.offer')}
        </Button>
      </div>
      {asks && (
        <Confirm title={t('handover.offer.title', { to })} action={t('handover.offer')} busy={busy} onClose={() => setAsks(false)} onConfirm={() => void offer()}>
          <p>{t('handover.offer.why')}</p>
        </Confirm>
      )}
    </form>
  );
}

const snapshotOf = (now: Now): HandoverSnapshot => ({
  duties: now.duties,
  alarms: now.alarms,
  approvals: now.approvals,
  peers: now.peers,
  unread_total: now.unread_total,
  failed: now.failed,
});

export default function HandoverPage() {
  const now = useResource<Now>('/api/now', { every: 30 });
  const list = useResource<Handovers>('/api/handovers', { events: ['handover'] });
  const people = useResource<Operators>('/api/operators', { events: ['operators'] }).data?.operators ?? [];
  const me = session.value?.operator.name;
  const [more, setMore] = useState<Handover[]>([]);
  const [next, setNext] = useState<string | undefined | null>(null);
  const [busy, setBusy] = useState(false);
  const handovers = list.data?.handovers ?? [];
  const open = handovers.filter((one) => one.state === 'offered');
  const past = [...handovers, ...more].filter((one) => one.state !== 'offered');
  const cursor = next === null ? list.data?.next : next;
  const others = people.filter((one) => one.name !== me && !one.disabled && one.roles.some((role) => role === 'watch' || role === 'officer'));
  const older = async () => {
    if (!cursor) return;
    setBusy(true);
    try {
      const page = await get<Handovers>(`/api/handovers?cursor=${encodeURIComponent(cursor)}`);
      setMore([...more, ...page.handovers]);
      setNext(page.next);
    } catch (caught) {
      toast(asProblem(caught).line, 'bad');
    }
    setBusy(false);
  };
  return (
    <Page
      title={t('handover.title')}
      class="handover-page"
      actions={
        <Button class="no-print" onClick={() => print()}>
          {t('handover.print')}
        </Button>
      }
    >
      {list.problem && <ProblemBox problem={list.problem} onAgain={() => void list.reload()} />}
      {open.map((one) => (
        <One key={one.id} handover={one} onChanged={() => void list.reload()} />
      ))}
      <Section title={t('handover.open_now')}>
        {now.problem && <ProblemBox problem={now.problem} onAgain={() => void now.reload()} />}
        {now.data ? (
          <>
            <p class="soft">{tr('handover.as_of', { time: <TimeText time={now.data.time} full /> })}</p>
            <Snapshot snapshot={snapshotOf(now.data)} />
          </>
        ) : (
          <Loading />
        )}
      </Section>
      <Section title={t('handover.notes')}>
        <Notes />
      </Section>
      {mayWrite() && !open.some((one) => one.by === me) && (
        <Section title={t('handover.offer.to_colleague')} class="no-print">
          {others.length === 0 ? <Alert>{t('handover.nobody')}</Alert> : <Offer people={others} onOffered={() => void list.reload()} />}
        </Section>
      )}
      <Section title={t('handover.history')} count={past.length} class="no-print">
        {past.length === 0 ? (
          <Empty>{t('handover.history.none')}</Empty>
        ) : (
          <div class="stack">
            {past.map((one) => (
              <One key={one.id} handover={one} onChanged={() => void list.reload()} />
            ))}
          </div>
        )}
        {cursor && (
          <Button busy={busy} onClick={() => void older()}>
            {t('handover.older')}
          </Button>
        )}
      </Section>
    </Page>
  );
}
