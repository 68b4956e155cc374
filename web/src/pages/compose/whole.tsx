// SPDX-License-Identifier: Apache-2.0
// The whole message as it will be read, before it goes out: by whom, in which language, with what.
import { useState } from 'preact/hooks';
import { messagePath } from '../../api';
import { kindLabel, useCatalogue } from '../../catalogue';
import { language, t } from '../../i18n';
import { useResource } from '../../live';
import { session } from '../../session';
import type { DraftAttachment, DraftMessage, Message, Recipient } from '../../types';
import { Alert, Id, Name, Section, Tabs, TimeText, Tlp } from '../../ui';
import type { Forms } from './catalogue';
import { BodyReading } from './reading';
import { Recipients } from './recipients';
import { bytes, languageName, lineWords } from './words';

/** The message that this one names: what it is, and on a click all that it says. */
export function Answered({ channel, re }: { channel: string; re: string }) {
  const catalogue = useCatalogue();
  const answered = useResource<Message>(messagePath(channel, re), { channel, events: [] }).data;
  return (
    <div class="answered">
      <Id id={re} channel={channel} />
      {answered && (
        <>
          {' '}
          {kindLabel(catalogue, answered.kind)}
          {answered.sent && (
            <>
              {' · '}
              <TimeText time={answered.sent} alone />
            </>
          )}
          {answered.body && answered.kind && (
            <details>
              <summary>{t('compose.re.says')}</summary>
              <BodyReading kind={answered.kind} channel={channel} body={answered.body} />
            </details>
          )}
        </>
      )}
    </div>
  );
}

export function Whole({
  forms,
  channel,
  channelTitle,
  message,
  attachments,
  recipients,
}: {
  forms: Forms;
  channel: string;
  channelTitle: string;
  message: DraftMessage;
  attachments: DraftAttachment[];
  recipients: Recipient[];
}) {
  const catalogue = useCatalogue();
  const kind = forms.kind(message.kind);
  const readers = [language.value as string, ...recipients.flatMap((one) => one.languages)].filter(
    (lang, i, all) => all.indexOf(lang) === i,
  );
  const [chosen, choose] = useState<string>(language.value);
  const unread = recipients.filter((one) => !one.can_read);
  const unreached = recipients.filter((one) => !one.reachable);
  const whose = (lang: string) => recipients.filter((one) => one.languages.includes(lang)).map((one) => one.desk);

  return (
    <div class="whole stack">
      <dl class="reading envelope">
        <div>
          <dt>{t('compose.kind')}</dt>
          <dd>{kindLabel(catalogue, message.kind)}</dd>
        </div>
        <div>
          <dt>{t('compose.channel')}</dt>
          <dd>
            <Name>{channelTitle}</Name>
          </dd>
        </div>
        <div>
          <dt>{t('compose.from')}</dt>
          <dd>
            <Name>{session.value?.desk ?? ''}</Name>
          </dd>
        </div>
        <div>
          <dt>{t('compose.to')}</dt>
          <dd>
            {message.to && message.to.length > 0
              ? message.to.map((desk, i) => (
                  <span key={desk}>
                    {i > 0 && ', '}
                    <Name>{desk}</Name>
                  </span>
                ))
              : t('compose.to.all')}
          </dd>
        </div>
        {message.re && (
          <div>
            <dt>{t('compose.re')}</dt>
            <dd>
              <Answered channel={channel} re={message.re} />
            </dd>
          </div>
        )}
        {message.line && (
          <div>
            <dt>{t('compose.line')}</dt>
            <dd>
              <bdi>{lineWords(message.line)}</bdi>
            </dd>
          </div>
        )}
        <div>
          <dt>{t('compose.tlp')}</dt>
          <dd>
            {message.tlp ? (
              <>
                <Tlp value={message.tlp} /> <span class="soft small">{t(`tlp.${message.tlp.toLowerCase().replace('+', '-')}`)}</span>
              </>
            ) : (
              t('compose.tlp.none')
            )}
          </dd>
        </div>
      </dl>
      <Section title={t('compose.text')}>
        {!kind ? (
          <p class="empty">{t('compose.why.kind')}</p>
        ) : readers.length > 1 ? (
          <Tabs
            label={t('compose.readers')}
            chosen={readers.includes(chosen) ? chosen : (readers[0] ?? 'en')}
            onChoose={choose}
            tabs={readers.map((lang) => ({
              name: lang,
              label: (
                <>
                  <bdi>{languageName(lang)}</bdi>
                  {whose(lang).length > 0 && (
                    <span class="soft small">
                      {' '}
                      <bdi>{whose(lang).slice(0, 3).join(', ')}</bdi>
                      {whose(lang).length > 3 && '…'}
                    </span>
                  )}
                </>
              ),
            }))}
          >
            <BodyReading kind={kind.name} channel={channel} body={message.body} lang={readers.includes(chosen) ? chosen : readers[0]} />
          </Tabs>
        ) : (
          <BodyReading kind={kind.name} channel={channel} body={message.body} />
        )}
      </Section>
      {attachments.length > 0 && (
        <Section title={t('compose.files')} count={attachments.length}>
          <ul class="plain">
            {attachments.map((one) => (
              <li key={one.id}>
                <Name>{one.name}</Name> <span class="soft small">{bytes(one.size)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t('compose.to.title')} count={recipients.length}>
        {unread.length > 0 && <Alert tone="warn">{t('compose.to.some_cannot', { n: unread.length, names: unread.map((one) => one.desk).join(', ') })}</Alert>}
        {unreached.length > 0 && <Alert tone="warn">{t('compose.to.some_unreached', { n: unreached.length, names: unreached.map((one) => one.desk).join(', ') })}</Alert>}
        <Recipients recipients={recipients} addressed={message.to} />
      </Section>
    </div>
  );
}
