// SPDX-License-Identifier: Apache-2.0
// Requests to the desk. Every failure is a Problem with a sentence for the person. A lost connection and an
// ended session are not failures of a page: reading waits and goes on by itself.
import { connectionLost, connectionWorks, pause } from './connection';
import { has, language, t } from './i18n';
import { login, passwordNeeded } from './session';
import { setClock } from './time';
import type { FieldProblem, ProblemDocument } from './types';

/** Status of a Problem that has none: the desk did not answer. */
export const NO_ANSWER = 0;

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: string | undefined = undefined,
    readonly fields: FieldProblem[] = [],
    readonly retryAfter: number | undefined = undefined,
  ) {
    super(detail || title);
  }
  /**
   * What it is in the reader's language, by its code or else its status. The desk's own sentence, which says more, is
   * English: `detail`. Undefined for those who read English, and where the console has no words of its own.
   */
  get own(): string | undefined {
    if (language.value === 'en' || this.code === 'connection-lost' || this.code === 'console') return undefined;
    const key = [this.code, String(this.status)].find((one) => one !== undefined && has(`problem.${one}`));
    return key === undefined ? undefined : t(`problem.${key}`);
  }
  /** As one line: for toasts and fields. */
  get line(): string {
    return this.own === undefined ? this.detail : `${this.own} (${this.detail})`;
  }
  /** Why a field is wrong: `title` finds "body.title" and "message.body.title". */
  why(field: string): string | undefined {
    return this.fields.find((p) => p.field === field || p.field.endsWith(`.${field}`))?.why;
  }
}

const noAnswer = () => new Problem(NO_ANSWER, t('api.no_answer'), t('api.no_answer.detail'), 'connection-lost');

/** What a caught thing says to a person. */
export const asProblem = (caught: unknown): Problem =>
  caught instanceof Problem ? caught : new Problem(500, t('api.broken'), String(caught), 'console');

function problemOf(status: number, text: string, retryAfter: string | null): Problem {
  let document: Partial<ProblemDocument> = {};
  try {
    document = JSON.parse(text) as Partial<ProblemDocument>;
  } catch {
    // not from the desk: a proxy, perhaps
  }
  return new Problem(
    status,
    document.title ?? t('api.status', { status: String(status) }),
    document.detail ?? t('api.status', { status: String(status) }),
    document.code,
    document.fields,
    retryAfter === null ? undefined : Number(retryAfter) || undefined,
  );
}

/** A proxy says with these that the desk behind it is away. */
const isAway = (status: number) => status === 502 || status === 504;

export interface Options {
  signal?: AbortSignal;
  headers?: { [name: string]: string };
  /** Send again until the desk answers: only for what may be sent twice. */
  patient?: boolean;
  /** The login itself: 401 is its answer. */
  isLogin?: boolean;
}

async function request(method: string, path: string, body: BodyInit | undefined, options: Options): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    let response: Response | undefined;
    try {
      response = await fetch(path, {
        method,
        body,
        headers: { accept: 'application/json', ...options.headers },
        signal: options.signal,
        credentials: 'same-origin',
        redirect: 'error',
      });
    } catch (caught) {
      if (options.signal?.aborted) throw caught;
    }
    if (response === undefined || isAway(response.status)) {
      connectionLost();
      if (!options.patient) throw noAnswer();
      await pause(attempt);
      if (options.signal?.aborted) throw noAnswer();
      continue;
    }
    connectionWorks();
    if (response.ok) return response;
    const problem = problemOf(response.status, await response.text(), response.headers.get('retry-after'));
    if (problem.status === 401 && !options.isLogin) {
      // Refused before anything was done: once the same person is back it can be sent again.
      await login().catch(() => Promise.reject(problem));
      continue;
    }
    if (problem.code === 'password-change-required') passwordNeeded.set(true);
    throw problem;
  }
}

