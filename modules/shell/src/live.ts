/**
 * What changes at the server, as it happens: one stream a tab, told to whoever shows something of it. It is open only
 * while the page is looked at: a hidden tab would keep one of the browser's six connections to the server and one of
 * the account's streams. Whoever comes back is told to look anew.
 */
import { base } from './api.js';

export interface Change {
  registry: string;
  id: number;
  version: number;
  action: 'create' | 'update' | 'archive' | 'restore';
}

/** Without input for so long nobody is there: what pages ask by themselves must not keep a session from ending. */
const patience = 15 * 60_000;
const first_delay = 5_000;
const longest_delay = 5 * 60_000;

/** Null: more has changed than is told. */
type Hear = (change: Change | null) => void;
const listeners = new Set<Hear>();
const tellAll: Hear = (change) => listeners.forEach((hear) => hear(change));

/** Asks anew who is signed in; null while nobody is. */
let renew: (() => Promise<void>) | null = null;
let stream: EventSource | null = null;
let missed = false;
let delay = first_delay;
let retry = 0;
let away = 0;

async function lookAnew(): Promise<void> {
  await renew?.();
  tellAll(null);
}

function close(): void {
  stream?.close();
  stream = null;
}

function open(): void {
  if (!renew || stream || retry || document.hidden) return;
  const opened = new EventSource(`${base}/api/v1/events`);
  stream = opened;
  opened.addEventListener('open', () => {
    delay = first_delay;
    if (missed) void lookAnew();
    missed = true; // from here on, whenever it has to be opened once more
  });
  opened.addEventListener('record', (event) => tellAll(JSON.parse((event as MessageEvent<string>).data) as Change));
  opened.addEventListener('reset', () => tellAll(null));
  for (const name of ['rights', 'plugins']) opened.addEventListener(name, () => void lookAnew());
  opened.addEventListener('error', () => {
    if (opened.readyState !== EventSource.CLOSED) return; // cut off: the browser connects anew by itself
    // Refused: the session is over, the account has too many streams, or the server is away.
    close();
    missed = true;
    retry = window.setTimeout(() => {
      retry = 0;
      open();
    }, delay);
    delay = Math.min(2 * delay, longest_delay);
    void renew?.();
  });
}

function seen(): void {
  clearTimeout(away);
  away = window.setTimeout(close, patience);
  open();
}

document.addEventListener('visibilitychange', () => (document.hidden ? close() : seen()));
for (const name of ['pointermove', 'keydown']) document.addEventListener(name, seen, { capture: true, passive: true });

/** Somebody is signed in. `how` asks the server anew who it is and what is open to him; it throws nothing. */
export function connect(how: () => Promise<void>): void {
  if (renew) return;
  renew = how;
  missed = document.hidden; // opened behind another page: it will be looked at later
  seen();
}

export function disconnect(): void {
  renew = null;
  clearTimeout(retry);
  clearTimeout(away);
  retry = 0;
  delay = first_delay;
  close();
}

/**
 * Calls when records of the registries have changed ('*': of any) that the person reads, until what it answers is
 * called: once they have been at rest for `pause` milliseconds, at the latest after five pauses. An empty list means
 * that more has happened than is told: load anew what is shown. An empty list of registries asks for nothing but that.
 */
export function onChange(registries: string | readonly string[], callback: (changes: Change[]) => void, pause = 1_000): () => void {
  const wanted = new Set([registries].flat());
  let changes: Change[] = [];
  let all = false;
  let since = 0;
  let timer = 0;
  const pass = (): void => {
    const told = all ? [] : changes;
    changes = [];
    all = false;
    timer = 0;
    callback(told);
  };
  const hear: Hear = (change) => {
    if (change && !wanted.has(change.registry) && !wanted.has('*')) return;
    if (change) changes.push(change);
    else all = true;
    if (!timer) since = Date.now();
    clearTimeout(timer);
    timer = window.setTimeout(pass, Math.min(pause, since + 5 * pause - Date.now()));
  };
  listeners.add(hear);
  return () => {
    listeners.delete(hear);
    clearTimeout(timer);
  };
}
