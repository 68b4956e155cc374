// SPDX-License-Identifier: Apache-2.0
// Pledges: what binds whom since when, with the authoritative text and a translation side by side, and the receipts
// that prove it. Offered, accepted, declined and withdrawn through Compose.
import { useMemo, useState } from 'preact/hooks';
import { asProblem, download, messagePath, splitId } from '../../api';
import { language, t, tr } from '../../i18n';
import { useResource } from '../../live';
import { type PageProps, setQuery, to } from '../../router';
import { mayWrite, session } from '../../session';
import type { Channels, InChannel, Pledges, PledgeTexts, Proposal, ProposalMember } from '../../types';
import { Alert, Badge, Button, type Column, Empty, Id, LinkButton, Loading, Name, Page, PeerText, ProblemBox, Section, SelectField, Table, TimeText, toast, type Tone } from '../../ui';
import type { IconName } from '../../ui';
import { languageName } from '../compose/words';
import { type Act, actsOf, type Group, groupOf, groups, sinceOf, type Text, textsOf, translationFor } from './register';
import './pledges.css';

type Pledge = Proposal & InChannel;

const looks: { [state: string]: [Tone, IconName] } = {
  'in force': ['good', 'check'],
  accepted: ['info', 'half'],
  offered: ['warn', 'ring'],
  declined: ['plain', 'cross'],
  withdrawn: ['plain', 'cross'],
  ended: ['plain', 'square'],
};

function State({ state }: { state: string }) {
  const [tone, icon] = looks[state] ?? ['plain', 'diamond'];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`pledges.state.${state.replace(' ', '_')}`)}
    </Badge>
  );
}

function Members({ pledge }: { pledge: Pledge }) {
  const columns: Column<ProposalMember>[] = [
    { name: 'desk', head: t('pledges.member'), isHead: true, cell: (member) => <Name>{member.desk}</Name> },
    { name: 'state', head: t('pledges.state'), cell: (member) => <State state={member.state} /> },
    { name: 'since', head: t('pledges.since'), cell: (member) => member.since && <TimeText time={member.since} full alone /> },
    { name: 'end', head: t('pledges.end'), cell: (member) => member.end && <TimeText time={member.end} full alone /> },
    {
      name: 'entry',
      head: t('pledges.by_message'),
      cell: (member) =>
        member.withdrawal ? (
          <Id id={member.withdrawal.entry} channel={pledge.channel} />
        ) : (
          member.answer && <Id id={member.answer.entry} channel={pledge.channel} />
        ),
    },
  ];
  return <Table label={t('pledges.members')} columns={columns} rows={pledge.facts.members} keyOf={(member) => member.desk} />;
}

function TextPart({ text, head }: { text: Text; head: string }) {
  return (
    <div class="text-part">
      <h4>{head}</h4>
      <PeerText text={text.text} block lang={text.language} max={4000} />
      {text.entry && (
        <p class="soft small">
          {t('pledges.translated_in')} <bdi>{text.entry}</bdi>
        </p>
      )}
    </div>
  );
}

function Texts({ pledge }: { pledge: Pledge }) {
  const texts = useMemo(() => textsOf(pledge), [pledge]);
  const original = texts.find((text) => text.isAuthoritative);
  const translations = texts.filter((text) => !text.isAuthoritative);
  const [chosen, choose] = useState<number>();
  const beside = chosen === undefined ? translationFor(texts, language.value) : chosen < 0 ? undefined : translations[chosen];
  if (!original) return <Empty>{t('pledges.no_text')}</Empty>;
  return (
    <>
      {translations.length > 0 && (
        <SelectField
          label={t('pledges.translation')}
          class="narrow"
          value={String(beside ? translations.indexOf(beside) : -1)}
          onValue={(value) => choose(Number(value))}
          options={[
            { value: '-1', label: t('pledges.original_only') },
            ...translations.map((text, i) => ({ value: String(i), label: languageName(text.language) })),
          ]}
        />
      )}
      <div class={beside ? 'two-texts' : 'one-text'}>
        <TextPart text={original} head={t('pledges.authoritative', { language: languageName(original.language) })} />
        {beside && <TextPart text={beside} head={t('pledges.translation_in', { language: languageName(beside.language) })} />}
      </div>
    </>
  );
}

