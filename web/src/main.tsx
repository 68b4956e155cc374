// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AlarmKeeper } from './alarm_bar';
import { asProblem, get, type Problem } from './api';
import { useCell } from './cell';
import { connectionLost, connectionWorks, pause } from './connection';
import { firstLanguage, setLanguage, t, useLanguage } from './i18n';
import { Layout } from './layout';
import { startLive } from './live';
import { LoginDialog, LoginPage, PasswordDialog, PasswordPage } from './login';
import { applyTheme } from './prefs';
import { match, type Page as PageType, type PageProps, startRouter, to, usePlace } from './router';
import { routes } from './routes';
import { loggedIn, loggedOut, loginNeeded, mayBeLoggedIn, passwordNeeded, session } from './session';
import { startShortcuts } from './shortcuts';
import type { Session } from './types';
import { Button, Loading, Page } from './ui';
import './style/index.css';

/** The page of an address; its chunk is fetched when it is first wanted. */
const loaded = new Map<string, PageType>();

function Missing() {
  return (
    <Page title={t('page.missing')}>
      <p>
        <a href={to.now}>{t('nav.now')}</a>
      </p>
    </Page>
  );
}

/** A page's code that could not be fetched: the desk was away, or a new version has other files. */
function NotLoaded({ onAgain }: { onAgain: () => void }) {
  return (
    <Page title={t('page.not_loaded')}>
      <p>{t('page.not_loaded.why')}</p>
      <Button look="primary" onClick={onAgain}>
        {t('ui.again')}
      </Button>
    </Page>
  );
}

function Routed() {
  const { path, query } = usePlace();
  const [, draw] = useState(0);
  const [failed, setFailed] = useState<string>();
  let props: PageProps | undefined;
  const route = routes.find(({ pattern }) => {
    const params = match(pattern, path);
    if (params) props = { params, query };
    return params !== undefined;
  });
  useEffect(() => {
    if (!route || loaded.has(route.page) || failed === route.page) return;
    route.load().then(
      (file) => {
        loaded.set(route.page, file.default);
        draw((n) => n + 1);
      },
      () => setFailed(route.page),
    );
  }, [route, failed]);
  if (!route || !props) return <Missing />;
  if (failed === route.page) return <NotLoaded onAgain={() => location.reload()} />;
  const Shown = loaded.get(route.page);
  // The key makes another message another page: nothing of the one before stays.
  return Shown ? <Shown key={path} {...props} /> : <Loading />;
}

function Console() {
  useLanguage();
  const who = useCell(session);
  const needsLogin = useCell(loginNeeded);
  const needsPassword = useCell(passwordNeeded);
  const { path, query } = usePlace();
  const opened = useRef(false);
  if (!who) return <LoginPage />;
  // Before the first password of one's own the desk answers nothing else.
  if (needsPassword && !opened.current) return <PasswordPage />;
  opened.current = true;
  const isWall = path === '/' && query.has('wall');
  return (
    <>
      <AlarmKeeper />
      {isWall ? (
        <Routed />
      ) : (
        <Layout>
          <Routed />
        </Layout>
      )}
      {needsPassword && !needsLogin && <PasswordDialog />}
      {needsLogin && <LoginDialog />}
    </>
  );
}

const words = setLanguage(firstLanguage());

/** Who is logged in on this browser? Asked until the desk answers. */
async function findSession(): Promise<void> {
  if (!mayBeLoggedIn()) return;
  for (let attempt = 0; ; attempt++) {
    try {
      loggedIn(await get<Session>('/api/session', { isLogin: true }));
      return;
    } catch (caught) {
      const problem: Problem = asProblem(caught);
      if (problem.status === 401) return loggedOut();
      connectionLost();
      if (attempt === 0) void drawConsole();
      await pause(attempt);
    }
  }
}

let drawn = false;
async function drawConsole(): Promise<void> {
  if (drawn) return;
  drawn = true;
  await words;
  const root = document.getElementById('app');
  if (root) render(<Console />, root);
}

async function start(): Promise<void> {
  applyTheme();
  startRouter();
  startShortcuts();
  session.follow(() => {
    if (session.value && !session.value.must_change) startLive();
  });
  await findSession();
  connectionWorks();
  await drawConsole();
}
void start();
