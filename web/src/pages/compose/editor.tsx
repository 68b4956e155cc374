// SPDX-License-Identifier: Apache-2.0
// Writing a message: what kind, to whom, what it says. The desk keeps it as it is typed.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asProblem, channelPath, get, messagePath, post, type Problem, query } from '../../api';
import { useCell } from '../../cell';
import { language, t, tr } from '../../i18n';
import { useResource } from '../../live';
import { mayAnswer, textIn } from '../../model/catalogue';
import { go, to } from '../../router';
import { loginNeeded, session } from '../../session';
import { toText } from '../../time';
import type {
  Body,
  Channel,
  ChannelDetail,
  Draft,
  DraftCheck,
  DraftMessage,
  FieldProblem,
  Json,
  Message,
  MessagePage,
  PledgeTexts,
  Tlp,
} from '../../types';
import { Alert, Badge, Button, ChoiceField, Confirm, cx, Field, Icon, Page, ProblemBox, Section, SelectField, TextField, TimeText, toast } from '../../ui';
import { visible } from '../../ui/peer_text';
import { Attachments } from './attachments';
import { type FormKind, type Forms, offeredKinds } from './catalogue';
import { checkMessage, cleanMessage, isGiven, isSame, joinProblems } from './check';
import { ConflictDialog } from './conflict';
import { act, desk, isAway, localOf, newSlot } from './desk';
import { CommitFile } from './evidence';
import { BodyFields, type Surroundings } from './fields';
import { Closed, isOpen, Keeper, type Keeping } from './keeper';
import { Recipients } from './recipients';
import { FillStatement } from './statement';
import { SignalPicker } from './signal_picker';
import { checkSignal, type Codebook, valuesOf } from './signals';
import { tidy } from './values';
import { Answered, Whole } from './whole';
import { lineWords, whyWords } from './words';

export interface Start {
  channel?: string;
  re?: string;
  kind?: string;
  /** a text of before in this browser */
  kept?: string;
  /** a pledge that comes with Aldis, by name */
  pledge?: string;
}

const tlps: Tlp[] = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'];
const tlpKey = (tlp: Tlp) => `tlp.${tlp.toLowerCase().replace('+', '-')}`;

/** What is most often the answer to a message of this kind. */
const usual: { [kind: string]: string } = { query: 'answer', drill: 'drill.answer', 'record.statement': 'record.agree' };

/** The limits when the charter could not be read yet: those of the format. */
const LIMITS = { attachment: 8388608, attachments: 64 };

/** How long after the last key the desk is asked what it thinks. */
const CHECK_MS = 500;

function SavedWords({ keeping }: { keeping: Keeping }) {
  const needsLogin = useCell(loginNeeded);
  const { state, savedAt } = keeping;
  const here = (
    <Badge tone="warn" icon="triangle">
      {needsLogin ? t('compose.kept.login') : t('compose.kept')}
    </Badge>
  );
  return (
    <div class="saved" role="status">
      {state === 'empty' && <span class="soft">{t('compose.empty')}</span>}
      {state === 'saved' && savedAt !== undefined && (
        <span class="soft">
          <Icon name="check" /> {t('compose.saved', { time: toText(savedAt).slice(11, 19) })}
        </span>
      )}
      {(state === 'unsaved' || state === 'saving') && (needsLogin ? here : <span class="soft">{t('compose.saving')}</span>)}
      {state === 'kept' && here}
      {state === 'conflict' && <Badge tone="bad" icon="triangle">{t('compose.conflict.title')}</Badge>}
      {state === 'refused' && <Badge tone="bad" icon="triangle">{t('compose.refused')}</Badge>}
    </div>
  );
}

