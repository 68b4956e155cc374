// SPDX-License-Identifier: Apache-2.0
// States in plain words, with a shape and a colour. No green tick for "we tried".
import { t } from '../i18n';
import type { AlarmWhat as What, DeliveryState, DutyState } from '../types';
import { Badge, type Tone } from './badge';
import type { IconName } from './icon';

type Looks = { [state: string]: [Tone, IconName] };
const delivery: { [state in DeliveryState]: [Tone, IconName] } = {
  queued: ['warn', 'ring'],
  left: ['warn', 'up'],
  stored: ['info', 'square'],
  read: ['info', 'half'],
  'not-understood': ['bad', 'triangle'],
  understood: ['good', 'check'],
  answered: ['good', 'double'],
  refused: ['bad', 'cross'],
  overdue: ['bad', 'triangle'],
};
const duty: { [state in DutyState]: [Tone, IconName] } = {
  waiting: ['plain', 'ring'],
  running: ['info', 'clock'],
  held: ['info', 'half'],
  met: ['good', 'check'],
  overdue: ['bad', 'triangle'],
  cancelled: ['plain', 'cross'],
  left: ['plain', 'cross'],
};
const alarms: { [what in What]: [Tone, IconName] } = {
  duty: ['warn', 'clock'],
  overdue: ['bad', 'triangle'],
  unread: ['warn', 'dot'],
  failed: ['bad', 'cross'],
  fork: ['bad', 'triangle'],
  frozen: ['bad', 'lock'],
  approval: ['warn', 'person'],
};

/** A state of the table `group` in strings ("delivery.stored"). One that is not known is shown as it is called. */
export function StateWords({ group, state, looks }: { group: string; state: string; looks: Looks }) {
  const [tone, icon] = looks[state] ?? ['plain', 'diamond'];
  const key = `${group}.${state}`;
  const words = t(key);
  return (
    <Badge tone={tone} icon={icon}>
      {words === key ? state : words}
    </Badge>
  );
}
export const DeliveryWords = ({ state }: { state: DeliveryState }) => (
  <StateWords group="delivery" state={state} looks={delivery} />
);
export const DutyWords = ({ state }: { state: DutyState }) => <StateWords group="duty" state={state} looks={duty} />;
export const AlarmWhat = ({ what }: { what: What }) => <StateWords group="alarm.what" state={what} looks={alarms} />;
