// SPDX-License-Identifier: Apache-2.0
// Writing a pouch for one member of a channel: how it travels, its files, and what they tell whoever finds them.
import { useState } from 'preact/hooks';
import { asProblem, channelPath, post, type Problem, query, saveFile } from '../../api';
import { num, t, tr } from '../../i18n';
import { changed, useResource } from '../../live';
import { bounds, cut, type Part, partSizeOf, type Size, type Way, ways } from '../../model/pouch';
import { to } from '../../router';
import { isAdministrator, mayWrite } from '../../session';
import type { Now, NowPeer, OwnState, SealedPouch } from '../../types';
import {
  Alert,
  Button,
  CheckField,
  ChoiceField,
  Dialog,
  Empty,
  Icon,
  LinkButton,
  Loading,
  Name,
  Page,
  PeerText,
  ProblemBox,
  Section,
  TextField,
  toast,
} from '../../ui';
import { bytes } from '../compose/words';
import { Line, LINE_EVENTS } from './all';

/** Pouches that are written at once: the reader keeps 128 MiB. */
const AT_ONCE = 16;
/** Between two files for the browser's downloads, ms. */
const REST_MS = 300;

interface Made {
  parts: Part[];
  pouches: number;
  /** where the next one begins */
  next?: string;
}

/** Writes pouches until there is no more, or so many. */
async function write(channel: string, desk: string, partSize: number, after: string | undefined, tell: (n: number) => void): Promise<Made> {
  const made: Made = { parts: [], pouches: 0, next: after };
  do {
    tell(made.pouches + 1);
    const path = `${channelPath(channel)}/pouches/${encodeURIComponent(desk)}${query({ part_size: partSize, after: made.next })}`;
    const pouch = await post<SealedPouch>(path);
    made.parts.push(...cut(pouch, partSize));
    made.pouches++;
    made.next = pouch.next;
  } while (made.next !== undefined && made.pouches < AT_ONCE);
  return made;
}

function SizeFields({ size, onSize }: { size: Size; onSize: (size: Size) => void }) {
  const { way } = size;
  return (
    <>
      <ChoiceField
        label={t('pouch.size')}
        value={way}
        onValue={(value) => onSize({ ...size, way: value as Way })}
        options={ways.map((value) => ({ value, label: t(`pouch.size.${value}`) }))}
      />
      {(way === 'mail' || way === 'own') && (
        <TextField
          key={way}
          class="short"
          inputMode="numeric"
          required
          label={t(`pouch.size.${way}.field`)}
          help={t(`pouch.size.${way}.help`)}
          value={size[way]}
          onValue={(value) => onSize({ ...size, [way]: value })}
          error={
            partSizeOf(size) === undefined ? t('pouch.size.wrong', { least: bounds[way][0], most: bounds[way][1] }) : undefined
          }
        />
      )}
    </>
  );
}

function Files({ made, desk, isBusy, onMore }: { made: Made; desk: string; isBusy: boolean; onMore: () => void }) {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [isKeeping, setKeeping] = useState(false);
  const keep = (part: Part) => {
    saveFile(part.content, part.name);
    setKept((before) => new Set(before).add(part.name));
  };
  const keepAll = async () => {
    setKeeping(true);
    for (const part of made.parts) {
      keep(part);
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
    setKeeping(false);
  };
  const size = made.parts.reduce((sum, { content }) => sum + content.size, 0);
  return (
    <Section title={t('pouch.files')} count={made.parts.length}>
      <Alert tone="good" live>
        {t('pouch.files.made', { count: made.parts.length, size: bytes(size) })}
      </Alert>
      {made.parts.length > 1 && (
        <>
          <p>{tr('pouch.files.all_needed', { desk: <Name>{desk}</Name> })}</p>
          <div class="row-of">
            <Button look="primary" icon="into" busy={isKeeping} onClick={() => void keepAll()}>
              {t('pouch.files.keep_all')}
            </Button>
            <span class="soft small">{t('pouch.files.keep_all.help')}</span>
          </div>
        </>
      )}
      <ul class="pouch-files">
        {made.parts.map((part) => (
          <li key={part.name}>
            <Button look={made.parts.length === 1 ? 'primary' : undefined} icon="into" onClick={() => keep(part)}>
              {t('pouch.files.keep', { name: part.name })}
            </Button>
            <span class="soft small">{bytes(part.content.size)}</span>
            {kept.has(part.name) && (
              <span class="small" role="status">
                <Icon name="check" /> {t('pouch.files.kept')}
              </span>
            )}
          </li>
        ))}
      </ul>
      {made.next !== undefined && (
        <Alert tone="warn">
          <p>{tr('pouch.files.more', { count: made.pouches, command: <code dir="ltr">aldis pouch out</code> })}</p>
          <Button busy={isBusy} onClick={onMore}>
            {t('pouch.files.next')}
          </Button>
        </Alert>
      )}
    </Section>
  );
}

function Tells({ desk, own }: { desk: string; own: string }) {
  const names = { from: <Name>{own}</Name>, to: <Name>{desk}</Name> };
  return (
    <Section title={t('pouch.tells')}>
      <p>{t('pouch.tells.open')}</p>
      <ul class="plain-list">
        <li>{tr('pouch.tells.way', names)}</li>
        <li>{t('pouch.tells.channel')}</li>
        <li>{t('pouch.tells.size')}</li>
      </ul>
      <p>{tr('pouch.tells.sealed', { to: names.to })}</p>
      <p>{t('pouch.tells.weeks')}</p>
      <p>{t('pouch.tells.again')}</p>
      <p>{tr('pouch.tells.keys', { to: names.to })}</p>
    </Section>
  );
}

/** The word of a person that nothing here is older than it was. */
function AcceptDialog({ channel, onClose }: { channel: string; onClose: () => void }) {
  const [isSure, setSure] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post(`${channelPath(channel)}/accept`);
      toast(t('pouch.accept.done'));
      changed('pouch');
      onClose();
    } catch (caught) {
      setProblem(asProblem(caught));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('pouch.accept')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="danger" busy={isBusy} disabled={!isSure} onClick={() => void send()}>
            {t('pouch.accept.do')}
          </Button>
        </>
      }
    >
      <Alert tone="warn">{t('pouch.accept.text')}</Alert>
      <CheckField label={t('pouch.accept.sure')} checked={isSure} onChecked={setSure} />
      <ProblemBox problem={problem} />
    </Dialog>
  );
}

