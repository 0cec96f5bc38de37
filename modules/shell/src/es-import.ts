/** From a school's Excel file to its records: what each column is, what would happen, doing it, taking it back. */
import { html, nothing, type TemplateResult } from 'lit';
import { download, follow, get, query, request, send, type Problem, type Row } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import type { Edit } from './es-field.js';
import { counted } from './language.js';
import { here, href } from './router.js';
import { displayOf, field, isReference, moment, registry, type Field, type Registry } from './schema.js';
import './es-field.js';

interface Column {
  header: string;
  to: string;
  letters: string;
  sample: string;
}
interface Reading {
  /** Whose form the file follows. */
  registry: string;
  sheet: string;
  sheets: string[];
  header_row: number;
  /** `missing`: required, and no column of the file gives it. */
  targets: { to: string; header: string; required: boolean; missing: boolean }[];
  columns: Column[];
  suggested?: Suggested;
}
/** The registry whose file this clearly is, when it was given for another. */
interface Suggested {
  registry: string;
  label: string;
}
interface Remark {
  sheet: string;
  row: number;
  column: string;
  message: string;
  /** Of a row that may be about several people: a person says which, or that it is somebody new. */
  choices?: { id: number; display: string }[];
}
interface Change {
  row: number;
  outcome: string;
  display: string;
  differences: { label: string; before: string; after: string }[];
}
interface Result {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  archived: number;
  applied: boolean;
  errors: Remark[];
  warnings: Remark[];
  changes: Change[];
  passed_over: { row: number; kind: 'heading' | 'total' }[];
  missing?: { id: number; display: string }[];
  missing_left_out?: number;
  suggested?: Suggested;
}
interface Past {
  id: number;
  registry: string;
  file_name: string;
  at: string;
  by: string;
  created: number;
  updated: number;
  rejected: number;
  may_undo: boolean;
  undone_at?: string;
}

const modes: Record<string, string> = {
  merge: 'Добавить новых и обновить известных',
  add: 'Только добавить новых',
  update: 'Только обновить известных',
  synchronise: 'Как в файле: кого в нём нет, убрать в архив',
};

/** As a cell of the file would hold it; a record goes by its number. */
function told(value: unknown): number | string {
  if (isReference(value)) return value.id;
  if (typeof value === 'boolean') return String(value);
  return String(value);
}

export class EsImport extends PageElement {
  static override properties = {
    registries: { state: true },
    chosen: { state: true },
    file: { state: true },
    reading: { state: true },
    told: { state: true },
    decisions: { state: true },
    form: { state: true },
    standing: { state: true },
    extra: { state: true },
    wrong: { state: true },
    unplaced: { state: true },
    mode: { state: true },
    result: { state: true },
    dry: { state: true },
    progress: { state: true },
    problem: { state: true },
    past: { state: true },
    over: { state: true },
  };
  declare registries: { id: string; label: string; rights: { import: boolean } }[];
  declare chosen: string;
  declare file: File | null;
  declare reading: Reading | null;
  declare told: Record<string, string>;
  /** By row: the record it is about; 0 for a new one. */
  declare decisions: Record<string, number>;
  /** The registry whose form the file follows. */
  declare form: Registry | null;
  /** What is the same for all rows and not in the file, by field. */
  declare standing: Record<string, unknown>;
  /** Fields of that kind that the person has asked for, beside those that are needed. */
  declare extra: string[];
  /** What is amiss with those fields, by name. */
  declare wrong: Record<string, string>;
  /** Columns without which the server would refuse the file, once it was asked to look at it. */
  declare unplaced: string[];
  declare mode: string;
  declare result: Result | null;
  declare dry: boolean;
  declare progress: number | null;
  declare problem: Problem | null;
  declare past: Past[] | null;
  declare over: boolean;
  /** How often it was asked for what the columns say since the last answer; 0: nobody waits for one. */
  private asked = 0;

