// A small school and its real server for the tests in a browser. ESCHOOL_BUILD names the build folder.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const build = process.env.ESCHOOL_BUILD ?? join(root, 'build/dev');
export const password = 'Сорок четыре воробья';

/** Who is who in the files of tests/fixtures/excel: each role of the regulation once. */
export const people = {
  administrator: '',
  sysadmin: '',
  operator: '',
  hr: '',
  director: 'Позднякова Эльвира Никитична',
  deputy: 'Бондаренко Евгения Глебовна',
  homeroom_teacher: 'Маслова Вера Геннадьевна',
  teacher: 'Барсукова Елена Вячеславовна',
  student: 'Глушко Роман Артёмович',
  guardian: 'Глушко Екатерина Львовна',
};

export class School {
  constructor() {
    this.data = mkdtempSync(join(tmpdir(), 'eschool-web-'));
    this.run(['school', 'create', '--id', 'test', '--name', 'Проверочный лицей']);
    for (const [registry, file] of [
      ['school.institution', 'Учреждение'],
      ['people.employee', 'Сотрудники'],
      ['people.student', 'Ученики'],
      ['people.guardian', 'Родители'],
    ])
      this.run(['import', registry, join(root, `tests/fixtures/excel/${file}.xlsx`)]);
    for (const [role, person] of Object.entries(people))
      this.run(['user', 'create', '--login', `the-${role}`, '--role', role, '--password-stdin', ...(person ? ['--person', person] : [])], `${password}\n`);
  }

  get config() {
    return join(root, 'etc/eschool.info');
  }

  run(args, input = '') {
    const done = spawnSync(join(build, 'bin/eschool'), [...args, '--config', this.config, '--data', this.data], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  async start() {
    this.server = spawn(join(build, 'bin/eschool'), ['serve', '--config', this.config, '--data', this.data, '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    for await (const part of this.server.stdout) {
      text += part;
      const port = /:(\d+)\n/.exec(text)?.[1];
      if (port) {
        this.url = `http://127.0.0.1:${port}`;
        return;
      }
    }
    throw new Error('the server did not start');
  }

  async token(role) {
    const reply = await fetch(`${this.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login: `the-${role}`, password, token: true }),
    });
    return (await reply.json()).token;
  }

  /** The API as the role, for what a test prepares or looks up beside the page. */
  async api(role) {
    const token = await this.token(role);
    return async (method, path, body, headers = {}) => {
      const answer = await fetch(`${this.url}/api/v1/${path}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    };
  }

  /** Loads a table of text as the administrator; comes back when that is done. */
  async load(registry, lines) {
    const api = await this.api('administrator');
    const started = await fetch(`${this.url}/api/v1/records/${registry}/import`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await this.token('administrator')}`, 'Content-Type': 'application/octet-stream' },
      body: lines.join('\r\n'),
    });
    const { job } = await started.json();
    for (let state = ''; state !== 'done'; ) {
      ({ state } = (await api('GET', `jobs/${job}`)).body);
      if (state === 'failed') throw new Error(`${registry}: the import failed`);
      await new Promise((next) => setTimeout(next, 200));
    }
  }

  async stop() {
    if (this.server) {
      const ended = new Promise((done) => this.server.once('exit', done));
      this.server.kill();
      await ended;
    }
    rmSync(this.data, { recursive: true, force: true });
  }
}
