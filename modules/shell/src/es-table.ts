/** The list of any registry: search, conditions, order, columns, selection, export. All of it stands in the address. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { download, get, query, type Page, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';
import { conditions, filterOf, said } from './filters.js';
import type { Change } from './live.js';
import { counted } from './language.js';
import { go, href, keepPlace, kept, type Place } from './router.js';
import { day, displayOf, field, registry, shown, type Field, type Registry } from './schema.js';
import './es-bulk.js';
import './es-reference.js';

const page_size = 100;
/** As many rows as the server gives at once, and so as many as are read anew when something changes elsewhere. */
const most_rows = 500;

export class EsTable extends PageElement {
  static override properties = {
    registryId: { attribute: false },
    session: { attribute: false },
    place: { attribute: false },
    school: { attribute: false },
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
    conditionsOpen: { state: true },
    displays: { state: true },
  };
  declare registryId: string;
  declare session: Session;
  declare place: Place;
  /** What the school is called, for paper. */
  declare school: string;
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
  declare conditionsOpen: boolean;
  /** What the records are called that conditions name, by "registry/number". */
  declare displays: Record<string, string>;
  private asked = 0;
  private timer = 0;
  private fading = 0;
  private resting = 0;
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
    this.conditionsOpen = false;
    this.displays = {};
    this.school = '';
    // The form of a bulk change is gone when its undoing is over.
    this.addEventListener('es-undone', (event) => {
      void this.load().then(() => (this.problem = (event as CustomEvent<Problem | null>).detail ?? this.problem));
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('scroll', this.scrolled);
    addEventListener('pointerdown', this.closeOutside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sentinel.disconnect();
    removeEventListener('scroll', this.scrolled);
    removeEventListener('pointerdown', this.closeOutside);
    clearTimeout(this.resting);
  }

  private readonly scrolled = (): void => {
    clearTimeout(this.resting);
    this.resting = window.setTimeout(this.keep, 200);
  };

  private readonly keep = (): void => {
    clearTimeout(this.resting);
    if (this.rows) keepPlace(this.rows.length);
  };

  /** The box itself is asked, not `conditionsOpen`: `toggle` comes a task after the box has opened. */
  private closeConditions(): boolean {
    const box = this.querySelector<HTMLDetailsElement>('.narrow-down');
    if (!box?.open) return false;
    box.open = this.conditionsOpen = false;
    return true;
  }

  private readonly closeOutside = (event: Event): void => {
    if (!event.composedPath().includes(this.querySelector('.narrow-down') as EventTarget)) this.closeConditions();
  };

  private closeOnEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented || !this.closeConditions()) return;
    this.querySelector<HTMLElement>('.narrow-down summary')?.focus();
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
    const { rows = 0, scroll = 0 } = kept();
    const back = this.of?.id !== this.registryId && rows > 0;
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
      void this.meet(of);
      const page = await get<Page>(this.ask(undefined, back ? Math.min(Math.max(rows, page_size), most_rows) : page_size));
      if (turn !== this.asked) return;
      // A registry of one record has no list to look at.
      if (of.singleton && page.items[0]) {
        go(`/r/${of.id}/${page.items[0].id}`, true);
        return;
      }
      this.rows = page.items;
      this.next = page.next;
      this.total = page.total ?? page.items.length;
      if (back) void this.updateComplete.then(() => scrollTo(0, scroll));
    } catch (error) {
      if (turn === this.asked) this.problem = problemOf(error);
    }
  }

  /** What the records are called by which the list is narrowed. */
  private async meet(of: Registry): Promise<void> {
    for (const [name, value] of conditions(this.place.query)) {
      const target = field(of, name)?.target;
      const key = `${target ?? ''}/${value}`;
      if (!target || !/^\d+$/.test(value) || this.displays[key]) continue;
      try {
        const [other, row] = await Promise.all([registry(target), get<Row>(`records/${target}/${value}`)]);
        this.displays = { ...this.displays, [key]: displayOf(other, row) };
      } catch {
        this.displays = { ...this.displays, [key]: `№ ${value}` }; // not this person's to read
      }
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
    go(this.address((place) => (value ? place.set(name, value) : place.delete(name))), true);
  }

  private typed(event: Event): void {
    const text = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.set('q', text), 250) as unknown as number;
  }

  // --- columns

  private get kept(): string {
    const list = this.place.query.get('list');
    return `es-columns:${this.registryId}${list ? `:${list}` : ''}`;
  }

  private columns(of: Registry): Field[] {
    const named = of.views.lists.find((one) => one.id === this.place.query.get('list'))?.list;
    let names = named ?? of.views.list;
    const own = localStorage.getItem(this.kept);
    if (own) names = own.split(',');
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
        const chosen = value ? { id: Number(value), display: this.displays[`${one.target ?? ''}/${value}`] ?? '' } : null;
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

  /** What narrows the list, in words; the name of each is that of its part of the address. */
  private narrowed(of: Registry): { name: string; text: string }[] {
    const found = [...conditions(this.place.query)].flatMap(([name, value]) => {
      const one = field(of, name);
      return one ? [{ name: `f.${name}`, text: said(one, value, this.displays[`${one.target ?? ''}/${value}`]) }] : [];
    });
    const given = this.place.query.get('filter');
    if (given) {
      const empty = field(of, /^\(?(\w+)\s*=\s*null\b/.exec(given)?.[1] ?? '');
      found.push({ name: 'filter', text: empty ? `Не заполнено: ${empty.label}` : 'Записи с замечанием' });
    }
    return found;
  }

  /** The address of this list with other search and conditions, or on another tab. */
  private address(change: (place: URLSearchParams) => void): string {
    const place = new URLSearchParams(this.place.query);
    change(place);
    const text = place.toString();
    return `/r/${this.registryId}${text ? `?${text}` : ''}`;
  }

  private tab(id: string): string {
    return href(this.address((place) => (id ? place.set('list', id) : place.delete('list'))));
  }

  private reset(): void {
    this.conditionsOpen = false;
    go(this.address((place) => [...place.keys()].filter((name) => name.startsWith('f.') || name === 'filter').forEach((name) => place.delete(name))), true);
  }

  // --- selection

  private toggle(id: number, on: boolean): void {
    const wanted = new Set(this.selected);
    if (on) wanted.add(id);
    else wanted.delete(id);
    this.selected = wanted;
  }

  private bulk(of: Registry): TemplateResult | typeof nothing {
    if (!this.selected.size) return nothing;
    const rows = (this.rows ?? []).filter((row) => this.selected.has(row.id));
    return html`<es-bulk .of=${of} .rows=${rows} .columns=${this.columns(of)} @es-changed=${() => void this.load()} @es-cancel=${() => (this.selected = new Set())}></es-bulk>`;
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
        ? html`<details class="pop narrow-down" ?open=${this.conditionsOpen} @keydown=${this.closeOnEscape} @toggle=${(event: Event) => (this.conditionsOpen = (event.target as HTMLDetailsElement).open)}>
            <summary>Условия${active ? ` (${active})` : ''}</summary>
            <div class="conditions">${wanted.map((one) => this.condition(of, one))}
              ${active ? html`<button class="quiet" @click=${this.reset}>Сбросить</button>` : nothing}
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
    const narrowed = this.narrowed(of);
    const tab = of.views.lists.find((one) => one.id === this.place.query.get('list'));
    const words = this.place.query.get('q');
    return html`<p class="paper">${[this.school, tab?.label ?? '', ...(words ? [`Поиск: ${words}`] : []), ...narrowed.map((one) => one.text), day(new Date().toISOString())].filter(Boolean).join('; ')}</p>
      <div class="heading"><h1>${of.label}</h1>
        <p class="count" role="status">${this.rows ? counted(this.total, 'запись', 'записи', 'записей') : ''}</p></div>
      ${of.views.lists.length
        ? html`<ul class="tabs" aria-label="Списки">
            <li><a href=${this.tab('')} aria-current=${this.place.query.get('list') ? nothing : 'page'}>Основной</a></li>
            ${of.views.lists.map((one) => html`<li><a href=${this.tab(one.id)} aria-current=${this.place.query.get('list') === one.id ? 'page' : nothing}>${one.label}</a></li>`)}
          </ul>`
        : nothing}
      ${this.toolbar(of)}
      ${narrowed.length
        ? html`<ul class="chips" aria-label="Условия списка">${narrowed.map((one) => html`<li><button class="quiet" aria-label="Убрать условие «${one.text}»" @click=${() => this.set(one.name, '')}>${one.text} <span aria-hidden="true">×</span></button></li>`)}</ul>`
        : nothing}
      ${problemCard(this.problem, () => void this.load())} ${this.bulk(of)}
      <div class="meanwhile" role="status">${this.stale ? html`<p class="card">Список мог измениться. <button class="quiet" @click=${() => void this.load().then(() => scrollTo(0, 0))}>Обновить</button></p>` : nothing}</div>
      ${this.rows === null
        ? this.problem
          ? nothing
          : skeleton(10)
        : this.rows.length === 0
          ? this.empty(of)
          : html`<div class="scroll" tabindex="0" role="region" aria-label=${of.label} @click=${this.keep}>
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
