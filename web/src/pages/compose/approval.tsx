// SPDX-License-Identifier: Apache-2.0
// A draft that waits for a second person: the whole of it as it will be read, and on the same screen the decision.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asProblem, post, type Problem } from '../../api';
import { t, tr } from '../../i18n';
import { go, to } from '../../router';
import { mayApprove, mayWrite, session } from '../../session';
import type { Draft, DraftCheck } from '../../types';
import { Alert, Button, Confirm, Name, Page, ProblemBox, TextAreaField, TimeText, toast } from '../../ui';
import { DraftedRelease } from '../release/drafted';
import type { Forms } from './catalogue';
import { cleanMessage } from './check';
import { act, isAway } from './desk';
import { characters } from './values';
import { Whole } from './whole';

/** Characters of a reason, as the desk has it. */
const REASON_MAX = 2000;

/** What the desk says of the draft as it stands now. */
function useCheck(draft: Draft, forms: Forms): DraftCheck | undefined {
  const [check, setCheck] = useState<DraftCheck>();
  useEffect(() => {
    const stop = new AbortController();
    const message = cleanMessage(draft.message, forms.kind(draft.message.kind));
    post<DraftCheck>('/api/drafts/check', { channel: draft.channel, message }, { signal: stop.signal, patient: true }).then(setCheck, () => undefined);
    return () => stop.abort();
  }, [draft.id, draft.version]);
  return check;
}

export function Approval({
  draft,
  forms,
  kept,
  onChanged,
}: {
  draft: Draft;
  forms: Forms;
  /** text in this browser that is not in it */
  kept: ComponentChildren;
  onChanged: (draft: Draft) => void;
}) {
  const check = useCheck(draft, forms);
  const me = session.value?.operator.name;
  const isOwn = draft.by === me || draft.changed_by === me || draft.asked?.by === me;
  const may = mayApprove() && draft.by !== me && draft.changed_by !== me;
  const [asks, setAsks] = useState<'approve' | 'return'>();
  const [reason, setReason] = useState('');
  const [why, setWhy] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [waits, setWaits] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const decide = async (what: '/approve' | '/return' | '/discard' | '', body: unknown) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const done = await act(draft.id, what, body, (now) => now.state !== 'approval', () => setWaits(true));
      setAsks(undefined);
      onChanged(done);
      if (done.state === 'sent' && done.sent) {
        toast(t('compose.sent', { id: done.sent }));
        go(to.message(done.channel, done.sent));
      } else if (what === '/return') {
        toast(t('approval.returned'));
        go(to.drafts);
      } else if (done.state === 'sent') {
        toast(t('compose.queued'));
        go(to.drafts);
      }
    } catch (caught) {
      if (!isAway(caught)) setProblem(asProblem(caught));
      setAsks(undefined);
    } finally {
      setBusy(false);
      setWaits(false);
    }
  };

  return (
    <Page
      title={t('approval.title')}
      class="compose-page"
      actions={
        <a class="button" href={to.drafts}>
          {t('nav.drafts')}
        </a>
      }
    >
      <p>
        {tr('approval.written', { who: <Name>{draft.by}</Name>, time: <TimeText time={draft.created} full /> })}{' '}
        {draft.changed_by !== draft.by && tr('approval.changed', { who: <Name>{draft.changed_by}</Name>, time: <TimeText time={draft.changed} full /> })}{' '}
        {draft.asked && tr('approval.asked', { who: <Name>{draft.asked.by}</Name>, time: <TimeText time={draft.asked.time} full /> })}
      </p>
      {kept}
      <ProblemBox problem={problem} />
      {check && check.problems.length > 0 && (
        <Alert tone="bad">
          {t('approval.problems')}
          <ul>
            {check.problems.map((one) => (
              <li key={one.field}>
                <code>{one.field}</code> {one.why}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <Whole
        forms={forms}
        channel={draft.channel}
        channelTitle={draft.channel_title}
        message={draft.message}
        attachments={draft.attachments}
        recipients={check?.recipients ?? []}
      />
      <DraftedRelease draft={draft} />
      {waits && <Alert tone="warn" live>{t('compose.waits')}</Alert>}
      {may ? (
        <div class="decision">
          <Button look="primary" busy={busy} onClick={() => setAsks('approve')}>
            {t('approval.approve')}
          </Button>
          <div class="return">
            <TextAreaField
              label={t('approval.reason')}
              help={t('approval.reason.help')}
              error={why}
              max={REASON_MAX}
              rows={2}
              value={reason}
              onValue={(text) => {
                setReason(text);
                setWhy(undefined);
              }}
            />
            <Button
              busy={busy}
              onClick={() => {
                if (reason.trim() === '') setWhy(t('approval.reason.missing'));
                else if (characters(reason) > REASON_MAX) setWhy(t('compose.why.text', { min: 1, max: REASON_MAX }));
                else void decide('/return', { version: draft.version, reason: reason.trim() });
              }}
            >
              {t('approval.return')}
            </Button>
          </div>
        </div>
      ) : (
        <Alert tone="info">{isOwn ? t('approval.own') : t('approval.not_officer')}</Alert>
      )}
      {isOwn && mayWrite() && (
        <div class="row-of">
          <Button
            busy={busy}
            onClick={() =>
              void decide('', { version: draft.version, message: cleanMessage(draft.message, forms.kind(draft.message.kind)) })
            }
          >
            {t('approval.take_back')}
          </Button>
          <span class="soft">{t('approval.take_back.why')}</span>
        </div>
      )}
      {asks === 'approve' && (
        <Confirm
          title={t('approval.approve.title')}
          action={t('approval.approve')}
          busy={busy}
          onClose={() => setAsks(undefined)}
          onConfirm={() => void decide('/approve', { version: draft.version })}
        >
          <p>{t('approval.approve.why', { n: check?.recipients.length ?? 0 })}</p>
        </Confirm>
      )}
    </Page>
  );
}
