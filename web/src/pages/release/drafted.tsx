// SPDX-License-Identifier: Apache-2.0
// For the second person: what a draft that asks for a release would show and give away, or the way to the release that
// a draft answers.
import { channelPath } from '../../api';
import { t } from '../../i18n';
import { useResource } from '../../live';
import { readManifest } from '../../model/release';
import { to } from '../../router';
import type { ChannelDetail, Draft, Release } from '../../types';
import { LinkButton, Loading, ProblemBox, Section } from '../../ui';
import { EntryList } from './rows';
import { Counts, Cover, Words } from './words';
import './release.css';

/** Of one version of a draft: read once, as that does not change. */
function Request({ draft }: { draft: Draft }) {
  const channel = useResource<ChannelDetail>(channelPath(draft.channel), { events: ['amended'] });
  const release = useResource<Release>(`/api/drafts/${encodeURIComponent(draft.id)}/release`);
  return (
    <>
      <ProblemBox problem={channel.problem ?? release.problem} onAgain={() => void release.reload()} />
      {(channel.loading || release.loading) && <Loading />}
      {channel.data && release.data && (
        <>
          <Cover cover={release.data.cover} />
          <Section title={t('release.shown')}>
            <Counts counts={release.data.counts} />
            <Entries channel={channel.data} release={release.data} />
          </Section>
          <Words words={release.data.words} channel={draft.channel} />
        </>
      )}
    </>
  );
}

function Entries({ channel, release }: { channel: ChannelDetail; release: Release }) {
  const shown = readManifest(release.text, release.words);
  return <EntryList channel={channel} modeOf={(row) => shown(row.id)} />;
}

export function DraftedRelease({ draft }: { draft: Draft }) {
  if (draft.message.kind === 'release.request') return <Request key={draft.version} draft={draft} />;
  if (!draft.message.kind.startsWith('release.') || draft.message.re === undefined) return null;
  return (
    <p>
      <LinkButton to={to.release(draft.channel, draft.message.re)}>{t('message.to_release')}</LinkButton>
    </p>
  );
}