  constructor() {
    super();
    this.registries = [];
    this.chosen = here().query.get('registry') ?? 'people.student';
    this.file = null;
    this.reading = null;
    this.told = {};
    this.decisions = {};
    this.form = null;
    this.standing = {};
    this.extra = [];
    this.wrong = {};
    this.unplaced = [];
    this.mode = 'merge';
    this.result = null;
    this.dry = true;
    this.progress = null;
    this.problem = null;
    this.past = null;
    this.over = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Загрузка из Excel — Электронная школа';
    void this.load();
    void this.into();
    this.watch([], () => void this.load());
  }

  /** Come from a card to load its child rows: they all belong to that record. */
  private async into(): Promise<void> {
    const name = here().query.get('field');
    const record = here().query.get('record');
    if (!name || !record) return;
    try {
      const target = field(await registry(this.chosen), name)?.target;
      if (!target) return;
      const [of, row] = await Promise.all([registry(target), get<Row>(`records/${target}/${record}`)]);
      this.standing = { ...this.standing, [name]: { id: row.id, display: displayOf(of, row) } };
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async load(): Promise<void> {
    try {
      const [schemas, past] = await Promise.all([get<{ items: EsImport['registries'] }>('schemas'), get<{ items: Past[] }>('imports')]);
      this.registries = schemas.items.filter((one) => one.rights.import);
      if (!this.registries.some((one) => one.id === this.chosen)) this.chosen = this.registries[0]?.id ?? '';
      this.past = past.items;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async upload<T>(action: string, parameters: Record<string, string | undefined>): Promise<T> {
    const file = this.file;
    if (!file) throw new Error('no file');
    this.progress = 0;
    this.problem = null;
    try {
      const reply = await request('POST', `records/${this.chosen}/${action}${query(parameters)}`, {
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file,
      });
      const { job } = (await reply.json()) as { job: string };
      return await follow<T>(job, (progress) => (this.progress = progress));
    } finally {
      this.progress = null;
    }
  }

  private headers(): string | undefined {
    return Object.keys(this.told).length ? JSON.stringify(this.told) : undefined;
  }

  private parameters(): Record<string, string | undefined> {
    const set = Object.entries(this.standing).filter(([, value]) => value !== null && value !== undefined && value !== '');
    return { mode: this.mode, headers: this.headers(), set: set.length ? JSON.stringify(Object.fromEntries(set.map(([name, value]) => [name, told(value)]))) : undefined, decisions: Object.keys(this.decisions).length ? JSON.stringify(this.decisions) : undefined };
  }

  private async annotated(): Promise<void> {
    try {
      const { file } = await this.upload<{ file: string }>('import/annotated', this.parameters());
      const bytes = Uint8Array.from(atob(file), (one) => one.charCodeAt(0));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }));
      link.download = `${(this.file?.name ?? 'файл').replace(/\.[^.]*$/, '')} — замечания.xlsx`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private decide(row: number, record: string): void {
    const { [String(row)]: _, ...others } = this.decisions;
    this.decisions = record === '' ? others : { ...others, [String(row)]: Number(record) };
    void this.run(true);
  }

  private async take(file: File | undefined): Promise<void> {
    if (!file) return;
    this.file = file;
    this.result = null;
    this.told = {};
    this.decisions = {};
    this.reading = null;
    this.wrong = {};
    this.unplaced = [];
    await this.understand();
  }

  /** One question at a time, for the server takes few jobs of one person: of what is chosen meanwhile the last counts. */
  private async understand(): Promise<void> {
    this.asked += 1;
    if (this.asked > 1) return;
    let answered = 0;
    while (answered < this.asked) {
      answered = this.asked;
      try {
        const reading = await this.upload<Reading>('import/headers', { headers: this.headers() });
        this.form = await registry(reading.registry);
        this.reading = reading;
      } catch (error) {
        this.problem = problemOf(error);
      }
    }
    this.asked = 0;
  }

  private choose(id: string): void {
    this.chosen = id;
    this.result = null;
    this.problem = null;
    this.told = {};
    this.decisions = {};
    this.standing = {};
    this.extra = [];
    this.wrong = {};
    this.unplaced = [];
    if (this.file) void this.understand();
  }

  /** What the page itself knows to be wanting is marked and shown; the server is asked only when there is nothing. */
  private async ready(): Promise<boolean> {
    const reading = this.reading;
    if (!reading) return false;
    const { shown } = this.unsaid(reading);
    const empty = shown.filter((one) => one.required && [null, undefined, ''].includes(this.standing[one.name] as null));
    this.wrong = Object.fromEntries(empty.map((one) => [one.name, `${one.label}: заполните, в файле этого нет`]));
    this.unplaced = reading.targets.filter((one) => one.missing && !shown.some((other) => other.name === one.to)).map((one) => one.header);
    if (!empty.length && !this.unplaced.length) return true;
    this.result = null;
    this.problem = null;
    await this.updateComplete;
    const first = this.querySelector<PageElement>('es-field.wrong');
    await first?.updateComplete;
    await first?.querySelector<PageElement>('es-reference')?.updateComplete;
    const place = this.querySelector<HTMLElement>('[aria-invalid=true]');
    place?.focus({ preventScroll: true });
    place?.scrollIntoView({ block: 'center' });
    return false;
  }

  private async run(dry: boolean, accept = false): Promise<void> {
    if (!(await this.ready())) return;
    try {
      this.result = await this.upload<Result>('import', {
        dry_run: dry ? '1' : undefined,
        accept: accept ? 'valid' : undefined,
        ...this.parameters(),
        name: this.file?.name,
        to_archive: !dry && this.mode === 'synchronise' ? String((this.result?.missing?.length ?? 0) + (this.result?.missing_left_out ?? 0)) : undefined,
      });
      this.dry = dry;
      if (!dry && this.result.applied) tell('Загружено');
      await this.load();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async undo(id: number): Promise<void> {
    if (!confirm('Отменить всю загрузку? Созданное ею уйдёт в архив, изменённое вернётся, как было.')) return;
    try {
      const { job } = await send<{ job: string }>('DELETE', `imports/${id}`);
      await follow(job, () => undefined);
      tell('Загрузка отменена');
      this.result = null;
      await this.load();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Fields that no column gives: those that must be given, those asked for, and those that may be asked for. */
  private unsaid(reading: Reading): { shown: Field[]; offered: Field[] } {
    const given = new Set(reading.columns.map((one) => one.to));
    const absent = reading.targets.filter((one) => !given.has(one.to)).flatMap((one) => {
      const found = this.form && field(this.form, one.to);
      return found ? [{ ...found, required: one.missing }] : [];
    });
    const isShown = (one: Field): boolean => !!one.required || one.name in this.standing || this.extra.includes(one.name);
    return { shown: absent.filter(isShown), offered: absent.filter((one) => !isShown(one)) };
  }

  private standingFields(reading: Reading): TemplateResult | typeof nothing {
    const { shown, offered } = this.unsaid(reading);
    if (!shown.length && !offered.length) return nothing;
    return html`<h3>Чего в файле нет, а относится ко всем строкам</h3>
      <div class="fields">
        ${shown.map((one) => html`<es-field .field=${one} .value=${this.standing[one.name] ?? null} .fresh=${true} .error=${this.wrong[one.name] ?? ''} class=${this.wrong[one.name] ? 'wrong' : ''} @es-edit=${(event: CustomEvent<Edit>) => {
          const { [one.name]: _, ...others } = this.wrong;
          this.wrong = others;
          this.standing = { ...this.standing, [one.name]: event.detail.value };
          this.result = null;
        }}></es-field>`)}
      </div>
      ${offered.length
        ? html`<label class="choice">Указать ещё <select @change=${(event: Event) => {
            const chosen = event.target as HTMLSelectElement;
            if (chosen.value) this.extra = [...this.extra, chosen.value];
            chosen.value = '';
          }}><option value="">выберите, если нужно</option>${offered.map((one) => html`<option value=${one.name}>${one.label}</option>`)}</select></label>`
        : nothing}`;
  }

  private mapping(reading: Reading): TemplateResult {
    return html`<section class="card section">
      <h2>Что в столбцах</h2>
      <p class="help">Лист «${reading.sheet || 'CSV'}», заголовки в строке ${reading.header_row}. Исправленное запоминается для следующих файлов.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Столбцы файла">
        <table>
          <thead><tr><th scope="col">Столбец файла</th><th scope="col">Куда</th></tr></thead>
          <tbody>
            ${reading.columns.map(
              (one) => html`<tr><th scope="row">${one.header || one.letters}${one.sample ? html`<span class="help"> например: ${one.sample}</span>` : nothing}</th><td data-label="Куда"><select aria-label="Куда загрузить столбец ${one.header}" aria-invalid=${this.unplaced.length && !one.to ? 'true' : nothing} aria-describedby=${this.unplaced.length && !one.to ? 'unplaced' : nothing} @change=${(event: Event) => {
                this.unplaced = [];
                this.told = { ...this.told, [one.header]: (event.target as HTMLSelectElement).value };
                void this.understand();
              }}>
                <option value="" ?selected=${!one.to}>не загружать</option>
                ${reading.targets.map((target) => html`<option value=${target.to} ?selected=${target.to === one.to}>${target.header}${target.required ? ' *' : ''}</option>`)}
              </select></td></tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${this.standingFields(reading)}
      <label class="choice">Как загрузить <select @change=${(event: Event) => (this.mode = (event.target as HTMLSelectElement).value)}>
        ${Object.entries(modes).map(([id, label]) => html`<option value=${id} ?selected=${id === this.mode}>${label}</option>`)}
      </select></label>
      ${this.unplaced.length ? html`<p class="error" id="unplaced" role="alert">Без этого файл не загрузить: ${this.unplaced.map((one) => `«${one}»`).join(', ')}. Укажите в таблице выше, в каком столбце это стоит, или добавьте столбец в файл и выберите его снова.</p>` : nothing}
      ${Object.keys(this.wrong).length ? html`<p class="error" role="alert">Сначала заполните отмеченные поля: они нужны каждой строке. Если в файле они есть, укажите выше, в каком столбце.</p>` : nothing}
      <div class="actions"><button @click=${() => void this.run(true)}>Проверить</button></div>
    </section>`;
  }

  private suggestion(): TemplateResult | typeof nothing {
    const suggested = this.result?.suggested ?? this.problem?.suggested ?? this.reading?.suggested;
    if (!this.file || !suggested || suggested.registry === this.chosen) return nothing;
    return html`<div class="card section" role="status">
      <p>Похоже, это файл для реестра «${suggested.label}»: его столбцы подходят лучше, чем у реестра «${this.registries.find((one) => one.id === this.chosen)?.label ?? this.chosen}».</p>
      <div class="actions"><button @click=${() => this.choose(suggested.registry)}>Загружать в «${suggested.label}»</button></div>
    </div>`;
  }

  private remarks(title: string, remarks: Remark[], kind: string): TemplateResult | typeof nothing {
    if (!remarks.length) return nothing;
    return html`<details ?open=${kind === 'error'}>
      <summary>${title}: ${remarks.length}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${title}>
        <table>
          <thead><tr><th scope="col">Строка</th><th scope="col">Столбец</th><th scope="col">Что не так</th></tr></thead>
          <tbody>${remarks.slice(0, 200).map((one) => html`<tr><td data-label="Строка" class="number">${one.row}</td><td data-label="Столбец">${one.column}</td><td data-label="Что не так">${one.message}
            ${one.choices?.length
              ? html`<label>Это <select @change=${(event: Event) => this.decide(one.row, (event.target as HTMLSelectElement).value)}>
                  <option value="">не решено</option>${one.choices.map((choice) => html`<option value=${choice.id}>${choice.display} (№ ${choice.id})</option>`)}<option value="0">кто-то новый</option></select></label>`
              : nothing}</td></tr>`)}</tbody>
        </table>
      </div>
    </details>`;
  }

  private changes(result: Result): TemplateResult | typeof nothing {
    const changed = result.changes.filter((one) => one.outcome === 'updated');
    if (!changed.length) return nothing;
    return html`<details>
      <summary>Что изменится у известных: ${changed.length}</summary>
      <ul class="plain">
        ${changed.slice(0, 200).map((one) => html`<li><strong>${one.display}</strong> (строка ${one.row}): ${one.differences.map((item, i) => html`${i ? '; ' : ''}${item.label}: ${item.before ? html`<del>${item.before}</del> → ` : nothing}<ins>${item.after || 'пусто'}</ins>`)}</li>`)}
      </ul>
    </details>`;
  }

  private missing(result: Result): TemplateResult | typeof nothing {
    if (!result.missing?.length) return nothing;
    const all = result.missing.length + (result.missing_left_out ?? 0);
    return html`<details open>
      <summary>В файле нет, уйдут в архив: ${all}</summary>
      <ul class="plain">${result.missing.slice(0, 200).map((one) => html`<li>${one.display}</li>`)}</ul>
    </details>`;
  }

  private outcome(result: Result): TemplateResult {
    const problems = result.rejected > 0;
    const headings = result.passed_over.filter((one) => one.kind === 'heading').length;
    const totals = result.passed_over.length - headings;
    const owners = Object.entries(this.standing).flatMap(([name, value]) => (isReference(value) && this.form ? [{ target: field(this.form, name)?.target, value }] : []));
    return html`<section class="card section" aria-labelledby="outcome">
      <h2 id="outcome">${this.dry ? 'Что получится' : result.applied ? 'Загружено' : 'Ничего не изменено'}</h2>
      <dl class="figures">
        <div><dt>Строк</dt><dd>${result.rows}</dd></div>
        <div><dt>Новых</dt><dd>${result.created}</dd></div>
        <div><dt>Изменится</dt><dd>${result.updated}</dd></div>
        <div><dt>Без изменений</dt><dd>${result.unchanged}</dd></div>
        <div><dt>С ошибками</dt><dd>${result.rejected}</dd></div>
      </dl>
      ${headings || totals
        ? html`<p class="help">Кроме того, ${[headings ? counted(headings, 'строка с названием раздела', 'строки с названиями разделов', 'строк с названиями разделов') : '', totals ? counted(totals, 'строка с итогом', 'строки с итогами', 'строк с итогами') : ''].filter(Boolean).join(' и ')}.</p>`
        : nothing}
      ${!this.dry && result.applied ? owners.map((one) => html`<p><a href=${href(`/r/${one.target}/${one.value.id}`)}>Открыть: ${one.value.display}</a></p>`) : nothing}
      ${this.remarks('Ошибки', result.errors, 'error')} ${this.remarks('Замечания', result.warnings, 'warning')} ${this.changes(result)} ${this.missing(result)}
      ${Object.keys(this.decisions).length && this.dry ? html`<p class="help">Решено по строкам: ${Object.keys(this.decisions).join(', ')} <button class="quiet" @click=${() => ((this.decisions = {}), void this.run(true))}>Решить заново</button></p>` : nothing}
      ${this.dry
        ? html`<div class="actions">
            ${problems
              ? html`<button @click=${() => void this.run(false, true)} ?disabled=${result.created + result.updated === 0}>Загрузить строки без ошибок</button>
                  <button class="quiet" @click=${() => void this.annotated()}>Скачать файл с замечаниями</button>
                  <p class="help">Или исправьте файл и выберите его снова: повторная загрузка двойников не создаёт.</p>`
              : html`<button @click=${() => void this.run(false)} ?disabled=${result.created + result.updated + (result.missing?.length ?? 0) === 0}>Загрузить${result.missing?.length ? ' и убрать в архив' : ''}</button>`}
          </div>`
        : nothing}
    </section>`;
  }

  override render(): TemplateResult {
    return html`<h1>Загрузка из Excel</h1>
      <section class="card section">
        <label>Что загружаем <select .value=${this.chosen} @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>${this.registries.map((one) => html`<option value=${one.id} ?selected=${one.id === this.chosen}>${one.label}</option>`)}</select></label>
        <p><button class="quiet" @click=${() => download(`records/${this.chosen}/template`, `${this.chosen}.xlsx`).catch((error: unknown) => (this.problem = problemOf(error)))}>Скачать пустой шаблон</button>
        <span class="help">В нём нужные столбцы, списки значений и лист «Как заполнять». Годится и ваш файл: столбцы узнаются по названиям.</span></p>
        <label class="drop ${this.over ? 'over' : ''}"
          @dragover=${(event: DragEvent) => {
            event.preventDefault();
            this.over = true;
          }}
          @dragleave=${() => (this.over = false)}
          @drop=${(event: DragEvent) => {
            event.preventDefault();
            this.over = false;
            void this.take(event.dataTransfer?.files[0]);
          }}>
          ${this.file ? `Выбран файл «${this.file.name}». Выбрать другой` : 'Перетащите файл сюда или нажмите, чтобы выбрать (.xlsx, .csv)'}
          <input type="file" accept=".xlsx,.csv" @change=${(event: Event) => void this.take((event.target as HTMLInputElement).files?.[0])} />
        </label>
      </section>
      ${problemCard(this.problem)}
      ${this.progress !== null ? html`<label class="card progress">Работаем… <progress max="1" .value=${this.progress}></progress></label>` : nothing}
      ${this.progress === null ? this.suggestion() : nothing}
      ${this.reading && this.progress === null ? this.mapping(this.reading) : nothing}
      ${this.result && this.progress === null ? this.outcome(this.result) : nothing}
      <section class="card section" aria-labelledby="past">
        <h2 id="past">Прежние загрузки</h2>
        ${this.past === null && !this.problem ? skeleton(3) : nothing}
        ${this.past?.length === 0 ? html`<p class="help">Загрузок ещё не было.</p>` : nothing}
        ${this.past?.length
          ? html`<div class="scroll" tabindex="0" role="region" aria-label="Прежние загрузки"><table>
              <thead><tr><th scope="col">Когда</th><th scope="col">Что</th><th scope="col">Файл</th><th scope="col">Кто</th><th scope="col">Новых</th><th scope="col">Изменено</th><th><span class="unseen">Действия</span></th></tr></thead>
              <tbody>
                ${this.past.map(
                  (one) => html`<tr>
                    <td data-label="Когда">${moment(one.at)}</td><td data-label="Что">${this.registries.find((other) => other.id === one.registry)?.label ?? one.registry}</td><td data-label="Файл">${one.file_name}</td><td data-label="Кто">${one.by}</td>
                    <td data-label="Новых" class="number">${one.created}</td><td data-label="Изменено" class="number">${one.updated}</td>
                    <td>${one.undone_at ? html`<span class="help">отменена ${moment(one.undone_at)}</span>` : one.may_undo ? html`<button class="quiet" aria-label="Отменить загрузку ${one.file_name}" @click=${() => void this.undo(one.id)}>Отменить</button>` : nothing}</td>
                  </tr>`,
                )}
              </tbody></table></div>
              <p class="help">${counted(this.past.length, 'загрузка', 'загрузки', 'загрузок')}</p>`
          : nothing}
      </section>`;
  }
}
customElements.define('es-import', EsImport);
