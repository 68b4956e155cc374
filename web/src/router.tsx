// SPDX-License-Identifier: Apache-2.0
// Addresses of the console. The desk answers index.html for all of them; what they show is decided here.
import type { ComponentChildren, ComponentType, JSX } from 'preact';
import { Cell, useCell } from './cell';

export interface Place {
  path: string;
  query: URLSearchParams;
}
export type Params = { [name: string]: string };
/** What every page gets. */
export interface PageProps {
  params: Params;
  query: URLSearchParams;
}
export type Page = ComponentType<PageProps>;

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });
export const place = new Cell<Place>(here());
export const usePlace = () => useCell(place);

let moved = false;
/** Has anybody gone anywhere since the console was loaded? On the first page the focus belongs to the browser. */
export const hasMoved = () => moved;

/** Goes to an address of the console. `replace`: Back does not return to the present one. */
export function go(to: string, { replace = false } = {}): void {
  if (to === location.pathname + location.search) return;
  moved = true;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  place.set(here());
}

/** Changes the query of the present address, for filters. Undefined and '' take a member away. */
export function setQuery(changes: { [name: string]: string | undefined }): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), { replace: true });
}

export function startRouter(): void {
  addEventListener('popstate', () => {
    moved = true;
    place.set(here());
  });
  // Plain links work: whatever is clicked without a modifier and stays in the console is not loaded anew.
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api') || (link.hash && link.pathname === location.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** "/channels/:channel" on "/channels/ab12" → {channel: "ab12"} */
export function match(pattern: string, path: string): Params | undefined {
  const want = pattern.split('/');
  const got = path.replace(/\/+$/, '').split('/');
  if (got.length === 0) got.push('');
  if (pattern === '/') return path === '/' ? {} : undefined;
  if (want.length !== got.length) return undefined;
  const params: Params = {};
  for (const [i, piece] of want.entries()) {
    const value = got[i] ?? '';
    if (piece.startsWith(':')) {
      if (value === '') return undefined;
      try {
        params[piece.slice(1)] = decodeURIComponent(value);
      } catch {
        return undefined;
      }
    } else if (piece !== value) return undefined;
  }
  return params;
}

/** Where things are. */
export const to = {
  now: '/',
  channel: (channel: string) => `/channels/${encodeURIComponent(channel)}`,
  message: (channel: string, id: string) => {
    const at = id.lastIndexOf('#');
    return `/channels/${encodeURIComponent(channel)}/messages/${encodeURIComponent(id.slice(0, at))}/${id.slice(at + 1)}`;
  },
  compose: (params: { channel?: string; re?: string; kind?: string; draft?: string } = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) if (value !== undefined) query.set(name, value);
    const text = query.toString();
    return text ? `/compose?${text}` : '/compose';
  },
  draft: (id: string) => `/compose?draft=${encodeURIComponent(id)}`,
  drafts: '/drafts',
  pledges: '/pledges',
  incidents: '/incidents',
  incident: (channel: string, id: string) => {
    const at = id.lastIndexOf('#');
    return `/incidents/${encodeURIComponent(channel)}/${encodeURIComponent(id.slice(0, at))}/${id.slice(at + 1)}`;
  },
  record: (channel: string) => `/record/${encodeURIComponent(channel)}`,
  releases: (channel: string) => `/releases/${encodeURIComponent(channel)}`,
  newRelease: (channel: string) => `/releases/${encodeURIComponent(channel)}/new`,
  release: (channel: string, id: string) => {
    const at = id.lastIndexOf('#');
    return `/releases/${encodeURIComponent(channel)}/${encodeURIComponent(id.slice(0, at))}/${id.slice(at + 1)}`;
  },
  pouches: '/pouches',
  pouch: (channel: string, desk: string) => `/pouches/${encodeURIComponent(channel)}/${encodeURIComponent(desk)}/write`,
  handover: '/handover',
  desk: '/desk',
  audit: '/audit',
};

/** A link within the console. */
export function Link({
  to: address,
  children,
  ...rest
}: { to: string; children: ComponentChildren } & Omit<JSX.IntrinsicElements['a'], 'href'>) {
  return (
    <a href={address} {...rest}>
      {children}
    </a>
  );
}
