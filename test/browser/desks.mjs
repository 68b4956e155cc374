// SPDX-License-Identifier: Apache-2.0
// Real desks with consoles for browser tests, in a temporary folder and on free loopback ports; TAP; the people of a
// desk. Programs are named by $ALDIS and $ALDISD, the source by $ALDIS_SOURCE. Every daemon is stopped by its own
// process id; nothing waits by the clock but `until`.
import { execFile, spawn } from 'node:child_process';
import { createHmac, randomInt } from 'node:crypto';
import dgram from 'node:dgram';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const SOURCE = path.resolve(process.env.ALDIS_SOURCE ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..'));
const ALDIS = path.resolve(process.env.ALDIS ?? 'build/aldis');
const ALDISD = path.resolve(process.env.ALDISD ?? 'build/aldisd');
delete process.env.ALDIS_DESK; // each call names its desk, or none

/** What its owner has chosen instead of the password that the desk gave. */
export const OWN_PASSWORD = 'a long password of my own';

/** Waits for what another process or the page brings about; gives the value once it is true. */
export async function until(condition, seconds, what) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`gave up after ${seconds} s: ${what}`);
    await wait(25);
  }
}

/** Opens a socket on a port by `open`; gives it, or undefined when the port is taken. */
const opened = (socket, open) =>
  new Promise((resolve) => {
    socket.on('error', () => resolve(undefined));
    open(() => resolve(socket));
  });

/**
 * A TCP port that no other test takes before this process ends, also while nobody listens on it: this process holds
 * UDP's port of the same number, and test/desks.py does alike. It is below those that Linux gives out by itself.
 */
export async function freePort() {
  for (;;) {
    const at = { port: randomInt(16384, 32768), host: '127.0.0.1', address: '127.0.0.1', exclusive: true };
    const udp = dgram.createSocket('udp4');
    const held = await opened(udp, (done) => udp.bind(at, done));
    const tcp = net.createServer();
    const free = held && (await opened(tcp, (done) => tcp.listen(at, done)));
    if (free) {
      await new Promise((resolve) => free.close(resolve));
      held.unref();
      return at.port;
    }
    udp.close();
  }
}

/** Runs `aldis`; a failure shows what it said. Gives { status, stdout, stderr }. */
export function aldis(args, { stdin, may } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(ALDIS, args, { timeout: 120_000, maxBuffer: 1 << 26 }, (fault, stdout, stderr) => {
      const status = fault ? (typeof fault.code === 'number' ? fault.code : -1) : 0;
      if (status === 0 || may) resolve({ status, stdout, stderr });
      else reject(new Error(`aldis ${args.join(' ')}: ${status}: ${stderr.trim() || fault.message}`));
    });
    child.stdin.on('error', () => undefined); // not all of them read it
    child.stdin.end(stdin ?? '');
  });
}

/** RFC 6238, written here once more: not by the code that is tested. `step` counts from now. */
export function totp(secret, at) {
  let bits = '';
  for (const char of secret.replace(/=+$/, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(at));
  const mac = createHmac('sha1', key).update(counter).digest();
  return ((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).toString().padStart(6, '0');
}

/** An operator: name, password of the moment, codes, of which each is used once. */
export class Person {
  constructor(desk, name, fullName, made) {
    Object.assign(this, { desk, name, fullName, password: made.password, secret: made.totp_secret, used: 0 });
  }

  /** A code that was not used yet; the desk takes the next one half a minute early. */
  async code() {
    const now = () => Math.floor(Date.now() / 30_000);
    await until(() => now() + 1 > this.used, 60, 'a fresh code');
    this.used = Math.max(this.used + 1, now());
    return totp(this.secret, this.used);
  }

  /** A session without the log-in page, for tests of other things. Gives the cookie as playwright takes it. */
  async session() {
    const answer = await this.desk.post('/api/session', { name: this.name, password: this.password, code: await this.code() });
    if (answer.status !== 201) throw new Error(`${this.name} could not log in: ${answer.status} ${answer.text}`);
    const [, name, value] = /^([^=]+)=([^;]+)/.exec(answer.headers['set-cookie']?.[0] ?? '') ?? [];
    if (answer.body.must_change) {
      const changed = await this.desk.post('/api/session/password', { password: this.password, new_password: OWN_PASSWORD }, `${name}=${value}`);
      if (changed.status >= 300) throw new Error(`${this.name} could not choose a password: ${changed.text}`);
      this.password = OWN_PASSWORD;
    }
    return { name, value, url: this.desk.url, httpOnly: true, sameSite: 'Strict' };
  }
}

function send(options, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        let read;
        try {
          read = JSON.parse(text);
        } catch {
          // an answer in lines, or none
        }
        resolve({ status: response.statusCode, headers: response.headers, text, body: read });
      });
    });
    request.on('error', reject);
    request.setTimeout(120_000, () => request.destroy(new Error(`no answer to ${options.path}`)));
    request.end(body);
  });
}

