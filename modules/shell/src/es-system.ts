/** What the school's IT looks after: the state of the server, backups and their drill, long work under way. */
import { html, nothing, type TemplateResult } from 'lit';
import { follow, get, send, type Problem } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { number } from './language.js';
import { moment } from './schema.js';

interface State {
  version: string;
  engine: string;
  status: string;
  remarks: { code: string; text: string; fatal: boolean }[];
  memory_bytes: number;
  database_bytes: number;
  free_bytes: number;
  requests: number;
  problems: number;
  workers: number;
  workers_lost: number;
  history_entries: number;
}
interface Backups {
  scheduled: boolean;
  at: string;
  items: { name: string; bytes: number; kept: string }[];
  last_error: string;
}
interface JobLine {
  id: string;
  kind: string;
  by: string;
  state: string;
  progress: number;
  created_at: string;
}
interface Drill {
  ok: boolean;
  seconds: number;
  rows?: number;
  history?: { ok: boolean; entries: number };
  accounts?: number;
}

const kinds: Record<string, string> = { import: 'загрузка', 'import.headers': 'чтение заголовков', 'import.undo': 'отмена загрузки', backup: 'копия', 'backup.drill': 'проверка копии' };
const states: Record<string, string> = { queued: 'в очереди', running: 'идёт', done: 'готово', failed: 'не удалось', cancelled: 'отменено' };

function size(bytes: number): string {
  if (bytes <= 0) return '—';
  const mega = bytes / (1 << 20);
  return mega >= 1024 ? `${(mega / 1024).toFixed(1).replace('.', ',')} ГБ` : `${mega.toFixed(1).replace('.', ',')} МБ`;
}

export class EsSystem extends PageElement {
  static override properties = {
    state: { state: true },
    backups: { state: true },
    jobs: { state: true },
    drill: { state: true },
    busy: { state: true },
    progress: { state: true },
    problem: { state: true },
  };
  declare state: State | null;
  declare backups: Backups | null;
  declare jobs: JobLine[];
  declare drill: { name: string; result: Drill } | null;
  /** What is under way: "take", or the name of the backup that is tried. */
  declare busy: string;
  declare progress: number;
  declare problem: Problem | null;

