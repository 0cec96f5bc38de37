/** Records of another registry on a card: the parents of a pupil, the pupils of a class. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, query, type Page, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, skeleton } from './element.js';
import { href } from './router.js';
import { displayOf, field, isReference, registry, type Field, type Registry, type RelatedList } from './schema.js';
import { linked } from './value.js';

/** More of them are a list of their own. */
const limit = 40;

/** A column: a field of the related record, or one of what its reference `behind` names. */
interface Column {
  field: Field;
  behind?: Field;
}

export class EsRelated extends PageElement {
  static override properties = {
    list: { attribute: false },
    recordId: { attribute: false },
    display: { attribute: false },
    archived: { attribute: false },
    session: { attribute: false },
    of: { state: true },
    rows: { state: true },
    problem: { state: true },
  };
  declare list: RelatedList;
  declare recordId: number;
  /** What the card's record is called. */
  declare display: string;
  declare archived: boolean;
  declare session: Session;
  declare of: Registry | null;
  declare rows: Row[] | null;
  declare problem: Problem | null;
  private total = 0;
  private columns: Column[] = [];
  /** What references of the rows lead to, by reference and id; only what the person reads there. */
  private behind = new Map<string, Map<number, Row>>();

  constructor() {
    super();
    this.archived = false;
    this.of = null;
    this.rows = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('list') && !changed.has('recordId')) return;
    if (changed.get('recordId') !== undefined || changed.get('list') !== undefined) this.rows = null; // another card's
    this.watch(this.list.registry, () => void this.load());
    void this.load();
  }

  private async load(): Promise<void> {
    const { list, recordId } = this;
    try {
      const of = await registry(list.registry);
      const columns = (await Promise.all(list.list.map((name) => this.column(of, name)))).filter((one): one is Column => !!one);
      const names = new Set(columns.map((one) => (one.behind ?? one.field).name));
      const page = await get<Page>(`records/${list.registry}${query({ filter: `${list.by} = ${recordId}`, fields: [...names].join(','), limit, count: 1 })}`);
      const behind = await this.look(columns, page.items);
      if (list !== this.list || recordId !== this.recordId) return;
      this.problem = null;
      this.behind = behind;
      this.columns = columns;
      this.total = page.total ?? page.items.length;
      this.of = of;
      this.rows = page.items;
    } catch (error) {
      if (list === this.list && recordId === this.recordId) this.problem = problemOf(error);
    }
  }

  private async column(of: Registry, name: string): Promise<Column | undefined> {
    const [first = '', second] = name.split('.');
    const own = field(of, first);
    if (!own || !second) return own && { field: own };
    const last = own.target ? field(await registry(own.target), second) : undefined;
    return last && { field: last, behind: own };
  }

  /** Each registry behind the rows is asked by itself: there its own rights hold. */
  private async look(columns: Column[], rows: Row[]): Promise<Map<string, Map<number, Row>>> {
    const behind = new Map<string, Map<number, Row>>();
    for (const reference of new Set(columns.flatMap((one) => one.behind ?? []))) {
      const ids = [...new Set(rows.map((row) => row[reference.name]).filter(isReference).map((one) => one.id))];
      const names = columns.filter((one) => one.behind === reference).map((one) => one.field.name);
      const found = ids.length ? await get<Page>(`records/${reference.target ?? ''}${query({ filter: `id in (${ids.join(', ')})`, fields: names.join(','), limit: ids.length })}`) : { items: [] };
      behind.set(reference.name, new Map(found.items.map((one) => [one.id, one])));
    }
    return behind;
  }

  private value(column: Column, row: Row): TemplateResult | string {
    if (!column.behind) return linked(this.session, column.field, row[column.field.name]);
    const reference = row[column.behind.name];
    const record = isReference(reference) ? this.behind.get(column.behind.name)?.get(reference.id) : undefined;
    return record ? linked(this.session, column.field, record[column.field.name]) : '';
  }

  private line(of: Registry, row: Row, first: Column | undefined): TemplateResult {
    const own = href(`/r/${of.id}/${row.id}`);
    // A name leads to its record; where a reference stands first, that leads to what it names, and a word at the end here.
    const named = first && first.field.type !== 'ref';
    return html`<tr>
      ${this.columns.map((one) => html`<td data-label=${one.field.label}>${named && one === first ? html`<a href=${own}>${this.value(one, row)}</a>` : this.value(one, row)}</td>`)}
      ${named ? nothing : html`<td class="row-actions"><a class="screen" href=${own} aria-label="Открыть: ${displayOf(of, row)}">Открыть</a></td>`}
    </tr>`;
  }

  override render(): TemplateResult | typeof nothing {
    const { of, rows, list } = this;
    if (this.problem) return html`<section class="card section"><h2>${list.label}</h2>${problemCard(this.problem, () => void this.load())}</section>`;
    if (!of || !rows) return html`<section class="card section"><h2>${list.label}</h2>${skeleton(2)}</section>`;
    const add = list.add && !this.archived && of.rights.create;
    if (!rows.length && !add) return nothing;
    const [first] = this.columns;
    return html`<section class="card section ${rows.length ? '' : 'bare'}" aria-label=${list.label}>
      <h2>${list.label}${this.total > 1 ? html` <span class="count">${this.total}</span>` : nothing}</h2>
      ${rows.length
        ? html`<div class="scroll" tabindex="0" role="region" aria-label=${list.label}>
            <table class="lines">
              <thead><tr>${this.columns.map((one) => html`<th scope="col">${one.field.label}</th>`)}${first?.field.type === 'ref' ? html`<th><span class="unseen">Действия</span></th>` : nothing}</tr></thead>
              <tbody>${rows.map((row) => this.line(of, row, first))}</tbody>
            </table>
          </div>`
        : nothing}
      <div class="tools screen">
        ${add ? html`<a class="button quiet" href=${href(`/r/${of.id}/new${query({ [list.by]: this.recordId, [`${list.by}.display`]: this.display })}`)}>Добавить</a>` : nothing}
        ${rows.length ? html`<a href=${href(`/r/${of.id}${query({ [`f.${list.by}`]: this.recordId })}`)}>${this.total > rows.length ? `Показать все: ${this.total}` : 'Открыть списком'}</a>` : nothing}
      </div>
    </section>`;
  }
}
customElements.define('es-related', EsRelated);
