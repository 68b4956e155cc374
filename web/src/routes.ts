// SPDX-License-Identifier: Apache-2.0
// Which page stands at which address. A page is its own chunk, loaded when it is first opened; one that is not in
// pages/ is not in the router.
import type { Page } from './router';

const files = import.meta.glob<{ default: Page }>(['./pages/*.tsx', './pages/*/index.tsx']);

const table: { pattern: string; page: string }[] = [
  { pattern: '/', page: 'now' },
  { pattern: '/channels/:channel', page: 'channel' },
  { pattern: '/channels/:channel/messages/:desk/:index', page: 'message' },
  { pattern: '/compose', page: 'compose' },
  { pattern: '/drafts', page: 'drafts' },
  { pattern: '/pledges', page: 'pledges' },
  { pattern: '/incidents', page: 'incidents' },
  { pattern: '/incidents/:channel/:desk/:index', page: 'incident' },
  { pattern: '/record/:channel', page: 'record' },
  { pattern: '/releases/:channel', page: 'release' },
  { pattern: '/releases/:channel/:what', page: 'release' },
  { pattern: '/releases/:channel/:desk/:index', page: 'release' },
  { pattern: '/pouches', page: 'pouch' },
  { pattern: '/pouches/:channel/:desk/write', page: 'pouch' },
  { pattern: '/handover', page: 'handover' },
  { pattern: '/desk', page: 'desk' },
  { pattern: '/audit', page: 'audit' },
];

const loader = (page: string) => files[`./pages/${page}.tsx`] ?? files[`./pages/${page}/index.tsx`];

export interface Route {
  pattern: string;
  page: string;
  load: () => Promise<{ default: Page }>;
}
export const routes: Route[] = table.flatMap(({ pattern, page }) => {
  const load = loader(page);
  return load ? [{ pattern, page, load }] : [];
});
export const hasPage = (page: string) => routes.some((route) => route.page === page);
