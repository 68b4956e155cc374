// SPDX-License-Identifier: Apache-2.0
// What a release shows and gives away, sentence by sentence, in the reader's language; its grade, its answers, its
// counts. The desk says what each sentence is made of; only a topic that this console does not know stays English.
import { kindLabel, useCatalogue } from '../../catalogue';
import { has, list, num, t, tr } from '../../i18n';
import type { Catalogue, ReleaseAnswer, ReleaseGrade, ReleaseLook, ReleaseWord } from '../../types';
import { Badge, type Column, Icon, Id, Name, PeerText, Section, Table, TimeText } from '../../ui';

/** Sentences of one topic beyond these are counted only. */
const SHOWN_MAX = 100;

function Sentence({ word, channel, catalogue }: { word: ReleaseWord; channel: string; catalogue: Catalogue | undefined }) {
  const kind = kindLabel(catalogue, word.kind);
  const id = <Id id={word.message ?? ''} channel={channel} />;
  switch (word.topic) {
    case 'log':
      return (
        <>
          {tr('release.says.log', {
            desk: <Name>{word.desk ?? ''}</Name>,
            entries: word.entries ?? 0,
            full: word.full ?? 0,
            envelope: word.envelope ?? 0,
            withheld: word.withheld ?? 0,
          })}
          {word.runs && (
            <>
              {' '}
              {tr('release.says.runs', { runs: <bdi dir="ltr">{word.runs}</bdi> })}
            </>
          )}
        </>
      );
    case 'ended':
      return (
        <>
          {tr(word.shown ? 'release.says.ended' : 'release.says.ended.gone', {
            desk: <Name>{word.desk ?? ''}</Name>,
            from: <bdi dir="ltr">#{word.from ?? 0}</bdi>,
          })}
        </>
      );
    case 'marked':
      return (
        <>
          <Icon name="triangle" /> {tr('release.says.marked', { count: word.count ?? 0, mark: `TLP:${word.mark ?? ''}`, id })}
        </>
      );
    case 'envelope':
      return (
        <>
          {tr(word.tlp ? 'release.says.envelope.tlp' : 'release.says.envelope', {
            id,
            kind,
            sent: <TimeText time={word.sent} alone />,
            size: word.size ?? 0,
          })}
        </>
      );
    case 'named': {
      const kinds = (word.answers ?? []).map((one) => kindLabel(catalogue, one));
      return (
        <>
          {tr('release.says.named', {
            id,
            kind,
            named: <Id id={word.named ?? ''} channel={channel} />,
            kinds: kinds.length > 0 ? list(kinds) : t('release.says.any_kind'),
          })}
        </>
      );
    }
    default:
      return has(`release.says.${word.topic}`) ? (
        <>{t(`release.says.${word.topic}`, { count: word.count ?? 0, size: word.size ?? 0 })}</>
      ) : (
        <PeerText text={word.sentence} lang="en" />
      );
  }
}

/** The first so many of each topic. */
function firstOf(words: readonly ReleaseWord[]): { shown: ReleaseWord[]; rest: number } {
  const count = new Map<string, number>();
  const shown = words.filter(({ topic }) => {
    const seen = (count.get(topic) ?? 0) + 1;
    count.set(topic, seen);
    return seen <= SHOWN_MAX;
  });
  return { shown, rest: words.length - shown.length };
}

export function Words({ words, channel }: { words: readonly ReleaseWord[]; channel: string }) {
  const catalogue = useCatalogue();
  const { shown, rest } = firstOf(words);
  return (
    <Section title={t('release.words')}>
      <ul class="release-words">
        {shown.map((word, at) => (
          <li key={at} data-topic={word.topic}>
            <Sentence word={word} channel={channel} catalogue={catalogue} />
          </li>
        ))}
        {rest > 0 && <li>{t('release.says.rest', { count: rest })}</li>}
      </ul>
    </Section>
  );
}

export function Grade({ grade }: { grade: ReleaseGrade }) {
  const look = { joint: ['good', 'check'], 'by-originator': ['info', 'half'], 'one-sided': ['warn', 'triangle'] } as const;
  const [tone, icon] = look[grade];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`release.grade.${grade}`)}
    </Badge>
  );
}

export function Counts({ counts }: { counts: ReleaseLook['counts'] }) {
  return (
    <dl class="release-counts">
      {(['full', 'envelope', 'withheld'] as const).map((mode) => (
        <div key={mode}>
          <dt>{t(`release.mode.${mode}`)}</dt>
          <dd>{num(counts[mode])}</dd>
        </div>
      ))}
    </dl>
  );
}

export function AnswerWords({ answer }: { answer: ReleaseAnswer }) {
  const look = { consented: ['good', 'check'], refused: ['bad', 'cross'], none: ['plain', 'ring'] } as const;
  const [tone, icon] = look[answer.answer];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`release.answer.${answer.answer}`)}
    </Badge>
  );
}

export function Answers({ answers, channel }: { answers: ReleaseAnswer[]; channel: string }) {
  const columns: Column<ReleaseAnswer>[] = [
    { name: 'desk', head: t('release.desk'), isHead: true, cell: ({ desk }) => <Name>{desk}</Name> },
    { name: 'answer', head: t('release.answer'), cell: (answer) => <AnswerWords answer={answer} /> },
    { name: 'sent', head: t('release.sent'), cell: ({ sent }) => sent && <TimeText time={sent} alone /> },
    { name: 'message', head: t('release.message'), cell: ({ message }) => message && <Id id={message} channel={channel} /> },
    {
      name: 'needed',
      head: t('release.needed'),
      cell: ({ needed }) => t(needed ? 'release.needed.yes' : 'release.needed.no'),
    },
  ];
  return <Table label={t('release.answers')} columns={columns} rows={answers} keyOf={({ desk }) => desk} />;
}

/** The texts that go in front, as their authors wrote them. */
export function Cover({ cover }: { cover: ReleaseLook['cover'] }) {
  const texts = (['en', 'id'] as const).flatMap((lang) => (cover[lang] ? [{ lang, text: cover[lang] }] : []));
  if (texts.length === 0) return null;
  return (
    <Section title={t('release.cover')}>
      {texts.map(({ lang, text }) => (
        <div key={lang}>
          <h3>{t(`release.cover.${lang}`)}</h3>
          <PeerText text={text} block lang={lang} />
        </div>
      ))}
    </Section>
  );
}
