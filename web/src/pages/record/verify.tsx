// SPDX-License-Identifier: Apache-2.0
// Does all that this desk holds of a channel still hash to what was signed? Told with its progress; what is wrong is
// told first.
import { useEffect, useState } from 'preact/hooks';
import { asProblem, channelPath, post, type Problem } from '../../api';
import { num, t } from '../../i18n';
import { onEvent, useResource } from '../../live';
import { mayWrite, hasRole } from '../../session';
import type { Verify } from '../../types';
import { Alert, Button, PeerText, ProblemBox, Progress, Section, TimeText } from '../../ui';

/** How far it is, from the events, which come more often than anyone asks. */
function useProgress(channel: string, state: Verify): { done: number; total: number } {
  const [told, setTold] = useState<{ done: number; total: number }>();
  useEffect(
    () =>
      onEvent((event) => {
        if (event.type === 'verify' && event.channel === channel && event.done !== undefined)
          setTold({ done: event.done, total: event.total ?? 0 });
      }),
    [channel],
  );
  return told !== undefined && state.state === 'running' && told.done >= state.done ? told : state;
}

function Outcome({ verify }: { verify: Verify }) {
  if (verify.state === 'never') return <p class="soft">{t('record.verify.never')}</p>;
  if (verify.state === 'running') return null;
  const counts = [
    t('record.verify.entries', { n: verify.done }),
    verify.bodies !== undefined && t('record.verify.bodies', { n: verify.bodies }),
    verify.attachments !== undefined && t('record.verify.attachments', { n: verify.attachments }),
    verify.checkpoints !== undefined && t('record.verify.checkpoints', { n: verify.checkpoints }),
    verify.cosignatures !== undefined && t('record.verify.cosignatures', { n: verify.cosignatures }),
  ].filter(Boolean);
  return (
    <>
      <Alert tone={verify.state === 'sound' ? 'good' : 'bad'} live>
        <p>
          <b>{t(`record.verify.${verify.state}`)}</b>
        </p>
        {verify.findings.length > 0 && (
          <ul>
            {verify.findings.map((finding, i) => (
              <li key={i}>
                <PeerText text={finding} max={500} />
              </li>
            ))}
          </ul>
        )}
      </Alert>
      <p class="soft small">
        {counts.join(' · ')} · <TimeText time={verify.ended} full />
      </p>
    </>
  );
}

export function VerifySection({ channel, first }: { channel: string; first: Verify }) {
  const state = useResource<Verify>(`${channelPath(channel)}/verify`, { channel, events: ['verify'] });
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const verify = state.data ?? first;
  const { done, total } = useProgress(channel, verify);
  const isRunning = verify.state === 'running';
  const begin = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      state.set(await post<Verify>(`${channelPath(channel)}/verify`));
    } catch (caught) {
      setProblem(asProblem(caught));
    }
    setBusy(false);
  };
  return (
    <Section
      title={t('record.verify')}
      actions={
        (mayWrite() || hasRole('administrator', 'auditor')) && (
          <Button look="primary" busy={isBusy || isRunning} onClick={() => void begin()}>
            {t('record.verify.now')}
          </Button>
        )
      }
    >
      <div class="stack">
        <ProblemBox problem={problem ?? state.problem} />
        {isRunning && (
          <Progress
            label={t('record.verify.running')}
            part={total > 0 ? done / total : undefined}
            words={t('record.verify.progress', { n: total, done: num(done), total: num(total) })}
          />
        )}
        <Outcome verify={verify} />
      </div>
    </Section>
  );
}
