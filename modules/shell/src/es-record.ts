/** The card of one record of any registry: its sections, its child rows in place, its history; changing and undoing. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, query, send, writeKey, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton, tell } from './element.js';
import type { Change } from './live.js';
import { go, href, kept, type Place } from './router.js';
import { displayOf, facetBy, field, isReference, moment, registry, shown, type Field, type Registry } from './schema.js';
import type { EsForm, Saved } from './es-form.js';
import { linked } from './value.js';
import './es-chart.js';
import type { RowRights } from './es-children.js';
import './es-children.js';
import './es-form.js';
import './es-history.js';
import './es-related.js';

/** Print forms and figures that plugins give for a card, by registry. */
const links: Record<string, { label: string; path: (id: number) => string }[]> = {
  'people.employee': [
    { label: 'Форма Т-2', path: (id) => `people/employees/${id}/t2` },
    { label: 'Т-2 в Excel', path: (id) => `people/employees/${id}/t2.xlsx` },
  ],
};

/** What is worth seeing as a picture on a card, by registry; drawn when it is opened. */
const charts: Record<string, { registry: string; by: string; label: string; filter: (id: number) => string }[]> = {
  'people.student': [
    { registry: 'people.achievement', by: 'received_on:year', label: 'Достижения по годам', filter: (id) => `student = ${id}` },
    { registry: 'people.achievement', by: 'level', label: 'Достижения по уровням', filter: (id) => `student = ${id}` },
    { registry: 'people.achievement', by: 'kind', label: 'Достижения по видам', filter: (id) => `student = ${id}` },
  ],
  'school.class': [
    { registry: 'people.student', by: 'sex', label: 'Мальчики и девочки', filter: (id) => `class = ${id}` },
    { registry: 'people.student', by: 'birth_date:year', label: 'Год рождения', filter: (id) => `class = ${id}` },
    { registry: 'people.student', by: 'health_group', label: 'Группы здоровья', filter: (id) => `class = ${id}` },
    { registry: 'people.achievement', by: 'level', label: 'Достижения по уровням', filter: (id) => `student.class = ${id}` },
  ],
  'school.institution': [
    { registry: 'people.student', by: 'class.grade', label: 'Ученики по параллелям', filter: () => '' },
    { registry: 'people.student', by: 'sex', label: 'Мальчики и девочки', filter: () => '' },
    { registry: 'people.employee', by: 'category', label: 'Сотрудники по категориям', filter: () => '' },
    { registry: 'people.employee', by: 'education', label: 'Сотрудники по образованию', filter: () => '' },
    { registry: 'people.achievement', by: 'received_on:year', label: 'Достижения по годам', filter: () => '' },
  ],
};

/** Of one record, narrower than what the registry's rights allow at most. */
interface RecordRights {
  update: boolean;
  archive: boolean;
  /** Of child rows, by field. */
  children: Record<string, RowRights>;
}

export class EsRecord extends PageElement {
  static override properties = {
    registryId: { attribute: false },
    recordId: { attribute: false },
    session: { attribute: false },
    place: { attribute: false },
    of: { state: true },
    row: { state: true },
    problem: { state: true },
    rights: { state: true },
    editing: { state: true },
    note: { state: true },
    historyOpen: { state: true },
    chartsOpen: { state: true },
    others: { state: true },
    why: { state: true },
  };
  declare registryId: string;
  declare recordId: number;
  declare session: Session;
  declare place: Place;
  declare of: Registry | null;
  declare row: Row | null;
  declare problem: Problem | null;
  /** What may be done with this record and the rows below it; null while that is not known. */
  declare rights: RecordRights | null;
  declare editing: boolean;
  /** What happened to it elsewhere. */
  declare note: string;
  declare historyOpen: boolean;
  declare chartsOpen: boolean;
  /** The same person elsewhere: as a pupil, an employee, a parent. */
  declare others: { label: string; path: string }[];
  declare why: { verdict: string; reasons: { role: string; relation: string; holds: boolean }[] } | null;