/** One desk: its folder, its daemon, its console's door. */
export class Desk {
  static async make(folder, name, language = 'en') {
    const desk = new Desk();
    const short = name.split('.')[0];
    Object.assign(desk, { name, short, folder: path.join(folder, short), people: {} });
    desk.port = await freePort();
    desk.consolePort = await freePort();
    desk.url = `http://127.0.0.1:${desk.consolePort}`;
    const listen = `127.0.0.1:${desk.port}`;
    await aldis(['init', desk.folder, '--name', name, '--listen', listen, '--url', `https://${listen}`, '--language', language,
      '--console', `127.0.0.1:${desk.consolePort}`]);
    desk.logName = path.join(folder, `${name}.log`);
    return desk;
  }

  async listenElsewhere() {
    const conf = path.join(this.folder, 'desk.conf');
    const port = await freePort();
    writeFileSync(conf, readFileSync(conf, 'utf8').replace(`127.0.0.1:${this.port}`, `127.0.0.1:${port}`));
    this.port = port;
  }

  start() {
    const log = openSync(this.logName, 'a');
    this.daemon = spawn(ALDISD, [this.folder], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.ended = new Promise((resolve) => this.daemon.on('exit', resolve));
    return this;
  }

  async ready() {
    await until(async () => (await this.aldis('status', { may: true })).status === 0, 60, `${this.name} answers`);
    return this;
  }

  /** The whole daemon dies at once: its supervisor goes first and takes the rest along. */
  async kill() {
    this.daemon.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    if (this.daemon && this.daemon.exitCode === null && this.daemon.signalCode === null) {
      this.daemon.kill('SIGTERM');
      const end = new AbortController();
      await Promise.race([this.ended, wait(20_000, undefined, { signal: end.signal }).then(() => this.daemon.kill('SIGKILL'), () => undefined)]);
      end.abort();
    }
  }

  /** desk.aldis('list', 'Elections', { may: true }) */
  aldis(...args) {
    const options = typeof args.at(-1) === 'object' ? args.pop() : {};
    return aldis(['-d', this.folder, ...args], options);
  }

  async json(...args) {
    return JSON.parse((await this.aldis(...args, '--json')).stdout);
  }

  /** At the local socket, with all rights. `body`: an object, a list (one message a line), or bytes. */
  async local(method, where, body, headers = {}) {
    const [type, text] = Buffer.isBuffer(body)
      ? ['application/octet-stream', body]
      : Array.isArray(body)
        ? ['application/x-ndjson', body.map((one) => JSON.stringify(one)).join('\n')]
        : ['application/json', body === undefined ? undefined : JSON.stringify(body)];
    const about = text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) };
    return send({ socketPath: path.join(this.folder, 'aldisd.sock'), method, path: where, headers: { host: 'localhost', ...about, ...headers } }, text);
  }

  /** Sends a message for sure, or a list of messages; gives its id, or the first one's. */
  async say(channel, message) {
    const answer = await this.local('POST', `/api/channels/${channel}/messages`, message);
    if (answer.status >= 300) throw new Error(`${this.name} would not send: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.body.id ?? answer.body.first;
  }

  /** Hands a file to the desk; gives what a message names it by. */
  async upload(channel, content) {
    const answer = await this.local('POST', `/api/channels/${channel}/attachments`, Buffer.from(content));
    if (answer.status >= 300) throw new Error(`${this.name} would not take a file: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.body;
  }

  /** At the console's door, as the page itself would. */
  post(where, body, cookie) {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), origin: this.url, ...(cookie ? { cookie } : {}) };
    return send({ host: '127.0.0.1', port: this.consolePort, method: 'POST', path: where, headers }, text);
  }

  async person(name, roles, fullName) {
    const made = await this.json('operator', 'add', name, '--roles', roles, '--full-name', fullName);
    return (this.people[name] = new Person(this, name, fullName, made));
  }
}

