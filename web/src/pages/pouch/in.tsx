// SPDX-License-Identifier: Apache-2.0
// Taking pouches in: files chosen or dropped, in any order, and in words what became of each.
import { useCell } from '../../cell';
import { has, num, t, tr } from '../../i18n';
import { answerable, newsOf, takenLater } from '../../model/pouch';
import { to } from '../../router';
import { session } from '../../session';
import type { PouchArrival } from '../../types';
import { Alert, Badge, Button, DropArea, FilesButton, LinkButton, Name, PeerText, Progress, Section } from '../../ui';
import { bytes } from '../compose/words';
import { again, clear, FILES_MAX, type Incoming, incoming, leftOut, mayGoAgain, take } from './taking';

function Taken({ answer, isWhole }: { answer: PouchArrival; isWhole: boolean }) {
  const news = newsOf(answer);
  const isNew = news !== undefined && (news.entries > 0 || news.receipts > 0);
  const { held, parts, begins = 0, entries = 0, lacking = 0 } = answer;
  const others = answer.taken_too?.length ?? 0;
  if (isWhole) return <>{t(answer.state === 'parts' ? 'pouch.in.with_last' : 'pouch.in.with_first')}</>;
  return (
    <>
      {answer.state === 'parts' && t('pouch.in.parts', { held, parts })}
      {answer.state === 'early' && t('pouch.in.early', { begins, entries })}
      {isNew && tr('pouch.in.taken', { from: <Name>{answer.from}</Name>, entries: news.entries, receipts: news.receipts })}
      {news && !isNew && t('pouch.in.nothing')}
      {others > 0 && <> {t('pouch.in.others', { count: others })}</>}
      {lacking > 0 && <> {t('pouch.in.lacking', { count: lacking })}</>}
    </>
  );
}

/** Why it was refused: in the console's words where it has any, else the desk's sentence. */
function Refused({ one }: { one: Incoming }) {
  const { problem, head } = one;
  if (problem === undefined) return null;
  const key = `pouch.refused.${problem.code ?? ''}`;
  const name = (text: string | undefined) => <Name>{text ?? t('ui.unknown')}</Name>;
  const isToldHere = has(key);
  return (
    <>
      {isToldHere
        ? tr(key, { from: name(head?.from), to: name(head?.to), desk: name(session.value?.desk) })
        : (problem.own ?? <PeerText text={problem.detail} lang="en" />)}
      {(problem.code === 'pouch-unproven' || (!isToldHere && problem.own !== undefined)) && (
        <div class="soft small">
          <PeerText text={problem.detail} lang="en" />
        </div>
      )}
    </>
  );
}

function What({ one, isWhole }: { one: Incoming; isWhole: boolean }) {
  if (one.state === 'large')
    return <>{tr('pouch.in.large', { size: num(one.file.size), command: <code dir="ltr">aldis pouch show</code> })}</>;
  if (one.state === 'failed') return <Refused one={one} />;
  return one.answer ? <Taken answer={one.answer} isWhole={isWhole} /> : null;
}

function Outcome({ one, isWhole }: { one: Incoming; isWhole: boolean }) {
  if (one.state === 'waits') return <Badge icon="ring">{t('pouch.in.waits')}</Badge>;
  if (one.state === 'large' || (one.state === 'failed' && !mayGoAgain(one)))
    return (
      <Badge tone="bad" icon="cross">
        {t('pouch.in.is_refused')}
      </Badge>
    );
  if (one.state === 'failed')
    return (
      <Badge tone="warn" icon="triangle">
        {t('pouch.in.is_open')}
      </Badge>
    );
  return isWhole || one.answer?.state === 'taken' ? (
    <Badge tone="good" icon="check">
      {t('pouch.in.is_taken')}
    </Badge>
  ) : (
    <Badge tone="warn" icon="half">
      {t('pouch.in.is_kept')}
    </Badge>
  );
}

function Row({ one, isWhole }: { one: Incoming; isWhole: boolean }) {
  const { head, file } = one;
  return (
    <li data-state={one.state}>
      <div class="row-of">
        <Name class="one">{file.name}</Name>
        <span class="soft small">
          {head && head.parts > 1 && t('pouch.in.part', { part: head.part, parts: head.parts })} {bytes(file.size)}
        </span>
        {one.state !== 'runs' && <Outcome one={one} isWhole={isWhole} />}
      </div>
      {one.state === 'runs' ? (
        <Progress label={t('pouch.in.runs')} part={one.part} />
      ) : (
        <div class="says">
          <What one={one} isWhole={isWhole} />
        </div>
      )}
      {mayGoAgain(one) && <Button onClick={() => again(one)}>{t('ui.again')}</Button>}
    </li>
  );
}

/** How it ended, once all have come through, and what to do next. */
function Result({ all, whole }: { all: readonly Incoming[]; whole: ReadonlySet<PouchArrival> }) {
  const answers = all.flatMap(({ answer }) => answer ?? []);
  const refused = all.filter(({ state }) => state === 'failed' || state === 'large').length;
  const kept = answers.filter((one) => one.state !== 'taken' && !whole.has(one)).length;
  return (
    <>
      <Alert live tone={refused > 0 ? 'warn' : kept > 0 ? 'info' : 'good'}>
        {t('pouch.in.result', { count: all.length, taken: answers.length - kept, kept, refused })}
      </Alert>
      {answerable(answers).map(({ channel, desk }) => (
        <div class="panel answer" key={`${channel} ${desk}`}>
          <p>{tr('pouch.in.answer.help', { desk: <Name>{desk}</Name> })}</p>
          <div class="row-of">
            <LinkButton to={to.pouch(channel, desk)} look="primary" icon="up">
              {tr('pouch.in.answer', { desk: <Name>{desk}</Name> })}
            </LinkButton>
            <LinkButton to={to.channel(channel)}>{t('pouch.in.to_channel')}</LinkButton>
          </div>
        </div>
      ))}
    </>
  );
}

export function Taking() {
  const all = useCell(incoming);
  const out = useCell(leftOut);
  const whole = takenLater(all.map(({ answer }) => answer));
  const isBusy = all.some(({ state }) => state === 'waits' || state === 'runs');
  return (
    <Section
      title={t('pouch.in')}
      class="taking"
      actions={
        all.length > 0 &&
        !isBusy && (
          <Button look="quiet" onClick={clear}>
            {t('pouch.in.clear')}
          </Button>
        )
      }
    >
      <DropArea onFiles={(files) => void take(files)}>
        <p>{t('pouch.in.help')}</p>
        <div class="row-of">
          <FilesButton icon="into" look="primary" label={t('pouch.in.choose')} onFiles={(files) => void take(files)} />
          <span class="soft small">{t('pouch.in.limits', { files: FILES_MAX })}</span>
        </div>
        {all.length > 0 && (
          <ul>
            {all.map((one) => (
              <Row key={one.key} one={one} isWhole={one.answer !== undefined && whole.has(one.answer)} />
            ))}
          </ul>
        )}
      </DropArea>
      {out > 0 && (
        <Alert live tone="warn">
          {tr('pouch.in.too_many', { files: num(FILES_MAX), count: out, command: <code dir="ltr">aldis pouch in</code> })}
        </Alert>
      )}
      {all.length > 0 && !isBusy && <Result all={all} whole={whole} />}
    </Section>
  );
}
