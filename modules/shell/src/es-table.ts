/** The list of any registry: search, conditions, order, columns, selection, export. All of it stands in the address. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { download, get, query, send, writeKey, type Page, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import { conditions, filterOf } from './filters.js';
import type { Change } from './live.js';
import { counted } from './language.js';
import { go, href, type Place } from './router.js';
import { displayOf, field, registry, shown, type Field, type Registry } from './schema.js';
import './es-reference.js';

const page_size = 100;
/** As many rows as the server gives at once, and so as many as are read anew when something changes elsewhere. */
const most_rows = 500;

export class EsTable extends PageElement {
  static override properties = {
    registryId: { attribute: false },
    session: { attribute: false },
    place: { attribute: false },
    of: { state: true },
    rows: { state: true },
    next: { state: true },
    total: { state: true },
    problem: { state: true },
    busy: { state: true },
    selected: { state: true },
    fresh: { state: true },
    stale: { state: true },
    columnsOpen: { state: true },
  };
  declare registryId: string;
  declare session: Session;
  declare place: Place;
  declare of: Registry | null;
  declare rows: Row[] | null;
  declare next: string | null;
  declare total: number;
  declare problem: Problem | null;
  declare busy: boolean;
  declare selected: Set<number>;
  /** What has just changed elsewhere. */
  declare fresh: Set<number>;
  /** Too much is shown to be read anew without being asked. */
  declare stale: boolean;
  declare columnsOpen: boolean;
  private asked = 0;
  private timer = 0;
  private fading = 0;
  private readonly sentinel = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) void this.more();
  }, { rootMargin: '600px' });

  constructor() {
    super();
    this.of = null;
    this.rows = null;
    this.next = null;
    this.total = 0;
    this.problem = null;
    this.busy = false;
    this.selected = new Set();
    this.fresh = new Set();
    this.stale = false;
    this.columnsOpen = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sentinel.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('registryId')) this.watch(this.registryId, (changes) => void this.refresh(changes));
    if (changed.has('registryId') || changed.has('place')) void this.load();
  }

  protected override updated(): void {
    this.sentinel.disconnect();
    const end = this.querySelector('.more');
    if (end) this.sentinel.observe(end);
  }

  private ask(after?: string, limit = page_size): string {
    const of = this.of;
    if (!of) return '';
    const names = [...new Set([...this.columns(of).map((one) => one.name), ...[...of.display.matchAll(/\{([^}.]+)/g)].map((found) => found[1] ?? '')])];
    return `records/${of.id}${query({
      filter: filterOf(of, this.place.query),
      q: this.place.query.get('q') ?? '',
      sort: this.place.query.get('sort') ?? '',
      fields: names.filter((name) => field(of, name)).join(','),
      limit,
      after,
      count: after ? undefined : 1,
    })}`;
  }

  private async load(): Promise<void> {
    const turn = ++this.asked;
    this.problem = null;
    this.selected = new Set();
    this.stale = false;
    try {
      if (this.of?.id !== this.registryId) {
        this.rows = null;
        this.of = null;
      }
      const of = await registry(this.registryId);
      if (turn !== this.asked) return;
      this.of = of;
      document.title = `${of.label} — Электронная школа`;
      const page = await get<Page>(this.ask());
      if (turn !== this.asked) return;
      // A registry of one record has no list to look at.
      if (of.singleton && page.items[0]) {
        go(`/r/${of.id}/${page.items[0].id}`, true);
        return;
      }
      this.rows = page.items;
      this.next = page.next;
      this.total = page.total ?? page.items.length;
    } catch (error) {
      if (turn === this.asked) this.problem = problemOf(error);
    }
  }

  /** What changed elsewhere is shown in place: scroll, selection, focus and what is being typed stay. */
  private async refresh(changes: Change[]): Promise<void> {
    const { rows } = this;
    if (!rows) {
      void this.load();
      return;
    }
    const known = new Map(rows.map((row) => [row.id, row]));
    // What was written here is shown already.
    if (changes.length && changes.every((one) => (known.get(one.id)?.version ?? 0) >= one.version)) return;
    if (rows.length > most_rows) {
      this.stale = true;
      return;
    }
    const turn = ++this.asked;
    try {
      this.of = await registry(this.registryId);
      const page = await get<Page>(this.ask(undefined, Math.max(rows.length, page_size)));
      if (turn !== this.asked) return;
      this.rows = page.items;
      this.next = page.next;
      this.total = page.total ?? page.items.length;
      this.selected = new Set(page.items.map((row) => row.id).filter((id) => this.selected.has(id)));
      this.fresh = new Set(page.items.filter((row) => JSON.stringify(row) !== JSON.stringify(known.get(row.id))).map((row) => row.id));
      clearTimeout(this.fading);
      this.fading = window.setTimeout(() => (this.fresh = new Set()), 2_000);
    } catch (error) {
      const problem = problemOf(error);
      if (turn !== this.asked || problem.status === 0 || problem.status >= 500) return; // what is shown stays
      this.of = null; // it is not this person's any more
      this.rows = null;
      this.problem = problem;
    }
  }

  private async more(limit = page_size): Promise<void> {
    if (this.busy || !this.next || !this.rows) return;
    this.busy = true;
    const turn = this.asked;
    try {
      const page = await get<Page>(this.ask(this.next, limit));
      if (turn !== this.asked) return;
      this.rows = [...this.rows, ...page.items];
      this.next = page.next;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** On paper the list is whole, not as far as somebody has scrolled. */
  private async print(): Promise<void> {
    this.problem = null;
    while (this.next && !this.problem) {
      await this.more(most_rows);
      await new Promise((done) => setTimeout(done)); // drawn; and what scrolling has asked for comes first
    }
    if (!this.problem) print();
  }

  /** Changes the address and with it the list. */
  private set(name: string, value: string): void {
    const place = new URLSearchParams(this.place.query);
    if (value) place.set(name, value);
    else place.delete(name);
    const text = place.toString();
    go(`/r/${this.registryId}${text ? `?${text}` : ''}`, true);
  }

  private typed(event: Event): void {
    const text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.set('q', text), 250) as unknown as number;
  }

  // --- columns

  private get kept(): string {
    return `es-columns:${this.registryId}`;
  }

  private columns(of: Registry): Field[] {
    const named = of.views.lists.find((one) => one.id === this.place.query.get('list'))?.list;
    let names = named ?? of.views.list;
    const own = localStorage.getItem(this.kept);
    if (own && !named) names = own.split(',');
    const found = names.map((name) => field(of, name)).filter((one): one is Field => !!one && one.type !== 'children');
    return found.length ? found : of.fields.filter((one) => one.type !== 'children').slice(0, 5);
  }

  private chooseColumn(of: Registry, name: string, on: boolean): void {
    const now = this.columns(of).map((one) => one.name);
    const wanted = on ? [...now, name] : now.filter((one) => one !== name);
    if (wanted.length === 0) return;
    localStorage.setItem(this.kept, wanted.join(','));
    void this.load();
  }

  private resetColumns(): void {
    localStorage.removeItem(this.kept);
    void this.load();
  }

  // --- order

  private sorted(name: string): 'ascending' | 'descending' | 'none' {
    const first = (this.place.query.get('sort') ?? this.of?.views.sort ?? '').split(',')[0];
    return first === name ? 'ascending' : first === `-${name}` ? 'descending' : 'none';
  }

  private sortBy(name: string): void {
    this.set('sort', this.sorted(name) === 'ascending' ? `-${name}` : name);
  }

  // --- conditions

  private condition(of: Registry, one: Field): TemplateResult {
    const value = conditions(this.place.query).get(one.name) ?? '';
    const name = `f.${one.name}`;
    const choose = (event: Event): void => this.set(name, (event.target as HTMLSelectElement).value);
    switch (one.type) {
      case 'enum':
        return html`<label>${one.label}
          <select @change=${choose}>
            <option value="">все</option>
            ${one.values?.map((item) => html`<option value=${item.id} ?selected=${item.id === value}>${item.label}</option>`)}
            <option value="-" ?selected=${value === '-'}>не указано</option>
          </select></label>`;
      case 'bool':
        return html`<label>${one.label}
          <select @change=${choose}>
            <option value="">все</option>
            <option value="yes" ?selected=${value === 'yes'}>да</option>
            <option value="no" ?selected=${value === 'no'}>нет</option>
          </select></label>`;
      case 'ref': {
        const id = `filter-${of.id}-${one.name}`;
        const row = this.rows?.[0]?.[one.name] as { id: number; display: string } | null | undefined;
        const chosen = value && row && String(row.id) === value ? row : value ? { id: Number(value), display: `№ ${value}` } : null;
        return html`<div class="labelled"><label for=${id}>${one.label}</label>
          <es-reference .inputId=${id} .target=${one.target ?? ''} .value=${chosen} @es-choose=${(event: CustomEvent<{ id: number } | null>) => this.set(name, event.detail ? String(event.detail.id) : '')}></es-reference></div>`;
      }
      case 'date': {
        const [from = '', to = ''] = value.split('..');
        const range = (event: Event): void => {
          const box = (event.target as HTMLElement).closest('fieldset');
          const [a, b] = [...(box?.querySelectorAll('input') ?? [])].map((input) => input.value);
          this.set(name, a || b ? `${a ?? ''}..${b ?? ''}` : '');
        };
        return html`<fieldset><legend>${one.label}</legend>
          <input type="date" aria-label="${one.label}: с" .value=${from} @change=${range} /> –
          <input type="date" aria-label="${one.label}: по" .value=${to} @change=${range} /></fieldset>`;
      }
      default:
        return html`<label>${one.label} <input .value=${value} @change=${choose} /></label>`;
    }
  }

  // --- selection

  private toggle(id: number, on: boolean): void {
    const wanted = new Set(this.selected);
    if (on) wanted.add(id);
    else wanted.delete(id);
    this.selected = wanted;
  }

  private async changeSelected(of: Registry, event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = String(new FormData(form).get('field'));
    const one = field(of, name);
    if (!one) return;
    const raw = String(new FormData(form).get('value') ?? '').trim();
    const chosen = form.querySelector<HTMLElement & { value: { id: number } | null }>('es-reference');
    const value = one.type === 'ref' ? (chosen?.value?.id ?? null) : raw === '' ? null : one.type === 'bool' ? raw === 'yes' : one.type === 'int' || one.type === 'decimal' ? Number(raw.replace(',', '.')) : raw;
    const rows = (this.rows ?? []).filter((row) => this.selected.has(row.id));
    const before = rows.map((row) => ({ id: row.id, value: row[name] }));
    const batch = (of_rows: { id: number; version?: number; value: unknown }[]) => ({
      operations: of_rows.map((row) => ({ op: 'update', registry: of.id, id: row.id, ...(row.version ? { version: row.version } : {}), values: { [name]: row.value } })),
    });
    try {
      await send('POST', 'batch', batch(rows.map((row) => ({ id: row.id, version: row.version, value }))), writeKey());
      tell(`Изменено: ${counted(rows.length, 'запись', 'записи', 'записей')}`, {
        label: 'Отменить',
        run: () => {
          const back = before.map((row) => ({ id: row.id, value: typeof row.value === 'object' && row.value !== null ? (row.value as { id: number }).id : row.value }));
          send('POST', 'batch', batch(back), writeKey()).then(
            () => {
              tell('Возвращено, как было');
              void this.load();
            },
            (error: unknown) => (this.problem = problemOf(error)),
          );
        },
      });
      void this.load();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private bulkField = '';

  private bulk(of: Registry): TemplateResult | typeof nothing {
    if (!this.selected.size) return nothing;
    const fields = this.columns(of).filter((one) => !one.readonly && !one.once && ['text', 'enum', 'bool', 'date', 'int', 'decimal', 'ref'].includes(one.type));
    const one = fields.find((item) => item.name === this.bulkField) ?? fields[0];
    if (!of.rights.update || !one) return html`<p class="bulk">${counted(this.selected.size, 'строка выбрана', 'строки выбраны', 'строк выбрано')}</p>`;
    return html`<form class="card bulk" @submit=${(event: SubmitEvent) => void this.changeSelected(of, event)}>
      <strong>${counted(this.selected.size, 'строка', 'строки', 'строк')}:</strong>
      <label>Поле <select name="field" @change=${(event: Event) => {
        this.bulkField = (event.target as HTMLSelectElement).value;
        this.requestUpdate();
      }}>${fields.map((item) => html`<option value=${item.name} ?selected=${item === one}>${item.label}</option>`)}</select></label>
      ${one.type === 'enum'
        ? html`<label>Значение <select name="value"><option value="">не указано</option>${one.values?.map((item) => html`<option value=${item.id}>${item.label}</option>`)}</select></label>`
        : one.type === 'bool'
          ? html`<label>Значение <select name="value"><option value="yes">да</option><option value="no">нет</option></select></label>`
          : one.type === 'ref'
            ? html`<div class="labelled"><label for="bulk-value">Значение</label><es-reference .inputId=${'bulk-value'} .target=${one.target ?? ''}></es-reference></div>`
            : html`<label>Значение <input name="value" type=${one.type === 'date' ? 'date' : 'text'} /></label>`}
      <button>Изменить у выбранных</button>
      <button type="button" class="quiet" @click=${() => (this.selected = new Set())}>Снять выбор</button>
    </form>`;
  }

  private export(format: string): void {
    if (!this.of) return;
    download(`records/${this.of.id}/export${query({ format, filter: filterOf(this.of, this.place.query), q: this.place.query.get('q') ?? '', sort: this.place.query.get('sort') ?? '' })}`, `${this.of.id}.${format}`).catch(
      (error: unknown) => (this.problem = problemOf(error)),
    );
  }

  private toolbar(of: Registry): TemplateResult {
    const chosen = this.columns(of);
    const wanted = of.views.filters.map((name) => field(of, name)).filter((one): one is Field => !!one);
    const active = conditions(this.place.query).size;
    return html`<div class="toolbar">
      <input type="search" aria-label="Искать в списке" placeholder="Искать" .value=${this.place.query.get('q') ?? ''} @input=${this.typed} />
      ${wanted.length
        ? html`<details class="pop" ?open=${active > 0}>
            <summary>Условия${active ? ` (${active})` : ''}</summary>
            <div class="conditions">${wanted.map((one) => this.condition(of, one))}
              ${active ? html`<button class="quiet" @click=${() => go(`/r/${of.id}`, true)}>Сбросить</button>` : nothing}
            </div>
          </details>`
        : nothing}
      <details class="pop" ?open=${this.columnsOpen} @toggle=${(event: Event) => (this.columnsOpen = (event.target as HTMLDetailsElement).open)}>
        <summary>Столбцы</summary>
        <fieldset class="card choices"><legend>Столбцы списка</legend>
          ${of.fields
            .filter((one) => one.type !== 'children' && one.type !== 'json')
            .map(
              (one) => html`<label class="check"><input type="checkbox" .checked=${chosen.includes(one)} @change=${(event: Event) => this.chooseColumn(of, one.name, (event.target as HTMLInputElement).checked)} /> ${one.label}</label>`,
            )}
          <button class="quiet" @click=${this.resetColumns}>Как было</button>
        </fieldset>
      </details>
      <span class="spring"></span>
      ${this.session.capabilities.includes('export')
        ? html`<button class="quiet" @click=${() => this.export('xlsx')}>В Excel</button>
            <button class="quiet" @click=${() => this.export('csv')}>В CSV</button>`
        : nothing}
      <button class="quiet" @click=${() => void this.print()}>Печать</button>
      ${of.rights.create ? html`<a class="button" href=${href(`/r/${of.id}/new`)}>Добавить</a>` : nothing}
    </div>`;
  }

  private empty(of: Registry): TemplateResult {
    const narrowed = this.place.query.toString() !== '';
    return html`<div class="card empty">
      ${narrowed
        ? html`<p>По этим условиям ничего не нашлось.</p><a href=${href(`/r/${of.id}`)}>Показать всё</a>`
        : html`<p>Здесь пока пусто.</p>
            ${of.rights.create
              ? html`<p><a class="button" href=${href(`/r/${of.id}/new`)}>Добавить запись</a></p>
                  ${of.rights.import ? html`<p>или <a href=${href(`/import?registry=${of.id}`)}>загрузите из Excel</a>: пустой шаблон там же.</p>` : nothing}`
              : html`<p>Заполняет эти сведения другой сотрудник.</p>`}`}
    </div>`;
  }

  override render(): TemplateResult {
    const of = this.of;
    if (!of) return this.problem ? html`<h1>Список недоступен</h1>${problemCard(this.problem, () => void this.load())}` : skeleton();
    const columns = this.columns(of);
    return html`<div class="heading"><h1>${of.label}</h1>
        <p class="count" role="status">${this.rows ? counted(this.total, 'запись', 'записи', 'записей') : ''}</p></div>
      ${of.views.lists.length
        ? html`<ul class="tabs" aria-label="Списки">
            <li><a href=${href(`/r/${of.id}`)} aria-current=${this.place.query.get('list') ? nothing : 'page'}>Основной</a></li>
            ${of.views.lists.map((one) => html`<li><a href=${href(`/r/${of.id}?list=${one.id}`)} aria-current=${this.place.query.get('list') === one.id ? 'page' : nothing}>${one.label}</a></li>`)}
          </ul>`
        : nothing}
      ${this.toolbar(of)} ${problemCard(this.problem, () => void this.load())} ${this.bulk(of)}
      <div class="meanwhile" role="status">${this.stale ? html`<p class="card">Список мог измениться. <button class="quiet" @click=${() => void this.load().then(() => scrollTo(0, 0))}>Обновить</button></p>` : nothing}</div>
      ${this.rows === null
        ? this.problem
          ? nothing
          : skeleton(10)
        : this.rows.length === 0
          ? this.empty(of)
          : html`<div class="scroll" tabindex="0" role="region" aria-label=${of.label}>
                <table class="list">
                  <thead>
                    <tr>
                      ${of.rights.update
                        ? html`<th class="pick"><input type="checkbox" aria-label="Выбрать все показанные" .checked=${this.selected.size === this.rows.length} @change=${(event: Event) => (this.selected = new Set((event.target as HTMLInputElement).checked ? this.rows?.map((row) => row.id) : []))} /></th>`
                        : nothing}
                      ${columns.map(
                        (one) => html`<th scope="col" aria-sort=${this.sorted(one.name)}>
                          <button class="sort" @click=${() => this.sortBy(one.name)}>${one.label}<span aria-hidden="true">${{ ascending: ' ▲', descending: ' ▼', none: '' }[this.sorted(one.name)]}</span></button>
                        </th>`,
                      )}
                    </tr>
                  </thead>
                  <tbody>
                    ${repeat(
                      this.rows,
                      (row) => row.id,
                      (row) => html`<tr class="${this.selected.has(row.id) ? 'selected' : ''} ${this.fresh.has(row.id) ? 'fresh' : ''}">
                        ${of.rights.update
                          ? html`<td class="pick"><input type="checkbox" aria-label="Выбрать: ${displayOf(of, row)}" .checked=${this.selected.has(row.id)} @change=${(event: Event) => this.toggle(row.id, (event.target as HTMLInputElement).checked)} /></td>`
                          : nothing}
                        ${columns.map(
                          (one, i) => html`<td data-label=${one.label} class=${one.type === 'int' || one.type === 'decimal' ? 'number' : ''}>
                            ${i === 0 ? html`<a href=${href(`/r/${of.id}/${row.id}`)}>${shown(one, row[one.name]) || displayOf(of, row)}</a>` : shown(one, row[one.name])}
                          </td>`,
                        )}
                      </tr>`,
                    )}
                  </tbody>
                </table>
              </div>
              ${this.next ? html`<p class="more"><button class="quiet" @click=${() => void this.more()}>Показать ещё</button></p>` : nothing}`}`;
  }
}
customElements.define('es-table', EsTable);
