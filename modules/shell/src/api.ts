/** What the server says, and how it is asked. Knows no element and no page. */

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** application/problem+json of RFC 9457, with the members that the server adds. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail?: string;
  errors?: FieldProblem[];
  current?: Row;
  /** Of a file that is another registry's. */
  suggested?: { registry: string; label: string };
}

/** A record as the server gives it: the members are the registry's fields. */
export interface Row {
  id: number;
  version: number;
  [field: string]: unknown;
}

export interface Reference {
  id: number;
  display: string;
}

export interface Page {
  items: Row[];
  next: string | null;
  total?: number;
}

/** A page that a plugin brings, or its part of another. */
export interface PluginPage {
  plugin: string;
  name: string;
  element: string;
  label: string;
  /** menu, home, or card:<registry> */
  place: string;
  module: string;
}

export interface Session {
  user: { account: number; login: string; person?: number; name?: string };
  roles: { id: string; label: string }[];
  capabilities: string[];
  rights: Record<string, string[]>;
  plugins: string[];
  pages: PluginPage[];
  must_change_password: boolean;
  /** on: the account has one; asked: a role of it asks for one; required: nothing else opens until there is one. */
  second_factor?: { on: boolean; asked: boolean; required: boolean };
  csrf?: string;
}

export interface Job {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  progress: number;
  result: unknown;
  problem: Problem | null;
}

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ? `${problem.title}. ${problem.detail}` : problem.title);
  }
}

/** "/s/school-5" when the address names the school, else "". */
export const base = /^\/s\/[^/]+/.exec(location.pathname)?.[0] ?? '';

let csrf = '';
let signedOut: () => void = () => undefined;

/** What is done when the server no longer knows who asks. */
export function onSignedOut(action: () => void): void {
  signedOut = action;
}

export function remember(session: { csrf?: string }): void {
  csrf = session.csrf ?? csrf;
}

const lost: Problem = {
  status: 0,
  code: 'offline',
  title: 'Нет связи с сервером',
  detail: 'Проверьте сеть и повторите: то, что вы ввели, осталось на странице.',
};

async function problemOf(reply: Response): Promise<Problem> {
  try {
    return (await reply.json()) as Problem;
  } catch {
    return { status: reply.status, code: 'unreadable', title: `Сервер ответил непонятно (${reply.status})` };
  }
}

interface Options {
  headers?: Record<string, string>;
  body?: BodyInit;
  /** A 401 is an answer here, not the end of the session. */
  quiet?: boolean;
}

/** Throws ProblemError for every answer that is not a success, and when there is none. */
export async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { ...options.headers };
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  let reply: Response;
  try {
    reply = await fetch(`${base}/api/v1/${path}`, {
      method,
      headers,
      body: options.body ?? null,
      credentials: 'same-origin',
    });
  } catch {
    throw new ProblemError(lost);
  }
  if (reply.ok) return reply;
  if (reply.status === 401 && !options.quiet) signedOut();
  throw new ProblemError(await problemOf(reply));
}

export async function get<T>(path: string, quiet = false): Promise<T> {
  return (await (await request('GET', path, { quiet })).json()) as T;
}

export async function send<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const reply = await request(method, path, {
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    quiet: path === 'session' && method === 'POST',
  });
  const text = await reply.text();
  return (text ? JSON.parse(text) : {}) as T;
}

/** The key makes a write that is repeated after a lost answer count once. */
export function writeKey(): Record<string, string> {
  return { 'Idempotency-Key': crypto.getRandomValues(new Uint32Array(4)).join('-') };
}

export function query(parameters: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}

/** Asks for the job until it is over. `watch` is told of its progress, 0..1. Throws ProblemError when it failed. */
export async function follow<T>(id: string, watch: (progress: number) => void): Promise<T> {
  for (;;) {
    const job = await get<Job>(`jobs/${id}`);
    watch(job.progress);
    if (job.state === 'done') return job.result as T;
    if (job.state === 'failed') throw new ProblemError(job.problem ?? { status: 500, code: 'internal', title: 'Работа не выполнена' });
    if (job.state === 'cancelled') throw new ProblemError({ status: 409, code: 'cancelled', title: 'Работа отменена' });
    await new Promise((done) => setTimeout(done, 300));
  }
}

/** Has the browser save what the server answers: to GET, or to POST when something is sent. */
export async function download(path: string, fallback: string, body?: unknown): Promise<void> {
  const reply = await (body === undefined ? request('GET', path) : request('POST', path, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }));
  const told = /filename="([^"]+)"/.exec(reply.headers.get('Content-Disposition') ?? '')?.[1];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await reply.blob());
  link.download = told ?? fallback;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
