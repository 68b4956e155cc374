// SPDX-License-Identifier: Apache-2.0
// What stands round every page: where one can go, the time, the state of the connection, who is logged in.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { AlarmLink, SoundBlocked } from './alarm_bar';
import { post } from './api';
import { useCell } from './cell';
import { lostSince } from './connection';
import { language, languages, setLanguage, t, tr } from './i18n';
import { endLive, useResource } from './live';
import { setTheme, theme, themes } from './prefs';
import { to, usePlace } from './router';
import { hasPage } from './routes';
import { loggedOut, mayAudit, session } from './session';
import { helpShown, ShortcutsHelp } from './shortcuts';
import { hasOwnZone, localShort, toText, useTick, utcFull } from './time';
import { deskTitle } from './title';
import type { Channels } from './types';
import { Alert, Button, cx, LinkButton, Menu, Name, Toasts } from './ui';

/** To the second: it is compared with logs. */
const LostTime = ({ since }: { since: number }) => (
  <time dateTime={toText(since)}>
    <bdi>{utcFull(since).slice(11)}</bdi>
  </time>
);

function Connection() {
  const since = useCell(lostSince);
  return (
    <div role="status" class="connection">
      {since !== undefined && (
        <Alert tone="warn">{tr('connection.lost', { time: <LostTime since={since} /> })}</Alert>
      )}
    </div>
  );
}

function HeadClock() {
  const at = useTick();
  return (
    <div class="head-clock" role="timer" aria-live="off" aria-label={t('layout.clock')}>
      <bdi class="utc">{utcFull(at)}</bdi>
      {hasOwnZone() && <bdi class="own">{localShort(at)}</bdi>}
    </div>
  );
}

async function logOut(): Promise<void> {
  endLive();
  await post('/api/session/end').catch(() => undefined);
  loggedOut();
  location.assign('/');
}

function PersonMenu() {
  const who = useCell(session)?.operator;
  const chosenTheme = useCell(theme);
  const chosenLanguage = useCell(language);
  if (!who) return null;
  return (
    <div class="person-menu"><Menu
      label={<Name>{who.full_name || who.name}</Name>}
      icon="person"
      items={[
        ...themes.map((one) => ({
          label: t(`theme.${one}`),
          checked: one === chosenTheme,
          onSelect: () => setTheme(one),
        })),
        ...languages.map(({ code, name }) => ({
          label: name,
          checked: code === chosenLanguage,
          onSelect: () => void setLanguage(code),
        })),
        { label: t('keys.title'), onSelect: () => helpShown.set(true) },
        { label: t('layout.log_out'), onSelect: () => void logOut() },
      ]}
    />
    </div>
  );
}

function NavLink({ address, page, children, isChannel }: { address: string; page: string; children: ComponentChildren; isChannel?: boolean }) {
  const { path } = usePlace();
  if (!hasPage(page)) return null;
  const isHere = path === address || (address !== '/' && path.startsWith(address + '/'));
  return (
    <li>
      <a href={address} aria-current={isHere ? 'page' : undefined} data-channel={isChannel ? '' : undefined}>
        {children}
      </a>
    </li>
  );
}

function Navigation({ onGo }: { onGo: () => void }) {
  const channels = useResource<Channels>('/api/channels', { events: ['channel', 'amended', 'frozen', 'equivocation'] });
  const { path } = usePlace();
  const current = /^\/(?:channels|record)\/([^/]+)/.exec(path)?.[1];
  return (
    <nav id="navigation" aria-label={t('layout.navigation')} onClick={(e) => (e.target as Element).closest('a') && onGo()}>
      {hasPage('compose') && (
        <LinkButton to={to.compose(current ? { channel: current } : {})} look="primary" icon="plus">
          {t('nav.compose')}
        </LinkButton>
      )}
      <ul>
        <NavLink address={to.now} page="now">
          {t('nav.now')}
        </NavLink>
        <NavLink address={to.incidents} page="incidents">
          {t('nav.incidents')}
        </NavLink>
        <NavLink address={to.drafts} page="drafts">
          {t('nav.drafts')}
        </NavLink>
        <NavLink address={to.pledges} page="pledges">
          {t('nav.pledges')}
        </NavLink>
        <NavLink address={to.handover} page="handover">
          {t('nav.handover')}
        </NavLink>
        <NavLink address={to.pouches} page="pouch">
          {t('nav.pouches')}
        </NavLink>
        <NavLink address={to.desk} page="desk">
          {t('nav.desk')}
        </NavLink>
        {mayAudit() && (
          <NavLink address={to.audit} page="audit">
            {t('nav.audit')}
          </NavLink>
        )}
      </ul>
      {hasPage('channel') && (channels.data?.channels.length ?? 0) > 0 && (
        <>
          <h2>{t('nav.channels')}</h2>
          <ul>
            {channels.data?.channels.map((channel) => (
              <>
                <NavLink key={channel.id} address={to.channel(channel.id)} page="channel" isChannel>
                  <Name>{channel.title}</Name>
                  {!channel.open && <span class="note">{t('nav.not_open')}</span>}
                </NavLink>
                {current === channel.id && (
                  <li class="sub" key={`${channel.id}-record`}>
                    <ul>
                      <NavLink address={to.record(channel.id)} page="record">
                        {t('nav.record')}
                      </NavLink>
                    </ul>
                  </li>
                )}
              </>
            ))}
          </ul>
        </>
      )}
    </nav>
  );
}

export function Layout({ children }: { children: ComponentChildren }) {
  const desk = useCell(session)?.desk ?? '';
  const { path } = usePlace();
  const [navOpen, setNavOpen] = useState(false);
  useEffect(() => deskTitle.set(desk), [desk]);
  useEffect(() => setNavOpen(false), [path]);
  return (
    <div class={cx('layout', navOpen && 'nav-open')}>
      <a class="skip" href="#main">
        {t('layout.skip')}
      </a>
      <header class="top">
        <Button
          look="quiet"
          icon="menu"
          bare
          class="nav-button"
          aria-expanded={navOpen}
          aria-controls="navigation"
          onClick={() => setNavOpen(!navOpen)}
        >
          {t('layout.navigation')}
        </Button>
        <a href="/" class="brand">
          <Name>{desk}</Name>
        </a>
        <HeadClock />
        <div class="fill" />
        <AlarmLink />
        <Button look="quiet" bare icon="keys" class="help-button" onClick={() => helpShown.set(true)}>
          {t('keys.title')}
        </Button>
        <PersonMenu />
      </header>
      <Navigation onGo={() => setNavOpen(false)} />
      <main id="main" tabIndex={-1}>
        <Connection />
        <SoundBlocked />
        {children}
      </main>
      <Toasts />
      <ShortcutsHelp />
    </div>
  );
}

/** The banner alone: for the wall. */
export { Connection };