/** All trust each other; a charter of `template` is signed and joined by all. Gives the channel's id. */
export async function openChannel(folder, desks, template, title) {
  for (const desk of desks)
    for (const other of desks) if (other !== desk) await desk.aldis('trust', path.join(other.folder, 'card.note'), '--compared');
  const file = (name, text) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const rules = file(`rules-${title.replace(/\W/g, '')}.json`, JSON.stringify(template));
  const members = desks.slice(1).flatMap((desk) => ['--member', path.join(desk.folder, 'card.note')]);
  let text = (await desks[0].aldis('charter', 'draft', '--title', title, ...members, '--template', rules)).stdout;
  for (const desk of desks) text = (await desk.aldis('charter', 'sign', file('charter', text))).stdout;
  for (const desk of desks) await desk.aldis('charter', 'join', file('charter.note', text));
  const status = await desks[0].json('status');
  const { id } = status.channels.find((channel) => channel.title === title);
  for (const desk of desks)
    await until(async () => (await desk.local('GET', `/api/channels/${id}`)).body?.open, 60, `${desk.name} has ${title} open`);
  return id;
}

export const LIMITS = { skew: 'PT2S', body: 262144, attachment: 8388608, attachments: 64, quota: 1073741824 };

/** Counts checks, and ends the test in order even when one raises. */
export class Tap {
  constructor(folder) {
    Object.assign(this, { folder, count: 0, failed: 0, desks: [], last: [] });
  }

  ok(good, what) {
    this.count++;
    if (!good) this.failed++;
    console.log(`${good ? 'ok' : 'not ok'} ${this.count} - ${what.replace(/[\n#]/g, ' ')}`);
    return good;
  }

  note(text) {
    for (const line of String(text).split('\n')) console.log(`# ${line}`);
  }

  /** To be done at the end, the last first. */
  finally(run) {
    this.last.unshift(run);
  }

  /** isAway: nobody reaches it where its card says that it is. */
  async desk(name, language, { isAway = false } = {}) {
    const desk = await Desk.make(this.folder, name, language);
    this.desks.push(desk);
    if (isAway) await desk.listenElsewhere();
    return desk.start();
  }
}

/** Plays a test to its end, whatever happens, and leaves nothing behind. */
export async function play(test) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aldis-'));
  const tap = new Tap(folder);
  // Whoever ends this ends the daemons too.
  process.on('exit', () => tap.desks.forEach((desk) => desk.daemon?.kill('SIGKILL')));
  process.on('SIGTERM', () => process.exit(1));
  const started = Date.now();
  try {
    await test(tap);
  } catch (fault) {
    tap.note(fault?.stack ?? fault);
    tap.ok(false, 'the test went through to its end');
  }
  for (const run of tap.last) {
    try {
      await run(tap);
    } catch (fault) {
      tap.note(fault?.stack ?? fault);
      tap.ok(false, 'the end went in order');
    }
  }
  await Promise.all(tap.desks.map((desk) => desk.stop()));
  if (tap.failed > 0)
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.log')))
      tap.note(`${name}:\n${readFileSync(path.join(folder, name), 'utf8').slice(-3000)}`);
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  tap.note(`${((Date.now() - started) / 1000).toFixed(1)} s`);
  console.log(`1..${tap.count}`);
  process.exitCode = tap.failed > 0 ? 1 : 0;
}