  constructor() {
    super();
    this.state = null;
    this.backups = null;
    this.jobs = [];
    this.drill = null;
    this.busy = '';
    this.progress = 0;
    this.problem = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Состояние и копии — Электронная школа';
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      [this.state, this.backups] = await Promise.all([get<State>('system'), get<Backups>('backups')]);
      this.jobs = (await get<{ items: JobLine[] }>('jobs')).items;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async work<T>(what: string, start: () => Promise<{ job: string }>): Promise<T | null> {
    this.busy = what;
    this.progress = 0;
    this.problem = null;
    try {
      return await follow<T>((await start()).job, (done) => (this.progress = done));
    } catch (error) {
      this.problem = problemOf(error);
      return null;
    } finally {
      this.busy = '';
      await this.load();
    }
  }

  private async take(): Promise<void> {
    if (await this.work('take', () => send<{ job: string }>('POST', 'backups', {}))) tell('Копия снята и проверена');
  }

  private async tryOut(name: string): Promise<void> {
    this.drill = null;
    const result = await this.work<Drill>(name, () => send<{ job: string }>('POST', 'backups/drill', { name }));
    if (result) this.drill = { name, result };
  }

  private copies(backups: Backups): TemplateResult {
    if (!backups.scheduled)
      return html`<p class="error">Папка копий не настроена: добавьте в eschool.info раздел backup и перезапустите сервер. Пока копий нет, сбой диска — потеря всего.</p>`;
    return html`<p>Снимается каждый день в ${backups.at}.</p>
      ${backups.last_error ? html`<p class="error">Последняя попытка не удалась: ${backups.last_error}</p>` : nothing}
      <div class="actions"><button ?disabled=${this.busy !== ''} @click=${() => void this.take()}>Снять копию сейчас</button>
        ${this.busy ? html`<span role="status">${this.busy === 'take' ? 'Снимается…' : 'Проверяется…'} <progress .value=${this.progress || null} aria-label="Ход работы"></progress></span>` : nothing}</div>
      ${this.drill
        ? html`<p role="status" class=${this.drill.result.ok ? '' : 'error'}><strong>${this.drill.result.ok ? 'Копия годится' : 'Копия не годится: снимите новую'}</strong> (${this.drill.name}): ${this.drill.result.rows ? `строк ${number(this.drill.result.rows)}, ` : ''}${this.drill.result.history ? `история ${this.drill.result.history.ok ? 'цела' : 'нарушена'}, ` : ''}за ${this.drill.result.seconds.toFixed(1).replace('.', ',')} с</p>`
        : nothing}
      ${backups.items.length
        ? html`<div class="scroll" tabindex="0" role="region" aria-label="Копии"><table>
            <thead><tr><th scope="col">Копия</th><th scope="col">Размер</th><th scope="col">Хранится как</th><th><span class="unseen">Действия</span></th></tr></thead>
            <tbody>${backups.items.map((one) => html`<tr><td data-label="Копия">${one.name}</td><td data-label="Размер">${size(one.bytes)}</td><td data-label="Хранится как">${one.kept}</td><td class="row-actions"><button class="quiet" ?disabled=${this.busy !== ''} aria-label="Проверить восстановление: ${one.name}" @click=${() => void this.tryOut(one.name)}>Проверить восстановление</button></td></tr>`)}</tbody></table></div>`
        : html`<p class="help">Копий ещё нет: снимите первую.</p>`}`;
  }

  override render(): TemplateResult {
    const state = this.state;
    return html`<h1>Состояние и копии</h1>
      ${problemCard(this.problem)}
      ${!state && !this.problem ? skeleton() : nothing}
      ${state
        ? html`<section class="card"><h2>Сервер</h2>
            ${state.remarks.length ? html`<ul>${state.remarks.map((one) => html`<li class=${one.fatal ? 'error' : ''}>${one.text}</li>`)}</ul>` : html`<p>Всё в порядке.</p>`}
            <dl>
              <div><dt>Версия</dt><dd>${state.version}</dd></div>
              <div><dt>База данных</dt><dd>${state.engine}${state.database_bytes ? `, ${size(state.database_bytes)}` : ''}</dd></div>
              <div><dt>Свободно на диске</dt><dd>${size(state.free_bytes)}</dd></div>
              <div><dt>Память программы</dt><dd>${size(state.memory_bytes)}</dd></div>
              <div><dt>Запросов с запуска</dt><dd>${number(state.requests)}, с ошибкой ${number(state.problems)}</dd></div>
              <div><dt>Записей в истории</dt><dd>${number(state.history_entries)}</dd></div>
              ${state.workers_lost ? html`<div><dt>Потерянные обработчики</dt><dd>${state.workers_lost}</dd></div>` : nothing}
            </dl></section>`
        : nothing}
      ${this.backups ? html`<section class="card"><h2>Копии</h2>${this.copies(this.backups)}</section>` : nothing}
      ${this.jobs.length
        ? html`<section class="card"><h2>Работы за сутки</h2><div class="scroll" tabindex="0" role="region" aria-label="Работы"><table>
            <thead><tr><th scope="col">Когда</th><th scope="col">Что</th><th scope="col">Кто</th><th scope="col">Состояние</th></tr></thead>
            <tbody>${this.jobs.map((one) => html`<tr><td data-label="Когда">${moment(one.created_at)}</td><td data-label="Что">${kinds[one.kind] ?? one.kind}</td><td data-label="Кто">${one.by}</td><td data-label="Состояние">${states[one.state] ?? one.state}${one.state === 'running' ? ` ${Math.round(one.progress * 100)} %` : ''}</td></tr>`)}</tbody></table></div></section>`
        : nothing}`;
  }
}
customElements.define('es-system', EsSystem);