/** Messages that this kind may name, newest first. */
function ReField({
  channel,
  kind,
  forms,
  value,
  onValue,
  why,
  onLeave,
}: {
  channel: string;
  kind: FormKind;
  forms: Forms;
  value: string;
  onValue: (id: string) => void;
  why?: string;
  onLeave: () => void;
}) {
  const page = useResource<MessagePage>(`${channelPath(channel)}/messages${query({ form: 'row', people: 1, limit: 1 })}`, { events: [] }).data;
  const rows = useResource<MessagePage>(
    page && `${channelPath(channel)}/messages${query({ form: 'row', people: 1, before: page.total, limit: 60 })}`,
    { events: [] },
  ).data?.messages;
  const fitting = (rows ?? []).filter((row) => {
    const other = forms.kind(row.kind ?? '');
    return other && mayAnswer(kind, other);
  });
  const label = (id: string) => {
    const row = fitting.find((one) => one.id === id);
    if (!row) return id;
    const title = visible(row.title.slice(0, 60)).map((piece) => piece.text);
    return [id, textIn(forms.kind(row.kind ?? '')?.label, language.value), title.join('')].filter(Boolean).join(' · ');
  };
  return (
    <div class="re-field" data-field="re">
      <TextField
        label={t('compose.re')}
        help={t('compose.re.help')}
        required={kind.re === 'required'}
        error={why}
        dir="ltr"
        class="form-text"
        spellcheck={false}
        value={value}
        onValue={onValue}
        onBlur={(event) => {
          onValue(tidy('message', event.currentTarget.value, 0));
          onLeave();
        }}
      />
      {fitting.length > 0 && (
        <SelectField
          label={t('compose.re.newest')}
          value={fitting.some((row) => row.id === value) ? value : ''}
          onValue={(id) => id !== '' && onValue(id)}
          options={[
            { value: '', label: t('compose.choose') },
            ...[...fitting].sort((a, b) => b.position - a.position).map((row) => ({ value: row.id, label: label(row.id) })),
          ]}
        />
      )}
      {forms && value !== '' && !why && <Answered channel={channel} re={value} />}
    </div>
  );
}

