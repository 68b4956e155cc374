// SPDX-License-Identifier: Apache-2.0
// The watch's shared notes: one text for all, saved as it is typed. While the desk is away it stays in this browser.
import { useEffect, useRef, useState } from 'preact/hooks';
import { asProblem, get, post, Problem } from '../../api';
import { pause } from '../../connection';
import { t, tr } from '../../i18n';
import { keep, kept } from '../../keep';
import { useResource } from '../../live';
import { mayWrite, session } from '../../session';
import { nowText } from '../../time';
import type { Notes as NotesOfDesk } from '../../types';
import { Alert, Badge, Icon, Loading, Name, PeerText, ProblemBox, TextAreaField, TimeText } from '../../ui';
import { isAway } from '../compose/desk';
import { joinTexts } from './autosave';

const REST_MS = 800;
const MOST = 65536;

interface Held {
  base: string;
  version: number;
  text: string;
}
const slot = () => `notes.${session.value?.operator.name ?? ''}`;
const readHeld = (): Held | undefined => {
  try {
    const held = JSON.parse(kept(slot()) ?? 'null') as Partial<Held> | null;
    return typeof held?.text === 'string' && typeof held.base === 'string' && typeof held.version === 'number' ? (held as Held) : undefined;
  } catch {
    return undefined;
  }
};

type State = 'saved' | 'unsaved' | 'kept' | 'joined';

export function Notes() {
  const desk = useResource<NotesOfDesk>('/api/notes', { events: ['notes'] });
  const [text, setText] = useState('');
  const [state, setState] = useState<State>('saved');
  const [savedAt, setSavedAt] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const base = useRef<NotesOfDesk>();
  const typed = useRef('');
  const running = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const gone = useRef(false);

  const put = (next: string) => {
    typed.current = next;
    setText(next);
  };
  /** Another's newer text comes in under what is being typed here. */
  const takeOver = (newest: NotesOfDesk) => {
    const joined = joinTexts(base.current?.text ?? '', typed.current, newest.text);
    base.current = newest;
    put(joined.text);
    if (joined.isConflict) setState('joined');
    return joined.isConflict;
  };
  const save = async () => {
    if (running.current) return;
    running.current = true;
    let wasJoined = false;
    for (let attempt = 0; base.current && typed.current !== base.current.text && !gone.current; ) {
      const sent = typed.current;
      try {
        base.current = await post<NotesOfDesk>('/api/notes', { version: base.current.version, text: sent });
        setSavedAt(nowText());
        setProblem(undefined);
        attempt = 0;
      } catch (caught) {
        if (isAway(caught)) {
          setState('kept');
          await pause(attempt++);
        } else if (caught instanceof Problem && caught.code === 'version-conflict') {
          try {
            wasJoined = takeOver(await get<NotesOfDesk>('/api/notes')) || wasJoined;
          } catch (again) {
            if (!isAway(again)) setProblem(asProblem(again));
            await pause(attempt++);
          }
        } else {
          setProblem(asProblem(caught));
          break;
        }
      }
    }
    running.current = false;
    if (base.current && typed.current === base.current.text) {
      keep(slot(), null);
      setState(wasJoined ? 'joined' : 'saved');
    }
  };
  const change = (next: string) => {
    put(next);
    if (base.current) keep(slot(), JSON.stringify({ base: base.current.text, version: base.current.version, text: next } satisfies Held));
    setState((now) => (now === 'kept' ? 'kept' : 'unsaved'));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save(), REST_MS);
  };

  useEffect(() => {
    const newest = desk.data;
    if (!newest) return;
    if (!base.current) {
      base.current = newest;
      const held = readHeld();
      if (held && mayWrite()) {
        const joined = held.version === newest.version ? { text: held.text, isConflict: false } : joinTexts(held.base, held.text, newest.text);
        put(joined.text);
        void save();
      } else put(newest.text);
      return;
    }
    if (newest.version > base.current.version && !running.current) takeOver(newest);
  }, [desk.data]);
  useEffect(
    () => () => {
      gone.current = true;
      clearTimeout(timer.current);
      // What was typed last goes out with the page; should that fail the browser holds it.
      if (base.current && typed.current !== base.current.text)
        void post('/api/notes', { version: base.current.version, text: typed.current }).then(() => keep(slot(), null), () => undefined);
    },
    [],
  );

  if (desk.problem) return <ProblemBox problem={desk.problem} onAgain={() => void desk.reload()} />;
  if (!desk.data) return <Loading />;
  const by = desk.data.by !== '' && (
    <span class="soft small">{tr('handover.notes.by', { who: <Name>{desk.data.by}</Name>, time: <TimeText time={desk.data.time} full /> })}</span>
  );
  if (!mayWrite())
    return (
      <>
        <PeerText text={desk.data.text} block />
        {by}
      </>
    );
  return (
    <div class="notes">
      <TextAreaField
        label={t('handover.notes.label')}
        help={t('handover.notes.help')}
        rows={8}
        max={MOST}
        value={text}
        onValue={change}
        onBlur={() => void save()}
        error={problem?.line}
      />
      <div class="notes-print">{text}</div>
      <div class="row-of no-print" role="status">
        {state === 'kept' && (
          <Badge tone="warn" icon="triangle">
            {t('compose.kept')}
          </Badge>
        )}
        {state === 'unsaved' && <span class="soft">{t('compose.saving')}</span>}
        {(state === 'saved' || state === 'joined') && savedAt !== undefined && (
          <span class="soft">
            <Icon name="check" /> {t('compose.saved', { time: savedAt.slice(11, 19) })}
          </span>
        )}
      </div>
      {state === 'joined' && <Alert tone="warn">{t('handover.notes.joined')}</Alert>}
      {by}
    </div>
  );
}