/** Why no pouch can be written now. */
function Stopped({ state, desk }: { state: OwnState; desk: string }) {
  const [isAsking, setAsking] = useState(false);
  const isWaiting = state.state === 'waiting';
  return (
    <Alert tone={isWaiting ? 'warn' : 'bad'}>
      <p>{t(`pouch.stopped.${state.state}`)}</p>
      {isWaiting ? (
        <>
          <p>{tr('pouch.stopped.first', { desk: <Name>{desk}</Name> })}</p>
          {isAdministrator() ? (
            <Button onClick={() => setAsking(true)}>{t('pouch.accept')}</Button>
          ) : (
            <p>{tr('pouch.stopped.administrator', { command: <code dir="ltr">aldis pouch out --accept</code> })}</p>
          )}
        </>
      ) : (
        <p class="small">
          <PeerText text={state.why} lang="en" />
        </p>
      )}
      {isAsking && <AcceptDialog channel={state.channel} onClose={() => setAsking(false)} />}
    </Alert>
  );
}

function Writing({ peer }: { peer: NowPeer }) {
  const [size, setSize] = useState<Size>({ way: 'whole', mail: '10', own: '1024' });
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState<Problem>();
  const [at, setAt] = useState<number>();
  const partSize = partSizeOf(size);
  const make = async (after?: string) => {
    if (partSize === undefined) return;
    setProblem(undefined);
    setMade(undefined);
    try {
      setMade(await write(peer.channel, peer.name, partSize, after, setAt));
    } catch (caught) {
      setProblem(asProblem(caught));
    }
    setAt(undefined);
  };
  const isBusy = at !== undefined;
  return (
    <>
      <Section title={t('pouch.out')}>
        <SizeFields size={size} onSize={setSize} />
        <div class="row-of">
          <Button
            look={made === undefined ? 'primary' : undefined}
            busy={isBusy}
            disabled={partSize === undefined}
            onClick={() => void make()}
          >
            {t(made === undefined ? 'pouch.out.do' : 'pouch.out.again')}
          </Button>
          <span role="status" class="soft">
            {at !== undefined && t('pouch.out.at', { at: num(at) })}
          </span>
        </div>
        <ProblemBox problem={problem} />
      </Section>
      {made && <Files key={made.parts[0]?.name} made={made} desk={peer.name} isBusy={isBusy} onMore={() => void make(made.next)} />}
    </>
  );
}

function Peer({ now, peer }: { now: Now; peer: NowPeer }) {
  const desk = <Name>{peer.name}</Name>;
  const stopped = now.own_state.find(({ channel, state }) => channel === peer.channel && (state === 'frozen' || state === 'waiting'));
  return (
    <>
      <p>
        <Name>{peer.channel_title}</Name> <Line peer={peer} />
      </p>
      {peer.reachable && peer.last_heard !== 'never' && <Alert>{tr('pouch.out.line_up', { desk })}</Alert>}
      <p>{tr(peer.queued > 0 ? 'pouch.out.some' : 'pouch.out.nothing', { desk, count: peer.queued })}</p>
      {stopped && <Stopped state={stopped} desk={peer.name} />}
      {!mayWrite() && <Alert>{t('pouch.no_right')}</Alert>}
      {mayWrite() && !stopped && <Writing peer={peer} />}
      <Tells desk={peer.name} own={now.desk} />
    </>
  );
}

export function OutPage({ channel, desk }: { channel: string; desk: string }) {
  const now = useResource<Now>('/api/now', { events: LINE_EVENTS, every: 30 });
  const peer = now.data?.peers.find((one) => one.channel === channel && one.name === desk);
  return (
    <Page
      class="pouch-page"
      title={tr('pouch.for', { desk: <Name>{desk}</Name> })}
      documentTitle={t('pouch.for', { desk })}
      actions={
        <LinkButton to={to.pouches} look="quiet">
          {t('pouch.to_all')}
        </LinkButton>
      }
    >
      <ProblemBox problem={now.problem} onAgain={() => void now.reload()} />
      {now.loading && <Loading />}
      {now.data && !peer && <Empty>{t('pouch.out.nobody')}</Empty>}
      {now.data && peer && <Peer now={now.data} peer={peer} />}
    </Page>
  );
}