export function Editor({
  forms,
  channels,
  draft: opened,
  start,
  lost,
  onMade,
  onChanged,
}: {
  forms: Forms;
  channels: Channel[];
  draft?: Draft;
  start: Start;
  lost: ComponentChildren;
  /** the desk has it now, under this id */
  onMade: (draft: Draft) => void;
  onChanged: (draft: Draft) => void;
}) {
  const keeper = useRef<Keeper>();
  const startMessage: DraftMessage = opened?.message ?? { kind: start.kind ?? '', ...(start.re ? { re: start.re } : {}) };
  const local = useMemo(() => localOf(opened?.id ?? start.kept ?? newSlot()), []);
  const keptBefore = useMemo(() => local.read(), []);
  const only = channels.length === 1 ? channels[0]?.id : undefined;
  const [channel, setChannel] = useState(opened?.channel ?? keptBefore?.channel ?? start.channel ?? only ?? '');
  const [message, drawMessage] = useState<DraftMessage>(keptBefore?.message ?? startMessage);
  // What comes late (the charter, a text to start from) is put beside what stands there by then.
  const latest = useRef(message);
  const setMessage = (next: DraftMessage) => {
    latest.current = next;
    drawMessage(next);
  };
  const [keeping, setKeeping] = useState<Keeping>({ state: opened ? 'saved' : 'empty', message: startMessage, draft: opened, savedAt: opened && Date.parse(opened.changed) });
  /** what the desk said last, and of which text */
  const [check, setCheck] = useState<DraftCheck & { of: string }>();
  const [book, setBook] = useState<Codebook>();
  const [left, setLeft] = useState<Set<string>>(new Set());
  const [isTried, setTried] = useState(false);
  const [isReview, setReview] = useState(false);
  const [busy, setBusy] = useState(false);
  const [waits, setWaits] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [refused, setRefused] = useState<FieldProblem[]>([]);
  const [asks, setAsks] = useState<{ kind: string; lost: string[] } | 'discard'>();
  const given = useRef<DraftMessage>(cleanMessage(message, forms.kind(message.kind)));
  const shelf = useRef<{ [kind: string]: Body }>({});
  const root = useRef<HTMLDivElement>(null);

  const charter = useResource<ChannelDetail>(channel ? channelPath(channel) : undefined, { channel, events: ['channel', 'amended'] }).data;
  const answered = useResource<Message>(
    channel && message.re && /#\d+$/.test(message.re) ? messagePath(channel, message.re) : undefined,
    { events: [] },
  ).data;
  const kind = forms.kind(message.kind);
  const own = session.value?.desk ?? '';
  const members = useMemo(() => (charter?.members ?? []).filter((one) => one.name !== own && !one.left), [charter]);
  const languages = useMemo(
    () =>
      [...(charter?.languages ?? []), ...(charter?.members ?? []).flatMap((one) => one.languages ?? [])].filter(
        (lang, i, all) => all.indexOf(lang) === i,
      ),
    [charter],
  );

  // The keeper lives as long as this page.
  const startKeeper = (at: string) => {
    const tell = (now: Keeping) => {
      setKeeping(now);
      if (!isSame(now.message as never, given.current as never)) {
        given.current = now.message;
        setMessage(now.message);
      }
    };
    keeper.current = new Keeper(at, given.current, desk, local, tell, opened);
    const now = keeper.current.snapshot();
    tell(now);
  };
  useEffect(() => {
    if (channel && !keeper.current) startKeeper(channel);
  }, [channel]);
  useEffect(() => () => keeper.current?.close(), []);
  // Another's change of the same draft, an attachment that came.
  useEffect(() => {
    if (opened && keeping.draft && opened.id === keeping.draft.id && opened.version >= keeping.draft.version) keeper.current?.take(opened);
  }, [opened, keeping.state]);
  const made = useRef(opened?.id);
  useEffect(() => {
    if (!keeping.draft || made.current === keeping.draft.id) return;
    made.current = keeping.draft.id;
    onMade(keeping.draft);
  }, [keeping.draft?.id]);

  /** What a person has changed. */
  const change = (next: DraftMessage) => {
    setMessage(next);
    setProblem(undefined);
    setRefused([]);
    given.current = cleanMessage(next, forms.kind(next.kind));
    keeper.current?.change(given.current);
  };
  const setLatest = (said: Body) => change({ ...latest.current, body: said });
  const body = message.body ?? {};
  const setBody = (next: { [name: string]: Json }) => change({ ...message, body: next });

  // Defaults that nobody has to type; they make no draft by themselves. The charter may come when somebody types already.
  const isNew = useRef(!opened && !keptBefore);
  useEffect(() => {
    if (!kind || !charter || !isNew.current) return;
    const filled: DraftMessage = { ...latest.current, body: { ...latest.current.body } };
    const spoken = kind.fields.find((field) => field.name === 'language' && field.required);
    if (spoken && filled.body && !filled.body['language'])
      filled.body['language'] = languages.includes(language.value) ? language.value : (charter.members.find((one) => one.name === own)?.languages?.[0] ?? languages[0] ?? 'en');
    if (!filled.line && charter.lines[0]) filled.line = answered?.line ?? charter.lines[0];
    if (!filled.tlp && answered?.tlp) filled.tlp = answered.tlp;
    if (!filled.to && answered && !answered.own && members.length > 1) filled.to = [answered.author];
    if (!isSame(filled as never, latest.current as never)) {
      setMessage(filled);
      given.current = cleanMessage(filled, kind);
      if (keeper.current && keeper.current.snapshot().state !== 'empty') keeper.current.change(given.current);
    }
  }, [kind?.name, charter?.id, answered?.id]);
  useEffect(() => {
    const answeredKind = answered?.kind && usual[answered.kind];
    if (message.kind === '' && answeredKind && kinds.some((group) => group.kinds.some((one) => one.name === answeredKind))) setKind(answeredKind);
  }, [answered?.id]);
  // A pledge that comes with Aldis, to start from.
  useEffect(() => {
    if (!start.pledge || opened || !channel) return;
    get<PledgeTexts>('/api/pledge-texts').then(
      ({ pledges }) => {
        const text = pledges.find((one) => one.name === start.pledge);
        if (text) change({ ...latest.current, kind: 'pledge.offer', body: text.body });
      },
      (caught: unknown) => setProblem(asProblem(caught)),
    );
  }, [start.pledge, channel]);

  // The desk's own judgement, live.
  const checked = JSON.stringify(cleanMessage(message, kind));
  const ask = async (signal?: AbortSignal): Promise<DraftCheck> => {
    const said = await post<DraftCheck>('/api/drafts/check', { channel, message: JSON.parse(checked) as DraftMessage }, { signal });
    setCheck({ ...said, of: checked });
    return said;
  };
  useEffect(() => {
    if (!channel || !kind) return;
    const stop = new AbortController();
    const timer = setTimeout(() => void ask(stop.signal).catch(() => undefined), check ? CHECK_MS : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [checked, channel, keeping.draft?.attachments.length]);

  const answeredKind = answered?.kind === undefined ? undefined : forms.kind(answered.kind);
  const kinds = useMemo(
    () => offeredKinds(forms, charter?.kinds_allowed, answeredKind),
    [forms, charter?.kinds_allowed, answeredKind],
  );

  const ownProblems: FieldProblem[] = useMemo(() => {
    if (!channel) return [{ field: 'channel', why: t('compose.why.channel') }];
    const rules = { lines: charter?.lines ?? (message.line ? [message.line] : []), members: charter ? members.map((one) => one.name) : (message.to ?? []), own };
    const isSignal = message.kind === 'signal';
    const found = checkMessage(message, kind, rules).filter((one) => !isSignal || !one.field.startsWith('body'));
    if (isSignal && book) found.push(...checkSignal(book, book.signals.find((one) => one.number === body['number']), valuesOf(body)));
    if (kind && answeredKind && !mayAnswer(kind, answeredKind)) found.push({ field: 'kind', key: 'compose.why.answers' });
    return found.map((one) => ({ field: one.field, why: whyWords(one) }));
  }, [checked, channel, charter, book, answeredKind, language.value]);
  const problems = joinProblems(ownProblems, [...refused, ...(check?.of === checked ? check.problems : [])]);

  const around: Surroundings = {
    languages,
    desks: charter?.members.map((one) => one.name) ?? [],
    problems,
    isShown: (field) => isTried || left.has(field) || refused.some((one) => one.field === field),
    // Not at once: the words of an error would move the button away under a click that has just begun.
    leave: (field) => setTimeout(() => setLeft((before) => (before.has(field) ? before : new Set([...before, field]))), 250),
  };
  const whyOf = (field: string) => (around.isShown(field) ? problems.find((one) => one.field === field)?.why : undefined);

  const focusField = (field: string) => {
    const all = [...(root.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
    const found =
      all.find((one) => one.dataset['field'] === field) ??
      all.filter((one) => field.startsWith(one.dataset['field'] ?? ' ')).sort((a, b) => (b.dataset['field']?.length ?? 0) - (a.dataset['field']?.length ?? 0))[0];
    const fold = found?.closest('details');
    if (fold) fold.open = true;
    const control = found?.querySelector<HTMLElement>('input:not([hidden]), select, textarea, button');
    (control ?? found)?.focus();
    (control ?? found)?.scrollIntoView({ block: 'center' });
  };
  const showProblems = (list: FieldProblem[]) => {
    setTried(true);
    setReview(false);
    const first = list[0];
    if (first) requestAnimationFrame(() => requestAnimationFrame(() => focusField(first.field)));
  };

  const setKind = (name: string) => {
    const next = forms.kind(name);
    if (!next) return;
    if (kind) shelf.current[kind.name] = body;
    const fitting = Object.fromEntries(
      Object.entries(body).filter(([field]) => next.fields.some((one) => one.name === field && one.type === kind?.fields.find((f) => f.name === field)?.type)),
    );
    const before = shelf.current[name];
    setAsks(undefined);
    setLeft(new Set());
    setTried(false);
    const changed: DraftMessage = { ...message, kind: name, body: { ...before, ...fitting } };
    if (next.re === 'none') delete changed.re;
    if (isGiven(body) && kind) change(changed);
    else {
      setMessage(changed);
      given.current = cleanMessage(changed, next);
      if (keeper.current?.snapshot().draft) keeper.current.change(given.current);
    }
  };
  const askKind = (name: string) => {
    const next = forms.kind(name);
    const dropped = kind && next ? kind.fields.filter((field) => isGiven(body[field.name]) && !next.fields.some((one) => one.name === field.name && one.type === field.type)) : [];
    if (dropped.length > 0) setAsks({ kind: name, lost: dropped.map((field) => textIn(field.label, language.value)) });
    else setKind(name);
  };

  const withDraft = async (): Promise<Draft> => {
    if (!keeper.current) throw new Error(t('compose.why.channel'));
    return keeper.current.flush();
  };
  const reread = async () => {
    const id = keeper.current?.snapshot().draft?.id;
    if (!id) return;
    const now = await desk.read(id);
    keeper.current?.take(now);
    onChanged(now);
  };

  const review = async () => {
    setProblem(undefined);
    if (ownProblems.length > 0) return showProblems(problems);
    setBusy(true);
    try {
      const said = await ask();
      if (said.problems.length > 0) return showProblems(joinProblems([], said.problems));
      setReview(true);
      scrollTo(0, 0);
    } catch (caught) {
      setProblem(asProblem(caught));
    } finally {
      setBusy(false);
    }
  };
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const saved = await withDraft();
      const done = await act(saved.id, '/submit', { version: saved.version }, (now) => !isOpen(now), () => setWaits(true));
      keeper.current?.forget();
      if (done.state === 'sent' && done.sent) {
        toast(t('compose.sent', { id: done.sent }));
        go(to.message(done.channel, done.sent));
      } else if (done.state === 'sent') {
        toast(t('compose.queued'));
        go(to.drafts);
      } else {
        toast(t('compose.asked'));
        onChanged(done);
        go(to.draft(done.id), { replace: true });
      }
    } catch (caught) {
      if (keeper.current?.snapshot().state === 'conflict') return setReview(false);
      const found = asProblem(caught);
      if (!isAway(caught)) setProblem(found);
      if (found.fields.length > 0) {
        const fields = joinProblems([], found.fields);
        setRefused(fields);
        showProblems(fields);
      } else if (found.code === 'version-conflict') {
        setReview(false);
        await reread();
      }
    } finally {
      setBusy(false);
      setWaits(false);
    }
  };
  const discard = async () => {
    setBusy(true);
    try {
      const id = keeper.current?.snapshot().draft?.id;
      if (id) await act(id, '/discard', undefined, (now) => now.state === 'discarded', () => setWaits(true));
      keeper.current?.forget();
      local.write(undefined);
      toast(t('compose.discarded'));
      go(to.drafts);
    } catch (caught) {
      setProblem(asProblem(caught));
      setAsks(undefined);
    } finally {
      setBusy(false);
      setWaits(false);
    }
  };
  /** The draft is closed on the desk; what was typed since becomes a new one. */
  const startAnew = () => {
    const slot = newSlot();
    localOf(slot).write({ channel, version: 0, base: given.current, message: given.current, time: desk.now() });
    keeper.current?.forget();
    go(`/compose?kept=${encodeURIComponent(slot)}`);
  };

  const approval = check?.approval ?? false;
  const attachments = keeping.draft?.attachments ?? [];
  const channelTitle = channels.find((one) => one.id === channel)?.title ?? '';
  const returned = keeping.draft?.returned;
  const readers = (check?.recipients ?? []).flatMap((one) => one.languages);

  if (isReview && kind)
    return (
      <Page key="review" title={approval ? t('compose.review.approval') : t('compose.review')} class="compose-page">
        <div ref={root} class="stack">
          <ProblemBox problem={problem} />
          {waits && <Alert tone="warn" live>{t('compose.waits')}</Alert>}
          <Whole
            forms={forms}
            channel={channel}
            channelTitle={channelTitle}
            message={cleanMessage(message, kind)}
            attachments={attachments}
            recipients={check?.recipients ?? []}
          />
          <div class="row-of decision">
            <Button look="primary" busy={busy} onClick={() => void send()}>
              {approval ? t('compose.ask') : t('compose.send')}
            </Button>
            <Button onClick={() => setReview(false)}>{t('compose.back')}</Button>
            {approval && <span class="soft">{t('compose.ask.why')}</span>}
          </div>
        </div>
      </Page>
    );

  return (
    <Page
      key="write"
      title={t('compose.title')}
      class="compose-page"
      actions={
        <>
          <SavedWords keeping={keeping} />
          {keeping.draft && (
            <Button look="danger" onClick={() => setAsks('discard')}>
              {t('compose.discard')}
            </Button>
          )}
        </>
      }
    >
      {lost}
      {keeping.state === 'refused' && (
        <Alert tone="bad" live>
          {keeping.problem instanceof Closed ? (
            <>
              <p>{t(`compose.closed.${keeping.draft?.state ?? 'sent'}`)}</p>
              <Button onClick={startAnew}>{t('compose.closed.anew')}</Button>
            </>
          ) : (
            <p>
              {t('compose.refused')}: {asProblem(keeping.problem).line}
            </p>
          )}
        </Alert>
      )}
      {returned && keeping.draft?.state === 'returned' && (
        <Alert tone="warn">
          <p>{tr('compose.returned', { who: <bdi>{returned.by}</bdi>, time: <TimeText time={returned.time} full /> })}</p>
          <p dir="auto" class="reason">
            {returned.reason}
          </p>
        </Alert>
      )}
      <ProblemBox problem={refused.length > 0 ? undefined : problem} />
      {isTried && problems.length > 0 && (
        <Alert tone="bad" live>
          <p>{t('compose.problems', { n: problems.length })}</p>
          <ul>
            {problems.slice(0, 12).map((one) => (
              <li key={one.field + one.why}>
                <button type="button" class="as-link" onClick={() => focusField(one.field)}>
                  {nameOf(one.field, kind)}
                </button>
                : {one.why}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <div class="compose" ref={root}>
        <form
          id="compose-form"
          class="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void review();
          }}
        >
          <Section title={t('compose.what')}>
            <div class="form-fields">
              <div data-field="channel">
                {keeping.draft || channels.length === 1 ? (
                  <Field label={t('compose.channel')}>
                    {(wiring) => (
                      <output {...wiring} class="fixed">
                        <bdi>{channelTitle}</bdi>
                      </output>
                    )}
                  </Field>
                ) : (
                  <SelectField
                    label={t('compose.channel')}
                    required
                    error={whyOf('channel')}
                    value={channel}
                    onValue={(chosen) => {
                      keeper.current?.close();
                      keeper.current = undefined;
                      setChannel(chosen);
                    }}
                    options={[{ value: '', label: t('compose.choose') }, ...channels.map((one) => ({ value: one.id, label: one.title }))]}
                  />
                )}
              </div>
              {channel && (
                <div data-field="kind">
                  <Field label={t('compose.kind')} required error={whyOf('kind')} help={kind ? textIn(kind.help, language.value) : t('compose.kind.help')}>
                    {(wiring) => (
                      <select {...wiring} value={message.kind} onChange={(event) => askKind(event.currentTarget.value)}>
                        <option value="">{t('compose.choose')}</option>
                        {kind && !kinds.some((group) => group.kinds.includes(kind)) && <option value={kind.name}>{textIn(kind.label, language.value)}</option>}
                        {kinds.map((group) => (
                          <optgroup key={group.name} label={t(`compose.group.${group.name}`)}>
                            {group.kinds.map((one) => (
                              <option key={one.name} value={one.name}>
                                {textIn(one.label, language.value)}
                              </option>
                            ))}
                          </optgroup>
                        ))}
                      </select>
                    )}
                  </Field>
                </div>
              )}
              {kind && kind.re !== 'none' && (
                <Folded isOpen={kind.re === 'required' || message.re !== undefined} title={t('compose.re.optional')}>
                  <ReField
                    channel={channel}
                    kind={kind}
                    forms={forms}
                    value={message.re ?? ''}
                    onValue={(re) => {
                      const next = { ...message, re };
                      if (re === '') delete (next as Partial<DraftMessage>).re;
                      change(next);
                    }}
                    why={whyOf('re')}
                    onLeave={() => around.leave('re')}
                  />
                </Folded>
              )}
            </div>
          </Section>
          {kind && kind.body !== 'none' && (
            <Section title={t('compose.text')}>
              {kind.name === 'signal' ? (
                <SignalPicker digests={charter?.codebooks ?? []} body={body} onBody={setBody} readers={readers} around={around} onBook={setBook} />
              ) : (
                <>
                  {kind.name === 'evidence.commit' && (
                    <CommitFile largest={charter?.limits?.['attachment'] ?? LIMITS.attachment} onHash={(hash) => setBody({ ...body, hash })} />
                  )}
                  {kind.name === 'record.statement' && <FillStatement channel={channel} isEmpty={Object.keys(body).length === 0} onBody={setLatest} />}
                  <BodyFields key={kind.name} fields={kind.fields} values={body} onValues={setBody} around={around} />
                </>
              )}
            </Section>
          )}
          {kind && (
            <Section title={t('compose.files')} count={attachments.length}>
              <Attachments
                list={attachments}
                most={charter?.limits?.['attachments'] ?? LIMITS.attachments}
                largest={charter?.limits?.['attachment'] ?? LIMITS.attachment}
                draft={withDraft}
                onChanged={reread}
                why={whyOf('attachments')}
                isSalted={kind.name === 'evidence.open'}
              />
            </Section>
          )}
        </form>
        {kind && (
          <aside class="stack" aria-label={t('compose.about')}>
            <Section title={t('compose.tlp')}>
              <div data-field="tlp">
                <ChoiceField
                  label={<span class="unseen">{t('compose.tlp')}</span>}
                  error={whyOf('tlp')}
                  value={message.tlp ?? ''}
                  onValue={(chosen) => {
                    const next = { ...message, tlp: chosen as Tlp };
                    if (chosen === '') delete (next as Partial<DraftMessage>).tlp;
                    change(next);
                  }}
                  options={[
                    { value: '', label: t('compose.tlp.none'), help: t('compose.tlp.none.help') },
                    ...tlps.map((tlp) => ({ value: tlp, label: `TLP:${tlp}`, help: t(tlpKey(tlp)) })),
                  ]}
                />
              </div>
            </Section>
            {(charter?.lines.length ?? 0) > 0 && (
              <div data-field="line">
                <SelectField
                  label={t('compose.line')}
                  help={t('compose.line.help')}
                  error={whyOf('line')}
                  value={message.line ?? charter?.lines[0] ?? ''}
                  onValue={(line) => change({ ...message, line })}
                  options={(charter?.lines ?? []).map((line) => ({ value: line, label: lineWords(line) }))}
                />
              </div>
            )}
            <Section title={t('compose.to.title')} count={check?.recipients.length}>
              {members.length > 1 && (
                <div data-field="to">
                  <Addressed members={members.map((one) => one.name)} value={message.to} why={whyOf('to')} onValue={(names) => {
                    const next = { ...message, to: names };
                    if (!names) delete (next as Partial<DraftMessage>).to;
                    change(next);
                  }} />
                </div>
              )}
              {check && <Recipients narrow recipients={check.recipients} addressed={message.to} />}
            </Section>
          </aside>
        )}
        {kind && (
          <div class="row-of decision">
            <Button look="primary" type="submit" form="compose-form" busy={busy}>
              {approval ? t('compose.review.approval') : t('compose.review')}
            </Button>
            {approval && (
              <span class="soft">
                <Icon name="person" /> {t('compose.needs_approval')}
              </span>
            )}
          </div>
        )}
      </div>
      {keeping.conflict && (
        <ConflictDialog conflict={keeping.conflict} kind={kind} onChoose={(take) => keeper.current?.choose(take)} />
      )}
      {asks === 'discard' && (
        <Confirm title={t('compose.discard.title')} action={t('compose.discard')} danger busy={busy} onClose={() => setAsks(undefined)} onConfirm={() => void discard()}>
          <p>{t('compose.discard.why')}</p>
        </Confirm>
      )}
      {asks && asks !== 'discard' && (
        <Confirm title={t('compose.kind.change')} action={t('compose.kind.change.do')} onClose={() => setAsks(undefined)} onConfirm={() => setKind(asks.kind)}>
          <p>{t('compose.kind.change.why')}</p>
          <ul>
            {asks.lost.map((label) => (
              <li key={label}>{label}</li>
            ))}
          </ul>
        </Confirm>
      )}
    </Page>
  );
}

/** What is rarely needed waits in a fold; once it is needed it stands open. */
function Folded({ isOpen, title, children }: { isOpen: boolean; title: string; children: ComponentChildren }) {
  const [opened, setOpened] = useState(isOpen);
  if (isOpen) return <>{children}</>;
  return (
    <details class="more-fields" open={opened} onToggle={(event) => setOpened((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** What a field is called, for the list of what is wrong. */
function nameOf(field: string, kind: FormKind | undefined): string {
  const parts = field.replace(/^body\./, '').split('.');
  if (!field.startsWith('body.')) return t(`compose.${field}`);
  let fields = kind?.fields ?? [];
  const words: string[] = [];
  for (const part of parts) {
    const [, name = '', index] = /^(\w+)(?:\[(\d+)\])?$/.exec(part) ?? [];
    const found = fields.find((one) => one.name === name);
    if (!found) {
      words.push(part);
      continue;
    }
    words.push(textIn(found.label, language.value) + (index === undefined ? '' : ` ${Number(index) + 1}`));
    fields = found.of?.fields ?? found.fields;
  }
  return words.join(' · ');
}

function Addressed({ members, value, onValue, why }: { members: string[]; value: string[] | undefined; onValue: (names: string[] | undefined) => void; why?: string }) {
  const all = value === undefined;
  return (
    <fieldset class={cx('field addressed', why !== undefined && 'wrong')}>
      <legend class="unseen">{t('compose.to')}</legend>
      <label class="option">
        <input type="radio" name="to" checked={all} onChange={() => onValue(undefined)} /> {t('compose.to.all')}
      </label>
      <label class="option">
        <input type="radio" name="to" checked={!all} onChange={() => onValue(value ?? members.slice(0, 1))} /> {t('compose.to.some')}
      </label>
      {!all && (
        <div class="some">
          {members.map((name) => (
            <label class="option" key={name}>
              <input
                type="checkbox"
                checked={value.includes(name)}
                onChange={(event) => {
                  const next = event.currentTarget.checked ? [...value, name] : value.filter((one) => one !== name);
                  onValue(members.filter((one) => next.includes(one)));
                }}
              />{' '}
              <bdi>{name}</bdi>
            </label>
          ))}
          <p class="help">{t('compose.to.some.help')}</p>
        </div>
      )}
      {why !== undefined && <div class="error">{why}</div>}
    </fieldset>
  );
}

