// SPDX-License-Identifier: Apache-2.0
// Now for the wall of the room: read at three metres, nothing to click. What calls and what runs out, as many rows as
// there is room for. Of a message its kind, of a signal its text, but no titles that people wrote: a wall is seen by
// whoever comes in.
import { type RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { alarms, inOrder, isGrave, ringing } from '../../alarm';
import { SoundBlocked } from '../../alarm_bar';
import type { Problem } from '../../api';
import { kindLabel, useCatalogue } from '../../catalogue';
import { useCell } from '../../cell';
import { num, t } from '../../i18n';
import { Connection } from '../../layout';
import { localShort, hasOwnZone, useTick, utcFull } from '../../time';
import { pageTitle } from '../../title';
import type { Now } from '../../types';
import { Ago, AlarmWhat, Badge, cx, DutyWords, Icon, Id, Name, ProblemBox, TimeLeft } from '../../ui';
import { type Called, MessageTitle } from '../channel/row';
import { owedKinds, WhoOwes } from './lists';

const ROWS_MIN = 3;
/** Kept free below the lists: how many more there are, and the way out. */
const BELOW_EM = 2.8;

/** How many rows of the list end above the window's lower edge; as they are drawn, so it is measured. */
function useRoom(list: RefObject<HTMLUListElement>, count: number, least = ROWS_MIN): number {
  const [rows, setRows] = useState(Math.max(1, least));
  const measure = () => {
    const box = list.current;
    const first = box?.firstElementChild;
    if (!box || !first) return;
    const height = Math.max(...[...box.children].map((row) => row.getBoundingClientRect().height));
    const em = parseFloat(getComputedStyle(box).fontSize);
    const top = box.getBoundingClientRect().top + scrollY;
    setRows(Math.max(least, Math.floor((innerHeight - top - BELOW_EM * em) / height)));
  };
  useLayoutEffect(measure);
  useEffect(() => {
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  return Math.min(rows, count);
}

/** What a message is: its kind; of a signal its number and text. */
function What({ message }: { message: Called }) {
  const catalogue = useCatalogue();
  return message.kind === 'signal' ? <MessageTitle message={message} /> : <>{kindLabel(catalogue, message.kind)}</>;
}

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
  // What stands above the lists comes and goes: there may be more room or less.
  useTick();
  const duties = useRef<HTMLUListElement>(null);
  const peers = useRef<HTMLUListElement>(null);
  const dutyRows = useRoom(duties, now?.duties.length ?? 0);
  // What is behind the duties may have no room at all; one row is drawn to be measured.
  const unread = useRef<HTMLUListElement>(null);
  const unreadRows = useRoom(unread, now?.unread.length ?? 0, 0);
  const peerRows = useRoom(peers, now?.peers.length ?? 0);
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
                    <span class="wall-what">
                      {alarm.kind ? <What message={alarm} /> : alarm.channel_title && <Name>{alarm.channel_title}</Name>}
                    </span>
                    <span>
                      {alarm.subject.includes('#') ? <Id id={alarm.subject} /> : alarm.what !== 'approval' && <Name>{alarm.subject}</Name>}
                    </span>
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
              <ul ref={duties}>
                {now.duties.slice(0, dutyRows).map((duty) => (
                  <li key={`${duty.channel} ${duty.question ?? duty.every} ${duty.debtor}`}>
                    {duty.deadline ? (
                      <TimeLeft deadline={duty.deadline} start={duty.start} short />
                    ) : (
                      <DutyWords state={duty.state} />
                    )}
                    <span>
                      <WhoOwes duty={duty} /> {owedKinds(catalogue, duty)}
                      {duty.question && (
                        <span class="soft wall-what">
                          <What message={duty} /> · <Id id={duty.question} />
                        </span>
                      )}
                    </span>
                  </li>
                ))}
              </ul>
              {now.duties_total > dutyRows && <p class="soft">{t('now.more', { shown: dutyRows, n: now.duties_total })}</p>}
              {now.unread.length > 0 && (
                <div class={cx('wall-unread', unreadRows === 0 && 'no-room')}>
                  <h2 id="wall-unread">{t('now.unread')}</h2>
                  <ul ref={unread} aria-labelledby="wall-unread">
                    {now.unread.slice(0, Math.max(1, unreadRows)).map((one) => (
                      <li key={`${one.channel} ${one.id}`}>
                        <Ago time={one.sent} />
                        <span class="wall-what">
                          <Name>{one.author}</Name> · <What message={one} />
                        </span>
                      </li>
                    ))}
                  </ul>
                  {now.unread_total > unreadRows && <p class="soft">{t('now.more', { shown: unreadRows, n: now.unread_total })}</p>}
                </div>
              )}
            </section>
            <section aria-labelledby="wall-peers">
              <h2 id="wall-peers">{t('now.peers')}</h2>
              <ul ref={peers} class="wall-peers">
                {now.peers.slice(0, peerRows).map((peer) => (
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