  constructor() {
    super();
    this.of = null;
    this.row = null;
    this.rights = null;
    this.problem = null;
    this.editing = false;
    this.note = '';
    this.historyOpen = false;
    this.chartsOpen = false;
    this.others = [];
    this.why = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('registryId') && !changed.has('recordId')) return;
    this.of = null;
    this.row = null;
    this.rights = null;
    this.editing = false;
    this.note = '';
    this.historyOpen = false;
    this.others = [];
    this.why = null;
    void this.load();
  }

  private async load(): Promise<void> {
    const asked = `${this.registryId}/${this.recordId}`;
    this.problem = null;
    try {
      const of = await registry(this.registryId);
      const address = `records/${of.id}/${this.recordId}`;
      const [row, rights] = this.recordId ? await Promise.all([get<Row>(address), get<RecordRights>(`${address}/rights`)]) : [null, null];
      if (asked !== `${this.registryId}/${this.recordId}`) return;
      this.of = of;
      this.row = row;
      this.rights = rights;
      this.note = '';
      this.watch([of.id, ...of.fields.flatMap((one) => (one.type === 'children' && one.target ? [one.target] : []))], (changes) => void this.refresh(changes));
      if (row) void this.meet(of, row);
      if (this.session.pages.some((one) => one.place === `card:${of.id}`)) void import('./es-plugin-page.js');
      document.title = `${row ? displayOf(of, row) : `${of.label_one}: новая запись`} — Электронная школа`;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Somebody changed the record, or one of its child rows: it is shown, except where something is being typed. */
  private async refresh(changes: Change[]): Promise<void> {
    const { registryId, recordId, row } = this;
    if (!row) {
      if (this.problem) void this.load();
      return;
    }
    if (changes.length && !changes.some((one) => one.registry !== registryId || (one.id === recordId && one.version > row.version))) return;
    const form = this.editing ? this.querySelector<EsForm>('es-record > es-form') : null;
    try {
      const address = `records/${registryId}/${recordId}`;
      const [of, now, rights] = await Promise.all([registry(registryId), get<Row>(address), get<RecordRights>(`${address}/rights`)]);
      if (this.row !== row) return;
      this.of = of;
      this.rights = rights;
      if (JSON.stringify(now) === JSON.stringify(row)) return;
      this.row = now;
      if (form?.dirty) return; // it says so itself
      if (now.archived) this.editing = false;
      const note = now.archived ? 'Запись убрали в архив' : now.version === row.version ? 'Карточка обновлена' : await this.whoChanged(now);
      if (this.row === now) this.note = note;
    } catch (error) {
      const problem = problemOf(error);
      if (this.row !== row || problem.status === 0 || problem.status >= 500) return; // what is shown stays
      this.problem = problem;
      if (!form?.dirty) this.row = null;
    }
  }

  private async whoChanged(row: Row): Promise<string> {
    if (!this.session.capabilities.includes('history')) return 'Карточка обновлена';
    try {
      const [last] = (await get<{ items: { by: string; by_name: string; at: string }[] }>(`records/${this.registryId}/${row.id}/history`)).items;
      return last ? `Обновлено: ${last.by_name || last.by}, ${moment(last.at)}` : 'Карточка обновлена';
    } catch {
      return 'Карточка обновлена';
    }
  }

  /** Whatever the person is in this school, for the heading of each of the cards. */
  private async meet(of: Registry, row: Row): Promise<void> {
    const base = of.facet_of ?? of.id;
    const by = facetBy(of);
    const whose = by ? row[by.name] : row.id;
    const id = isReference(whose) ? whose.id : typeof whose === 'number' ? whose : 0;
    try {
      const { items } = await get<{ items: { id: string; label_one: string; facet_of?: string; facet_by?: string }[] }>('schemas');
      const facets = items.filter((one) => one.facet_of === base && one.id !== of.id);
      const found = await Promise.all(
        facets.map(async (one) => {
          const page = await get<{ items: Row[] }>(`records/${one.id}${query({ filter: `${one.facet_by ?? ''} = ${id}`, fields: 'id', limit: 1 })}`);
          return page.items.map((item) => ({ label: one.label_one, path: `/r/${one.id}/${item.id}` }));
        }),
      );
      if (of.facet_of && items.some((one) => one.id === base)) found.push([{ label: 'Персона', path: `/r/${base}/${id}` }]);
      if (this.row?.id === row.id && this.of?.id === of.id) this.others = found.flat();
    } catch {
      this.others = []; // the card stands without
    }
  }

  private async askWhy(): Promise<void> {
    try {
      this.why = await get(`explain${query({ registry: this.registryId, id: this.recordId })}`);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private saved(event: CustomEvent<Saved>): void {
    const { row, before } = event.detail;
    if (!this.of) return;
    this.editing = false;
    if (!before) {
      tell('Запись создана');
      go(`/r/${this.of.id}/${row.id}`, true);
      return;
    }
    void this.load();
    tell('Сохранено', { label: 'Отменить', run: () => void this.undo(row, before) });
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.heading button')?.focus());
  }

  private async undo(row: Row, before: Record<string, unknown>): Promise<void> {
    try {
      await send('PATCH', `records/${this.of?.id ?? ''}/${row.id}`, before, { ...writeKey(), 'If-Match': String(row.version) });
      tell('Возвращено, как было');
      await this.load();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async archive(of: Registry, row: Row): Promise<void> {
    if (!confirm(`Убрать в архив: ${displayOf(of, row)}? Из списков запись исчезнет, история останется.`)) return;
    try {
      await send('DELETE', `records/${of.id}/${row.id}`, undefined, { 'If-Match': String(row.version) });
      tell('Убрано в архив');
      go(`/r/${of.id}`, true);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private value(one: Field, row: Row): TemplateResult | string {
    const value = row[one.name];
    if (one.type === 'file' && value)
      return html`<a href=${href(`/api/v1/records/${this.registryId}/${row.id}/files/${one.name}`)} download>Скачать файл</a>`;
    return linked(this.session, one, value);
  }

  /** Whose the child rows are: of a facet's inherited ones, the base's record. */
  private owner(of: Registry, one: Field, row: Row): number {
    const by = one.inherited ? facetBy(of) : undefined;
    const base = by ? row[by.name] : undefined;
    return isReference(base) ? base.id : row.id;
  }

  /** The person whose card this is, if it is one's. */
  private person(of: Registry, row: Row): number {
    if (of.id === 'people.person') return row.id;
    const by = of.facet_of === 'people.person' ? facetBy(of) : undefined;
    const base = by ? row[by.name] : undefined;
    return isReference(base) ? base.id : 0;
  }

  private charts(of: Registry, row: Row): TemplateResult | typeof nothing {
    const wanted = (charts[of.id] ?? []).filter((one) => this.session.rights[one.registry]?.includes('read'));
    if (!wanted.length) return nothing;
    return html`<details class="card charts" ?open=${this.chartsOpen} @toggle=${(event: Event) => (this.chartsOpen = (event.target as HTMLDetailsElement).open)}>
      <summary>Диаграммы</summary>
      ${this.chartsOpen ? html`<div class="figures">${wanted.map((one) => html`<es-chart .registryId=${one.registry} .by=${one.by} .filter=${one.filter(row.id)} .label=${one.label}></es-chart>`)}</div>` : nothing}
    </details>`;
  }

  /** What belongs to the record and is kept elsewhere stands below the section that says what the record is. */
  private related(of: Registry, row: Row): TemplateResult[] {
    return of.views.related.map(
      (list) => html`<es-related .list=${list} .recordId=${row.id} .display=${displayOf(of, row)} .archived=${!!row.archived} .session=${this.session}></es-related>`,
    );
  }

  private sections(of: Registry, row: Row): TemplateResult[] {
    const listed = new Set(of.views.form.flatMap((section) => section.fields));
    const rest = of.fields.filter((one) => !listed.has(one.name) && one.type !== 'json' && !(of.facet_of && one.target === of.facet_of)).map((one) => one.name);
    const all = rest.length ? [...of.views.form, { label: of.views.form.length ? 'Прочее' : '', fields: rest }] : of.views.form;
    return all.map((section) => {
      const fields = section.fields.map((name) => field(of, name)).filter((one): one is Field => !!one);
      const plain = fields.filter((one) => one.type !== 'children');
      const filled = plain.filter((one) => shown(one, row[one.name]) !== '');
      const missing = plain.filter((one) => shown(one, row[one.name]) === '' && (one.required || one.recommended));
      const children = fields.filter((one) => one.type === 'children' && one.target && this.session.rights[one.target]?.includes('read'));
      if (!filled.length && !missing.length && !children.length && !this.rights?.update) return html``;
      const rows = (one: Field): Row[] => (row[one.name] as Row[] | undefined) ?? [];
      // What says nothing is not printed.
      const bare = !filled.length && !children.some((one) => rows(one).length);
      return html`<section class="card section ${bare ? 'bare' : ''}">
        ${section.label ? html`<h2>${section.label}</h2>` : nothing}
        ${filled.length ? html`<dl>${filled.map((one) => html`<div><dt>${one.label}</dt><dd>${this.value(one, row)}</dd></div>`)}</dl>` : nothing}
        ${missing.length && this.rights?.update ? html`<p class="missing">Не заполнено: ${missing.map((one) => one.label).join(', ')}</p>` : nothing}
        ${!filled.length && !missing.length && !children.length ? html`<p class="help">Сведений нет</p>` : nothing}
        ${children.map(
          (one) => html`${one.label === section.label ? nothing : html`<h3 class=${rows(one).length ? '' : 'bare'}>${one.label}</h3>`}
            <es-children .target=${one.target} .via=${one.via} .parent=${this.owner(of, one, row)} .parentDisplay=${displayOf(of, row)} .session=${this.session} .rights=${this.rights?.children[one.name] ?? null} .rows=${rows(one)} @es-changed=${() => void this.load()}></es-children>`,
        )}
      </section>`;
    });
  }

  /** The list as one has left it, when one came from there. */
  private list(of: Registry): string {
    const { from = '' } = kept();
    return from === `/r/${of.id}` || from.startsWith(`/r/${of.id}?`) ? from : `/r/${of.id}`;
  }

  private preset(of: Registry): Record<string, unknown> {
    const preset: Record<string, unknown> = {};
    for (const [name, value] of this.place.query) {
      const one = field(of, name);
      if (one) preset[name] = one.type === 'ref' ? { id: Number(value), display: this.place.query.get(`${name}.display`) ?? `№ ${value}` } : value;
    }
    return preset;
  }

  override render(): TemplateResult {
    const of = this.of;
    if (this.problem && !this.row)
      return html`<h1>Запись недоступна</h1>${problemCard(this.problem, () => void this.load())}
        ${this.session.rights[this.registryId]?.includes('read') ? html`<p><a href=${href(`/r/${this.registryId}`)}>Открыть список</a></p>` : nothing}
        ${this.problem.status === 404 || this.problem.status === 403 ? html`<p><button class="quiet" @click=${() => void this.askWhy()}>Почему мне это недоступно?</button></p>` : nothing}
        ${this.why ? html`<section class="card" role="status"><p>${this.why.verdict}</p><ul>${this.why.reasons.map((one) => html`<li>${one.holds ? '✓' : '✗'} ${one.role}: ${one.relation}</li>`)}</ul></section>` : nothing}`;
    if (!of || (this.recordId && !this.row)) return skeleton();
    const row = this.row;
    if (!row && !of.rights.create)
      return html`<nav class="crumbs" aria-label="Где я"><a href=${href(this.list(of))}>${of.label}</a></nav>
        <h1>Добавить запись нельзя</h1>
        <p>Ваша роль не добавляет записи в «${of.label}». Попросите того, кто их ведёт, или администратора школы. <a href=${href(`/r/${of.id}`)}>Открыть список</a></p>`;
    if (!row)
      return html`<nav class="crumbs" aria-label="Где я"><a href=${href(this.list(of))}>${of.label}</a></nav>
        <h1>${of.label_one}: новая запись</h1>
        <es-form .of=${of} .row=${null} .preset=${this.preset(of)} .session=${this.session} @es-saved=${this.saved} @es-cancel=${() => go(`/r/${of.id}`)}></es-form>`;
    const [first, ...rest] = this.sections(of, row);
    return html`<div class="where">
        ${of.singleton ? nothing : html`<nav class="crumbs" aria-label="Где я"><a href=${href(this.list(of))}>${of.label}</a></nav>`}
        <p class="count" role="status">${this.note}</p>
      </div>
      <div class="heading">
        <h1>${displayOf(of, row)}</h1>
        ${row.archived ? html`<span class="mark">в архиве</span>` : nothing}
        ${this.editing
          ? nothing
          : html`<div class="actions">
              ${this.rights?.update && !row.archived ? html`<button @click=${() => (this.editing = true)}>Изменить</button>` : nothing}
              ${(links[of.id] ?? []).map((one) => html`<a class="button quiet" target="_blank" rel="noopener" href=${href(`/api/v1/${one.path(row.id)}`)}>${one.label}</a>`)}
              ${this.session.capabilities.includes('persons.dossier') && this.person(of, row) ? html`<a class="button quiet" href=${href(`/dossier/${this.person(of, row)}`)}>Все сведения</a>` : nothing}
              <button class="quiet" @click=${() => print()}>Печать</button>
              ${this.rights?.archive && !of.singleton && !row.archived ? html`<button class="quiet" @click=${() => void this.archive(of, row)}>В архив</button>` : nothing}
            </div>`}
      </div>
      ${this.others.length ? html`<p class="others">Этот человек здесь: ${this.others.map((one, i) => html`${i ? ', ' : ''}<a href=${href(one.path)}>${one.label}</a>`)}</p>` : nothing}
      ${problemCard(this.problem)}
      ${this.editing
        ? html`<es-form .of=${of} .row=${row} .session=${this.session} @es-saved=${this.saved} @es-cancel=${() => {
            this.editing = false;
            void this.updateComplete.then(() => this.querySelector<HTMLElement>('.heading button')?.focus());
          }}></es-form>`
        : html`<div class="sections">${first ?? nothing}${this.related(of, row)}${rest}</div>
            ${this.charts(of, row)}
            ${this.session.pages.filter((one) => one.place === `card:${of.id}`).map((one) => html`<section class="card" aria-label=${one.label}><h2>${one.label}</h2><es-plugin-page .page=${one} .session=${this.session} .record=${{ registry: of.id, id: row.id }}></es-plugin-page></section>`)}`}
      ${this.session.capabilities.includes('history') && !this.editing
        ? html`<details class="card" ?open=${this.historyOpen} @toggle=${(event: Event) => (this.historyOpen = (event.target as HTMLDetailsElement).open)}>
            <summary>История изменений</summary>
            ${this.historyOpen ? html`<es-history .of=${of} .recordId=${row.id} .version=${row.version}></es-history>` : nothing}
          </details>`
        : nothing}`;
  }
}
customElements.define('es-record', EsRecord);
