// SPDX-License-Identifier: Apache-2.0
// Translations beside the original, one at a time.
import { useState } from 'preact/hooks';
import { locale, t, tr } from '../../i18n';
import { languageOf } from '../../model/body_view';
import { nameOfLanguage } from '../../model/languages';
import { originalOf, type Translation, translationsOf } from '../../model/translations';
import type { Message } from '../../types';
import { Id, Name, PeerText, plain, Section, SelectField } from '../../ui';

function By({ one }: { one: Translation }) {
  if (one.entry === undefined) return <>{t('message.translation.by_author')}</>;
  return (
    <>
      {tr('message.translation.by', {
        translator: <PeerText text={one.translator} max={200} />,
        desk: <Name>{one.author ?? ''}</Name>,
      })}
      {' · '}
      {one.reviewer === undefined
        ? t('message.translation.not_reviewed')
        : tr('message.translation.reviewed', { reviewer: <PeerText text={one.reviewer} max={200} /> })}
    </>
  );
}

export function Translations({ message, channel }: { message: Message; channel: string }) {
  const all = translationsOf(message);
  const best = all.find((one) => one.language.split('-')[0] === locale().split('-')[0]) ?? all[0];
  const [key, setKey] = useState<string>();
  const one = all.find((translation) => translation.key === key) ?? best;
  if (one === undefined) return null;
  const name = (tag: string | undefined) => (tag ? nameOfLanguage(tag, locale()) : t('message.translation.unsaid'));
  const label = (of: Translation) => `${name(of.language)} · ${of.translator === undefined ? t('message.translation.author') : plain(of.translator, 60)}`;
  return (
    <Section
      title={t('message.translations')}
      count={all.length}
      actions={
        all.length > 1 && (
          <SelectField
            label={t('message.translation.choose')}
            unseenLabel
            value={one.key}
            onValue={setKey}
            options={all.map((of) => ({ value: of.key, label: label(of) }))}
          />
        )
      }
    >
      <div class="side-by-side">
        <div>
          <h3>{t('message.translation.original', { language: name(languageOf(message.body)) })}</h3>
          <PeerText text={originalOf(message)} block lang={languageOf(message.body)} />
        </div>
        <div>
          <h3>{name(one.language)}</h3>
          <p class="soft small">
            <By one={one} /> {one.entry && <Id id={one.entry} channel={channel} />}
          </p>
          <PeerText key={one.key} text={one.text} block lang={one.language || undefined} />
        </div>
      </div>
    </Section>
  );
}
