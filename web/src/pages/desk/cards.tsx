// SPDX-License-Identifier: Apache-2.0
// The own card to hand over and the peers' cards. A fingerprint is compared by voice: one reads, the other follows.
// Compared means that a person of this desk says so; until then the charter's members vouch for each other.
import { useState } from 'preact/hooks';
import { post, saveFile } from '../../api';
import { t, tr } from '../../i18n';
import { useResource } from '../../live';
import { isAdministrator } from '../../session';
import type { Card, Cards as List, PeerCard } from '../../types';
import {
  Ago,
  Alert,
  Badge,
  Button,
  CheckField,
  CopyButton,
  Dialog,
  Empty,
  Fingerprint,
  Loading,
  Name,
  PeerText,
  ProblemBox,
  Section,
  TimeText,
  toast,
} from '../../ui';
import { useAct } from './act';
import { NoteDialog } from './note_dialog';

function OwnCard({ card }: { card: Card }) {
  return (
    <div class="panel card">
      <h3>
        <Name>{card.name}</Name>
      </h3>
      <Fingerprint value={card.fingerprint} />
      <dl class="facts">
        <dt>{t('desk.card.serial')}</dt>
        <dd>{card.serial}</dd>
        <dt>{t('desk.card.date')}</dt>
        <dd>
          <TimeText time={card.date} full />
        </dd>
        <dt>{t('desk.card.urls')}</dt>
        <dd dir="ltr" class="breakable">
          {card.urls.join(' ')}
        </dd>
      </dl>
      <div class="row-of">
        <Button onClick={() => saveFile(card.note, `${card.name}.card`)}>{t('desk.card.download')}</Button>
        <CopyButton text={card.note}>{t('desk.card.copy')}</CopyButton>
      </div>
    </div>
  );
}

/** Read out and compared on another way than the one the card came by; then the desk is told so. */
function CompareDialog({ card, onClose, onDone }: { card: PeerCard; onClose: () => void; onDone: () => void }) {
  const [heard, setHeard] = useState(false);
  const { busy, problem, run } = useAct();
  const send = () =>
    void run(async () => {
      await post('/api/cards', { card: card.note, compared: true });
      onDone();
    });
  return (
    <Dialog
      title={tr('desk.compare.title', { name: <Name>{card.name}</Name> })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button
            look="primary"
            busy={busy}
            aria-disabled={heard ? undefined : 'true'}
            onClick={heard ? send : undefined}
          >
            {t('desk.compare.do')}
          </Button>
        </>
      }
    >
      <ProblemBox problem={problem} />
      <p>{t('desk.compare.how')}</p>
      <Fingerprint value={card.fingerprint} />
      <CheckField
        label={tr('desk.compare.heard', { name: <Name>{card.name}</Name> })}
        checked={heard}
        onChecked={setHeard}
      />
    </Dialog>
  );
}

function Peer({ card, onCompare }: { card: PeerCard; onCompare: () => void }) {
  return (
    <li class="panel card">
      <div class="row-of head">
        <h3>
          <Name>{card.name}</Name>
        </h3>
        {card.compared ? (
          <Badge tone="good" icon="check">
            {t('desk.card.compared')}
          </Badge>
        ) : (
          <Badge tone="warn" icon="triangle">
            {t('desk.card.not_compared')}
          </Badge>
        )}
      </div>
      <Fingerprint value={card.fingerprint} />
      <dl class="facts">
        <dt>{t('desk.card.trust')}</dt>
        <dd>{t(card.trust === 'compared' ? 'desk.trust.compared' : 'desk.trust.charter')}</dd>
        <dt>{t('desk.card.serial')}</dt>
        <dd>{card.serial}</dd>
        <dt>{t('desk.card.date')}</dt>
        <dd>
          <TimeText time={card.date} full />
        </dd>
        <dt>{t('desk.card.urls')}</dt>
        <dd dir="ltr" class="breakable">
          <PeerText text={card.urls.join(' ')} />
        </dd>
        <dt>{t('desk.card.heard')}</dt>
        <dd>
          <Ago time={card.last_heard} />
        </dd>
      </dl>
      {card.last_error && (
        <p class="peer-error small">
          <PeerText text={card.last_error} max={300} />
        </p>
      )}
      <div class="row-of">
        {!card.compared && isAdministrator() && <Button onClick={onCompare}>{t('desk.card.compare')}</Button>}
        <Button look="quiet" onClick={() => saveFile(card.note, `${card.name}.card`)}>
          {t('desk.card.download')}
        </Button>
      </div>
    </li>
  );
}

export function Cards() {
  const own = useResource<Card>('/api/card', { events: ['key*'] });
  const peers = useResource<List>('/api/cards', { events: ['key*', 'channel', 'amended'] });
  const [comparing, setComparing] = useState<PeerCard>();
  const [adding, setAdding] = useState(false);
  const list = peers.data?.cards ?? [];
  const open = list.filter((card) => !card.compared).length;
  return (
    <>
      <Section title={t('desk.card.own')}>
        <ProblemBox problem={own.problem} />
        {own.loading && <Loading />}
        {own.data && <OwnCard card={own.data} />}
      </Section>
      <Section
        title={t('desk.card.peers')}
        count={list.length}
        actions={
          isAdministrator() && (
            <Button icon="plus" onClick={() => setAdding(true)}>
              {t('desk.card.add')}
            </Button>
          )
        }
      >
        <ProblemBox problem={peers.problem} />
        {peers.loading && <Loading />}
        {peers.data && list.length === 0 && <Empty>{t('desk.card.none')}</Empty>}
        {open > 0 && <Alert tone="warn">{t('desk.card.open', { n: open })}</Alert>}
        <ul class="card-grid">
          {list.map((card) => (
            <Peer key={card.name} card={card} onCompare={() => setComparing(card)} />
          ))}
        </ul>
      </Section>
      {comparing && (
        <CompareDialog
          card={comparing}
          onClose={() => setComparing(undefined)}
          onDone={() => {
            toast(t('desk.compare.done', { name: comparing.name }));
            setComparing(undefined);
            void peers.reload();
          }}
        />
      )}
      {adding && (
        <NoteDialog
          title={t('desk.card.add')}
          how={t('desk.card.add.how')}
          label={t('desk.card.text')}
          action={t('desk.card.add.do')}
          send={async (card) => {
            await post('/api/cards', { card });
            setAdding(false);
            void peers.reload();
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}
