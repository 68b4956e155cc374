// SPDX-License-Identifier: Apache-2.0
// Now for the wall of the room: read at three metres, nothing to click. What calls and what runs out; no titles of
// messages, since a wall is seen by whoever comes in.
import { useEffect } from 'preact/hooks';
import { alarms, inOrder, isGrave, ringing } from '../../alarm';
import { SoundBlocked } from '../../alarm_bar';
import type { Problem } from '../../api';
import { useCatalogue } from '../../catalogue';
import { useCell } from '../../cell';
import { num, t } from '../../i18n';
import { Connection } from '../../layout';
import { localShort, hasOwnZone, useTick, utcFull } from '../../time';
import { pageTitle } from '../../title';
import type { Now } from '../../types';
import { Ago, AlarmWhat, Badge, cx, DutyWords, Icon, Id, Name, ProblemBox, TimeLeft } from '../../ui';
import { owedKinds, WhoOwes } from './lists';

const ROWS = 7;

function Count({ label, value, look }: { label: string; value: number; look?: 'bad' | 'warn' }) {
  return (
    <div class={cx('count', value > 0 && look)}>
      <dd>{num(value)}</dd>
      <dt>{label}</dt>
    </div>
  );
}

function Clock() {
  const at = useTick();
  return (
    <div class="wall-clock" role="timer" aria-live="off" aria-label={t('layout.clock')}>
      <bdi>{utcFull(at).slice(11)}</bdi>
      <span class="soft">
        <bdi>{utcFull(at).slice(0, 10)}</bdi>
        {hasOwnZone() && <bdi>{localShort(at)}</bdi>}
      </span>
    </div>
  );
}

export function Wall({ now, problem }: { now: Now | undefined; problem: Problem | undefined }) {
  const catalogue = useCatalogue();
  const calls = inOrder(ringing(useCell(alarms)));
  useEffect(() => pageTitle.set(t('now.wall')), []);
  const wrong = now?.own_state.filter((one) => one.state !== 'ready') ?? [];
  return (
    <main class={cx('wall', calls.length > 0 && (calls.some(isGrave) ? 'grave' : 'calls'))} id="main">
      <Connection />
      <SoundBlocked />
      <ProblemBox problem={problem} />
      <header>
        <h1>
          <Name>{now?.desk ?? ''}</Name>
        </h1>
        <Clock />
      </header>
      {now && (
        <>
          {calls.length > 0 && (
            <section class="wall-alarm" aria-labelledby="wall-alarm">
              <h2 id="wall-alarm">
                <Icon name="bell" /> <span role="status">{t('alarm.title', { n: calls.length })}</span>
              </h2>
              <ul>
                {calls.slice(0, 3).map((alarm) => (
                  <li key={alarm.id}>
                    <AlarmWhat what={alarm.what} />
                    {alarm.subject.includes('#') ? <Id id={alarm.subject} /> : null}
                    {alarm.channel_title && <Name>{alarm.channel_title}</Name>}
                    <Ago time={alarm.since} />
                  </li>
                ))}
              </ul>
            </section>
          )}
          {wrong.map((one) => (
            <p key={`${one.channel} ${one.state}`} class="wall-wrong">
              <Icon name="triangle" /> <Name>{one.channel_title ?? one.channel.slice(0, 8)}</Name>{' '}
              {t(`now.own.short.${one.state}`)}
            </p>
          ))}
          <dl class="counts">
            <Count label={t('now.duties')} value={now.duties_total} />
            <Count
              label={t('now.late')}
              value={now.duties.filter((duty) => duty.state === 'overdue').length}
              look="bad"
            />
            <Count label={t('now.unread')} value={now.unread_total} look="warn" />
            <Count label={t('now.approvals.short')} value={now.approvals.length} look="warn" />
            <Count label={t('now.failed')} value={now.failed_total} look="bad" />
          </dl>
          <div class="wall-columns">
            <section aria-labelledby="wall-duties">
              <h2 id="wall-duties">{t('now.duties')}</h2>
              {now.duties.length === 0 && <p class="soft">{t('now.duties.none')}</p>}
              <ul>
                {now.duties.slice(0, ROWS).map((duty) => (
                  <li key={`${duty.channel} ${duty.question ?? duty.every} ${duty.debtor}`}>
                    {duty.deadline ? (
                      <TimeLeft deadline={duty.deadline} start={duty.start} short />
                    ) : (
                      <DutyWords state={duty.state} />
                    )}
                    <span>
                      <WhoOwes duty={duty} /> <span class="soft">{owedKinds(catalogue, duty)}</span>
                    </span>
                    <span>{duty.question && <Id id={duty.question} />}</span>
                  </li>
                ))}
              </ul>
              {now.duties_total > ROWS && <p class="soft">{t('now.more', { shown: ROWS, n: now.duties_total })}</p>}
            </section>
            <section aria-labelledby="wall-peers">
              <h2 id="wall-peers">{t('now.peers')}</h2>
              <ul class="wall-peers">
                {now.peers.slice(0, ROWS + 3).map((peer) => (
                  <li key={`${peer.channel} ${peer.name}`}>
                    <span>
                      <Name>{peer.name}</Name>
                    </span>
                    {peer.reachable ? (
                      <Badge tone="good" icon="dot">
                        <Ago time={peer.last_check} />
                      </Badge>
                    ) : (
                      <Badge tone="bad" icon="cross">
                        {t('now.unreachable')}
                      </Badge>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          </div>
        </>
      )}
      <footer>
        <a href="/">{t('now.wall.leave')}</a>
      </footer>
    </main>
  );
}
