// SPDX-License-Identifier: Apache-2.0
// The files that came with a message: never opened here, only kept. Of advisories the desk says what they say they are.
import { messagePath } from '../../api';
import { t } from '../../i18n';
import { type AdvisoryView, advisoriesOf } from '../../model/advisories';
import type { Message } from '../../types';
import { PeerText, Section } from '../../ui';
import { KeepFile } from './keep_file';

function AdvisoryWords({ advisory }: { advisory: AdvisoryView }) {
  if (advisory.breach !== undefined)
    return (
      <p class="advisory broken">
        {t('message.advisory.broken')}{' '}
        <span dir="ltr" lang="en">
          <PeerText text={advisory.breach} max={500} />
        </span>
      </p>
    );
  return (
    <p class="advisory">
      <span class="soft">{t('message.advisory')}</span>{' '}
      {advisory.label === undefined ? (
        <span class="soft">{t('message.advisory.no_tlp')}</span>
      ) : (
        <span class={`tlp ${advisory.colour}`} dir="ltr">
          {advisory.label}
        </span>
      )}{' '}
      <b>
        <PeerText text={advisory.id} max={200} />
      </b>{' '}
      <PeerText text={advisory.title} max={1000} />
    </p>
  );
}

export function Attachments({ message, channel }: { message: Message; channel: string }) {
  const all = message.attachments ?? [];
  const advisories = advisoriesOf(message);
  if (all.length === 0) return null;
  return (
    <Section title={t('message.attachments')} count={all.length}>
      <p class="soft small">{t('message.attachments.help')}</p>
      <ul class="attachments">
        {all.map(({ blob, size }) => {
          const advisory = advisories.get(blob);
          return (
            <li key={blob}>
              <code dir="ltr" class="hash" title={blob}>
                {blob.slice(0, 16)}…
              </code>
              <span>{t('message.bytes', { n: size })}</span>
              <KeepFile
                path={`${messagePath(channel, message.id)}/blobs/${blob}/content`}
                name={`${message.author}-${message.index}-${blob.slice(0, 12)}.bin`}
              >
                {t('message.attachments.keep')}
              </KeepFile>
              {advisory && <AdvisoryWords advisory={advisory} />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