async function read<T>(response: Response): Promise<T> {
  let text: string;
  try {
    text = await response.text();
  } catch {
    connectionLost();
    throw noAnswer();
  }
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Problem(500, t('api.broken'), t('api.not_json'), 'console');
  }
}

export async function get<T>(path: string, options: Options = {}): Promise<T> {
  const answer = await read<T>(await request('GET', path, undefined, options));
  const time = (answer as { time?: unknown } | undefined)?.time;
  if (typeof time === 'string' && (path === '/api/now' || path === '/api/status')) setClock(time);
  return answer;
}

/** `body` undefined: none. A string is sent as text/plain, all else as JSON. */
export async function post<T = unknown>(path: string, body?: unknown, options: Options = {}): Promise<T> {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain' : 'application/json';
  const sent = body === undefined ? undefined : isText ? body : JSON.stringify(body);
  const headers = sent === undefined ? options.headers : { 'content-type': type, ...options.headers };
  return read<T>(await request('POST', path, sent, { ...options, headers }));
}

/** A file to keep: what GET answers, under the name the desk gives it or `name`. */
export async function download(path: string, name: string, method: 'GET' | 'POST' = 'GET'): Promise<void> {
  const response = await request(method, path, undefined, { headers: { accept: '*/*' } });
  const given = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  saveFile(await response.blob(), given ?? name);
}

/** Hands a file to the browser's downloads. */
export function saveFile(content: Blob | string, name: string): void {
  const blob = typeof content === 'string' ? new Blob([content], { type: 'text/plain' }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Uploads bytes and tells how far it is, 0 to 1. `signal` gives up. Not sent again by itself. */
export function upload<T>(
  path: string,
  content: Blob,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  const once = () =>
    new Promise<T>((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      const stop = () => xhr.abort();
      signal?.addEventListener('abort', stop);
      xhr.open('POST', path);
      xhr.setRequestHeader('content-type', 'application/octet-stream');
      xhr.setRequestHeader('accept', 'application/json');
      xhr.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      };
      xhr.onerror = () => {
        connectionLost();
        reject(noAnswer());
      };
      xhr.onabort = () => reject(new Problem(NO_ANSWER, t('api.stopped'), t('api.stopped'), 'stopped'));
      xhr.onload = () => {
        if (isAway(xhr.status)) return xhr.onerror?.(new ProgressEvent('error'));
        connectionWorks();
        if (xhr.status >= 200 && xhr.status < 300) {
          try {
            resolve(JSON.parse(xhr.responseText) as T);
          } catch {
            reject(new Problem(500, t('api.broken'), t('api.not_json'), 'console'));
          }
        } else {
          reject(problemOf(xhr.status, xhr.responseText, xhr.getResponseHeader('retry-after')));
        }
      };
      xhr.onloadend = () => signal?.removeEventListener('abort', stop);
      xhr.send(content);
    });
  return once().catch(async (caught: unknown) => {
    if (!(caught instanceof Problem) || caught.status !== 401) throw caught;
    await login().catch(() => Promise.reject(caught));
    return once();
  });
}

// Paths

const part = encodeURIComponent;
export const query = (params: { [name: string]: string | number | boolean | undefined | null }): string => {
  const pairs = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '');
  if (pairs.length === 0) return '';
  return '?' + pairs.map(([name, value]) => `${part(name)}=${part(value === true ? '1' : String(value))}`).join('&');
};
/** "north.example#12" → ["north.example", "12"] */
export const splitId = (id: string): [string, string] => {
  const at = id.lastIndexOf('#');
  return at < 0 ? [id, ''] : [id.slice(0, at), id.slice(at + 1)];
};
export const channelPath = (channel: string) => `/api/channels/${part(channel)}`;
export const messagePath = (channel: string, id: string) => {
  const [desk, index] = splitId(id);
  return `${channelPath(channel)}/messages/${part(desk)}/${part(index)}`;
};
