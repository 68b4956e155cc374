// SPDX-License-Identifier: Apache-2.0
// The alarm on every page: how many call, the key that takes the first, and whether the loudspeaker can be heard.
import { useEffect } from 'preact/hooks';
import { alarms, inOrder, ringing, soundBlocked, startAlarm, take, trySound } from './alarm';
import { asProblem } from './api';
import { useCell } from './cell';
import { t } from './i18n';
import { useResource } from './live';
import { mayWrite } from './session';
import { useKey } from './shortcuts';
import { useTick } from './time';
import { to } from './router';
import type { Alarms } from './types';
import { Alert, Button, cx, Icon, toast } from './ui';

/** Keeps the alarms read and calling. Stands once on the page. */
export function AlarmKeeper() {
  const read = useResource<Alarms>('/api/alarms', { events: ['alarm'], every: 60 });
  useEffect(() => {
    if (read.data) alarms.set(read.data.alarms);
  }, [read.data]);
  useEffect(() => {
    if (mayWrite()) startAlarm();
  }, []);
  useKey('a', () => {
    const first = inOrder(ringing(alarms.value))[0];
    if (!first || !mayWrite()) return;
    take(first).then(
      () => toast(t('alarm.taken_by_you', { subject: first.subject })),
      (caught: unknown) => toast(asProblem(caught).line, 'bad'),
    );
  });
  return null;
}

/** In the head of the page: a link to what calls. */
export function AlarmLink() {
  const all = useCell(alarms);
  const at = useTick();
  const count = ringing(all, at).length;
  return (
    <div role="status" class="alarm-link">
      {count > 0 && (
        <a href={to.now} class={cx('button', 'alarm')}>
          <Icon name="bell" />
          <span>{t('alarm.title', { n: count })}</span>
        </a>
      )}
    </div>
  );
}

/** Says loudly that nothing can be heard, with the one click that browsers ask for. */
export function SoundBlocked() {
  const isBlocked = useCell(soundBlocked);
  if (!isBlocked || !mayWrite()) return null;
  const allow = async () => {
    if (await trySound()) toast(t('alarm.sound_on'));
    else toast(t('alarm.sound_failed'), 'bad');
  };
  return (
    <div class="sound-blocked">
      <Alert tone="bad" live>
        <strong>{t('alarm.sound_blocked')}</strong> {t('alarm.sound_blocked.why')}{' '}
        <Button look="primary" icon="sound" onClick={() => void allow()}>
          {t('alarm.sound_allow')}
        </Button>
      </Alert>
    </div>
  );
}