function Proofs({ pledge }: { pledge: Pledge }) {
  const [busy, setBusy] = useState<string>();
  const own = session.value?.desk;
  // Of an own message each member's receipt; of another's message the own one.
  const wanted: { id: string; from: string }[] = [];
  const add = (id: string) => {
    const [author] = splitId(id);
    const from = author === own ? pledge.facts.members.map((member) => member.desk).concat(pledge.facts.by).filter((desk) => desk !== own) : [own ?? ''];
    for (const desk of new Set(from)) wanted.push({ id, from: desk });
  };
  add(pledge.facts.id);
  for (const member of pledge.facts.members) if (member.answer) add(member.answer.entry);
  const take = async ({ id, from }: { id: string; from: string }) => {
    setBusy(id + from);
    const [author, index] = splitId(id);
    const isOwn = author === own;
    try {
      await download(
        `${messagePath(pledge.channel, id)}/receipt${isOwn ? `?from=${encodeURIComponent(from)}` : ''}`,
        `${author}-${index}-${from}.tlog-proof`,
      );
    } catch (caught) {
      toast(asProblem(caught).line, 'bad');
    }
    setBusy(undefined);
  };
  return (
    <ul class="proofs">
      {wanted.map((one) => (
        <li key={one.id + one.from}>
          <Button look="quiet" icon="down" busy={busy === one.id + one.from} onClick={() => void take(one)}>
            {tr('pledges.receipt', { id: <Id id={one.id} />, from: <Name>{one.from}</Name> })}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Card({ pledge }: { pledge: Pledge }) {
  const own = session.value?.desk ?? '';
  const title = typeof pledge.body?.['title'] === 'string' ? pledge.body['title'] : pledge.facts.id;
  const acts = mayWrite() ? actsOf(pledge, own) : [];
  const since = sinceOf(pledge);
  const { facts } = pledge;
  return (
    <article class="pledge panel">
      <header>
        <h3>
          <PeerText text={title} />
        </h3>
        <State state={facts.state} />
        {facts.waiting && <Badge tone="warn">{t('pledges.waiting')}</Badge>}
      </header>
      <p class="facts">
        {tr('pledges.offered_by', { who: <Name>{facts.by}</Name>, time: <TimeText time={facts.sent} full alone />, channel: <Name>{pledge.channel_title}</Name>, id: <Id id={facts.id} channel={pledge.channel} /> })}
        {since !== undefined && <> {tr('pledges.binds_since', { time: <TimeText time={since} full alone /> })}</>}
        {facts.from && <> {tr('pledges.from', { time: <TimeText time={facts.from} full alone /> })}</>}
        {facts.until && <> {tr('pledges.until', { time: <TimeText time={facts.until} full alone /> })}</>}
        {facts.reciprocal && <> {t('pledges.reciprocal')}</>}
        {facts.withdrawal && <> {tr('pledges.withdrawn_by', { id: <Id id={facts.withdrawal.entry} channel={pledge.channel} />, time: <TimeText time={facts.withdrawal.sent} full alone /> })}</>}
      </p>
      {acts.length > 0 && (
        <div class="row-of">
          {acts.map((act: Act) => (
            <LinkButton key={act} look={act === 'accept' ? 'primary' : act === 'withdraw' ? 'danger' : undefined} to={to.compose({ channel: pledge.channel, re: facts.id, kind: `pledge.${act}` })}>
              {t(`pledges.${act}`)}
            </LinkButton>
          ))}
        </div>
      )}
      <Members pledge={pledge} />
      <details open={acts.includes('accept')}>
        <summary>{t('pledges.text')}</summary>
        <Texts pledge={pledge} />
      </details>
      <details>
        <summary>{t('pledges.proofs')}</summary>
        <Proofs pledge={pledge} />
      </details>
    </article>
  );
}

function Offer({ channels }: { channels: { id: string; title: string }[] }) {
  const texts = useResource<PledgeTexts>('/api/pledge-texts', { events: [] }).data;
  const [channel, setChannel] = useState(channels[0]?.id ?? '');
  const [name, setName] = useState('');
  const title = (body: { [name: string]: unknown }) => (typeof body['title'] === 'string' ? body['title'] : '');
  if (channels.length === 0) return null;
  return (
    <div class="offer">
      {channels.length > 1 && (
        <SelectField label={t('pledges.channel')} value={channel} onValue={setChannel} options={channels.map((one) => ({ value: one.id, label: one.title }))} />
      )}
      <SelectField
        label={t('pledges.start_from')}
        value={name}
        onValue={setName}
        options={[
          { value: '', label: t('pledges.empty_form') },
          ...(texts?.pledges ?? []).map((one) => ({ value: one.name, label: title(one.body) || one.name })),
        ]}
      />
      <LinkButton look="primary" to={to.compose({ channel, kind: 'pledge.offer' }) + (name ? `&pledge=${encodeURIComponent(name)}` : '')}>
        {t('pledges.offer')}
      </LinkButton>
    </div>
  );
}

export default function PledgesPage({ query }: PageProps) {
  const all = useResource<Pledges>('/api/pledges?all=1', { events: ['received', 'receipt', 'draft', 'amended', 'channel', 'log.end'], every: 60 });
  const channels = useResource<Channels>('/api/channels', { events: ['channel'] }).data?.channels ?? [];
  const channel = query.get('channel') ?? '';
  const shown = (all.data?.pledges ?? []).filter((pledge) => channel === '' || pledge.channel === channel);
  const of = (group: Group) => shown.filter((pledge) => groupOf(pledge) === group);
  return (
    <Page title={t('pledges.title')}>
      {all.problem && <ProblemBox problem={all.problem} onAgain={() => void all.reload()} />}
      {mayWrite() && (
        <Section title={t('pledges.offer.title')}>
          <Offer key={channels.length} channels={channels.filter((one) => one.open)} />
        </Section>
      )}
      {channels.length > 1 && (
        <SelectField
          label={t('pledges.filter')}
          class="narrow"
          data-filter=""
          value={channel}
          onValue={(chosen) => setQuery({ channel: chosen })}
          options={[{ value: '', label: t('pledges.all_channels') }, ...channels.map((one) => ({ value: one.id, label: one.title }))]}
        />
      )}
      {all.loading && <Loading />}
      {all.data?.more && <Alert tone="warn">{t('pledges.more')}</Alert>}
      {all.data &&
        groups.map((group) => {
          const list = of(group);
          if (list.length === 0 && group !== 'in_force') return null;
          return (
            <Section key={group} title={t(`pledges.group.${group}`)} count={list.length}>
              {list.length === 0 && <Empty>{t('pledges.none')}</Empty>}
              <div class="stack">
                {list.map((pledge) => (
                  <Card key={pledge.channel + pledge.facts.id} pledge={pledge} />
                ))}
              </div>
            </Section>
          );
        })}
    </Page>
  );
}
