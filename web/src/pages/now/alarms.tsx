// SPDX-License-Identifier: Apache-2.0
// What calls, until a named person takes it. Each can be muted for a while; there is nothing that mutes all.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import {
  alarms as held,
  askNotifications,
  inOrder,
  isGrave,
  isRinging,
  mute,
  notifications,
  take,
  trySound,
  unmute,
} from '../../alarm';
import { asProblem } from '../../api';
import { useCatalogue, kindLabel } from '../../catalogue';
import { useCell } from '../../cell';
import { language, t, tr } from '../../i18n';
import { to } from '../../router';
import { mayWrite } from '../../session';
import type { Alarm, Now } from '../../types';
import { Ago, AlarmWhat, Button, cx, Id, Menu, Name, PeerText, Section, TimeLeft, TimeText, toast } from '../../ui';
import { MessageTitle } from '../channel/row';

/** What an alarm is about, as the lists of this page know it; else the desk's own words. */
export function AlarmSubject({ alarm, now }: { alarm: Alarm; now: Now }) {
  const catalogue = useCatalogue();
  const draft = now.approvals.find((one) => one.id === alarm.subject);
  if (draft) {
    return (
      <a href={to.draft(draft.id)} data-row="">
        {tr('now.draft_of', { kind: kindLabel(catalogue, draft.message.kind), name: <Name>{draft.changed_by}</Name> })}
      </a>
    );
  }
  if (alarm.channel && alarm.subject.includes('#')) {
    return (
      <a href={to.message(alarm.channel, alarm.subject)} data-row="">
        {alarm.kind ? <MessageTitle message={alarm} /> : <PeerText text={alarm.words} max={160} />}
      </a>
    );
  }
  return (
    <>
      {/* The desk's own words are English: to others the badge says what it is. */}
      <Name>{alarm.subject}</Name> {language.value === 'en' && <PeerText text={alarm.words} max={200} />}{' '}
      {alarm.channel && (alarm.what === 'fork' || alarm.what === 'frozen') && (
        <a href={to.record(alarm.channel)}>{t('nav.record')}</a>
      )}
    </>
  );
}

const lengths = [15, 60, 240, 1440];

function AlarmRow({ alarm, now, onChanged }: { alarm: Alarm; now: Now; onChanged: () => Promise<void> }) {
  const catalogue = useCatalogue();
  const [busy, setBusy] = useState(false);
  const calls = isRinging(alarm);
  const act = async (what: () => Promise<unknown>, done: string) => {
    setBusy(true);
    try {
      await what();
      await onChanged();
      toast(done);
    } catch (caught) {
      toast(asProblem(caught).line, 'bad');
    }
    setBusy(false);
  };
  let state: ComponentChildren = null;
  if (alarm.taken)
    state = tr('alarm.taken', { name: <Name>{alarm.taken.by}</Name>, time: <TimeText time={alarm.taken.time} alone /> });
  else if (!calls && alarm.muted)
    state = tr('alarm.muted', { name: <Name>{alarm.muted.by}</Name>, time: <TimeText time={alarm.muted.until} alone /> });
  return (
    <li class={cx('alarm-row', calls && (isGrave(alarm) ? 'grave' : 'calls'))}>
      <div class="what">
        <AlarmWhat what={alarm.what} />
      </div>
      <div class="subject">
        <AlarmSubject alarm={alarm} now={now} />
        <div class="soft small">
          {alarm.subject.includes('#') && (
            <>
              {alarm.kind && <>{kindLabel(catalogue, alarm.kind)} · </>}
              <Id id={alarm.subject} />
              {' · '}
            </>
          )}
          {alarm.channel_title && <Name>{alarm.channel_title}</Name>}
        </div>
      </div>
      <div class="when">
        {alarm.until && (alarm.what === 'duty' || alarm.what === 'overdue') ? (
          <TimeLeft deadline={alarm.until} />
        ) : (
          <span class="soft">{tr('alarm.since', { ago: <Ago time={alarm.since} /> })}</span>
        )}
        {state && <div class="soft small">{state}</div>}
      </div>
      <div class="actions">
        {mayWrite() && !alarm.taken && (
          <>
            <Button
              look={calls ? 'primary' : undefined}
              busy={busy}
              onClick={() => void act(() => take(alarm), t('alarm.taken_by_you', { subject: alarm.subject }))}
            >
              {t('alarm.take')}
            </Button>
            {calls ? (
              <Menu
                label={t('alarm.mute')}
                icon="mute"
                items={lengths.map((minutes) => ({
                  label: t(minutes < 60 ? 'alarm.mute.minutes' : 'alarm.mute.hours', {
                    n: minutes < 60 ? minutes : minutes / 60,
                  }),
                  onSelect: () => void act(() => mute(alarm, minutes), t('alarm.muted_now')),
                }))}
              />
            ) : (
              <Button look="quiet" icon="bell" busy={busy} onClick={() => void act(() => unmute(alarm), t('alarm.unmuted'))}>
                {t('alarm.unmute')}
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  );
}

function Loudspeaker() {
  const permission = useCell(notifications);
  if (!mayWrite()) return null;
  return (
    <>
      <Button look="quiet" icon="sound" onClick={() => void trySound()}>
        {t('alarm.try_sound')}
      </Button>
      {permission === 'default' && (
        <Button look="quiet" icon="bell" onClick={() => void askNotifications()}>
          {t('alarm.allow_notifications')}
        </Button>
      )}
    </>
  );
}

export function AlarmList({ now, onChanged }: { now: Now; onChanged: () => Promise<void> }) {
  // What another page has read meanwhile may be newer than what this one has.
  const list = inOrder(useCell(held));
  return (
    <Section title={t('now.alarms')} count={list.filter((alarm) => isRinging(alarm)).length} actions={<Loudspeaker />}>
      {list.length === 0 ? (
        <p class="empty">{t('now.alarms.none')}</p>
      ) : (
        <ul class="alarm-list">
          {list.map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} now={now} onChanged={onChanged} />
          ))}
        </ul>
      )}
    </Section>
  );
}
