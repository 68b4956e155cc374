// SPDX-License-Identifier: Apache-2.0
// What needs somebody now: one list of duties by time left, and all else that waits, fails or is quiet.
import { useEffect } from 'preact/hooks';
import { alarms } from '../../alarm';
import { t } from '../../i18n';
import { useResource } from '../../live';
import type { PageProps } from '../../router';
import { useTick } from '../../time';
import type { Now } from '../../types';
import { Alert, LinkButton, Loading, Page, ProblemBox } from '../../ui';
import { AlarmList } from './alarms';
import { Approvals, Duties, Failures, OwnState, Peers, Unread } from './lists';
import { Wall } from './wall';
import './now.css';

/** What can change something here; the progress of a verification and the like can't. */
const events = [
  'received',
  'receipt',
  'duty*',
  'overdue',
  'draft',
  'opened',
  'alarm',
  'flag',
  'frozen',
  'equivocation',
  'channel',
  'amended',
  'refused',
  'check*',
  'key*',
  'log*',
  'alert*',
];

function Summary({ now }: { now: Now }) {
  const late = now.duties.filter((duty) => duty.state === 'overdue').length;
  return (
    <p class="unseen" role="status">
      {now.duties_total === 0 ? t('now.no_duties') : t('now.duties_open', { n: now.duties_total })}
      {late > 0 && <strong> · {t('now.duties_late', { n: late })}</strong>}
    </p>
  );
}

export default function NowPage({ query }: PageProps) {
  const read = useResource<Now>('/api/now', { events, every: 60 });
  const now = read.data;
  useEffect(() => {
    if (now) alarms.set(now.alarms);
  }, [now]);
  const isListing = now?.complete === false;
  useEffect(() => {
    if (!isListing) return undefined;
    const again = setInterval(() => void read.reload(), 2000);
    return () => clearInterval(again);
  }, [isListing, read.reload]);
  // A deadline that passes and a mute that ends move things from one list to another.
  useTick(10);
  if (query.has('wall')) return <Wall now={now} problem={read.problem} />;
  return (
    <Page
      title={t('now.title')}
      class="now"
      actions={
        <LinkButton look="quiet" to="/?wall">
          {t('now.wall')}
        </LinkButton>
      }
    >
      <ProblemBox problem={read.problem} onAgain={() => void read.reload()} />
      {read.loading && <Loading />}
      {now && (
        <>
          {now.complete === false && <Alert live>{t('now.incomplete')}</Alert>}
          <OwnState states={now.own_state} />
          <AlarmList now={now} onChanged={read.reload} />
          <div class="now-columns">
            <div class="stack">
              <Summary now={now} />
              <Duties now={now} />
              <Failures now={now} />
              <Unread now={now} />
            </div>
            <div class="stack">
              <Approvals now={now} />
              <Peers now={now} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}
