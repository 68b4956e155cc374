// SPDX-License-Identifier: Apache-2.0
// What can be done about a message: say that it was read and understood, answer, ask for more time, take one's own
// back, translate. An acknowledgement is sent from here; all else is written on the page for it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asProblem, channelPath, post, type Problem } from '../../api';
import { kindLabel, kindOf, useCatalogue } from '../../catalogue';
import { language, locale, t } from '../../i18n';
import { answerKinds, inOrder } from '../../model/catalogue';
import { nameOfLanguage } from '../../model/languages';
import { go, to } from '../../router';
import { mayWrite } from '../../session';
import type { Catalogue, ChannelDetail, Kind, Message } from '../../types';
import {
  Button,
  ChoiceField,
  Dialog,
  LinkButton,
  Menu,
  ProblemBox,
  SelectField,
  TextAreaField,
  toast,
} from '../../ui';

const PARAPHRASE_MAX = 20_000;
/** Kinds that have a button of their own, or that answer nothing in particular. */
const APART = ['ack', 'holding', 'cancel', 'translation', 'leave'];

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join('-');

function Acknowledge({
  message,
  channel,
  onClose,
}: {
  message: Message;
  channel: ChannelDetail;
  onClose: (isSent: boolean) => void;
}) {
  const [understood, setUnderstood] = useState('');
  const [paraphrase, setParaphrase] = useState('');
  const [tag, setTag] = useState<string>(
    channel.languages.includes(language.value) ? language.value : (channel.languages[0] ?? language.value),
  );
  const [isBusy, setBusy] = useState(false);
  const [isTried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const key = useMemo(newKey, []);
  const said = paraphrase.trim();

  // The question comes first, when the dialog opens and when it was passed over.
  const form = useRef<HTMLDivElement>(null);
  const focusFirst = () => form.current?.querySelector<HTMLElement>('input[type="radio"]')?.focus();
  useEffect(focusFirst, []);

  const send = async () => {
    setTried(true);
    if (understood === '') return focusFirst();
    if ([...said].length > PARAPHRASE_MAX) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const body = { understood: understood === 'yes', ...(said === '' ? {} : { paraphrase: said, language: tag }) };
      await post(
        channelPath(channel.id) + '/messages',
        { kind: 'ack', re: message.id, to: [message.author], body },
        { headers: { 'idempotency-key': key }, patient: true },
      );
      toast(t('message.ack.sent'));
      onClose(true);
    } catch (caught) {
      setProblem(asProblem(caught));
      setBusy(false);
    }
  };

  const languages = [...new Set([...channel.languages, language.value, 'en'])];
  return (
    <Dialog
      title={t('message.ack.title')}
      onClose={() => onClose(false)}
      actions={
        <>
          <Button onClick={() => onClose(false)}>{t('ui.cancel')}</Button>
          <Button look="primary" busy={isBusy} onClick={() => void send()}>
            {t('message.ack.send')}
          </Button>
        </>
      }
    >
      <div ref={form} class="stack">
        <ChoiceField
          label={t('message.ack.state')}
          required
          value={understood}
          onValue={setUnderstood}
          error={isTried && understood === '' ? t('message.ack.choose') : problem?.why('understood')}
          options={[
            { value: 'yes', label: t('message.ack.understood'), help: t('message.ack.understood.help') },
            { value: 'no', label: t('message.ack.not_understood'), help: t('message.ack.not_understood.help') },
          ]}
        />
        <TextAreaField
          label={t('message.ack.paraphrase')}
          help={t('message.ack.paraphrase.help')}
          value={paraphrase}
          onValue={setParaphrase}
          max={PARAPHRASE_MAX}
          error={problem?.why('paraphrase')}
        />
        <SelectField
          label={t('message.ack.language')}
          value={tag}
          onValue={setTag}
          options={languages.map((value) => ({ value, label: nameOfLanguage(value, locale()) }))}
        />
        <p class="soft small">{t('message.ack.more_time')}</p>
        <ProblemBox problem={problem} />
      </div>
    </Dialog>
  );
}

/** Kinds to answer with that have no button of their own, what is owed first. */
function kindsFor(catalogue: Catalogue, message: Message, channel: ChannelDetail, own: string): readonly Kind[] {
  if (message.kind === undefined) return [];
  const owed = (message.duties ?? [])
    .filter(({ debtor, state }) => debtor === own && ['waiting', 'running', 'held', 'overdue'].includes(state))
    .flatMap(({ owe }) => owe);
  const all = answerKinds(catalogue, message.kind, channel.kinds_allowed ?? undefined);
  return inOrder(
    all.filter((kind) => !APART.includes(kind.name)),
    owed,
    message.own,
  );
}

export function Acts({
  message,
  channel,
  own,
  isCancelled,
  onDone,
}: {
  message: Message;
  channel: ChannelDetail;
  /** this desk's name */
  own: string;
  isCancelled: boolean;
  onDone: () => void;
}) {
  const catalogue = useCatalogue();
  const [isAcknowledging, setAcknowledging] = useState(false);
  if (!mayWrite() || !channel.open || message.kind === undefined || !catalogue) return null;
  const isAllowed = (name: string) => {
    const kind = kindOf(catalogue, name);
    return kind !== undefined && (kind.always || !channel.kinds_allowed || channel.kinds_allowed.includes(name));
  };
  const isByPerson = kindOf(catalogue, message.kind)?.automatic === false;
  const isTheirs = isByPerson && !message.own;
  const isAcknowledged = (message.replies ?? []).some((reply) => reply.kind === 'ack' && reply.author === own);
  const [chief, ...rest] = kindsFor(catalogue, message, channel, own);
  const write = (kind: string) => to.compose({ channel: channel.id, re: message.id, kind });
  return (
    <>
      {isTheirs && isAllowed('ack') && (
        <Button
          look={isAcknowledged ? undefined : 'primary'}
          icon="check"
          onClick={() => setAcknowledging(true)}
        >
          {isAcknowledged ? t('message.ack.again') : t('message.ack')}
        </Button>
      )}
      {chief && (
        <LinkButton to={write(chief.name)}>
          {t('message.answer_with', { kind: kindLabel(catalogue, chief.name) })}
        </LinkButton>
      )}
      {rest.length > 0 && (
        <Menu
          label={t('message.answer_more')}
          items={rest.map((kind) => ({
            label: kindLabel(catalogue, kind.name),
            onSelect: () => go(write(kind.name)),
          }))}
        />
      )}
      {isTheirs && isAllowed('holding') && (
        <LinkButton to={write('holding')} look="quiet" icon="half">
          {t('message.hold')}
        </LinkButton>
      )}
      {isByPerson && isAllowed('translation') && (
        <LinkButton to={write('translation')} look="quiet">
          {t('message.translate')}
        </LinkButton>
      )}
      {isByPerson && message.own && !isCancelled && isAllowed('cancel') && (
        <LinkButton to={write('cancel')} look="quiet" icon="cross">
          {t('message.cancel')}
        </LinkButton>
      )}
      {isAcknowledging && (
        <Acknowledge
          message={message}
          channel={channel}
          onClose={(isSent) => {
            setAcknowledging(false);
            if (isSent) onDone();
          }}
        />
      )}
    </>
  );
}
