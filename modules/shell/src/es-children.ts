/** Child rows of a card, in place: a small table, and a form under it for a new or a changed row. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { get, send, writeKey, type Problem, type Row, type Session } from './api.js';
import { PageElement, problemCard, problemOf, tell } from './element.js';
import { language } from './language.js';
import { href } from './router.js';
import { displayOf, field, registry, type Field, type Registry } from './schema.js';
import type { EsForm, Saved } from './es-form.js';
import { linked } from './value.js';
import './es-form.js';

export interface RowRights {
  create: boolean;
  update: boolean;
  archive: boolean;
}

export class EsChildren extends PageElement {
  static override properties = {
    target: { attribute: false },
    via: { attribute: false },
    parent: { attribute: false },
    parentDisplay: { attribute: false },
    session: { attribute: false },
    rows: { attribute: false },
    rights: { attribute: false },
    of: { state: true },
    open: { state: true },
    problem: { state: true },
  };
  declare target: string;
  declare via: string;
  declare parent: number;
  declare parentDisplay: string;
  declare session: Session;
  declare rows: Row[];
  /** What may be done with the rows of this card; null: not known, so nothing. */
  declare rights: RowRights | null;
  declare of: Registry | null;
  /** The row that is changed; "new" for one to be added. */
  declare open: Row | 'new' | null;
  declare problem: Problem | null;
  /** The row whose button takes the focus as soon as there is one; 0: the button that adds. */
  private back: number | null = null;

  constructor() {
    super();
    this.rows = [];
    this.rights = null;
    this.of = null;
    this.open = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('target') && this.of?.id !== this.target)
      registry(this.target).then(
        (of) => (this.of = of),
        (error: unknown) => (this.problem = problemOf(error)),
      );
  }

  protected override updated(): void {
    if (this.back === null || this.open) return;
    const button = this.querySelector<HTMLElement>(this.back ? `[data-row="${this.back}"]` : '.add');
    if (!button) return; // the new row comes with the next answer
    this.back = null;
    button.focus();
  }

  /** The form that is open, if there is one, may be closed. */
  private mayClose(): boolean {
    return !this.open || (this.querySelector<EsForm>('es-form')?.mayClose() ?? true);
  }

  private close(row: Row | null): void {
    this.back = row?.id ?? 0;
    this.open = null;
  }

  private key(event: KeyboardEvent, row: Row | null): void {
    if (event.key !== 'Escape' || event.defaultPrevented || !this.mayClose()) return;
    event.preventDefault();
    this.close(row);
  }

  private saved(event: CustomEvent<Saved>): void {
    const { row, before } = event.detail;
    this.close(row);
    tell('Сохранено', before ? { label: 'Отменить', run: () => void this.undo(row, before) } : undefined);
    this.dispatchEvent(new Event('es-changed'));
  }

  private async undo(row: Row, before: Record<string, unknown>): Promise<void> {
    try {
      await send('PATCH', `records/${this.target}/${row.id}`, before, { ...writeKey(), 'If-Match': String(row.version) });
      tell('Возвращено, как было');
      this.dispatchEvent(new Event('es-changed'));
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async change(row: Row): Promise<void> {
    if (!this.mayClose()) return;
    this.problem = null;
    this.open = null; // another row, another form
    try {
      // What came with the card may be a part of the row.
      this.open = await get<Row>(`records/${this.target}/${row.id}`);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async archive(of: Registry, row: Row): Promise<void> {
    if (!confirm(`Убрать в архив: ${displayOf(of, row)}?`)) return;
    try {
      await send('DELETE', `records/${of.id}/${row.id}`, undefined, { 'If-Match': String(row.version) });
      tell('Убрано в архив');
      this.close(null);
      this.dispatchEvent(new Event('es-changed'));
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private add(): void {
    if (!this.mayClose()) return;
    this.problem = null;
    this.open = 'new';
  }

  private form(of: Registry, row: Row | null, rights: RowRights): TemplateResult {
    return html`<es-form .of=${of} .row=${row} .session=${this.session} .within=${this.via} .preset=${{ [this.via]: { id: this.parent, display: this.parentDisplay } }} @es-saved=${this.saved} @es-cancel=${() => this.close(row)} @keydown=${(event: KeyboardEvent) => this.key(event, row)}></es-form>
      ${row && rights.archive ? html`<p><button class="quiet" aria-label="В архив: ${displayOf(of, row)}" @click=${() => void this.archive(of, row)}>Убрать в архив</button></p>` : nothing}`;
  }

  override render(): TemplateResult {
    const of = this.of;
    if (!of) return html`${problemCard(this.problem)}`;
    const columns = of.views.list.map((name) => field(of, name)).filter((one): one is Field => !!one && one.name !== this.via && one.type !== 'children');
    const rights = { create: of.rights.create && !!this.rights?.create, update: of.rights.update && !!this.rights?.update, archive: of.rights.archive && !!this.rights?.archive };
    return html`${problemCard(this.problem)}
      ${this.rows.length
        ? html`<div class="scroll" tabindex="0" role="region" aria-label=${of.label}>
            <table class="lines">
              <thead><tr>${columns.map((one) => html`<th scope="col">${one.label}</th>`)}${rights.update ? html`<th><span class="unseen">Действия</span></th>` : nothing}</tr></thead>
              <tbody>
                ${this.rows.map((row) =>
                  this.open !== 'new' && this.open?.id === row.id
                    ? html`<tr class="open"><td colspan=${columns.length + 1}>${this.form(of, this.open, rights)}</td></tr>`
                    : html`<tr>
                        ${columns.map((one) => html`<td data-label=${one.label}>${linked(this.session, one, row[one.name])}</td>`)}
                        ${rights.update ? html`<td class="row-actions"><button class="quiet" data-row=${row.id} aria-label="Изменить: ${displayOf(of, row)}" @click=${() => void this.change(row)}>Изменить</button></td>` : nothing}
                      </tr>`,
                )}
              </tbody>
            </table>
          </div>`
        : nothing}
      ${this.open === 'new'
        ? this.form(of, null, rights)
        : html`<div class="tools screen">
            ${this.rows.length || rights.create ? nothing : html`<span class="help">Записей нет</span>`}
            ${rights.create ? html`<button class="quiet add" @click=${this.add}>Добавить: ${of.label_one.toLocaleLowerCase(language)}</button>` : nothing}
            ${rights.create && of.rights.import ? html`<a href=${href(`/import?registry=${of.id}&field=${this.via}&record=${this.parent}`)}>Загрузить из Excel</a>` : nothing}
          </div>`}`;
  }
}
customElements.define('es-children', EsChildren);
